"""The length of a fragmented MP4, whose samples are listed piece by piece.

Source, read 2026-11: ISO/IEC 14496-12:2022 (mehd 8.8.2, trex 8.8.3, tfhd 8.8.7, trun 8.8.8, sidx
8.16.3).
"""

from typing import Final

from .boxes import Span, by_name, inner, is_long, outer
from .pieces import BrokenError, Pieces
from .tracks import Track

_BASE_OFFSET: Final = 0x1
_DESCRIPTION: Final = 0x2
_DEFAULT_DURATION: Final = 0x8
_DATA_OFFSET: Final = 0x1
_FIRST_FLAGS: Final = 0x4
_DURATIONS: Final = 0x100
# Each of these adds four bytes to a sample: its duration, size, flags and composition offset.
_SAMPLE_FIELDS: Final = (0x100, 0x200, 0x400, 0x800)
_MOST_SAMPLES: Final = 1_000_000


def played(
    pieces: Pieces, extends: Span | None, track: Track, movie_scale: int
) -> tuple[float | None, float | None]:
    """Return the seconds and the frames a second of a track in fragments; None for what is open.

    The header of the fragments says it, or an index, or else the fragments together.

    Args:
        pieces: The file.
        extends: The content of the ``mvex`` box, or None without one.
        track: The track.
        movie_scale: Units in a second of the movie's own times.

    Raises:
        BrokenError: The file is damaged.
        MissingError: Bytes are not known.
    """
    default = _default(pieces, extends, track.number)
    fps = track.scale / default if default and track.scale else None
    head = by_name(pieces, extends).get(b"mehd")
    if head is not None and movie_scale:
        width = 8 if is_long(pieces, head[0]) else 4
        if units := pieces.number(head[0] + 4, width):
            return units / movie_scale, fps
    if seconds := _indexed(pieces):
        return seconds, fps
    units, samples = _counted(pieces, track.number, default)
    if not (units and track.scale):
        return None, fps
    return units / track.scale, samples * track.scale / units


def _default(pieces: Pieces, extends: Span | None, number: int) -> int:
    """Return the units of a sample of the track where its fragment does not say."""
    for name, start, _ in inner(pieces, extends) if extends else ():
        if name == b"trex" and pieces.number(start + 4, 4) == number:
            return pieces.number(start + 12, 4)
    return 0


def _indexed(pieces: Pieces) -> float | None:
    """Return the seconds that the segment indexes of one stream add up to."""
    total, stream = 0.0, None
    for name, start, end in outer(pieces):
        if name == b"moof" and stream is None:
            return None
        if name != b"sidx":
            continue
        whose, scale = pieces.number(start + 4, 4), pieces.number(start + 8, 4)
        stream = whose if stream is None else stream
        entries = start + (28 if is_long(pieces, start) else 20)
        count = min(pieces.number(entries + 2, 2), (end - entries - 4) // 12)
        places = [entries + 4 + 12 * place for place in range(count)]
        # The highest bit marks a reference to another index, which counts the same time again.
        units = sum(
            pieces.number(place + 4, 4)
            for place in places
            if pieces.number(place, 1) < 0x80  # noqa: PLR2004 - the highest bit
        )
        total += units / scale if scale and whose == stream else 0.0
    return total or None


def _counted(pieces: Pieces, number: int, default: int) -> tuple[int, int]:
    """Return the units that the fragments of a track play, and their samples."""
    units = samples = 0
    for name, start, end in outer(pieces):
        for part, first, last in inner(pieces, (start, end)) if name == b"moof" else ():
            if part == b"traf":
                played, counted = _fragment(pieces, (first, last), number, default)
                units, samples = units + played, samples + counted
    return units, samples


def _fragment(pieces: Pieces, span: Span, number: int, default: int) -> tuple[int, int]:
    units = samples = 0
    for name, start, end in inner(pieces, span):
        flags = pieces.number(start + 1, 3)
        if name == b"tfhd":
            if pieces.number(start + 4, 4) != number:
                return 0, 0
            if flags & _DEFAULT_DURATION:
                skipped = 8 * bool(flags & _BASE_OFFSET) + 4 * bool(flags & _DESCRIPTION)
                default = pieces.number(start + 8 + skipped, 4)
        elif name == b"trun":
            count = pieces.number(start + 4, 4)
            samples += count
            if samples > _MOST_SAMPLES:
                raise BrokenError
            if not flags & _DURATIONS:
                units += count * default
                continue
            first = start + 8 + 4 * bool(flags & _DATA_OFFSET) + 4 * bool(flags & _FIRST_FLAGS)
            step = 4 * sum(bool(flags & field) for field in _SAMPLE_FIELDS)
            units += sum(pieces.number(place, 4) for place in range(first, end, step))
    return units, samples
