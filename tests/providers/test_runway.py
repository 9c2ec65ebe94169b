"""What is sent to Runway and how its replies are read: wire/runway.md."""

import json
from typing import Any, Final

import pytest
from returns.result import Failure, Success
from tests.test_matrix import _VALUES, _is_the_default, _sent, _words

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.exceptions import UnexpectedReplyError
from tarash.tarash_gateway.media import MediaContent
from tarash.tarash_gateway.messages import HttpRequest, HttpResponse, JsonBody
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.base import Job, Progress, Submission, Target, Video
from tarash.tarash_gateway.providers.runway import PROVIDER
from tarash.tarash_gateway.providers.runway_models import ENDPOINTS, REMOVED
from tarash.tarash_gateway.secrets import Secret
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_PNG: Final = "https://example.com/a.png"
_END: Final = "https://example.com/z.png"
_MP4: Final = "https://example.com/a.mp4"
_FIRST: Final = {"image": _PNG, "type": "first_frame"}
_LAST: Final = {"image": _END, "type": "last_frame"}
_REFERENCE: Final = {"image": _PNG, "type": "reference"}
_ID: Final = "acf9ba3d-a513-42c9-a646-96e8bc97c691"
_JOB: Final = Job(id=_ID)
_TASK: Final[dict[str, Any]] = {"id": _ID, "createdAt": "2026-08-26T06:30:33.796Z"}
_DOCS: Final = "https://docs.dev.runwayml.com/api"


def _target(model: str = "gen4.5", **more: Any) -> Target:
    config = VideoGenerationConfig(provider="runway", model=model, **more)
    return Target(provider=PROVIDER, config=config, key=Secret("key_1"))


def _submit(model: str, base_url: str | None = None, **fields: Any) -> Outcome[Submission]:
    request = VideoGenerationRequest(**{"prompt": "a cat", **fields})
    return PROVIDER.submit(_target(model, base_url=base_url), request)


