"""What a request became on its way to native fields: the value that the mapping builds."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Mapped:
    """Native fields, and what became of the request on the way.

    Attributes:
        fields: Native names and values.
        adjusted: What was rounded or left out: one sentence each.
        misshapen: Those of ``adjusted`` by which the video would get another shape than was
            asked for.
        duration: Seconds that are asked of the provider, or None.
        resolution: Likewise.
        aspect_ratio: Likewise.
    """

    fields: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    adjusted: tuple[str, ...] = ()
    misshapen: tuple[str, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None

    def __add__(self, other: "Mapped") -> "Mapped":
        """Return both together; of a value that both have, the later one."""
        return Mapped(
            fields={**self.fields, **other.fields},
            adjusted=self.adjusted + other.adjusted,
            misshapen=self.misshapen + other.misshapen,
            duration=self.duration if other.duration is None else other.duration,
            resolution=other.resolution or self.resolution,
            aspect_ratio=other.aspect_ratio or self.aspect_ratio,
        )


def left_out(model: str, name: str) -> Mapped:
    """Return what becomes of a field that the model does not take."""
    return Mapped(adjusted=(f"{name} was left out: {model} does not take it",))


def in_words(words: Iterable[str]) -> str:
    """Return a list as a text.

    >>> in_words(["a", "b", "c"]), in_words(["a"]), in_words([])
    ('a, b or c', 'a', 'nothing')
    """
    *first, last = tuple(words) or ("nothing",)
    return f"{', '.join(first)} or {last}" if first else last
