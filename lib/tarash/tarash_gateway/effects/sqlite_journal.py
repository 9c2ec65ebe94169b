"""A journal in one SQLite file that survives crashes and is shared by threads and processes."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import attrs
from returns.io import IOFailure, IOResult

from ..exceptions import JournalError
from ..outcome import IOOutcome
from . import journal_sql as sql
from .database import Database, Way
from .journal_rows import Row, Value
from .sql_journal import PATIENCE, SqlJournal

T = TypeVar("T")
# Only the user may read the requests and the jobs' ids.
_MODE: Final = 0o600
# Seconds between two tries to switch a new file to WAL.
_AGAIN: Final = 0.01


class SqliteJournal(SqlJournal):
    """Stores entries in one file, in WAL mode; every write is on the disk when it returns.

    Each call opens its own connection, so that a forked process shares none, and a killed process
    leaves no lock. When a process on this machine has ended, its leases have ended, too.
    """

    def __init__(self, path: Path | str, *, until_saved: bool = False) -> None:
        """Use this file; it and its folder are created on first use, for this user only.

        Args:
            path: The file.
            until_saved: Whether a completed job stays pending until its entry is put again with
                ``unsaved=False``, after its video was saved to a file.
        """
        self._path = Path(path)
        super().__init__(self._path.name, until_saved=until_saved)

    def run(
        self, work: Callable[[Database], T], patience: float = PATIENCE, *, way: Way = "write"
    ) -> IOOutcome[T]:
        """Run a function in one transaction: see `SqlJournal`."""
        try:
            begin = "BEGIN" if way == "read" else "BEGIN IMMEDIATE"
            with self._transaction(patience, begin) as connection:
                done = work(_Transaction(connection))
        except (sqlite3.Error, OSError, RuntimeError) as error:
            message = (
                f"the journal {self.name} cannot be used ({error}): make the file and its "
                "folder writable, or choose another file"
            )
            return IOFailure(JournalError(message))
        return IOResult.from_value(done)

    @contextmanager
    def _transaction(self, patience: float, begin: str) -> Iterator[sqlite3.Connection]:
        path = self._path.expanduser()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(path)
        with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
            _prepare(connection, patience)
            connection.execute("PRAGMA synchronous = FULL")
            connection.row_factory = sqlite3.Row
            # This commits, or rolls back after an exception.
            with connection:
                connection.execute(begin)
                yield connection


@attrs.frozen
class _Transaction:
    """A transaction that has begun: it locks the whole file, unless it only reads."""

    _connection: sqlite3.Connection
    is_repeated: bool = False

    def run(self, statement: str, *values: Value) -> int:
        return self._connection.execute(statement, _stored(values)).rowcount

    def rows(self, query: str, *values: Value) -> Sequence[Row]:
        return [dict(row) for row in self._connection.execute(query, _stored(values))]

    def lock(self, attempt: str) -> None:
        """Do nothing: the transaction has locked the whole file."""

    def lock_all(self) -> None:
        """Do nothing: the transaction has locked the whole file."""


def _stored(values: Sequence[Value]) -> Sequence[Value]:
    # SQLite has no times. Their texts, all in UTC and in one form, sort as they do.
    return [
        value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for value in values
    ]


def _prepare(connection: sqlite3.Connection, patience: float) -> None:
    """Turn a new file into a journal.

    SQLite waits for a lock, except where two connections switch to WAL at once: one of them is told
    at once that the file is locked.
    """
    end = time.monotonic() + patience
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] < sql.VERSION:
                connection.executescript(sql.SCHEMA)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= end:
                raise
            time.sleep(_AGAIN)
        else:
            return


def _make_private(path: Path) -> None:
    """Create the file for this user only, or take it from all others.

    It is never opened under its name: when a process closes a file, POSIX ends all locks that the
    process has on it, and with them those of SQLite's connections in other threads.
    """
    with suppress(FileNotFoundError):
        found = path.stat()
        if os.name == "posix" and found.st_mode & 0o077 and found.st_uid == os.geteuid():
            path.chmod(_MODE)
        return
    # SQLite gives its other files the mode of the first one.
    with (
        suppress(FileExistsError),
        tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-") as empty,
    ):
        os.link(empty.name, path)
