"""Where the calls of a process show how they are going: one screen, with a row for each call."""

import importlib.util
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import attrs

from .. import _later
from .plain_text import plain

if TYPE_CHECKING:
    from rich.progress import TaskID

    from . import live_bars
else:
    # Rich is in an extra, and takes longer to load than a verb.
    (live_bars,) = _later.modules(__package__, ".live_bars")


# Rows that are drawn at once when one of them changes; drawing hundreds takes its time.
_FEW: Final = 8


def tell(text: object) -> None:
    """Print a line on stderr, if there is one: a program without a console has none."""
    with suppress(OSError, ValueError, AttributeError):
        # One write, so that lines of several threads are not mixed.
        sys.stderr.write(f"{plain(text)}\n")
        sys.stderr.flush()


@attrs.define(eq=False)
class Row:
    """What one call shows: a bar, or lines where there is no terminal."""

    _screen: "Screen"
    _bars: "live_bars.LiveBars | None"
    _bar: "TaskID | None"
    _step: object = attrs.field(default=None, init=False)
    _is_open: bool = attrs.field(default=True, init=False)

    @property
    def has_bar(self) -> bool:
        """Whether it is a bar; otherwise it is lines."""
        return self._bars is not None

    @property
    def is_alone(self) -> bool:
        """Whether no other call shows anything now."""
        return self._screen.rows == 1

    def show(self, text: str, *, done: float | None, total: float | None) -> None:
        """Show how far the bar is; nothing without a bar."""
        if self._bars is not None and self._bar is not None and self._is_open:
            few = self._screen.rows <= _FEW
            self._bars.update(self._bar, text, done, total, at_once=few)

    def note(self, line: str, *, step: object) -> None:
        """Print a line, if this ``step`` is another one than that of the last line."""
        if step != self._step:
            self._step = step
            self.print(line)

    def print(self, line: str) -> None:
        """Print a line: above the bars, if there are any."""
        self._screen.print(line)

    def close(self, last: str | None = None) -> None:
        """Remove the bar, and print a last line."""
        if self._is_open:
            self._is_open = False
            self._screen.leave(self._bar, last)


class Screen:
    """The rows of this process. Threads and event loops may share it."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.rows = 0
        self._lock = threading.RLock()
        self._bars: live_bars.LiveBars | None = None

    def open(self, text: str, tail: Callable[[], str]) -> Row:
        """Return a new row.

        Args:
            text: What its bar says until it is moved.
            tail: Returns what is written behind its bar, each time it is drawn.
        """
        with self._lock:
            if not self.rows:
                self._bars = _new_bars()
            bar = None if self._bars is None else self._bars.add(text, tail)
            self.rows += 1
            return Row(self, self._bars, bar)

    def print(self, line: str) -> None:
        """Print a line: above the bars, if there are any."""
        # While bars are removed, the cursor moves over the lines below them.
        with self._lock:
            if self._bars is None:
                tell(line)
            else:
                self._bars.print(plain(line))

    def leave(self, bar: "TaskID | None", last: str | None) -> None:
        """Remove a row, and with the last one the bars; then print a last line."""
        with self._lock:
            self.rows -= 1
            if self._bars is not None and not self.rows:
                # Bars without a row would leave the cursor a line too high.
                bars, self._bars = self._bars, None
                bars.stop()
            elif self._bars is not None and bar is not None:
                self._bars.remove(bar)
            if last is not None:
                self.print(last)


def _new_bars() -> "live_bars.LiveBars | None":
    if not sys.stderr or importlib.util.find_spec("rich") is None:
        return None
    console = live_bars.console_of(sys.stderr)
    return None if console is None else live_bars.LiveBars(console)


def screen() -> Screen:
    """Return the screen of this process; a forked child has its own."""
    return _screen_of(os.getpid())


@lru_cache(maxsize=1)
def _screen_of(_process: int) -> Screen:
    return Screen()
