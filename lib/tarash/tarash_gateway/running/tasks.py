"""Tasks: what a verb does, before its caller chooses to block or to await."""

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs
from returns.future import FutureResult
from returns.io import IOResult

from ..exceptions import TarashException
from ..lifecycle.generation import Generation
from ..outcome import FutureOutcome, IOOutcome, Outcome, result_of
from .interpreters import OnInterrupt, Running, finished, run, run_async
from .threads import in_thread

S = TypeVar("S")
T = TypeVar("T")


@attrs.frozen
class Task(Generic[T]):
    """What a verb does with its arguments; nothing has happened yet.

    Attributes:
        block: Does it in this thread and returns the result. It never raises.
        start: Does it without blocking the event loop.
    """

    block: Callable[[], IOOutcome[T]]
    start: Callable[[], FutureOutcome[T]]


def then(first: Task[S], second: Callable[[S], Task[T]]) -> Task[T]:
    """Return the task that does the first, and then what ``second`` makes of its result."""
    return Task(
        lambda: first.block().bind(lambda value: second(value).block()),
        lambda: first.start().bind(lambda value: second(value).start()),
    )


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
    """Return the task of a function that blocks (files, tokens, an exchange)."""
    return Task(
        lambda: contain(function),
        lambda: FutureResult(in_thread(lambda: result_of(contain(function)))),
    )


def loop(
    begin: Callable[[], IOOutcome[Running]],
    result: Callable[[Generation], Outcome[T]],
    *,
    on_interrupt: OnInterrupt,
    until: Callable[[Generation], bool] = finished,
) -> Task[T]:
    """Return the task that begins a generation, runs it until ``until`` holds, and reads it."""

    def begin_running() -> IOOutcome[Running]:
        return begin().map(
            lambda running: attrs.evolve(running, until=until, on_interrupt=on_interrupt)
        )

    return Task(
        lambda: contain(lambda: begin_running().bind(run).bind_result(result)),
        lambda: work(begin_running).start().bind(run_async).bind_result(result),
    )
