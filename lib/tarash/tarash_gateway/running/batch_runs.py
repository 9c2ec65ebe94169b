"""The two drivers of a batch, and what its caller iterates over.

The blocking one draws requests in its caller's thread, because an iterator may belong to a thread,
and makes the calls on an event loop in a thread of its own. The other one does both on its caller's
event loop.
"""

import asyncio
import sys
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterator,
)
from functools import partial
from types import TracebackType
from typing import Generic, Self, TypeAlias, TypeVar

from returns.result import Failure

from ..lifecycle.batch import Move
from ..outcome import Outcome
from ..values.batch import BatchItem, BatchSummary
from .batch import Batch
from .batch_calls import Ended, Raised
from .batch_desk import END, Desk, mark_left
from .crew import Crew, CrewThread
from .threads import in_thread

R = TypeVar("R")
Results: TypeAlias = Outcome[BatchItem]


def _source(desk: Desk) -> Iterator[object] | AsyncIterator[object]:
    """Return the iterator of the requests; one that cannot be made is a problem like another.

    It is never closed: its caller may go on with what was not drawn.
    """
    requests = desk.batch.requests
    try:
        return aiter(requests) if isinstance(requests, AsyncIterable) else iter(requests)
    except Exception as error:  # noqa: BLE001 - the caller's code may raise anything
        desk.begin(Raised(error))
        return iter(())


def _drawn(source: Iterator[object]) -> object:
    try:
        return next(source, END)
    except Exception as error:  # noqa: BLE001 - the caller's code may raise anything
        return Raised(error)


async def _drawn_async(source: AsyncIterator[object]) -> object:
    try:
        return await anext(source, END)
    except Exception as error:  # noqa: BLE001 - the caller's code may raise anything
        return Raised(error)


def _blocking(desk: Desk) -> Generator[Results, None, None]:
    """Yield the results, and at last the error of a batch that ended early."""
    checked = desk.batch.check()
    if isinstance(checked, Failure):
        yield Failure(checked.failure())
        return
    crew = CrewThread()
    desk.open_bar()
    try:
        yield from _results(desk, crew)
    except BaseException as interruption:
        try:
            _stop(desk, crew)
        finally:
            desk.close_bar()
            desk.tell_left(interruption)
        raise
    desk.close_bar()
    crew.stop()
    if (early := desk.early_end()) is not None:
        yield Failure(early)


def _results(desk: Desk, crew: CrewThread) -> Generator[Results, None, None]:
    source = _source(desk)
    while True:
        while not crew.ended.empty():
            desk.take(crew.ended.get())
        match desk.plan.move:
            case "draw":
                # An asyncio iterator was refused before.
                drawn = END if isinstance(source, AsyncIterator) else _drawn(source)
                crew.start(desk.begin(drawn))
            case "wait":
                desk.take(crew.ended.get())
            case "give":
                with desk.giving() as result:
                    yield result
            case "end":
                return


def _stop(desk: Desk, crew: CrewThread) -> None:
    # No other thread runs any more when the interpreter ends: the journal has the jobs.
    if sys.is_finalizing():
        return
    try:
        crew.stop()
    finally:
        # A second interruption ends the waiting; what is known by then is kept.
        desk.leave(crew.ended.get() for _ in range(crew.ended.qsize()))


async def _awaiting(desk: Desk) -> AsyncGenerator[Results, None]:
    """Do the same on the running loop."""
    checked = await in_thread(partial(desk.batch.check, awaiting=True))
    if isinstance(checked, Failure):
        yield Failure(checked.failure())
        return
    seats = _Seats(desk)
    # The first bar loads rich.
    await in_thread(desk.open_bar)
    try:
        while (move := seats.move()) != "end":
            if move == "draw":
                await seats.draw()
            elif move == "wait":
                await seats.news.wait()
            else:
                with desk.giving() as result:
                    yield result
    except BaseException as interruption:
        try:
            await seats.stop()
        finally:
            desk.close_bar()
            desk.tell_left(interruption)
        raise
    desk.close_bar()
    await seats.stop()
    if (early := desk.early_end()) is not None:
        yield Failure(early)


