"""What is written into a journal, and until when a call owns its job: pure."""

from datetime import datetime, timedelta
from typing import Final

import attrs
from returns.result import Failure

from ..exceptions import GenerationCancelledError, TarashException
from ..outcome import Outcome
from ..values.attempts import AttemptMetadata
from ..values.job import Job
from ..values.journal_entry import PENDING, EntryState, JournalEntry
from ..values.saved import VideoGeneration
from .deadline import limits
from .endings import ending_of_failure, ending_of_success
from .generation import Finished, Generation, Moment, Submitting, Uploading
from .listening import latest

# Seconds by which a lease outlasts the next exchange: a busy machine must not lose it.
_MARGIN: Final = 60.0


def patience(generation: Generation, now: Moment) -> float:
    """Return how many seconds a write may wait for a lock: until the deadline, from 1 to 30."""
    return min(30.0, max(1.0, generation.deadline - now.monotonic))


def intent(generation: Generation, now: Moment) -> JournalEntry | None:
    """Return what to keep before the next exchange: an upload, the intent to submit, or None."""
    match generation.stage:
        case Uploading():
            return generation.entry_as("uploading", now.utc)
        case Submitting():
            return generation.entry_as("intended", now.utc)
        case _:
            return None


def interrupted(generation: Generation, now: Moment) -> JournalEntry | None:
    """Return the end of an attempt that was interrupted while media were uploaded, or None."""
    if not isinstance(generation.stage, Uploading):
        return None
    message = "the call was interrupted while it uploaded its media: nothing was submitted"
    return attrs.evolve(generation.entry_as("cancelled", now.utc), message=message)


def accepted(generation: Generation, now: Moment) -> JournalEntry:
    """Return the entry of a job that a call waits for."""
    return generation.entry_as("accepted", now.utc)


def lease(generation: Generation, now: Moment) -> datetime:
    """Return until when a job is owned: over the pause and the next exchange, and a margin.

    A lease is renewed while its owner runs. If the owner is gone, the job is free when it ends.
    """
    pause = max(0.0, latest(generation, now) - now.monotonic)
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
    before: Generation, after: Outcome[Generation], now: datetime, *, owning: bool = True
) -> tuple[JournalEntry, ...]:
    """Return what to keep after an exchange; a call that only looks at a job is not ``owning``."""
    attempts = _attempts(after)
    if len(attempts) > len(before.attempts):
        ended = attempts[len(before.attempts)]
        entry = _end(before, ended, now)
        if entry.state in PENDING and entry.state != "unknown":
            # The job goes on without this call: nothing has ended yet.
            return (entry,)
        ending = ending_of_failure(before, after, ended, owning=owning)
        return (attrs.evolve(entry, ending=ending),)
    if isinstance(after, Failure):
        return ()
    generation = after.unwrap()
    if isinstance(generation.stage, Finished):
        response = generation.stage.response
        entry = before.entry_as("completed", now)
        saved = attrs.evolve(_with_job(entry.generation, response.request_id), status="completed")
        ending = ending_of_success(before, response)
        return (attrs.evolve(entry, generation=saved, ending=ending),)
    if generation.job != before.job:
        # The job was accepted, or its result has another URL than before, for example.
        return (generation.entry_as("accepted", now),)
    return ()


def _attempts(after: Outcome[Generation]) -> tuple[AttemptMetadata, ...]:
    if isinstance(after, Failure):
        error: TarashException = after.failure()
        return error.attempts
    return after.unwrap().attempts


def _end(before: Generation, attempt: AttemptMetadata, now: datetime) -> JournalEntry:
    entry = before.entry_as(_state_after(attempt), now)
    # The reply to the submission may have said that the job is over already.
    saved = _with_job(entry.generation, attempt.request_id)
    return attrs.evolve(entry, generation=saved, message=attempt.error_message)


def _with_job(saved: VideoGeneration, request_id: str | None) -> VideoGeneration:
    if saved.job is not None or request_id is None:
        return saved
    return attrs.evolve(saved, job=Job(id=request_id))


def _state_after(attempt: AttemptMetadata) -> EntryState:
    if attempt.submission != "accepted":
        return "unknown" if attempt.submission == "unknown" else "refused"
    stopped = attempt.cancellation in {"confirmed", "charged"}
    if stopped or attempt.error_type == GenerationCancelledError.__name__:
        return "cancelled"
    return "failed" if attempt.job_ended else "accepted"
