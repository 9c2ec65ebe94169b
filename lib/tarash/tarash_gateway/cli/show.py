"""What the command line prints: progress on stderr, results on stdout."""

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import attrs
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..describe import described
from ..journaling import JournalEntry
from ..listening import ProgressCallback
from ..providers.base import KeyVariables, Provider
from ..response import VideoGenerationUpdate
from ..rows import ModelRow

_FULL = 100.0


def text_of(update: VideoGenerationUpdate) -> str:
    """Return an update as a few words.

    >>> text_of(VideoGenerationUpdate(request_id="1", status="queued", queue_position=3))
    'queued, 3 ahead'
    """
    position = "" if update.queue_position is None else f", {update.queue_position} ahead"
    percent = "" if update.progress_percent is None else f", {update.progress_percent:.0f} %"
    return f"{update.status}{position}{percent}"


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """Yield a callback that shows a bar on a terminal, and lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
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
    told: list[str] = []

    def show(update: VideoGenerationUpdate) -> None:
        line = text_of(update)
        if told[-1:] != [line]:
            told.append(line)
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    return show


def warn(warnings: Sequence[str]) -> None:
    """Print what the caller should know."""
    for warning in warnings:
        sys.stderr.write(f"warning: {warning}\n")


def models(tables: Mapping[str, Mapping[str, ModelRow]]) -> None:
    """Print model tables by provider."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("provider", no_wrap=True)
    table.add_column("model", overflow="fold")
    for column in ("duration", "resolution", "aspect ratio", "images", "video", "audio", "also"):
        table.add_column(column, overflow="fold")
    for provider, rows in tables.items():
        for model, row in rows.items():
            table.add_row(provider, *attrs.astuple(described(model, row)))
    _console().print(table)


def jobs(entries: Sequence[JournalEntry]) -> None:
    """Print journal entries."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("id", "state", "provider", "model", "job", "started", "prompt"):
        table.add_column(column, overflow="fold")
    for entry in entries:
        kept = entry.generation
        table.add_row(
            kept.id,
            entry.state,
            kept.provider,
            kept.model,
            kept.request_id or "-",
            f"{kept.started_at:%Y-%m-%d %H:%M}",
            textwrap.shorten(kept.request.prompt, 40),
        )
    _console().print(table)


def providers(known: Mapping[str, Provider], found: Mapping[str, str]) -> None:
    """Print the providers, and whether their keys are set; never a key."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("provider", "key", "models"):
        table.add_column(column)
    for name, provider in known.items():
        table.add_row(name, key_status(provider.keys, found), str(len(provider.models)))
    _console().print(table)


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


def _console() -> Console:
    # A pipe has no width: a table is not folded for it.
    return Console() if sys.stdout.isatty() else Console(width=200)
