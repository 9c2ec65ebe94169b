"""Show progress on stderr, and print tables on stdout."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ..display.bars import video_bar
from ..running.progress import ProgressCallback
from ..values.journal_entry import JournalEntry
from ..values.moments import in_utc
from . import tables
from .tables import Row, Stack
from .terminal import plain


@contextmanager
def progress(monotonic: Callable[[], float]) -> Iterator[ProgressCallback]:
    """Yield a callback that shows a bar on a terminal, and prints lines elsewhere.

    Args:
        monotonic: Returns seconds on a clock that never goes back.
    """
    bar = video_bar(monotonic)
    try:
        yield bar.show
    finally:
        # The command prints on stdout where the video is.
        bar.close()


def jobs(entries: Sequence[JournalEntry]) -> None:
    """Print journal entries."""
    columns = ("id", "state", "provider", "model", "job", "started", "prompt")
    tables.show(columns, map(_cells, entries), _what)


def _what(  # noqa: PLR0913, PLR0917 - one for each column
    ours: str, state: str, provider: str, model: str, job: str, started: str, prompt: str
) -> Stack:
    return Stack(ours, (f"{state}, {started}", f"{provider} {model}", f"job {job}", prompt))


def _cells(entry: JournalEntry) -> Row:
    job = entry.generation
    marks = (entry.state, "unsaved" if entry.unsaved else "", "in use" if entry.in_use else "")
    return (
        job.id,
        ", ".join(mark for mark in marks if mark),
        job.provider,
        job.model,
        job.request_id or "-",
        in_utc(job.started_at),
        textwrap.shorten(plain(job.request.prompt), 40, placeholder="..."),
    )


def reconciled(rows: Sequence[Row]) -> None:
    """Print what became of unknown submissions."""
    columns = ("id", "answer", "job", "why", "what to do next")
    tables.show(columns, rows, _answer)


def _answer(ours: str, answer: str, job: str, why: str, following: str) -> Stack:
    return Stack(ours, (f"{answer}, job {job}", why, following))
