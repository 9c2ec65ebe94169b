"""One HTTP exchange as a task: in this thread, on the event loop, or in another thread."""

from __future__ import annotations  # those of inner functions are not made at each call

from collections.abc import Callable
from functools import partial

from returns.result import Failure

from ..effects import Effects
from ..effects.receiving import receive, receive_async
from ..exceptions import TarashException, TimeoutError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..mock.jobs import SCHEME
from ..outcome import Outcome, result_of
from .tasks import Task
from .threads import Work, in_thread_soon
from .turns import turn


def exchange_of(
    effects: Effects,
    request: HttpRequest,
    limits: Limits,
    patience: float,
    late: Callable[[], TarashException],
) -> Task[HttpResponse]:
    """Return the task of sending a request and receiving its whole reply.

    Args:
        effects: The world; without an `AsyncHttp`, asyncio calls send in a pool of threads.
        request: The request.
        limits: Its limits.
        patience: Seconds that it may wait for a free thread.
        late: Makes the error if no thread was free in time.
    """
    return _sent(effects, request, limits, patience, late)


def beginning_of(effects: Effects, request: HttpRequest, limits: Limits) -> Task[HttpResponse]:
    """Return the task of receiving the first ``limits.size`` bytes of a reply, or all of a shorter.

    The limits also bound how long it waits for a free thread.
    """

    def late() -> TarashException:
        return TimeoutError("no thread was free", timeout_seconds=limits.total)

    return _sent(effects, request, limits, limits.total, late, beginning=True)


def _sent(  # noqa: PLR0913 - what one exchange works with
    effects: Effects,
    request: HttpRequest,
    limits: Limits,
    patience: float,
    late: Callable[[], TarashException],
    *,
    beginning: bool = False,
) -> Task[HttpResponse]:
    block = partial(receive, effects.http, request, limits=limits, beginning=beginning)
    http = effects.async_http
    if http is not None and not request.url.startswith(SCHEME):

        async def native() -> Outcome[HttpResponse]:
            reply = await receive_async(http, request, limits=limits, beginning=beginning)
            # Many replies may arrive at once, and each is read.
            await turn()
            return reply

        return Task(block, native)

    # The mock draws its frames when it is asked for them, which would block the loop.
    async def start() -> Outcome[HttpResponse]:
        outcome = await in_thread_soon(Work(lambda: result_of(block())), patience)
        return Failure(late()) if outcome is None else outcome

    return Task(block, start)
