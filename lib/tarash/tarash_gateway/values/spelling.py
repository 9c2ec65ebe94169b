"""Typing errors: the known name that was probably meant."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

# Most letters that a typing error changes.
_SLIP: Final = 2
# How similar two ids of models must be before one is suggested for the other.
_ALIKE: Final = 0.8


def distance(one: str, other: str) -> int:
    """Return Levenshtein's distance: how many letters must be inserted, removed or replaced.

    >>> distance("aspectratio", "aspect_ratio"), distance("seed", "seed"), distance("", "ab")
    (1, 0, 2)
    """
    before = list(range(len(other) + 1))
    for row, mine in enumerate(one, 1):
        now = [row]
        for column, theirs in enumerate(other, 1):
            replaced = before[column - 1] + (mine != theirs)
            now.append(min(before[column] + 1, now[-1] + 1, replaced))
        before = now
    return before[-1]


def slip_of(name: str, known: Collection[str]) -> str | None:
    """Return the known name that differs from ``name`` by one or two letters, or None.

    >>> slip_of("durations_seconds", ["prompt", "duration_seconds"]), slip_of("fps", ["seed"])
    ('duration_seconds', None)
    """
    # Names of very different lengths cannot be near, and comparing them costs time.
    near = [other for other in known if abs(len(name) - len(other)) <= _SLIP]
    if not near or name in known:
        return None
    best = min(near, key=lambda other: distance(name, other))
    return best if distance(name, best) <= _SLIP else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return a question that suggests the nearest names, for the end of a sentence, or "".

    >>> did_you_mean("fall", ["fal", "openai"]), did_you_mean("zebra", ["fal", "openai"])
    ('; did you mean fal?', '')
    """
    slip = slip_of(name, known)
    near = get_close_matches(name, known, n=3, cutoff=_ALIKE) or ([slip] if slip else [])
    return f"; did you mean {' or '.join(near)}?" if near else ""
