"""OpenAI's and Azure's replies are total: any bytes make a value, and garbage is no success."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.replies import MUTATED, REPLIES, Target, target_of

from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.lifecycle.prepare import provider_of
from tarash.tarash_gateway.outcome import settle
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER as AZURE
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Refusal, Video
from tarash.tarash_gateway.providers.openai import shapes as openai_shapes
from tarash.tarash_gateway.providers.openai.provider import PROVIDER as OPENAI
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.signatures import video_type
from tarash.tarash_gateway.values.urls import origin

_HOST = "https://videos.example.com"


def _target(name: str, model: str) -> Target:
    config = VideoGenerationConfig(provider=name, model=model, base_url=_HOST, api_key="k")
    known = {"openai": OPENAI, "azure-openai": AZURE}
    return target_of(settle(provider_of(config, known, {})), config)


_TARGETS = pytest.mark.parametrize(
    "target",
    [
        pytest.param(_target("openai", "sora-2"), id="openai"),
        pytest.param(_target("azure-openai", "sora-2"), id="videos"),
        pytest.param(_target("azure-openai", "sora"), id="jobs"),
    ],
)
_VIDEO: dict[str, Any] = {
    "id": "video_1",
    "object": "video",
    "status": "completed",
    "progress": 100,
    "created_at": 1758941485,
    "seconds": "8",
    "size": "1280x720",
    "error": None,
}
_REAL: list[Any] = [
    _VIDEO,
    _VIDEO | {"status": "in_progress", "progress": 33},
    _VIDEO | {"status": "failed", "error": {"code": "moderation_blocked", "message": "no"}},
    {
        "id": "task_1",
        "status": "succeeded",
        "generations": [{"id": "gen_1", "width": 480, "height": 480, "n_seconds": 5}],
    },
    {"id": "task_1", "status": "failed", "failure_reason": "input_moderation"},
    {"error": {"message": "no", "type": "requests", "param": None, "code": "rate_limit_exceeded"}},
    {"error": {"message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
    {"code": "bad", "message": "no", "inner_error": {"code": "x"}},
    {"statusCode": 401, "message": "Unauthorized"},
    {"id": "t", "status": "SUCCESS", "url": "https://cdn.example.com/a.mp4", "urls": [None]},
    {"id": 7, "status": "completed", "output": {"video": {"url": f"{_HOST}/files/a.mp4"}}},
    {"code": "success", "data": {"task_id": "t", "status": "FAILURE", "fail_reason": "no"}},
    {"object": "video", "status": "completed", "data": [{"b64_json": "AAAAGGZ0eXBtcDQy"}]},
    {"detail": [{"loc": ["body", "prompt"], "msg": "Field required"}]},
]
_ANY = st.one_of(REPLIES, MUTATED(_REAL))
_KINDS = st.sampled_from(
    [b"", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat", b"<html>"]
)


def _payload(reply: HttpResponse) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


_DONE = {word for word, standing in openai_shapes.WORDS.items() if standing == "completed"}


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY)
def test_a_submission_is_accepted_with_an_id_or_not_at_all(
    target: Target, reply: HttpResponse
) -> None:
    match target.provider.accepted(target, reply):
        case Success(Job() as job):
            assert openai_shapes.job_of(_payload(reply)) == job.id
            assert origin(target.provider.poll(target, job).url) == origin(_HOST)
        case Failure(error):
            assert isinstance(error, TarashException)
        case Success(Video() as video):
            assert isinstance(video.video, MediaContent) or origin(video.video) is not None
        case other:
            raise AssertionError(other)


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY)
def test_a_poll_finds_a_state_or_an_error(target: Target, reply: HttpResponse) -> None:
    assert target.provider.collect is not None
    match target.provider.polled(target, Job(id="job-1"), reply):
        case Success(Progress() as progress):
            assert progress.percent is None or 0 <= progress.percent <= 100
        case Success(Ready() as ready):
            assert openai_shapes.status_of(_payload(reply)) in _DONE
            assert origin(target.provider.collect(target, ready.job).url) == origin(_HOST)
        case Success(Video() as video):
            assert openai_shapes.status_of(_payload(reply)) in _DONE
            assert isinstance(video.video, MediaContent) or origin(video.video) is not None
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


def _is_video(reply: HttpResponse) -> bool:
    told = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return video_type(reply.body, told=told) is not None


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY, start=_KINDS, told=st.sampled_from(_REAL))
def test_a_download_is_a_video_only_with_a_video(
    target: Target, reply: HttpResponse, start: bytes, told: Any
) -> None:
    assert target.provider.collected is not None
    body = HttpResponse(status=200, headers=reply.headers, body=start + reply.body)
    match target.provider.collected(target, Job(id="job-1", told=told), body):
        case Success(Video() as video):
            assert isinstance(video.video, MediaContent)
            assert video.video.content == body.body
            assert _is_video(body)
        case Failure(error):
            assert isinstance(error, TarashException)
            assert not _is_video(body)
        case other:
            raise AssertionError(other)


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY, to=st.sampled_from(["submit", "poll", "collect"]))
def test_an_error_reply_is_one_of_our_errors(target: Target, reply: HttpResponse, to: Any) -> None:
    refusal = target.provider.failure(target, reply, to)
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, TarashException)
    assert refusal.error.message.strip()
    assert refusal.of != "job" or to != "submit"
