"""Work in other threads: for asyncio calls, and for submissions that no signal may tear."""

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

T = TypeVar("T")

# At most so many exchanges of asyncio calls run at once.
_THREADS: Final = 32


class Work(Future[T]):
    """A function that runs once, in any thread, with the context variables of its maker."""

    def __init__(self, function: Callable[[], T]) -> None:
        """Copy the context variables for the function."""
        super().__init__()
        self._function = function
        self._context = contextvars.copy_context()

    def run(self) -> None:
        """Run the function in this thread, unless the work was cancelled before."""
        if not self.set_running_or_notify_cancel():
            return
        try:
            result = self._context.run(self._function)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            self.set_exception(error)
        else:
            self.set_result(result)


def run_apart(work: Work[T]) -> T:
    """Run work in a thread of its own and wait for it.

    The thread does not keep the process alive: a user who interrupts twice does not wait.
    """
    threading.Thread(target=work.run, name="tarash-gateway-submission", daemon=True).start()
    return work.result()


@cache
def _pool_of(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - the key of the cache
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="tarash-gateway")


def _submit(work: Work[T]) -> asyncio.Future[T]:
    # By process: the threads of a pool do not survive a fork, and work in it would wait for ever.
    _pool_of(os.getpid()).submit(work.run)
    return asyncio.wrap_future(work)


def in_own_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Run a function that may take hours in a thread of its own; the pool is for exchanges.

    The thread does not keep the process alive.
    """
    work = Work(function)
    threading.Thread(target=work.run, name="tarash-gateway-delivery", daemon=True).start()
    future = asyncio.wrap_future(work)
    # Whoever was cancelled does not ask for the error any more, and asyncio would log it.
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


async def in_thread(function: Callable[[], T]) -> T:
    """Run a function without blocking the event loop, to its end even if the task is cancelled."""
    return await asyncio.shield(_submit(Work(function)))


async def in_thread_soon(work: Work[T], seconds: float) -> T | None:
    """Run work without blocking the event loop; cancel it if no thread is free in time.

    Args:
        work: The work.
        seconds: Seconds within which it must begin, or the result is None.
    """
    result = _submit(work)
    await asyncio.wait({result}, timeout=seconds)
    if not result.done() and work.cancel():
        return None
    return await asyncio.shield(result)
