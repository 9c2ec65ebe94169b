"""fal's errors by their bodies, its results in every shape, its paths."""

import base64
from typing import Any

import pytest

from tarash.tarash_gateway import exceptions
from tarash.tarash_gateway.exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.mock import clips
from tarash.tarash_gateway.providers.base import Job, ReplyTo, Target, Video
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.providers.fal.replies import job_path
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.media import MediaContent

_TARGET = Target(
    provider=PROVIDER, config=VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
)
_BASE = "https://queue.fal.run/fal-ai/veo3/requests/job-1"
_JOB = Job(id="job-1", urls={"poll": f"{_BASE}/status", "result": _BASE})


def _detail(kind: str, message: str = "the text may change") -> dict[str, Any]:
    return {"detail": [{"loc": ["body", "prompt"], "msg": message, "type": kind}]}


# An upstream's error as text within the error: kept as one client library saw it.
_UPSTREAM = {
    "error": {
        "message": '{\n  "error": {\n    "code": 429,\n    "message": "Resource has been exhausted '
        '(e.g. check quota).",\n    "status": "RESOURCE_EXHAUSTED"\n  }\n}\n',
        "code": 429,
    }
}
_KEY_FORMAT = "Invalid Key Authorization header format. Expected '<key_id>:<key_secret>'."
_LOCKED = "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard."
_ADMIN = "User is locked. Reason: Admin lock. Please contact support."
_TABLE: list[tuple[ReplyTo, int, Any, type[TarashException], str]] = [
    # wire/fal.md, section 3.4
    (
        "submit",
        401,
        {"detail": "No user found for Key ID and Secret"},
        AuthenticationError,
        "exchange",
    ),
    ("submit", 403, {"detail": _LOCKED}, InsufficientCreditsError, "exchange"),
    (
        "submit",
        403,
        {"detail": "User is locked. Reason: TOP_UP."},
        InsufficientCreditsError,
        "exchange",
    ),
    ("poll", 403, {"detail": _LOCKED}, InsufficientCreditsError, "exchange"),
    ("submit", 403, {"detail": _ADMIN}, AuthenticationError, "exchange"),
    ("poll", 403, {"detail": _ADMIN}, AuthenticationError, "exchange"),
    ("submit", 402, {"detail": "pay"}, InsufficientCreditsError, "exchange"),
    ("submit", 403, {"detail": "not for you"}, AuthenticationError, "exchange"),
    ("submit", 404, {"detail": "Not Found"}, NotFoundError, "exchange"),
    ("poll", 404, {"status": "NOT_FOUND"}, NotFoundError, "exchange"),
    ("submit", 429, {"error": {"message": "quota", "code": 429}}, RateLimitError, "exchange"),
    ("submit", 401, {"detail": _KEY_FORMAT}, AuthenticationError, "exchange"),
    ("submit", 429, _UPSTREAM, RateLimitError, "exchange"),
    # section 3.2
    ("submit", 500, {"detail": "crash", "error_type": "internal_error"}, HTTPError, "exchange"),
    ("poll", 503, {"detail": "x", "error_type": "runner_disconnected"}, HTTPError, "exchange"),
    (
        "collect",
        503,
        {"detail": "x", "error_type": "runner_disconnected"},
        GenerationFailedError,
        "job",
    ),
    (
        "collect",
        504,
        {"detail": "x", "error_type": "request_timeout"},
        GenerationFailedError,
        "job",
    ),
    (
        "collect",
        499,
        {"detail": "x", "error_type": "client_cancelled"},
        GenerationCancelledError,
        "job",
    ),
    (
        "collect",
        499,
        {"detail": "x", "error_type": "client_disconnected"},
        GenerationCancelledError,
        "job",
    ),
    ("collect", 499, {"detail": "Request was cancelled"}, GenerationCancelledError, "job"),
    ("poll", 499, {"error_type": "client_cancelled"}, GenerationCancelledError, "job"),
    ("collect", 499, "<html>nginx</html>", HTTPError, "exchange"),
    ("submit", 499, {"detail": "x", "error_type": "client_cancelled"}, HTTPError, "exchange"),
    ("collect", 400, {"detail": "x", "error_type": "bad_request"}, ValidationError, "job"),
    ("collect", 504, "<html>nginx</html>", HTTPError, "exchange"),
    # A type that nobody knows yet is a type; a proxy's error object is none.
    ("collect", 500, {"detail": "x", "error_type": "gpu_on_fire"}, GenerationFailedError, "job"),
    ("collect", 502, {"error": {"type": "bad_gateway", "message": "x"}}, HTTPError, "exchange"),
    ("collect", 503, {"detail": "one moment"}, HTTPError, "exchange"),
    ("collect", 404, {"detail": "x", "error_type": "not_found"}, NotFoundError, "exchange"),
    ("collect", 429, {"detail": "x", "error_type": "too_many"}, RateLimitError, "exchange"),
    (
        "collect",
        500,
        {"detail": "the safety switch of a machine", "error_type": "runner_server_error"},
        GenerationFailedError,
        "job",
    ),
    # section 3.3
    ("collect", 500, _detail("internal_server_error"), GenerationFailedError, "job"),
    ("collect", 504, _detail("generation_timeout"), GenerationFailedError, "job"),
    ("collect", 400, _detail("downstream_service_error"), GenerationFailedError, "job"),
    ("collect", 500, _detail("downstream_service_unavailable"), GenerationFailedError, "job"),
    ("collect", 422, _detail("content_policy_violation"), ContentModerationError, "job"),
    ("collect", 422, _detail("no_media_generated"), GenerationFailedError, "job"),
    ("collect", 422, _detail("image_too_small"), ValidationError, "job"),
    ("collect", 422, _detail("image_too_large"), ValidationError, "job"),
    ("collect", 422, _detail("file_download_error"), ValidationError, "job"),
    ("collect", 422, _detail("literal_error"), ValidationError, "job"),
    ("collect", 422, {"detail": "no face was found"}, ValidationError, "exchange"),
    (
        "collect",
        422,
        {"detail": "Request blocked due to safety violations"},
        ContentModerationError,
        "job",
    ),
    ("collect", 400, "<html>bad request</html>", ValidationError, "exchange"),
    ("submit", 413, "<html>too large</html>", ValidationError, "exchange"),
    ("submit", 414, None, ValidationError, "exchange"),
    ("submit", 415, {"detail": "no"}, ValidationError, "exchange"),
    # What fal cannot have decided is no refusal, whatever the words say.
    ("submit", 408, _detail("content_policy_violation"), HTTPError, "exchange"),
    ("submit", 499, {"detail": "exhausted balance"}, HTTPError, "exchange"),
    ("submit", 500, {"detail": "User is locked. Exhausted balance"}, HTTPError, "exchange"),
    ("submit", 503, _detail("content_policy_violation", "nsfw"), HTTPError, "exchange"),
    ("submit", 422, _detail("missing"), ValidationError, "exchange"),
    ("submit", 422, _detail("content_policy_violation"), ContentModerationError, "exchange"),
    ("submit", 400, _detail("downstream_service_error"), GenerationFailedError, "exchange"),
    (
        "submit",
        422,
        {"detail": "Request blocked due to safety violations"},
        ContentModerationError,
        "exchange",
    ),
    # sections 2.6 and 3.1
    ("collect", 500, {"detail": "Request is still in progress"}, HTTPError, "too_early"),
    ("collect", 400, {"detail": "Request is still in progress"}, HTTPError, "too_early"),
    ("submit", 405, None, HTTPError, "exchange"),
    ("poll", 422, {"detail": {"odd": "shape"}}, ValidationError, "exchange"),
]


