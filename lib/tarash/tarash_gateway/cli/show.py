"""Show progress on stderr, and print tables on stdout."""

import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from itertools import starmap
from typing import Final, TypeAlias

import attrs
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..catalog.describe import NOTHING, describe
from ..catalog.rows import ModelRow
from ..display.bars import video_bar
from ..providers.base import Provider
from ..running.progress import ProgressCallback
from ..values.journal_entry import JournalEntry
from .terminal import plain

Row: TypeAlias = tuple[str, ...]

# The width of a terminal, in characters, from which a table has all its columns.
_WIDE: Final = 140


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


def models(tables: Mapping[str, Mapping[str, ModelRow]]) -> None:
    """Print model tables by provider."""
    columns = ("duration", "resolution", "aspect ratio", "images", "video", "audio", "also")
    rows = [
        (provider, *attrs.astuple(describe(model, row)))
        for provider, rows in tables.items()
        for model, row in rows.items()
    ]
    _print_table(("provider", "model", *columns), rows, ("model", "takes"), _takes)


def _takes(provider: str, model: str, *texts: str) -> Row:
    """Return the columns of a model as two: its name, and all the others that are not empty."""
    names = ("", "", "", "images: ", "video: ", "audio: ", "")
    named = (f"{name}{text}" for name, text in zip(names, texts, strict=True) if text != NOTHING)
    return f"{provider} {model}", "; ".join(named) or NOTHING


def jobs(entries: Sequence[JournalEntry]) -> None:
    """Print journal entries."""
    columns = ("id", "state", "provider", "model", "job", "started (UTC)", "prompt")
    _print_table(columns, map(_cells, entries), ("id", "what"), _what)


def _what(  # noqa: PLR0913, PLR0917 - one for each column
    ours: str, state: str, provider: str, model: str, job: str, started: str, prompt: str
) -> Row:
    return ours, f"{state}, {started} UTC\n{provider} {model}\njob {job}\n{prompt}"


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
    _print_table(columns, rows, ("id", "answer"), _answer)


def _answer(ours: str, answer: str, job: str, why: str, following: str) -> Row:
    return ours, f"{answer}, job {job}\n{why}\n{following}"


def providers(known: Mapping[str, Provider], found: Mapping[str, str]) -> None:
    """Print the providers, and whether their keys are set, but no keys."""
    rows = [(name, status(p, found), str(len(p.models))) for name, p in known.items()]
    _print_table(("provider", "key", "models"), rows)


def status(provider: Provider, found: Mapping[str, str]) -> str:
    """Return where a provider's key comes from, what to set, or why the provider is broken.

    >>> from tarash.tarash_gateway.providers.fal import PROVIDER
    >>> status(PROVIDER, {"FAL_KEY": "secret"})
    'set (FAL_KEY)'
    """
    if provider.broken or not provider.keys:
        return provider.broken or "not needed"
    for key in provider.keys:
        if all(found.get(name, "").strip() for name in key.names):
            return f"set ({' and '.join(key.names)})"
    return f"missing: set {', or '.join(' and '.join(key.names) for key in provider.keys)}"


def table_console() -> Console:
    """Return where tables are printed: a pipe has no width, so they are not folded for it."""
    return Console() if sys.stdout.isatty() else Console(width=200)


def _print_table(
    columns: Sequence[str],
    rows: Iterable[Row],
    narrow: Sequence[str] = (),
    shorten: Callable[..., Row] | None = None,
) -> None:
    """Print rows of text; on a narrow terminal, the columns that ``shorten`` makes of each."""
    console = table_console()
    if shorten is not None and console.width < _WIDE:
        columns, rows = narrow, starmap(shorten, rows)
    table = Table(box=box.SIMPLE, pad_edge=False)
    for place, column in enumerate(columns):
        # Users copy the names in the first column, so they are not broken over lines.
        table.add_column(column, overflow="fold", no_wrap=place == 0 and column != "model")
    for row in rows:
        # Rich reads no markup in a Text.
        table.add_row(*(Text("\n".join(map(plain, cell.split("\n")))) for cell in row))
    console.print(table)
