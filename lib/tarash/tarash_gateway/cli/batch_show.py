"""What a batch shows: a line or a bar while it runs, and a table at the end."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Final, Literal, TypeAlias

import attrs
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from . import tables
from .plans import Plans, some
from .tables import Row, Stack
from .terminal import plain, say_json, tell

Fate: TypeAlias = Literal["done", "there", "failed", "unsaved", "paid", "open", "stopped"]

_TITLES: Final[dict[Fate, str]] = {
    "done": "done",
    "there": "already there",
    "failed": "failed",
    "unsaved": "made, not saved",
    "paid": "may have been paid",
    "open": "goes on",
    "stopped": "nothing was sent",
}
_EACH: Final = ("row", "state", "file or reason")
# All rows that cost money and brought no file are named.
_PAID: Final = frozenset({"unsaved", "paid", "open"})
_MINUTE: Final = 60.0
_HOUR: Final = 3600.0


@attrs.frozen(kw_only=True)
class Told:
    """What became of one row.

    Attributes:
        name: What the row is called.
        fate: What became of it.
        words: Its file, or why there is none.
    """

    name: str
    fate: Fate
    words: str


@attrs.frozen(kw_only=True)
class Pace:
    """How fast a batch is.

    Attributes:
        total: Rows to work on.
        ended: Rows that came to an end.
        failed: Those of them without a video.
        running: Rows that are being worked on.
        seconds: Seconds since the first one began.
    """

    total: int
    ended: int = 0
    failed: int = 0
    running: int = 0
    seconds: float = 0.0

    @property
    def counts(self) -> str:
        """The counts in words.

        >>> Pace(total=100, ended=12, failed=1, running=8).counts
        '12 of 100, 1 failed, 8 running'
        """
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.ended} of {self.total}{failed}, {self.running} running"

    @property
    def rate(self) -> str:
        """The rate and the time left in words, as far as they can be told.

        >>> Pace(total=100, ended=12, seconds=240).rate
        '3.0 a minute, 29 min left'
        >>> Pace(total=100).rate
        ''
        """
        if not self.ended or self.seconds <= 0:
            return ""
        rate = self.ended / self.seconds
        left = _duration((self.total - self.ended) / rate)
        return f"{_rate(rate * _MINUTE)}, {left} left" if self.ended < self.total else ""


def _rate(a_minute: float) -> str:
    return (
        f"{a_minute:.1f} a minute" if a_minute < _MINUTE else f"{a_minute / _MINUTE:.1f} a second"
    )


def _duration(seconds: float) -> str:
    """Return seconds in words.

    >>> [_duration(each) for each in (8.2, 90, 5400)]
    ['8 s', '2 min', '1 h 30 min']
    """
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"


@attrs.define(eq=False)
class Board:
    """Shows how a batch goes: a bar on a terminal, a line for each row elsewhere."""

    _bar: Progress | None
    _pace: Pace
    _began: float = attrs.field(factory=monotonic, init=False)
    _told: set[str] = attrs.field(factory=set, init=False)

    def begin(self) -> None:
        """Count a row that is being worked on."""
        self._show(attrs.evolve(self._pace, running=self._pace.running + 1))

    def end(self, told: Told) -> None:
        """Tell what became of a row."""
        pace = self._pace
        self._show(
            attrs.evolve(
                pace,
                ended=pace.ended + 1,
                failed=pace.failed + (told.fate != "done"),
                running=pace.running - 1,
            )
        )
        line = f"{told.name}: {told.words if told.fate == 'done' else f'error: {told.words}'}"
        if self._bar is None:
            rate = f" ({self._pace.rate})" if self._pace.rate else ""
            tell(f"{self._pace.ended}/{self._pace.total} {line}{rate}")
        elif told.fate != "done" and told.words not in self._told:
            # The table at the end has all rows of a reason. A Text has no markup, whatever the
            # words of others contain.
            self._told.add(told.words)
            self._bar.console.print(Text(plain(line)))

    def _show(self, pace: Pace) -> None:
        self._pace = attrs.evolve(pace, seconds=monotonic() - self._began)
        if self._bar is not None:
            self._bar.update(
                self._bar.task_ids[0],
                completed=pace.ended,
                counts=self._pace.counts,
                rate=self._pace.rate,
            )


@contextmanager
def board(total: int) -> Iterator[Board]:
    """Yield the board of a batch of so many rows."""
    console = Console(stderr=True)
    pace = Pace(total=total)
    if not console.is_terminal:
        yield Board(None, pace)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[rate]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        bar.add_task("", total=total, counts=pace.counts, rate="")
        yield Board(bar, pace)


def summary(told: Sequence[Told], folder: str, *, rest: int) -> None:
    """Print what became of all rows; ``rest`` of them were never begun.

    A terminal gets the counts and the reasons, a pipe a line for each row.
    """
    if not sys.stdout.isatty():
        tables.show(_EACH, [(one.name, _TITLES[one.fate], one.words) for one in told])
        if rest:
            tell(f"{rest} never begun")
        return
    rows = grouped(told, folder)
    _print([*rows, (str(rest), "never begun", "")] if rest else rows)


def grouped(told: Sequence[Told], folder: str) -> list[Row]:
    """Return what became of all rows, by fate and reason: how many, what, and which."""
    return [
        (str(len(names)), title, _line(fate, words, names))
        for fate, title in _TITLES.items()
        for words, names in _reasons(told, fate, folder)
    ]


def _reasons(told: Sequence[Told], fate: Fate, folder: str) -> list[tuple[str, list[str]]]:
    """Return the reasons of a fate, the most frequent first, with the rows of each."""
    groups: dict[str, list[str]] = {}
    for one in told:
        if one.fate != fate:
            continue
        if fate == "open":
            groups.setdefault("", []).append(f"{one.name} ({one.words})")
        else:
            words = f"in {folder}" if fate in {"done", "there"} else one.words
            groups.setdefault(words, []).append(one.name)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _line(fate: Fate, words: str, names: Sequence[str]) -> str:
    if fate in {"done", "there"}:
        return plain(words)
    shown = ", ".join(names) if fate in _PAID else some(names)
    return plain(f"{shown}: {words}" if words else shown)


def plans(found: Plans, *, as_json: bool) -> None:
    """Print what a batch would make."""
    if as_json:
        bad = [str(row) for row in found.bad]
        say_json({"to_make": list(found.lines.values()), "there": found.there, "unusable": bad})
        return
    if not sys.stdout.isatty():
        tables.show(
            _EACH[:2],
            [
                *((name, "to make") for name in found.lines.values()),
                *((name, "already there") for name in found.there),
                *((f"line {row.line}", "bad") for row in found.bad),
            ],
        )
        return
    bad = [f"line {row.line}" for row in found.bad]
    groups = (("to make", list(found.lines.values())), ("already there", found.there), ("bad", bad))
    _print((str(len(names)), title, some(names)) for title, names in groups if names)


def _print(rows: Iterable[Row]) -> None:
    tables.show(("rows", "state", "which"), rows, _stack)


def _stack(count: str, title: str, which: str) -> Stack:
    return Stack(f"{count} {title}", (which,))
