"""The command line's journal, in which a job stays pending until its video is saved."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import attrs
import platformdirs
from returns.result import Failure

from ..effects.database import Database, Way
from ..effects.postgres_journal import PostgresJournal
from ..effects.sql_journal import PATIENCE, SqlJournal
from ..effects.sqlite_journal import SqliteJournal
from ..outcome import IOOutcome, result_of
from ..values.journal_entry import JournalEntry
from .terminal import warn

T = TypeVar("T")
VARIABLE = "TARASH_JOURNAL"
_DATABASES = ("postgresql://", "postgres://")


def default_place() -> Path | str:
    """Return where the journal is: what the variable names, or the user's default file.

    It is the URL of a PostgreSQL database, or a file.
    """
    name = os.environ.get(VARIABLE, "")
    return name if name.startswith(_DATABASES) else default_path()


def default_path() -> Path:
    """Return the journal's file: the one that the variable names, or the user's default."""
    name = os.environ.get(VARIABLE)
    state = platformdirs.user_state_path("tarash-gateway", appauthor=False)
    return Path(name) if name else state / "journal.sqlite3"


@cache
def _database(url: str) -> PostgresJournal:
    # One for all that a command does, because it keeps its connections.
    return PostgresJournal(url, until_saved=True)


class CliJournal(SqlJournal):
    """A journal in which a completed job stays pending until `mark_saved` is called.

    If the process ends between the last poll and the end of the download, the job is still listed
    and can be resumed.
    """

    def __init__(self, place: Path | str) -> None:
        """Use this file, or the database at this URL."""
        url = str(place)
        kept: SqlJournal = (
            _database(url) if url.startswith(_DATABASES) else SqliteJournal(place, until_saved=True)
        )
        super().__init__(kept.name, until_saved=True)
        self._kept = kept
        self._completed: JournalEntry | None = None

    def run(
        self, work: Callable[[Database], T], patience: float = PATIENCE, *, way: Way = "write"
    ) -> IOOutcome[T]:
        """Run a function in one transaction: see `SqlJournal`."""
        return self._kept.run(work, patience, way=way)

    def put(
        self, entry: JournalEntry, *, owner: str | None = None, patience: float = PATIENCE
    ) -> IOOutcome[None]:
        """Store the entry: see `Journal`."""
        if entry.state == "completed":
            self._completed = entry
        return super().put(entry, owner=owner, patience=patience)

    def keyed(self, key: str, *, now: datetime) -> IOOutcome[tuple[JournalEntry, ...]]:
        """Return the entries below a submission key: see `Journal`."""

        def remember(entries: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
            # A video that another call has finished is saved by this one.
            done = (entry for entry in reversed(entries) if entry.state == "completed")
            self._completed = next(done, self._completed)
            return entries

        return super().keyed(key, now=now).map(remember)

    def mark_saved(self) -> None:
        """Record that the user has the video or its URL."""
        if self._completed is None:
            return
        outcome = result_of(super().put(attrs.evolve(self._completed, unsaved=False)))
        if isinstance(outcome, Failure):
            # The user has the video, so a job that is still listed is not a failure.
            warn([f"{outcome.failure()}; tarash jobs will still list this job"])

    def mark_job_saved(self, generation_id: str) -> None:
        """Record that the user has the video of one of several jobs."""
        entry = result_of(self.entry(generation_id)).value_or(None)
        if entry is None:
            return
        outcome = result_of(super().put(attrs.evolve(entry, unsaved=False)))
        if isinstance(outcome, Failure):
            warn([f"{outcome.failure()}; tarash jobs will still list this job"])

    def resume_command(self) -> str | None:
        """Return the command that fetches the completed job's video again, or None."""
        if self._completed is None:
            return None
        return f"tarash resume {self._completed.generation.id} --output FILE"


def default_journal() -> CliJournal:
    """Return the command line's journal, which is not opened yet."""
    return CliJournal(default_place())


def is_in_journal(generation_id: str) -> bool:
    """Tell whether ``tarash resume`` would find a job."""
    place = default_place()
    if isinstance(place, Path) and not place.exists():
        return False
    return bool(result_of(CliJournal(place).entry(generation_id)).value_or(None))
