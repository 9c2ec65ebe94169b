"""The interpreters of a generation: blocking and asyncio.

Everything that decides is pure and shared; these loops send, sleep, and tell.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from typing import Final, Literal, TypeAlias, TypeVar

import attrs
from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Failure, Success

from .effects import Effects
from .exceptions import TarashException, TimeoutError
from .generation import Finished, Generation, Leaving, Moment, Submitting
from .handlers import HandlerCall, ask, ask_async
from .lifecycle import allowance, incoming, outgoing, recover
from .messages import HttpRequest, HttpResponse
from .metadata import Cancellation
from .outcome import FutureOutcome, IOOutcome, Outcome, opened
from .watching import Watcher

T = TypeVar("T")

OnInterrupt: TypeAlias = Literal["keep", "cancel"]
Until: TypeAlias = Callable[[Generation], bool]

# At most so many exchanges of asyncio calls run at once.
_THREADS: Final = 32


def moment(effects: Effects) -> Moment:
    """Return now, as the effects say."""
    return Moment(
        monotonic=effects.clock.monotonic(),
        utc=effects.clock.utc(),
        chance=effects.randomness.chance(),
    )


def finished(generation: Generation) -> bool:
    """Tell whether there is a video."""
    return isinstance(generation.stage, Finished)


def submitted(generation: Generation) -> bool:
    """Tell whether a job was accepted."""
    return not isinstance(generation.stage, Submitting)


def _pause(generation: Generation, effects: Effects) -> float:
    return max(0.0, generation.due - effects.clock.monotonic())


def _send(
    generation: Generation, effects: Effects, watcher: Watcher, request: HttpRequest
) -> IOOutcome[HttpResponse]:
    if isinstance(request, HandlerCall):
        answer = partial(ask, request, watcher.listener.blocking)
        return watcher.before(generation).bind(lambda _: answer())
    http = effects.mock if request.url.startswith("mock:") else effects.http
    return (
        watcher.before(generation)
        .bind(lambda _: http.send(request, timeout=allowance(generation, moment(effects))))
        .map(partial(watcher.exchanged, generation, request))
    )


def exchange(generation: Generation, effects: Effects, watcher: Watcher) -> IOOutcome[Generation]:
    """Send one request, and take in the reply or recover."""

    def take(reply: HttpResponse) -> Outcome[Generation]:
        return incoming(generation, reply, moment(effects))

    def mend(error: TarashException) -> Outcome[Generation]:
        return recover(generation, error, moment(effects))

    return (
        IOResult.from_result(outgoing(generation))
        .bind(partial(_send, generation, effects, watcher))
        .bind_result(take)
        .lash(lambda error: IOResult.from_result(mend(error)))
    )


def _step(generation: Generation, effects: Effects, watcher: Watcher) -> Outcome[Generation]:
    outcome = opened(exchange(generation, effects, watcher))
    # Here, and not where a coroutine goes on: a cancelled one would lose an accepted job.
    watcher.after(generation, outcome)
    return outcome


async def _step_async(
    generation: Generation, effects: Effects, watcher: Watcher
) -> Outcome[Generation]:
    call = outgoing(generation).value_or(None)
    if isinstance(call, HandlerCall):
        return await _handled(generation, effects, watcher, call)
    return await in_thread(partial(_step, generation, effects, watcher))


async def _handled(
    generation: Generation, effects: Effects, watcher: Watcher, call: HandlerCall
) -> Outcome[Generation]:
    """Await a handler in the caller's loop, where its sessions live; else as `_step`."""
    written = await in_thread(lambda: opened(watcher.before(generation)))
    answer: Outcome[HttpResponse] = (
        Failure(written.failure())
        if isinstance(written, Failure)
        else await ask_async(call, watcher.listener.awaiting)
    )
    outcome = answer.bind(lambda reply: incoming(generation, reply, moment(effects))).lash(
        lambda error: recover(generation, error, moment(effects))
    )
    await in_thread(partial(watcher.after, generation, outcome))
    return outcome


def run(
    generation: Generation,
    effects: Effects,
    watcher: Watcher,
    *,
    until: Until = finished,
    on_interrupt: OnInterrupt = "keep",
) -> IOOutcome[Generation]:
    """Block until ``until`` holds, or the generation is given up."""
    try:
        while not until(generation):
            effects.clock.sleep(_pause(generation, effects))
            step = _step(generation, effects, watcher)
            if isinstance(step, Failure):
                return IOResult.from_result(step)
            generation = step.unwrap()
            watcher.listener.tell(generation.update)
    except BaseException as interruption:
        mark(interruption, generation)
        if on_interrupt == "cancel":
            abandon(generation, effects, watcher)
        raise
    return IOResult.from_value(generation)


def run_async(
    generation: Generation,
    effects: Effects,
    watcher: Watcher,
    *,
    until: Until = finished,
    on_interrupt: OnInterrupt = "keep",
) -> FutureOutcome[Generation]:
    """Do the same without blocking the event loop."""
    return FutureResult(_loop(generation, effects, watcher, until, on_interrupt))


async def _loop(
    generation: Generation,
    effects: Effects,
    watcher: Watcher,
    until: Until,
    on_interrupt: OnInterrupt,
) -> Outcome[Generation]:
    try:
        while not until(generation):
            await effects.clock.sleep_async(_pause(generation, effects))
            step = await _step_async(generation, effects, watcher)
            if isinstance(step, Failure):
                return step
            generation = step.unwrap()
            await watcher.listener.tell_async(generation.update)
    except BaseException as interruption:
        mark(interruption, generation)
        if on_interrupt == "cancel":
            await asyncio.shield(in_thread(partial(abandon, generation, effects, watcher)))
        raise
    return Success(generation)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="tarash-gateway")


async def in_thread(function: Callable[[], T]) -> T:
    """Run a blocking function without blocking the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), function)


def mark(interruption: BaseException, generation: Generation) -> None:
    """Put the generation onto what interrupts it: an attribute, and a note that says so."""
    kept = generation.durable()
    # Some exceptions take no attributes; a note is better than nothing.
    with suppress(AttributeError):
        interruption.generation = kept  # type: ignore[attr-defined]  # any exception may be marked
    if kept.job is None:
        told = "no video job was known to be accepted; a submission under way may have been"
    else:
        told = (
            f"video job {kept.request_id} of {kept.provider} goes on: "
            "resume_video(error.generation) asks for it"
        )
    interruption.add_note(told)


def abandon(generation: Generation, effects: Effects, watcher: Watcher) -> Cancellation:
    """Cancel the job of a generation that nobody waits for, and return what came of it."""
    job, provider = generation.job, generation.leg.target.provider
    if job is None or provider.cancel is None:
        return "unsupported"
    config = generation.leg.target.config
    reason = TimeoutError(message="cancelled by the caller", timeout_seconds=float(config.timeout))
    stage = Leaving(job=job, polls=generation.polls, error=reason)
    leaving = attrs.evolve(generation, stage=stage, rest=())
    outcome = opened(exchange(leaving, effects, watcher))
    if not isinstance(outcome, Failure):
        # The provider says that it is finished: whoever asks for it may have it.
        return "too_late"
    watcher.after(leaving, outcome)
    error: TarashException = outcome.failure()
    return error.attempts[-1].cancellation or "failed"
