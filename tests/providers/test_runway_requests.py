"""What is sent to Runway and how its replies are read: wire/runway.md: requests."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
from returns.result import Success
from tests.support.runway_cases import (
    _ID,
    _JOB,
    _MP4,
    _PNG,
    _TASK,
    _path_and_body,
    _submit,
    _target,
)

from tarash.tarash_gateway import (
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job
from tarash.tarash_gateway.providers.runway.models import ENDPOINTS
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.secrets import Secret

_END: Final = "https://example.com/z.png"


_FIRST: Final = {"image": _PNG, "type": "first_frame"}


_LAST: Final = {"image": _END, "type": "last_frame"}


_REFERENCE: Final = {"image": _PNG, "type": "reference"}


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
        ("gen4_turbo", {}, "image_list has no first_frame image"),
        ("gen4.5", {"image_list": [_REFERENCE] * 2}, "image_list[1] is a reference image"),
        ("gen4.5", {"image_list": [_FIRST, _LAST]}, "image_list[1] is a last_frame image"),
        ("veo3.1", {"image_list": [_LAST]}, "image_list has no first_frame image"),
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


@pytest.mark.parametrize(
    ("model", "end", "successor", "fields"),
    [
        ("upscale_v1", date(2026, 1, 17), "magnific_video_upscaler_creative", {"video": _MP4}),
        ("gen4_aleph", date(2026, 7, 30), "aleph2", {"video": _MP4}),
        ("gen3a_turbo", date(2026, 7, 30), "gen4_turbo", {"image_list": [_PNG]}),
    ],
)
def test_a_retired_model_is_refused_at_runway_and_asked_for_elsewhere(
    model: str, end: date, successor: str, fields: dict[str, Any]
) -> None:
    error = _submit(model, today=end, **fields).failure()
    assert isinstance(error, ValidationError)
    assert error.message == f"{model} is no longer offered since {end}; use {successor}"
    assert isinstance(_submit(model, today=end - timedelta(days=1), **fields), Success)
    assert isinstance(_submit(model, "http://127.0.0.1:8080", end, **fields), Success)


@pytest.mark.parametrize(
    ("model", "successor"),
    [("gen3a_turbo", "gen4_turbo"), ("gen4_aleph", "aleph2"), ("veo3", "veo3.1")],
)
def test_a_model_that_left_the_client_is_sent_with_a_warning(model: str, successor: str) -> None:
    """Its name may still be taken: section 8."""
    fields = {"video": _MP4} if model == "gen4_aleph" else {"image_list": [_PNG]}
    submission = _submit(model, **fields).unwrap()
    assert {row.superseded_by for row in ENDPOINTS[model].values()} == {successor}
    assert submission.warnings[0] == (
        f"{model} is no longer in runway's published API and may be refused: use {successor}"
    )
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
