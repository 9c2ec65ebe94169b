"""The command line's journal: a job stays in it until its video is saved."""

import os
from pathlib import Path

import attrs
import platformdirs
from returns.result import Failure

from ..effects.sqlite_journal import SqliteJournal
from ..outcome import IOOutcome, opened
from ..values.journal_entry import JournalEntry
from .terminal import warn

VARIABLE = "TARASH_JOURNAL"
# Seconds to wait for a write of another process.
_PATIENCE = 30.0


def default_path() -> Path:
    """Return the journal's file: the variable's, else one in the user's state folder."""
    given = os.environ.get(VARIABLE)
    state = platformdirs.user_state_path("tarash-gateway", appauthor=False)
    return Path(given) if given else state / "journal.sqlite3"


class KeptJournal(SqliteJournal):
    """A journal in which a completed job is pending until `saved` is called.

    So it is listed, and can be resumed, when the process ends between the last poll and the end of
    the download.
    """

    def __init__(self, path: Path | str) -> None:
        """Use this file."""
        super().__init__(path, until_saved=True)
        self._completed: JournalEntry | None = None

    def put(self, entry: JournalEntry, *, patience: float = _PATIENCE) -> IOOutcome[None]:
        """Keep the entry: see `Journal`."""
        if entry.state == "completed":
            self._completed = entry
        return super().put(entry, patience=patience)

    def saved(self) -> None:
        """Take note that the user has the video, or its URL."""
        if self._completed is None:
            return
        written = opened(super().put(attrs.evolve(self._completed, unsaved=False)))
        if isinstance(written, Failure):
            # The video is there: a job that is listed once too often is no reason to fail.
            warn([f"{written.failure()}; tarash jobs goes on to list this job"])

    def again(self) -> str | None:
        """Return the command that asks for the completed job's video again, or None."""
        if self._completed is None:
            return None
        return f"tarash resume {self._completed.generation.id} --output FILE"


def default_journal() -> KeptJournal:
    """Return the command line's journal; nothing is opened yet."""
    return KeptJournal(default_path())


def is_kept(generation_id: str) -> bool:
    """Tell whether ``tarash resume`` finds a job."""
    if not default_path().exists():
        return False
    return opened(default_journal().entry(generation_id)).value_or(None) is not None