def _path_and_body(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    assert isinstance(request.body, JsonBody)
    return request.url.removeprefix("https://api.dev.runwayml.com/v1/"), dict(request.body.value)


# What is sent.


@pytest.mark.parametrize(
    ("model", "fields", "path", "body"),
    [
        # A length and a size that the model wants always.
        ("gen4.5", {}, "text_to_video", {"duration": 5, "ratio": "1280:720"}),
        ("gen4.5", {"extra_params": {"duration": 7}}, "text_to_video", {"duration": 7}),
        ("runway/gen4.5", {"seed": 0}, "text_to_video", {"seed": 0}),
        ("gen4.5", {"image_list": [_PNG]}, "image_to_video", {"promptImage": _PNG}),
        (
            "gen4.5",
            {"extra_params": {"promptImage": _PNG}},
            "image_to_video",
            {"promptImage": _PNG},
        ),
        (
            "veo3.1",
            {"image_list": [_LAST, _FIRST]},
            "image_to_video",
            {
                "promptImage": [
                    {"uri": _PNG, "position": "first"},
                    {"uri": _END, "position": "last"},
                ]
            },
        ),
        (
            "seedance2",
            {"image_list": [_REFERENCE, _REFERENCE]},
            "text_to_video",
            {"references": [{"uri": _PNG}, {"uri": _PNG}]},
        ),
        (
            "hailuo3",
            {"video": _MP4, "image_list": [_REFERENCE]},
            "video_to_video",
            {"promptVideo": _MP4, "references": [{"uri": _PNG}]},
        ),
        (
            "seedance2",
            {"extra_params": {"promptVideo": _MP4}},
            "video_to_video",
            {"promptVideo": _MP4},
        ),
        (
            "kling_4",
            {"video": _MP4, "resolution": "1080p"},
            "video_to_video",
            {"videoUri": _MP4, "ratio": "auto_1080p"},
        ),
        (
            "aleph2",
            {"video": _MP4, "image_list": [_LAST], "aspect_ratio": "16:9"},
            "video_to_video",
            {
                "videoUri": _MP4,
                "keyframes": [{"uri": _END, "at": 1.0}],
                "targetAspectRatio": "16:9",
            },
        ),
        (
            "wan3",
            {"video": _MP4, "image_list": [_FIRST], "resolution": "480p"},
            "image_to_video",
            {
                "promptImage": _PNG,
                "ratio": "auto_480p",
                "referenceVideos": [{"type": "video", "uri": _MP4}],
            },
        ),
        (
            "act_two",
            {"video": _MP4, "image_list": [_PNG]},
            "character_performance",
            {
                "character": {"type": "image", "uri": _PNG},
                "reference": {"type": "video", "uri": _MP4},
            },
        ),
        (
            "act_two",
            {"video": _MP4, "extra_params": {"character": {"type": "video", "uri": _MP4}}},
            "character_performance",
            {"character": {"type": "video", "uri": _MP4}},
        ),
        (
            "magnific_video_upscaler_creative",
            {"video": _MP4, "resolution": "1080p"},
            "video_upscale",
            {"videoUri": _MP4, "resolution": "1k"},
        ),
        (
            "enhance_frame_rate",
            {"video": _MP4, "targetFramerate": "60"},
            "video_upscale",
            {"videoUri": _MP4, "targetFramerate": "60"},
        ),
        ("ruby", {"video": _MP4}, "video_to_hdr", {"videoUri": _MP4}),
        ("h3_max", {"enhance_prompt": False}, "text_to_video", {"promptExpansionMode": "disabled"}),
    ],
)
def test_the_request_chooses_the_endpoint_and_the_fields(
    model: str, fields: dict[str, Any], path: str, body: dict[str, Any]
) -> None:
    sent_path, sent = _path_and_body(_submit(model, **fields).unwrap().request)
    assert sent_path == path
    assert sent["model"] == model.removeprefix("runway/")
    assert {name: sent.get(name) for name in body} == body
    assert not any(":" in name for name in sent)


@pytest.mark.parametrize(
    ("model", "resolution", "aspect_ratio", "ratio"),
    [
        ("gen4.5", None, "9:16", "720:1280"),
        ("veo3.1", "1080p", None, "1920:1080"),
        ("veo3.1", "1080p", "9:16", "1080:1920"),
        ("seedance2", "480p", "1:1", "640:640"),
        ("seedance2", "720p", "1:1", "960:960"),
        ("seedance2", "1080p", "1:1", "1440:1440"),
        ("seedance2", "4k", "21:9", "3840:1646"),
        ("seedance2", None, "4:3", "1112:834"),
        ("seedance2_5", "480p", "16:9", "854:480"),
        ("happyhorse_1_0", "1080p", "4:3", "1662:1248"),
        ("kling2.5_turbo_pro", "720p", "1:1", "720:720"),
        ("kling3.0_pro", None, "1:1", "1440:1440"),
        ("klingO3_4k", None, None, "3840:2160"),
        ("kling_4", "1080p", "21:9", "2200:940"),
        ("wan3", "480p", "4:3", "720:544"),
        ("gemini_omni_flash_1.1", "360p", "9:16", "360:640"),
        ("grok_imagine_1_5_lite", "1080p", "3:2", "1744:1152"),
        ("grok_imagine_1_5", "480p", "3:2", "3:2"),
        ("hailuo3", "768p", "adaptive", "adaptive"),
        ("gen3a_turbo", None, "5:3", "1280:768"),
    ],
)
def test_a_size_is_that_of_its_class(
    model: str, resolution: str | None, aspect_ratio: str | None, ratio: str
) -> None:
    """960:960 is Runway's square 720p: nothing was changed. Section 5.4."""
    images = [_PNG] if model == "gen3a_turbo" else []
    submission = _submit(
        model, resolution=resolution, aspect_ratio=aspect_ratio, image_list=images
    ).unwrap()
    assert _path_and_body(submission.request)[1]["ratio"] == ratio
    assert submission.adjusted == ()
    assert aspect_ratio in {None, submission.aspect_ratio}
    wanted = {"4k": "2160p"}.get(resolution or "", resolution)
    assert resolution in {None, submission.resolution} or wanted == submission.resolution


def test_a_size_that_the_caller_left_open_is_told() -> None:
    """No reply tells a size, so the default that was sent is the response's."""
    submission = _submit("gen4.5").unwrap()
    assert (submission.duration, submission.resolution, submission.aspect_ratio) == (
        5.0,
        "720p",
        "16:9",
    )
    assert submission.warnings == ()


@pytest.mark.parametrize(
    ("model", "fields", "words"),
    [
        ("gen4_turbo", {}, "image_list needs a first_frame image"),
        ("gen4.5", {"image_list": [_REFERENCE]}, "image_list[0] is a reference image"),
        ("gen4.5", {"image_list": [_FIRST, _LAST]}, "image_list[1] is a last_frame image"),
        ("veo3.1", {"image_list": [_LAST]}, "image_list needs a first_frame image"),
        # Frames and references are never mixed.
        ("seedance2", {"image_list": [_FIRST, _LAST, _REFERENCE]}, "image_list[2] is a reference"),
        ("seedance2", {"image_list": [_REFERENCE] * 10}, "image_list[9] is a reference image"),
        ("gen4.5", {"video": _MP4}, "video was given"),
        ("aleph2", {}, "video is missing"),
        ("act_two", {"image_list": [_PNG]}, "video is missing"),
        ("enhance_frame_rate", {"video": _MP4}, "targetFramerate"),
        (
            "veo3.1",
            {"image_list": [_FIRST, _LAST], "extra_params": {"promptImage": _PNG}},
            "image_list and extra_params both bring promptImage",
        ),
        (
            "gen4.5",
            {"image_list": [MediaContent(b"\x89PNG" + bytes(5 * 2**20), "image/png")]},
            "image_list[0] has 5242884 bytes",
        ),
        ("aleph2", {"video": MediaContent(bytes(17 * 2**20), "video/mp4")}, "runway:// URI"),
    ],
)
def test_what_is_known_wrong_is_refused(model: str, fields: dict[str, Any], words: str) -> None:
    error = _submit(model, **fields).failure()
    assert isinstance(error, ValidationError)
    assert words in error.message


def test_names_of_places_are_no_fields() -> None:
    """A native name with a colon is the caller's own, whatever we use it for."""
    sent = _path_and_body(
        _submit("gen4.5", extra_params={"promptImage:last": "x", "keyframes:first": "y"})
        .unwrap()
        .request
    )[1]
    assert (sent["promptImage:last"], sent["keyframes:first"]) == ("x", "y")


def test_a_retired_model_is_refused_at_runway_and_asked_for_elsewhere() -> None:
    error = _submit("upscale_v1", video=_MP4).failure()
    assert isinstance(error, ValidationError)
    assert "magnific_video_upscaler_creative" in error.message
    assert isinstance(_submit("upscale_v1", "http://127.0.0.1:8080", video=_MP4), Success)


@pytest.mark.parametrize("model", REMOVED)
def test_a_model_that_left_the_client_is_sent_with_a_warning(model: str) -> None:
    """Its name may still be taken: section 8."""
    fields = {"video": _MP4} if model == "gen4_aleph" else {"image_list": [_PNG]}
    submission = _submit(model, **fields).unwrap()
    assert REMOVED[model] in submission.warnings[0]
    assert submission.adjusted == ()


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, "text_to_video"),
        ({"image_list": [_PNG]}, "image_to_video"),
        ({"image_list": [_REFERENCE]}, "text_to_video"),
        ({"video": _MP4}, "video_to_video"),
    ],
)
def test_an_unknown_model_is_sent_the_usual_fields_with_a_warning(
    fields: dict[str, Any], path: str
) -> None:
    submission = _submit("gen9", duration_seconds=6.5, seed=0, **fields).unwrap()
    sent_path, sent = _path_and_body(submission.request)
    assert (sent_path, sent["seed"], sent["duration"]) == (path, 0, 7)
    assert "is not in runway's model table" in submission.warnings[0]


