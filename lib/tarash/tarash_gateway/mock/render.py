"""Render clips of exactly the requested length and size with PyAV, an optional extra."""

import hashlib
import importlib.util
import io
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ..catalog.nearest import lines_of, ratio_of
from .clips import Clip, even, size_of

if TYPE_CHECKING:
    from av import VideoFrame
    from av.packet import Packet
    from av.video.plane import VideoPlane
    from av.video.stream import VideoStream

_FPS: Final = 24
_TICKS_PER_FRAME: Final = 1000
_TICKS_PER_SECOND: Final = _FPS * _TICKS_PER_FRAME
# At most this many frames are encoded; a longer clip repeats their packets.
_LOOP: Final = 48
_DEFAULT_LINES: Final = 720
_DEFAULT_RATIO: Final = "16:9"
_SIZE = re.compile(r"^\s*(\d+)\s*[x×*]\s*(\d+)\s*$", re.IGNORECASE)

# One thread and bitexact make equal arguments give equal bytes. Packets can be repeated only if no
# frame refers to a later one, or to one before its key frame.
_CODEC_OPTIONS: Final = {
    "preset": "ultrafast",
    "profile": "baseline",
    "crf": "28",
    "threads": "1",
    "flags": "+bitexact",
    "bf": "0",
    "g": str(_LOOP),
    "x264-params": "scenecut=0",
}
# The default movie timescale of 1000 would round the duration to milliseconds.
_CONTAINER_OPTIONS: Final = {"fflags": "+bitexact", "movie_timescale": str(_TICKS_PER_SECOND)}


def can_render() -> bool:
    """Return whether PyAV is installed, without importing it."""
    return importlib.util.find_spec("av") is not None


def frame_size(resolution: str | None, aspect_ratio: str | None) -> tuple[int, int]:
    """Return the width and height in pixels, both even.

    Args:
        resolution: The shorter side, such as ``1080p`` or ``4k``, or both, such as ``640x480``,
            in which case the ratio is ignored. None, or any other text, means 720p.
        aspect_ratio: Such as ``9:16``. None, or a text that is not a ratio, means 16:9.

    >>> frame_size("1080p", "16:9"), frame_size("1080p", "9:16"), frame_size("720p", "1:1")
    ((1920, 1080), (1080, 1920), (720, 720))
    >>> frame_size("4k", None), frame_size("2k", "4:3"), frame_size("480p", "16:9")
    ((3840, 2160), (1920, 1440), (854, 480))
    >>> frame_size("640x480", "16:9"), frame_size(None, None), frame_size("best", "auto")
    ((640, 480), (1280, 720), (1280, 720))
    """
    sides = _SIZE.match(resolution or "")
    if sides is not None and int(sides[1]) and int(sides[2]):
        return even(int(sides[1])), even(int(sides[2]))
    lines = lines_of(resolution or "") or _DEFAULT_LINES
    return size_of(lines, ratio_of(aspect_ratio or "") or 16 / 9)


def render_clip(
    *, duration: float, resolution: str | None, aspect_ratio: str | None, seed: int
) -> Clip:
    """Return a clip of exactly this duration and size, in colours that depend on ``seed``.

    With the same version of PyAV, equal arguments give equal bytes.

    Args:
        duration: In seconds, above 0; rounded to 1/24000 s.
        resolution: As for `frame_size`.
        aspect_ratio: As for `frame_size`.
        seed: Any integer.

    Raises:
        ImportError: PyAV is not installed; see `can_render`.
        ValueError: The duration is not a finite number above 0.
    """
    if not (math.isfinite(duration) and duration > 0):
        message = f"a clip needs a duration above 0 s, not {duration}"
        raise ValueError(message)
    width, height = frame_size(resolution, aspect_ratio)
    return Clip(
        content=_encode(width, height, duration, seed),
        duration=duration,
        width=width,
        height=height,
        aspect_ratio=_nominal(width, height, aspect_ratio),
    )


def _nominal(width: int, height: int, aspect_ratio: str | None) -> str:
    """Return the requested ratio if the picture has it, except for rounding, else its own.

    >>> _nominal(854, 480, None), _nominal(640, 480, "16:9")
    ('16:9', '4:3')
    """
    wanted = aspect_ratio if aspect_ratio and ratio_of(aspect_ratio) else _DEFAULT_RATIO
    if size_of(min(width, height), ratio_of(wanted) or 1.0) == (width, height):
        return wanted
    divisor = math.gcd(width, height)
    return f"{width // divisor}:{height // divisor}"


def _encode(width: int, height: int, duration: float, seed: int) -> bytes:
    import av  # noqa: PLC0415 - the extra is optional

    ticks = max(1, round(duration * _TICKS_PER_SECOND))
    count = max(1, round(ticks / _TICKS_PER_FRAME))
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=_CONTAINER_OPTIONS) as container:
        stream = container.add_stream("libx264", rate=_FPS, options=_CODEC_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frames = (
            _paint(av.VideoFrame(width, height, "yuv420p"), index, seed)
            for index in range(min(count, _LOOP))
        )
        for packet in _repeat(list(_packets(stream, frames)), count, ticks):
            container.mux_one(packet)
    return file.getvalue()


def _packets(
    stream: "VideoStream", frames: "Iterator[VideoFrame]"
) -> "Iterator[Packet[VideoStream]]":
    for frame in frames:
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _repeat(
    loop: "list[Packet[VideoStream]]", count: int, ticks: int
) -> "Iterator[Packet[VideoStream]]":
    # The container changes the times of a packet in place, so they are set again each time.
    for index in range(count):
        packet = loop[index % len(loop)]
        start = index * _TICKS_PER_FRAME
        packet.time_base = Fraction(1, _TICKS_PER_SECOND)
        packet.pts = packet.dts = start
        # The last frame lasts for the rest, so that the sum is the requested duration.
        packet.duration = _TICKS_PER_FRAME if index < count - 1 else ticks - start
        yield packet


def _paint(frame: "VideoFrame", index: int, seed: int) -> "VideoFrame":
    """Return ``frame`` with a bright bar at its place on a gradient, at time ``index``/24 s."""
    hues = hashlib.sha256(str(seed).encode()).digest()
    luma, blue, red = frame.planes
    row = bytearray(_ramp(60, 150, luma.width))
    for offset in range(max(1, luma.width // 8)):
        row[(luma.width * index // _LOOP + offset) % luma.width] = 225
    luma.update(_pad(luma, bytes(row)) * luma.height)
    blue.update(_pad(blue, _ramp(hues[0], hues[1], blue.width)) * blue.height)
    column = _ramp(hues[2], hues[3], red.height)
    red.update(b"".join(bytes((level,)) * red.line_size for level in column))
    frame.pts = index
    return frame


def _ramp(first: int, last: int, length: int) -> bytes:
    """Return ``length`` levels from ``first`` towards ``last``.

    >>> list(_ramp(10, 20, 5))
    [10, 12, 14, 16, 18]
    """
    return bytes(first + (last - first) * index // length for index in range(length))


def _pad(plane: "VideoPlane", row: bytes) -> bytes:
    return row.ljust(plane.line_size, b"\0")
