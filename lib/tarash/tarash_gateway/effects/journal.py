"""The journal as a Protocol: it stores attempts, who owns their jobs, and what came by webhook."""

from datetime import datetime
from typing import Protocol

from ..outcome import IOOutcome
from ..values.journal_entry import Claim, JournalEntry, UnreadableEntry


class Journal(Protocol):
    """Stores entries so that they survive crashes; safe for several threads and processes.

    ``patience`` is how many seconds a method may wait for a lock that another thread or process
    holds. Every method fails with a JournalError if the journal cannot be read or written.
    """

    def put(
        self, entry: JournalEntry, *, owner: str | None = None, patience: float = 30.0
    ) -> IOOutcome[None]:
        """Store the entry, replacing an older one of the same generation; durable on return.

        Args:
            entry: The entry.
            owner: The call that writes. Nothing is written if another one owned the entry last:
                what an earlier owner knows is out of date. None writes in any case.
            patience: Seconds to wait for a lock.
        """

    def claim(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = 30.0,
    ) -> IOOutcome[Claim]:
        """Own the entry until a time, in one atomic step, so that it never has two owners.

        An entry that does not exist is stored first. An owner claims again to renew the lease.

        Args:
            entry: The entry.
            owner: A name that no other call has.
            now: Aware UTC time.
            until: When the lease ends if it is not renewed.
            patience: Seconds to wait for a lock.

        Returns:
            ``"owned"``; ``"in_use"`` if another owner's lease has not ended; ``"ended"`` if the
            entry is no longer pending.
        """

    def reserve(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = 30.0,
    ) -> IOOutcome[Claim]:
        """Own an attempt that is about to be sent, and store its entry, in one atomic step.

        It is inserted if there is none of this id. One that is there is replaced only if it is the
        owner's own, or if its media were being uploaded by a call that is gone
        (`journal_entry.reservation_of`): so no attempt is ever submitted by two calls.

        The arguments are those of `claim`.

        Returns:
            ``"owned"``; ``"in_use"`` if another owner's lease has not ended; ``"ended"`` if the
            attempt cannot be sent any more.
        """

    def keyed(self, key: str, *, now: datetime) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries below a submission key in the order of their numbers.

        Args:
            key: The key.
            now: Aware UTC time, which decides whether an entry is in use.

        Errors:
            JournalError: One of them cannot be read, so that nothing may be sent.
        """

    def release(self, id: str, *, owner: str) -> IOOutcome[None]:  # noqa: A002 - the value's name
        """End the owner's lease, if it has one."""

    def entry(self, id: str) -> IOOutcome[JournalEntry | None]:  # noqa: A002 - the value's name
        """Return the entry with this id, ours or the provider's (then the newest), or None."""

    def entries(self, *, pending: bool = True) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries in the order of their start; by default only the pending ones.

        Entries that cannot be read are left out, and `unreadable` returns them.
        """

    def unreadable(self) -> IOOutcome[tuple[UnreadableEntry, ...]]:
        """Return the entries that cannot be read."""

    def forget(self, id: str) -> IOOutcome[None]:  # noqa: A002 - the name of the value
        """Remove an entry if it exists."""

    def note(self, message: str, *, about: str, now: datetime, until: datetime) -> IOOutcome[bool]:
        """Remember until a time that a message came, such as a webhook.

        Args:
            message: A name that no other message has.
            about: What it is about: a name of the job.
            now: Aware UTC time.
            until: When it may be forgotten.

        Returns:
            True for the first time, False if it is remembered already.
        """

    def noted(self, about: str) -> IOOutcome[datetime | None]:
        """Return when the newest message about a job came, or None if none is remembered."""

    def prune(self, before: datetime) -> IOOutcome[int]:
        """Remove the entries that ended before an aware UTC time, and return how many.

        Nothing that may still bring a video or be charged is removed: no pending entry, and none of
        a submission key with a pending or newer entry. A key whose entries are removed is new
        again: a call with it submits and pays. Messages whose time ended before then go, too.
        """
