"""Runway's replies are total: whatever comes in, a value comes out, and garbage is no success."""

import json
from typing import Any, Final, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.replies import MUTATED, REPLIES, Target, target_of

from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Refusal, Video
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.values.attempts import Cancellation
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.urls import origin

_TARGET: Final[Target] = target_of(
    PROVIDER, VideoGenerationConfig(provider="runway", model="gen4.5", api_key="k")
)
_ID: Final = "acf9ba3d-a513-42c9-a646-96e8bc97c691"
_JOB: Final = Job(id=_ID)
_TASK: Final[dict[str, Any]] = {"id": _ID, "createdAt": "2026-08-26T06:30:33.796Z"}
_REAL: Final[list[Any]] = [
    {"id": _ID, "estimatedCost": {"credits": 63}},
    _TASK | {"status": "PENDING", "estimatedCost": {"credits": 63}},
    _TASK | {"status": "THROTTLED", "estimatedCost": {"credits": 63}},
    _TASK | {"status": "RUNNING", "progress": 0.02, "estimatedCost": {"credits": 63}},
    _TASK | {"status": "SUCCEEDED", "output": ["https://e.com/a.mp4?_jwt=x"], "cost": {}},
    _TASK | {"status": "SUCCEEDED", "output": ["https://e.com/a.zip", "https://e.com/a.wav"]},
    _TASK | {"status": "FAILED", "failure": "flagged", "failureCode": "SAFETY.INPUT.TEXT"},
    _TASK | {"status": "CANCELLED", "cost": {"credits": 0}},
    {
        "error": "Validation of body failed",
        "issues": [{"code": "too_big", "message": "too long", "path": ["videoUri", 0]}],
        "docUrl": "https://docs.dev.runwayml.com/api",
    },
    {"error": "You do not have enough credits to run this task."},
    {"error": {"message": "no"}, "message": "no"},
]
_ANY: Final = st.one_of(REPLIES, MUTATED(_REAL))


def _payload(reply: HttpResponse) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


@settings(max_examples=200)
@given(_ANY)
def test_a_submission_is_accepted_with_an_id_or_not_at_all(reply: HttpResponse) -> None:
    match PROVIDER.accepted(_TARGET, reply):
        case Success(Job() as job):
            assert _payload(reply)["id"] == job.id
            for request in (PROVIDER.poll, PROVIDER.cancel):
                assert request is not None
                sent = request(_TARGET, job)
                assert origin(sent.url) == origin(PROVIDER.base_url)
                assert sent.url.count("/") == f"{PROVIDER.base_url}/v1/tasks/x".count("/")
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@settings(max_examples=200)
@given(_ANY)
def test_a_poll_finds_a_state_or_an_error(reply: HttpResponse) -> None:
    match PROVIDER.polled(_TARGET, _JOB, reply):
        case Success(Progress() as progress):
            assert progress.raw == _payload(reply)
            assert progress.percent is None or 0 <= progress.percent <= 100
            assert progress.raw["status"] not in {"SUCCEEDED", "FAILED", "CANCELLED"}
        case Success(Video() as video):
            assert video.raw == _payload(reply)
            assert video.raw["status"] == "SUCCEEDED"
            if isinstance(video.video, str):
                assert video.raw["output"][0] == video.video
                assert origin(video.video) is not None
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@settings(max_examples=200)
@given(_ANY, st.sampled_from(["submit", "poll", "collect"]))
def test_an_error_reply_is_one_of_our_errors(reply: HttpResponse, to: Any) -> None:
    refusal = PROVIDER.failure(_TARGET, reply, to)
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, TarashException)
    assert refusal.error.message.strip()


@settings(max_examples=200)
@given(_ANY)
def test_a_cancel_has_an_answer(reply: HttpResponse) -> None:
    assert PROVIDER.cancelled is not None
    assert PROVIDER.cancelled(reply) in get_args(Cancellation)


def test_the_end_of_a_url_cannot_be_a_job_elsewhere() -> None:
    """An id goes into paths encoded, a lone surrogate included."""
    job = Job(id="../../x?y#z\ud800")
    assert PROVIDER.poll(_TARGET, job).url == (
        "https://api.dev.runwayml.com/v1/tasks/..%2F..%2Fx%3Fy%23z%ED%A0%80"
    )
