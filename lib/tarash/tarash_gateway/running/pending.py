"""What a journal has that is not over."""

import attrs
from returns.io import IOFailure

from ..effects.journal import Journal
from ..outcome import IOOutcome
from ..values.journal_entry import JournalEntry
from .arguments import wrong_journal


def pending(journal: Journal) -> IOOutcome[tuple[JournalEntry, ...]]:
    """Return the entries that may still bring a video or be charged.

    Errors:
        ValidationError: It is no journal.
        JournalError: It cannot be read.
    """
    if wrong := wrong_journal(journal):
        return IOFailure(wrong)
    return journal.entries().map(lambda entries: tuple(map(_as_known, entries)))


def _as_known(entry: JournalEntry) -> JournalEntry:
    # A submission that is being sent has an owner; without one its fate is unknown.
    if entry.state == "intended" and not entry.in_use:
        return attrs.evolve(entry, state="unknown")
    return entry
