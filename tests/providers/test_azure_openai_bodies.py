"""What is sent to Azure OpenAI and how its replies are read: wire/azure-openai.md: bodies."""

import json
from typing import Any, Final

import pytest
from tests.support.azure_openai_cases import _V1, _config, _refused, _submit, _target

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
)
from tarash.tarash_gateway.exceptions import UnexpectedReplyError
from tarash.tarash_gateway.media import MediaContent
from tarash.tarash_gateway.messages import FormBody, HttpResponse, JsonBody
from tarash.tarash_gateway.providers.azure_openai import PROVIDER
from tarash.tarash_gateway.providers.base import (
    Job,
    Progress,
    Ready,
    Submission,
    Target,
    Video,
)
from tarash.tarash_gateway.testing import json_reply

_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")


_MP4: Final = MediaContent(b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat" + b"0" * 8, "video/mp4")


_JOB: Final = Job(id="task_1")


def _jobs(**more: Any) -> Target:
    return _target(_config("sora", **more))


def _json(submission: Submission) -> Any:
    assert isinstance(submission.request.body, JsonBody)
    return submission.request.body.value


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"duration_seconds": 12}, {"seconds": "12"}),
        ({"resolution": "720p", "aspect_ratio": "16:9"}, {"size": "1280x720"}),
        (
            {"image_list": ["https://e.com/a.png"]},
            {"input_reference": {"image_url": "https://e.com/a.png"}},
        ),
    ],
)
def test_the_dialect_is_openais(fields: dict[str, Any], body: dict[str, Any]) -> None:
    submission = _submit(_config(), **fields).unwrap()
    assert _json(submission) == {"prompt": "a cat", "model": "sora-2", **body}
    assert submission.warnings == ()


def test_microsoft_names_fewer_lengths() -> None:
    submission = _submit(_config(), duration_seconds=20).unwrap()
    assert submission.adjusted == ("duration_seconds 20 became 12: sora-2 takes 4, 8 or 12",)


def test_a_video_is_remixed_and_never_edited() -> None:
    submission = _submit(_config(), remix_video_id="video_1").unwrap()
    assert submission.request.url == f"{_V1}/videos/video_1/remix"
    assert _json(submission) == {"prompt": "a cat"}
    for video in (_MP4, f"{_V1}/videos/video_1"):
        assert "video was given" in _refused(_submit(_config(), video=video))


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, {"width": 1280, "height": 720}),
        (
            {"duration_seconds": 5, "resolution": "480p", "aspect_ratio": "16:9"},
            {"n_seconds": 5, "width": 854, "height": 480},
        ),
        ({"resolution": "480p", "aspect_ratio": "9:16"}, {"width": 480, "height": 854}),
        ({"resolution": "720p", "aspect_ratio": "1:1"}, {"width": 720, "height": 720}),
        ({"resolution": "1080p", "aspect_ratio": "9:16"}, {"width": 1080, "height": 1920}),
        ({"n_variants": 2}, {"width": 1280, "height": 720, "n_variants": 2}),
    ],
)
def test_a_job_is_json(fields: dict[str, Any], body: dict[str, Any]) -> None:
    submission = _submit(_config("sora"), **fields).unwrap()
    assert _json(submission) == {"prompt": "a cat", "model": "sora", **body}
    assert submission.warnings == ()


