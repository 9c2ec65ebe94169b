"""Reading sizes and ratios, and the nearest of what a model takes: upwards on a tie."""

import math
import re
from collections.abc import Sequence
from typing import Final

_RATIO = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[:x/×]\s*(\d+(?:\.\d+)?)\s*$", re.IGNORECASE)
_LINES = re.compile(r"^\s*(\d+)\s*p?\s*$", re.IGNORECASE)
_NAMES: Final = {"4k": 2160, "uhd": 2160, "2k": 1440, "qhd": 1440, "fhd": 1080, "hd": 720}


def ratio_of(text: str) -> float | None:
    """Return width over height, or None if ``text`` tells none.

    >>> ratio_of("4:2"), ratio_of("1920x1080") == 16 / 9, ratio_of("auto")
    (2.0, True, None)
    """
    found = _RATIO.match(text)
    if found is None or not float(found[1]) or not float(found[2]):
        return None
    return float(found[1]) / float(found[2])


def lines_of(text: str) -> int | None:
    """Return the number of pixels of the shorter side, or None if ``text`` tells none.

    >>> lines_of("1080p"), lines_of("4K"), lines_of("1280x720"), lines_of("best")
    (1080, 2160, 720, None)
    """
    name = _NAMES.get(text.strip().lower())
    lines = _LINES.match(text)
    sides = _RATIO.match(text)
    if name is not None:
        return name
    if lines is not None:
        return int(lines[1]) or None
    if sides is not None and "x" in text.lower().replace("×", "x"):
        return int(min(float(sides[1]), float(sides[2]))) or None
    return None


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
    """Return ``wanted`` within the bounds and on the grid of ``step``, upwards on a tie.

    >>> to_step(4.5, 1, 2, 15), to_step(0.2, 1, 2, None), to_step(99, 1, None, 15)
    (5.0, 2.0, 15.0)
    """
    rounded = math.floor(wanted / step + 0.5) * step
    if low is not None:
        rounded = max(low, rounded)
    if high is not None:
        rounded = min(high, rounded)
    return float(rounded)
