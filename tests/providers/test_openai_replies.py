"""Where OpenAI is asked, and how its replies are read."""

from datetime import UTC, date, datetime
from typing import Any, Final

import attrs
import pytest
from returns.result import Success
from tests.support.openai_cases import _HOST, _MP4, _PNG, _refused, _target

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.exceptions import UnexpectedReplyError
from tarash.tarash_gateway.http.messages import FormPart, HttpResponse
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers import kit
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Submission, Video
from tarash.tarash_gateway.providers.openai.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply

_JOB: Final = Job(id="video_123")


_SEEN: Final = {
    "id": "video_123",
    "object": "video",
    "model": "sora-2",
    "status": "completed",
    "progress": 100,
    "created_at": 1760627796,
    "seconds": "4",
    "size": "720x1280",
    "error": None,
}


@pytest.mark.parametrize("model", [*PROVIDER.models, "openai/sora-2"])
def test_a_retired_model_is_refused_at_openai_only(model: str) -> None:
    request = VideoGenerationRequest(prompt="a cat")

    def on(url: str | None, day: date) -> Outcome[Submission]:
        return PROVIDER.submit(attrs.evolve(_target(model, url), today=day), request)

    last, first = date(2026, 9, 23), date(2026, 9, 24)
    for url in (None, "https://api.openai.com/v1", "https://API.openai.com:443/v1/"):
        assert "is no longer offered since 2026-09-24" in _refused(on(url, first))
        assert "is no longer offered from 2026-09-24" in on(url, last).unwrap().warnings[0]
    for url in (_HOST, "https://eu.api.openai.com/v1"):
        assert on(url, first).unwrap().warnings == ()


def test_nothing_is_sent_for_a_retired_model() -> None:
    http = ScriptedHttp([])
    clock = FakeClock(utc=datetime(2026, 9, 24, tzinfo=UTC))
    with pytest.raises(ValidationError, match="no longer offered since 2026-09-24"):
        generate_video(
            VideoGenerationConfig(provider="openai", model="openai/sora-2", api_key="sk-1"),
            VideoGenerationRequest(prompt="a cat", remix_video_id="video_1"),
            effects=fake_effects(http=http, clock=clock),
            providers={"openai": PROVIDER},
        )
    assert http.requests == []


@pytest.mark.parametrize("url", [f"{_HOST}?a=b", f"{_HOST}#a", "https://u:p@h/v1", "https://", "h"])
def test_a_base_url_that_cannot_be_joined_is_refused(url: str) -> None:
    # The config refuses its own; nobody has looked at the variable.
    target = _target(base_url=None, environment={"OPENAI_BASE_URL": url})
    message = _refused(PROVIDER.submit(target, VideoGenerationRequest(prompt="a cat")))
    assert "base_url" in message
    assert "u:p" not in message


def test_the_environment_names_the_server_the_key_and_the_account() -> None:
    plan = plan_video(
        VideoGenerationConfig(provider="openai", model="sora-2"),
        VideoGenerationRequest(prompt="a cat"),
        effects=fake_effects(
            environment={
                "OPENAI_BASE_URL": "http://localhost:8000/v1/",
                "OPENAI_ORG_ID": "org-1",
                "OPENAI_PROJECT_ID": "proj-1",
            }
        ),
        providers={"openai": PROVIDER},
    )
    assert plan.url == "http://localhost:8000/v1/videos"
    assert plan.headers == {
        "Accept": "application/json",
        "OpenAI-Organization": "org-1",
        "OpenAI-Project": "proj-1",
        "Authorization": "Bearer $OPENAI_API_KEY",
    }
    assert plan.parts == (
        FormPart(name="prompt", value="a cat"),
        FormPart(name="model", value="sora-2"),
    )


