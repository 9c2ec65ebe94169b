"""When a job is asked for: kind to the provider, and never later than it could be noticed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal

from tarash.tarash_gateway import VideoGenerationConfig, generate_video
from tarash.tarash_gateway.catalog import soonest
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.lifecycle.deadline import pause
from tarash.tarash_gateway.lifecycle.generation import Generation, Leg, Moment, Polling
from tarash.tarash_gateway.lifecycle.journal import lease
from tarash.tarash_gateway.providers.base import Job, Submission, Target
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import (
    FakeClock,
    FixedRandomness,
    Reply,
    ScriptedHttp,
    fake_effects,
    json_reply,
)

_UTC = datetime(2026, 11, 26, tzinfo=UTC)
_CHANCES = st.floats(0, 1, exclude_max=True)


def _polling(provider: str = "fal", **changes: Any) -> Generation:
    config = VideoGenerationConfig(provider=provider, model="m", api_key="k", **changes)
    submission = Submission(request=HttpRequest(method="POST", url="https://x.example"))
    return Generation(
        request=fal.REQUEST,
        leg=Leg(target=Target(provider=BUILT_IN[provider], config=config), submission=submission),
        stage=Polling(job=Job(id="job-1"), polls=1),
        started=Moment(monotonic=0.0, utc=_UTC),
        due=0.0,
    )


def _at(monotonic: float, chance: float = 0.5) -> Moment:
    return Moment(monotonic=monotonic, utc=_UTC, chance=chance)


@given(_CHANCES, st.floats(0, 1e6))
def test_a_poll_comes_at_the_interval_or_up_to_a_fifth_before(
    chance: float, interval: float
) -> None:
    seconds = pause(_polling(poll_interval=interval), None, _at(0.0, chance), least=True)

    assert 0.8 * interval - 1e-9 <= seconds <= interval


def test_polls_are_spread() -> None:
    """A thousand jobs that were submitted together are not asked for together."""
    generation = _polling(poll_interval=5)
    seconds = {pause(generation, None, _at(0.0, n / 1000), least=True) for n in range(1000)}

    assert min(seconds) == pytest.approx(4.0)
    assert max(seconds) == pytest.approx(5.0)
    assert len(seconds) > 400


def test_the_tests_default_randomness_gives_the_interval() -> None:
    chance = FixedRandomness().chance()
    assert pause(_polling(poll_interval=5), None, _at(0.0, chance), least=True) == 5


@given(_CHANCES, st.floats(1.0, 30.0))
def test_a_hint_is_not_spread(chance: float, hint: float) -> None:
    """To ask earlier than the provider allows would not be kind."""
    assert pause(_polling(), hint, _at(0.0, chance), least=True) == hint


@given(_CHANCES)
def test_the_mock_s_waits_are_exact(chance: float) -> None:
    assert pause(_polling("mock", poll_interval=5), None, _at(0.0, chance), least=True) == 5


@given(_CHANCES, st.sampled_from([1.0, 5.0, 6.0, 60.0]))
def test_runway_is_not_asked_more_often_than_it_wants(chance: float, interval: float) -> None:
    """Its documentation names five seconds; a shorter interval of the caller's is kept."""
    generation = _polling("runway", poll_interval=interval)
    seconds = pause(generation, None, _at(0.0, chance), least=True)

    assert min(interval, 5.0) <= seconds <= interval


def _slept(replies: Sequence[Reply], config: VideoGenerationConfig) -> list[float]:
    clock = FakeClock()
    effects = fake_effects(http=ScriptedHttp(replies), clock=clock)
    generate_video(config, fal.REQUEST, effects=effects, measure=False)
    return clock.slept


def _with(reply: HttpResponse, seconds: str) -> HttpResponse:
    return attrs.evolve(reply, headers={**reply.headers, "retry-after": seconds})


@pytest.mark.parametrize("reply", [fal.running(), fal.waiting()])
def test_a_poll_may_ask_to_come_back_later(reply: HttpResponse) -> None:
    replies = [fal.queued(), _with(reply, "12"), fal.completed(), fal.result()]
    assert _slept(replies, fal.config()) == [0.0, 5, 12.0, 0.0]


def test_a_submission_may_ask_to_come_back_later() -> None:
    replies = [_with(fal.queued(), "9"), fal.completed(), fal.result()]
    assert _slept(replies, fal.config()) == [0.0, 9.0, 0.0]


def test_a_request_to_come_back_is_bounded_by_the_deadline() -> None:
    replies = [_with(fal.queued(), "25"), fal.completed(), fal.result()]
    assert _slept(replies, fal.config(timeout=20)) == [0.0, 20, 0.0]


def _prediction(status: str) -> HttpResponse:
    output = {"output": "https://replicate.delivery/a.mp4"} if status == "succeeded" else {}
    return json_reply(200, {"id": "p1", "status": status, **output})


def _veo(**changes: Any) -> VideoGenerationConfig:
    fields = {"provider": "replicate", "model": "google/veo-3.1", "api_key": "k", **changes}
    return VideoGenerationConfig(**fields)


_VEO_JOB = [_prediction(status) for status in ("starting", "processing", "succeeded")]


def test_the_first_poll_waits_as_long_as_the_model_takes_at_least() -> None:
    assert _slept(_VEO_JOB, _veo()) == [0.0, soonest.VEO, 5]


def test_a_longer_interval_is_not_shortened() -> None:
    assert _slept(_VEO_JOB, _veo(poll_interval=20)) == [0.0, 20, 20]


def test_the_first_poll_is_not_later_than_the_deadline() -> None:
    assert _slept(_VEO_JOB[1:], _veo(timeout=8)) == [0.0, 8]


def test_another_host_s_model_may_be_faster() -> None:
    assert _slept(_VEO_JOB, _veo(base_url="https://gateway.example/v1")) == [0.0, 5, 5]


def test_a_lease_outlasts_the_pause_that_a_stream_may_make_longer() -> None:
    """While its owner listens, no other call may take the job over."""
    # given a job that is due in five seconds, but may be listened to for a minute
    listening = attrs.evolve(_polling(request_timeout=10), due=5.0)
    only_polled = attrs.evolve(_polling(request_timeout=10, listen=False), due=5.0)
    # then its lease outlasts the minute, the exchange, and the margin
    seconds = [(lease(each, _at(0.0)) - _UTC).total_seconds() for each in (listening, only_polled)]
    assert seconds == [60 + 10 + 60, 5 + 10 + 60]
