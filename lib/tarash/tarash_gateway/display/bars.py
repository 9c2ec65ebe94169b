"""The row of a generation, and the row of a batch."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import attrs

from ..values.response import VideoGenerationResponse, VideoGenerationUpdate
from .plain_text import plain
from .screens import Row, screen
from .words import Pace, clock_face, duration, place_of, step_of, text_of

# Returns seconds on a clock that never goes back.
Monotonic: TypeAlias = Callable[[], float]

_FULL: Final = 100.0
# Characters of a name and its colon in a terminal.
_NARROW: Final = 14


@attrs.define(eq=False)
class VideoBar:
    """Shows one generation from its beginning to the place of its video."""

    _row: Row
    _elapsed: Callable[[], float]
    _job: str = attrs.field(default="", init=False)
    _is_named: bool = attrs.field(default=False, init=False)

    def show(self, update: VideoGenerationUpdate) -> None:
        """Show an update; without a bar, print it if it brings news."""
        self._job = update.request_id
        text, name, done = text_of(update), self._name(), update.progress_percent
        # A row of a terminal is narrow, and the end of an id is what differs.
        short = name if len(name) <= _NARROW else f"...{name[-_NARROW:]}"
        self._row.show(f"{short}{text}", done=done, total=None if done is None else _FULL)
        if not self._row.has_bar:
            self._row.note(f"{name}{text} ({duration(self._elapsed())})", step=step_of(update))

    def close(self, response: VideoGenerationResponse | None = None) -> None:
        """Remove the bar, and print where the video is, if there is one."""
        took = f"{self._name()}finished in {duration(self._elapsed())}"
        self._row.close(None if response is None else f"{took}: {place_of(response)}")

    def _name(self) -> str:
        """Return what tells this call from the others that are shown at the same time."""
        # Once it was needed, it stays: a log is read later.
        self._is_named = self._is_named or not self._row.is_alone
        return f"{plain(self._job)}: " if self._is_named and self._job else ""


def video_bar(monotonic: Monotonic) -> VideoBar:
    """Begin to show a generation."""
    elapsed = _since(monotonic)
    return VideoBar(screen().open("submitting", lambda: clock_face(elapsed())), elapsed)


@attrs.define(eq=False)
class BatchBar:
    """Shows how a batch goes: one bar for all of it, or a line for each video that ended."""

    _pace: Pace
    _elapsed: Callable[[], float]
    _row: Row = attrs.field(init=False)
    _told: set[str] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin to show it."""
        self._row = screen().open(self._pace.counts, lambda: self._pace.rate)
        self._show(self._pace)

    def begin(self) -> None:
        """Count a video that is being worked on."""
        self._show(attrs.evolve(self._pace, running=self._pace.running + 1))

    def end(self, name: str, words: str, *, done: bool) -> None:
        """Tell what became of a video.

        Args:
            name: What it is called.
            words: Where the video is, or why there is no video.
            done: Whether there is one.
        """
        pace = self._pace
        self._show(
            attrs.evolve(
                pace,
                ended=pace.ended + 1,
                failed=pace.failed + (not done),
                running=pace.running - 1,
            )
        )
        line = f"{name}: {words if done else f'error: {words}'}"
        if not self._row.has_bar:
            rate = f" ({self._pace.rate})" if self._pace.rate else ""
            self._row.print(f"{self._pace.place} {line}{rate}")
        elif not done and words not in self._told:
            # A reason is told once: hundreds of videos may fail for the same one.
            self._told.add(words)
            self._row.print(line)

    def close(self, *, summary: bool = True) -> None:
        """Remove the bar, and print how many videos there are, with ``summary``."""
        last = f"{self._pace.result} in {duration(self._elapsed())}"
        self._row.close(last if summary else None)

    def _show(self, pace: Pace) -> None:
        self._pace = attrs.evolve(pace, seconds=self._elapsed())
        self._row.show(self._pace.counts, done=pace.ended, total=pace.total)


def batch_bar(monotonic: Monotonic, total: int | None) -> BatchBar:
    """Begin to show a batch of so many videos; None if their number is not known."""
    return BatchBar(Pace(total=total), _since(monotonic))


def _since(monotonic: Monotonic) -> Callable[[], float]:
    began = monotonic()
    return partial(_difference, monotonic, began)


def _difference(monotonic: Monotonic, began: float) -> float:
    return monotonic() - began
