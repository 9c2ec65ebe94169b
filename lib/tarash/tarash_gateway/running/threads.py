"""Work in other threads: for asyncio calls, and for submissions that no signal may tear."""

import contextvars
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
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
    """Threads that do not keep the process alive, one for each work, and at most so many at once.

    The threads of a `ThreadPoolExecutor` are waited for when the process ends: a user who
    interrupts twice would wait for a submission or a download. No thread waits here for more work,
    so that no work can be left to one that is just about to end.
    """

    def __init__(self, most: int) -> None:
        """Begin without a thread."""
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[Work[Any]] = deque()
        self._count = 0

    def submit(self, work: Work[Any]) -> None:
        """Run work now, or when fewer threads run."""
        with self._lock:
            if self._count >= self._most:
                self._waiting.append(work)
                return
            self._count += 1
        serve = partial(self._serve, work)
        threading.Thread(target=serve, name="tarash-gateway-apart", daemon=True).start()

    def _serve(self, first: Work[Any]) -> None:
        work: Work[Any] | None = first
        while work is not None:
            work.run()
            work = self._next()

    def _next(self) -> Work[Any] | None:
        with self._lock:
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


def run_coroutine(pending: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end: in another thread where an event loop runs in this one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(pending)
    return run_apart(Work(lambda: asyncio.run(pending)))


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
