"""Map a request to native fields by a model's row, without dropping anything silently.

Every standard field of the request is sent, adjusted with a warning, left out with a warning,
or refused.
"""

from collections.abc import Mapping
from typing import Any

import attrs
from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..outcome import Outcome
from ..values.media import as_url
from ..values.request import VideoGenerationRequest
from . import media_slots as places
from .lengths import in_form, length, offer, sent_seconds
from .mapped import Mapped, in_words, left_out
from .media_slots import EncodeMedia, slot_text
from .natives import natives_of
from .nearest import pixels_of
from .rows import Ignored, Length, ModelRow, Standard, Switch
from .shapes import contradiction, dimensions, sent_dimensions
from .together import check_together

__all__ = ["EncodeMedia", "Mapped", "in_form", "map_request", "slot_text"]


def map_request(
    model: str,
    row: ModelRow,
    request: VideoGenerationRequest,
    encode: EncodeMedia = as_url,
) -> Outcome[Mapped]:
    """Return the native fields of ``request`` for a model.

    Args:
        model: The model's id, for messages.
        row: The model's row.
        request: What the caller wants.
        encode: Returns the native form of an image or a video.

    Errors:
        ValidationError: The resolution and the aspect ratio contradict each other, the model has
            no field for an image or a video, a field that it requires is missing, or it refuses
            two fields together.
    """
    problem = contradiction(request.resolution, request.aspect_ratio)
    if problem is not None:
        return Failure(ValidationError(message=problem, model=model))
    return (
        places.images(model, row, request, encode)
        .bind(lambda images: places.video(model, row, request, encode).map(lambda v: images + v))
        .map(lambda media: _with_plain(model, row, request, media))
        .bind(lambda mapped: _with_extra(model, row, request, mapped))
        .bind(lambda mapped: _complete(model, row, mapped))
        .bind(lambda mapped: check_together(model, row, mapped))
    )


@attrs.frozen(kw_only=True)
class _Wish:
    """The standard fields except media; None for a field that the caller did not set."""

    prompt: str | None
    duration_seconds: float | None
    resolution: str | None
    aspect_ratio: str | None
    generate_audio: bool | None
    negative_prompt: str | None
    seed: int | None
    enhance_prompt: bool | None


def _wish(row: ModelRow, request: VideoGenerationRequest) -> _Wish:
    wish = _Wish(**{field.name: getattr(request, field.name) for field in attrs.fields(_Wish)})
    if wish.duration_seconds is not None or not isinstance(row.length, Length):
        return wish
    given = row.length.field in request.extra_params
    return wish if given else attrs.evolve(wish, duration_seconds=row.length.default)


def _with_plain(
    model: str, row: ModelRow, request: VideoGenerationRequest, media: Mapped
) -> Mapped:
    extra = {name: value for name, value in request.extra_params.items() if value is not None}
    wish = _wish(row, request)
    mapped = _plain_fields(model, row, wish, extra) + media
    # All native fields are known only now, and some of them make the model ignore others.
    effective, warnings = _without_ignored(model, row, wish, {**mapped.fields, **extra})
    if not warnings:
        return mapped
    return _plain_fields(model, row, effective, extra) + media + Mapped(adjusted=warnings)


def _plain_fields(model: str, row: ModelRow, wish: _Wish, extra: Mapping[str, Any]) -> Mapped:
    shape = dimensions(model, row, wish.resolution, wish.aspect_ratio)
    return sum(
        (
            _named(model, "prompt", row.prompt, wish.prompt),
            length(model, row, wish.duration_seconds, {**shape.fields, **extra}),
            shape,
            _switch(model, "generate_audio", row.audio, wish.generate_audio),
            _named(model, "negative_prompt", row.negative_prompt, wish.negative_prompt),
            _named(model, "seed", row.seed, wish.seed),
            _switch(model, "enhance_prompt", row.enhance, wish.enhance_prompt),
        ),
        Mapped(),
    )


def _named(model: str, name: str, field: str | None, value: str | int | None) -> Mapped:
    if value is None:
        return Mapped()
    return Mapped(fields={field: value}) if field else left_out(model, name)


