"""What the journals in SQL databases have in common: all but the database."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from returns.io import IOFailure
from returns.result import Failure, Success

from ..exceptions import JournalError
from ..outcome import IOOutcome, Outcome, failed, result_of
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
from .database import Database, Way
from .journal_rows import (
    Row,
    Value,
    as_text,
    as_time,
    is_held,
    number_of,
    read_all,
    readable,
    row_of,
)
from .processes import is_gone, this_process

T = TypeVar("T")
# Seconds to wait for another process's write.
PATIENCE: Final = 30.0
# Seconds to wait before a lease is left to end by itself.
_SHORT: Final = 1.0
# How many entries are removed in one transaction, so that nobody waits long for it.
_BATCH: Final = 500


class SqlJournal(ABC):
    """A journal whose entries are rows. A database says only how to run a transaction."""

    def __init__(self, name: str, *, until_saved: bool) -> None:
        """Name the journal as its errors shall name it."""
        self.name = name
        self._until_saved = until_saved

    @abstractmethod
    def run(
        self, work: Callable[[Database], T], patience: float = PATIENCE, *, way: Way = "write"
    ) -> IOOutcome[T]:
        """Run a function in one transaction.

        Args:
            work: It may be called more than once, in a transaction each, the last of which counts.
            patience: Seconds to wait for a lock.
            way: ``"read"``: nothing is written; ``"own"``: it is of no use before its commit.
        """

    def put(
        self, entry: JournalEntry, *, owner: str | None = None, patience: float = PATIENCE
    ) -> IOOutcome[None]:
        """Store the entry: see `Journal`."""
        row = row_of(entry)

        def work(database: Database) -> None:
            database.lock(entry.generation.id)
            last = [found["owner"] for found in database.rows(sql.OWNER, row[0])]
            if owner is not None and not {*last} <= {None, owner}:
                return
            database.run(sql.PUT, *row)
            _put_key(database, entry)
            if entry.state not in PENDING:
                database.run(sql.END, row[0])
            if entry.state == "completed":
                unsaved = self._until_saved if entry.unsaved is None else entry.unsaved
                database.run(sql.UNSAVED, row[0], unsaved)

        return self.run(work, patience)

    def claim(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = PATIENCE,
    ) -> IOOutcome[Claim]:
        """Own the entry until a time: see `Journal`."""
        row = row_of(entry)

        def work(database: Database) -> Claim:
            database.lock(entry.generation.id)
            database.run(sql.KEEP_FIRST, *row)
            _put_key(database, entry)
            (found,) = database.rows(sql.HELD, row[0])
            claim = claim_of(found["state"], is_held=_is_anothers(found, owner, now))
            if claim == "owned":
                database.run(sql.CLAIM, row[0], owner, this_process(), until)
            return claim

        return self.run(work, patience, way="own")

    def reserve(
        self,
        entry: JournalEntry,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        patience: float = PATIENCE,
    ) -> IOOutcome[Claim]:
        """Own an attempt that is about to be sent: see `Journal`."""
        row = row_of(entry)

        def work(database: Database) -> Claim:
            database.lock(entry.generation.id)
            for found in database.rows(sql.HELD, row[0]):
                claim = reservation_of(
                    found["state"],
                    is_mine=found["owner"] == owner,
                    is_held=_is_anothers(found, owner, now),
                )
                if claim != "owned":
                    return claim
            database.run(sql.RESERVE, *row)
            _put_key(database, entry)
            database.run(sql.CLAIM, row[0], owner, this_process(), until)
            return "owned"

        return self.run(work, patience, way="own")

    def keyed(self, key: str, *, now: datetime) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries below a submission key: see `Journal`."""
        gone: dict[str, bool] = {}

        def all_of(rows: Sequence[Row]) -> Outcome[tuple[JournalEntry, ...]]:
            read = read_all(rows, now, lambda name: gone[name] if name in gone else is_gone(name))
            found = [e for e in read if isinstance(e, JournalEntry)]
            if len(found) < len(rows):
                message = (
                    f"the journal {self.name} has an entry of the key {preview(key)} that "
                    "cannot be read: nothing was sent; look at journal.unreadable()"
                )
                return Failure(JournalError(message))
            return Success(tuple(sorted(found, key=number_of)))

        return self._settled(key, gone).bind_result(all_of)

    def _settled(self, key: str, gone: dict[str, bool]) -> IOOutcome[Sequence[Row]]:
        """Return the rows below a key, in which nothing is to come of processes that are gone.

        A process may write its last after a row was read, and before it is seen to be gone; and a
        server commits what it was sent, also after its sender was killed. The row that was read
        says that a submission was about to be sent, and would be taken for one of which nobody
        knows whether it was. So it is read again, after the last writer.

        Args:
            key: The key.
            gone: Receives which processes were gone before the rows were read.
        """
        last: Sequence[str] = ()

        def work(database: Database) -> Sequence[Row]:
            for attempt in last:
                database.lock(attempt)
            return database.rows(sql.OF_KEY, key)

        while True:
            read = self.run(work, way="write" if last else "read")
            rows = result_of(read).value_or(())
            new = [
                row
                for row in rows
                if row["state"] == "intended" and row["process"] not in {None, *gone}
            ]
            gone.update({row["process"]: is_gone(row["process"]) for row in new})
            last = [row["id"] for row in new if gone[row["process"]]]
            if not last:
                return read

    def release(self, id: str, *, owner: str) -> IOOutcome[None]:  # noqa: A002 - the value's name
        """End the owner's lease: see `Journal`."""

        def work(database: Database) -> None:
            database.lock(id)
            database.run(sql.RELEASE, as_text(id), owner)

        # A lease ends by itself, so it is not worth waiting long for another process's lock.
        return self.run(work, _SHORT)

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

        def work(database: Database) -> None:
            database.lock(id)
            _forget(database, [as_text(id)])

        return self.run(work)

    def note(self, message: str, *, about: str, now: datetime, until: datetime) -> IOOutcome[bool]:
        """Remember that a message came: see `Journal`."""
        name = as_text(message)

        def work(database: Database) -> bool:
            if database.run(sql.NOTE, name, as_text(about), now, until):
                return True
            if not database.is_repeated:
                return False
            (found,) = database.rows(sql.CAME, name)
            return as_time(found["came_at"]) == now

        return self.run(work)

    def noted(self, about: str) -> IOOutcome[datetime | None]:
        """Return when the newest message about a job came: see `Journal`."""
        return self._rows(sql.NOTED, as_text(about)).map(
            lambda rows: None if rows[0]["came_at"] is None else as_time(rows[0]["came_at"])
        )

    def prune(self, before: datetime) -> IOOutcome[int]:
        """Remove the entries that ended before a time: see `Journal`."""

        def work(database: Database) -> int:
            database.lock_all()
            rows = database.rows(sql.PRUNED, before, before, _BATCH)
            ids = {row["id"] for row in rows}
            # A key goes as a whole, all of which has ended.
            if keys := sorted({row["key"] for row in rows} - {None}):
                ids |= {row["id"] for row in database.rows(sql.below(len(keys)), *keys)}
            ended = sorted(ids)
            for first in range(0, len(ended), _BATCH):
                _forget(database, ended[first : first + _BATCH])
            return len(ended)

        total = 0
        while True:
            removed = result_of(self.run(work))
            if failed(removed):
                return IOFailure(removed.failure())
            if not removed.unwrap():
                break
            total += removed.unwrap()
        return self.run(lambda database: database.run(sql.PRUNE_MESSAGES, before)).map(
            lambda _: total
        )

    def _rows(self, query: str, *values: Value) -> IOOutcome[Sequence[Row]]:
        return self.run(lambda database: database.rows(query, *values), way="read")


def _is_anothers(found: Row, owner: str, now: datetime) -> bool:
    """Tell whether another owner has a lease that has not ended."""
    if found["owner"] in {None, owner}:
        return False
    return is_held(found["process"], found["until"], now)


def _forget(database: Database, ids: Sequence[str]) -> None:
    for statement in sql.forget(len(ids)):
        database.run(statement, *ids)


def _put_key(database: Database, entry: JournalEntry) -> None:
    key = entry.generation.key
    if key is not None:
        ending = None if entry.ending is None else entry.ending.to_json()
        database.run(sql.KEY, entry.generation.id, key, ending)
