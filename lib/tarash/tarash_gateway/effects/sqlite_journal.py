"""A journal in one SQLite file: survives crashes, shared by threads and processes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from returns.io import IOFailure, IOResult, IOSuccess

from ..durable import VideoGeneration
from ..exceptions import JournalError, ValidationError
from ..journaling import PENDING, EntryState, JournalEntry
from ..outcome import IOOutcome

# Seconds to wait for another process's write.
_BUSY: Final = 30.0
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS video_generations (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    request_id TEXT,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    message TEXT,
    generation TEXT NOT NULL
)
"""
_PUT: Final = """
INSERT INTO video_generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    request_id = coalesce(excluded.request_id, request_id),
    updated_at = excluded.updated_at,
    message = excluded.message,
    generation = excluded.generation
"""


class SqliteJournal:
    """Keeps entries in one file, in WAL mode; every write is on the disk when it returns.

    A connection lives for one call: nothing is shared with a forked process, and no lock outlives
    a killed one.
    """

    def __init__(self, path: Path | str) -> None:
        """Use this file; it and its folder are made on first use."""
        self._path = Path(path).expanduser()

    def put(self, entry: JournalEntry) -> IOOutcome[None]:
        """Keep the entry: see `Journal`."""
        kept = entry.generation
        row = (
            kept.id,
            entry.state,
            kept.provider,
            kept.model,
            kept.request_id,
            kept.started_at.isoformat(),
            entry.updated_at.isoformat(),
            entry.message,
            kept.to_json(),
        )
        return self._run(_PUT, row).map(lambda _: None)

    def entries(self, *, pending: bool = True) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries: see `Journal`."""
        columns = "SELECT generation, state, updated_at, message FROM video_generations"
        marks = ", ".join("?" for _ in PENDING)
        chosen = f"{columns} WHERE state IN ({marks})" if pending else columns
        return self._run(f"{chosen} ORDER BY started_at, id", PENDING if pending else ()).bind(
            self._read
        )

    def forget(self, id: str) -> IOOutcome[None]:  # noqa: A002 - the name of the value
        """Remove an entry: see `Journal`."""
        return self._run("DELETE FROM video_generations WHERE id = ?", (id,)).map(lambda _: None)

    def _run(self, statement: str, values: tuple[Any, ...]) -> IOOutcome[list[tuple[Any, ...]]]:
        try:
            with self._opened() as connection:
                rows: IOOutcome[list[tuple[Any, ...]]] = IOSuccess(
                    connection.execute(statement, values).fetchall()
                )
        except (sqlite3.Error, OSError) as error:
            message = f"the journal {self._path.name} cannot be used: {error}"
            return IOFailure(JournalError(message=message))
        return rows

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(self._path, timeout=_BUSY)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            with connection:
                connection.execute(_TABLE)
                yield connection

    def _read(self, rows: list[tuple[Any, ...]]) -> IOOutcome[tuple[JournalEntry, ...]]:
        try:
            return IOSuccess(tuple(_entry(*row) for row in rows))
        except (ValidationError, ValueError) as error:
            message = f"the journal {self._path.name} has an entry that cannot be read: {error}"
            return IOResult.from_failure(JournalError(message=message))


def _entry(text: str, state: EntryState, updated_at: str, message: str | None) -> JournalEntry:
    return JournalEntry(
        generation=VideoGeneration.from_json(text),
        state=state,
        updated_at=datetime.fromisoformat(updated_at),
        message=message,
    )
