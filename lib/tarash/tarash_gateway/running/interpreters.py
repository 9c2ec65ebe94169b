"""The interpreters of a generation: blocking and asyncio.

Everything that decides is pure and shared; these loops send, sleep, and report.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final, Literal, TypeAlias

import attrs
from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects
from ..exceptions import TarashException, TimeoutError
from ..lifecycle.deadline import limits
from ..lifecycle.exchange import recover
from ..lifecycle.fallback import attempt, ending, locate
from ..lifecycle.generation import Finished, Generation
from ..outcome import FutureOutcome, IOOutcome, Outcome
from ..providers.handlers import HandlerCall
from ..values.attempts import Submission as Fate
from .abandon import abandon as abandon
from .abandon import mark
from .steps import handled, handler_call, step, too_late
from .steps import submitted as submitted
from .threads import Work, in_thread, in_thread_soon, run_apart
from .watcher import Watcher, moment

OnInterrupt: TypeAlias = Literal["keep", "cancel"]
Until: TypeAlias = Callable[[Generation], bool]

_LOG: Final = logging.getLogger("tarash.tarash_gateway")
# Seconds that an interruption waits for the answer to a submission that is under way.
_ANSWER: Final = 10.0
# Longer sleeps overflow in some clocks.
_LONGEST_SLEEP: Final = 1e6


def finished(generation: Generation) -> bool:
    """Tell whether there is a video."""
    return isinstance(generation.stage, Finished)


def _pause(generation: Generation, effects: Effects) -> float:
    return min(max(0.0, generation.due - effects.clock.monotonic()), _LONGEST_SLEEP)


@attrs.define
class _Running:
    """One generation that runs: what both loops share."""

    generation: Generation
    effects: Effects
    watcher: Watcher
    on_interrupt: OnInterrupt

    def work(self) -> Work[Outcome[Generation]]:
        """Return the next exchange, to be run once."""
        return Work(partial(step, self.generation, self.effects, self.watcher))

    async def handled(self, call: HandlerCall) -> Outcome[Generation]:
        """Return what a handler brings, awaited in the caller's loop."""
        return await handled(call, self.generation, self.effects, self.watcher)

    def move(self, outcome: Outcome[Generation]) -> None:
        """Take in what an exchange brought."""
        self.generation = outcome.value_or(self.generation)

    def late(self, work: Work[Outcome[Generation]]) -> None:
        """Take in what a submission brought that was interrupted; cancel what comes later still."""
        if work.outcome is not None:
            self.move(work.outcome)
        elif self.on_interrupt == "cancel":
            work.when_done(self._cancel_late)

    def _cancel_late(self, outcome: Outcome[Generation]) -> None:
        self.move(outcome)
        abandon(self.generation, self.effects, self.watcher)
        self.watcher.let_go(self.generation)

    def interrupted(self, interruption: BaseException) -> None:
        """Mark what interrupts the call with the job; cancel the job if the caller wants that."""
        mark(interruption, self.generation)
        if self.on_interrupt == "cancel":
            abandon(self.generation, self.effects, self.watcher)

    def bug(self, cause: Exception) -> Outcome[Generation]:
        """Return the error of a bug in an effect of the caller's, or in ours; the job is in it."""
        _LOG.error("a bug ended the call", exc_info=cause)
        generation = self.generation
        saved = generation.resumable()
        error = TarashException(
            f"{type(cause).__name__}: {cause}; this is a bug in an effect or in the library, not "
            "in the request"
        )
        known: Fate = "unknown" if saved is None else "accepted"
        ended = attempt(generation, moment(self.effects), submission=known, error=error)
        failed = ending(locate(generation, error), (*generation.attempts, ended), saved)
        failed.__cause__ = cause
        return Failure(failed)


def run(
    generation: Generation,
    effects: Effects,
    watcher: Watcher,
    *,
    until: Until = finished,
    on_interrupt: OnInterrupt = "keep",
) -> IOOutcome[Generation]:
    """Block until ``until`` holds, or the generation is given up."""
    running = _Running(generation, effects, watcher, on_interrupt)
    try:
        outcome = _looped(running, until)
    except AssertionError:
        # It belongs to a test.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be lost
        outcome = running.bug(error)
    except BaseException as interruption:
        running.interrupted(interruption)
        raise
    finally:
        watcher.let_go(running.generation)
    return IOResult.from_result(outcome)


def _looped(running: _Running, until: Until) -> Outcome[Generation]:
    while not until(running.generation):
        running.effects.clock.sleep(_pause(running.generation, running.effects))
        moved = _blocking(running)
        if isinstance(moved, Failure):
            return moved
        running.move(moved)
        running.watcher.listener.tell(running.generation.update)
    return Success(running.generation)


def _blocking(running: _Running) -> Outcome[Generation]:
    work = running.work()
    in_main = threading.current_thread() is threading.main_thread()
    if submitted(running.generation) or not in_main or handler_call(running.generation):
        return work.run()
    # A signal must not tear the connection under a submission: its answer is worth money. So the
    # submission has a thread of its own, and an interruption waits for it.
    try:
        return run_apart(work)
    except BaseException:
        try:
            work.wait(_ANSWER)
        finally:
            running.late(work)
        raise


def run_async(
    generation: Generation,
    effects: Effects,
    watcher: Watcher,
    *,
    until: Until = finished,
    on_interrupt: OnInterrupt = "keep",
) -> FutureOutcome[Generation]:
    """Do the same without blocking the event loop."""
    running = _Running(generation, effects, watcher, on_interrupt)
    return FutureResult(_ended(running, until))


async def _ended(running: _Running, until: Until) -> Outcome[Generation]:
    try:
        return await _looped_async(running, until)
    except AssertionError:
        # It belongs to a test.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be lost
        return running.bug(error)
    except BaseException as interruption:
        await _uninterrupted(partial(running.interrupted, interruption))
        raise
    finally:
        if running.watcher.has_journal:
            await _uninterrupted(lambda: running.watcher.let_go(running.generation))


async def _uninterrupted(function: Callable[[], None]) -> None:
    await asyncio.shield(in_thread(Work(function)))


async def _looped_async(running: _Running, until: Until) -> Outcome[Generation]:
    while not until(running.generation):
        await running.effects.clock.sleep_async(_pause(running.generation, running.effects))
        call = handler_call(running.generation)
        moved = await (_threaded(running) if call is None else running.handled(call))
        if isinstance(moved, Failure):
            return moved
        running.move(moved)
        await running.watcher.listener.tell_async(running.generation.update)
    return Success(running.generation)


async def _threaded(running: _Running) -> Outcome[Generation]:
    generation, work = running.generation, running.work()
    now = moment(running.effects)
    # All threads may be busy: a call that waits for one keeps its deadline too.
    patience = max(0.0, generation.deadline - now.monotonic)
    if submitted(generation):
        patience += limits(generation, now).total
    try:
        outcome = await in_thread_soon(work, patience)
    except BaseException:
        if not work.drop() and not submitted(generation):
            try:
                await asyncio.wait({asyncio.wrap_future(work.future)}, timeout=_ANSWER)
            finally:
                running.late(work)
        raise
    if outcome is not None:
        return outcome
    error = too_late(generation) if not submitted(generation) else _no_thread(generation)
    return recover(generation, error, moment(running.effects))


def _no_thread(generation: Generation) -> TarashException:
    timeout = float(generation.leg.target.config.timeout)
    message = "no thread was free to ask for the job: start fewer calls at once"
    return TimeoutError(message, timeout_seconds=timeout)