def test_a_job_with_an_image_is_a_form() -> None:
    submission = _submit(_config("sora"), image_list=[_PNG], duration_seconds=5).unwrap()
    assert isinstance(submission.request.body, FormBody)
    *texts, file = submission.request.body.parts
    assert {part.name: part.value for part in texts} == {
        "prompt": "a cat",
        "model": "sora",
        "n_seconds": "5",
        "width": "1280",
        "height": "720",
        "inpaint_items": json.dumps(
            [
                {
                    "frame_index": 0,
                    "type": "image",
                    "file_name": "files.png",
                    "crop_bounds": {
                        "left_fraction": 0.0,
                        "top_fraction": 0.0,
                        "right_fraction": 1.0,
                        "bottom_fraction": 1.0,
                    },
                }
            ]
        ),
    }
    assert (file.name, file.filename, file.content_type) == ("files", "files.png", "image/png")
    assert file.content == _PNG.content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"image_list": ["https://e.com/a.png"]}, "image_list must hold bytes"),
        ({"image_list": [{"image": _PNG, "type": "last_frame"}]}, "image_list[0]"),
        ({"image_list": [_PNG, _PNG]}, "image_list[1]"),
        ({"video": _MP4}, "video was given"),
        ({"thing": b"1", "image_list": [_PNG]}, "extra_params"),
    ],
)
def test_what_a_job_has_no_place_for_is_refused(fields: dict[str, Any], words: str) -> None:
    assert words in _refused(_submit(_config("sora"), **fields))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("preprocessing", "queued"),
        ("queued", "queued"),
        ("running", "processing"),
        ("processing", "processing"),
        ("rehearsing", "processing"),
    ],
)
def test_an_unfinished_job(status: str, expected: str) -> None:
    target, payload = _jobs(), {"id": "task_1", "status": status}
    state = target.provider.polled(target, _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(state, Progress)
    assert (state.status, state.percent, state.raw) == (expected, None, payload)


def test_a_finished_job_is_downloaded_by_its_generation() -> None:
    target = _jobs()
    made = [
        {"id": "gen/1", "width": 1920, "height": 1080, "n_seconds": 5},
        {"id": "gen_2", "width": 1920, "height": 1080, "n_seconds": 5},
    ]
    payload = {"id": "task_1", "status": "succeeded", "generations": made, "n_variants": 2}
    provider = target.provider
    state = provider.polled(target, _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(state, Ready)
    assert provider.collect is not None
    assert provider.collected is not None
    url = provider.collect(target, state.job).url
    assert url == f"{_V1}/video/generations/gen%2F1/content/video?api-version=preview"
    reply = HttpResponse(status=200, body=_MP4.content)
    assert provider.collected(target, state.job, reply).unwrap() == Video(
        request_id="task_1",
        video=_MP4,
        content_type="video/mp4",
        duration=5.0,
        resolution="1080p",
        aspect_ratio="16:9",
        metadata={"n_variants": 2, "other_generations": [made[1]]},
        raw=payload,
    )


@pytest.mark.parametrize("made", [None, {}, [None], [{}], [{"id": 3}], [{"id": " "}], "gen"])
def test_a_success_without_a_generation_is_none(made: Any) -> None:
    target = _jobs()
    reply = json_reply(200, {"status": "succeeded", "generations": made})
    error = target.provider.polled(target, _JOB, reply).failure()
    assert isinstance(error, UnexpectedReplyError)


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"status": "succeeded", "generations": []}, GenerationFailedError, "without a video"),
        (
            {"status": "failed", "failure_reason": "input_moderation"},
            ContentModerationError,
            "change the prompt",
        ),
        (
            {"status": "failed", "failure_reason": "output_moderation"},
            ContentModerationError,
            "change the prompt",
        ),
        (
            {"status": "failed", "failure_reason": "internal_error"},
            GenerationFailedError,
            "(internal_error)",
        ),
        ({"status": "failed", "failure_reason": None}, GenerationFailedError, "no reason"),
        ({"status": "cancelled"}, GenerationFailedError, "(cancelled)"),
    ],
)
def test_a_failed_job(change: dict[str, Any], expected: type[TarashException], words: str) -> None:
    target = _jobs()
    error = target.provider.polled(target, _JOB, json_reply(200, change)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == change


def _said(message: str, kind: str | None = None, code: Any = None, param: Any = None) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


_USER: Final = "video_generation_user_error"


_NO_DEPLOYMENT: Final = (
    "The API deployment 'sora-2' for this resource does not exist. If you created the deployment "
    "within the last 5 minutes, please wait a moment and try again."
)


_FILTERED: Final = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
        "management policy. Please modify your prompt and retry. ...",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}},
    }
}


_FLAT: Final = {
    "code": "bad",
    "message": "no",
    "param": "prompt",
    "type": None,
    "inner_error": {"code": "ResponsibleAIPolicyViolation", "error_details": {}},
}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, _said(_NO_DEPLOYMENT, _USER), NotFoundError),
        (400, _said(_NO_DEPLOYMENT, _USER), NotFoundError),
        (404, {"error": {"code": "DeploymentNotFound", "message": "none"}}, NotFoundError),
        (400, {"error": {"code": "DeploymentNotFound", "message": "none"}}, NotFoundError),
        (404, {"error": {"code": "404", "message": "Resource not found"}}, NotFoundError),
        (
            400,
            _said(
                "Missing required parameter: 'model'.",
                "invalid_request_error",
                "missing_required_parameter",
                "model",
            ),
            ValidationError,
        ),
        (400, _said("Unsupported resolution", _USER), ValidationError),
        (400, _FILTERED, ContentModerationError),
        (400, _FLAT, ContentModerationError),
        (400, {"error": _FLAT}, ContentModerationError),
        (400, _said("Blocked", _USER, "moderation_blocked"), ContentModerationError),
        (401, {"statusCode": 401, "message": "Unauthorized."}, AuthenticationError),
        (403, {"error": {"code": "403", "message": "Public access is off"}}, AuthenticationError),
        (429, _said("Too many running tasks", _USER), RateLimitError),
        (429, _said("Out of quota", None, "insufficient_quota"), InsufficientCreditsError),
        (500, {"code": "internal_error", "message": "oops", "type": "error"}, HTTPError),
        (408, {"error": {"code": "Timeout", "message": "The operation was timeout."}}, HTTPError),
    ],
)
@pytest.mark.parametrize("model", ["sora-2", "sora"])
def test_an_error_reply(
    model: str, status: int, body: Any, expected: type[TarashException]
) -> None:
    target = _target(_config(model))
    reply = json_reply(status, body, {"Retry-After": "30"})
    refusal = target.provider.failure(target, reply, "submit")
    assert (type(refusal.error), refusal.of) == (expected, "exchange")
    assert refusal.error.raw_response == body
    if isinstance(refusal.error, RateLimitError):
        assert refusal.error.retry_after == 30.0
    source = body.get("error", body)
    assert source["message"][:300] in refusal.error.message


def test_a_job_cannot_be_cancelled() -> None:
    assert PROVIDER.cancel is None
    assert _jobs().provider.cancel is None
