"""Map resolution and aspect ratio to a size, for models with one field for both."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from .mapped import Mapped, in_words
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
from .rows import Size

Sides: TypeAlias = tuple[int, int]


@attrs.frozen(kw_only=True)
class _NativeSize:
    """A size in a model's form: its native fields, its sides, and its name for messages."""

    fields: Mapping[str, Any]
    sides: Sides
    name: str
    exact: bool = False


def native_size(model: str, size: Size, resolution: str | None, ratio: str | None) -> Mapped:
    """Return the nearest size that the model supports.

    Args:
        model: The model's id, for messages.
        size: The sizes in the model's row.
        resolution: Free text, or None.
        ratio: Free text, or None; it must not contradict the resolution.
    """
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
    return _of_sides(size, size.sizes[name], name)


def _of_sides(size: Size, sides: Sides, name: str = "") -> _NativeSize:
    width, height = sides
    name = name or f"{width}x{height}"
    fields: dict[str, Any] = (
        {size.field: name}
        if size.height_field is None
        else {size.field: width, size.height_field: height}
    )
    return _NativeSize(fields=fields, sides=sides, name=name)


def sent_sides(size: Size, fields: Mapping[str, Any]) -> Sides | None:
    """Return the sides in pixels that native fields request, or None if unknown."""
    value = fields.get(size.field)
    if size.height_field is None:
        return size.sizes.get(value) or pixels_of(value) if isinstance(value, str) else None
    height = fields.get(size.height_field)
    return pixels_of(f"{value}x{height}")
