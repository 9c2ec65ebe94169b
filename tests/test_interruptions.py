"""An interruption in the middle of a submission: its answer is awaited, and the job is known."""

import asyncio
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal

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
    """A submission that takes its time."""

    def __init__(self, seconds: float = 0.3) -> None:
        self.began = threading.Event()
        self._seconds = seconds

    def __call__(self, _asked: HttpRequest) -> HttpResponse:
        self.began.set()
        time.sleep(self._seconds)
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
        slow.began.wait(5)
        os.kill(os.getpid(), signal.SIGINT)

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
    await asyncio.to_thread(slow.began.wait, 5)
    task.cancel()
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
        await asyncio.to_thread(slow.began.wait, 5)
        limit.reschedule(asyncio.get_running_loop().time())

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
    slow = _Slow(0.2)
    http, effects = _world(slow, _WAITING, _CANCELLED)
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    task = asyncio.ensure_future(
        generate_video_async(
            fal.config(), fal.REQUEST, effects=effects, on_interrupt="cancel", journal=journal
        )
    )
    await asyncio.to_thread(slow.began.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert _kept(caught.value).job is None
    for _ in range(100):
        if len(http.requests) == 3 and pending_videos(journal) == ():
            break
        await asyncio.sleep(0.05)
    assert [asked.method for asked in http.requests] == ["POST", "GET", "PUT"]
    assert pending_videos(journal) == ()


async def test_a_call_that_waits_for_a_thread_keeps_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tarash.tarash_gateway.running import threads  # noqa: PLC0415 - one test's

    monkeypatch.setattr(threads, "_THREADS", 2)
    threads._pool_of.cache_clear()
    release = threading.Event()

    def hang(_asked: HttpRequest) -> HttpResponse:
        release.wait(10)
        return fal.queued()

    worlds = [_world(hang, fal.completed(), fal.result()) for _ in range(8)]
    begun = time.monotonic()
    try:
        calls = [
            generate_video_async(fal.config(timeout=0.5), fal.REQUEST, effects=effects)
            for _, effects in worlds
        ]
        pending = [asyncio.ensure_future(call) for call in calls]
        done, hanging = set[asyncio.Future[Any]](), set(pending)
        while len(done) < len(pending) - 2:
            first = asyncio.FIRST_COMPLETED
            ended, hanging = await asyncio.wait(hanging, timeout=2, return_when=first)
            assert ended
            done |= ended
        assert time.monotonic() - begun < 3
        # Those that got a thread hang in the effect, which keeps no time; the others gave up.
        assert (len(done), len(hanging)) == (6, 2)
        for task in done:
            error = task.exception()
            assert isinstance(error, TarashException)
            assert "nothing was sent within timeout" in error.message
            assert [a.submission for a in error.attempts] == ["not_sent"]
    finally:
        release.set()
        await asyncio.gather(*pending, return_exceptions=True)
        threads._pool_of.cache_clear()
    assert sum(len(http.requests) > 0 for http, _ in worlds) == 2
