"""The result types of the library, and the function that turns them into exceptions.

An `Outcome` comes from pure code, an `IOOutcome` or a `FutureOutcome` from an effect.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Failure, Result, Success

from .exceptions import TarashException, UnexpectedReplyError

T = TypeVar("T")
E = TypeVar("E")
S = TypeVar("S")

Outcome: TypeAlias = Result[T, TarashException]
IOOutcome: TypeAlias = IOResult[T, TarashException]
FutureOutcome: TypeAlias = FutureResult[T, TarashException]


def failed(outcome: Result[Any, Any]) -> bool:
    """Tell whether there is an error instead of a value.

    It is for code that runs in each exchange. The classes have an abstract base, so that
    ``isinstance`` answers for a `Success` only after a search.

    >>> failed(Success(1)), failed(Failure("no"))
    (False, True)
    """
    return type(outcome) is Failure


def settle(outcome: Outcome[T]) -> T:
    """Return the value, or raise the error.

    Raises:
        TarashException: The error that the outcome holds.

    >>> settle(Success(1))
    1
    """
    if failed(outcome):
        raise outcome.failure()
    return outcome.unwrap()


def result_of(outcome: IOOutcome[T]) -> Outcome[T]:
    """Return the result of an effect; only interpreters of effects call this."""
    # `unsafe_perform_io` would wrap it once more, only to unwrap it.
    return outcome._inner_value  # noqa: SLF001


def nothing() -> IOOutcome[None]:
    """Return the successful result of an effect without a value."""
    return IOResult.from_value(None)


def every(items: Iterable[S], step: Callable[[S], Outcome[T]]) -> Outcome[tuple[T, ...]]:
    """Return the values of ``step`` for all items, or the first failure, after which it stops.

    >>> every((1, 2), lambda number: Success(number + 1))
    <Success: (2, 3)>
    """
    values: list[T] = []
    for item in items:
        outcome = step(item)
        if failed(outcome):
            return Failure(outcome.failure())
        values.append(outcome.unwrap())
    return Success(tuple(values))


def every_io(items: Iterable[S], step: Callable[[S], IOOutcome[T]]) -> IOOutcome[tuple[T, ...]]:
    """Do the same as `every` with an effect."""
    return IOResult.from_result(every(items, lambda item: result_of(step(item))))


def catch_bugs(
    whose: str, work: Callable[[], Result[T, TarashException | E]]
) -> Result[T, TarashException | E]:
    """Return what ``work`` returns; what it raises becomes an error that names the faulty code.

    A user's provider may raise anything, and a paid job must not be lost because of it.

    Errors:
        UnexpectedReplyError: ``work`` raised, or did not return a Result.
    """
    try:
        outcome: object = work()
    except AssertionError:
        # A test's assertion must reach the test.
        raise
    except Exception as bug:  # noqa: BLE001 - a user's code may raise anything
        return Failure(_bug(f"{whose} failed with {type(bug).__name__}: {bug}", bug))
    if not isinstance(outcome, Success | Failure):
        return Failure(_bug(f"{whose} returned a {type(outcome).__name__}, not a Result"))
    return outcome


def _bug(text: str, cause: Exception | None = None) -> TarashException:
    error = UnexpectedReplyError(f"{text}; this is a bug in that code: report it to its author")
    error.__cause__ = cause
    return error