def test_every_request_has_the_key_and_the_version() -> None:
    assert PROVIDER.authenticate(Secret("key_1")) == {"Authorization": "Bearer key_1"}
    assert PROVIDER.cancel is not None
    target = _target()
    for request in (
        _submit("gen4.5").unwrap().request,
        PROVIDER.poll(target, _JOB),
        PROVIDER.cancel(target, _JOB),
    ):
        assert request.headers == {
            "Accept": "application/json",
            "X-Runway-Version": "2024-11-06",
        }
    newer = PROVIDER.poll(_target(api_version="2027-01-01"), _JOB)
    assert newer.headers["X-Runway-Version"] == "2027-01-01"


def test_the_environment_brings_the_key_and_the_base_url() -> None:
    http = ScriptedHttp(
        [
            json_reply(200, {"id": _ID}),
            json_reply(200, {**_TASK, "status": "SUCCEEDED", "output": [_MP4]}),
        ]
    )
    environment = {
        "RUNWAYML_API_SECRET": "key_2",
        "RUNWAYML_BASE_URL": "https://proxy.example/pfx/",
    }
    effects = fake_effects(http=http, environment=environment)
    config = VideoGenerationConfig(provider="runway", model="gen4.5")
    request = VideoGenerationRequest(prompt="a cat")
    response = generate_video(config, request, effects=effects, providers={"runway": PROVIDER})
    assert response.video == _MP4
    submit, poll = http.requests
    assert submit.url == "https://proxy.example/pfx/v1/text_to_video"
    assert (poll.method, poll.url) == ("GET", f"https://proxy.example/pfx/v1/tasks/{_ID}")
    assert poll.credential == {"Authorization": "Bearer key_2"}
    shown = plan_video(config, request, effects=effects, providers={"runway": PROVIDER})
    assert shown.headers["Authorization"] == "Bearer $RUNWAYML_API_SECRET"


