"""The interpreters of a generation: blocking and asyncio.

Everything that decides is pure and shared; these loops send, sleep, and report.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, Literal, TypeAlias, TypeVar

import attrs
from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.receiving import received
from ..exceptions import TarashException, TimeoutError
from ..http.messages import HttpRequest, HttpResponse, without_key
from ..lifecycle.deadline import is_late, limits
from ..lifecycle.exchange import incoming, outgoing, recover
from ..lifecycle.fallback import attempt, ending, located
from ..lifecycle.generation import Finished, Generation, Leaving, Submitting
from ..lifecycle.recovery import must_look
from ..outcome import FutureOutcome, IOOutcome, Outcome, guarded, opened
from ..providers.handlers import HandlerCall, ask, ask_async
from ..values.attempts import Cancellation
from ..values.attempts import Submission as Fate
from .threads import Work, in_thread, in_thread_soon, run_apart
from .watcher import Watcher, moment

T = TypeVar("T")

OnInterrupt: TypeAlias = Literal["keep", "cancel"]
Until: TypeAlias = Callable[[Generation], bool]

_LOG: Final = logging.getLogger("tarash.tarash_gateway")
# Seconds that an interruption waits for the answer to a submission that is under way.
_ANSWER: Final = 10.0
# A cancel is a look, the cancel, and a look at what it left.
_EXCHANGES_OF_A_CANCEL: Final = 4
# More seconds than any clock can be told to sleep.
_LONGEST_SLEEP: Final = 1e6


def finished(generation: Generation) -> bool:
    """Tell whether there is a video."""
    return isinstance(generation.stage, Finished)


def submitted(generation: Generation) -> bool:
    """Tell whether a job was accepted."""
    return not isinstance(generation.stage, Submitting)


def _pause(generation: Generation, effects: Effects) -> float:
    return min(max(0.0, generation.due - effects.clock.monotonic()), _LONGEST_SLEEP)


def _send(
    generation: Generation, effects: Effects, watcher: Watcher, request: HttpRequest
) -> IOOutcome[HttpResponse]:
    if isinstance(request, HandlerCall):
        answer = partial(ask, request, watcher.listener.blocking)
        return watcher.before(generation).bind(lambda _: answer())

    def sent(_: None) -> IOOutcome[HttpResponse]:
        now = moment(effects)
        if is_late(generation, now):
            return IOResult.from_failure(_too_late(generation))
        return received(effects.http, request, limits=limits(generation, now))

    return (
        watcher.before(generation)
        .bind(sent)
        .map(partial(_without_key, generation))
        .map(partial(watcher.exchanged, generation, request))
    )


def _too_late(generation: Generation) -> TarashException:
    timeout = float(generation.leg.target.config.timeout)
    message = (
        f"nothing was sent within timeout ({timeout:g} s): raise it, or start fewer calls at once"
    )
    return TimeoutError(message, timeout_seconds=timeout)


def _without_key(generation: Generation, reply: HttpResponse) -> HttpResponse:
    """Return the reply without the key: error pages echo the headers of a request."""
    key = generation.leg.target.key
    return reply if key is None else without_key(reply, key.reveal())


def exchange(generation: Generation, effects: Effects, watcher: Watcher) -> IOOutcome[Generation]:
    """Send one request, and take in the reply or recover."""
    name = f"provider {generation.leg.target.provider.name!r}"

    def take(reply: HttpResponse) -> Outcome[Generation]:
        return guarded(name, lambda: incoming(generation, reply, moment(effects)))

    def mend(error: TarashException) -> Outcome[Generation]:
        return recover(generation, error, moment(effects))

    return (
        IOResult.from_result(guarded(name, lambda: outgoing(generation)))
        .bind(partial(_send, generation, effects, watcher))
        .bind_result(take)
        .lash(lambda error: IOResult.from_result(mend(error)))
    )


def _step(generation: Generation, effects: Effects, watcher: Watcher) -> Outcome[Generation]:
    # What was accepted is written down here, and not where a coroutine goes on: a cancelled one
    # would lose an accepted job.
    return watcher.after(generation, opened(exchange(generation, effects, watcher)))


@attrs.define
class _Running:
    """One generation that runs: what both loops share."""

    generation: Generation
    effects: Effects
    watcher: Watcher
    on_interrupt: OnInterrupt

    def work(self) -> Work[Outcome[Generation]]:
        """Return the next exchange, to be run once."""
        return Work(partial(_step, self.generation, self.effects, self.watcher))

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
        kept = generation.durable() if generation.job is not None else generation.left
        error = TarashException(
            f"{type(cause).__name__}: {cause}; this is a bug in an effect or in the library, not "
            "in the request"
        )
        known: Fate = "unknown" if kept is None else "accepted"
        ended = attempt(generation, moment(self.effects), submission=known, error=error)
        failed = ending(located(generation, error), (*generation.attempts, ended), kept)
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
        step = _blocking(running)
        if isinstance(step, Failure):
            return step
        running.move(step)
        running.watcher.listener.tell(running.generation.update)
    return Success(running.generation)


def _blocking(running: _Running) -> Outcome[Generation]:
    work = running.work()
    in_main = threading.current_thread() is threading.main_thread()
    if submitted(running.generation) or not in_main or _handler_call(running.generation):
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
        call = _handler_call(running.generation)
        step = await (_threaded(running) if call is None else _handled(running, call))
        if isinstance(step, Failure):
            return step
        running.move(step)
        await running.watcher.listener.tell_async(running.generation.update)
    return Success(running.generation)


def _handler_call(generation: Generation) -> HandlerCall | None:
    request = generation.leg.submission.request
    return request if isinstance(request, HandlerCall) and not submitted(generation) else None


async def _handled(running: _Running, call: HandlerCall) -> Outcome[Generation]:
    """Await a handler in the caller's loop, where its sessions live; else as `_step`."""
    generation, effects, watcher = running.generation, running.effects, running.watcher
    written = await in_thread(Work(lambda: opened(watcher.before(generation))))
    answer: Outcome[HttpResponse] = (
        Failure(written.failure())
        if isinstance(written, Failure)
        else await ask_async(call, watcher.listener.awaiting)
    )
    outcome = answer.bind(lambda reply: incoming(generation, reply, moment(effects))).lash(
        lambda error: recover(generation, error, moment(effects))
    )
    return await in_thread(Work(lambda: watcher.after(generation, outcome)))


