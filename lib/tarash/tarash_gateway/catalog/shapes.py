"""Map resolution and aspect ratio to native fields, preserving the requested shape.

A resolution such as ``"1280x720"`` implies a shape, and sets the ratio if the caller gives none.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

from .mapped import NOTHING, Mapped, in_words, omission
from .nearest import (
    lines_of,
    named_ratio,
    near_shape,
    nearest,
    nearest_ratio,
    pixels_of,
    ratio_of,
    same_shape,
    to_step,
)
from .rows import Choice, ModelRow, Size

_Sides: TypeAlias = tuple[int, int]
_Named: TypeAlias = tuple[str, _Sides]
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
        return _native_size(model, row.size, resolution, ratio)
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
        return NOTHING
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
    model: str, row: ModelRow, resolution: str, sides: _Sides, sent: str | None
) -> Mapped:
    """Return the aspect ratio that the sides of a resolution imply."""
    shape = sides[0] / sides[1]
    native = pixels_of(sent)
    if native is not None and same_shape(native[0] / native[1], shape):
        return Mapped(aspect_ratio=named_ratio(*sides))
    choice = row.aspect_ratio
    if choice is None and row.resolution is None:
        # `_field` has warned already that the whole resolution was left out.
        return NOTHING
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


# Models with one field for both.


def _native_size(model: str, size: Size, resolution: str | None, ratio: str | None) -> Mapped:
    """Return the nearest native size; resolution and ratio must not contradict each other."""
    if resolution is None and ratio is None:
        name, sent = next(iter(size.sizes.items()))
        return Mapped(fields=_fields(size, name, sent)) if size.required else NOTHING
    sides, lines = pixels_of(resolution), lines_of(resolution)
    shape = sides[0] / sides[1] if sides else ratio_of(ratio)
    exact = _explicit(size, sides)
    name, sent = exact or _nearest_size(size, lines, shape)
    sent_shape = sent[0] / sent[1]
    same = shape is not None and (exact is not None or same_shape(shape, sent_shape))
    near = same or shape is None or near_shape(shape, sent_shape)
    resized = (exact is None and lines != min(sent)) or (sides is not None and not same)
    changed = {
        "resolution": resolution if resized else None,
        "aspect_ratio": None if same else ratio,
    }
    offered = in_words(size.sizes)
    if size.free:
        offered = f"multiples of {size.multiple_of}" if size.multiple_of > 1 else "WIDTHxHEIGHT"
    warnings = tuple(
        f"{field} {value!r} became {name}: {model} takes {offered}"
        for field, value in changed.items()
        if value is not None
    )
    named = ratio if sides is None or ratio is not None else named_ratio(*sides)
    return Mapped(
        fields=_fields(size, name, sent),
        adjusted=warnings,
        misshapen=() if near else warnings[-1:],
        resolution=f"{min(sent)}p",
        aspect_ratio=named if same else None,
    )


def _explicit(size: Size, sides: _Sides | None) -> _Named | None:
    """Return the size with exactly these sides, or None if the model does not support it."""
    if sides is None:
        return None
    # A native name comes first: Runway's "960:960" is the square of its 720p class.
    named = next(((n, table) for n, table in size.sizes.items() if pixels_of(n) == sides), None)
    return named or (_with_name(sides) if size.free else None)


def _with_name(sides: _Sides) -> _Named:
    return f"{sides[0]}x{sides[1]}", sides


def _nearest_size(size: Size, lines: int | None, shape: float | None) -> _Named:
    """Return the nearest size of the table, or a computed one if the model accepts others."""
    block = size.multiple_of
    whole = {name: sides for name, sides in size.sizes.items() if not any(s % block for s in sides)}
    sizes = whole or size.sizes
    first_width, first_height = next(iter(sizes.values()))
    wanted_shape = shape or first_width / first_height
    wanted_lines = lines or min(first_width, first_height)
    by_shape = nearest_ratio(wanted_shape, tuple(w / h for w, h in sizes.values()))
    # Among sizes of the same shape, the nearest resolution is chosen.
    heights = {
        min(pair): value
        for value, pair in reversed(tuple(sizes.items()))
        if same_shape(pair[0] / pair[1], by_shape)
    }
    name = heights[int(nearest(wanted_lines, tuple(heights)))]
    width, height = sizes[name]
    fits = same_shape(wanted_shape, width / height) and min(width, height) == wanted_lines
    if fits or not size.free:
        return name, sizes[name]
    return _with_name(_compute(wanted_lines, wanted_shape, block))


def _compute(lines: int, shape: float, block: int) -> _Sides:
    """Return sides of this shape that are multiples of ``block``.

    >>> _compute(480, 16 / 9, 16), _compute(720, 9 / 16, 1)
    ((848, 480), (720, 1280))
    """
    short = int(to_step(lines, block, block, None))
    long = int(to_step(lines * max(shape, 1 / shape), block, block, None))
    return (long, short) if shape >= 1 else (short, long)


def _fields(size: Size, name: str, sides: _Sides) -> dict[str, Any]:
    if size.height_field is None:
        return {size.field: name}
    return {size.field: sides[0], size.height_field: sides[1]}


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


def sent_sides(size: Size, fields: Mapping[str, Any]) -> _Sides | None:
    """Return the sides in pixels that native fields request, or None if unknown."""
    value = fields.get(size.field)
    if size.height_field is None:
        return size.sizes.get(value) or pixels_of(value) if isinstance(value, str) else None
    height = fields.get(size.height_field)
    return pixels_of(f"{value}x{height}")
