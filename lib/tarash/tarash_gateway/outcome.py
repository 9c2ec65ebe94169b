"""The two result types of the library, and the one way out of them.

`Outcome` is pure; `IOOutcome` and `FutureOutcome` have touched the world.
"""

from typing import TypeAlias, TypeVar

from returns.future import FutureResult
from returns.io import IO, IOResult
from returns.result import Failure, Result
from returns.unsafe import unsafe_perform_io

from .exceptions import TarashException

T = TypeVar("T")

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
