"""Map resolution and aspect ratio to native fields, preserving the requested shape.

A resolution such as ``"1280x720"`` implies a shape, and sets the ratio if the caller gives none.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

from .mapped import Mapped, in_words, left_out
from .nearest import (
    lines_of,
    named_ratio,
    near_shape,
    nearest,
    nearest_ratio,
    pixels_of,
    ratio_of,
    same_shape,
)
from .rows import Choice, ModelRow
from .sizes import Sides, native_size, sent_sides

_Name: TypeAlias = Literal["resolution", "aspect_ratio"]
_MEASURES: Final[Mapping[_Name, Callable[[str], float | None]]] = {
    "resolution": lines_of,
    "aspect_ratio": ratio_of,
}


def contradiction(resolution: str | None, ratio: str | None) -> str | None:
    """Return why a resolution and an aspect ratio cannot both hold, or None.

    >>> contradiction("1280x720", "16:9"), contradiction("720p", "9:16")
    (None, None)
    >>> contradiction("1280x720", "9:16")
    "resolution '1280x720' is 16:9 and aspect_ratio is '9:16': leave one of them out"
    """
    sides = None if resolution is None else pixels_of(resolution)
    shape = None if ratio is None else ratio_of(ratio)
    if sides is None or shape is None or same_shape(sides[0] / sides[1], shape):
        return None
    return (
        f"resolution {resolution!r} is {named_ratio(*sides)} and aspect_ratio is {ratio!r}: "
        "leave one of them out"
    )


def dimensions(model: str, row: ModelRow, resolution: str | None, ratio: str | None) -> Mapped:
    """Return the nearest resolution and ratio that the model supports, in its native form.

    Args:
        model: The model's id, for messages.
        row: The model's row.
        resolution: Free text, or None.
        ratio: Free text, or None; it must not contradict the resolution.
    """
    if row.size is not None:
        return native_size(model, row.size, resolution, ratio)
    lines = _field(model, "resolution", row.resolution, resolution)
    if ratio is not None:
        return lines + _field(model, "aspect_ratio", row.aspect_ratio, ratio)
    sides = None if resolution is None else pixels_of(resolution)
    if resolution is None or sides is None:
        return lines
    return lines + _implied_ratio(model, row, resolution, sides, lines.resolution)


# Models with one field for the resolution and one for the ratio.


def _field(model: str, name: _Name, choice: Choice | None, wanted: str | None) -> Mapped:
    if wanted is None:
        return Mapped()
    if choice is None:
        return left_out(model, name)
    value = _choose(name, choice, wanted)
    if value is None:
        sentence = f"{name} {wanted!r} was left out: {model} takes {in_words(choice.values)}"
        return Mapped(adjusted=(sentence,))
    exact = _same(name, wanted, value)
    sentence = f"{name} {wanted!r} became {value!r}: {model} takes {in_words(choice.values)}"
    is_ratio = name == "aspect_ratio"
    shape, sent = ratio_of(wanted), ratio_of(value)
    near = exact or not is_ratio or shape is None or sent is None or near_shape(shape, sent)
    return Mapped(
        fields={choice.field: choice.wire.get(value, value)},
        adjusted=() if exact else (sentence,),
        misshapen=() if near else (sentence,),
        resolution=None if is_ratio else value,
        aspect_ratio=value if is_ratio else None,
    )


def _implied_ratio(
    model: str, row: ModelRow, resolution: str, sides: Sides, sent: str | None
) -> Mapped:
    """Return the aspect ratio that the sides of a resolution imply."""
    shape = sides[0] / sides[1]
    sent_sides = None if sent is None else pixels_of(sent)
    if sent_sides is not None and same_shape(sent_sides[0] / sent_sides[1], shape):
        return Mapped(aspect_ratio=named_ratio(*sides))
    choice = row.aspect_ratio
    if choice is None and row.resolution is None:
        # `_field` has warned already that the whole resolution was left out.
        return Mapped()
    value = None if choice is None else _choose("aspect_ratio", choice, named_ratio(*sides))
    if choice is None or value is None:
        sentence = (
            f"the shape of resolution {resolution!r} was left out: "
            f"{model} takes no aspect_ratio for it"
        )
        return Mapped(adjusted=(sentence,))
    ratio = ratio_of(value)
    exact = ratio is None or same_shape(shape, ratio)
    sentence = (
        f"resolution {resolution!r} became {value}: "
        f"{model} takes the ratios {in_words(choice.values)}"
    )
    return Mapped(
        fields={choice.field: choice.wire.get(value, value)},
        adjusted=() if exact else (sentence,),
        misshapen=() if ratio is None or near_shape(shape, ratio) else (sentence,),
        aspect_ratio=value,
    )


def _choose(name: _Name, choice: Choice, wanted: str) -> str | None:
    if not choice.values:
        return wanted
    exact = next((v for v in choice.values if v.lower() == wanted.strip().lower()), None)
    if exact is not None:
        return exact
    measure = _MEASURES[name]
    goal = measure(wanted)
    values = _near_shapes(wanted, choice.values) if name == "resolution" else choice.values
    sizes = {size: v for v in reversed(values) if (size := measure(v)) is not None}
    if goal is None or not sizes:
        return None
    pick = nearest if name == "resolution" else nearest_ratio
    return sizes[pick(goal, tuple(sizes))]


def _near_shapes(wanted: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the resolutions of about the wanted shape, or all of them if there are none."""
    sides = pixels_of(wanted)
    if sides is None:
        return values
    near = tuple(
        value
        for value in values
        if (other := pixels_of(value)) is None
        or near_shape(sides[0] / sides[1], other[0] / other[1])
    )
    return near or values


def _same(name: _Name, wanted: str, value: str) -> bool:
    if wanted.strip().lower() == value.lower():
        return True
    measure = _MEASURES[name]
    return measure(wanted) == measure(value)


# The measures in native fields.


def sent_dimensions(row: ModelRow, fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the resolution and the aspect ratio that native fields request, None if unknown."""
    if row.size is not None:
        sides = sent_sides(row.size, fields)
        return (None, None) if sides is None else (f"{min(sides)}p", named_ratio(*sides))
    return (
        _our_spelling("resolution", row.resolution, fields),
        _our_spelling("aspect_ratio", row.aspect_ratio, fields),
    )


def _our_spelling(name: _Name, choice: Choice | None, fields: Mapping[str, Any]) -> str | None:
    value = None if choice is None else fields.get(choice.field)
    if choice is None or value is None:
        return None
    ours = next((word for word, wire in choice.wire.items() if wire == value), None)
    if ours is not None:
        return ours
    readable = isinstance(value, str) and _MEASURES[name](value) is not None
    return value if isinstance(value, str) and (readable or value in choice.values) else None
