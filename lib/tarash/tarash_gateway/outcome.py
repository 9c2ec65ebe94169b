"""The two result types of the library, and the one way out of them.

`Outcome` is pure; `IOOutcome` and `FutureOutcome` have touched the world.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from returns.future import FutureResult
from returns.io import IO, IOResult
from returns.result import Failure, Result, Success
from returns.unsafe import unsafe_perform_io

from .exceptions import TarashException, UnexpectedReplyError

T = TypeVar("T")
E = TypeVar("E")
S = TypeVar("S")

Outcome: TypeAlias = Result[T, TarashException]
IOOutcome: TypeAlias = IOResult[T, TarashException]
FutureOutcome: TypeAlias = FutureResult[T, TarashException]


def settle(outcome: Outcome[T]) -> T:
    """Return the value, or raise the error.

    Raises:
        TarashException: The error that the outcome holds.

    >>> from returns.result import Success
    >>> settle(Success(1))
    1
    """
    if isinstance(outcome, Failure):
        raise outcome.failure()
    return outcome.unwrap()


def opened(outcome: IOOutcome[T]) -> Outcome[T]:
    """Return the result of an effect: only what interprets effects calls this."""
    return unsafe_perform_io(IO.from_ioresult(outcome))


def nothing() -> IOOutcome[None]:
    """Return the result of an effect that had nothing to do."""
    return IOResult.from_value(None)


def every(items: Iterable[S], step: Callable[[S], Outcome[T]]) -> Outcome[tuple[T, ...]]:
    """Return what ``step`` makes of every item, or the first failure; later items are not touched.

    >>> every((1, 2), lambda number: Success(number + 1))
    <Success: (2, 3)>
    """
    made: list[T] = []
    for item in items:
        outcome = step(item)
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        made.append(outcome.unwrap())
    return Success(tuple(made))


def every_io(items: Iterable[S], step: Callable[[S], IOOutcome[T]]) -> IOOutcome[tuple[T, ...]]:
    """Return the same of an effect."""
    return IOResult.from_result(every(items, lambda item: opened(step(item))))


def guarded(
    whose: str, work: Callable[[], Result[T, TarashException | E]]
) -> Result[T, TarashException | E]:
    """Return what ``work`` returns; what it raises becomes an error that names whose bug it is.

    A provider of a user's is somebody else's code: whatever it raises, a paid job must not be lost.

    Errors:
        UnexpectedReplyError: ``work`` raised, or returned something else than a Result.
    """
    try:
        outcome: object = work()
    except AssertionError:
        # It belongs to a test.
        raise
    except Exception as bug:  # noqa: BLE001 - anything may be raised by somebody else's code
        return Failure(_bug(f"{whose} failed with {type(bug).__name__}: {bug}", bug))
    if not isinstance(outcome, Result):
        return Failure(_bug(f"{whose} returned a {type(outcome).__name__}, not a Result"))
    return outcome


def _bug(text: str, cause: Exception | None = None) -> TarashException:
    error = UnexpectedReplyError(f"{text}; this is a bug in that code: report it to its author")
    error.__cause__ = cause
    return error