def test_a_cancel_deletes_the_task() -> None:
    assert PROVIDER.cancel is not None
    assert PROVIDER.cancelled is not None
    request = PROVIDER.cancel(_target(), Job(id="a/b c"))
    assert (request.method, request.body) == ("DELETE", None)
    assert request.url == "https://api.dev.runwayml.com/v1/tasks/a%2Fb%20c"
    assert PROVIDER.cancelled(HttpResponse(status=204)) == "confirmed"
    assert PROVIDER.cancelled(json_reply(404, {"error": "Could not find Task"})) == "failed"
    assert PROVIDER.cancelled(HttpResponse(status=500)) == "failed"


# Every field of every endpoint.


_PLAIN: Final = _VALUES.keys() - {"image_list", "video", "extra_params"}


@pytest.mark.parametrize(
    ("model", "endpoint"),
    [(model, endpoint) for model, rows in ENDPOINTS.items() for endpoint in rows],
)
def test_no_field_of_an_endpoint_is_dropped_silently(model: str, endpoint: str) -> None:
    """As the matrix of fields, with the media that lead to each endpoint."""
    row = ENDPOINTS[model][endpoint]
    least: dict[str, Any] = {
        "image_list": [
            {"image": _PNG, "type": slot.roles[0]} for slot in row.images if slot.required
        ],
        "video": _MP4 if row.video is not None and row.video.required else None,
        "extra_params": dict.fromkeys(row.required, "needed"),
    }
    url = "https://runway.example"
    bare = _submit(model, url, **least).unwrap()
    assert bare.request.url == f"{url}/v1/{endpoint}"
    for name in _PLAIN:
        for value in _VALUES[name]:
            submission = _submit(model, url, **{**least, name: value}).unwrap()
            told = any(word in line for line in submission.adjusted for word in _words(name))
            assert (
                told
                or _sent(submission.request) != _sent(bare.request)
                or _is_the_default(bare, name, value)
            ), (name, value)
            assert set(submission.adjusted) <= set(submission.warnings)


# What comes back.


@pytest.mark.parametrize(
    ("body", "status", "percent"),
    [
        ({"status": "PENDING", "estimatedCost": {"credits": 63}}, "queued", None),
        ({"status": "THROTTLED", "estimatedCost": {"credits": 63}}, "queued", None),
        ({"status": "RUNNING", "progress": 0.02}, "processing", 2.0),
        ({"status": "RUNNING", "progress": 0.29}, "processing", 29.0),
        ({"status": "RUNNING", "progress": 1}, "processing", 100.0),
        ({"status": "RUNNING", "progress": 10**400}, "processing", None),
        ({"status": "RUNNING", "progress": None}, "processing", None),
        ({"status": "RUNNING", "progress": True}, "processing", None),
        ({"status": "REHEARSING"}, "processing", None),
    ],
)
def test_an_unfinished_task_tells_where_it_stands(
    body: dict[str, Any], status: str, percent: float | None
) -> None:
    payload = {**_TASK, **body}
    progress = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(progress, Progress)
    assert (progress.status, progress.percent, progress.raw) == (status, percent, payload)