@pytest.mark.parametrize(("to", "status", "body", "expected", "of"), _TABLE)
def test_an_error_body_is_one_of_our_errors(
    to: ReplyTo, status: int, body: Any, expected: type[TarashException], of: str
) -> None:
    reply = (
        HttpResponse(status=status, body=body.encode())
        if isinstance(body, str)
        else json_reply(status, body)
    )
    refusal = PROVIDER.failure(_TARGET, reply, to)
    assert (type(refusal.error), refusal.of) == (expected, of)
    assert refusal.error.raw_response == body or body is None
    assert refusal.error.message


def test_a_header_may_name_the_platform_s_error() -> None:
    reply = json_reply(503, {"detail": "x"}, {"X-Fal-Error-Type": "runner_disconnected"})
    assert PROVIDER.failure(_TARGET, reply, "collect").of == "job"


def test_a_limit_names_its_wait() -> None:
    reply = json_reply(429, {"detail": "x"}, {"Retry-After": "12"})
    error = PROVIDER.failure(_TARGET, reply, "submit").error
    assert isinstance(error, exceptions.RateLimitError)
    assert error.retry_after == 12.0


def test_every_item_of_a_detail_is_told_with_its_path() -> None:
    detail = [
        {"loc": ["body", "images", 0], "msg": "too small", "type": "image_too_small"},
        {"msg": "no", "type": "x"},
        "odd",
    ]
    error = PROVIDER.failure(_TARGET, json_reply(422, {"detail": detail}), "submit").error
    assert "images.0: too small; no" in error.message


