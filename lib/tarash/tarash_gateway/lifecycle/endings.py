"""What a journal keeps of the end of an attempt below a submission key, and returns later: pure."""

from typing import Final

import attrs
from returns.result import Failure

from ..exceptions import GenerationCancelledError, GenerationFailedError, TarashException
from ..outcome import Outcome
from ..values.attempts import AttemptMetadata
from ..values.config import ERRORS
from ..values.ending import Ending
from ..values.journal_entry import JournalEntry
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from ..values.settings import plain
from .generation import Generation, Leaving

_BASE: Final = tuple(field.name for field in attrs.fields(TarashException))


def ending_of_success(before: Generation, response: VideoGenerationResponse) -> Ending | None:
    """Return the end of an attempt that brought a video, or None if it has no key."""
    execution = response.execution_metadata
    if before.keyed is None or execution is None:
        return None
    kept = attrs.evolve(storable_response(response), generation=None)
    askable = response.generation is not None
    return Ending(attempt=execution.attempts[-1], response=kept, askable=askable)


def storable_response(response: VideoGenerationResponse) -> VideoGenerationResponse:
    """Return a response as it may be stored: without a video's bytes, and without credentials."""
    return attrs.evolve(
        response,
        # The rule of the journal for settings and parameters: nothing that sounds like a
        # credential. Providers echo the request.
        provider_metadata=plain(response.provider_metadata),
        raw_response=plain(response.raw_response),
        # The bytes of a video may be gigabytes: the provider is asked for them again.
        video="" if isinstance(response.video, MediaContent) else response.video,
    )


def ending_of_failure(
    before: Generation, after: Outcome[Generation], attempt: AttemptMetadata, *, owning: bool
) -> Ending | None:
    """Return the end of an attempt that brought no video, or None if it has no key.

    Args:
        before: The generation during the attempt.
        after: The next config's attempt, or the error that ended the call.
        attempt: The record of the attempt.
        owning: Whether the call may go on along the chain; one that only looks at a job may not,
            and leaves that to the next call with the key.
    """
    if before.keyed is None:
        return None
    error = after.failure() if isinstance(after, Failure) else None
    if error is not None and isinstance(before.stage, Leaving) and before.stage.by_caller:
        error = _as(GenerationCancelledError, error)
    if not owning and attempt.job_ended and attempt.is_retryable:
        error = None
    return Ending(attempt=attempt, error=None if error is None else storable_error(error))


def storable_error(error: TarashException) -> TarashException:
    """Return an error as it may be stored: of a class of the library, and without credentials."""
    known = error if type(error) in ERRORS.values() else _as(TarashException, error)
    return attrs.evolve(known, raw_response=plain(error.raw_response))


def _as(kind: type[TarashException], error: TarashException) -> TarashException:
    return kind(**{name: getattr(error, name) for name in _BASE})


def attempt_of(entry: JournalEntry) -> AttemptMetadata:
    """Return the record of an attempt, as far as its entry tells."""
    if entry.ending is not None:
        return entry.ending.attempt
    saved = entry.generation
    return AttemptMetadata(
        provider=saved.provider,
        model=saved.model,
        attempt_number=len(saved.attempts) + 1,
        started_at=saved.started_at,
        ended_at=entry.updated_at,
        status="failed",
        submission="unknown" if entry.state in {"intended", "unknown"} else "accepted",
        polls=saved.polls,
        request_id=saved.request_id,
        error_message=entry.message,
        job_ended=entry.state == "failed",
    )


def error_of(entry: JournalEntry) -> TarashException:
    """Return the error with which an attempt that failed, or was cancelled, ended."""
    ended = attempt_of(entry)
    saved = entry.generation
    kept = None if entry.ending is None else entry.ending.error
    if kept is None:
        usual = GenerationCancelledError if entry.state == "cancelled" else GenerationFailedError
        kind = ERRORS.get(ended.error_type or "", usual)
        kept = kind(
            ended.error_message or f"the job ended: {entry.state}",
            provider=saved.provider,
            model=saved.model,
            request_id=saved.request_id,
            attempts=(*saved.attempts, ended),
        )
    return attrs.evolve(kept, generation=None if saved.job is None else saved)
