"""Playable MP4 files of one grey, of any length and size, made without an encoder.

Sources, read 2026-11: ISO/IEC 14496-12:2022 (the boxes), ISO/IEC 14496-15 (avcC), ISO/IEC 14496-14
(esds).
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import attrs

from . import grey

_TICKS: Final = 24_000
_FPS: Final = 24
# A file of more seconds has fewer frames a second: each of them takes a line in a table.
_SMOOTH: Final = 60.0
_SLOW_FPS: Final = 4
_RATE: Final = 48_000
_SOUND_FRAME: Final = 1024
# One silent frame of AAC-LC in mono: a channel without a band of frequencies (29 bits, all 0), and
# the mark of the frame's end, in the order of ISO/IEC 14496-3, 4.4.2.1.
_SILENCE: Final = bytes([0, 0, 0, 0b111])
_MATRIX: Final = b"".join(
    number.to_bytes(4, "big") for number in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
)
_MOST: Final = 16_384


@attrs.frozen(kw_only=True)
class _Track:
    """What the boxes of a track say.

    Attributes:
        number: Its number, from 1.
        kind: ``b"vide"`` or ``b"soun"``.
        scale: Units of its times in a second.
        units: How long it plays.
        step: How long each sample but the last plays.
        samples: The samples.
        entry: How they are coded.
        size: Width and height in pixels.
    """

    number: int
    kind: bytes
    scale: int
    units: int
    step: int
    samples: Sequence[bytes]
    entry: bytes
    size: tuple[int, int] = (0, 0)


@lru_cache(maxsize=64)
def grey_clip(
    seconds: float, width: int = 1280, height: int = 720, *, sound: bool = False
) -> bytes:
    """Return an MP4 of so many seconds, rounded to 1/24000, and so many pixels, made even.

    Args:
        seconds: How long it plays, above 0.
        width: Pixels across.
        height: Pixels down.
        sound: Whether it has a track of silence.

    Raises:
        ValueError: No file is so long, so short or so large.

    >>> grey_clip(2.0, 640, 360)[4:12]
    b'ftypisom'
    """
    if not (math.isfinite(seconds) and 1 / _TICKS <= seconds <= 24 * 3600):
        message = f"a clip takes from 1/{_TICKS} of a second to a day, not {seconds} seconds"
        raise ValueError(message)
    width, height = (side + side % 2 for side in (width, height))
    if not (2 <= width <= _MOST and 2 <= height <= _MOST):  # noqa: PLR2004 - the least even side
        message = f"a clip has sides of 1 to {_MOST} pixels, not {width} x {height}"
        raise ValueError(message)
    tracks = [_picture(seconds, width, height)]
    if sound:
        tracks.append(_sound(seconds))
    head = _box(b"ftyp", b"isom", _numbers(512), b"isomiso2avc1mp41")
    # The places of the samples are known once the size of what stands before them is.
    before = len(head) + len(_movie(tracks, seconds, [0] * len(tracks))) + 8
    places = [before]
    for track in tracks[:-1]:
        places.append(places[-1] + sum(map(len, track.samples)))
    samples = (sample for track in tracks for sample in track.samples)
    return head + _movie(tracks, seconds, places) + _box(b"mdat", *samples)


def _picture(seconds: float, width: int, height: int) -> _Track:
    units = max(1, round(seconds * _TICKS))
    step = _TICKS // (_FPS if seconds <= _SMOOTH else _SLOW_FPS)
    count = max(1, round(units / step))
    sequence, picture = grey.sequence(width, height), grey.picture()
    config = b"".join(
        (b"\x01", sequence[1:4], b"\xff\xe1", _sized(sequence, 2), b"\x01", _sized(picture, 2))
    )
    shown = bytes(16) + _shorts(width, height) + _numbers(0x480000, 0x480000, 0) + _shorts(1)
    entry = _box(
        b"avc1",
        bytes(6) + _shorts(1) + shown + bytes(32) + _shorts(0x18, 0xFFFF),
        _box(b"avcC", config),
    )
    samples = [_sized(frame, 4) for frame in grey.frames(width, height, count)]
    return _Track(
        number=1,
        kind=b"vide",
        scale=_TICKS,
        units=units,
        step=step,
        samples=samples,
        entry=entry,
        size=(width, height),
    )


def _sound(seconds: float) -> _Track:
    units = max(1, round(seconds * _RATE))
    # AAC-LC, 48 kHz, mono.
    decoder = _tagged(4, b"\x40\x15" + bytes(3) + _numbers(8000, 8000) + _tagged(5, b"\x11\x88"))
    described = _tagged(3, b"\x00\x01\x00" + decoder + _tagged(6, b"\x02"))
    entry = _box(
        b"mp4a",
        bytes(6) + _shorts(1) + bytes(8) + _shorts(1, 16, 0, 0) + _numbers(_RATE << 16),
        _full(b"esds", 0, described),
    )
    return _Track(
        number=2,
        kind=b"soun",
        scale=_RATE,
        units=units,
        step=_SOUND_FRAME,
        samples=[_SILENCE] * -(-units // _SOUND_FRAME),
        entry=entry,
    )


def _movie(tracks: Sequence[_Track], seconds: float, places: Sequence[int]) -> bytes:
    units = max(1, round(seconds * _TICKS))
    head = _numbers(0, 0, _TICKS, units, 0x10000) + _shorts(0x100) + bytes(10)
    head += _MATRIX + bytes(24) + _numbers(len(tracks) + 1)
    parts = (_part(track, units, place) for track, place in zip(tracks, places, strict=True))
    return _box(b"moov", _full(b"mvhd", 0, head), *parts)


def _part(track: _Track, units: int, place: int) -> bytes:
    has_sound = track.kind == b"soun"
    head = _numbers(0, 0, track.number, 0, units) + bytes(8)
    head += _shorts(0, 0, 0x100 if has_sound else 0, 0) + _MATRIX
    head += _numbers(*(side << 16 for side in track.size))
    media = _full(b"mdhd", 0, _numbers(0, 0, track.scale, track.units) + _shorts(0x55C4, 0))
    named = _full(b"hdlr", 0, bytes(4) + track.kind + bytes(12) + b"grey\0")
    kind = _full(b"smhd", 0, bytes(4)) if has_sound else _full(b"vmhd", 1, bytes(8))
    source = _box(b"dinf", _full(b"dref", 0, _numbers(1), _full(b"url ", 1)))
    inner = _box(b"minf", kind, source, _table(track, place))
    return _box(b"trak", _full(b"tkhd", 3, head), _box(b"mdia", media, named, inner))


def _table(track: _Track, place: int) -> bytes:
    count = len(track.samples)
    # The last sample plays for the rest.
    rest = track.units - (count - 1) * track.step
    spans = [(count - 1, track.step), (1, rest)] if count > 1 else [(1, rest)]
    times = _numbers(len(spans), *(number for span in spans for number in span))
    sizes = _numbers(0, count, *map(len, track.samples))
    # Only the first picture stands for itself; each piece of silence does.
    keys = [_full(b"stss", 0, _numbers(1, 1))] if track.kind == b"vide" else []
    return _box(
        b"stbl",
        _full(b"stsd", 0, _numbers(1), track.entry),
        _full(b"stts", 0, times),
        *keys,
        _full(b"stsc", 0, _numbers(1, 1, count, 1)),
        _full(b"stsz", 0, sizes),
        _full(b"stco", 0, _numbers(1, place)),
    )


def _box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return _numbers(len(inner) + 8) + name + inner


def _full(name: bytes, flags: int, *content: bytes) -> bytes:
    return _box(name, _numbers(flags), *content)


def _numbers(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in numbers)


def _shorts(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def _sized(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width, "big") + content


def _tagged(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content
