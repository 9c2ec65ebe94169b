"""When something is written into a journal, and until when a job is owned: pure."""

from datetime import datetime, timedelta
from typing import Final

import attrs
from returns.result import Failure

from ..exceptions import GenerationCancelledError, TarashException
from ..outcome import Outcome
from ..values.attempts import AttemptMetadata
from ..values.job import Job
from ..values.journal_entry import EntryState, JournalEntry
from .deadline import limits
from .generation import Finished, Generation, Moment, Submitting

# Seconds by which a lease outlasts the next exchange: a busy machine must not lose it.
_MARGIN: Final = 60.0


def patience(generation: Generation, now: Moment) -> float:
    """Return how many seconds a write may wait for a lock: the deadline holds."""
    return min(30.0, max(1.0, generation.deadline - now.monotonic))


def intent(generation: Generation, now: Moment) -> JournalEntry | None:
    """Return what to keep before the next exchange: the intent to submit, or None."""
    if not isinstance(generation.stage, Submitting):
        return None
    return JournalEntry(generation=generation.durable(), state="intended", updated_at=now.utc)


def accepted(generation: Generation, now: Moment) -> JournalEntry:
    """Return the entry of a job that is waited for."""
    return JournalEntry(generation=generation.durable(), state="accepted", updated_at=now.utc)


def lease(generation: Generation, now: Moment) -> datetime:
    """Return until when a job is owned: over the pause and the next exchange, and a margin.

    If its owner is gone, the job is free when the lease ends.
    """
    pause = max(0.0, generation.due - now.monotonic)
    seconds = pause + limits(generation, now).total + _MARGIN
    # Dates end with the year 9999.
    return now.utc + timedelta(seconds=min(seconds, 10.0 * 365 * 86_400))


def is_renewal_due(held: datetime, wanted: datetime) -> bool:
    """Tell whether a lease until ``held`` is to be replaced by one until ``wanted``.

    A renewal is a durable write, so it is not made at every poll, but when half of the margin has
    passed: the rest of the lease still outlasts the next exchange. A lease that is longer than
    needed is shortened, because it would block the job if its owner crashed.
    """
    return abs(wanted - held) >= timedelta(seconds=_MARGIN / 2)


def changes(
    before: Generation, after: Outcome[Generation], now: datetime
) -> tuple[JournalEntry, ...]:
    """Return what to keep after an exchange."""
    attempts = _attempts(after)
    if len(attempts) > len(before.attempts):
        return (_ended(before, attempts[len(before.attempts)], now),)
    if isinstance(after, Failure):
        return ()
    generation = after.unwrap()
    if isinstance(generation.stage, Finished):
        saved = attrs.evolve(before.durable(), status="completed")
        if saved.job is None:
            saved = attrs.evolve(saved, job=Job(id=generation.stage.response.request_id))
        return (JournalEntry(generation=saved, state="completed", updated_at=now),)
    # Accepted, or another value than before: where its result is, for one.
    if generation.job != before.job:
        return (JournalEntry(generation=generation.durable(), state="accepted", updated_at=now),)
    return ()


def _attempts(after: Outcome[Generation]) -> tuple[AttemptMetadata, ...]:
    if isinstance(after, Failure):
        error: TarashException = after.failure()
        return error.attempts
    return after.unwrap().attempts


def _ended(before: Generation, attempt: AttemptMetadata, now: datetime) -> JournalEntry:
    saved = before.durable()
    if saved.job is None and attempt.request_id is not None:
        # The reply to the submission said that the job is over already.
        saved = attrs.evolve(saved, job=Job(id=attempt.request_id))
    return JournalEntry(
        generation=saved,
        state=_end_of(attempt),
        updated_at=now,
        message=attempt.error_message,
    )


def _end_of(attempt: AttemptMetadata) -> EntryState:
    match attempt.submission:
        case "unknown":
            return "unknown"
        case "refused" | "not_sent":
            return "refused"
        case "accepted":
            if attempt.cancellation in {"confirmed", "charged"}:
                return "cancelled"
            if attempt.error_type == GenerationCancelledError.__name__:
                return "cancelled"
            return "failed" if attempt.job_ended else "accepted"
