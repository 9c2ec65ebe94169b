"""Exit codes: one for each reaction of a script to a failure."""

from typing import Final

from ..exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    InsufficientCreditsError,
    JobInUseError,
    NotFoundError,
    RateLimitError,
    SaveError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
)

DONE: Final = 0
UNEXPECTED: Final = 1
USAGE: Final = 2
ACCOUNT: Final = 3
FAILED: Final = 4
LATER: Final = 5
LOOK_FIRST: Final = 6
INTERRUPTED: Final = 130

_CODES: Final = (
    ((ValidationError, NotFoundError), USAGE),
    ((AuthenticationError, InsufficientCreditsError), ACCOUNT),
    ((GenerationFailedError, GenerationCancelledError, ContentModerationError), FAILED),
    # This entry precedes the one with its base class, HTTPConnectionError.
    ((SubmissionUnknownError, SaveError), LOOK_FIRST),
    ((TimeoutError, HTTPConnectionError, RateLimitError, HTTPError, JobInUseError), LATER),
)


def code_of(error: TarashException) -> int:
    """Return the exit code for an error.

    ``LATER`` invites scripts to try again, so it is never returned while a job of the call may
    still be running.

    >>> code_of(RateLimitError(message="slow down")), code_of(SubmissionUnknownError(message="?"))
    (5, 6)
    """
    if any(attempt.may_still_run for attempt in error.attempts):
        return LOOK_FIRST
    return next((code for kinds, code in _CODES if isinstance(error, kinds)), UNEXPECTED)
