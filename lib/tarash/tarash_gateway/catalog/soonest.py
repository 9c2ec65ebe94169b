"""How long models take at least, where a public source says so. Pure.

Only a figure that its source calls a minimum is of use: after an average, a poll would often be too
late. So few models have one.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from .rows import ModelRow

# Seconds. "Request latency: Min: 11 seconds; Max: 6 minutes (during peak hours)" of every Veo
# model: ai.google.dev/gemini-api/docs/video, "Limitations" (2026-07). Whoever sells Veo asks Google
# for it, which takes no less.
VEO: Final = 11.0


def with_soonest(rows: Mapping[str, ModelRow], seconds: float) -> dict[str, ModelRow]:
    """Return the rows of a family whose models all take so many seconds at least.

    >>> with_soonest({"a": ModelRow()}, 11.0)["a"].soonest
    11.0
    """
    return {model: attrs.evolve(row, soonest=seconds) for model, row in rows.items()}
