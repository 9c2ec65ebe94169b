"""Exit codes: one for each thing a script can do about a failure."""

from typing import Final

from ..exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    TimeoutError,
    ValidationError,
)

UNEXPECTED: Final = 1
USAGE: Final = 2
ACCOUNT: Final = 3
FAILED: Final = 4
LATER: Final = 5
INTERRUPTED: Final = 130

_CODES: Final = (
    ((ValidationError, NotFoundError), USAGE),
    ((AuthenticationError, InsufficientCreditsError), ACCOUNT),
    ((GenerationFailedError, ContentModerationError), FAILED),
    ((TimeoutError, HTTPConnectionError, RateLimitError, HTTPError), LATER),
)


def code_of(error: TarashException) -> int:
    """Return the exit code for an error.

    >>> code_of(RateLimitError(message="slow down"))
    5
    """
    return next((code for kinds, code in _CODES if isinstance(error, kinds)), UNEXPECTED)
