"""What a journal keeps, and when: pure. The journal itself is an effect."""

from datetime import datetime, timedelta
from typing import Final, Literal, Protocol, TypeAlias

import attrs
from returns.result import Failure

from ..exceptions import GenerationCancelledError, TarashException
from ..outcome import IOOutcome, Outcome
from ..values.attempts import AttemptMetadata
from ..values.job import Job
from ..values.saved import VideoGeneration
from .deadline import limits
from .generation import Finished, Generation, Moment, Submitting

EntryState: TypeAlias = Literal[
    "intended", "accepted", "unknown", "refused", "failed", "cancelled", "completed"
]
# What a journal lists as pending: these may still be charged, or bring a video.
PENDING: Final[tuple[EntryState, ...]] = ("intended", "accepted", "unknown")
# What became of asking to own a job: it is ours, another call waits for it, or it is over.
Claim: TypeAlias = Literal["owned", "in_use", "ended"]
# Seconds by which a lease outlasts the next exchange: a busy machine must not lose it.
_MARGIN: Final = 60.0


@attrs.frozen(kw_only=True)
class JournalEntry:
    """One attempt, as a journal keeps it.

    Attributes:
        generation: The attempt; ``generation.id`` names the entry.
        state: ``"intended"``: the submission was about to leave; ``"accepted"``: there is a job;
            ``"unknown"``: the submission left, and no answer came; the others are ends.
        updated_at: Aware UTC time of the last change.
        message: Why it ended, or None.
        unsaved: Whether the video of a completed job still has to be saved to a file: the entry
            stays pending until then. None leaves it to the journal.
        in_use: Whether a call, perhaps in another process, waits for the job at this moment.
    """

    generation: VideoGeneration
    state: EntryState
    updated_at: datetime
    message: str | None = None
    unsaved: bool | None = None
    in_use: bool = False


@attrs.frozen(kw_only=True)
class UnreadableEntry:
    """An entry that cannot be read: it is damaged, or a newer version wrote it.

    Attributes:
        id: Our own id of the attempt.
        state: What its state is, as far as can be read.
        provider: Provider id.
        model: Model id.
        request_id: The provider's id of the job, or None.
        reason: Why it cannot be read.
    """

    id: str
    state: str
    provider: str
    model: str
    request_id: str | None
    reason: str


class Journal(Protocol):
    """Keeps entries over crashes; safe for several threads and processes.

    ``patience`` is how many seconds a method may wait for a lock that somebody else holds.
    """

    def put(self, entry: JournalEntry, *, patience: float = 30.0) -> IOOutcome[None]:
        """Keep the entry, over an older one of the same generation; durable on return.

        Errors:
            JournalError: It could not be written.
        """
        ...

    def claim(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = 30.0,
    ) -> IOOutcome[Claim]:
        """Own the entry until a time, in one step: nobody else can own it as well.

        An entry that is not there is kept first. An owner claims again to renew the lease.

        Args:
            entry: The entry.
            owner: Who claims it: a name that no other call has.
            now: Aware UTC time.
            until: When the lease ends if it is not renewed.
            patience: Seconds to wait for a lock.

        Returns:
            ``"owned"``; ``"in_use"`` if another owner's lease has not ended; ``"ended"`` if the
            entry is not pending any more.

        Errors:
            JournalError: It could not be written.
        """
        ...

    def release(self, id: str, *, owner: str) -> IOOutcome[None]:  # noqa: A002 - the value's name
        """End the owner's lease, if it has one.

        Errors:
            JournalError: It could not be written.
        """
        ...

    def entry(self, id: str) -> IOOutcome[JournalEntry | None]:  # noqa: A002 - the value's name
        """Return the entry with this id, ours or the provider's (then the newest), or None.

        Errors:
            JournalError: It could not be read.
        """
        ...

    def entries(self, *, pending: bool = True) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries in the order of their beginning; by default the pending ones.

        An entry that cannot be read hides no other: it is left out, and `unreadable` names it.

        Errors:
            JournalError: They could not be read.
        """
        ...

    def unreadable(self) -> IOOutcome[tuple[UnreadableEntry, ...]]:
        """Return the entries that cannot be read.

        Errors:
            JournalError: The journal could not be read at all.
        """
        ...

    def forget(self, id: str) -> IOOutcome[None]:  # noqa: A002 - the name of the value
        """Remove an entry, if it is there.

        Errors:
            JournalError: It could not be removed.
        """
        ...


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

    A lease is renewed with each exchange. If its owner is gone, the job is free when it ends.
    """
    pause = max(0.0, generation.due - now.monotonic)
    seconds = pause + limits(generation, now).total + _MARGIN
    # Dates end with the year 9999.
    return now.utc + timedelta(seconds=min(seconds, 10.0 * 365 * 86_400))


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
        if kept.job is None:
            kept = attrs.evolve(kept, job=Job(id=generation.stage.response.request_id))
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
    kept = before.durable()
    if kept.job is None and attempt.request_id is not None:
        # The reply to the submission said that the job is over already.
        kept = attrs.evolve(kept, job=Job(id=attempt.request_id))
    return JournalEntry(
        generation=kept,
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
