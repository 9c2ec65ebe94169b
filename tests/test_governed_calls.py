"""Calls with one key learn from each other's refusals, and no call is lost or paid twice by it."""

import asyncio
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import attrs
import pytest
from returns.io import IOResult
from returns.result import Success
from tests.support import fal_replies as fal
from tests.support.lifecycle_cases import Call, _attempts, _world
from tests.support.patience import LIMIT

from tarash.tarash_gateway import (
    MockConfig,
    RateLimitError,
    TimeoutError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    generate_video_async,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.effects import AsyncHttpReply, Effects, HttpReply
from tarash.tarash_gateway.effects.live import SystemClock
from tarash.tarash_gateway.effects.receiving import WholeReply
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.lifecycle.pacing import Pace
from tarash.tarash_gateway.outcome import IOOutcome, Outcome, result_of
from tarash.tarash_gateway.running import governor as module
from tarash.tarash_gateway.testing import fake_effects, json_reply

_SLOW = {"Retry-After": "30"}
_RUNWAY = VideoGenerationConfig(provider="runway", model="gen4.5", api_key="key_1", poll_interval=1)


class _Clock(SystemClock):
    """The machine's clock, with governors of its own for each test."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def _slow_down(headers: dict[str, str] | None = None) -> HttpResponse:
    return json_reply(429, {"detail": "Too many requests"}, headers)


def _paces(effects: Effects) -> list[Pace]:
    known = module._known(os.getpid()).get(effects.clock, {})
    return [each.pace for each in known.values()]


def test_one_call_s_refusal_teaches_the_others_with_its_key(call: Call) -> None:
    # Given a call that the provider asks to wait for longer than it can.
    http, clock, effects = _world([_slow_down(_SLOW), *fal.success("job-2"), *fal.success("job-3")])
    with pytest.raises(RateLimitError):
        call(fal.config(timeout=20), effects)
    # When another one with the same key comes, and one with another key.
    at_once = call(fal.config(api_key="other:key"), effects)
    assert clock.slept == [0, 0, 5, 0]
    later = call(fal.config(), effects)
    # Then the other key did not wait, and this one waits for the rest of the time.
    assert (at_once.video, later.video) == (fal.URL, fal.URL)
    assert clock.slept == [0, 0, 5, 0, 0, 30 - 5, 5, 0]
    assert len([each for each in http.requests if each.method == "POST"]) == 3


def test_a_call_that_cannot_wait_so_long_sends_nothing_and_goes_on_to_the_next_config(
    call: Call,
) -> None:
    # Given a key that rests for half a minute.
    http, clock, effects = _world([_slow_down(_SLOW), *fal.success()])
    with pytest.raises(RateLimitError):
        call(fal.config(timeout=20), effects)
    # When a call has twenty seconds, and a fallback with another key.
    chain = fal.config(timeout=20, fallback_configs=[fal.config(api_key="other:key")])
    response = call(chain, effects)
    # Then the fallback made the video at once, and nothing was sent with the first key.
    first, second = _attempts(response)
    assert (first.submission, first.error_type) == ("not_sent", "TimeoutError")
    assert "fal asked another call with this key to wait" in str(first.error_message)
    assert second.status == "success"
    assert clock.monotonic() < 20
    assert len([each for each in http.requests if each.method == "POST"]) == 2
    # And without a fallback, it is an error that says so.
    with pytest.raises(TimeoutError, match="nothing was sent"):
        call(fal.config(timeout=20), effects)


def test_a_refused_submission_waits_once_and_not_for_its_own_governor_as_well(call: Call) -> None:
    # Given a submission that is refused twice, with and without a hint.
    http, clock, effects = _world([_slow_down({"Retry-After": "7"}), _slow_down(), *fal.success()])
    # When it is tried again.
    assert call(fal.config(), effects).video == fal.URL
    # Then it waits as long as the provider says, and then as long as the backoff.
    assert [seconds for seconds in clock.slept if seconds][:2] == [7.0, 1.0]
    assert len([each for each in http.requests if each.method == "POST"]) == 3


def test_the_next_config_with_the_same_key_does_not_wait_for_its_own_call(call: Call) -> None:
    # Given a key that bears one submission and one job, and a chain of two models with it.
    _, _, effects = _world([fal.queued(), fal.failed(), *fal.success("job-2")])
    chain = fal.config(fallback_configs=[fal.config(model="fal-ai/veo3/fast")])
    call(fal.config(), _with(effects, fal.success("job-0")))
    for each in module._known(os.getpid())[effects.clock].values():
        each.pace = Pace(most_under_way=1.0, most_jobs=1.0)
    # When the first model's job fails.
    response = call(chain, effects)
    # Then the second one is submitted, and nothing is held afterwards.
    assert response.request_id == "job-2"
    assert {(pace.under_way, pace.jobs) for pace in _paces(effects)} == {(0, 0)}


def _with(effects: Effects, replies: list[HttpResponse]) -> Effects:
    return attrs.evolve(effects, http=_world(replies)[0])


@attrs.define(eq=False)
class _Account:
    """A provider that runs two jobs at once, and refuses a third in Azure's words."""

    most: int = 2
    polls: int = 3
    jobs: dict[str, int] = attrs.field(factory=dict)
    created: list[str] = attrs.field(factory=list)
    refused: int = 0
    _names: "count[int]" = attrs.field(factory=lambda: count(1))
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        with self._lock:
            return IOResult.from_value(WholeReply(self._answer(request), limits))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            if len(self.jobs) >= self.most:
                self.refused += 1
                return json_reply(429, {"detail": "Too many running tasks"})
            name = f"job-{next(self._names)}"
            self.jobs[name] = 0
            self.created.append(name)
            return fal.queued(name)
        name = request.url.partition("/requests/")[2].partition("/")[0].partition("?")[0]
        if "/status" not in request.url:
            return fal.result()
        self.jobs[name] = self.jobs.get(name, 0) + 1
        if self.jobs[name] < self.polls:
            return fal.running()
        del self.jobs[name]
        return fal.completed()


def test_a_limit_of_jobs_is_learned_and_kept_by_threads_and_tasks_together() -> None:
    # Given an account that runs two jobs at once.
    account = _Account()
    effects = fake_effects(http=account, clock=_Clock())
    config = fal.config(poll_interval=0.01)

    def in_thread(_: int) -> VideoGenerationResponse:
        return generate_video(config, fal.REQUEST, effects=effects, measure=False)

    async def in_tasks() -> list[VideoGenerationResponse]:
        calls = [
            generate_video_async(config, fal.REQUEST, effects=effects, measure=False)
            for _ in range(8)
        ]
        return list(await asyncio.gather(*calls))

    # When sixteen calls come at once, in threads and on a loop.
    with ThreadPoolExecutor(9) as threads:
        on_loop = threads.submit(lambda: asyncio.run(in_tasks()))
        responses = [*threads.map(in_thread, range(8)), *on_loop.result(LIMIT)]
    # Then each has a job of its own, and was submitted once.
    assert {each.request_id for each in responses} == set(account.created)
    assert len(account.created) == 16
    # And nobody ran into the limit over and over: without a governor, most would do so four times.
    assert account.refused < 16
    (pace,) = _paces(effects)
    assert (pace.under_way, pace.jobs) == (0, 0)
    assert 2 <= pace.most_jobs < 16


@attrs.define(eq=False)
class _Gate:
    """A provider that takes four submissions at once, and refuses the others."""

    accepted: int = 0
    refused: int = 0
    most: int = 0
    _now: int = 0

    async def open(self, request: HttpRequest, *, limits: Limits) -> Outcome[AsyncHttpReply]:
        if request.method != "POST":
            reply = fal.completed() if "/status" in request.url else fal.result()
            return Success(_Reply(WholeReply(reply, limits)))
        self._now += 1
        self.most = max(self.most, self._now)
        crowded = self._now > 4
        await asyncio.sleep(0.01)
        self._now -= 1
        if crowded:
            self.refused += 1
            return Success(_Reply(WholeReply(_slow_down(), limits)))
        self.accepted += 1
        return Success(_Reply(WholeReply(fal.queued(f"job-{self.accepted}"), limits)))


@attrs.define(eq=False)
class _Reply:
    """A whole reply, read on an event loop."""

    _whole: WholeReply

    @property
    def status(self) -> int:
        return self._whole.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._whole.headers

    async def read(self, size: int) -> Outcome[bytes]:
        return result_of(self._whole.read(size))

    async def close(self) -> None:
        self._whole.close()


async def test_calls_that_come_at_once_find_out_how_many_a_key_bears_and_none_fails() -> None:
    # Given a provider that answers 429 to more than four submissions at once.
    gate = _Gate()
    effects = attrs.evolve(fake_effects(clock=_Clock()), async_http=gate)
    config = fal.config(poll_interval=0.01)
    # When forty calls begin at once.
    responses = await asyncio.gather(
        *(
            generate_video_async(config, fal.REQUEST, effects=effects, measure=False)
            for _ in range(40)
        )
    )
    # Then each gets a video of its own, though one that is refused four times would fail.
    assert len({each.request_id for each in responses}) == gate.accepted == 40
    # And most refusals are those of the first moment: then the number was halved until it fitted.
    assert gate.most <= 32 + 4
    assert gate.refused < 2 * 32
    (pace,) = _paces(effects)
    assert pace.most_under_way < 8


def test_a_started_job_counts_again_once_it_is_resumed() -> None:
    # Given a job that was started, whose process goes on with other things.
    http, _, effects = _world([*fal.success()])
    started = start_video(fal.config(), fal.REQUEST, effects=effects)
    assert [pace.jobs for pace in _paces(effects)] == [0]
    running: list[int] = []

    def look(_: object) -> None:
        running.extend(pace.jobs for pace in _paces(effects))

    # When it is resumed.
    config = fal.config()
    http._replies[0:0] = [fal.running()]
    resume_video(started, config=config, effects=effects, on_progress=look, measure=False)
    # Then it is one of the jobs that run, until it ends.
    assert running[0] == 1
    assert [pace.jobs for pace in _paces(effects)] == [0]


def test_the_mock_is_not_governed() -> None:
    _, _, effects = _world([])
    config = fal.config(mock=MockConfig(), api_key=None)
    generate_video(config, fal.REQUEST, effects=effects)
    assert _paces(effects) == []


def test_runway_s_throttled_is_a_place_in_its_queue() -> None:
    # Given tasks that Runway accepts beyond the number that it runs at once.
    task = {"id": "5b0f1f3c-8c0e-4d5e-9c1c-0f7c2f1e6a11", "createdAt": "2026-08-26T06:30:33.796Z"}
    throttled = json_reply(200, {**task, "status": "THROTTLED", "estimatedCost": {"credits": 63}})
    done = {**task, "status": "SUCCEEDED", "output": ["https://r.example/a.mp4?_jwt=x"]}
    script = [json_reply(200, task), *[throttled] * 5, json_reply(200, done)]
    http, clock, effects = _world([*script, json_reply(200, task), json_reply(200, done)])
    seen: list[str] = []
    response = generate_video(
        _RUNWAY,
        VideoGenerationRequest(prompt="a cat", duration_seconds=5, aspect_ratio="16:9"),
        on_progress=lambda update: seen.append(update.status),
        effects=effects,
        measure=False,
    )
    # Then they are queued, no error counts, and no other call has to wait for them.
    assert seen[:6] == ["queued"] * 6
    assert _attempts(response)[0].status == "success"
    (pace,) = _paces(effects)
    assert (pace.refusals, pace.cuts, pace.delay(clock.monotonic())) == (0, 0, 0)
    assert len([each for each in http.requests if each.method == "POST"]) == 1
