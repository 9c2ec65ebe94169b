"""Work in other threads: for asyncio calls, and for submissions that no signal may tear."""

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, Generic, TypeVar

T = TypeVar("T")

# At most so many exchanges of asyncio calls run at once.
_THREADS: Final = 32


class Work(Generic[T]):
    """A function to be run once, in whatever thread; what it returns can be waited for.

    Attributes:
        outcome: What the function returned, or None so far.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        """Keep the function, and the context variables of the caller for it."""
        self._function = function
        self._context = contextvars.copy_context()
        self._future: Future[T] = Future()

    @property
    def outcome(self) -> T | None:
        """What the function returned, or None if it is not done, raised, or was dropped."""
        future = self._future
        done = future.done() and not future.cancelled() and future.exception() is None
        return future.result() if done else None

    def run(self) -> T:
        """Run the function in this thread and return what it returns."""
        self.start()
        return self._future.result()

    def start(self) -> None:
        """Run the function in this thread, unless it was dropped before."""
        if not self._future.set_running_or_notify_cancel():
            return
        try:
            result = self._context.run(self._function)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            self._future.set_exception(error)
        else:
            self._future.set_result(result)

    def drop(self) -> bool:
        """Say that the function need not run any more; False if it runs or has run."""
        return self._future.cancel()

    def wait(self, seconds: float) -> None:
        """Wait until it is done, at most so many seconds."""
        done = threading.Event()
        self._future.add_done_callback(lambda _: done.set())
        done.wait(seconds)

    def when_done(self, then: Callable[[T], None]) -> None:
        """Call ``then`` with what the function returns, in the thread that runs it."""

        def call(_: Future[T]) -> None:
            result = self.outcome
            if result is not None:
                then(result)

        self._future.add_done_callback(call)

    @property
    def future(self) -> Future[T]:
        """The future of the result."""
        return self._future


def run_apart(work: Work[T]) -> T:
    """Run work in a thread of its own and wait for it.

    The thread does not keep the process alive: who interrupts twice is not made to wait.
    """
    threading.Thread(target=work.start, name="tarash-gateway-submission", daemon=True).start()
    return work.future.result()


@cache
def _pool_of(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - the key of the cache
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="tarash-gateway")


def _pool() -> ThreadPoolExecutor:
    # By process: the threads of a pool do not survive a fork, and work in it would wait for ever.
    return _pool_of(os.getpid())


async def in_thread(work: Work[T]) -> T:
    """Run work without blocking the event loop, and return what it returns."""
    _pool().submit(work.start)
    return await asyncio.shield(asyncio.wrap_future(work.future))


async def in_thread_soon(work: Work[T], seconds: float) -> T | None:
    """Do the same, or return None if no thread is free in time: then the work never runs.

    Args:
        work: The work.
        seconds: Seconds within which it must begin.
    """
    _pool().submit(work.start)
    result = asyncio.wrap_future(work.future)
    await asyncio.wait({result}, timeout=seconds)
    if not result.done() and work.drop():
        return None
    return await asyncio.shield(result)
