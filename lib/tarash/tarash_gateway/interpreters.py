"""The interpreters of a generation: blocking and asyncio.

Everything that decides is pure and shared; these loops send, sleep, and tell the caller.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Final, TypeVar

from returns.future import FutureResult
from returns.io import IO, IOResult
from returns.result import Failure, Success
from returns.unsafe import unsafe_perform_io

from .effects import Effects
from .exceptions import TarashException
from .generation import Finished, Generation, Moment
from .lifecycle import allowance, incoming, outgoing, recover
from .listening import Listener
from .messages import HttpRequest, HttpResponse
from .outcome import FutureOutcome, IOOutcome, Outcome
from .response import VideoGenerationResponse

T = TypeVar("T")

# At most so many exchanges of asyncio calls run at once.
_THREADS: Final = 32


def moment(effects: Effects) -> Moment:
    """Return now, as the effects say."""
    return Moment(
        monotonic=effects.clock.monotonic(),
        utc=effects.clock.utc(),
        chance=effects.randomness.chance(),
    )


def _pause(generation: Generation, effects: Effects) -> float:
    return max(0.0, generation.due - effects.clock.monotonic())


def _send(
    generation: Generation, effects: Effects, request: HttpRequest
) -> IOOutcome[HttpResponse]:
    http = effects.mock if request.url.startswith("mock:") else effects.http
    return http.send(request, timeout=allowance(generation, moment(effects)))


def _take(generation: Generation, effects: Effects, reply: HttpResponse) -> Outcome[Generation]:
    return incoming(generation, reply, moment(effects))


def _recover(
    generation: Generation, effects: Effects, error: TarashException
) -> Outcome[Generation]:
    return recover(generation, error, moment(effects))


def exchange(generation: Generation, effects: Effects) -> IOOutcome[Generation]:
    """Send one request, and take in the reply or recover."""
    mend = partial(_recover, generation, effects)
    return (
        IOResult.from_result(outgoing(generation))
        .bind(partial(_send, generation, effects))
        .bind_result(partial(_take, generation, effects))
        .lash(lambda error: IOResult.from_result(mend(error)))
    )


def exchange_async(generation: Generation, effects: Effects) -> FutureOutcome[Generation]:
    """Do the same without blocking the event loop."""
    mend = partial(_recover, generation, effects)
    return (
        FutureResult.from_result(outgoing(generation))
        .bind(lambda request: FutureResult(_in_thread(generation, effects, request)))
        .bind_result(partial(_take, generation, effects))
        .lash(lambda error: FutureResult.from_result(mend(error)))
    )


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="tarash-gateway")


async def _in_thread(
    generation: Generation, effects: Effects, request: HttpRequest
) -> Outcome[HttpResponse]:
    send = partial(_send, generation, effects, request)
    loop = asyncio.get_running_loop()
    return opened(await loop.run_in_executor(_pool(), send))


def opened(outcome: IOOutcome[T]) -> Outcome[T]:
    """Open the result of an effect: interpreters are the only ones to do so."""
    return unsafe_perform_io(IO.from_ioresult(outcome))


def run(
    generation: Generation, effects: Effects, listener: Listener
) -> IOOutcome[VideoGenerationResponse]:
    """Block until the generation is finished or given up."""
    while not isinstance(generation.stage, Finished):
        effects.clock.sleep(_pause(generation, effects))
        step = opened(exchange(generation, effects))
        if isinstance(step, Failure):
            return IOResult.from_result(step)
        generation = step.unwrap()
        listener.tell(generation.update)
    return IOResult.from_value(generation.stage.response)


def run_async(
    generation: Generation, effects: Effects, listener: Listener
) -> FutureOutcome[VideoGenerationResponse]:
    """Do the same without blocking the event loop."""
    return FutureResult(_loop(generation, effects, listener))


async def _loop(
    generation: Generation, effects: Effects, listener: Listener
) -> Outcome[VideoGenerationResponse]:
    while not isinstance(generation.stage, Finished):
        await effects.clock.sleep_async(_pause(generation, effects))
        step = opened(await exchange_async(generation, effects))
        if isinstance(step, Failure):
            return step
        generation = step.unwrap()
        await listener.tell_async(generation.update)
    return Success(generation.stage.response)
