"""From resolution and aspect ratio to native fields: the shape that was asked for is kept.

A resolution such as ``"1280x720"`` says the shape as well, and sets the ratio where none is given.
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
    """Return both in the model's form, the nearest that it takes.

    Args:
        model: The model's id, for messages.
        row: What the model takes.
        resolution: Free text, or None.
        ratio: Free text, or None; it does not contradict the resolution.
    """
    if row.size is not None:
        return _size(model, row.size, resolution, ratio)
    lines = _lines(model, row.resolution, resolution)
    if ratio is not None:
        return lines + _ratio(model, row.aspect_ratio, ratio)
    sides = None if resolution is None else pixels_of(resolution)
    if resolution is None or sides is None:
        return lines
    return lines + _implied(model, row, resolution, sides, lines.resolution)


# Two fields.


def _lines(model: str, choice: Choice | None, wanted: str | None) -> Mapped:
    if wanted is None:
        return Mapped()
    if choice is None:
        return left_out(model, "resolution")
    taken = _taken("resolution", choice, wanted)
    if taken is None:
        return _unreadable(model, "resolution", choice, wanted)
    told = () if _same("resolution", wanted, taken) else (_became(model, wanted, taken, choice),)
    return Mapped(
        fields={choice.field: choice.wire.get(taken, taken)}, adjusted=told, resolution=taken
    )


def _became(model: str, wanted: str, taken: str, choice: Choice, name: str = "resolution") -> str:
    return f"{name} {wanted!r} became {taken!r}: {model} takes {in_words(choice.values)}"


def _unreadable(model: str, name: str, choice: Choice, wanted: str) -> Mapped:
    sentence = f"{name} {wanted!r} was left out: {model} takes {in_words(choice.values)}"
    return Mapped(adjusted=(sentence,))


def _ratio(model: str, choice: Choice | None, wanted: str) -> Mapped:
    if choice is None:
        return left_out(model, "aspect_ratio")
    taken = _taken("aspect_ratio", choice, wanted)
    if taken is None:
        return _unreadable(model, "aspect_ratio", choice, wanted)
    exact = _same("aspect_ratio", wanted, taken)
    sentence = _became(model, wanted, taken, choice, "aspect_ratio")
    shape, made = ratio_of(wanted), ratio_of(taken)
    kept = exact or shape is None or made is None or near_shape(shape, made)
    return Mapped(
        fields={choice.field: choice.wire.get(taken, taken)},
        adjusted=() if exact else (sentence,),
        misshapen=() if kept else (sentence,),
        aspect_ratio=taken,
    )


def _implied(model: str, row: ModelRow, resolution: str, sides: Sides, sent: str | None) -> Mapped:
    """Return the aspect ratio that the sides of a resolution tell."""
    shape = sides[0] / sides[1]
    carried = None if sent is None else pixels_of(sent)
    if carried is not None and same_shape(carried[0] / carried[1], shape):
        return Mapped(aspect_ratio=named_ratio(*sides))
    choice = row.aspect_ratio
    if choice is None and row.resolution is None:
        # The resolution was left out as a whole, and this was told.
        return Mapped()
    named = named_ratio(*sides)
    taken = None if choice is None else _taken("aspect_ratio", choice, named)
    if choice is None or taken is None:
        sentence = f"resolution {resolution!r} lost its shape: {model} takes no aspect_ratio for it"
        return Mapped(adjusted=(sentence,))
    made = ratio_of(taken)
    exact = made is None or same_shape(shape, made)
    sentence = (
        f"resolution {resolution!r} became {taken}: "
        f"{model} takes the ratios {in_words(choice.values)}"
    )
    return Mapped(
        fields={choice.field: choice.wire.get(taken, taken)},
        adjusted=() if exact else (sentence,),
        misshapen=() if made is None or near_shape(shape, made) else (sentence,),
        aspect_ratio=taken,
    )


def _taken(name: str, choice: Choice, wanted: str) -> str | None:
    if not choice.values:
        return wanted
    exact = next((v for v in choice.values if v.lower() == wanted.strip().lower()), None)
    if exact is not None:
        return exact
    measure = _MEASURES[name]
    goal = measure(wanted)
    values = _alike(wanted, choice.values) if name == "resolution" else choice.values
    sizes = {size: v for v in reversed(values) if (size := measure(v)) is not None}
    if goal is None or not sizes:
        return None
    pick = nearest if name == "resolution" else nearest_ratio
    return sizes[pick(goal, tuple(sizes))]


def _alike(wanted: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the resolutions that are not of another shape, or all where each of them is."""
    sides = pixels_of(wanted)
    if sides is None:
        return values
    kept = tuple(
        value
        for value in values
        if (other := pixels_of(value)) is None
        or near_shape(sides[0] / sides[1], other[0] / other[1])
    )
    return kept or values


