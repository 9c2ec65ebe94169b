"""Submissions that no interruption tears: their answer is worth money, so it is awaited."""

import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import attrs

from .. import _later
from .threads import Work, run_apart

if TYPE_CHECKING:
    import asyncio
else:
    # A blocking call needs no event loop.
    (asyncio,) = _later.modules(None, "asyncio")

T = TypeVar("T")
Answer: TypeAlias = "Future[T] | asyncio.Future[T]"

# Seconds that an interruption waits for the answer to a submission that is under way.
_ANSWER: Final = 10.0
# An event loop itself refers to its tasks weakly.
_LATE: "Final[set[asyncio.Task[Any]]]" = set()


@attrs.frozen
class Shelter(Generic[T]):
    """What becomes of a submission's answer if its caller is interrupted.

    Attributes:
        take: Takes an answer that comes within ten seconds, before the interruption goes on.
        take_late: Takes an answer that comes later, in another thread.
    """

    take: Callable[[T], None]
    take_late: Callable[[T], None]

    def block(self, submission: Callable[[], T]) -> T:
        """Run a submission in a thread of its own, because a signal must not tear its connection.

        Raises:
            BaseException: The interruption, once the answer was taken or ten seconds have passed.
        """
        work = Work(submission)
        try:
            return run_apart(work)
        except BaseException:
            try:
                wait({work}, _ANSWER)
            finally:
                if not _taken(work, self.take):
                    work.add_done_callback(partial(_taken, take=self.take_late))
            raise

    async def start(self, submission: Coroutine[Any, Any, T]) -> T:
        """Await a submission in a task that nothing else cancels; see `block`."""
        task = asyncio.ensure_future(submission)
        # `asyncio.run` cancels all tasks that it knows when its main task ends. This one is waited
        # for by the task that it belongs to.
        asyncio._unregister_task(task)  # noqa: SLF001 - documented, under "Extending asyncio"
        try:
            return await asyncio.shield(task)
        except BaseException:
            try:
                await asyncio.wait({task}, timeout=_ANSWER)
            finally:
                if not _taken(task, self.take):
                    # Whoever ends the loop now may cancel it.
                    asyncio._register_task(task)  # noqa: SLF001 - as above
                    _LATE.add(task)
                    task.add_done_callback(self._take_late)
            raise

    def _take_late(self, task: "asyncio.Task[T]") -> None:
        _LATE.discard(task)
        take = partial(_taken, task, self.take_late)
        threading.Thread(target=take, name="tarash-gateway-late", daemon=True).start()


def _taken(answer: "Answer[T]", take: Callable[[T], None]) -> bool:
    """Take an answer, and tell whether the submission has ended."""
    if answer.done() and not answer.cancelled() and answer.exception() is None:
        take(answer.result())
    return answer.done()