@pytest.mark.parametrize(
    ("output", "content_type", "others"),
    [
        (["https://e.com/a.mp4?_jwt=x"], "video/mp4", None),
        (["https://e.com/a.mov?_jwt=x"], "video/quicktime", None),
        (["https://e.com/a.zip", "https://e.com/a.wav"], None, ["https://e.com/a.wav"]),
    ],
)
def test_a_finished_task_has_a_video_and_its_cost(
    output: list[str], content_type: str | None, others: list[str] | None
) -> None:
    payload = {**_TASK, "status": "SUCCEEDED", "output": output, "cost": {"credits": 63}}
    video = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(video, Video)
    assert (video.request_id, video.video) == (_ID, output[0])
    assert (video.content_type, video.metadata.get("other_outputs")) == (content_type, others)
    assert video.metadata["cost"] == {"credits": 63}
    assert video.metadata["createdAt"] == _TASK["createdAt"]
    assert video.raw == payload


@pytest.mark.parametrize(
    "output",
    [None, 3, {}, [None], [["https://e.com/a.mp4"]], ["runway://x"], [""], "https://e.com"],
)
def test_a_success_without_a_url_is_none(output: object) -> None:
    payload = {**_TASK, "status": "SUCCEEDED", "output": output}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert isinstance(error, UnexpectedReplyError)


def test_a_success_without_any_output_is_a_failure_of_the_job() -> None:
    payload = {**_TASK, "status": "SUCCEEDED", "output": []}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert isinstance(error, GenerationFailedError)


@pytest.mark.parametrize(
    ("code", "failure", "expected", "words"),
    [
        (
            "SAFETY.INPUT.TEXT",
            "The input was flagged by our content moderation system.",
            ContentModerationError,
            "change the prompt",
        ),
        ("SAFETY.INPUT.IMAGE", "x", ContentModerationError, "SAFETY.INPUT.IMAGE"),
        ("SAFETY.INPUT.VIDEO", "x", ContentModerationError, "SAFETY.INPUT.VIDEO"),
        ("SAFETY.OUTPUT.VIDEO", "x", ContentModerationError, "SAFETY.OUTPUT.VIDEO"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "x", ContentModerationError, "SAFETY"),
        ("INPUT_PREPROCESSING.INTERNAL", "x", GenerationFailedError, "try again"),
        ("ASSET.INVALID", "too long", ValidationError, "too long"),
        (
            "INTERNAL.BAD_OUTPUT.CODE01",
            "An unexpected error occurred.",
            GenerationFailedError,
            "An unexpected error occurred.",
        ),
        ("INTERNAL.BAD_OUTPUT.01", "x", GenerationFailedError, "INTERNAL.BAD_OUTPUT.01"),
        ("INTERNAL", "x", GenerationFailedError, "INTERNAL"),
        ("THIRD_PARTY.UNAVAILABLE", "x", GenerationFailedError, "try again later"),
        ("SOMETHING.NEW", "x", GenerationFailedError, "SOMETHING.NEW"),
        (None, "x", GenerationFailedError, "no code"),
        (7, None, GenerationFailedError, "no reason was given"),
        ("", [], GenerationFailedError, "no code"),
    ],
)
def test_a_failure_code_is_one_of_our_errors(
    code: object, failure: object, expected: type[TarashException], words: str
) -> None:
    payload = {**_TASK, "status": "FAILED", "failure": failure, "failureCode": code}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


def test_a_cancelled_task_has_failed() -> None:
    payload = {**_TASK, "status": "CANCELLED", "cost": {"credits": 0}}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert isinstance(error, GenerationFailedError)
    assert "cancelled" in error.message


