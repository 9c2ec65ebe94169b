"""What a provider asks to wait for is clamped: between two polls, and to the deadline."""

from typing import Any

import pytest
from tests.support import fal_replies as fal
from tests.support.lifecycle_cases import Call

from tarash.tarash_gateway import TimeoutError, VideoGenerationConfig, generate_video
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply

_MP4 = b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat"


def _config(**changes: Any) -> VideoGenerationConfig:
    fields = {"provider": "openai", "model": "sora-2", "api_key": "k", **changes}
    return VideoGenerationConfig(base_url="https://s.example/v1", **fields)


def _job(hint: str | None, seconds: float, clock: FakeClock) -> ScriptedHttp:
    """Return a job that is done after so many seconds, and gives the hint with each reply."""
    headers = {} if hint is None else {"openai-poll-after-ms": hint}

    def poll(_asked: object) -> HttpResponse:
        done = clock.monotonic() >= seconds
        status = "completed" if done else "in_progress"
        return json_reply(200, {"id": "v1", "status": status}, headers)

    video = HttpResponse(status=200, headers={"Content-Type": "video/mp4"}, body=_MP4)

    def answer(asked: Any) -> HttpResponse:
        return video if asked.url.endswith("/content") else poll(asked)

    accepted = json_reply(200, {"id": "v1", "status": "queued"}, headers)
    return ScriptedHttp([accepted, *[answer] * 5000])


def _polls(hint: str | None, seconds: float, **changes: Any) -> tuple[int, float]:
    clock = FakeClock()
    http = _job(hint, seconds, clock)
    generate_video(_config(**changes), fal.REQUEST, effects=fake_effects(http=http, clock=clock))
    return len(http.requests) - 2, clock.monotonic()


@pytest.mark.parametrize("hint", ["0", "1", "1e-9"])
def test_a_short_hint_burns_no_polls(hint: str) -> None:
    assert _polls(hint, 100) == (100, 100.0)


@pytest.mark.parametrize("hint", [None, "-5", "nan", "inf", "soon", "1" + "0" * 400])
def test_a_hint_that_is_none_means_the_interval(hint: str | None) -> None:
    assert _polls(hint, 100) == (20, 100.0)


def test_a_long_hint_does_not_sleep_past_the_end() -> None:
    assert _polls("600000", 100) == (4, 120.0)
    assert _polls("600000", 100, poll_interval=60) == (2, 120.0)


@pytest.mark.parametrize("hint", ["86400000", "1000000000000"])
def test_a_hint_that_nobody_can_mean_is_ignored(hint: str) -> None:
    assert _polls(hint, 100) == (20, 100.0)


def test_a_hint_is_clamped_to_the_deadline() -> None:
    assert _polls("20000", 25, timeout=30) == (2, 30.0)


def test_the_official_client_s_own_second_lasts_for_the_whole_timeout() -> None:
    """120 polls are a default that reads 120, not a limit of two minutes."""
    assert _polls("1000", 500) == (500, 500.0)
    assert _polls("1000", 3000, timeout=3600) == (3000, 3000.0)


def test_polls_are_limited_where_the_limit_is_given() -> None:
    with pytest.raises(TimeoutError, match="or max_poll_attempts \\(120\\)"):
        _polls("1000", 500, max_poll_attempts=120)
    with pytest.raises(TimeoutError) as caught:
        _polls(None, 10_000)
    assert "max_poll_attempts" not in caught.value.message


def test_a_short_interval_is_the_least_pause() -> None:
    assert _polls("0", 2, poll_interval=0.25) == (8, 2.0)


def test_what_a_busy_provider_asks_for_is_clamped_too(call: Call) -> None:
    for asked, pause in (("86400", 0.5), ("20", 20.0), ("300", 30.0), ("-1", 0.5)):
        busy = json_reply(429, {"detail": "slow"}, {"Retry-After": asked})
        clock = FakeClock()
        http = ScriptedHttp([fal.queued(), busy, fal.completed(), fal.result()])
        call(fal.config(), fake_effects(http=http, clock=clock))
        assert clock.slept[2] == pause
