"""Google's model tables, and the bodies that are made from them, against what Google publishes.

``google_reference.json`` holds names, enumerations and bounds, with their sources and dates.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from returns.result import Failure
from tests.support.google_cases import _FILE, _omni, _submit, _veo, _vertex
from tests.test_matrix import _VALUES

from tarash.tarash_gateway.catalog.natives import natives_of
from tarash.tarash_gateway.catalog.rows import Length, LengthAt, ModelRow
from tarash.tarash_gateway.exceptions import ValidationError
from tarash.tarash_gateway.http.messages import JsonBody
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.providers.google.models import (
    OMNI,
    OMNI_VERTEX,
    VEO,
    VERTEX,
    Rows,
    Start,
)
from tarash.tarash_gateway.providers.google.models.fields import (
    FIRST,
    INSTANCE,
    LAST,
    PLACES,
    REFERENCES,
    SPELLED,
    STYLES,
    TOP,
)
from tarash.tarash_gateway.values.media import MediaContent

_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n", "image/png")
_REFERENCE: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("google_reference.json").read_text("utf-8")
)
_PLACES: Final = _REFERENCE["places"]
_OMNI: Final = _REFERENCE["omni"]
_TABLES: Final[Mapping[str, Mapping[str, Rows]]] = {"key": VEO, "vertex": VERTEX}
# Retired previews on Vertex AI, whose model cards are gone.
_UNPUBLISHED: Final = {"veo-3.1-generate-preview", "veo-3.1-fast-generate-preview"}
_TYPES: Final = {"string": str, "number": int, "object": dict}
# What a request must contain to start from reference images or from a video.
_ASSET: Final = {"image_list": [{"image": _PNG, "type": "asset"}]}
_LEAST: Final[Mapping[str, Mapping[Start, Mapping[str, Any]]]] = {
    "key": {"plain": {}, "references": _ASSET, "extension": {"video": _FILE}},
    "vertex": {"plain": {}, "references": _ASSET, "extension": {"video": "gs://b/v.mp4"}},
}

_every_model = pytest.mark.parametrize(
    ("surface", "model"),
    [(surface, model) for surface in _TABLES for model in _REFERENCE[surface]["models"]],
)
_ROWS: Final = [
    (surface, model, start)
    for surface, table in _TABLES.items()
    for model in _REFERENCE[surface]["models"]
    for start in table[model]
]
_every_row = pytest.mark.parametrize(("surface", "model", "start"), _ROWS)
_every_omni = pytest.mark.parametrize("model", _OMNI["models"])


def _published(surface: str, model: str, start: Start) -> dict[str, Any]:
    """Return the published fields for a start, and their values or their JSON types."""
    entry = _REFERENCE[surface]["models"][model]
    fields = dict(entry["fields"])
    if start == "plain":
        return fields
    replaced = {name: value for name, value in entry[start].items() if name in fields}
    media = {"references": {"referenceImages": "list"}, "extension": {"video": "object"}}[start]
    plain = {name: value for name, value in fields.items() if name not in {"image", "lastFrame"}}
    return plain | replaced | media


def _disputed(surface: str, model: str) -> Mapping[str, Any]:
    disputed: Mapping[str, Any] = _REFERENCE[surface]["models"][model].get("disputed", {})
    return disputed


def _native(row: ModelRow) -> set[str]:
    media = {slot.field for slot in row.images} | ({row.video.field} if row.video else set())
    renamed = {"referenceImages" if field == STYLES else field for field in media}
    return set(natives_of(row).values()) | renamed


def test_every_model_of_the_tables_is_published() -> None:
    assert set(VEO) == set(_REFERENCE["key"]["models"])
    assert set(VERTEX) == set(_REFERENCE["vertex"]["models"]) | _UNPUBLISHED
    assert set(OMNI) | set(OMNI_VERTEX) == set(_OMNI["models"])


def test_every_part_of_the_reference_names_its_source_and_its_date() -> None:
    for part in ("places", "key", "vertex", "omni"):
        assert "20" in _REFERENCE[part]["source"]
        assert "google" in _REFERENCE[part]["source"]


def test_veo_s_fields_stand_where_the_reference_puts_them() -> None:
    assert set(_PLACES["instance"]) == INSTANCE
    assert set(_PLACES["top"]) == TOP
    assert set(SPELLED.values()) <= {*_PLACES["parameters"], *TOP}
    for surface, model, start in _ROWS:
        for name in _published(surface, model, start):
            assert (name in _PLACES["instance"]) is (name in INSTANCE)
            assert name in {*_PLACES["instance"], *_PLACES["parameters"]}


@_every_model
def test_a_model_starts_from_what_is_published(surface: str, model: str) -> None:
    entry = _REFERENCE[surface]["models"][model]
    assert set(_TABLES[surface][model]) == {"plain", *({"references", "extension"} & set(entry))}


@_every_row
def test_a_row_has_the_published_fields(surface: str, model: str, start: Start) -> None:
    native = _native(_TABLES[surface][model][start])
    published = set(_published(surface, model, start))
    assert published <= native
    assert native <= published | set(_disputed(surface, model))


@_every_row
def test_a_row_offers_the_published_values(surface: str, model: str, start: Start) -> None:
    row, published = _TABLES[surface][model][start], _published(surface, model, start)
    disputed = _disputed(surface, model)
    for choice in (row.aspect_ratio, row.resolution):
        if choice is not None:
            # Beside the published values stand only those about which the pages disagree.
            values = [*published[choice.field], *disputed.get(choice.field, ())]
            assert list(choice.values) == values
    assert isinstance(row.length, Length)
    assert list(row.length.choices) == published[row.length.field]
    for switch in (row.audio, row.enhance):
        if switch is not None:
            values = [switch.on] if switch.always_on else [switch.on, switch.off]
            assert values == published[switch.field]


@_every_model
def test_reference_images_are_as_many_as_published(surface: str, model: str) -> None:
    entry = _REFERENCE[surface]["models"][model]
    rows = _TABLES[surface][model]
    slots = rows["references"].images if "references" in rows else ()
    kinds = {"referenceImages": "ASSET", STYLES: "STYLE"}
    most = {kinds[slot.field]: slot.most for slot in slots}
    published = entry.get("references", {})
    assert most == {kind: published[kind] for kind in published if kind in kinds.values()}
    assert set(most) <= set(_PLACES["reference types"])


@_every_row
def test_large_videos_have_the_published_length(surface: str, model: str, start: Start) -> None:
    large = _REFERENCE[surface]["eight seconds at"]
    rules = [rule for rule in _TABLES[surface][model][start].rules if isinstance(rule, LengthAt)]
    assert rules == ([LengthAt(resolutions=tuple(large), choices=(8,))] if large else [])


def _bodies(surface: str, model: str, start: Start) -> Iterator[dict[str, Any]]:
    target: Target = {"key": _veo, "vertex": _vertex}[surface](model)
    plain = sorted(_VALUES.keys() - {"image_list", "video", "extra_params"})
    wishes = [{}, *({name: value} for name in plain for value in _VALUES[name])]
    for wish in wishes:
        outcome = _submit(target, **{**_LEAST[surface][start], **wish})
        if wish and isinstance(outcome, Failure):
            # What the model cannot make is refused before anything is sent.
            assert isinstance(outcome.failure(), ValidationError)
            continue
        request = outcome.unwrap().request
        assert isinstance(request.body, JsonBody)
        yield request.body.value


@_every_row
def test_a_body_has_published_names_and_values(surface: str, model: str, start: Start) -> None:
    published, disputed = _published(surface, model, start), _disputed(surface, model)
    for body in _bodies(surface, model, start):
        (instance,) = body["instances"]
        parameters = body.get("parameters", {})
        assert body.keys() <= {"instances", "parameters", *_PLACES["top"]}
        assert instance.keys() <= set(_PLACES["instance"])
        assert parameters.keys() <= set(_PLACES["parameters"])
        # Every video is charged, so their number is always sent on Vertex AI.
        assert parameters.pop("sampleCount", None) == (1 if surface == "vertex" else None)
        for name, value in (instance | parameters).items():
            allowed = published[name]
            if name == "referenceImages":
                assert {image["referenceType"] for image in value} <= {"ASSET", "STYLE"}
            elif isinstance(allowed, list):
                assert value in [*allowed, *disputed.get(name, ())], name
            else:
                assert isinstance(value, _TYPES[allowed]), name


# Omni.


def test_omni_s_fields_stand_where_the_types_put_them() -> None:
    assert {name: way[-1] for name, way in PLACES.items()} == {
        **dict.fromkeys(_OMNI["response_format"], "response_format"),
        **dict.fromkeys(_OMNI["generation_config"], "generation_config"),
        **dict.fromkeys(_OMNI["video_config"], "video_config"),
    }


def _omni_rows(model: str) -> list[ModelRow]:
    return [row for table in (OMNI, OMNI_VERTEX) for row in table.get(model, {}).values()]


@_every_omni
def test_an_omni_row_offers_the_published_values(model: str) -> None:
    published = _OMNI["models"][model]
    rows = _omni_rows(model)
    assert rows
    for row in rows:
        assert row.aspect_ratio is not None
        assert row.resolution is not None
        assert isinstance(row.length, Length)
        assert list(row.aspect_ratio.values) == published["aspect_ratio"]
        assert list(row.resolution.values) == published["resolution"]
        assert [row.length.low, row.length.high] == published["seconds"]
        slots = {slot.field: slot for slot in row.images}
        assert (LAST in slots) is published["last frame"]
        assert slots.keys() <= {FIRST, LAST, REFERENCES}
        assert REFERENCES not in slots or slots[REFERENCES].most == _OMNI["most images"]


@_every_omni
def test_an_omni_body_is_within_the_published_values(model: str) -> None:
    published = _OMNI["models"][model]
    low, high = published["seconds"]
    targets = [_vertex(model), *([_omni(model)] if model in OMNI else [])]
    for target in targets:
        for name in ("duration_seconds", "resolution", "aspect_ratio", "seed"):
            for value in _VALUES[name]:
                outcome = _submit(target, **{name: value})
                if isinstance(outcome, Failure):
                    assert isinstance(outcome.failure(), ValidationError)
                    continue
                body = outcome.unwrap().request.body
                assert isinstance(body, JsonBody)
                form = dict(body.value.get("response_format", {"type": "video"}))
                assert form.pop("type") == "video"
                assert form.keys() <= set(_OMNI["response_format"])
                seconds = form.pop("duration", f"{low}s")
                assert low <= float(seconds.removesuffix("s")) <= high
                assert all(given in published[field] for field, given in form.items())
                settings = body.value.get("generation_config", {})
                assert settings.keys() <= {*_OMNI["generation_config"], "video_config"}
