"""The pictures that a video begins and ends with, against the shape of the video that is sent.

A picture of another shape costs a video that is cut, has bars, or fails.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs
from returns.result import Success

from ..outcome import Outcome
from ..values.media import ImageInput
from ..values.request import VideoGenerationRequest
from .limits import pixels_of as pixels_of_medium
from .mapped import Mapped, refusal
from .natives import natives_of
from .nearest import lines_of, named_ratio, nearest_ratio, pixels_of, ratio_of, same_shape
from .rows import Ignored, ModelRow, Size
from .shapes import sent_dimensions, sent_sides

_Sides: TypeAlias = tuple[int, int]
_FRAMES: Final = frozenset({"first_frame", "last_frame"})
_EFFECTS: Final = {"crops": "cuts off what does not fit", "pads": "adds bars to the picture"}
# With it, a caller of Vertex AI's Veo chooses between bars and a cut.
_CHOICE: Final = "resizeMode"


@attrs.frozen(kw_only=True)
class Fit:
    """The shape to ask for because of a picture, and the sentence about it.

    Attributes:
        resolution: A width and a height, where the picture has exactly a size of the model.
        aspect_ratio: The nearest ratio otherwise.
        sentence: What the caller reads.
    """

    resolution: str | None = None
    aspect_ratio: str | None = None
    sentence: str


def fit(
    model: str, row: ModelRow, request: VideoGenerationRequest, fields: Mapping[str, Any]
) -> Fit | None:
    """Return the shape to ask for, or None where the caller or the model's default decides.

    It is chosen only where neither a size nor a ratio is asked for, and where the model's default
    has another orientation than the picture.

    Args:
        model: The model's id, for the sentence.
        row: The model's row.
        request: What the caller wants.
        fields: The native fields that are known already: media and ``extra_params``.
    """
    frame = next(_frames(row, request), None)
    if frame is None or _is_decided(row, request, fields):
        return None
    name, sides = frame
    exact = _exact_size(row, request, sides)
    default = _default_shape(row)
    if default is None:
        return None
    shape, offered = sides[0] / sides[1], _offered(row)
    has = f"{name} has {sides[0]}x{sides[1]} pixels, and {model} makes {_named(row)} by default"
    if exact is not None:
        return Fit(resolution=exact, sentence=f"resolution was set to {exact}: {has}")
    value = offered[nearest_ratio(shape, tuple(offered))]
    chosen = ratio_of(value) or default
    if not _opposed(shape, default) or _opposed(shape, chosen):
        return None
    return Fit(aspect_ratio=value, sentence=f"aspect_ratio was set to {value}: {has}")


def _is_decided(row: ModelRow, request: VideoGenerationRequest, fields: Mapping[str, Any]) -> bool:
    if row.generic or row.frames == "follows" or request.video is not None:
        return True
    if request.aspect_ratio is not None or pixels_of(request.resolution) is not None:
        return True
    native = natives_of(row)
    names = {native.get("aspect_ratio"), row.size and row.size.field}
    ignored = (rule for rule in row.rules if isinstance(rule, Ignored))
    return not names.isdisjoint(fields) or any(
        rule.name == "aspect_ratio" and not fields.keys().isdisjoint(rule.beside)
        for rule in ignored
    )


def _exact_size(row: ModelRow, request: VideoGenerationRequest, sides: _Sides) -> str | None:
    """Return the picture's size where only a video of that size can begin with it."""
    if row.frames != "refuses" or row.size is None or sides not in row.size.sizes.values():
        return None
    if request.resolution is not None and lines_of(request.resolution) != min(sides):
        return None
    is_default = sides == next(iter(row.size.sizes.values()))
    return None if is_default else f"{sides[0]}x{sides[1]}"


