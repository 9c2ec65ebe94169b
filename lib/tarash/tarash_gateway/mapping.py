"""From a request and a model's row to native fields: pure, and nothing is dropped silently.

Every standard field of the request is sent, adjusted with a warning, left out with a warning,
or refused.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import attrs
from returns.result import Failure, Success

from .exceptions import ValidationError
from .media import ImageInput, Media, as_url
from .nearest import lines_of, nearest, nearest_ratio, ratio_of, to_step
from .outcome import Outcome
from .request import VideoGenerationRequest
from .rows import Choice, Frames, ImageSlot, Length, ModelRow, NumberForm, Size, Switch

EncodeMedia: TypeAlias = Callable[[Media], Any]


@attrs.frozen(kw_only=True)
class Mapped:
    """Native fields, and what became of the request on the way.

    Attributes:
        fields: Native names and values.
        adjusted: What was rounded or left out: one sentence each.
        duration: Seconds that were asked of the provider, or None.
        resolution: Likewise.
        aspect_ratio: Likewise.
    """

    fields: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    adjusted: tuple[str, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None

    def __add__(self, other: "Mapped") -> "Mapped":
        """Return both together; of a value that both have, the later one."""
        return Mapped(
            fields={**self.fields, **other.fields},
            adjusted=self.adjusted + other.adjusted,
            duration=self.duration if other.duration is None else other.duration,
            resolution=other.resolution or self.resolution,
            aspect_ratio=other.aspect_ratio or self.aspect_ratio,
        )


def map_request(
    model: str,
    row: ModelRow,
    request: VideoGenerationRequest,
    encode: EncodeMedia = as_url,
) -> Outcome[Mapped]:
    """Return the native fields of ``request`` for a model.

    Args:
        model: The model's id, for messages.
        row: What the model takes.
        request: What the caller wants.
        encode: The native form of an image or a video.

    Errors:
        ValidationError: An image or a video that the model has no place for, or one that it
            needs and that is missing.
    """
    plain = _plain_fields(model, row, request)
    return (
        _images(model, row, request, encode)
        .bind(lambda images: _video(model, row, request, encode).map(lambda v: images + v))
        .map(lambda media: plain + media)
        .bind(lambda mapped: _with_extra(model, row, request, mapped))
    )


def _plain_fields(model: str, row: ModelRow, request: VideoGenerationRequest) -> Mapped:
    return sum(
        (
            _named(model, "prompt", row.prompt, request.prompt),
            _length(model, row, request),
            _dimensions(model, row, request),
            _switch(model, "generate_audio", row.audio, request.generate_audio),
            _named(model, "negative_prompt", row.negative_prompt, request.negative_prompt),
            _named(model, "seed", row.seed, request.seed),
            _switch(model, "enhance_prompt", row.enhance, request.enhance_prompt),
        ),
        Mapped(),
    )


def _left_out(model: str, name: str) -> Mapped:
    return Mapped(adjusted=(f"{name} was left out: {model} does not take it",))


def _named(model: str, name: str, field: str | None, value: str | int | None) -> Mapped:
    if value is None:
        return Mapped()
    return Mapped(fields={field: value}) if field else _left_out(model, name)


def _switch(model: str, name: str, switch: Switch | None, value: bool | None) -> Mapped:  # noqa: FBT001 - a field's value
    if value is None:
        return Mapped()
    if switch is None:
        return _left_out(model, name)
    if switch.always_on and not value:
        return Mapped(adjusted=(f"{name}=False was left out: {model} cannot do without",))
    return Mapped(fields={switch.field: switch.on if value else switch.off})


# Lengths.


def _length(model: str, row: ModelRow, request: VideoGenerationRequest) -> Mapped:
    wanted = request.duration_seconds
    match row.length:
        case _ if wanted is None:
            return Mapped()
        case None:
            return _left_out(model, "duration_seconds")
        case Length() as length:
            return _seconds(model, length, wanted)
        case Frames() as frames:
            return _frames(model, frames, request.extra_params, wanted)


def in_form(value: float, form: NumberForm) -> int | float | str:
    """Return a number as the JSON value a model wants: whole numbers as integers.

    >>> in_form(5.0, "number"), in_form(5.0, "text"), in_form(5.0, "seconds")
    (5, '5', '5s')
    """
    number = int(value) if float(value).is_integer() else value
    match form:
        case "number":
            return number
        case "text":
            return f"{number:g}"
        case "seconds":
            return f"{number:g}s"


def _seconds(model: str, length: Length, wanted: float) -> Mapped:
    if length.choices:
        taken = nearest(wanted, length.choices)
        offer = _list(f"{choice:g}" for choice in length.choices)
    else:
        taken = to_step(wanted, length.step, length.low or length.step, length.high)
        offer = _range(length)
    return Mapped(
        fields={length.field: in_form(taken, length.form)},
        adjusted=()
        if taken == wanted
        else (f"duration_seconds {wanted:g} became {taken:g}: {model} takes {offer}",),
        duration=float(taken),
    )


def _range(length: Length) -> str:
    grid = "whole seconds" if length.step == 1 else f"steps of {length.step:g} seconds"
    low = f" from {length.low:g}" if length.low is not None else ""
    high = f" up to {length.high:g}" if length.high is not None else ""
    return grid + low + high


def _frames(model: str, frames: Frames, extra: Mapping[str, Any], wanted: float) -> Mapped:
    fps = _frame_rate(frames, extra)
    exact = wanted * fps
    count = (
        nearest(exact, frames.choices)
        if frames.choices
        else to_step(exact, 1, frames.low or 1, frames.high)
    )
    taken = count / fps
    sentence = (
        f"duration_seconds {wanted:g} became {taken:.4g}: "
        f"{model} makes {count:g} frames at {fps:g} a second"
    )
    return Mapped(
        fields={frames.field: in_form(count, frames.form)},
        # Half a frame is the grid itself, not a change worth telling.
        adjusted=() if abs(count - exact) <= 0.5 else (sentence,),  # noqa: PLR2004
        duration=taken,
    )


def _frame_rate(frames: Frames, extra: Mapping[str, Any]) -> float:
    given = extra.get(frames.fps_field) if frames.fps_field else None
    usable = isinstance(given, int | float) and not isinstance(given, bool) and given > 0
    return float(given) if usable and given is not None else frames.fps


# Resolution and aspect ratio.


def _dimensions(model: str, row: ModelRow, request: VideoGenerationRequest) -> Mapped:
    if row.size is not None:
        return _size(model, row.size, request.resolution, request.aspect_ratio)
    resolution = _choice(model, "resolution", row.resolution, request.resolution)
    ratio = _choice(model, "aspect_ratio", row.aspect_ratio, request.aspect_ratio)
    return resolution + ratio


def _choice(model: str, name: str, choice: Choice | None, wanted: str | None) -> Mapped:
    if wanted is None:
        return Mapped()
    if choice is None:
        return _left_out(model, name)
    taken = _taken(name, choice, wanted)
    if taken is None:
        return Mapped(
            adjusted=(f"{name} {wanted!r} was left out: {model} takes {_list(choice.values)}",)
        )
    sentence = f"{name} {wanted!r} became {taken!r}: {model} takes {_list(choice.values)}"
    return Mapped(
        fields={choice.field: choice.wire.get(taken, taken)},
        adjusted=() if _same(name, wanted, taken) else (sentence,),
        resolution=taken if name == "resolution" else None,
        aspect_ratio=taken if name == "aspect_ratio" else None,
    )


_MEASURES: dict[str, Callable[[str], float | None]] = {
    "resolution": lines_of,
    "aspect_ratio": ratio_of,
}


def _taken(name: str, choice: Choice, wanted: str) -> str | None:
    if not choice.values:
        return wanted
    exact = next((v for v in choice.values if v.lower() == wanted.strip().lower()), None)
    if exact is not None:
        return exact
    measure = _MEASURES[name]
    goal = measure(wanted)
    sizes = {size: v for v in reversed(choice.values) if (size := measure(v)) is not None}
    if goal is None or not sizes:
        return None
    pick = nearest if name == "resolution" else nearest_ratio
    return sizes[pick(goal, tuple(sizes))]


def _same(name: str, wanted: str, taken: str) -> bool:
    if wanted.strip().lower() == taken.lower():
        return True
    measure = _MEASURES[name]
    return measure(wanted) == measure(taken)


def _size(model: str, size: Size, resolution: str | None, ratio: str | None) -> Mapped:
    if resolution is None and ratio is None:
        first = next(iter(size.sizes))
        return Mapped(fields=_size_fields(size, first)) if size.required else Mapped()
    lines = None if resolution is None else lines_of(resolution)
    shape = None if ratio is None else ratio_of(ratio)
    default_width, default_height = next(iter(size.sizes.values()))
    shapes = tuple(width / height for width, height in size.sizes.values())
    by_shape = nearest_ratio(shape or default_width / default_height, shapes)
    # Of shapes that are as good as the same, the resolution decides: a larger one costs more.
    sides = {
        min(pair): value
        for value, pair in reversed(tuple(size.sizes.items()))
        if _close(pair[0] / pair[1], by_shape)
    }
    by_lines = nearest(lines or min(default_width, default_height), tuple(sides))
    taken = sides[int(by_lines)]
    width, height = size.sizes[taken]
    adjusted = []
    if resolution is not None and lines != min(width, height):
        adjusted.append(
            f"resolution {resolution!r} became {taken}: {model} takes {_list(size.sizes)}"
        )
    if ratio is not None and (shape is None or not _close(shape, width / height)):
        adjusted.append(f"aspect_ratio {ratio!r} became {taken}: {model} takes {_list(size.sizes)}")
    return Mapped(
        fields=_size_fields(size, taken),
        adjusted=tuple(adjusted),
        resolution=f"{min(width, height)}p",
        aspect_ratio=ratio if shape is not None and _close(shape, width / height) else None,
    )


def _size_fields(size: Size, taken: str) -> dict[str, Any]:
    if size.height_field is None:
        return {size.field: taken}
    width, height = size.sizes[taken]
    return {size.field: width, size.height_field: height}


def _close(one: float, other: float) -> bool:
    # Providers' "16:9" is 1.75 to 1.78, their "21:9" 2.33 to 2.36.
    return abs(one / other - 1) < 0.02  # noqa: PLR2004


# Images and videos.


def _images(
    model: str, row: ModelRow, request: VideoGenerationRequest, encode: EncodeMedia
) -> Outcome[Mapped]:
    placed: dict[str, list[ImageInput]] = {slot.field: [] for slot in row.images}
    for place, image in enumerate(request.image_list):
        slot = next((s for s in row.images if _fits(s, image, placed[s.field])), None)
        if slot is None:
            return Failure(_no_place(model, row, place, image))
        placed[slot.field].append(image)
    missing = [
        slot
        for slot in row.images
        if slot.required and not placed[slot.field] and slot.field not in request.extra_params
    ]
    if missing:
        return Failure(_missing_image(model, missing[0]))
    return Success(
        Mapped(
            fields={
                slot.field: _native(slot.many, [encode(item.image) for item in placed[slot.field]])
                for slot in row.images
                if placed[slot.field]
            }
        )
    )


def _fits(slot: ImageSlot, image: ImageInput, already: list[ImageInput]) -> bool:
    most = (slot.most or len(already) + 1) if slot.many else 1
    return image.type in slot.roles and len(already) < most


def _native(many: bool, values: list[Any]) -> Any:  # noqa: FBT001 - a slot's fact
    return values if many else values[0]


def _no_place(model: str, row: ModelRow, place: int, image: ImageInput) -> ValidationError:
    taken = "no images" if not row.images else f"only {_list(map(slot_text, row.images))}"
    return ValidationError(
        message=f"image_list[{place}] is a {image.type} image, and {model} takes {taken}",
        model=model,
    )


def slot_text(slot: ImageSlot) -> str:
    """Return what a place for images takes, for messages and tables."""
    most = "" if not slot.many else f" (up to {slot.most})" if slot.most else " (several)"
    return "/".join(slot.roles) + most


def _missing_image(model: str, slot: ImageSlot) -> ValidationError:
    return ValidationError(
        message=f"image_list needs a {slot.roles[0]} image: {model} does not work without",
        model=model,
    )


def _video(
    model: str, row: ModelRow, request: VideoGenerationRequest, encode: EncodeMedia
) -> Outcome[Mapped]:
    slot = row.video
    if request.video is None:
        if slot is not None and slot.required and slot.field not in request.extra_params:
            message = f"video is missing: {model} does not work without"
            return Failure(ValidationError(message=message, model=model))
        return Success(Mapped())
    if slot is None:
        message = f"video was given, and {model} takes none"
        return Failure(ValidationError(message=message, model=model))
    return Success(Mapped(fields={slot.field: _native(slot.many, [encode(request.video)])}))


# The provider's own parameters.


def _with_extra(
    model: str, row: ModelRow, request: VideoGenerationRequest, mapped: Mapped
) -> Outcome[Mapped]:
    extra = request.extra_params
    missing = [name for name in row.required if name not in extra]
    if missing:
        message = f"{model} needs {_list(missing)}: give it in extra_params"
        return Failure(ValidationError(message=message, model=model))
    replaced = tuple(
        f"extra_params set {name} to their own value, which replaces the one from the request"
        for name, value in extra.items()
        if name in mapped.fields and mapped.fields[name] != value
    )
    return Success(mapped + Mapped(fields=extra, adjusted=replaced))


def _list(words: Iterable[str]) -> str:
    *first, last = tuple(words) or ("nothing",)
    return f"{', '.join(first)} or {last}" if first else last
