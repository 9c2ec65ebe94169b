"""What a video file is, by its own bytes."""

from typing import Final, Literal, TypeAlias

import attrs
from returns.result import Failure, Success

from ..outcome import Outcome
from .pieces import BrokenError, MissingError, Pieces, Wanted, unreadable

_ABSURD: Final = 1e9
Presence: TypeAlias = Literal["present", "absent", "unknown"]


@attrs.frozen(kw_only=True)
class VideoFacts:
    """What a video file says about its picture and its sound.

    Attributes:
        width: Pixels across, as shown: a rotation of 90 degrees is applied.
        height: Pixels down, as shown.
        seconds: How long the picture plays, edit lists applied; None if the file does not say.
        fps: Frames a second, on average; None if the file does not say.
        codec: Such as ``"h264"``, ``"h265"``, ``"av1"``, ``"vp9"``, else the file's own name of it.
        audio: Whether it has a sound track.
        manifest: Whether it has a box for a C2PA manifest. Nothing is verified.
    """

    width: int
    height: int
    seconds: float | None = None
    fps: float | None = None
    codec: str | None = None
    audio: bool = False
    manifest: Presence = "unknown"


def examine(pieces: Pieces) -> Outcome[VideoFacts | Wanted]:
    """Return what a file is, or the bytes that are needed to tell.

    It is total: arbitrary bytes give facts, a wish or an error. What a file whose budget is used
    up has not said by then is None or ``"unknown"``.

    Errors:
        UnexpectedReplyError: The file is not a video in MP4, MOV, WebM or Matroska, or it is
            damaged, or its head does not fit into the budget.
    """
    from . import mp4, webm  # noqa: PLC0415 - most calls never measure a file

    try:
        head = pieces.read(0, 12)
        reader = webm.facts if head[:4] == webm.EBML else mp4.facts
        found = reader(pieces)
    except MissingError as missing:
        wanted = pieces.wanted(missing)
        if wanted is None:
            return Failure(unreadable(f"its head does not fit into {pieces.budget} bytes"))
        return Success(wanted)
    except BrokenError:
        return Failure(unreadable("it is damaged, or of another format"))
    if isinstance(found, VideoFacts) and not (found.width and found.height):
        return Failure(unreadable("it has no picture"))
    if isinstance(found, VideoFacts):
        found = attrs.evolve(found, seconds=_sane(found.seconds), fps=_sane(found.fps))
    return Success(found)


def _sane(value: float | None) -> float | None:
    """Return a number that a file can mean: damaged ones say nothing."""
    return value if value is not None and 0 < value < _ABSURD else None
