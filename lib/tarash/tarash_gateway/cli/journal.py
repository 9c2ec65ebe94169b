"""The command line's journal, in which a job stays pending until its video is saved."""

import os
from datetime import datetime
from pathlib import Path

import attrs
import platformdirs
from returns.result import Failure

from ..effects.sqlite_journal import SqliteJournal
from ..outcome import IOOutcome, result_of
from ..values.journal_entry import JournalEntry
from .terminal import warn

VARIABLE = "TARASH_JOURNAL"
# Seconds to wait for a write of another process.
_PATIENCE = 30.0


def default_path() -> Path:
    """Return the journal's file: the one that the variable names, or the user's default."""
    name = os.environ.get(VARIABLE)
    state = platformdirs.user_state_path("tarash-gateway", appauthor=False)
    return Path(name) if name else state / "journal.sqlite3"


class CliJournal(SqliteJournal):
    """A journal in which a completed job stays pending until `mark_saved` is called.

    If the process ends between the last poll and the end of the download, the job is still listed
    and can be resumed.
    """

    def __init__(self, path: Path | str) -> None:
        """Use this file."""
        super().__init__(path, until_saved=True)
        self._completed: JournalEntry | None = None

    def put(
        self, entry: JournalEntry, *, owner: str | None = None, patience: float = _PATIENCE
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
    return CliJournal(default_path())


def is_in_journal(generation_id: str) -> bool:
    """Tell whether ``tarash resume`` would find a job."""
    journal = default_journal()
    return default_path().exists() and bool(result_of(journal.entry(generation_id)).value_or(None))
