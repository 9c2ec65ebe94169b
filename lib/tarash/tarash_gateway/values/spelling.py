"""Near misses: the known name that was probably meant."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

# Letters that a slip of the hand changes.
_SLIP: Final = 2
# How alike ids of models are before one is named for the other.
_ALIKE: Final = 0.8


def distance(one: str, other: str) -> int:
    """Return how many letters must be put in, left out or replaced: Levenshtein's distance.

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
    """Return the known name that ``name`` differs from by a slip or two, or None.

    >>> slip_of("durations_seconds", ["prompt", "duration_seconds"]), slip_of("fps", ["seed"])
    ('duration_seconds', None)
    """
    # Long texts are no slips of short names, and cost time.
    near = [other for other in known if abs(len(name) - len(other)) <= _SLIP]
    if not near or name in known:
        return None
    best = min(near, key=lambda other: distance(name, other))
    return best if distance(name, best) <= _SLIP else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return a question that names what is nearest, to be put at a sentence's end, or nothing.

    >>> did_you_mean("fall", ["fal", "openai"]), did_you_mean("zebra", ["fal", "openai"])
    ('; did you mean fal?', '')
    """
    near = get_close_matches(name, known, n=3, cutoff=_ALIKE)
    if not near:
        slip = slip_of(name, known)
        near = [] if slip is None else [slip]
    return f"; did you mean {' or '.join(near)}?" if near else ""
