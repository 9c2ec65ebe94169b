"""A generation that runs: one loop of exchanges and pauses, for both blocking and asyncio calls.

Everything that decides about it is pure; these steps send, sleep, and report.
"""

from __future__ import annotations  # those of inner functions are not made at each call

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import attrs
from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects
from ..exceptions import TarashException
from ..lifecycle.fallback import attempt, ending, locate
from ..lifecycle.generation import Finished, Generation, Uploading
from ..outcome import IOOutcome, Outcome, failed, nothing
from ..values.attempts import Submission as Fate
from .abandon import abandon, mark
from .listening import listen
from .options import OnInterrupt
from .pausing import pause
from .seats import Seat
from .sheltering import Shelter
from .steps import handler_call, step, submitting, too_late
from .tasks import Steps, Task, block, do, start, work
from .watcher import Watcher, moment

_LOG: Final = logging.getLogger("tarash.tarash_gateway")
# Longer sleeps overflow in some clocks.
_LONGEST_SLEEP: Final = 1e6
Ear: TypeAlias = Callable[[Generation], Steps[Generation] | None]


def finished(generation: Generation) -> bool:
    """Tell whether there is a video."""
    return isinstance(generation.stage, Finished)


@attrs.define
class Running:
    """A generation that runs.

    Attributes:
        generation: The generation after its last exchange.
        effects: The world.
        watcher: What reports the call.
        until: Tells when the generation has gone far enough.
        on_interrupt: What an interruption does to an accepted job.
        ear: Returns the steps that spend the pause before the next exchange with what tells about
            the job, or None to only wait; None is the job's stream, where it has one.
        seat: What it holds at the governor of its key.
    """

    generation: Generation
    effects: Effects
    watcher: Watcher
    until: Callable[[Generation], bool] = finished
    on_interrupt: OnInterrupt = "keep"
    ear: Ear | None = None
    seat: Seat = attrs.field(init=False)

    @seat.default
    def _no_seat(self) -> Seat:
        return Seat(self.effects.clock)

    def listening(self) -> Steps[Generation] | None:
        """Return the steps of listening until the next exchange, or None to only wait."""
        heard = None if self.ear is None else self.ear(self.generation)
        return heard or listen(self.generation, self.effects, self.watcher.listener)

    @property
    def pause(self) -> float:
        """Seconds until the next exchange is due."""
        due = self.generation.due - self.effects.clock.monotonic()
        return min(max(0.0, due), _LONGEST_SLEEP)

    def move(self, outcome: Outcome[Generation]) -> None:
        """Take in the result of an exchange."""
        self.generation = outcome.value_or(self.generation)

    def forget_update(self) -> None:
        """Forget what was told about the last exchange."""
        if self.generation.update is not None:
            self.generation = attrs.evolve(self.generation, update=None)

    def move_late(self, outcome: Outcome[Generation]) -> None:
        """Take in the answer to a submission whose caller waits no longer."""
        self.move(outcome)
        if self.on_interrupt == "cancel":
            block(abandon(self.generation, self.effects, self.watcher))
            self.watcher.let_go(self.generation)

    def interrupt(self, interruption: BaseException) -> None:
        """Mark the interruption with the job; cancel the job if the caller wants that."""
        mark(interruption, self.generation)
        self.watcher.interrupted(self.generation)
        if self.on_interrupt == "cancel":
            block(abandon(self.generation, self.effects, self.watcher))

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
        if isinstance(generation.stage, Uploading):
            known = "not_sent"
            self.watcher.interrupted(generation)
        now, unknown = moment(self.effects), generation.unknown
        if known == "unknown":
            unknown = (*unknown, generation.entry_as("unknown", now.utc))
        ended = attempt(generation, now, submission=known, error=error)
        attempts = (*generation.attempts, ended)
        failed = ending(locate(generation, error), attempts, saved, unknown)
        failed.__cause__ = cause
        return Failure(failed)


def begin_and_run(
    begin: Task[Running],
    *,
    on_interrupt: OnInterrupt,
    until: Callable[[Generation], bool] = finished,
) -> Steps[Generation]:
    """Begin a generation, and run it until ``until`` holds."""
    begun = yield from do(begin)
    if failed(begun):
        return Failure(begun.failure())
    running = begun.unwrap()
    running.until, running.on_interrupt = until, on_interrupt
    return (yield from run(running))


def run(running: Running) -> Steps[Generation]:
    """Go on until ``running.until`` holds, or the generation is given up."""
    try:
        outcome = yield from _contained(running)
    except GeneratorExit:
        # The event loop is gone, and with it everything that could write.
        raise
    except BaseException:
        yield from _let_go(running)
        raise
    finally:
        running.seat.leave()
    yield from _let_go(running)
    return outcome


def _contained(running: Running) -> Steps[Generation]:
    try:
        return (yield from _loop(running))
    except (AssertionError, GeneratorExit):
        # The first belongs to a test.
        raise
    except Exception as bug:  # noqa: BLE001 - whatever it is, the job must not be lost
        # A name in this clause is gone after it.
        cause = bug
    except BaseException as interruption:
        running.watcher.gone.set()
        yield from do(_blocking(partial(running.interrupt, interruption)))
        raise
    return (yield from do(work(lambda: IOResult.from_result(running.fail(cause)))))


def _let_go(running: Running) -> Steps[None]:
    if not running.watcher.has_journal:
        return Success(None)
    return (yield from do(_blocking(lambda: running.watcher.let_go(running.generation))))


def _blocking(function: Callable[[], None]) -> Task[None]:
    def done() -> IOOutcome[None]:
        function()
        return nothing()

    return work(done)


def _loop(running: Running) -> Steps[Generation]:
    running.seat.resume(running.generation)
    while not running.until(running.generation):
        listening = running.listening()
        if listening is not None:
            running.move((yield from listening))
        # Thousands of calls wait here: whatever is not needed any more is not kept through it.
        del listening
        yield pause(running.effects.clock, running.pause)
        if submitting(running.generation):
            waiting = running.seat.enter(running.generation, too_late)
            if waiting is not None:
                yield from waiting
            del waiting
        # `do` would be one generator more for each call.
        outcome: Outcome[Generation] = yield _step(running)
        if failed(outcome):
            return outcome
        running.move(outcome)
        running.seat.follow(running.generation)
        if (told := running.watcher.listener.telling(running.generation.update)) is not None:
            yield told
        # They hold the JSON of the last reply.
        del outcome, told
        running.forget_update()
    return Success(running.generation)


def _step(running: Running) -> Task[Generation]:
    """Return the task of one exchange, which no interruption tears if it is the submission."""
    steps = partial(step, running.generation, running.effects, running.watcher, running.seat)
    worth_money = submitting(running.generation) and handler_call(running.generation) is None
    shelter = Shelter(running.move, running.move_late)

    def block_step() -> IOOutcome[Generation]:
        in_main = threading.current_thread() is threading.main_thread()
        outcome = (
            shelter.block(lambda: block(steps())) if worth_money and in_main else block(steps())
        )
        return IOResult.from_result(outcome)

    async def start_step() -> Outcome[Generation]:
        running_steps = start(steps())
        return await (shelter.start(running_steps) if worth_money else running_steps)

    return Task(block_step, start_step)
