"""The tracks of an MP4 or MOV file.

Sources, read 2026-11: ISO/IEC 14496-12:2022 (mvhd 8.2.2, tkhd 8.3.2, mdhd 8.4.2, hdlr 8.4.3, stsd
8.5.2, elst 8.6.6, stsz 8.7.3); mp4ra.org/registered-types/codecs for the names of codecs.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from .boxes import Span, by_name, is_long
from .pieces import Pieces

_CODECS: Final = {
    b"avc1": "h264",
    b"avc3": "h264",
    b"hvc1": "h265",
    b"hev1": "h265",
    b"av01": "av1",
    b"vp08": "vp8",
    b"vp09": "vp9",
    b"mp4v": "mpeg4",
    **dict.fromkeys((b"apch", b"apcn", b"apcs", b"apco", b"ap4h", b"ap4x"), "prores"),
}
_MOST_EDITS: Final = 200
_FIRST_TIMES: Final = 16
_EQUAL_AND_LAST: Final = 2
_VISUAL_ENTRY: Final = 36


@attrs.frozen(kw_only=True)
class Track:
    """One track of a movie.

    Attributes:
        number: Its number in the file.
        kind: ``b"vide"``, ``b"soun"`` or another name of a handler.
        codec: Name of its codec.
        width: Pixels across, as shown.
        height: Pixels down, as shown.
        scale: Units of its times in a second.
        seconds: How long it plays, edits applied; 0 if it does not say.
        samples: How many samples it lists; 0 if they are in fragments.
        fps: Samples a second, on average; None if it does not say.
    """

    number: int
    kind: bytes
    codec: str
    width: int
    height: int
    scale: int
    seconds: float
    samples: int
    fps: float | None


def track_in(pieces: Pieces, span: Span, movie_scale: int) -> Track | None:
    """Return the track in a ``trak`` box, or None if it lacks what every track has.

    Args:
        pieces: The file.
        span: The content of the box.
        movie_scale: Units in a second of the movie's own times.

    Raises:
        BrokenError: The file is damaged.
        MissingError: Bytes are not known.
    """
    parts = by_name(pieces, span)
    media = by_name(pieces, parts.get(b"mdia"))
    if not (b"tkhd" in parts and {b"mdhd", b"hdlr"} <= set(media)):
        return None
    kind = pieces.read(media[b"hdlr"][0] + 8, 4)
    number, turned, shown = _head(pieces, parts[b"tkhd"][0])
    scale, length = times(pieces, media[b"mdhd"][0])
    media_seconds = length / scale if scale else 0.0
    table = by_name(pieces, by_name(pieces, media.get(b"minf")).get(b"stbl"))
    codec, coded = _description(pieces, table.get(b"stsd"), kind)
    # A QuickTime track may be scaled; players and providers speak of the coded size.
    width, height = coded if all(coded) else shown
    return Track(
        number=number,
        kind=kind,
        codec=codec,
        width=height if turned else width,
        height=width if turned else height,
        scale=scale,
        seconds=_edited(pieces, parts, movie_scale) or media_seconds,
        samples=(samples := _samples(pieces, table)),
        fps=_rate(pieces, table, scale)
        or (samples / media_seconds if media_seconds else 0)
        or None,
    )


def times(pieces: Pieces, start: int) -> tuple[int, int]:
    """Return the units in a second and the length of an ``mdhd`` or ``mvhd`` box; 0 if unknown."""
    width, place = (8, start + 20) if is_long(pieces, start) else (4, start + 12)
    scale, length = pieces.number(place, 4), pieces.number(place + 4, width)
    return scale, 0 if length == _all_ones(width) else length


def _all_ones(width: int) -> int:
    return (1 << 8 * width) - 1


def _head(pieces: Pieces, start: int) -> tuple[int, bool, tuple[int, int]]:
    """Return a track's number, whether it is turned by 90 or 270 degrees, and its size."""
    more = 12 if is_long(pieces, start) else 0
    number = pieces.number(start + 12 + 2 * more // 3, 4)
    matrix = start + 40 + more
    a, b, c, d = (pieces.number(matrix + at, 4) for at in (0, 4, 12, 16))
    # Widths and heights are 16.16 numbers.
    width, height = (pieces.number(matrix + at, 4) >> 16 for at in (36, 40))
    return number, a == d == 0 and bool(b and c), (width, height)


def _description(pieces: Pieces, span: Span | None, kind: bytes) -> tuple[str, tuple[int, int]]:
    """Return the codec of a track, and the size of its picture."""
    if span is None:
        return "", (0, 0)
    entry = span[0] + 8
    name = pieces.read(entry + 4, 4)
    codec = _CODECS.get(name, name.decode("latin-1").strip())
    if kind != b"vide" or span[1] < entry + _VISUAL_ENTRY:
        return codec, (0, 0)
    return codec, (pieces.number(entry + 32, 2), pieces.number(entry + 34, 2))


def _samples(pieces: Pieces, table: Mapping[bytes, Span]) -> int:
    span = table.get(b"stsz") or table.get(b"stz2")
    return pieces.number(span[0] + 8, 4) if span else 0


def _rate(pieces: Pieces, table: Mapping[bytes, Span], scale: int) -> float | None:
    """Return the samples a second where all but the last one last equally long."""
    start, end = table.get(b"stts", (0, 0))
    count = pieces.number(start + 4, 4) if end >= start + _FIRST_TIMES else 0
    delta = pieces.number(start + 12, 4) if count else 0
    constant = count == 1 or (count == _EQUAL_AND_LAST and pieces.number(start + 16, 4) == 1)
    return scale / delta if constant and delta else None


def _edited(pieces: Pieces, parts: Mapping[bytes, Span], movie_scale: int) -> float:
    """Return the seconds that the edit list lets the track play; 0 without one."""
    listed = by_name(pieces, parts.get(b"edts")).get(b"elst")
    if listed is None or not movie_scale:
        return 0.0
    start, end = listed
    width = 8 if is_long(pieces, start) else 4
    step = 2 * width + 4
    count = min(pieces.number(start + 4, 4), (end - start - 8) // step, _MOST_EDITS)
    entries = (start + 8 + step * place for place in range(count))
    # An entry whose media time is -1 is a pause before the picture.
    units = sum(
        pieces.number(entry, width)
        for entry in entries
        if pieces.number(entry + width, width) != _all_ones(width)
    )
    return units / movie_scale
