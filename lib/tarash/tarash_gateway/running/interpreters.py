"""The interpreters of a generation: blocking and asyncio.

Everything that decides is pure and shared; these loops send, sleep, and report.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from typing import Final, Literal, TypeAlias

import attrs
from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects
from ..exceptions import TarashException
from ..lifecycle.deadline import limits
from ..lifecycle.exchange import recover
from ..lifecycle.fallback import attempt, ending, locate
from ..lifecycle.generation import Finished, Generation
from ..outcome import FutureOutcome, IOOutcome, Outcome
from ..values.attempts import Submission as Fate
from .abandon import abandon, mark
from .steps import handler_call, step, step_handler, submitted, submitting, too_late
from .threads import Work, in_thread, in_thread_soon, run_apart
from .watcher import Watcher, moment

OnInterrupt: TypeAlias = Literal["keep", "cancel"]

_LOG: Final = logging.getLogger("tarash.tarash_gateway")
# Seconds that an interruption waits for the answer to a submission that is under way.
_ANSWER: Final = 10.0
# Longer sleeps overflow in some clocks.
_LONGEST_SLEEP: Final = 1e6


def finished(generation: Generation) -> bool:
    """Tell whether there is a video."""
    return isinstance(generation.stage, Finished)


@attrs.define
class Running:
    """A generation that runs, and what both interpreters need.

    Attributes:
        generation: The generation after its last exchange.
        effects: The world.
        watcher: What reports the call.
        until: Tells when the generation has gone far enough.
        on_interrupt: What an interruption does to an accepted job.
    """

    generation: Generation
    effects: Effects
    watcher: Watcher
    until: Callable[[Generation], bool] = finished
    on_interrupt: OnInterrupt = "keep"

    @property
    def pause(self) -> float:
        """Seconds until the next exchange is due."""
        due = self.generation.due - self.effects.clock.monotonic()
        return min(max(0.0, due), _LONGEST_SLEEP)

    def next_step(self) -> Work[Outcome[Generation]]:
        """Return the next exchange, to be run once."""
        return Work(partial(step, self.generation, self.effects, self.watcher))

    def move(self, outcome: Outcome[Generation]) -> None:
        """Take in the result of an exchange."""
        self.generation = outcome.value_or(self.generation)

    def take_late(self, work: Work[Outcome[Generation]]) -> None:
        """Take in the answer to an interrupted submission, or cancel its job once it comes."""

        def cancel(_: object) -> None:
            if work.outcome is not None:
                self.move(work.outcome)
                abandon(self.generation, self.effects, self.watcher)
                self.watcher.let_go(self.generation)

        if work.outcome is not None:
            self.move(work.outcome)
        elif self.on_interrupt == "cancel":
            work.add_done_callback(cancel)

    def interrupt(self, interruption: BaseException) -> None:
        """Mark the interruption with the job; cancel the job if the caller wants that."""
        mark(interruption, self.generation)
        if self.on_interrupt == "cancel":
            abandon(self.generation, self.effects, self.watcher)

    def fail(self, cause: Exception) -> Outcome[Generation]:
        """Return the error of a bug in an effect of the caller's, or in ours, with the job."""
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


def run(running: Running) -> IOOutcome[Generation]:
    """Block until ``running.until`` holds, or the generation is given up."""
    try:
        outcome = _loop(running)
    except AssertionError:
        # It belongs to a test.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be lost
        outcome = running.fail(error)
    except BaseException as interruption:
        running.interrupt(interruption)
        raise
    finally:
        running.watcher.let_go(running.generation)
    return IOResult.from_result(outcome)


def _loop(running: Running) -> Outcome[Generation]:
    while not running.until(running.generation):
        running.effects.clock.sleep(running.pause)
        outcome = _step(running)
        if isinstance(outcome, Failure):
            return outcome
        running.move(outcome)
        running.watcher.listener.tell(running.generation.update)
    return Success(running.generation)


def _step(running: Running) -> Outcome[Generation]:
    work = running.next_step()
    in_main = threading.current_thread() is threading.main_thread()
    if not submitting(running.generation) or not in_main or handler_call(running.generation):
        work.run()
        return work.result()
    # A signal must not tear the connection under a submission: its answer is worth money. So the
    # submission has a thread of its own, and an interruption waits for it.
    try:
        return run_apart(work)
    except BaseException:
        try:
            wait({work}, _ANSWER)
        finally:
            running.take_late(work)
        raise


def run_async(running: Running) -> FutureOutcome[Generation]:
    """Do the same without blocking the event loop."""
    return FutureResult(_run_async(running))


async def _run_async(running: Running) -> Outcome[Generation]:
    try:
        return await _loop_async(running)
    except AssertionError:
        # It belongs to a test.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be lost
        return running.fail(error)
    except BaseException as interruption:
        await in_thread(partial(running.interrupt, interruption))
        raise
    finally:
        if running.watcher.has_journal:
            await in_thread(lambda: running.watcher.let_go(running.generation))


async def _loop_async(running: Running) -> Outcome[Generation]:
    while not running.until(running.generation):
        await running.effects.clock.sleep_async(running.pause)
        outcome = await _step_async(running)
        if isinstance(outcome, Failure):
            return outcome
        running.move(outcome)
        await running.watcher.listener.tell_async(running.generation.update)
    return Success(running.generation)


async def _step_async(running: Running) -> Outcome[Generation]:
    generation, effects = running.generation, running.effects
    call = handler_call(generation)
    if call is not None:
        return await step_handler(call, generation, effects, running.watcher)
    now, work = moment(effects), running.next_step()
    # All threads may be busy: a call that waits for one keeps its deadline too.
    patience = max(0.0, generation.deadline - now.monotonic)
    if submitted(generation):
        patience += limits(generation, now).total
    try:
        outcome = await in_thread_soon(work, patience)
    except BaseException:
        if not work.cancel() and submitting(generation):
            try:
                await asyncio.wait({asyncio.wrap_future(work)}, timeout=_ANSWER)
            finally:
                running.take_late(work)
        raise
    if outcome is None:
        return recover(generation, too_late(generation), moment(effects))
    return outcome
