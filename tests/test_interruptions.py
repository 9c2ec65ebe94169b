"""An interruption in the middle of a submission: its answer is awaited, and the job is known."""

import asyncio
import os
import signal
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.patience import LIMIT, until_async, wait, wait_async

from tarash.tarash_gateway import (
    SqliteJournal,
    TarashException,
    VideoGeneration,
    generate_video,
    generate_video_async,
    pending_videos,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import SystemClock
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.running import sheltering
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_CANCELLED = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
_WAITING = json_reply(202, {"status": "IN_QUEUE"})


class _Slow:
    """A submission that is answered when the test says so."""

    def __init__(self) -> None:
        self.began, self.answered = threading.Event(), threading.Event()

    def __call__(self, _asked: HttpRequest) -> HttpResponse:
        self.began.set()
        wait(self.answered)
        return fal.queued()


def _world(*replies: Any) -> tuple[ScriptedHttp, Effects]:
    http = ScriptedHttp(replies)
    return http, attrs.evolve(fake_effects(http=http), clock=SystemClock())


def _kept(interruption: BaseException) -> VideoGeneration:
    kept = interruption.generation  # type: ignore[attr-defined]  # it was marked
    assert isinstance(kept, VideoGeneration)
    return kept


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("on_interrupt", ["keep", "cancel"])
def test_ctrl_c_in_a_submission_waits_for_its_answer(on_interrupt: Any) -> None:
    slow = _Slow()
    http, effects = _world(slow, _WAITING, _CANCELLED)

    def interrupt() -> None:
        wait(slow.began)
        os.kill(os.getpid(), signal.SIGINT)
        slow.answered.set()

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt) as caught:
        generate_video(fal.config(), fal.REQUEST, effects=effects, on_interrupt=on_interrupt)
    assert _kept(caught.value).request_id == "job-1"
    methods = [asked.method for asked in http.requests]
    assert methods == (["POST"] if on_interrupt == "keep" else ["POST", "GET", "PUT"])


@pytest.mark.parametrize("on_interrupt", ["keep", "cancel"])
async def test_a_task_cancelled_in_its_submission_knows_its_job(on_interrupt: Any) -> None:
    slow = _Slow()
    http, effects = _world(slow, _WAITING, _CANCELLED)
    task = asyncio.ensure_future(
        generate_video_async(fal.config(), fal.REQUEST, effects=effects, on_interrupt=on_interrupt)
    )
    await wait_async(slow.began)
    task.cancel()
    slow.answered.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert _kept(caught.value).request_id == "job-1"
    methods = [asked.method for asked in http.requests]
    assert methods == (["POST"] if on_interrupt == "keep" else ["POST", "GET", "PUT"])


async def test_a_timeout_around_a_call_knows_its_job() -> None:
    slow = _Slow()
    _, effects = _world(slow, _WAITING, _CANCELLED)

    async def expire(limit: asyncio.Timeout) -> None:
        # A busy machine may take long to begin; the submission has to be under way.
        await wait_async(slow.began)
        loop = asyncio.get_running_loop()
        limit.reschedule(loop.time())
        # Timers go off in their order.
        loop.call_later(0.1, slow.answered.set)

    async def call() -> None:
        async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
            group.create_task(expire(limit))
            await generate_video_async(fal.config(), fal.REQUEST, effects=effects)

    with pytest.raises(TimeoutError) as caught:
        await call()
    assert caught.value.__cause__ is not None
    assert _kept(caught.value.__cause__).request_id == "job-1"


async def test_an_answer_that_comes_too_late_is_still_cancelled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sheltering, "_ANSWER", 0.05)
    slow = _Slow()
    http, effects = _world(slow, _WAITING, _CANCELLED)
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    task = asyncio.ensure_future(
        generate_video_async(
            fal.config(), fal.REQUEST, effects=effects, on_interrupt="cancel", journal=journal
        )
    )
    await wait_async(slow.began)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert _kept(caught.value).job is None
    slow.answered.set()
    await until_async(lambda: len(http.requests) == 3 and pending_videos(journal) == ())
    assert [asked.method for asked in http.requests] == ["POST", "GET", "PUT"]
    assert pending_videos(journal) == ()


async def test_a_call_that_waits_for_a_thread_keeps_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tarash.tarash_gateway.running import threads  # noqa: PLC0415 - one test's

    monkeypatch.setattr(threads, "_THREADS", 2)
    threads._pool_of.cache_clear()

    def begin(timeout: float, *replies: Any) -> asyncio.Future[Any]:
        http = ScriptedHttp(replies)
        call = generate_video_async(
            fal.config(timeout=timeout), fal.REQUEST, effects=fake_effects(http=http)
        )
        worlds.append(http)
        return asyncio.ensure_future(call)

    worlds: list[ScriptedHttp] = []
    slow = [_Slow() for _ in range(2)]
    # given two calls that have the two threads, and hang in the effect, which keeps no time
    hanging = [begin(600, each, fal.completed(), fal.result()) for each in slow]
    try:
        for each in slow:
            await wait_async(each.began)
        # when six more begin, then they give up
        given_up, _ = await asyncio.wait([begin(0.5) for _ in range(6)], timeout=LIMIT)
        assert len(given_up) == 6
        assert not any(task.done() for task in hanging)
        for task in given_up:
            error = task.exception()
            assert isinstance(error, TarashException)
            assert "nothing was sent within timeout" in error.message
            assert [a.submission for a in error.attempts] == ["not_sent"]
    finally:
        for each in slow:
            each.answered.set()
        await asyncio.gather(*hanging)
        threads._pool_of.cache_clear()
    assert [len(http.requests) for http in worlds] == [3, 3, 0, 0, 0, 0, 0, 0]
