"""Map resolution and aspect ratio to native fields, preserving the requested shape.

A resolution such as ``"1280x720"`` implies a shape, and sets the ratio if the caller gives none.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

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
    to_step,
)
from .rows import Choice, ModelRow, Size

Sides: TypeAlias = tuple[int, int]

_MEASURES: Final[Mapping[str, Callable[[str], float | None]]] = {
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
        return _size(model, row.size, resolution, ratio)
    lines = _lines(model, row.resolution, resolution)
    if ratio is not None:
        return lines + _ratio(model, row.aspect_ratio, ratio)
    sides = None if resolution is None else pixels_of(resolution)
    if resolution is None or sides is None:
        return lines
    return lines + _implied_ratio(model, row, resolution, sides, lines.resolution)


# Models with one field for the resolution and one for the ratio.


def _lines(model: str, choice: Choice | None, wanted: str | None) -> Mapped:
    if wanted is None:
        return Mapped()
    if choice is None:
        return left_out(model, "resolution")
    value = _choose("resolution", choice, wanted)
    if value is None:
        return _leave_out(model, "resolution", choice, wanted)
    same = _same("resolution", wanted, value)
    return Mapped(
        fields={choice.field: choice.wire.get(value, value)},
        adjusted=() if same else (_change(model, wanted, value, choice),),
        resolution=value,
    )


def _change(model: str, wanted: str, value: str, choice: Choice, name: str = "resolution") -> str:
    return f"{name} {wanted!r} became {value!r}: {model} takes {in_words(choice.values)}"


def _leave_out(model: str, name: str, choice: Choice, wanted: str) -> Mapped:
    sentence = f"{name} {wanted!r} was left out: {model} takes {in_words(choice.values)}"
    return Mapped(adjusted=(sentence,))


def _ratio(model: str, choice: Choice | None, wanted: str) -> Mapped:
    if choice is None:
        return left_out(model, "aspect_ratio")
    value = _choose("aspect_ratio", choice, wanted)
    if value is None:
        return _leave_out(model, "aspect_ratio", choice, wanted)
    exact = _same("aspect_ratio", wanted, value)
    sentence = _change(model, wanted, value, choice, "aspect_ratio")
    shape, sent = ratio_of(wanted), ratio_of(value)
    near = exact or shape is None or sent is None or near_shape(shape, sent)
    return Mapped(
        fields={choice.field: choice.wire.get(value, value)},
        adjusted=() if exact else (sentence,),
        misshapen=() if near else (sentence,),
        aspect_ratio=value,
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
        # `_lines` has warned already that the whole resolution was left out.
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


def _choose(name: str, choice: Choice, wanted: str) -> str | None:
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


def _same(name: str, wanted: str, value: str) -> bool:
    if wanted.strip().lower() == value.lower():
        return True
    measure = _MEASURES[name]
    return measure(wanted) == measure(value)


# Models with one field for both.


@attrs.frozen(kw_only=True)
class _NativeSize:
    """A size in a model's form: its native fields, its sides, and its name for messages."""

    fields: Mapping[str, Any]
    sides: Sides
    name: str
    exact: bool = False


def _size(model: str, size: Size, resolution: str | None, ratio: str | None) -> Mapped:
    if resolution is None and ratio is None:
        first = next(iter(size.sizes))
        return Mapped(fields=_of_table(size, first).fields) if size.required else Mapped()
    sides = None if resolution is None else pixels_of(resolution)
    lines = None if resolution is None else lines_of(resolution)
    shape = _shape(sides, ratio)
    sent = _explicit(size, sides) or _nearest_size(size, lines, shape)
    offered = (
        in_words(size.sizes)
        if not size.free
        else f"multiples of {size.multiple_of}"
        if size.multiple_of > 1
        else "WIDTHxHEIGHT"
    )
    width, height = sent.sides
    same = shape is not None and (sent.exact or same_shape(shape, width / height))
    near = same or shape is None or near_shape(shape, width / height)
    same_lines = sent.exact or lines == min(sent.sides)

    def change(name: str, value: str | None) -> str:
        return f"{name} {value!r} became {sent.name}: {model} takes {offered}"

    resized = resolution is not None and (not same_lines or (sides is not None and not same))
    warnings = (
        *((change("resolution", resolution),) if resized else ()),
        *((change("aspect_ratio", ratio),) if ratio is not None and not same else ()),
    )
    named = ratio if sides is None or ratio is not None else named_ratio(*sides)
    return Mapped(
        fields=sent.fields,
        adjusted=warnings,
        misshapen=() if near else warnings[-1:],
        resolution=f"{min(sent.sides)}p",
        aspect_ratio=named if same else None,
    )


