"""What the measures share: which ways there are here, and their medians."""

import json
import os
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import attrs

from .clients import CLIENTS
from .machine import installed
from .scales import Scale
from .serving import Served
from .values import Row
from .ways import Way, bare, ours


@attrs.frozen(kw_only=True)
class Bench:
    """What a measure is given.

    Attributes:
        served: The simulator.
        scale: How much is measured.
    """

    served: Served
    scale: Scale


@attrs.frozen(kw_only=True)
class Measured:
    """What a measure returns: its rows, and what it left out with the reason."""

    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()


HERE: Final = tuple(way for way in CLIENTS if installed(way.distribution) is not None)
MISSING: Final = tuple(
    f"{way.name}: it is not installed" for way in CLIENTS if installed(way.distribution) is None
)


def last_word(figures: Mapping[str, Any]) -> NoReturn:
    """Print what a worker found, and end its process as it is.

    Calls may be in flight still; nothing that they hold outlives the process.
    """
    print(json.dumps(figures), flush=True)
    os._exit(0)


def find(name: str, dialect: str) -> Way:
    """Return the way with this name that speaks this dialect."""
    ways = (bare(dialect), ours(dialect), *CLIENTS)
    return next(way for way in ways if (way.name, way.dialect) == (name, dialect))


def median(numbers: Sequence[float]) -> float:
    """Return the median of at least one number."""
    return statistics.median(numbers)


def ratio(number: float, floor: float | None) -> float | None:
    """Return a number as a multiple of a floor, or None without one."""
    return number / floor if floor else None
