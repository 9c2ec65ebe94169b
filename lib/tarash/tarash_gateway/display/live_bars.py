"""Bars in a terminal or a notebook, drawn by rich: this module is imported where rich is."""

import importlib.util
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import IO, Any, Final, TextIO, TypeVar, cast

from rich.console import Console
from rich.file_proxy import FileProxy
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

T = TypeVar("T")

# Seconds between two drawings of the bars.
_PAUSE: Final = 0.1
# Returns what is written behind a bar, such as the time since its beginning.
Tail = Callable[[], str]


class _Stream:
    """A stream that loses what it cannot write: a closed terminal must not end a generation."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        # An ASCII terminal cannot show every name of a file.
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        with suppress(OSError, ValueError):
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class _TailColumn(ProgressColumn):
    """What a task has behind its bar."""

    def render(self, task: Task) -> Text:
        tail: Tail = task.fields["tail"]
        return Text(tail())


# Draws and prints: the cursor must not move between the two halves of another movement. Rich's own
# thread draws while others print, and a line is lost now and then.
DRAWING: Final = threading.RLock()


class _Console(Console):
    """A console on which one thread prints at a time, whoever prints."""

    def print(self, *objects: Any, **options: Any) -> None:
        with DRAWING:
            super().print(*objects, **options)


def console_of(stream: IO[str]) -> Console | None:
    """Return the console on which bars can be drawn, or None where lines are better."""
    # Somebody else's live display: what is written is printed above it.
    if isinstance(stream, FileProxy):
        return None
    console = _Console(file=cast("TextIO", _Stream(stream)))
    if console.is_jupyter:
        return console if importlib.util.find_spec("ipywidgets") else None
    # FORCE_COLOR makes a terminal of the log of a build, for rich.
    fits = console.is_terminal and not console.is_dumb_terminal and stream.isatty()
    return console if fits else None


class LiveBars:
    """The bars of this process, one below the other, until each of them was removed."""

    def __init__(self, console: Console) -> None:
        """Begin to draw: nothing, until there is a bar."""
        # Texts of others may contain brackets, which rich must not read as markup.
        self._progress = Progress(
            SpinnerColumn("line" if console.options.ascii_only else "dots"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            _TailColumn(),
            console=console,
            transient=True,
            expand=True,
            auto_refresh=False,
            # What the program prints in the meantime appears above the bars; the output of a
            # program into a file or a pipe is never touched.
            redirect_stdout=bool(sys.stdout) and sys.stdout.isatty(),
        )
        # A notebook knows by its context which cell an output belongs to. Threads have another one:
        # what they draw would make the rest of the cell a part of the bar, which vanishes.
        self._context = copy_context()
        self._is_over = threading.Event()
        _SHOWN.add(self)
        self._draw(self._progress.start)
        threading.Thread(target=self._redraw, name="tarash-bars", daemon=True).start()

    def _redraw(self) -> None:
        while not self._is_over.wait(_PAUSE):
            with DRAWING:
                if not self._is_over.is_set():
                    self._draw(self._progress.refresh)

    def _draw(self, drawing: Callable[[], T]) -> T:
        with DRAWING:
            # A context is entered by one call at a time, and a drawing may print.
            return self._context.copy().run(drawing)

    def add(self, text: str, tail: Tail) -> TaskID:
        """Add a bar, and return its name."""
        return self._draw(partial(self._progress.add_task, text, total=None, tail=tail))

    def update(
        self, bar: TaskID, text: str, done: float | None, total: float | None, *, at_once: bool
    ) -> None:
        """Show how far it is: at once, or with the next drawing."""
        update = partial(self._progress.update, bar, description=text, completed=done, total=total)
        self._draw(partial(update, refresh=at_once))

    def remove(self, bar: TaskID) -> None:
        """Remove a bar."""
        self._draw(partial(self._progress.remove_task, bar))

    def print(self, line: str) -> None:
        """Print a line above the bars; a long one is not broken, so that it can be copied."""
        # A Text has no markup, whatever the words of others contain.
        self._draw(partial(self._progress.console.print, Text(line), soft_wrap=True))

    def stop(self) -> None:
        """Leave the terminal as it was."""
        _SHOWN.discard(self)
        with DRAWING:
            self._is_over.set()
            self._draw(self._progress.stop)


_SHOWN: Final[set[LiveBars]] = set()


def _leave_bars_to_parent() -> None:
    """Give a forked child its own streams: nobody moves the bars in it."""
    DRAWING.release()
    if not _SHOWN:
        return
    _SHOWN.clear()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, FileProxy):
            setattr(sys, name, stream.rich_proxied_file)


if hasattr(os, "register_at_fork"):
    # A child has no thread that would give the lock back.
    os.register_at_fork(
        before=DRAWING.acquire,
        after_in_parent=DRAWING.release,
        after_in_child=_leave_bars_to_parent,
    )
