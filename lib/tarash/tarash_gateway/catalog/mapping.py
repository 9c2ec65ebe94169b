"""Map a request to native fields by a model's row, without dropping anything silently.

Every standard field of the request is sent, adjusted with a warning, left out with a warning,
or refused.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias, get_args

import attrs
from returns.result import Success

from ..outcome import Outcome
from ..values.media import as_url
from ..values.request import VideoGenerationRequest
from . import media_slots
from .lengths import in_form, length, offer, sent_seconds
from .mapped import Mapped, in_words, omission, refusal
from .media_slots import EncodeMedia, slot_text
from .natives import natives_of
from .nearest import pixels_of
from .rows import Ignored, Length, ModelRow, Standard, Switch
from .shapes import contradiction, dimensions, sent_dimensions
from .together import check_together

__all__ = ["EncodeMedia", "Mapped", "in_form", "map_request", "slot_text"]

# The standard fields except media; None for a field that the caller did not set.
_Wishes: TypeAlias = Mapping[Standard, Any]


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
        return refusal(model, problem)
    return (
        media_slots.images(model, row, request, encode)
        .bind(lambda images: media_slots.video(model, row, request, encode).map(images.__add__))
        .map(lambda media: _with_plain(model, row, request, media))
        .bind(lambda mapped: _with_extra(model, row, request, mapped))
        .bind(lambda mapped: _complete(model, row, mapped))
        .bind(lambda mapped: check_together(model, row, mapped))
    )


def _with_plain(
    model: str, row: ModelRow, request: VideoGenerationRequest, media: Mapped
) -> Mapped:
    extra = {name: value for name, value in request.extra_params.items() if value is not None}
    wishes: _Wishes = {name: getattr(request, name) for name in get_args(Standard)}
    mapped = _plain_fields(model, row, wishes, extra) + media
    # All native fields are known only now, and some of them make the model ignore others.
    effective, warnings = _without_ignored(model, row, wishes, {**mapped.fields, **extra})
    if not warnings:
        return mapped
    return _plain_fields(model, row, effective, extra) + media + Mapped(adjusted=warnings)


def _plain_fields(model: str, row: ModelRow, wishes: _Wishes, extra: Mapping[str, Any]) -> Mapped:
    def plain(name: Standard, native: str | Switch | None) -> Mapped:
        return _plain_field(model, name, native, wishes[name])

    shape = dimensions(model, row, wishes["resolution"], wishes["aspect_ratio"])
    return sum(
        (
            plain("prompt", row.prompt),
            length(model, row, wishes["duration_seconds"], {**shape.fields, **extra}),
            shape,
            plain("generate_audio", row.audio),
            plain("negative_prompt", row.negative_prompt),
            plain("seed", row.seed),
            plain("enhance_prompt", row.enhance),
        ),
        Mapped(),
    )


def _plain_field(model: str, name: str, native: str | Switch | None, value: Any) -> Mapped:
    match native:
        case _ if value is None:
            return Mapped()
        case None:
            return omission(model, name)
        case str():
            return Mapped(fields={native: value})
        case Switch(always_on=True) if not value:
            return Mapped(adjusted=(f"{name}=False was left out: {model} cannot switch it off",))
        case Switch(field=field, on=on, off=off):
            return Mapped(fields={field: on if value else off})


def _without_ignored(
    model: str, row: ModelRow, wishes: _Wishes, fields: Mapping[str, Any]
) -> tuple[_Wishes, tuple[str, ...]]:
    """Return the wishes without the fields that the model would ignore, and the warnings."""
    warnings: list[str] = []
    for rule in (rule for rule in row.rules if isinstance(rule, Ignored)):
        beside = next((name for name in rule.beside if name in fields), None)
        if beside is None:
            continue
        why = f"was left out: {model} ignores it beside {beside}"
        sides = pixels_of(wishes["resolution"])
        if rule.name == "aspect_ratio" and sides is not None:
            warnings.append(f"the shape of resolution {wishes['resolution']!r} {why}")
            wishes = {**wishes, "resolution": f"{min(sides)}p"}
        if wishes[rule.name] is not None:
            warnings.append(f"{rule.name} {why}")
            wishes = {**wishes, rule.name: None}
    return wishes, tuple(warnings)


def _with_extra(
    model: str, row: ModelRow, request: VideoGenerationRequest, mapped: Mapped
) -> Outcome[Mapped]:
    """Return the mapping with the provider's own parameters."""
    extra = request.extra_params
    missing = [name for name in row.required if name not in extra]
    if missing:
        return refusal(model, f"{model} needs {in_words(missing)}: give it in extra_params")
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


def _complete(model: str, row: ModelRow, mapped: Mapped) -> Outcome[Mapped]:
    native = natives_of(row)
    missing = next((name for name in row.needs if native.get(name) not in mapped.fields), None)
    if missing is None:
        return Success(mapped)
    values = _values(row, missing)
    advice = f"; give {values}" if values else ""
    return refusal(model, f"{missing} is missing: {model} requires it{advice}")


def _values(row: ModelRow, name: Standard) -> str:
    choice = {"resolution": row.resolution, "aspect_ratio": row.aspect_ratio}.get(name)
    if choice is not None and choice.values:
        return in_words(choice.values)
    if name in ("resolution", "aspect_ratio") and row.size is not None:
        return in_words(row.size.sizes)
    if name == "duration_seconds" and isinstance(row.length, Length):
        return offer(row.length)
    return ""
