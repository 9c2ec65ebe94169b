"""fal's replies are total: whatever comes in, a value comes out, and garbage is no success."""

import json
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.replies import MUTATED, REPLIES, Target, target_of

from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Refusal, Video
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.values.attempts import Cancellation
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.urls import origin

_TARGET: Target = target_of(
    PROVIDER, VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="k")
)
_BASE = "https://queue.fal.run/fal-ai/veo3/requests/job-1"
_JOB = Job(
    id="job-1", urls={"poll": f"{_BASE}/status", "result": _BASE, "cancel": f"{_BASE}/cancel"}
)
_REAL: list[Any] = [
    {"status": "IN_QUEUE", "request_id": "job-1", "queue_position": 1, "response_url": _BASE},
    {"status": "IN_PROGRESS", "logs": [{"message": "a", "timestamp": "b"}]},
    {"status": "COMPLETED", "error": "gone", "error_type": "runner_disconnected"},
    {"video": {"url": "https://v3.fal.media/a.mp4", "duration": 5.0, "width": 16, "height": 9}},
    {"video": [{"url": "https://v3.fal.media/a.mp4"}], "has_nsfw_concepts": [True]},
    {"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]},
    {"detail": "gone", "error_type": "runner_disconnected"},
    {"error": {"message": "no", "code": 429}},
]
_ANY = st.one_of(REPLIES, MUTATED(_REAL))


def _payload(reply: HttpResponse) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


@settings(max_examples=400)
@given(_ANY)
def test_a_submission_is_accepted_with_an_id_or_not_at_all(reply: HttpResponse) -> None:
    outcome = PROVIDER.accepted(_TARGET, reply)
    match outcome:
        case Success(Job() as job):
            assert str(_payload(reply)["request_id"]) == job.id
            assert all(origin(url) == origin(_BASE) for url in job.urls.values())
        case Success(Video() as video):
            assert video.raw == _payload(reply)
        case Failure(error):
            assert isinstance(error, TarashException)
        case _:
            raise AssertionError(outcome)


@settings(max_examples=400)
@given(_ANY)
def test_a_poll_finds_a_state_or_an_error(reply: HttpResponse) -> None:
    match PROVIDER.polled(_TARGET, _JOB, reply):
        case Success(Progress() as progress):
            assert progress.raw == _payload(reply)
        case Success(Ready()):
            assert _payload(reply)["status"] == "COMPLETED"
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@settings(max_examples=400)
@given(_ANY)
def test_a_result_is_a_video_only_with_a_video(reply: HttpResponse) -> None:
    assert PROVIDER.collected is not None
    match PROVIDER.collected(_TARGET, _JOB, reply):
        case Success(Video() as video):
            assert video.raw == _payload(reply)
            if isinstance(video.video, str):
                assert origin(video.video) is not None
                assert video.video in json.dumps(_payload(reply), ensure_ascii=False)
        case Success(Progress() as progress):
            assert progress.raw == _payload(reply)
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@settings(max_examples=400)
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
