"""Runway's model table against the types of the official client, field by field."""

from collections.abc import Iterator
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
import pytest
from tests.support.runway_unions import UNIONS

from tarash.tarash_gateway.catalog.rows import Length, ModelRow
from tarash.tarash_gateway.providers.runway.models import ENDPOINTS, KEYFRAMES, LAST

# Fields without a standard name: the caller brings them in extra_params.
_EXTRA: Final = {
    "bodyControl",
    "cfgScale",
    "contentModeration",
    "creativity",
    "draft",
    "draftTaskId",
    "expressionIntensity",
    "flavor",
    "fpsBoost",
    "mode",
    "outputFormat",
    "proresProfile",
    "providerSettings",
    "referenceAudio",
    "sharpen",
    "smartGrain",
}
# Fields that have a standard name elsewhere, and whose meaning here differs.
_LEFT: Final = {
    # Beside an endpoint for videos, videos to look at are no video to edit.
    ("referenceVideos", None),
    # Of no documented meaning.
    ("ratio", "aleph2"),
    ("targetFramerate", "enhance_frame_rate"),
}


@attrs.frozen
class _Field:
    name: str
    required: bool
    values: tuple[Any, ...]


def _field(name: str, hint: Any) -> _Field:
    required, alias = False, name
    while get_origin(hint) in {Required, NotRequired, Annotated}:
        required = required or get_origin(hint) is Required
        if get_origin(hint) is Annotated:
            alias = next((m.alias for m in get_args(hint)[1:] if m.alias), alias)
        hint = get_args(hint)[0]
    return _Field(alias, required, get_args(hint) if get_origin(hint) is Literal else ())


def _types() -> Iterator[tuple[str, str, dict[str, _Field]]]:
    for endpoint, union in UNIONS.items():
        for shape in get_args(union) or (union,):
            hints = get_type_hints(shape, include_extras=True)
            fields = [_field(name, hint) for name, hint in hints.items()]
            by_name = {field.name: field for field in fields}
            (model,) = by_name.pop("model").values
            yield endpoint, model, by_name


_TYPES: Final = list(_types())
_CASES: Final = pytest.mark.parametrize(
    ("endpoint", "model", "fields"),
    [pytest.param(*case, id=f"{case[0]}-{case[1]}") for case in _TYPES],
)


def _row(endpoint: str, model: str) -> ModelRow:
    return ENDPOINTS[model][endpoint]


def _native(row: ModelRow) -> set[str]:
    named = (row.prompt, row.negative_prompt, row.seed)
    held = (row.length, row.aspect_ratio, row.resolution, row.size, row.audio, row.enhance)
    slots = {s.field.partition(":")[0] for s in row.images} | (
        {row.video.field} if row.video else set()
    )
    return {n for n in named if n} | {h.field for h in held if h} | slots


def test_the_table_has_the_official_client_s_models() -> None:
    theirs = {(endpoint, model) for endpoint, model, _ in _TYPES}
    superseded = {m for m, rows in ENDPOINTS.items() for row in rows.values() if row.superseded_by}
    gone = {*superseded, "upscale_v1"}
    ours = {(e, m) for m, rows in ENDPOINTS.items() if m not in gone for e in rows}
    assert ours == theirs


@_CASES
def test_a_row_sends_fields_of_the_type(
    endpoint: str, model: str, fields: dict[str, _Field]
) -> None:
    assert _native(_row(endpoint, model)) <= fields.keys()


@_CASES
def test_a_field_of_the_type_has_a_place(
    endpoint: str, model: str, fields: dict[str, _Field]
) -> None:
    left = {name for name, of in _LEFT if of in {None, model}}
    row = _row(endpoint, model)
    assert fields.keys() - _native(row) - _EXTRA - left == set()
    for name in row.required:
        assert fields[name].required


@_CASES
def test_sizes_and_lengths_are_those_of_the_type(
    endpoint: str, model: str, fields: dict[str, _Field]
) -> None:
    row = _row(endpoint, model)
    if row.size is not None:
        ratio = fields["ratio"]
        whole = {value for value in ratio.values if not value.startswith("auto_")}
        assert set(row.size.sizes) == whole
        assert row.size.required == ratio.required
    for choice in (row.aspect_ratio, row.resolution):
        if choice is not None:
            sent = {choice.wire.get(value, value) for value in choice.values}
            # Upper-case spellings are deprecated; Wan's frames want the automatic sizes.
            offered = {v for v in fields[choice.field].values if not v.endswith(("P", "K"))}
            automatic = {v for v in offered if v.startswith("auto_")}
            assert sent == (automatic or offered)
    if isinstance(row.length, Length) and fields["duration"].values:
        assert row.length.choices == fields["duration"].values


@_CASES
def test_what_the_type_requires_is_required(
    endpoint: str, model: str, fields: dict[str, _Field]
) -> None:
    row = _row(endpoint, model)
    needed = {slot.field for slot in row.images if slot.required}
    needed |= {row.video.field} if row.video is not None and row.video.required else set()
    media = {"promptImage", "promptVideo", "videoUri", "character"}
    # act_two's reference is a video; elsewhere references are pictures.
    media |= {"reference"}
    assert needed == {name for name in media & fields.keys() if fields[name].required}


def test_places_of_frames_are_the_type_s() -> None:
    """The last frame and the key frames have native lists to stand in."""
    assert LAST.partition(":")[0] == "promptImage"
    assert {key.partition(":")[0] for key in KEYFRAMES} == {"keyframes"}
    for endpoint, model, _ in _TYPES:
        if endpoint != "image_to_video":
            continue
        places = _places(model)
        takes_last = any(slot.field == LAST for slot in _row(endpoint, model).images)
        assert places is None or takes_last == ("last" in places), model


def _places(model: str) -> tuple[str, ...] | None:
    """Return the positions that the type of a model's images names, or None if it has no type."""
    for shape in get_args(UNIONS["image_to_video"]):
        hints = get_type_hints(shape, include_extras=True)
        if _field("model", hints["model"]).values != (model,):
            continue
        found = [
            _field("position", get_type_hints(inner, include_extras=True)["position"]).values
            for inner in _inner(hints["prompt_image"])
            if "position" in getattr(inner, "__annotations__", {})
        ]
        return found[0] if found else None
    return None


def _inner(hint: Any) -> Iterator[Any]:
    yield hint
    for argument in get_args(hint):
        yield from _inner(argument)
