"""The small MP4 clips that come with the package, made by ``tools/make_clips.py``."""

import importlib.resources
from typing import Final

import attrs

from ..catalog.nearest import nearest_ratio, ratio_of

RATIOS: Final = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
SHORT_SIDE: Final = 180
SECONDS: Final = 2.0


@attrs.frozen(kw_only=True)
class Clip:
    """A playable MP4 and its measures.

    Attributes:
        content: The whole file.
        duration: How long it plays, in seconds.
        width: In pixels.
        height: In pixels.
        aspect_ratio: The nominal ratio of width to height, such as ``16:9``.
        sound: Whether it has a sound track.
    """

    content: bytes = attrs.field(repr=lambda content: f"<{len(content)} bytes>")
    duration: float
    width: int
    height: int
    aspect_ratio: str
    sound: bool = False


def even(pixels: float) -> int:
    """Return the even number of pixels nearest to ``pixels``, at least 2.

    The chroma planes of yuv420p have half the sides of the picture.

    >>> even(853.3), even(1080), even(0.4)
    (854, 1080, 2)
    """
    return max(2, 2 * int(pixels / 2 + 0.5))


def size_of(short_side: int, ratio: float) -> tuple[int, int]:
    """Return the even width and height in pixels for a ratio of width to height.

    >>> size_of(180, 16 / 9), size_of(180, 3 / 4)
    ((320, 180), (180, 240))
    """
    if ratio >= 1:
        return even(short_side * ratio), even(short_side)
    return even(short_side), even(short_side / ratio)


def file_name(aspect_ratio: str) -> str:
    """Return the name of the packaged file for one of `RATIOS`.

    >>> file_name("16:9")
    '16x9.mp4'
    """
    return f"{aspect_ratio.replace(':', 'x')}.mp4"


def packaged_clip(aspect_ratio: str | None) -> Clip:
    """Return the packaged clip whose shape is nearest to ``aspect_ratio``.

    Distance is measured by proportion, so that 2:1 is as far from 1:1 as 1:2 is. None, or a text
    that is not a ratio, means 16:9.

    >>> clip = packaged_clip("1920:1080")
    >>> clip.aspect_ratio, clip.width, clip.height, clip.duration
    ('16:9', 320, 180, 2.0)
    """
    offered = {ratio_of(name) or 1.0: name for name in RATIOS}
    ratio = nearest_ratio(ratio_of(aspect_ratio or "") or 16 / 9, tuple(offered))
    name = offered[ratio]
    width, height = size_of(SHORT_SIDE, ratio)
    package = importlib.resources.files(__package__ or "")
    return Clip(
        content=package.joinpath("clips", file_name(name)).read_bytes(),
        duration=SECONDS,
        width=width,
        height=height,
        aspect_ratio=name,
    )
