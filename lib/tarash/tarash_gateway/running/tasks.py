"""Tasks: what a verb does, before its caller chooses to block or to await.

What takes several tasks is a generator that yields them: it says what happens and in which order,
once for both. `block` and `start` run it.
"""

from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import attrs
from returns.io import IOResult

from .. import _later
from ..exceptions import TarashException
from ..outcome import IOOutcome, Outcome, result_of

if TYPE_CHECKING:
    from . import threads, turns
else:
    # A blocking call needs no event loop.
    threads, turns = _later.modules(__package__, ".threads", ".turns")

S = TypeVar("S")
T = TypeVar("T")


@attrs.frozen
class Task(Generic[T]):
    """What a verb does with its arguments; nothing has happened yet.

    Attributes:
        block: Does it in this thread and returns the result.
        start: Does it without blocking the event loop; None if ``block`` takes a moment only. What
            it returns is what a `FutureResult` wraps.
    """

    block: Callable[[], IOOutcome[T]]
    start: Callable[[], Awaitable[Outcome[T]]] | None


# It yields tasks, is sent their outcomes, and returns the outcome of the whole. What a task raises
# is raised at its yield.
Steps: TypeAlias = Generator[Task[Any], Any, Outcome[T]]


def do(task: Task[S]) -> Steps[S]:
    """Yield one task, and return its outcome under its own type."""
    outcome: Outcome[S] = yield task
    return outcome


def block(steps: Steps[T]) -> Outcome[T]:
    """Run all steps in this thread."""
    resume: Callable[[], Task[Any]] = partial(next, steps)
    while True:
        try:
            task = resume()
        except StopIteration as end:
            outcome: Outcome[T] = end.value
            return outcome
        try:
            resume = partial(steps.send, result_of(task.block()))
        except BaseException as raised:  # noqa: BLE001 - it belongs to the steps
            resume = partial(steps.throw, raised)


async def begin(make: Callable[[], Task[T]]) -> Outcome[T]:
    """Make a task, and do what it does without blocking the event loop."""
    # Thousands of calls may begin at once.
    await turns.turn()
    task = make()
    return result_of(task.block()) if task.start is None else await task.start()


async def start(steps: Steps[T], *, contained: bool = False) -> Outcome[T]:
    """Do the same without blocking the event loop.

    What ``contained`` steps raise becomes an error, as `contain` decides: this is not a coroutine
    of its own, because each of thousands of calls in flight would have one.
    """
    resume: Callable[[], Task[Any]] = partial(next, steps)
    while True:
        try:
            task = resume()
        except StopIteration as end:
            outcome: Outcome[T] = end.value
            return outcome
        except Exception as raised:
            if contained:
                return result_of(contain(partial(_reraise, raised)))
            raise
        try:
            # `begin`, without a coroutine more for each of thousands of calls that wait.
            result = result_of(task.block()) if task.start is None else await task.start()
            resume = partial(steps.send, result)
        except GeneratorExit:
            # The loop is gone: nothing can be awaited any more.
            steps.close()
            raise
        except BaseException as raised:  # noqa: BLE001 - it belongs to the steps
            resume = partial(steps.throw, raised)


def sequence(steps: Callable[[], Steps[T]]) -> Task[T]:
    """Return the task of running all steps; it never raises an Exception."""
    return Task(
        lambda: contain(lambda: IOResult.from_result(block(steps()))),
        lambda: start(steps(), contained=True),
    )


def _reraise(raised: Exception) -> IOOutcome[Any]:
    raise raised


def contain(function: Callable[[], IOOutcome[T]]) -> IOOutcome[T]:
    """Return what a function returns or raises: nothing raises, whatever it is given."""
    try:
        return function()
    except AssertionError:
        # It belongs to a test.
        raise
    except TarashException as error:
        return IOResult.from_failure(error)
    except Exception as bug:  # noqa: BLE001 - the last line of defence
        failed = TarashException(
            f"{type(bug).__name__}: {bug}; nothing was sent: check the types of the arguments"
        )
        failed.__cause__ = bug
        return IOResult.from_failure(failed)


def work(function: Callable[[], IOOutcome[T]]) -> Task[T]:
    """Return the task of a function that blocks (files, tokens, a journal)."""
    return Task(
        lambda: contain(function),
        lambda: threads.in_thread(lambda: result_of(contain(function))),
    )


def instant(function: Callable[[], IOOutcome[T]]) -> Task[T]:
    """Return the task of a function that takes a moment only: an event loop need not yield."""
    return Task(lambda: contain(function), None)
