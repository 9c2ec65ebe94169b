"""Map resolution and aspect ratio to native fields, preserving the requested shape.

A resolution such as ``"1280x720"`` implies a shape, and sets the ratio if the caller gives none.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

from .mapped import Mapped, in_words, omission
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
_MEASURES: Final[Mapping[_Name, Callable[[str | None], float | None]]] = {
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
    sides, shape = pixels_of(resolution), ratio_of(ratio)
    if sides is None or shape is None or same_shape(sides[0] / sides[1], shape):
        return None
    return (
        f"resolution {resolution!r} is {named_ratio(*sides)} and aspect_ratio is {ratio!r}: "
        "leave one of them out"
    )


def dimensions(model: str, row: ModelRow, resolution: str | None, ratio: str | None) -> Mapped:
    """Return the nearest native resolution and ratio; the two must not contradict each other."""
    if row.size is not None:
        return native_size(model, row.size, resolution, ratio)
    lines = _field(model, "resolution", row.resolution, resolution)
    if ratio is not None:
        return lines + _field(model, "aspect_ratio", row.aspect_ratio, ratio)
    sides = pixels_of(resolution)
    if resolution is None or sides is None:
        return lines
    return lines + _implied_ratio(model, row, resolution, sides, lines.resolution)


# Models with one field for the resolution and one for the ratio.


def _field(model: str, name: _Name, choice: Choice | None, wanted: str | None) -> Mapped:
    if wanted is None:
        return Mapped()
    if choice is None:
        return omission(model, name)
    value = _choose(name, choice, wanted)
    if value is None:
        sentence = f"{name} {wanted!r} was left out: {model} takes {in_words(choice.values)}"
        return Mapped(adjusted=(sentence,))
    change = f"{name} {wanted!r} became {value!r}: {model} takes {in_words(choice.values)}"
    native = {choice.field: choice.wire.get(value, value)}
    measure = _MEASURES[name]
    adjusted = () if measure(wanted) == measure(value) else (change,)
    if name == "resolution":
        return Mapped(fields=native, adjusted=adjusted, resolution=value)
    shape, sent = ratio_of(wanted), ratio_of(value)
    near = shape is None or sent is None or near_shape(shape, sent)
    misshapen = () if near else (change,)
    return Mapped(fields=native, adjusted=adjusted, misshapen=misshapen, aspect_ratio=value)


def _implied_ratio(
    model: str, row: ModelRow, resolution: str, sides: Sides, sent: str | None
) -> Mapped:
    """Return the aspect ratio that the sides of a resolution imply."""
    shape = sides[0] / sides[1]
    sent_sides = pixels_of(sent)
    if sent_sides is not None and same_shape(sent_sides[0] / sent_sides[1], shape):
        return Mapped(aspect_ratio=named_ratio(*sides))
    choice = row.aspect_ratio
    if choice is None and row.resolution is None:
        # `_field` has warned already that the whole resolution was left out.
        return Mapped()
    value = None if choice is None else _choose("aspect_ratio", choice, named_ratio(*sides))
    if choice is None or value is None:
        what = f"the shape of resolution {resolution!r} was left out"
        return Mapped(adjusted=(f"{what}: {model} takes no aspect_ratio for it",))
    ratio = ratio_of(value)
    offered = in_words(choice.values)
    change = f"resolution {resolution!r} became {value}: {model} takes the ratios {offered}"
    return Mapped(
        fields={choice.field: choice.wire.get(value, value)},
        adjusted=() if ratio is None or same_shape(shape, ratio) else (change,),
        misshapen=() if ratio is None or near_shape(shape, ratio) else (change,),
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
    shape = sides[0] / sides[1]
    others = ((value, pixels_of(value)) for value in values)
    near = tuple(v for v, other in others if not other or near_shape(shape, other[0] / other[1]))
    return near or values


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
    if choice is None or (value := fields.get(choice.field)) is None:
        return None
    ours = next((word for word, wire in choice.wire.items() if wire == value), None)
    if ours is not None or not isinstance(value, str):
        return ours
    known = value in choice.values or _MEASURES[name](value) is not None
    return value if known else None
