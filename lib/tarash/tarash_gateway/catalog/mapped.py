"""The result of mapping a request to native fields."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from returns.result import Failure

from ..exceptions import TarashException, ValidationError


@attrs.frozen(kw_only=True)
class Mapped:
    """Native fields, and how they differ from the request.

    Attributes:
        fields: Native names and values.
        adjusted: One sentence for each value that was rounded or left out.
        warnings: One sentence for each thing to know that changes nothing in the fields.
        misshapen: The sentences of ``adjusted`` after which the video has another shape than
            the request.
        duration: Seconds that the native fields request, or None.
        resolution: The resolution that they request, or None.
        aspect_ratio: The aspect ratio that they request, or None.
    """

    fields: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    adjusted: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    misshapen: tuple[str, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None

    def __add__(self, other: "Mapped") -> "Mapped":
        """Return both together; the other one's values replace ours."""
        if other is NOTHING:
            return self
        if self is NOTHING:
            return other
        return Mapped(
            fields={**self.fields, **other.fields},
            adjusted=self.adjusted + other.adjusted,
            warnings=self.warnings + other.warnings,
            misshapen=self.misshapen + other.misshapen,
            duration=self.duration if other.duration is None else other.duration,
            resolution=other.resolution or self.resolution,
            aspect_ratio=other.aspect_ratio or self.aspect_ratio,
        )


NOTHING: Final = Mapped()


def omission(model: str, name: str) -> Mapped:
    """Return the warning about a field that the model does not support."""
    return Mapped(adjusted=(f"{name} was left out: {model} does not take it",))


def refusal(model: str, message: str) -> Failure[TarashException]:
    """Return the error for a request that the model cannot serve."""
    return Failure(ValidationError(message=message, model=model))


def in_words(words: Iterable[str]) -> str:
    """Return a list as a text.

    >>> in_words(["a", "b", "c"]), in_words(["a"]), in_words([])
    ('a, b or c', 'a', 'nothing')
    """
    *first, last = tuple(words) or ("nothing",)
    return f"{', '.join(first)} or {last}" if first else last
