"""Replicate's replies are total: whatever comes in, a value comes out, garbage is no success."""

import json
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.replies import JSON, MUTATED, REPLIES, Target, target_of

from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Refusal, Video
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.values.attempts import Cancellation
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.urls import origin

_BASE = "https://api.replicate.com/v1/predictions/job-1"
_TARGET: Target = target_of(
    PROVIDER, VideoGenerationConfig(provider="replicate", model="minimax/video-01", api_key="k")
)
_JOB = Job(id="job-1", urls={"poll": _BASE, "cancel": f"{_BASE}/cancel"})
_URL = "https://replicate.delivery/a.mp4"
_URLS = {"get": _BASE, "cancel": f"{_BASE}/cancel"}
_REAL: list[Any] = [
    {"id": "job-1", "status": "starting", "logs": "", "error": None, "urls": _URLS},
    {"id": "job-1", "status": "processing", "logs": " 44%|## | 22/50 [00:01<00:01]"},
    {"id": "job-1", "status": "processing", "output": "data:video/mp4;base64,AAAA"},
    {"id": "job-1", "status": "succeeded", "output": _URL, "metrics": {"predict_time": 1.5}},
    {"id": "job-1", "status": "succeeded", "output": [_URL], "data_removed": False},
    {"id": "job-1", "status": "succeeded", "output": {"video": {"url": _URL}}},
    {"id": "job-1", "status": "succeeded", "output": None, "data_removed": True},
    {"id": "job-1", "status": "failed", "error": "flagged as sensitive (E005)", "output": None},
    {"id": "job-1", "status": "failed", "error": "CUDA out of memory (E1001)"},
    {"id": "job-1", "status": "canceled", "output": None, "logs": None},
    {"id": "job-1", "status": "aborted"},
    {"title": "Input validation failed", "invalid_fields": [{"type": "enum", "field": "mode"}]},
    {"detail": "Your rate limit resets in ~10s.", "status": 429, "retry_after": 10},
]
_ANY = st.one_of(REPLIES, MUTATED(_REAL))


def _payload(reply: HttpResponse) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _is_whole(video: Video, reply: HttpResponse) -> None:
    assert video.raw == _payload(reply)
    if isinstance(video.video, str):
        assert origin(video.video) is not None
        assert video.video in json.dumps(_payload(reply)["output"], ensure_ascii=False)
    else:
        assert video.video.content_type.startswith("video/")


@settings(max_examples=200)
@given(_ANY)
def test_a_submission_is_accepted_with_an_id_or_not_at_all(reply: HttpResponse) -> None:
    match PROVIDER.accepted(_TARGET, reply):
        case Success(Job() as job):
            assert _payload(reply)["id"] == job.id
            assert all(origin(url) == origin(_BASE) for url in job.urls.values())
        case Success(Video() as video):
            assert _payload(reply)["id"] == video.request_id
            assert _payload(reply)["status"] in ("processing", "succeeded")
            _is_whole(video, reply)
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@settings(max_examples=200)
@given(_ANY)
def test_a_poll_finds_a_state_a_video_or_an_error(reply: HttpResponse) -> None:
    match PROVIDER.polled(_TARGET, _JOB, reply):
        case Success(Progress() as progress):
            assert progress.raw == _payload(reply)
            assert progress.percent is None or 0 <= progress.percent <= 100
        case Success(Video() as video):
            assert _payload(reply)["status"] == "succeeded"
            _is_whole(video, reply)
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@settings(max_examples=200)
@given(JSON)
def test_any_output_is_a_video_or_a_failure(output: Any) -> None:
    body = json.dumps({"id": "job-1", "status": "succeeded", "output": output}).encode()
    reply = HttpResponse(status=200, body=body)
    match PROVIDER.polled(_TARGET, _JOB, reply):
        case Success(Video() as video):
            _is_whole(video, reply)
        case Failure(error):
            assert error.kind == "generation_failed"
        case other:
            raise AssertionError(other)


@settings(max_examples=200)
@given(_ANY, st.sampled_from(["submit", "poll", "collect"]))
def test_an_error_reply_is_one_of_our_errors(reply: HttpResponse, to: Any) -> None:
    refusal = PROVIDER.failure(_TARGET, reply, to)
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, TarashException)
    assert refusal.of == "exchange"
    assert refusal.error.message.strip()


@settings(max_examples=200)
@given(_ANY)
def test_a_cancel_has_an_answer(reply: HttpResponse) -> None:
    assert PROVIDER.cancelled is not None
    assert PROVIDER.cancelled(reply) in get_args(Cancellation)


@settings(max_examples=200)
@given(st.text(max_size=40), JSON)
def test_any_job_and_any_settings_have_requests(id_: str, deployment: Any) -> None:
    config = VideoGenerationConfig(
        provider="replicate",
        model="minimax/video-01",
        provider_config={"deployment": deployment, "cancel_after": deployment},
    )
    target = target_of(PROVIDER, config)
    assert PROVIDER.cancel is not None
    asked = PROVIDER.poll(target, Job(id=id_)), PROVIDER.cancel(target, Job(id=id_))
    assert all(origin(request.url) == origin(_BASE) for request in asked)
    assert asked[0].url.isascii()
