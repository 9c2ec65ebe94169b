"""What is known about a submission that ended in an error: pure.

Source: the rules about money in docs/architecture.md.
"""

from typing import Final

from ..exceptions import (
    GenerationCancelledError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    RateLimitError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    UnexpectedReplyError,
)
from ..values.attempts import Submission as Fate

_SERVER_ERROR: Final = 500
_UNAVAILABLE: Final = 503
# The provider gave up on the request, perhaps after it had begun to work on it.
_GAVE_UP: Final = 408
# No final answer came: a proxy reports that its client left (499), or only 1xx replies came.
_UNANSWERED: Final = frozenset({499, *range(100, 200)})
_GOOD: Final = frozenset({None, *range(200, 300)})


def is_refusal(status: int | None, *, retry_after: float | None = None) -> bool:
    """Tell whether a reply of this status to a submission means that nothing was accepted.

    The status alone decides, because a gateway may write any error body after a timeout.

    >>> [is_refusal(s) for s in (401, 422, 429, 408, 499, 500, 503, 102)]
    [True, True, True, False, False, False, False, False]
    >>> is_refusal(503, retry_after=1.0)
    True
    """
    if status is None or (status == _UNAVAILABLE and retry_after is not None):
        return True
    return status < _SERVER_ERROR and status != _GAVE_UP and status not in _UNANSWERED


def fate(error: TarashException) -> Fate:
    """Return what is known about a submission that ended in ``error``.

    >>> fate(HTTPError(message="gateway", status_code=502))
    'unknown'
    >>> fate(HTTPConnectionError(message="refused", request_sent=False))
    'not_sent'
    """
    match error:
        case GenerationFailedError() | GenerationCancelledError() if error.status_code in _GOOD:
            # There was a job, and it is over: the reply to the submission says so.
            return "accepted"
        case HTTPConnectionError(request_sent=False) | TimeoutError(status_code=None):
            # A timeout without a status: the deadline had passed before anything was sent.
            return "not_sent"
        case HTTPConnectionError() | UnexpectedReplyError():
            return "unknown"
        case _:
            refused = is_refusal(error.status_code, retry_after=hint_of(error))
            return "refused" if refused else "unknown"


def kind_of(error: TarashException, submission: Fate) -> str:
    """Return the kind by which ``fallback_on`` chooses.

    Where the provider answered an unknown submission with a failure, a job is unlikely, and chains
    exist for such cases: the kind stays "http". Where no readable answer came, a job probably
    exists.
    """
    status = error.status_code
    answered = isinstance(error, HTTPError) and status not in _UNANSWERED
    lost = submission == "unknown" and not answered
    return SubmissionUnknownError.kind if lost else error.kind


def may_resend(error: TarashException) -> bool:
    """Tell whether the same submission may be sent again: it is certain that no job exists."""
    match error:
        case HTTPConnectionError(request_sent=sent):
            return not sent
        case RateLimitError(status_code=status):
            # A rate limit in the body of a 2xx reply belongs to a job that was accepted.
            return status in {None, 429, _UNAVAILABLE}
        case HTTPError(status_code=status, retry_after=wait):
            return status == _UNAVAILABLE and wait is not None
        case _:
            return False


def is_overload(error: TarashException) -> bool:
    """Tell whether a submission was refused only because the provider gets too many.

    >>> is_overload(RateLimitError("slow down", status_code=429)), is_overload(HTTPError("bad"))
    (True, False)
    """
    return may_resend(error) and not isinstance(error, HTTPConnectionError)


def hint_of(error: TarashException) -> float | None:
    """Return the seconds that the provider asks to wait, or None."""
    return error.retry_after if isinstance(error, RateLimitError | HTTPError) else None


def is_passing(error: TarashException) -> bool:
    """Tell whether an error on a poll says nothing about the job: the next poll may succeed."""
    if isinstance(error, HTTPError):
        status = error.status_code or 0
        return status >= _SERVER_ERROR or status in {408, 425, *_UNANSWERED}
    return isinstance(error, HTTPConnectionError | RateLimitError | TimeoutError)