def _switch(model: str, name: str, switch: Switch | None, value: bool | None) -> Mapped:  # noqa: FBT001 - a field's value
    if value is None:
        return Mapped()
    if switch is None:
        return left_out(model, name)
    if switch.always_on and not value:
        return Mapped(adjusted=(f"{name}=False was left out: {model} cannot switch it off",))
    return Mapped(fields={switch.field: switch.on if value else switch.off})


# Fields that a model ignores beside others.


def _without_ignored(
    model: str, row: ModelRow, wish: _Wish, fields: Mapping[str, Any]
) -> tuple[_Wish, tuple[str, ...]]:
    """Return the wish without the fields that the model would ignore, and the warnings."""
    warnings: list[str] = []
    for rule in (rule for rule in row.rules if isinstance(rule, Ignored)):
        beside = next((name for name in rule.beside if name in fields), None)
        if beside is None:
            continue
        why = f"was left out: {model} ignores it beside {beside}"
        sides = None if wish.resolution is None else pixels_of(wish.resolution)
        if rule.name == "aspect_ratio" and sides is not None:
            warnings.append(f"the shape of resolution {wish.resolution!r} {why}")
            wish = attrs.evolve(wish, resolution=f"{min(sides)}p")
        if getattr(wish, rule.name) is not None:
            warnings.append(f"{rule.name} {why}")
            wish = attrs.evolve(wish, **{rule.name: None})
    return wish, tuple(warnings)


# The provider's own parameters.


def _with_extra(
    model: str, row: ModelRow, request: VideoGenerationRequest, mapped: Mapped
) -> Outcome[Mapped]:
    extra = request.extra_params
    missing = [name for name in row.required if name not in extra]
    if missing:
        message = f"{model} needs {in_words(missing)}: give it in extra_params"
        return Failure(ValidationError(message=message, model=model))
    replaced = tuple(
        f"extra_params set {name} to their own value, which replaces the one from the request"
        for name, value in extra.items()
        if name in mapped.fields and mapped.fields[name] != value
    )
    return Success(_measure_again(row, extra, mapped + Mapped(fields=extra, adjusted=replaced)))


def _measure_again(row: ModelRow, extra: Mapping[str, Any], mapped: Mapped) -> Mapped:
    """Return the mapping with the measures that ``extra_params`` request."""
    native = natives_of(row)
    resolution, ratio = sent_dimensions(row, mapped.fields)
    timing = {native.get("duration_seconds"), getattr(row.length, "fps_field", None)} - {None}
    height = {None if row.size is None else row.size.height_field}
    if not timing.isdisjoint(extra):
        mapped = attrs.evolve(mapped, duration=sent_seconds(row, mapped.fields))
    if not ({native.get("resolution")} | height).isdisjoint(extra):
        mapped = attrs.evolve(mapped, resolution=resolution)
    if not ({native.get("aspect_ratio")} | height).isdisjoint(extra):
        # A caller who sets the native field chooses the shape, so no warning about it is needed.
        mapped = attrs.evolve(mapped, aspect_ratio=ratio, misshapen=())
    return mapped


# Fields that a model requires.


def _complete(model: str, row: ModelRow, mapped: Mapped) -> Outcome[Mapped]:
    native = natives_of(row)
    missing = next((name for name in row.needs if native.get(name) not in mapped.fields), None)
    if missing is None:
        return Success(mapped)
    values = _values(row, missing)
    advice = f"; give {values}" if values else ""
    message = f"{missing} is missing: {model} requires it{advice}"
    return Failure(ValidationError(message=message, model=model))


def _values(row: ModelRow, name: Standard) -> str:
    choice = {"resolution": row.resolution, "aspect_ratio": row.aspect_ratio}.get(name)
    if choice is not None and choice.values:
        return in_words(choice.values)
    if name in ("resolution", "aspect_ratio") and row.size is not None:
        return in_words(row.size.sizes)
    if name == "duration_seconds" and isinstance(row.length, Length):
        return offer(row.length)
    return ""
