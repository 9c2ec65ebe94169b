"""Map resolution and aspect ratio to a size, for models with one field for both."""

from collections.abc import Mapping
from typing import Any, TypeAlias

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
_Named: TypeAlias = tuple[str, Sides]


def native_size(model: str, size: Size, resolution: str | None, ratio: str | None) -> Mapped:
    """Return the nearest native size; resolution and ratio must not contradict each other."""
    if resolution is None and ratio is None:
        name, sent = next(iter(size.sizes.items()))
        return Mapped(fields=_fields(size, name, sent)) if size.required else Mapped()
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
    warnings = tuple(
        f"{field} {value!r} became {name}: {model} takes {_offer(size)}"
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


def _offer(size: Size) -> str:
    if not size.free:
        return in_words(size.sizes)
    return f"multiples of {size.multiple_of}" if size.multiple_of > 1 else "WIDTHxHEIGHT"


def _explicit(size: Size, sides: Sides | None) -> _Named | None:
    """Return the size with exactly these sides, or None if the model does not support it."""
    if sides is None:
        return None
    # A native name comes first: Runway's "960:960" is the square of its 720p class.
    named = next(((n, table) for n, table in size.sizes.items() if pixels_of(n) == sides), None)
    return named or (_computed(sides) if size.free else None)


def _computed(sides: Sides) -> _Named:
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
    return _computed(_compute(wanted_lines, wanted_shape, block))


def _compute(lines: int, shape: float, block: int) -> Sides:
    """Return sides of this shape that are multiples of ``block``.

    >>> _compute(480, 16 / 9, 16), _compute(720, 9 / 16, 1)
    ((848, 480), (720, 1280))
    """
    short = int(to_step(lines, block, block, None))
    long = int(to_step(lines * max(shape, 1 / shape), block, block, None))
    return (long, short) if shape >= 1 else (short, long)


def _fields(size: Size, name: str, sides: Sides) -> dict[str, Any]:
    if size.height_field is None:
        return {size.field: name}
    return {size.field: sides[0], size.height_field: sides[1]}


def sent_sides(size: Size, fields: Mapping[str, Any]) -> Sides | None:
    """Return the sides in pixels that native fields request, or None if unknown."""
    value = fields.get(size.field)
    if size.height_field is None:
        return size.sizes.get(value) or pixels_of(value) if isinstance(value, str) else None
    height = fields.get(size.height_field)
    return pixels_of(f"{value}x{height}")
