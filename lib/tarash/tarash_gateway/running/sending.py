"""One HTTP exchange as a task: in this thread, on the event loop, or in another thread."""

from collections.abc import Callable
from functools import partial

from returns.future import FutureResult
from returns.result import Failure

from ..effects import Effects
from ..effects.receiving import receive, receive_async
from ..exceptions import TarashException
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..mock.replies import SCHEME
from ..outcome import Outcome, result_of
from .tasks import Task
from .threads import Work, in_thread_soon


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

    def block() -> Outcome[HttpResponse]:
        return result_of(receive(effects.http, request, limits=limits))

    async def start() -> Outcome[HttpResponse]:
        # The mock draws its frames when it is asked for them, which would block the loop.
        if effects.async_http is not None and not request.url.startswith(SCHEME):
            return await receive_async(effects.async_http, request, limits=limits)
        outcome = await in_thread_soon(Work(block), patience)
        return Failure(late()) if outcome is None else outcome

    return Task(
        partial(receive, effects.http, request, limits=limits), lambda: FutureResult(start())
    )