def _shape(sides: Sides | None, ratio: str | None) -> float | None:
    if sides is not None:
        return sides[0] / sides[1]
    return None if ratio is None else ratio_of(ratio)


def _explicit(size: Size, sides: Sides | None) -> _NativeSize | None:
    """Return the size with exactly these sides, or None if the model does not support it."""
    if sides is None:
        return None
    # A native name comes first: Runway's "960:960" is the square of its 720p class.
    named = next((name for name in size.sizes if pixels_of(name) == sides), None)
    if named is not None:
        return attrs.evolve(_of_table(size, named), exact=True)
    if not size.free:
        return None
    return attrs.evolve(_of_sides(size, sides), exact=True)


def _nearest_size(size: Size, lines: int | None, shape: float | None) -> _NativeSize:
    """Return the nearest size of the table, or a computed one if the model accepts others."""
    sizes = _in_blocks(size)
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
        return _of_table(size, name)
    return _of_sides(size, _compute(wanted_lines, wanted_shape, size.multiple_of))


def _in_blocks(size: Size) -> Mapping[str, Sides]:
    block = size.multiple_of
    whole = {name: sides for name, sides in size.sizes.items() if not any(s % block for s in sides)}
    return whole or size.sizes


def _compute(lines: int, shape: float, block: int) -> Sides:
    """Return sides of this shape that are multiples of ``block``.

    >>> _compute(480, 16 / 9, 16), _compute(720, 9 / 16, 1)
    ((848, 480), (720, 1280))
    """
    short = int(to_step(lines, block, block, None))
    long = int(to_step(lines * max(shape, 1 / shape), block, block, None))
    return (long, short) if shape >= 1 else (short, long)


def _of_table(size: Size, name: str) -> _NativeSize:
    width, height = size.sizes[name]
    both = {size.field: name}
    fields = both if size.height_field is None else {size.field: width, size.height_field: height}
    return _NativeSize(fields=fields, sides=(width, height), name=name)


def _of_sides(size: Size, sides: Sides) -> _NativeSize:
    width, height = sides
    name = f"{width}x{height}"
    both: dict[str, Any] = {size.field: name}
    fields = both if size.height_field is None else {size.field: width, size.height_field: height}
    return _NativeSize(fields=fields, sides=sides, name=name)


# The measures in native fields.


def sent_dimensions(row: ModelRow, fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the resolution and the aspect ratio that native fields request, None if unknown."""
    if row.size is not None:
        sides = _sent_sides(row.size, fields)
        return (None, None) if sides is None else (f"{min(sides)}p", named_ratio(*sides))
    return (
        _our_spelling("resolution", row.resolution, fields),
        _our_spelling("aspect_ratio", row.aspect_ratio, fields),
    )


def _our_spelling(name: str, choice: Choice | None, fields: Mapping[str, Any]) -> str | None:
    value = None if choice is None else fields.get(choice.field)
    if choice is None or value is None:
        return None
    ours = next((word for word, wire in choice.wire.items() if wire == value), None)
    if ours is not None:
        return ours
    readable = isinstance(value, str) and _MEASURES[name](value) is not None
    return value if isinstance(value, str) and (readable or value in choice.values) else None


def _sent_sides(size: Size, fields: Mapping[str, Any]) -> Sides | None:
    value = fields.get(size.field)
    if size.height_field is None:
        return size.sizes.get(value) or pixels_of(value) if isinstance(value, str) else None
    height = fields.get(size.height_field)
    return pixels_of(f"{value}x{height}")
