"""The model tables, and the bodies they make, against what the providers publish.

``fal_schema.json``, ``replicate_schema.json`` and ``openai_schema.json`` hold names, types,
enumerations and bounds, with their sources and dates.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs
import pytest
from returns.result import Success
from tests.support.published import fixture, starred, without_description

from tarash.tarash_gateway.catalog.mapping import map_request
from tarash.tarash_gateway.catalog.rows import Choice, Frames, Length, LengthAt, ModelRow, Together
from tarash.tarash_gateway.providers.fal.models import MODELS as FAL
from tarash.tarash_gateway.providers.openai.models import AZURE, CREATE, EDIT, EXTENSION, REMIX
from tarash.tarash_gateway.providers.replicate.models import MODELS as REPLICATE
from tarash.tarash_gateway.values.media import ImageInput
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_TABLES: Final[Mapping[str, Mapping[str, ModelRow]]] = {
    "fal": FAL,
    "replicate": REPLICATE,
    "openai": {
        **CREATE,
        "remix": REMIX,
        "edit": EDIT,
        "extension": EXTENSION,
        **{f"azure/{model}": row for model, row in AZURE.items()},
    },
}
# The descriptions' names in ``undescribed.json``, which has the models that they lack.
_NAMES: Final = {"fal": "fal: schema", "replicate": "Replicate: schema", "openai": "OpenAI: schema"}
# A video is extended and not edited because the caller gives a length.
_CHOSEN_BY: Final = {("openai", "extension"): {"seconds"}}
# Values that mean "leave it out" to us.
_BY_DEFAULT: Final = {"auto", 0}
_STANDARD: Final = {
    "prompt": "prompt",
    "duration_seconds": "length",
    "resolution": "resolution",
    "aspect_ratio": "aspect_ratio",
}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "url": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
}


@attrs.frozen(kw_only=True)
class _Published:
    """A model's row beside its published fields, and which of these are required."""

    provider: str
    model: str
    row: ModelRow
    fields: Mapping[str, Any]
    needed: frozenset[str]


_CASES: Final = [
    _Published(
        provider=provider,
        model=model,
        row=table[model],
        fields={name.rstrip("*"): kind for name, kind in fields.items()},
        needed=frozenset(name.rstrip("*") for name in fields if name.endswith("*")),
    )
    for provider, table in _TABLES.items()
    for model, fields in starred(provider).items()
]
_every_model = pytest.mark.parametrize(
    "case", _CASES, ids=lambda case: f"{case.provider}-{case.model}"
)


@pytest.mark.parametrize("provider", _TABLES)
def test_every_row_has_a_schema_or_is_known_to_have_none(provider: str) -> None:
    published, unpublished = set(starred(provider)), without_description(_NAMES[provider])
    assert set(_TABLES[provider]) == published | unpublished
    assert not published & unpublished


@pytest.mark.parametrize("provider", _TABLES)
def test_every_section_of_a_fixture_names_its_source_and_its_year(provider: str) -> None:
    sections = [part for part in fixture(provider).values() if isinstance(part, dict)]
    assert sections
    assert all(", 202" in part["source"] for part in sections)


def _native_fields(row: ModelRow) -> set[str]:
    parts = (row.length, row.aspect_ratio, row.resolution, row.size, row.audio, row.enhance)
    named = {part.field for part in parts if part is not None}
    more = (
        row.prompt,
        row.negative_prompt,
        row.seed,
        row.video.field if row.video else None,
        row.size.height_field if row.size else None,
        row.length.fps_field if isinstance(row.length, Frames) else None,
    )
    named |= {name for name in more if name is not None}
    return named | {slot.field for slot in row.images} | set(row.required)


@_every_model
def test_a_row_names_fields_that_the_model_has(case: _Published) -> None:
    assert _native_fields(case.row) <= set(case.fields)


@_every_model
def test_what_a_model_requires_is_required_by_its_row(case: _Published) -> None:
    row = case.row
    must = {slot.field for slot in row.images if slot.required} | set(row.required)
    must |= {row.prompt} if row.prompt else set()
    must |= {row.video.field} if row.video and row.video.required else set()
    must |= {getattr(row, _STANDARD[name]).field for name in row.needs}
    assert case.needed <= must | _CHOSEN_BY.get((case.provider, case.model), set())
    # Nothing is asked of the caller that the model does without.
    assert must - {row.prompt} <= case.needed


@_every_model
def test_a_row_offers_the_values_that_the_model_takes(case: _Published) -> None:
    for choice in (case.row.aspect_ratio, case.row.resolution):
        if choice is None:
            continue
        published, offered = case.fields[choice.field], _wire(choice, choice.values)
        # A plain string has one value or words for sizes: no enumeration is published.
        if isinstance(published, list):
            assert offered - _BY_DEFAULT == set(published) - _BY_DEFAULT


def _wire(choice: Choice, values: tuple[str, ...]) -> set[Any]:
    return {choice.wire.get(value, value) for value in values}


