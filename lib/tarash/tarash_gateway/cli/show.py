"""Print progress on stderr, and tables on stdout."""

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Final

import attrs
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..catalog.describe import NOTHING, Description, describe
from ..catalog.rows import ModelRow
from ..providers.base import KeyVariables, Provider
from ..running.progress import ProgressCallback
from ..values.journal_entry import JournalEntry
from ..values.response import VideoGenerationUpdate
from .terminal import plain, tell

_FULL: Final = 100.0
# The width of a terminal, in characters, from which a table has all its columns.
_WIDE: Final = 140


def text_of(update: VideoGenerationUpdate) -> str:
    """Return an update as a few words.

    >>> text_of(VideoGenerationUpdate(request_id="1", status="queued", queue_position=3))
    'queued, 3 ahead'
    """
    position = "" if update.queue_position is None else f", {update.queue_position} ahead"
    percent = "" if update.progress_percent is None else f", {update.progress_percent:.0f} %"
    return plain(f"{update.status}{position}{percent}")


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
            bar.update(
                task,
                description=text_of(update),
                total=None if done is None else _FULL,
                completed=done,
            )

        yield show


def _lines() -> ProgressCallback:
    last = ""

    def show(update: VideoGenerationUpdate) -> None:
        nonlocal last
        line = text_of(update)
        if line != last:
            last = line
            tell(line)

    return show


def models(tables: Mapping[str, Mapping[str, ModelRow]]) -> None:
    """Print model tables by provider."""
    console = _console()
    rows = [
        (provider, describe(model, row))
        for provider, rows in tables.items()
        for model, row in rows.items()
    ]
    if console.width < _WIDE:
        table = _table(("model", "takes"))
        for provider, model in rows:
            _add(table, f"{provider} {model.model}", _takes(model))
    else:
        columns = ("model", "duration", "resolution", "aspect ratio", "images", "video", "audio")
        table = _table(("provider", *columns, "also"))
        for provider, model in rows:
            _add(table, provider, *attrs.astuple(model))
    console.print(table)


def _takes(model: Description) -> str:
    """Return the columns of a model as one text, without empty ones."""
    named = (
        ("", model.duration),
        ("", model.resolution),
        ("", model.aspect_ratio),
        ("images: ", model.images),
        ("video: ", model.video),
        ("audio: ", model.audio),
        ("", model.also),
    )
    return "; ".join(f"{name}{text}" for name, text in named if text != NOTHING) or NOTHING


def jobs(entries: Sequence[JournalEntry]) -> None:
    """Print journal entries."""
    console = _console()
    if console.width < _WIDE:
        table = _table(("id", "what"))
        for entry in entries:
            ours, state, provider, model, job, started, prompt = _cells(entry)
            _add(table, ours, f"{state}, {started} UTC\n{provider} {model}\njob {job}\n{prompt}")
    else:
        table = _table(("id", "state", "provider", "model", "job", "started (UTC)", "prompt"))
        for entry in entries:
            _add(table, *_cells(entry))
    console.print(table)


def _cells(entry: JournalEntry) -> tuple[str, ...]:
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


def providers(known: Mapping[str, Provider], found: Mapping[str, str]) -> None:
    """Print the providers, and whether their keys are set, but no keys."""
    table = _table(("provider", "key", "models"))
    for name, provider in known.items():
        _add(table, name, status(provider, found), str(len(provider.models)))
    _console().print(table)


def status(provider: Provider, found: Mapping[str, str]) -> str:
    """Return where a provider's key comes from, what to set, or why the provider is broken."""
    return provider.broken or key_status(provider.keys, found)


def key_status(keys: Sequence[KeyVariables], found: Mapping[str, str]) -> str:
    """Return where a provider's key comes from, or what to set.

    >>> key_status((KeyVariables(names=("FAL_KEY",)),), {"FAL_KEY": "secret"})
    'set (FAL_KEY)'
    """
    if not keys:
        return "not needed"
    for key in keys:
        if all(found.get(name, "").strip() for name in key.names):
            return f"set ({' and '.join(key.names)})"
    return f"missing: set {', or '.join(' and '.join(key.names) for key in keys)}"


def _table(columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for place, column in enumerate(columns):
        # Users copy the names in the first column, so they are not broken over lines.
        table.add_column(column, overflow="fold", no_wrap=place == 0 and column != "model")
    return table


def _add(table: Table, *cells: str) -> None:
    """Add a row of plain text, in which rich reads no markup."""
    table.add_row(*(Text("\n".join(map(plain, cell.split("\n")))) for cell in cells))


def _console() -> Console:
    # A pipe has no width, so tables are not folded for it.
    return Console() if sys.stdout.isatty() else Console(width=200)