class _Seats:
    """The calls and the awaited request of a batch on the running loop."""

    def __init__(self, desk: Desk) -> None:
        """Begin without calls."""
        self.news = asyncio.Event()
        self._desk = desk
        self._ended: deque[Ended] = deque()
        self._crew = Crew(self._tell)
        self._drawing: asyncio.Task[object] | None = None
        self._source = _source(desk)

    def _tell(self, ended: Ended) -> None:
        self._ended.append(ended)
        self.news.set()

    def move(self) -> Move:
        """Take in what has happened, and return what to do now."""
        self.news.clear()
        while self._ended:
            self._desk.take(self._ended.popleft())
        drawing = self._drawing
        if drawing is not None and drawing.done() and not self._desk.plan.is_stopped:
            self._drawing = None
            self._crew.start(self._desk.begin(drawing.result()))
        return self._desk.plan.move

    async def draw(self) -> None:
        """Draw a request, or begin to wait for one beside the results."""
        if isinstance(self._source, AsyncIterator):
            self._desk.plan = self._desk.plan.draw()
            self._drawing = asyncio.ensure_future(_drawn_async(self._source))
            self._drawing.add_done_callback(lambda _: self.news.set())
        else:
            self._crew.start(self._desk.begin(_drawn(self._source)))
            # The calls have their turn, however many seats are free.
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Interrupt every call, and give up the awaited request."""
        try:
            if self._drawing is not None:
                self._drawing.cancel()
                await asyncio.wait({self._drawing})
            await self._crew.stop()
        finally:
            # A second interruption ends the waiting; what is known by then is kept.
            self._desk.leave(self._ended)
            self._ended.clear()


class VideoBatch(Iterator[R], Generic[R]):
    """The results of a batch, in the order of their completion.

    Iterating begins and continues it. Leaving the loop early, `close`, the end of a ``with`` block
    and an exception such as KeyboardInterrupt interrupt the calls that are under way, like those of
    `generate_video`: an accepted job goes on at its provider, or is cancelled if ``on_interrupt``
    says so, and `left` has it.
    """

    def __init__(self, batch: Batch, read: Callable[[Outcome[BatchItem]], R]) -> None:
        """Take what is to be made, and how a result is shown."""
        self._desk, self._read = Desk(batch), read
        self._results = _blocking(self._desk)

    def __next__(self) -> R:
        return self._read(next(self._results))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if error is not None:
            mark_left(error, self.left)

    def close(self) -> None:
        """Interrupt the calls that are under way, and wait until each knows its job."""
        self._results.close()

    @property
    def summary(self) -> BatchSummary:
        """How far the batch is."""
        return self._desk.plan.summary

    @property
    def left(self) -> tuple[BatchItem, ...]:
        """What was begun and not handed over when the batch was interrupted.

        Either a result that nobody had taken, or a `GenerationInterruptedError` with the job, or a
        `SubmissionUnknownError`.
        """
        return self._desk.left


class AsyncVideoBatch(AsyncIterator[R], Generic[R]):
    """The same as `VideoBatch` for ``async for`` and ``async with``."""

    def __init__(self, batch: Batch, read: Callable[[Outcome[BatchItem]], R]) -> None:
        """Take what is to be made, and how a result is shown."""
        self._desk, self._read = Desk(batch), read
        self._results = _awaiting(self._desk)

    async def __anext__(self) -> R:
        return self._read(await anext(self._results))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
        if error is not None:
            mark_left(error, self.left)

    async def aclose(self) -> None:
        """Interrupt the calls that are under way, and wait until each knows its job."""
        await self._results.aclose()

    @property
    def summary(self) -> BatchSummary:
        """How far the batch is."""
        return self._desk.plan.summary

    @property
    def left(self) -> tuple[BatchItem, ...]:
        """What was begun and not handed over when the batch was interrupted."""
        return self._desk.left