def with_pictures(
    model: str, row: ModelRow, request: VideoGenerationRequest, mapped: Mapped
) -> Outcome[Mapped]:
    """Return the mapping with a warning for each picture that the model would cut or pad.

    Errors:
        ValidationError: The model refuses a picture that has not exactly the video's size.
    """
    if row.frames is None or row.frames == "follows":
        return Success(mapped)
    frames = tuple(_frames(row, request))
    if row.frames == "refuses":
        return _with_equal(model, row, frames, mapped)
    shape = _sent_shape(row, mapped.fields)
    if shape is None or _CHOICE in mapped.fields:
        return Success(mapped)
    notes = tuple(
        f"{name} has {width}x{height} pixels, and the video is {shape[0]}: {model} "
        f"{_EFFECTS[row.frames]}"
        for name, (width, height) in frames
        if not same_shape(width / height, shape[1])
    )
    return Success(attrs.evolve(mapped, warnings=mapped.warnings + notes))


def _with_equal(
    model: str, row: ModelRow, frames: tuple[tuple[str, _Sides], ...], mapped: Mapped
) -> Outcome[Mapped]:
    sides = None if row.size is None else sent_sides(row.size, mapped.fields) or _first(row.size)
    other = next(((name, own) for name, own in frames if own != sides), None)
    if sides is None or other is None:
        return Success(mapped)
    name, (width, height) = other
    return refusal(
        model,
        f"{name} has {width}x{height} pixels, and {model} takes a picture of exactly the size of "
        f"the video, {sides[0]}x{sides[1]}: resize it, or ask for its size",
    )


def _frames(row: ModelRow, request: VideoGenerationRequest) -> Iterator[tuple[str, _Sides]]:
    """Yield the frames whose pixels are known, each with what the caller calls it."""
    for place, item in enumerate(request.image_list):
        pixels = pixels_of_medium(item.image)
        if pixels is not None and _is_frame(row, item):
            yield f"image_list[{place}]", pixels


def _is_frame(row: ModelRow, item: ImageInput) -> bool:
    if item.type in _FRAMES:
        return True
    taking = [slot for slot in row.images if item.type in slot.roles]
    # A model without a place for references takes one as its first frame.
    return item.type == "reference" and all(_FRAMES & set(slot.roles) for slot in taking)


def _first(size: Size) -> _Sides:
    return next(iter(size.sizes.values()))


def _default_shape(row: ModelRow) -> float | None:
    """Return the shape that the model makes if none is sent, or None if it is not known."""
    if row.size is not None:
        # Without a source about frames, a model may follow the picture if no size is sent.
        known = row.size.required or row.frames is not None
        return ratio_of(named_ratio(*_first(row.size))) if known else None
    return ratio_of(_named(row))


def _named(row: ModelRow) -> str:
    if row.size is not None:
        return next(iter(row.size.sizes))
    return next(iter(row.aspect_ratio.values), "") if row.aspect_ratio is not None else ""


def _offered(row: ModelRow) -> dict[float, str]:
    """Return the shapes that the model makes, each with its name."""
    if row.size is not None:
        names = [named_ratio(*sides) for sides in row.size.sizes.values()]
    else:
        names = list(row.aspect_ratio.values) if row.aspect_ratio is not None else []
    return {ratio: name for name in reversed(names) if (ratio := ratio_of(name)) is not None}


def _opposed(one: float, other: float) -> bool:
    """Tell whether one shape is wide and the other one tall.

    >>> _opposed(16 / 9, 9 / 16), _opposed(1.0, 9 / 16), _opposed(4 / 3, 16 / 9)
    (True, False, False)
    """
    return not same_shape(one, 1) and not same_shape(other, 1) and (one > 1) != (other > 1)


def _sent_shape(row: ModelRow, fields: Mapping[str, Any]) -> tuple[str, float] | None:
    """Return the ratio that the fields ask for, or the default, by its name and as a number."""
    name = sent_dimensions(row, fields)[1]
    if name is None:
        native = natives_of(row).get("aspect_ratio")
        default = _default_shape(row)
        if native in fields or default is None:
            return None
        name = named_ratio(*_first(row.size)) if row.size is not None else _named(row)
    ratio = ratio_of(name)
    return None if ratio is None else (name, ratio)
