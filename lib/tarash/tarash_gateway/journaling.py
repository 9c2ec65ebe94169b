"""What a journal keeps, and when: pure. The journal itself is an effect."""

from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

import attrs
from returns.result import Failure

from .durable import VideoGeneration
from .exceptions import TarashException
from .generation import Finished, Generation, Submitting
from .metadata import AttemptMetadata
from .outcome import IOOutcome, Outcome

EntryState: TypeAlias = Literal[
    "intended", "accepted", "unknown", "refused", "failed", "cancelled", "completed"
]
# What a journal lists as pending: these may still be charged, or bring a video.
PENDING: Final[tuple[EntryState, ...]] = ("intended", "accepted", "unknown")


@attrs.frozen(kw_only=True)
class JournalEntry:
    """One attempt, as a journal keeps it.

    Attributes:
        generation: The attempt; ``generation.id`` names the entry.
        state: ``"intended"``: the submission was about to leave; ``"accepted"``: there is a job;
            ``"unknown"``: the submission left, and no answer came; the others are ends.
        updated_at: Aware UTC time of the last change.
        message: Why it ended, or None.
    """

    generation: VideoGeneration
    state: EntryState
    updated_at: datetime
    message: str | None = None


class Journal(Protocol):
    """Keeps entries over crashes; safe for several threads and processes."""

    def put(self, entry: JournalEntry) -> IOOutcome[None]:
        """Keep the entry, over an older one of the same generation; durable on return.

        Errors:
            JournalError: It could not be written.
        """
        ...

    def entries(self, *, pending: bool = True) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries in the order of their beginning; by default the pending ones.

        Errors:
            JournalError: They could not be read.
        """
        ...

    def forget(self, id: str) -> IOOutcome[None]:  # noqa: A002 - the name of the value
        """Remove an entry, if it is there.

        Errors:
            JournalError: It could not be removed.
        """
        ...


def intent(generation: Generation, now: datetime) -> JournalEntry | None:
    """Return what to keep before the next exchange: the intent to submit, or None."""
    if not isinstance(generation.stage, Submitting):
        return None
    return JournalEntry(generation=generation.durable(), state="intended", updated_at=now)


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
        kept = attrs.evolve(before.durable(), status="completed")
        return (JournalEntry(generation=kept, state="completed", updated_at=now),)
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
    return JournalEntry(
        generation=before.durable(),
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
            if attempt.cancellation == "confirmed":
                return "cancelled"
            return "failed" if attempt.job_ended else "accepted"
