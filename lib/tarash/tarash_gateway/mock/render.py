"""Render clips of exactly the requested length and size with PyAV and Pillow, optional extras."""

import heapq
import importlib.util
import io
import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ..catalog.nearest import lines_of, ratio_of
from .clips import Clip, even, size_of
from .story import Story

if TYPE_CHECKING:
    from av import VideoFrame
    from av.packet import Packet
    from av.video.stream import VideoStream
    from PIL.Image import Image

    from .storyboard import Storyboard

_FPS: Final = 24
# A clip of more seconds has fewer frames a second: every one of them is drawn and encoded.
_SMOOTH: Final = 60.0
_SLOW_FPS: Final = 4
_TICKS_PER_SECOND: Final = 24_000
_DEFAULT_LINES: Final = 720
_DEFAULT_RATIO: Final = "16:9"
_SIZE = re.compile(r"^\s*(\d+)\s*[x×*]\s*(\d+)\s*$", re.IGNORECASE)

# One thread and bitexact make equal arguments give equal bytes.
_CODEC_OPTIONS: Final = {
    "preset": "ultrafast",
    "profile": "baseline",
    "crf": "28",
    "threads": "1",
    "flags": "+bitexact",
    "bf": "0",
    "g": "48",
    "x264-params": "scenecut=0",
}
# The default movie timescale of 1000 would round the duration to milliseconds.
_CONTAINER_OPTIONS: Final = {"fflags": "+bitexact", "movie_timescale": str(_TICKS_PER_SECOND)}


def can_render() -> bool:
    """Return whether PyAV and Pillow are installed, without importing them."""
    return all(importlib.util.find_spec(name) is not None for name in ("av", "PIL"))


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
    *,
    duration: float,
    resolution: str | None,
    aspect_ratio: str | None,
    seed: int,
    story: Story | None = None,
) -> Clip:
    """Return a clip of exactly this duration and size that shows a request.

    With the same versions of PyAV and Pillow and the same fonts, equal arguments give equal bytes.

    Args:
        duration: In seconds, above 0; rounded to 1/24000 s.
        resolution: As for `frame_size`.
        aspect_ratio: As for `frame_size`.
        seed: Any integer: it chooses the colours.
        story: What the clip shows.

    Raises:
        ImportError: PyAV or Pillow is not installed; see `can_render`.
        ValueError: The duration is not a finite number above 0.
    """
    if not (math.isfinite(duration) and duration > 0):
        message = f"a clip needs a duration above 0 s, not {duration}"
        raise ValueError(message)
    width, height = frame_size(resolution, aspect_ratio)
    return Clip(
        content=_encode(width, height, duration, seed, story or Story()),
        duration=duration,
        width=width,
        height=height,
        aspect_ratio=_nominal(width, height, aspect_ratio),
        sound=story is not None and story.sound,
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


def _encode(width: int, height: int, duration: float, seed: int, story: Story) -> bytes:
    import av  # noqa: PLC0415 - the extra is optional

    from . import sound  # noqa: PLC0415
    from .storyboard import Storyboard  # noqa: PLC0415 - it needs Pillow

    board = Storyboard(story=story, width=width, height=height, seconds=duration, seed=seed)
    ticks = max(1, round(duration * _TICKS_PER_SECOND))
    rate = _FPS if duration <= _SMOOTH else _SLOW_FPS
    step = _TICKS_PER_SECOND // rate
    count = max(1, round(ticks / step))
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=_CONTAINER_OPTIONS) as container:
        stream = container.add_stream("libx264", rate=rate, options=_CODEC_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        picture = _timed(_packets(stream, _frames(board, count, step)), ticks, step, count)
        packets: Iterator[Packet[Any]] = picture
        if story.sound:
            audio = container.add_stream("aac", rate=sound.RATE, options={"flags": "+bitexact"})
            audio.layout = "mono"
            packets = heapq.merge(picture, sound.packets(audio, duration), key=_time)
        for packet in packets:
            container.mux_one(packet)
    return file.getvalue()


def _packets(
    stream: "VideoStream", frames: "Iterator[VideoFrame]"
) -> "Iterator[Packet[VideoStream]]":
    for frame in frames:
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _time(packet: "Packet[Any]") -> Fraction:
    return (packet.pts or 0) * (packet.time_base or Fraction(1))


def _timed(
    packets: "Iterator[Packet[VideoStream]]", ticks: int, step: int, count: int
) -> "Iterator[Packet[VideoStream]]":
    for index, packet in enumerate(packets):
        start = index * step
        packet.time_base = Fraction(1, _TICKS_PER_SECOND)
        packet.pts = packet.dts = start
        # The last frame lasts for the rest, so that the sum is the requested duration.
        packet.duration = step if index < count - 1 else ticks - start
        yield packet


def _frames(board: "Storyboard", count: int, step: int) -> "Iterator[VideoFrame]":
    """Yield the frames of a clip: a picture that stays for long, above a strip that runs."""
    import av  # noqa: PLC0415 - the extra is optional

    base, first, last = map(_planes, (board.board, board.first, board.last))
    mix: tuple[float, float] | None = None
    luma_above, *chroma = b"", b"", b""
    for index in range(count):
        part = index / max(1, count - 1)
        if board.mix(part) != mix:
            mix = board.mix(part)
            mixed = _blended(_blended(base, first, mix[0]), last, mix[1])
            luma_above, *chroma = (plane.tobytes() for plane in mixed)
        frame = av.VideoFrame(board.width, board.height, "yuv420p")
        luma = frame.planes[0]
        strip = board.strip_at(index * step / _TICKS_PER_SECOND, index + 1, count)
        above = luma_above[: luma.line_size * (board.height - board.strip)]
        luma.update(above + _rows(strip.tobytes(), board.width, luma.line_size))
        for plane, content in zip(frame.planes[1:], chroma, strict=True):
            plane.update(content)
        frame.pts = index
        yield frame


def _planes(picture: "Image | None") -> "tuple[Image, ...]":
    """Return the planes of a picture in yuv420p, with the padding of their lines."""
    import av  # noqa: PLC0415 - the extra is optional
    from PIL import Image  # noqa: PLC0415

    if picture is None:
        return ()
    # PyAV does not annotate this function.
    make: Callable[[Image.Image], VideoFrame] = av.VideoFrame.from_image
    # Threads of FFmpeg's would not exist in a forked process, which waits for them for ever when it
    # frees what they belong to.
    planes = make(picture).reformat(format="yuv420p", threads=1).planes
    return tuple(
        Image.frombytes("L", (plane.line_size, plane.height), bytes(plane)) for plane in planes
    )


def _blended(
    planes: "tuple[Image, ...]", over: "tuple[Image, ...]", share: float
) -> "tuple[Image, ...]":
    """Return planes with a share of others over them: far quicker than to blend and convert."""
    from PIL import Image  # noqa: PLC0415 - the extra is optional

    if not share:
        return planes
    return tuple(Image.blend(*pair, share) for pair in zip(planes, over, strict=True))


def _rows(pixels: bytes, width: int, line_size: int) -> bytes:
    """Return grey pixels with the padding of a plane's lines."""
    if width == line_size:
        return pixels
    lines = (pixels[start : start + width] for start in range(0, len(pixels), width))
    return b"".join(line.ljust(line_size, b"\0") for line in lines)
