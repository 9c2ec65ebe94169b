"""What the journal knows about a row, by the submission key of that row."""

from datetime import UTC, datetime
from itertools import count
from typing import Final

from returns.result import Failure

from ..outcome import result_of, settle
from ..running.inputs import with_files
from ..running.naming import name_of
from ..running.worlds import world_of
from ..values.journal_entry import EntryState, JournalEntry
from .journal import CliJournal
from .rows import Row

# A job that ended so may have been charged: only its user decides to pay for another one.
_ENDED: Final[tuple[EntryState, ...]] = ("failed", "cancelled")


def key_to_use(journal: CliJournal, key: str, *, again: bool) -> str:
    """Return the key of a row, with the number of its job where it was made again.

    Args:
        journal: The journal.
        key: The key of the row's first job.
        again: Whether a job that failed is made again.

    Raises:
        JournalError: The journal cannot be read.
    """
    current = key
    for number in count(2):
        entries, following = _entries(journal, current), f"{key}~{number}"
        if not entries or entries[-1].state not in _ENDED:
            break
        if not again and not _entries(journal, following):
            break
        current = following
    return current


def is_of_another(journal: CliJournal, row: Row) -> bool:
    """Tell whether the journal knows the key of a row, and another request or chain under it.

    Raises:
        JournalError: The journal cannot be read.
    """
    known = {entry.generation.keyed for entry in _entries(journal, row.key)} - {None}
    if not known:
        return False
    read = result_of(with_files(row.request, world_of(None).files))
    if isinstance(read, Failure):
        return True
    digest = name_of(row.config, read.unwrap())
    return any(keyed is not None and keyed.fingerprint != digest for keyed in known)


def _entries(journal: CliJournal, key: str) -> tuple[JournalEntry, ...]:
    return settle(result_of(journal.keyed(key, now=datetime.now(UTC))))
