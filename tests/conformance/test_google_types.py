"""Google's tables against the types of the official client that is installed."""

from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import pytest
from google.genai import types
from google.genai._gaos.types.interactions.createmodelinteraction import (
    CreateModelInteractionParam,
)
from google.genai._gaos.types.interactions.generationconfig import GenerationConfigParam
from google.genai._gaos.types.interactions.videoconfig import VideoConfigParam
from google.genai._gaos.types.interactions.videoresponseformat import VideoResponseFormatParam

from tarash.tarash_gateway.catalog.rows import ModelRow
from tarash.tarash_gateway.providers.google.models import OMNI, OMNI_VERTEX, VEO, VERTEX
from tarash.tarash_gateway.providers.google.models.fields import PLACES, SPELLED, STYLES

_FORM: Final = get_type_hints(VideoResponseFormatParam)
_OMNI_ROWS: Final = [
    pytest.param(row, id=f"{host}-{model}-{start}")
    for host, table in (("key", OMNI), ("vertex", OMNI_VERTEX))
    for model, rows in table.items()
    for start, row in rows.items()
]
# The client's parameter of each native field of Veo.
_CLIENT: Final = {
    "durationSeconds": "duration_seconds",
    "aspectRatio": "aspect_ratio",
    "resolution": "resolution",
    "generateAudio": "generate_audio",
    "negativePrompt": "negative_prompt",
    "seed": "seed",
    "enhancePrompt": "enhance_prompt",
    "lastFrame": "last_frame",
    "referenceImages": "reference_images",
    STYLES: "reference_images",
}
# Fields that the client takes beside its config.
_SOURCES: Final = {"prompt", "image", "video"}


def _values(hint: Any) -> set[str]:
    """Return the values of the literals in a type."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*map(_values, get_args(hint)))


@pytest.mark.parametrize("row", _OMNI_ROWS)
def test_an_omni_row_offers_values_of_the_type(row: ModelRow) -> None:
    assert row.aspect_ratio is not None
    assert row.resolution is not None
    assert set(row.aspect_ratio.values) == _values(_FORM["aspect_ratio"])
    assert set(row.resolution.values) <= _values(_FORM["resolution"])


def test_the_largest_omni_offers_all_resolutions_of_the_type() -> None:
    row = OMNI["gemini-omni-1.2-flash"]["plain"]
    assert row.resolution is not None
    assert set(row.resolution.values) == _values(_FORM["resolution"])


def test_omni_s_fields_stand_where_the_types_have_them() -> None:
    body = get_type_hints(CreateModelInteractionParam)
    objects = {
        ("response_format",): _FORM,
        ("generation_config",): get_type_hints(GenerationConfigParam),
        ("generation_config", "video_config"): get_type_hints(VideoConfigParam),
    }
    for name, way in PLACES.items():
        assert way[0] in body
        assert name in objects[way]
    assert set(_FORM) - {"type"} == {n for n, way in PLACES.items() if way == ("response_format",)}
    assert {"model", "input", "background", "response_modalities"} <= body.keys()


def test_the_client_s_names_are_names_of_its_config() -> None:
    # The wire's own name of the bucket may be written with underscores too.
    assert SPELLED.keys() - {"storage_uri"} <= types.GenerateVideosConfig.model_fields.keys()


def test_veo_s_fields_are_parameters_of_the_client() -> None:
    for table in (VEO, VERTEX):
        for rows in table.values():
            for row in rows.values():
                slots = {slot.field for slot in row.images}
                parts = (row.length, row.aspect_ratio, row.resolution, row.audio, row.enhance)
                native = slots | {part.field for part in parts if part is not None}
                native |= {n for n in (row.negative_prompt, row.seed) if n is not None}
                client = {_CLIENT[name] for name in native - _SOURCES}
                assert client <= types.GenerateVideosConfig.model_fields.keys()


def test_reference_images_have_the_client_s_types() -> None:
    assert {kind.value for kind in types.VideoGenerationReferenceType} == {"ASSET", "STYLE"}
