"""The library's errors as Temporal's failures, and back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import attrs
from temporalio.exceptions import ApplicationError

from ...exceptions import (
    HTTPError,
    JobInUseError,
    JournalError,
    RateLimitError,
    SaveError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
)
from ...lifecycle.fates import hint_of, is_passing
from ...values.json_forms import plain, structure
from ...values.saved import VideoGeneration
from ...values.settings import plain as without_credentials

# Whoever has the job lets it go when it ends, or within a lease.
_IN_USE: Final = timedelta(seconds=15)
# The same activity may succeed later, with the same job.
_OF_THIS_WORKER: Final = (JobInUseError, JournalError, SaveError)
# These are over: the job's own time has passed, or nobody can know what was accepted.
_OVER: Final = (SubmissionUnknownError, TimeoutError)


def application_error(error: TarashException) -> ApplicationError:
    """Return an error as the failure of an activity.

    Its type is the error's kind, such as ``"moderation"``. It is retryable where the same activity
    may succeed with the same job: network, rate limit, a server that failed, a journal, a full
    disk, a job that another worker still has. Details are the error and its job, as JSON and
    without credentials; `error_of` reads them.
    """
    bare = attrs.evolve(error, raw_response=without_credentials(error.raw_response))
    job = None if error.generation is None else error.generation.to_json()
    again = not isinstance(error, _OVER) and (
        isinstance(error, _OF_THIS_WORKER) or is_passing(error)
    )
    return ApplicationError(
        str(error),
        plain(bare),
        job,
        type=error.kind,
        non_retryable=not again,
        next_retry_delay=_delay(error) if again else None,
    )


def _delay(error: TarashException) -> timedelta | None:
    if isinstance(error, JobInUseError):
        return _IN_USE
    hint = hint_of(error) if isinstance(error, RateLimitError | HTTPError) else None
    return None if hint is None else timedelta(seconds=hint)


def error_of(failure: BaseException) -> TarashException | None:
    """Return the library's error behind a failure of a workflow or an activity, or None.

    Args:
        failure: Such as a ``WorkflowFailureError`` that a client got, or an ``ActivityError`` in a
            workflow of your own.
    """
    for each in _causes(failure):
        if isinstance(each, TarashException):
            return each
        if isinstance(each, ApplicationError):
            found = _read(each.details)
            if found is not None:
                return found
    return None


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__


def _read(details: Any) -> TarashException | None:
    if not details or not isinstance(details[0], dict):
        return None
    try:
        error = structure(details[0], TarashException)
        job = details[1] if len(details) > 1 else None
        if not isinstance(job, str):
            return error
        return attrs.evolve(error, generation=VideoGeneration.from_json(job))
    except ValidationError:
        # Another program's failure may have an object as its first detail.
        return None
