"""Work in other threads: for asyncio calls, and for submissions that no signal may tear."""

import contextvars
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .. import _later

if TYPE_CHECKING:
    import asyncio
else:
    # A blocking call needs no event loop.
    (asyncio,) = _later.modules(None, "asyncio")

T = TypeVar("T")

# At most so many exchanges of asyncio calls run at once.
_THREADS: Final = 32
# At most so many videos of asyncio calls are saved at once.
_DOWNLOADS: Final = 64
# Seconds that an idle thread waits for more work.
_PATIENCE: Final = 5.0


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


class _Daemons:
    """Threads that do not keep the process alive; one that is idle serves again for a while.

    The threads of a `ThreadPoolExecutor` are waited for when the process ends: a user who
    interrupts twice would wait for a submission or a download.
    """

    def __init__(self, most: int) -> None:
        """Begin without a thread; at most so many run at once."""
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[Work[Any]] = deque()
        self._idle = 0
        self._count = 0

    def submit(self, work: Work[Any]) -> None:
        """Run work in the next thread that is free."""
        with self._changed:
            self._waiting.append(work)
            if len(self._waiting) <= self._idle or self._count >= self._most:
                self._changed.notify()
                return
            self._count += 1
        threading.Thread(target=self._serve, name="tarash-gateway-apart", daemon=True).start()

    def _serve(self) -> None:
        while (work := self._next()) is not None:
            work.run()

    def _next(self) -> Work[Any] | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: bool(self._waiting), _PATIENCE)
            self._idle -= 1
            if self._waiting:
                return self._waiting.popleft()
            self._count -= 1
            return None


@cache
def _daemons_of(process: int, most: int) -> _Daemons:  # noqa: ARG001 - the key of the cache
    return _Daemons(most)


def run_apart(work: Work[T]) -> T:
    """Run work in another thread and wait for it."""
    _daemons_of(os.getpid(), sys.maxsize).submit(work)
    return work.result()


@cache
def _pool_of(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - the key of the cache
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="tarash-gateway")


def _submit(work: Work[T]) -> "asyncio.Future[T]":
    # By process: the threads of a pool do not survive a fork, and work in it would wait for ever.
    _pool_of(os.getpid()).submit(work.run)
    return asyncio.wrap_future(work)


def in_own_thread(function: Callable[[], T]) -> "asyncio.Future[T]":
    """Run a function that may take hours in a thread of its own; the pool is for exchanges.

    At most so many run at once as downloads are sensible, and the others wait.
    """
    work = Work(function)
    _daemons_of(os.getpid(), _DOWNLOADS).submit(work)
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