def _same(name: str, wanted: str, taken: str) -> bool:
    if wanted.strip().lower() == taken.lower():
        return True
    measure = _MEASURES[name]
    return measure(wanted) == measure(taken)


# One field for both.


@attrs.frozen(kw_only=True)
class _Made:
    """A size that is sent: its native fields, its sides, and how to call it."""

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
    made = _explicit(size, sides) or _chosen(size, lines, shape)
    offered = (
        in_words(size.sizes)
        if not size.free
        else f"multiples of {size.multiple_of}"
        if size.multiple_of > 1
        else "WIDTHxHEIGHT"
    )
    width, height = made.sides
    kept = shape is not None and (made.exact or same_shape(shape, width / height))
    near = kept or shape is None or near_shape(shape, width / height)
    known = made.exact or lines == min(made.sides)

    def became(name: str, value: str | None) -> str:
        return f"{name} {value!r} became {made.name}: {model} takes {offered}"

    by_resolution = resolution is not None and (not known or (sides is not None and not kept))
    by_ratio = ratio is not None and not kept
    told = (
        *((became("resolution", resolution),) if by_resolution else ()),
        *((became("aspect_ratio", ratio),) if by_ratio else ()),
    )
    named = ratio if sides is None or ratio is not None else named_ratio(*sides)
    return Mapped(
        fields=made.fields,
        adjusted=told,
        misshapen=() if near else told[-1:],
        resolution=f"{min(made.sides)}p",
        aspect_ratio=named if kept else None,
    )


def _shape(sides: Sides | None, ratio: str | None) -> float | None:
    if sides is not None:
        return sides[0] / sides[1]
    return None if ratio is None else ratio_of(ratio)


def _explicit(size: Size, sides: Sides | None) -> _Made | None:
    """Return the size that was asked for by its sides, where the model takes it as it is."""
    if sides is None:
        return None
    # A native name first: Runway's "960:960" stands for the square of its 720p class.
    named = next((name for name in size.sizes if pixels_of(name) == sides), None)
    if named is not None:
        return attrs.evolve(_of_table(size, named), exact=True)
    if not size.free:
        return None
    return attrs.evolve(_of_sides(size, sides), exact=True)


def _chosen(size: Size, lines: int | None, shape: float | None) -> _Made:
    """Return the nearest size of the table, or one that fits where the table is no limit."""
    sizes = _in_blocks(size)
    first_width, first_height = next(iter(sizes.values()))
    wanted_shape = shape or first_width / first_height
    wanted_lines = lines or min(first_width, first_height)
    by_shape = nearest_ratio(wanted_shape, tuple(w / h for w, h in sizes.values()))
    # Of shapes that are as good as the same, the resolution decides: a larger one costs more.
    heights = {
        min(pair): value
        for value, pair in reversed(tuple(sizes.items()))
        if same_shape(pair[0] / pair[1], by_shape)
    }
    taken = heights[int(nearest(wanted_lines, tuple(heights)))]
    width, height = sizes[taken]
    fits = same_shape(wanted_shape, width / height) and min(width, height) == wanted_lines
    if fits or not size.free:
        return _of_table(size, taken)
    return _of_sides(size, _computed(wanted_lines, wanted_shape, size.multiple_of))


def _in_blocks(size: Size) -> Mapping[str, Sides]:
    block = size.multiple_of
    whole = {name: sides for name, sides in size.sizes.items() if not any(s % block for s in sides)}
    return whole or size.sizes


def _computed(lines: int, shape: float, block: int) -> Sides:
    """Return sides of this shape in whole blocks.

    >>> _computed(480, 16 / 9, 16), _computed(720, 9 / 16, 1)
    ((848, 480), (720, 1280))
    """
    short = int(to_step(lines, block, block, None))
    long = int(to_step(lines * max(shape, 1 / shape), block, block, None))
    return (long, short) if shape >= 1 else (short, long)


def _of_table(size: Size, name: str) -> _Made:
    width, height = size.sizes[name]
    both = {size.field: name}
    fields = both if size.height_field is None else {size.field: width, size.height_field: height}
    return _Made(fields=fields, sides=(width, height), name=name)


def _of_sides(size: Size, sides: Sides) -> _Made:
    width, height = sides
    name = f"{width}x{height}"
    both: dict[str, Any] = {size.field: name}
    fields = both if size.height_field is None else {size.field: width, size.height_field: height}
    return _Made(fields=fields, sides=sides, name=name)


# What a native field says.


def sent_dimensions(row: ModelRow, fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the resolution and the aspect ratio that native fields ask for, None if unknown."""
    if row.size is not None:
        sides = _sent_sides(row.size, fields)
        return (None, None) if sides is None else (f"{min(sides)}p", named_ratio(*sides))
    return (
        _sent("resolution", row.resolution, fields),
        _sent("aspect_ratio", row.aspect_ratio, fields),
    )


def _sent(name: str, choice: Choice | None, fields: Mapping[str, Any]) -> str | None:
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
