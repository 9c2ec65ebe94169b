"""What a video file is, or which of its bytes tell."""

from typing import Final

import attrs
from returns.result import Failure, Success

from ..outcome import Outcome
from . import mp4, webm
from .facts import VideoFacts
from .pieces import BrokenError, MissingError, Pieces, Wanted, unreadable

_ABSURD: Final = 1e9


def examine(pieces: Pieces) -> Outcome[VideoFacts | Wanted]:
    """Return what a file is, or the bytes that are needed to tell.

    It is total: arbitrary bytes give facts, a wish or an error. What a file whose budget is used
    up has not said by then is None or ``"unknown"``.

    Errors:
        UnexpectedReplyError: The file is not a video in MP4, MOV, WebM or Matroska, or it is
            damaged, or its head does not fit into the budget.
    """
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
