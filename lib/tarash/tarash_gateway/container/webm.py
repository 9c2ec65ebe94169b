"""WebM and Matroska: files of EBML elements, each with an id, a size and a content.

Sources, read 2026-11: RFC 8794 (EBML), RFC 9559 (Matroska, with the ids of the elements).
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from .boxes import Span
from .facts import VideoFacts
from .pieces import BrokenError, MissingError, Pieces, Wanted

EBML: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = 0x18538067
_INFO: Final = 0x1549A966
_SCALE: Final = 0x2AD7B1
_DURATION: Final = 0x4489
_TRACKS: Final = 0x1654AE6B
_TRACK: Final = 0xAE
_TRACK_TYPE: Final = 0x83
_CODEC: Final = 0x86
_FRAME_TIME: Final = 0x23E383
_VIDEO: Final = 0xE0
_WIDTH: Final = (0xB0, 0x54CC, 0x54DD)
_HEIGHT: Final = (0xBA, 0x54BB, 0x54AA)
_PROJECTION: Final = 0x7670
_ROLL: Final = 0x7675
_CLUSTER: Final = 0x1F43B675
_CLUSTER_TIME: Final = 0xE7
_BLOCK_GROUP: Final = 0xA0
_BLOCKS: Final = (0xA1, 0xA3)
_CODECS: Final = {
    b"V_VP8": "vp8",
    b"V_VP9": "vp9",
    b"V_AV1": "av1",
    b"V_MPEG4/ISO/AVC": "h264",
    b"V_MPEGH/ISO/HEVC": "h265",
}
_PICTURE, _SOUND = 1, 2
_MOST: Final = 200_000
_USUAL_SCALE: Final = 1_000_000
_NANOSECONDS: Final = 1e9
_QUARTER: Final = 90


def facts(pieces: Pieces) -> VideoFacts | Wanted:
    """Return what the file is, or the bytes that are needed to tell.

    Raises:
        BrokenError: It is not Matroska, or it is damaged.
        MissingError: Bytes are not known, and nothing can be said without them.
    """
    segment = next((span for name, span in _outer(pieces) if name == _SEGMENT), None)
    if segment is None:
        raise BrokenError
    info: Mapping[int, Span] = {}
    picture: Mapping[int, Span] | None = None
    audio, clusters = False, None
    for name, span in _elements(pieces, segment):
        if name == _CLUSTER and picture is not None:
            clusters = span[0], segment[1]
            break
        if name == _INFO:
            info = dict(_elements(pieces, span))
        elif name == _TRACKS:
            tracks = [
                dict(_elements(pieces, track))
                for kind, track in _elements(pieces, span)
                if kind == _TRACK
            ]
            kinds = [_integer(pieces, track.get(_TRACK_TYPE)) for track in tracks]
            picture = next(
                (track for kind, track in zip(kinds, tracks, strict=True) if kind == _PICTURE), None
            )
            audio = _SOUND in kinds
    if picture is None:
        raise BrokenError
    scale = _integer(pieces, info.get(_SCALE)) or _USUAL_SCALE
    seconds = _float(pieces, info.get(_DURATION)) * scale / _NANOSECONDS
    known = attrs.evolve(_shown(pieces, picture), seconds=seconds or None, audio=audio)
    if seconds or clusters is None:
        return known
    try:
        return attrs.evolve(known, seconds=_end(pieces, clusters, scale, known.fps) or None)
    except MissingError as missing:
        return pieces.wanted(missing) or known
    except BrokenError:
        return known


def _shown(pieces: Pieces, track: Mapping[int, Span]) -> VideoFacts:
    video = dict(_elements(pieces, track.get(_VIDEO, (0, 0))))
    width, height = (
        max(0, _integer(pieces, video.get(side)) - sum(_integer(pieces, video.get(c)) for c in cut))
        for side, *cut in (_WIDTH, _HEIGHT)
    )
    roll = _float(pieces, dict(_elements(pieces, video.get(_PROJECTION, (0, 0)))).get(_ROLL))
    if abs(roll) == _QUARTER:
        width, height = height, width
    start, end = track.get(_CODEC, (0, 0))
    codec = pieces.read(start, min(end - start, 64)).rstrip(b"\0")
    frame = _integer(pieces, track.get(_FRAME_TIME))
    return VideoFacts(
        width=width,
        height=height,
        codec=_CODECS.get(codec, codec.decode("latin-1")) or None,
        fps=_NANOSECONDS / frame if frame else None,
    )


def _end(pieces: Pieces, clusters: Span, scale: int, fps: float | None) -> float:
    """Return the seconds at which the last block ends, for a file whose head does not say."""
    now = last = 0
    for name, (start, end) in _elements(pieces, clusters, inside=(_CLUSTER, _BLOCK_GROUP)):
        if name == _CLUSTER_TIME:
            now = _integer(pieces, (start, end))
        elif name in _BLOCKS:
            _, place = _vint(pieces, start)
            offset = int.from_bytes(pieces.read(place, 2), "big", signed=True)
            last = max(last, now + offset)
    return last * scale / _NANOSECONDS + (1 / fps if fps else 0.0)


def _outer(pieces: Pieces) -> Iterator[tuple[int, Span]]:
    return _elements(pieces, (0, pieces.size or 1 << 62))


def _elements(
    pieces: Pieces, span: Span, *, inside: tuple[int, ...] = ()
) -> Iterator[tuple[int, Span]]:
    """Yield the id and the content of each element; those of ``inside`` are entered.

    An element of unknown size extends to the end of what it is in.
    """
    place, end = span
    for _ in range(_MOST):
        if place >= end or not pieces.read(place, 1):
            return
        name, start = _vint(pieces, place, keep_mark=True)
        size, start = _vint(pieces, start)
        last = end if size is None else min(start + size, end)
        if name is None:
            raise BrokenError
        yield name, (start, last)
        place = start if name in inside else last
    raise BrokenError


def _vint(pieces: Pieces, place: int, *, keep_mark: bool = False) -> tuple[int | None, int]:
    """Return a number of variable length and the offset after it; None if all its bits are set."""
    first = pieces.number(place, 1)
    length = 9 - first.bit_length()
    if not first:
        raise BrokenError
    value = pieces.number(place, length)
    if keep_mark:
        return value, place + length
    ones = (1 << 7 * length) - 1
    value &= ones
    return None if value == ones else value, place + length


def _integer(pieces: Pieces, span: Span | None) -> int:
    start, end = span or (0, 0)
    return pieces.number(start, min(end - start, 8)) if end > start else 0


def _float(pieces: Pieces, span: Span | None) -> float:
    start, end = span or (0, 0)
    form = {4: ">f", 8: ">d"}.get(end - start)
    raw = pieces.read(start, end - start) if form else b""
    value = struct.unpack(form, raw)[0] if form and len(raw) == end - start else 0.0
    return value if 0.0 < abs(value) < 1e15 else 0.0  # noqa: PLR2004 - a NaN or an absurd number