_TOO_LONG: Final = {
    "error": "Validation of body failed",
    "issues": [
        {
            "code": "too_big",
            "maximum": 30,
            "type": "number",
            "inclusive": True,
            "origin": "number",
            "message": "Asset duration must be at most 30 seconds",
            "path": ["videoUri"],
        }
    ],
    "docUrl": _DOCS,
}
_EMPTY: Final = {
    "error": "Validation of body failed",
    "issues": [
        {
            "expected": "string",
            "code": "invalid_type",
            "path": ["model"],
            "message": "Invalid input: expected string, received undefined",
        },
        {
            "code": "invalid_union",
            "errors": [],
            "note": "No matching discriminator",
            "discriminator": "model",
            "path": ["model"],
            "message": "Invalid input",
        },
    ],
    "docUrl": _DOCS,
}


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected", "words", "wait"),
    [
        (
            400,
            _TOO_LONG,
            {},
            ValidationError,
            "videoUri: Asset duration must be at most 30 seconds",
            None,
        ),
        (400, _EMPTY, {}, ValidationError, "undefined; model: Invalid input", None),
        (
            400,
            {
                "error": "Validation of body failed",
                "issues": [{"path": ["contentModeration", 0], "message": "Invalid option"}],
            },
            {},
            ValidationError,
            "contentModeration.0: Invalid option",
            None,
        ),
        (400, {"error": "Validation of body failed"}, {}, ValidationError, "Validation", None),
        (
            400,
            {"error": "You do not have enough credits to run this task.", "docUrl": _DOCS},
            {},
            InsufficientCreditsError,
            "buy credits",
            None,
        ),
        (402, {"error": "Payment required"}, {}, InsufficientCreditsError, "buy credits", None),
        (400, {"error": "The URL cannot be fetched."}, {}, ValidationError, "fetched", None),
        (
            400,
            {"error": "The prompt was flagged by our content moderation system."},
            {},
            ContentModerationError,
            "change the prompt",
            None,
        ),
        (401, {"error": "Unauthorized"}, {}, AuthenticationError, "RUNWAYML_API_SECRET", None),
        (403, {"error": "Suspended"}, {}, AuthenticationError, "permissions", None),
        (404, {"error": "Could not find Task"}, {}, NotFoundError, "Could not find Task", None),
        (405, {"error": "Method not allowed"}, {}, HTTPError, "HTTP 405", None),
        (409, {"message": "Conflict"}, {}, ValidationError, "Conflict", None),
        (422, {"error": {"message": "No"}}, {}, ValidationError, "No", None),
        (
            429,
            {"error": "Your daily task limit has been reached."},
            {},
            RateLimitError,
            "wait until tomorrow",
            None,
        ),
        (429, {"error": "Slow down"}, {"Retry-After": "7"}, RateLimitError, "try again", 7.0),
        (500, {"error": "Internal"}, {}, HTTPError, "HTTP 500", None),
        (502, None, {}, HTTPError, "HTTP 502", None),
        (503, {"error": "Busy"}, {"Retry-After": "3"}, HTTPError, "HTTP 503", 3.0),
        (504, [], {}, HTTPError, "HTTP 504", None),
    ],
)
@pytest.mark.parametrize("to", ["submit", "poll"])
def test_an_error_body_is_one_of_our_errors(  # noqa: PLR0917 - a table's columns
    to: Any,
    status: int,
    body: object,
    headers: dict[str, str],
    expected: type[TarashException],
    words: str,
    wait: float | None,
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, body, headers), to)
    assert type(refusal.error) is expected
    assert words in refusal.error.message
    assert getattr(refusal.error, "retry_after", None) == wait
    assert getattr(refusal.error, "status_code", status) == status
    assert refusal.of == "exchange"
    if isinstance(body, dict):
        assert refusal.error.raw_response == body


def test_an_error_that_is_no_json_is_shown() -> None:
    reply = HttpResponse(status=503, body=b"<html>upstream</html>")
    error = PROVIDER.failure(_target(), reply, "poll").error
    assert "upstream" in error.message
    assert error.raw_response == "<html>upstream</html>"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"id": null}', b'{"id": " "}'])
def test_an_acceptance_without_an_id_is_none(body: bytes) -> None:
    outcome = PROVIDER.accepted(_target(), HttpResponse(status=200, body=body))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UnexpectedReplyError)


def test_an_acceptance_has_the_task_s_id() -> None:
    reply = HttpResponse(
        status=200, body=json.dumps({"id": _ID, "estimatedCost": {"credits": 63}}).encode()
    )
    assert PROVIDER.accepted(_target(), reply).unwrap() == Job(id=_ID)