@_every_model
def test_sizes_are_those_of_the_model(case: _Published) -> None:
    size = case.row.size
    if size is None:
        return
    published = case.fields[size.field]
    if isinstance(published, list):
        # Names of sizes, such as fal's, may stand beside the sizes themselves.
        assert not size.sizes.keys() - set(published)
        assert case.provider == "fal" or size.sizes.keys() == set(published)
    elif isinstance(published, dict):
        sides = {side for sides in size.sizes.values() for side in sides}
        assert published["from"] <= min(sides)
        assert max(sides) <= published["to"]


@_every_model
def test_lengths_are_those_of_the_model_in_its_json_type(case: _Published) -> None:
    length = case.row.length
    if length is None:
        return
    published = case.fields[length.field]
    if isinstance(published, list):
        made = {_asked(case, seconds)[length.field] for seconds in _lengths(length)}
        assert made == set(published) - _BY_DEFAULT
        assert {type(value) for value in made} == {type(v) for v in published if v != "auto"}
    elif isinstance(published, dict):
        assert length.form == "number"
        if length.choices:
            assert published["from"] == min(length.choices)
            assert max(length.choices) <= published["to"]
        else:
            assert (length.low, length.high) == (published.get("from"), published["to"])
    else:
        text = length.form in {"text", "seconds"}
        assert published == ("string" if text else "number")


def _lengths(length: Length | Frames) -> list[float]:
    if isinstance(length, Frames):
        return [count / length.fps for count in length.choices or (length.low or 81,)]
    return list(length.choices) or [length.high or 5.0]


def _asked(case: _Published, seconds: float | None = None) -> dict[str, Any]:
    """Return the body for a request that uses all that the row offers at once."""
    row = case.row
    rules = [rule for rule in row.rules if isinstance(rule, Together)]
    size = next(iter(row.size.sizes.values())) if row.size else None
    images = [
        ImageInput(image="https://example.com/a.png", type=slot.roles[0])
        for slot in row.images
        # What goes only with certain other fields has tests of its own.
        if slot.field not in {rule.field for rule in rules}
    ]
    request = VideoGenerationRequest(
        prompt="a kite over the sea",
        duration_seconds=seconds,
        resolution=_resolution(row, rules) if row.resolution else size and f"{min(size)}p",
        aspect_ratio=row.aspect_ratio.values[-1]
        if row.aspect_ratio and row.aspect_ratio.values
        else None,
        generate_audio=True if row.audio else None,
        negative_prompt="fog" if row.negative_prompt else None,
        seed=0 if row.seed else None,
        enhance_prompt=True if row.enhance else None,
        image_list=images,
        video="https://example.com/a.mp4" if row.video else None,
        extra_params={name: _any_value(case.fields[name]) for name in row.required},
    )
    mapped = map_request(case.model, row, request)
    assert isinstance(mapped, Success), mapped
    return dict(mapped.unwrap().fields)


def _resolution(row: ModelRow, rules: list[Together]) -> str | None:
    """Return the last resolution, but one that the rules of the row allow beside all lengths."""
    if row.resolution is None or not row.resolution.values:
        return None
    limits = [rule.of for rule in rules if row.resolution.field in rule.beside and rule.value]
    short = {at for rule in row.rules if isinstance(rule, LengthAt) for at in rule.resolutions}
    allowed = [
        v
        for v in row.resolution.values
        if all(v in values for values in limits) and row.resolution.wire.get(v, v) not in short
    ]
    return allowed[-1]


def _any_value(kind: Any) -> Any:
    if isinstance(kind, list):
        return kind[0]
    return {"list": [], "number": 1}.get(kind, "https://example.com/sound.mp3")


@_every_model
def test_a_body_with_everything_is_valid(case: _Published) -> None:
    length = case.row.length
    for seconds in [None] if length is None else _lengths(length):
        body = _asked(case, seconds)
        assert case.needed <= set(body)
        for name, value in body.items():
            kind = case.fields[name]
            if isinstance(kind, list):
                assert value in kind, name
            elif isinstance(kind, dict):
                assert kind.get("from", 1) <= value <= kind["to"], name
            elif kind in _TYPES:
                assert isinstance(value, _TYPES[kind]), name


def test_openai_s_description_lists_no_more_than_the_rows_offer() -> None:
    """The guide has two lengths and two sizes beyond it."""
    described = fixture("openai")["schema"]["enumerations"]
    assert set(described["models"]) == set(CREATE)
    rows = [*CREATE.values(), EXTENSION]
    seconds = {
        f"{choice:g}"
        for row in rows
        if isinstance(row.length, Length)
        for choice in row.length.choices
    }
    sizes = {native for row in rows if row.size for native in row.size.sizes}
    assert seconds - {"16", "20"} == set(described["seconds"])
    assert sizes - {"1080x1920", "1920x1080"} == set(described["sizes"])