def _video(payload: Any, headers: dict[str, str] | None = None) -> Video:
    assert PROVIDER.collected is not None
    video = PROVIDER.collected(_TARGET, _JOB, json_reply(200, payload, headers)).unwrap()
    assert isinstance(video, Video)
    return video


_URL = "https://v3.fal.media/files/a.mp4"
_FULL = {
    "url": _URL,
    "content_type": "video/webm",
    "width": 1280,
    "height": 720,
    "fps": 24,
    "duration": 5.04,
    "file_data": None,
}


@pytest.mark.parametrize(
    "payload",
    [
        {"video": {"url": _URL}},
        {"video": [{"url": _URL}, {"url": "https://v3.fal.media/files/b.mp4"}]},
        {"video": _URL},
        {"video_url": _URL},
        {"videos": [{"url": _URL}]},
        {"video": {"url": None}, "videos": [{"url": _URL}]},
        {"status": "COMPLETED", "response": {"video": {"url": _URL}}},
    ],
)
def test_a_video_is_found_in_every_shape(payload: Any) -> None:
    video = _video(payload)
    assert (video.video, video.content_type, video.raw) == (_URL, "video/mp4", payload)


def test_a_result_tells_its_measures_and_the_rest_is_metadata() -> None:
    video = _video({"video": _FULL, "seed": 0, "timings": {"inference": 1.5}})
    assert (video.duration, video.resolution, video.aspect_ratio) == (5.04, "720p", "16:9")
    assert video.content_type == "video/webm"
    assert video.metadata["seed"] == 0
    assert video.metadata["fps"] == 24
    assert "file_data" not in video.metadata
    assert "url" not in video.metadata


def test_a_data_url_is_the_video_itself() -> None:
    clip = clips.packaged_clip("1:1").content
    url = f"data:video/mp4;base64,{base64.b64encode(clip).decode()}"
    assert _video({"video": {"url": url}}).video == MediaContent(clip, "video/mp4")


def test_a_flagged_result_is_told() -> None:
    (told,) = _video({"video": {"url": _URL}, "has_nsfw_concepts": [False, True]}).warnings
    assert "not safe for work" in told


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("fal-ai/veo3.1/fast/image-to-video", "fal-ai/veo3.1"),
        ("fal-ai/minimax/hailuo-02/standard/text-to-video", "fal-ai/minimax"),
        ("wan/v2.6/image-to-video", "wan/v2.6"),
        ("luma/agent/ray/v3.2/text-to-video", "luma/agent"),
        ("workflows/user/name/extra", "workflows/user/name"),
        ("comfy/user/name", "comfy/user/name"),
        ("110602490-lcm", "110602490/lcm"),
    ],
)
def test_a_job_s_path_is_that_of_its_app(model: str, path: str) -> None:
    assert job_path(model) == path


def test_an_accepted_job_has_an_id_that_is_a_path_segment() -> None:
    reply = json_reply(200, {"request_id": "../../evil?x=1"})
    job = PROVIDER.accepted(_TARGET, reply).unwrap()
    assert isinstance(job, Job)
    assert job.urls["result"] == "https://queue.fal.run/fal-ai/veo3/requests/..%2F..%2Fevil%3Fx%3D1"
