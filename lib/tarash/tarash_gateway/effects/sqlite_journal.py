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

from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..exceptions import JournalError
from ..outcome import IOOutcome, Outcome
from ..values.checks import preview
from ..values.journal_entry import (
    PENDING,
    Claim,
    JournalEntry,
    UnreadableEntry,
    claim_of,
    reservation_of,
)
from . import journal_sql as sql
from .journal_rows import as_text, is_held, number_of, read_all, readable, row_of
from .processes import this_process

T = TypeVar("T")
# Seconds to wait for another process's write.
_BUSY: Final = 30.0
# Only the user may read the requests and the jobs' ids.
_MODE: Final = 0o600
# Seconds between two tries to switch a new file to WAL.
_AGAIN: Final = 0.01


class SqliteJournal:
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
        self._until_saved = until_saved

    def put(
        self, entry: JournalEntry, *, owner: str | None = None, patience: float = _BUSY
    ) -> IOOutcome[None]:
        """Store the entry: see `Journal`."""

        def work(connection: sqlite3.Connection) -> None:
            row = row_of(entry)
            last = connection.execute(sql.OWNER, row[:1]).fetchone()
            if owner is not None and last is not None and last[0] not in {None, owner}:
                return
            connection.execute(sql.PUT, row)
            _put_key(connection, entry)
            if entry.state not in PENDING:
                connection.execute(sql.END, row[:1])
            if entry.state == "completed":
                unsaved = self._until_saved if entry.unsaved is None else entry.unsaved
                connection.execute(sql.UNSAVED, (row[0], int(unsaved)))

        return self._run(work, patience)

    def claim(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = _BUSY,
    ) -> IOOutcome[Claim]:
        """Own the entry until a time: see `Journal`."""
        row = row_of(entry)

        def work(connection: sqlite3.Connection) -> Claim:
            connection.execute(sql.KEEP_FIRST, row)
            _put_key(connection, entry)
            state, holder, process, end = connection.execute(sql.HELD, row[:1]).fetchone()
            others = holder not in {None, owner} and is_held(process, end, now)
            claim = claim_of(state, is_held=others)
            if claim == "owned":
                connection.execute(sql.CLAIM, (row[0], owner, this_process(), until.isoformat()))
            return claim

        return self._run(work, patience)

    def reserve(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = _BUSY,
    ) -> IOOutcome[Claim]:
        """Own an attempt that is about to be sent: see `Journal`."""
        row = row_of(entry)

        def work(connection: sqlite3.Connection) -> Claim:
            found = connection.execute(sql.HELD, row[:1]).fetchone()
            if found is not None:
                state, holder, process, end = found
                mine = holder == owner
                held = not mine and holder is not None and is_held(process, end, now)
                claim = reservation_of(state, is_mine=mine, is_held=held)
                if claim != "owned":
                    return claim
            connection.execute(sql.RESERVE, row)
            _put_key(connection, entry)
            connection.execute(sql.CLAIM, (row[0], owner, this_process(), until.isoformat()))
            return "owned"

        return self._run(work, patience)

    def keyed(self, key: str, *, now: datetime) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries below a submission key: see `Journal`."""

        def all_of(rows: Sequence[sqlite3.Row]) -> Outcome[tuple[JournalEntry, ...]]:
            found = [e for e in read_all(rows, now) if isinstance(e, JournalEntry)]
            if len(found) < len(rows):
                message = (
                    f"the journal {self._path.name} has an entry of the key {preview(key)} that "
                    "cannot be read: nothing was sent; look at journal.unreadable()"
                )
                return Failure(JournalError(message))
            return Success(tuple(sorted(found, key=number_of)))

        return self._rows(sql.OF_KEY, key).bind_result(all_of)

    def release(self, id: str, *, owner: str) -> IOOutcome[None]:  # noqa: A002 - the value's name
        """End the owner's lease: see `Journal`."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(sql.RELEASE, (as_text(id), owner))

        # A lease ends by itself, so it is not worth waiting long for another process's lock.
        return self._run(work, 1.0)

    def entry(self, id: str) -> IOOutcome[JournalEntry | None]:  # noqa: A002 - the value's name
        """Return one entry: see `Journal`."""
        name = as_text(id)
        return self._rows(sql.NAMED, name, name).map(lambda rows: next(iter(readable(rows)), None))

    def entries(self, *, pending: bool = True) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries: see `Journal`."""
        return self._rows(sql.UNFINISHED if pending else sql.ALL).map(readable)

    def unreadable(self) -> IOOutcome[tuple[UnreadableEntry, ...]]:
        """Return the entries that cannot be read: see `Journal`."""
        return self._rows(sql.ALL).map(
            lambda rows: tuple(
                entry
                for entry in read_all(rows, datetime.now(UTC))
                if isinstance(entry, UnreadableEntry)
            )
        )

    def forget(self, id: str) -> IOOutcome[None]:  # noqa: A002 - the name of the value
        """Remove an entry: see `Journal`."""

        def work(connection: sqlite3.Connection) -> None:
            for statement in sql.FORGET:
                connection.execute(statement, (as_text(id),))

        return self._run(work)

    def note(self, message: str, *, about: str, now: datetime, until: datetime) -> IOOutcome[bool]:
        """Remember that a message came: see `Journal`."""
        row = (as_text(message), as_text(about), now.isoformat(), until.isoformat())
        return self._run(lambda connection: connection.execute(sql.NOTE, row).rowcount > 0)

    def noted(self, about: str) -> IOOutcome[datetime | None]:
        """Return when the newest message about a job came: see `Journal`."""
        return self._rows(sql.NOTED, as_text(about)).map(
            lambda rows: None if rows[0][0] is None else datetime.fromisoformat(rows[0][0])
        )

    def prune(self, before: datetime) -> IOOutcome[int]:
        """Remove the entries that ended before a time: see `Journal`."""
        time_ = before.astimezone(UTC).isoformat()

        def work(connection: sqlite3.Connection) -> int:
            ended = connection.execute(sql.PRUNED, {"before": time_}).fetchall()
            for statement in sql.FORGET:
                connection.executemany(statement, ended)
            connection.execute(sql.PRUNE_MESSAGES, (time_,))
            return len(ended)

        return self._run(work)

    def _rows(self, query: str, *values: str) -> IOOutcome[list[sqlite3.Row]]:
        return self._run(
            lambda connection: connection.execute(query, values).fetchall(), begin="BEGIN"
        )

    def _run(
        self,
        work: Callable[[sqlite3.Connection], T],
        patience: float = _BUSY,
        *,
        begin: str = "BEGIN IMMEDIATE",
    ) -> IOOutcome[T]:
        try:
            with self._transaction(patience, begin) as connection:
                done = work(connection)
        except (sqlite3.Error, OSError, RuntimeError) as error:
            message = (
                f"the journal {self._path.name} cannot be used ({error}): make the file and its "
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


def _put_key(connection: sqlite3.Connection, entry: JournalEntry) -> None:
    key = entry.generation.key
    if key is not None:
        ending = None if entry.ending is None else entry.ending.to_json()
        connection.execute(sql.KEY, (entry.generation.id, key, ending))
