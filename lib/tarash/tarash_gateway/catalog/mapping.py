"""Map a request to native fields by a model's row, without dropping anything silently.

Every standard field of the request is sent, adjusted with a warning, left out with a warning,
or refused.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, get_args

import attrs
from returns.result import Success

from ..outcome import Outcome
from ..values.media import as_url
from ..values.request import VideoGenerationRequest
from . import media_slots
from .lengths import in_form, length, offer, sent_seconds
from .mapped import NOTHING, Mapped, in_words, omission, refusal
from .media_slots import EncodeMedia, slot_text
from .natives import natives_of
from .nearest import pixels_of
from .pictures import fit, with_pictures
from .rows import Ignored, Length, ModelRow, Standard, Switch, Together
from .shapes import contradiction, dimensions, sent_dimensions

__all__ = ["EncodeMedia", "Mapped", "hints", "in_form", "map_request", "slot_text"]

_STANDARD: Final[tuple[Standard, ...]] = get_args(Standard)
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
        .bind(lambda mapped: _together(model, row, mapped))
        .bind(lambda mapped: with_pictures(model, row, request, mapped))
    )


def _wishes(row: ModelRow, request: VideoGenerationRequest) -> _Wishes:
    wishes: _Wishes = {name: getattr(request, name) for name in _STANDARD}
    if wishes["duration_seconds"] is not None or not isinstance(row.length, Length):
        return wishes
    given = row.length.field in request.extra_params
    return wishes if given else {**wishes, "duration_seconds": row.length.default}


def _with_fit(
    model: str,
    row: ModelRow,
    request: VideoGenerationRequest,
    media: Mapped,
    fields: Mapping[str, Any],
) -> tuple[_Wishes, Mapped]:
    """Return the wishes with the shape of the picture, where nobody asks for another one."""
    wishes, fitting = _wishes(row, request), fit(model, row, request, fields)
    if fitting is None:
        return wishes, media
    wishes = {
        **wishes,
        "resolution": fitting.resolution or wishes["resolution"],
        "aspect_ratio": fitting.aspect_ratio,
    }
    return wishes, media + Mapped(adjusted=(fitting.sentence,))


def _with_plain(
    model: str, row: ModelRow, request: VideoGenerationRequest, media: Mapped
) -> Mapped:
    extra = {name: value for name, value in request.extra_params.items() if value is not None}
    wishes, media = _with_fit(model, row, request, media, {**media.fields, **extra})
    mapped = _plain_fields(model, row, wishes, extra) + media
    # All native fields are known only now, and some of them make the model ignore others.
    effective, warnings = _without_ignored(model, row, wishes, {**mapped.fields, **extra})
    if not warnings:
        return mapped
    return _plain_fields(model, row, effective, extra) + media + Mapped(adjusted=warnings)


def _plain_fields(model: str, row: ModelRow, wishes: _Wishes, extra: Mapping[str, Any]) -> Mapped:
    shape = dimensions(model, row, wishes["resolution"], wishes["aspect_ratio"])
    return sum(
        (
            _plain_field(model, "prompt", row.prompt, wishes),
            length(model, row, wishes["duration_seconds"], {**shape.fields, **extra}),
            shape,
            _plain_field(model, "generate_audio", row.audio, wishes),
            _plain_field(model, "negative_prompt", row.negative_prompt, wishes),
            _plain_field(model, "seed", row.seed, wishes),
            _plain_field(model, "enhance_prompt", row.enhance, wishes),
        ),
        NOTHING,
    )


def _plain_field(
    model: str, name: Standard, native: str | Switch | None, wishes: _Wishes
) -> Mapped:
    value = wishes[name]
    match native:
        case _ if value is None:
            return NOTHING
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
    if not extra:
        return Success(mapped)
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
    offered = ""
    if missing in ("resolution", "aspect_ratio"):
        choice = getattr(row, missing)
        values = (choice and choice.values) or (row.size and row.size.sizes)
        offered = in_words(values) if values else ""
    elif missing == "duration_seconds" and isinstance(row.length, Length):
        offered = offer(row.length)
    advice = f"; give {offered}" if offered else ""
    return refusal(model, f"{missing} is missing: {model} requires it{advice}")


def _together(model: str, row: ModelRow, mapped: Mapped) -> Outcome[Mapped]:
    """Return the mapping, or an error if the model refuses these fields together."""
    messages = _messages(model, row, mapped, only_warns=False)
    return refusal(model, messages[0]) if messages else Success(mapped)


def hints(model: str, row: ModelRow, mapped: Mapped) -> tuple[str, ...]:
    """Return the warnings about fields that are sent unchanged."""
    return _messages(model, row, mapped, only_warns=True)


def _messages(model: str, row: ModelRow, mapped: Mapped, *, only_warns: bool) -> tuple[str, ...]:
    rules = (rule for rule in row.rules if isinstance(rule, Together))
    return tuple(
        rule.message.format(model=model)
        for rule in rules
        if rule.only_warns == only_warns and _is_broken(rule, mapped.fields)
    )


def _is_broken(rule: Together, fields: Mapping[str, Any]) -> bool:
    if rule.field not in fields or rule.value not in (None, fields[rule.field]):
        return False
    present = [name for name in rule.beside if fields.get(name, rule.default) is not None]
    if rule.apart or not present:
        return rule.apart == bool(present)
    return bool(rule.of) and all(fields.get(name, rule.default) not in rule.of for name in present)