def test_the_config_names_the_account_before_the_environment() -> None:
    target = _target(
        provider_config={"organization": "org-2"},
        environment={"OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "a\nb"},
    )
    assert PROVIDER.poll(target, _JOB).headers == {
        "Accept": "application/json",
        "OpenAI-Organization": "org-2",
    }


@pytest.mark.parametrize("value", [1, "a\nb", ""])
def test_an_account_that_is_no_header_is_refused(value: Any) -> None:
    target = _target(provider_config={"project": value})
    message = _refused(PROVIDER.submit(target, VideoGenerationRequest(prompt="a cat")))
    assert "project" in message


def test_a_job_is_asked_for_by_its_quoted_id() -> None:
    job = Job(id="a/../b?c")
    assert PROVIDER.collect is not None
    asked = PROVIDER.poll(_target(), job)
    assert (asked.method, asked.url) == ("GET", f"{_HOST}/videos/a%2F..%2Fb%3Fc")
    fetched = PROVIDER.collect(_target(), job)
    assert fetched.url == f"{_HOST}/videos/a%2F..%2Fb%3Fc/content"
    assert fetched.headers == {"Accept": "application/binary"}


def test_a_job_cannot_be_cancelled() -> None:
    assert (PROVIDER.cancel, PROVIDER.cancelled) == (None, None)


def test_a_reply_to_the_submission_is_a_job() -> None:
    reply = json_reply(200, _SEEN, {"openai-poll-after-ms": "1500"})
    assert PROVIDER.accepted(_target(), reply) == Success(Job(id="video_123", wait=1.5))
    wrong: list[Any] = [{}, {"id": ""}, {"id": None}, {"id": True}, {"task_id": [1]}, []]
    for body in wrong:
        outcome = PROVIDER.accepted(_target(), json_reply(200, body))
        assert isinstance(outcome.failure(), UnexpectedReplyError)


@pytest.mark.parametrize(
    ("change", "status", "percent"),
    [
        ({"status": "queued", "progress": 0}, "queued", 0.0),
        ({"status": "in_progress", "progress": 33}, "processing", 33.0),
        ({"status": "submitted", "progress": None}, "processing", None),
        ({"status": "in_progress", "progress": 10**400}, "processing", None),
        ({"status": "in_progress", "progress": "50%"}, "processing", None),
    ],
)
def test_an_unfinished_job(change: dict[str, Any], status: str, percent: float | None) -> None:
    payload = _SEEN | change
    state = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(state, Progress)
    assert (state.status, state.percent, state.wait) == (status, percent, None)
    assert state.raw == payload


def test_a_finished_job_is_downloaded_with_what_it_told() -> None:
    assert PROVIDER.collected is not None
    state = PROVIDER.polled(_target(), _JOB, json_reply(200, _SEEN)).unwrap()
    assert isinstance(state, Ready)
    reply = HttpResponse(status=200, headers={"content-type": "video/mp4"}, body=_MP4.content)
    video = PROVIDER.collected(_target(), state.job, reply).unwrap()
    assert video == Video(
        request_id="video_123",
        video=_MP4,
        content_type="video/mp4",
        duration=4.0,
        resolution="720p",
        aspect_ratio="9:16",
        metadata={"model": "sora-2", "created_at": 1760627796},
        raw=_SEEN,
    )


@pytest.mark.parametrize(
    ("size", "seconds", "told"),
    [
        ("1792x1024", "8", (8.0, "1024p", "16:9")),
        ("1280 x 720", "8s", (None, None, None)),
        (None, 12, (12.0, None, None)),
        ("0x0", "-1", (None, None, None)),
        ("99999999x1", "1e999", (None, None, None)),
    ],
)
def test_the_measures_of_a_video(size: Any, seconds: Any, told: Any) -> None:
    assert PROVIDER.collected is not None
    job = kit.with_reply(_JOB, _SEEN | {"size": size, "seconds": seconds})
    reply = HttpResponse(status=200, body=_MP4.content)
    video = PROVIDER.collected(_target(), job, reply).unwrap()
    assert isinstance(video, Video)
    assert (video.duration, video.resolution, video.aspect_ratio) == told


def test_a_download_that_is_no_video_is_no_success() -> None:
    assert PROVIDER.collected is not None
    for body in (b"", b"{}", b"<html>", _PNG.content):
        reply = HttpResponse(status=200, headers={"content-type": "video/mp4"}, body=body)
        outcome = PROVIDER.collected(_target(), _JOB, reply)
        assert isinstance(outcome.failure(), UnexpectedReplyError)


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        (
            {
                "status": "failed",
                "error": {
                    "code": "moderation_blocked",
                    "message": "Your request was blocked by our moderation system.",
                },
            },
            ContentModerationError,
            "blocked by our moderation system",
        ),
        (
            {"status": "failed", "error": {"code": None, "message": "Failed our SAFETY checks"}},
            ContentModerationError,
            "SAFETY",
        ),
        (
            {"status": "failed", "error": {"code": "server_error", "message": "safety belt"}},
            GenerationFailedError,
            "(server_error: safety belt)",
        ),
        ({"status": "failed", "error": None}, GenerationFailedError, "no reason was given"),
        ({"status": "failed", "error": []}, GenerationFailedError, "no reason was given"),
        ({"status": "cancelled"}, GenerationCancelledError, "(cancelled)"),
        ({"status": "Canceled", "error": {"code": "x"}}, GenerationCancelledError, "(canceled)"),
        ({"status": "expired"}, GenerationFailedError, "(expired: "),
        ({"status": "FAILED"}, GenerationFailedError, "no reason was given"),
        (
            {"status": "error", "error": "The GPU ran out of memory"},
            GenerationFailedError,
            "at OpenAI (The GPU ran out of memory)",
        ),
        (
            {"status": "failed", "error": "Blocked by the safety system"},
            ContentModerationError,
            "Blocked by the safety system",
        ),
        (
            {"status": "failed", "error": {"code": 500, "message": "CUDA error"}},
            GenerationFailedError,
            "at OpenAI (CUDA error)",
        ),
        ({"status": "FAILURE", "fail_reason": "no balance"}, GenerationFailedError, "no balance"),
        (
            {"status": "completed", "error": {"code": "internal", "message": "nothing was made"}},
            GenerationFailedError,
            "(internal: nothing was made)",
        ),
    ],
)
def test_a_failed_job(change: dict[str, Any], expected: type[TarashException], words: str) -> None:
    payload = _SEEN | change
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


def test_a_reply_too_deep_to_be_kept_is_no_crash() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert kit.with_reply(_JOB, {"deep": deep}).told == {}
    del deep
