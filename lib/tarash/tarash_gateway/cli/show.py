"""Print progress on stderr, and tables on stdout."""

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ..running.progress import ProgressCallback
from ..values.journal_entry import JournalEntry
from ..values.response import VideoGenerationUpdate
from . import tables
from .tables import Row, Stack
from .terminal import plain, tell

_FULL: Final = 100.0
_MEGABYTE: Final = 10**6
_LARGE: Final = 100 * _MEGABYTE


def text_of(update: VideoGenerationUpdate) -> str:
    """Return an update as a few words.

    >>> text_of(VideoGenerationUpdate(request_id="1", status="queued", queue_position=3))
    'queued, 3 ahead'
    >>> half = {"request_id": "1", "status": "queued", "progress_percent": 50.0}
    >>> text_of(VideoGenerationUpdate(**half, stage="uploading"))
    'uploading, 50 %'
    >>> text_of(
    ...     VideoGenerationUpdate(
    ...         request_id="1",
    ...         status="completed",
    ...         stage="downloading",
    ...         update={"bytes": 1_500_000, "size": 250_000_000},
    ...     )
    ... )
    'downloading 1.5 of 250 MB'
    """
    if update.stage == "downloading":
        size = update.update.get("size")
        whole = "" if size is None else f" of {_megabytes(size)}"
        return f"downloading {_megabytes(update.update.get('bytes', 0))}{whole} MB"
    position = "" if update.queue_position is None else f", {update.queue_position} ahead"
    percent = "" if update.progress_percent is None else f", {update.progress_percent:.0f} %"
    what = "uploading" if update.stage == "uploading" else update.status
    return plain(f"{what}{position}{percent}")


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f}" if size < _LARGE else f"{size / _MEGABYTE:.0f}"


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """Yield a callback that shows a bar on a terminal, and prints lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    # Texts of others may contain brackets, which rich must not read as markup.
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("submitting", total=None)

        def show(update: VideoGenerationUpdate) -> None:
            done = update.progress_percent
            total = None if done is None else _FULL
            bar.update(task, description=text_of(update), total=total, completed=done)

        yield show


def _lines() -> ProgressCallback:
    last: object = ""

    def show(update: VideoGenerationUpdate) -> None:
        nonlocal last
        line = text_of(update)
        # A log shows a download in steps of ten percent.
        step = line if update.stage != "downloading" else _tens(update)
        if step != last:
            last = step
            tell(line)

    return show


def _tens(update: VideoGenerationUpdate) -> int:
    return int((update.progress_percent or 0.0) // 10)


def jobs(entries: Sequence[JournalEntry]) -> None:
    """Print journal entries."""
    columns = ("id", "state", "provider", "model", "job", "started (UTC)", "prompt")
    tables.show(columns, map(_cells, entries), _what)


def _what(  # noqa: PLR0913, PLR0917 - one for each column
    ours: str, state: str, provider: str, model: str, job: str, started: str, prompt: str
) -> Stack:
    return Stack(ours, (f"{state}, {started} UTC", f"{provider} {model}", f"job {job}", prompt))


def _cells(entry: JournalEntry) -> Row:
    job = entry.generation
    marks = (entry.state, "unsaved" if entry.unsaved else "", "in use" if entry.in_use else "")
    return (
        job.id,
        ", ".join(mark for mark in marks if mark),
        job.provider,
        job.model,
        job.request_id or "-",
        f"{job.started_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        textwrap.shorten(plain(job.request.prompt), 40, placeholder="..."),
    )


def reconciled(rows: Sequence[Row]) -> None:
    """Print what became of unknown submissions."""
    columns = ("id", "answer", "job", "why", "what to do next")
    tables.show(columns, rows, _answer)


def _answer(ours: str, answer: str, job: str, why: str, following: str) -> Stack:
    return Stack(ours, (f"{answer}, job {job}", why, following))
