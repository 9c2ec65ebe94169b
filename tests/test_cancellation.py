"""Cancelled at any await, an asyncio call pays for one job at most, and knows it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.result import Success
from tests.support import fal_replies as fal
from tests.support.patience import until_async

from tarash.tarash_gateway import (
    SqliteJournal,
    VideoGeneration,
    generate_video_async,
    pending_videos,
)
from tarash.tarash_gateway.effects import AsyncHttpReply, Effects
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.outcome import Outcome, result_of
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply

# More than a call has: later numbers are calls that nothing interrupts.
_MOMENTS = 60


@attrs.define
class _Reply:
    """A reply whose body comes after a while."""

    response: HttpResponse
    _ended: bool = False

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.headers

    async def read(self, size: int) -> Outcome[bytes]:
        assert size >= len(self.response.body)
        await asyncio.sleep(0)
        body, self._ended = b"" if self._ended else self.response.body, True
        return Success(body)

    async def close(self) -> None:
        await asyncio.sleep(0)


@attrs.define
class _Fal:
    """A provider that answers on the event loop, and counts the jobs that it accepts."""

    accepted: int = 0
    cancelled: int = 0
    answering: int = 0
    status: str = "COMPLETED"

    async def open(self, request: HttpRequest, *, limits: Limits) -> Outcome[AsyncHttpReply]:
        assert limits.total > 0
        await asyncio.sleep(0)
        reply = self.answer(request)
        self.answering += 1
        try:
            await asyncio.sleep(0)
        finally:
            self.answering -= 1
        whole: AsyncHttpReply = _Reply(reply)
        return Success(whole)

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            self.accepted += 1
            return fal.queued()
        if request.method == "PUT":
            self.cancelled += 1
            return json_reply(202, {"status": "CANCELLATION_REQUESTED"})
        if "/status" in request.url:
            return json_reply(200, {"status": self.status})
        return json_reply(200, {"video": {"url": "https://fal.media/files/a.mp4"}})


class _Clock(FakeClock):
    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


def _effects(provider: _Fal, *, native: bool) -> Effects:
    threads = ScriptedHttp([provider.answer] * 4)
    effects = fake_effects(http=threads, clock=_Clock())
    return attrs.evolve(effects, async_http=provider) if native else effects


async def _generate(provider: _Fal, *, native: bool) -> None:
    effects = _effects(provider, native=native)
    await generate_video_async(fal.config(), fal.REQUEST, effects=effects, measure=False)


def _kept(interruption: BaseException) -> VideoGeneration | None:
    return getattr(interruption, "generation", None)


@pytest.mark.parametrize("native", [True, False], ids=["on the loop", "in threads"])
async def test_whoever_cancels_a_call_learns_of_its_job(*, native: bool) -> None:
    # given a process that has made a call: the first one waits for what it loads in a thread
    await _generate(_Fal(), native=native)
    interrupted = 0
    for moment in range(_MOMENTS):
        provider = _Fal()
        task = asyncio.ensure_future(_generate(provider, native=native))
        for _ in range(moment):
            # A thread needs longer than a task to get on.
            await asyncio.sleep(0 if native else 0.0005)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as interruption:
            kept = _kept(interruption)
            known = kept is not None and kept.request_id is not None
            assert known == bool(provider.accepted), moment
            interrupted += 1
        assert provider.accepted <= 1
    assert interrupted > 0
    assert not native or interrupted < _MOMENTS


@pytest.mark.parametrize("native", [True, False], ids=["on the loop", "in threads"])
def test_whatever_ends_the_loop_leaves_the_job_in_the_journal(
    tmp_path: Path, *, native: bool
) -> None:
    async def leave(
        provider: _Fal, journal: SqliteJournal, moment: int | None
    ) -> asyncio.Task[Any]:
        call = generate_video_async(
            fal.config(),
            fal.REQUEST,
            effects=_effects(provider, native=native),
            journal=journal,
            measure=False,
        )
        task = asyncio.ensure_future(call)
        if moment is None:
            await until_async(lambda: provider.accepted)
        for _ in range(moment or 0):
            await asyncio.sleep(0.0005)
        return task  # `asyncio.run` cancels what still runs

    accepted = 0
    for moment in (*range(0, _MOMENTS, 3), None):
        provider, journal = _Fal(), SqliteJournal(tmp_path / f"{moment}.sqlite3")
        task = asyncio.run(leave(provider, journal, moment))
        assert task.done()
        assert provider.accepted <= 1
        accepted += provider.accepted
        states = [entry.state for entry in result_of(journal.entries(pending=False)).unwrap()]
        if provider.accepted:
            assert states in (["accepted"], ["completed"]), moment
        else:
            assert set(states) <= {"intended"}, moment
    assert accepted


@pytest.mark.parametrize("answering", [True, False])
async def test_a_cancelled_submission_is_cancelled_once(*, answering: bool) -> None:
    provider = _Fal(status="IN_QUEUE")
    task = asyncio.ensure_future(
        generate_video_async(
            fal.config(),
            fal.REQUEST,
            effects=attrs.evolve(
                _effects(provider, native=True), http=ScriptedHttp([provider.answer] * 4)
            ),
            on_interrupt="cancel",
        )
    )
    # The moment lies between two awaits of the provider.
    while not provider.accepted or provider.answering != answering:  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    kept = _kept(caught.value)
    assert kept is not None
    assert kept.request_id == "job-1"
    assert (provider.accepted, provider.cancelled) == (1, 1)


async def test_pending_jobs_are_none_when_a_call_ends(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    provider = _Fal()
    response = await generate_video_async(
        fal.config(),
        fal.REQUEST,
        effects=_effects(provider, native=True),
        journal=journal,
        measure=False,
    )
    assert response.request_id == "job-1"
    assert pending_videos(journal) == ()