async def _threaded(running: _Running) -> Outcome[Generation]:
    generation, work = running.generation, running.work()
    now = moment(running.effects)
    # All threads may be busy: a call that waits for one keeps its deadline too.
    patience = max(0.0, generation.deadline - now.monotonic) + limits(generation, now).total
    if not submitted(generation):
        patience = max(0.0, generation.deadline - now.monotonic)
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
    error = _too_late(generation) if not submitted(generation) else _no_thread(generation)
    return recover(generation, error, moment(running.effects))


def _no_thread(generation: Generation) -> TarashException:
    timeout = float(generation.leg.target.config.timeout)
    message = "no thread was free to ask for the job: start fewer calls at once"
    return TimeoutError(message, timeout_seconds=timeout)


def mark(interruption: BaseException, generation: Generation) -> None:
    """Put the generation onto what interrupts it: an attribute, and a note that says so."""
    kept = generation.durable()
    # Some exceptions take no attributes; a note is better than nothing.
    with suppress(AttributeError):
        interruption.generation = kept  # type: ignore[attr-defined]  # any exception may be marked
    if kept.job is None:
        note = "no video job was known to be accepted; a submission under way may have been"
    else:
        note = (
            f"video job {kept.request_id} of {kept.provider} goes on: "
            "resume_video(error.generation) asks for it"
        )
    interruption.add_note(note)


def abandon(generation: Generation, effects: Effects, watcher: Watcher) -> Cancellation:
    """Cancel the job of a generation that nobody waits for, and return what came of it."""
    job, provider = generation.job, generation.leg.target.provider
    if job is None or provider.cancel is None:
        return "unsupported"
    config = generation.leg.target.config
    reason = TimeoutError("cancelled by the caller", timeout_seconds=float(config.timeout))
    stage = Leaving(
        job=job,
        polls=generation.polls,
        error=reason,
        looking=must_look(generation),
        by_caller=True,
    )
    leaving = attrs.evolve(generation, stage=stage, rest=())
    for _ in range(_EXCHANGES_OF_A_CANCEL):
        outcome = opened(exchange(leaving, effects, watcher))
        if isinstance(outcome, Failure):
            return _came_of(leaving, outcome, watcher)
        leaving = outcome.unwrap()
        if not isinstance(leaving.stage, Leaving):
            break
    # The provider says that it is finished: whoever asks for it may have it.
    return "too_late"


def _came_of(leaving: Generation, outcome: Outcome[Generation], watcher: Watcher) -> Cancellation:
    watcher.after(leaving, outcome)
    error: TarashException = outcome.failure()
    ended = error.attempts[-1] if error.attempts else None
    if ended is None:
        return "failed"
    return "too_late" if ended.job_ended else ended.cancellation or "failed"
