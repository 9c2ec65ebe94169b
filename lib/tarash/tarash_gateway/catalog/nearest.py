"""Read sizes and ratios, and find the nearest supported value; ties are rounded up."""

import math
import re
from collections.abc import Sequence
from typing import Final

# Nine digits are enough for any length or size; a longer number may not fit in a float.
_NUMBER: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
_RATIO: Final = re.compile(rf"^\s*{_NUMBER}\s*[:x/×]\s*{_NUMBER}\s*$", re.IGNORECASE)
_LINES: Final = re.compile(r"^\s*(\d{1,9})\s*p?\s*$", re.IGNORECASE)
_PIXELS: Final = re.compile(r"^\s*(\d{1,9})\s*([:x×])\s*(\d{1,9})\s*$", re.IGNORECASE)
_NAMES: Final = {"4k": 2160, "uhd": 2160, "2k": 1440, "qhd": 1440, "fhd": 1080, "hd": 720}

# Shapes with a usual name.
_WIDE: Final = ((16, 9), (4, 3), (1, 1), (3, 2), (21, 9), (5, 4))
_SHAPES: Final = (*_WIDE, *((high, wide) for wide, high in _WIDE))
# Models round sides to multiples of 8 or 16: 832x480 counts as 16:9, although it differs by 2.5 %.
_ROUNDING: Final = 0.03
# Shapes that differ by no more than this may replace each other: about 10 % of one side.
_NEAR: Final = 0.1
# Runway writes sizes as "1280:720"; smaller numbers, as in "16:9", are a ratio.
_LEAST_SIDE: Final = 100

# Above any model's values; a float that is nearly infinite cannot be rounded.
_MOST: Final = 1e12


def ratio_of(text: str | None) -> float | None:
    """Return width over height, or None if ``text`` is not a ratio or a size.

    >>> ratio_of("4:2"), ratio_of("1920x1080") == 16 / 9, ratio_of("auto")
    (2.0, True, None)
    """
    found = _RATIO.match(text or "")
    if found is None or not float(found[1]) or not float(found[2]):
        return None
    return float(found[1]) / float(found[2])


def pixels_of(text: str | None) -> tuple[int, int] | None:
    """Return a width and a height in pixels, or None if ``text`` does not give both.

    >>> pixels_of("1280x720"), pixels_of("720:1280"), pixels_of("16:9"), pixels_of("720p")
    ((1280, 720), (720, 1280), None, None)
    """
    found = _PIXELS.match(text or "")
    if found is None:
        return None
    width, height = int(found[1]), int(found[3])
    least = _LEAST_SIDE if found[2] == ":" else 1
    return (width, height) if min(width, height) >= least else None


def lines_of(text: str | None) -> int | None:
    """Return the pixels of the shorter side, or None if ``text`` does not give them.

    >>> lines_of("1080p"), lines_of("4K"), lines_of("1280x720"), lines_of("best")
    (1080, 2160, 720, None)
    """
    if lines := _LINES.match(text or ""):
        return int(lines[1]) or None
    sides = pixels_of(text)
    return min(sides) if sides else _NAMES.get((text or "").strip().lower())


def same_shape(one: float, other: float) -> bool:
    """Tell whether two ratios are equal, except for the rounding of sides to whole blocks.

    >>> same_shape(832 / 480, 16 / 9), same_shape(4 / 3, 5 / 4)
    (True, False)
    """
    return abs(math.log(one / other)) < _ROUNDING


def near_shape(one: float, other: float) -> bool:
    """Tell whether a video of one ratio may replace one of the other: they differ by up to 10 %.

    >>> near_shape(4 / 3, 5 / 4), near_shape(21 / 9, 16 / 9), near_shape(1.0, 16 / 9)
    (True, False, False)
    """
    return abs(math.log(one / other)) <= _NEAR


def named_ratio(width: int, height: int) -> str:
    """Return the usual name of the ratio of two sides > 0, else the reduced one.

    >>> named_ratio(1920, 1080), named_ratio(832, 480), named_ratio(1000, 500)
    ('16:9', '16:9', '2:1')
    """
    shape = width / height
    wide, high = min(_SHAPES, key=lambda named: abs(math.log(shape * named[1] / named[0])))
    if same_shape(shape, wide / high):
        return f"{wide}:{high}"
    common = math.gcd(width, height)
    return f"{width // common}:{height // common}"


def nearest(wanted: float, offered: Sequence[float]) -> float:
    """Return the member of ``offered`` nearest to ``wanted``, the larger one on a tie.

    >>> nearest(5, (4, 6, 8)), nearest(30, (4, 6, 8))
    (6, 8)
    """
    return min(offered, key=lambda value: (round(abs(value - wanted), 9), -value))


def nearest_ratio(wanted: float, offered: Sequence[float]) -> float:
    """Return the ratio nearest to ``wanted`` by proportion, the wider one on a tie.

    >>> nearest_ratio(2.0, (16 / 9, 9 / 16)) == 16 / 9
    True
    """
    return min(offered, key=lambda value: (round(abs(math.log(value / wanted)), 9), -value))


def to_step(wanted: float, step: float, low: float | None, high: float | None) -> float:
    """Return the multiple of ``step`` nearest to ``wanted``, within the bounds; ties round up.

    >>> to_step(4.5, 1, 2, 15), to_step(0.2, 1, 2, None), to_step(99, 1, None, 15)
    (5.0, 2.0, 15.0)
    """
    rounded = math.floor(min(wanted, _MOST) / step + 0.5) * step
    if low is not None:
        rounded = max(low, rounded)
    if high is not None:
        rounded = min(high, rounded)
    return float(rounded)
