"""The rows of a journal in a database, and the entries that they stand for."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast, get_args

from ..exceptions import ValidationError
from ..values.ending import Ending
from ..values.journal_entry import EntryState, JournalEntry, UnreadableEntry
from ..values.saved import VideoGeneration
from .processes import is_gone

# A row by the names of its columns, and what is stored in a column.
Row: TypeAlias = Mapping[str, Any]
Value: TypeAlias = str | int | bool | datetime | None
_LOG: Final = logging.getLogger("tarash.tarash_gateway")


def as_text(text: str) -> str:
    """Return a text that a database can store."""
    # A provider's text may hold half of a surrogate pair, which UTF-8 cannot encode.
    return text.encode("utf-8", "backslashreplace").decode()


def row_of(entry: JournalEntry) -> tuple[Value, ...]:
    """Return the columns of the first table."""
    generation = entry.generation
    fields = (
        generation.id,
        entry.state,
        generation.provider,
        generation.model,
        generation.request_id,
        generation.started_at,
        entry.updated_at,
        entry.message,
        generation.to_json(),
    )
    return tuple(as_text(field) if isinstance(field, str) else field for field in fields)


def number_of(entry: JournalEntry) -> int:
    """Return the number of an entry below its key, by which they are sorted."""
    keyed = entry.generation.keyed
    return 0 if keyed is None else keyed.number


def as_time(stored: str | datetime) -> datetime:
    """Return a stored time, which is a text in databases that have no times."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    return datetime.fromisoformat(stored)


def is_held(
    process: str | None,
    until: str | datetime | None,
    now: datetime,
    gone: Callable[[str], bool] = is_gone,
) -> bool:
    """Tell whether a lease has not ended, and its process has not, either."""
    try:
        end = as_time(until or "")
    except ValueError:
        return False
    return now < end and not gone(process or "")


def readable(rows: Sequence[Row]) -> tuple[JournalEntry, ...]:
    """Return the entries that can be read, and name the others in the log."""
    entries = read_all(rows, datetime.now(UTC))
    for entry in entries:
        if isinstance(entry, UnreadableEntry):
            _LOG.warning(
                "the journal has an entry that cannot be read: %s of %s/%s, job %s: %s",
                *(entry.id, entry.provider, entry.model, entry.request_id, entry.reason),
            )
    return tuple(entry for entry in entries if isinstance(entry, JournalEntry))


def read_all(
    rows: Sequence[Row], now: datetime, gone: Callable[[str], bool] = is_gone
) -> tuple[JournalEntry | UnreadableEntry, ...]:
    """Return an entry for each row, also for those that cannot be read."""
    return tuple(_read(row, now, gone) for row in rows)


def _read(row: Row, now: datetime, gone: Callable[[str], bool]) -> JournalEntry | UnreadableEntry:
    try:
        ending = row["ending"]
        return JournalEntry(
            generation=VideoGeneration.from_json(row["generation"]),
            state=_state(row["state"]),
            updated_at=as_time(row["updated_at"]),
            message=row["message"],
            unsaved=bool(row["unsaved"]),
            in_use=is_held(row["process"], row["until"], now, gone),
            ending=None if ending is None else Ending.from_json(ending),
        )
    except (ValidationError, ValueError, TypeError) as error:
        return UnreadableEntry(
            **{name: str(row[name]) for name in ("id", "state", "provider", "model")},
            request_id=None if row["request_id"] is None else str(row["request_id"]),
            reason=str(error),
        )


def _state(name: str) -> EntryState:
    if name not in get_args(EntryState):
        message = f"this version of tarash-gateway does not know its state {name!r}: upgrade"
        raise ValueError(message)
    return cast("EntryState", name)
