"""The table of fal's endpoints, and the bodies it makes, against what fal publishes.

``fal_schema.json`` holds names, types and enumerations, with their sources and dates.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from returns.result import Success

from tarash.tarash_gateway.catalog.mapping import map_request
from tarash.tarash_gateway.catalog.rows import Choice, Frames, Ignored, Length, ModelRow
from tarash.tarash_gateway.providers.fal.models import MODELS
from tarash.tarash_gateway.values.media import ImageInput
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_FIXTURE: Final = json.loads(
    Path(__file__).with_name("fal_schema.json").read_text(encoding="utf-8")
)
_STARRED: Final[dict[str, dict[str, Any]]] = {
    **_FIXTURE["schema"]["endpoints"],
    **_FIXTURE["pages"]["endpoints"],
}
_FIELDS: Final = {
    endpoint: {name.rstrip("*"): kind for name, kind in fields.items()}
    for endpoint, fields in _STARRED.items()
}
_NEEDED: Final = {
    endpoint: {name.rstrip("*") for name in fields if name.endswith("*")}
    for endpoint, fields in _STARRED.items()
}

# In no published schema that the project could read: each row names its own source.
_UNPUBLISHED: Final = frozenset(
    {
        "fal-ai/veo2",
        "fal-ai/veo2/image-to-video",
        "fal-ai/veo3",
        "fal-ai/veo3/fast",
        "fal-ai/veo3/image-to-video",
        "fal-ai/veo3/fast/image-to-video",
        "fal-ai/sora-2/text-to-video",
        "fal-ai/sora-2/text-to-video/pro",
        "fal-ai/sora-2/image-to-video",
        "fal-ai/sora-2/image-to-video/pro",
        "fal-ai/sora-2/video-to-video/remix",
        "fal-ai/sora-2/characters",
        "fal-ai/wan/v2.2-a14b/image-to-video",
        "fal-ai/bytedance/seedance/v1/lite/text-to-video",
        "fal-ai/bytedance/seedance/v1/lite/image-to-video",
        "fal-ai/bytedance/seedance/v1/lite/reference-to-video",
        "fal-ai/ltx-2/text-to-video",
        "fal-ai/ltx-2/text-to-video/fast",
        "fal-ai/ltx-2/image-to-video",
        "fal-ai/ltx-2/image-to-video/fast",
        "minimax/h3-max/recast",
        "wan/v2.6/text-to-video",
    }
)
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

_every_endpoint = pytest.mark.parametrize("endpoint", sorted(_STARRED))


def test_every_row_has_a_schema_or_is_known_to_have_none() -> None:
    assert set(MODELS) == set(_STARRED) | _UNPUBLISHED
    assert not set(_STARRED) & _UNPUBLISHED


def _native_fields(row: ModelRow) -> set[str]:
    parts = (row.length, row.aspect_ratio, row.resolution, row.size, row.audio, row.enhance)
    named = {part.field for part in parts if part is not None}
    named |= {name for name in (row.prompt, row.negative_prompt, row.seed) if name is not None}
    named |= {slot.field for slot in row.images} | set(row.required)
    return named | ({row.video.field} if row.video else set())


@_every_endpoint
def test_a_row_names_fields_that_the_endpoint_has(endpoint: str) -> None:
    assert _native_fields(MODELS[endpoint]) <= set(_FIELDS[endpoint])


@_every_endpoint
def test_what_an_endpoint_requires_is_required_by_its_row(endpoint: str) -> None:
    row = MODELS[endpoint]
    must = {slot.field for slot in row.images if slot.required} | set(row.required)
    must |= {row.prompt} if row.prompt else set()
    must |= {row.video.field} if row.video and row.video.required else set()
    must |= {getattr(row, _STANDARD[name]).field for name in row.needs}
    assert _NEEDED[endpoint] <= must
    # Nothing is asked of the caller that the endpoint does without.
    assert must - {row.prompt} <= _NEEDED[endpoint]


def _choices(row: ModelRow) -> list[tuple[str, set[Any]]]:
    return [
        (choice.field, {choice.wire.get(value, value) for value in choice.values})
        for choice in (row.aspect_ratio, row.resolution)
        if isinstance(choice, Choice)
    ]


@_every_endpoint
def test_a_row_offers_the_values_that_the_endpoint_takes(endpoint: str) -> None:
    for field, offered in _choices(MODELS[endpoint]):
        published = _FIELDS[endpoint][field]
        # A plain string has one value or words for sizes: no enumeration is published.
        if isinstance(published, list):
            assert offered - _BY_DEFAULT == set(published) - _BY_DEFAULT


@_every_endpoint
def test_lengths_are_those_of_the_endpoint_in_its_json_type(endpoint: str) -> None:
    length = MODELS[endpoint].length
    if length is None:
        return
    published = _FIELDS[endpoint][length.field]
    if isinstance(published, list):
        assert isinstance(length, Length | Frames)
        made = {_asked(endpoint, seconds)[length.field] for seconds in _lengths(length)}
        assert made == set(published) - _BY_DEFAULT
        assert {type(value) for value in made} == {type(v) for v in published if v != "auto"}
    else:
        text = length.form in {"text", "seconds"}
        assert published == ("string" if text else "number")


def _lengths(length: Length | Frames) -> list[float]:
    if isinstance(length, Frames):
        return [count / length.fps for count in length.choices or (length.low or 81,)]
    return list(length.choices) or [length.high or 5.0]


def _asked(endpoint: str, seconds: float | None = None) -> dict[str, Any]:
    """Return the body for a request that uses all that the row offers."""
    row = MODELS[endpoint]
    size = next(iter(row.size.sizes.values())) if row.size else None
    images = [
        ImageInput(image="https://example.com/a.png", type=slot.roles[0]) for slot in row.images
    ]
    request = VideoGenerationRequest(
        prompt="a kite over the sea",
        duration_seconds=seconds,
        resolution=row.resolution.values[-1] if row.resolution else size and f"{min(size)}p",
        aspect_ratio=row.aspect_ratio.values[-1] if row.aspect_ratio else None,
        generate_audio=True if row.audio else None,
        negative_prompt="fog" if row.negative_prompt else None,
        seed=0 if row.seed else None,
        enhance_prompt=True if row.enhance else None,
        image_list=images,
        video="https://example.com/a.mp4" if row.video else None,
        extra_params={name: _any_value(_FIELDS[endpoint][name]) for name in row.required},
    )
    mapped = map_request(endpoint, row, request)
    assert isinstance(mapped, Success), mapped
    return dict(mapped.unwrap().fields)


def _any_value(kind: Any) -> Any:
    if isinstance(kind, list):
        return kind[0]
    return {"list": [], "number": 1}.get(kind, "https://example.com/sound.mp3")


@_every_endpoint
def test_a_body_with_everything_is_valid(endpoint: str) -> None:
    length = MODELS[endpoint].length
    for seconds in [None] if length is None else _lengths(length):
        body = _asked(endpoint, seconds)
        assert _NEEDED[endpoint] <= set(body)
        for name, value in body.items():
            kind = _FIELDS[endpoint][name]
            if isinstance(kind, list):
                assert value in kind, name
            elif kind in _TYPES:
                assert isinstance(value, _TYPES[kind]), name


@pytest.mark.parametrize(
    "endpoint",
    [
        "fal-ai/luma-dream-machine/ray-2/reframe",
        "fal-ai/luma-dream-machine/ray-2-flash/reframe",
        "luma/agent/ray/v3.2/reframe",
    ],
)
def test_a_reframe_needs_the_shape_to_make(endpoint: str) -> None:
    assert MODELS[endpoint].needs == ("aspect_ratio",)


def test_kling_takes_a_prompt_or_shots_of_their_own() -> None:
    with_shots = {name for name, fields in _FIELDS.items() if "multi_prompt" in fields}
    ruled = {
        name
        for name, row in MODELS.items()
        if [(rule.name, rule.beside) for rule in row.rules if isinstance(rule, Ignored)]
        == [("prompt", ("multi_prompt",))]
    }
    assert ruled == with_shots
    assert len(ruled) == 19
    assert all(
        name.startswith(("fal-ai/kling-video/v3/", "fal-ai/kling-video/o3/")) for name in ruled
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "fal-ai/bytedance/omnihuman",
        "fal-ai/bytedance/omnihuman/v1.5",
        "fal-ai/sync-lipsync",
        "fal-ai/sync-lipsync/v2",
        "fal-ai/wan/v2.2-14b/animate/replace",
        "fal-ai/wan/v2.2-a14b/image-to-video",
        "bytedance/seedance-2.5/text-to-video",
        "bytedance/seedance-2.5/image-to-video",
        "bytedance/seedance-2.5/reference-to-video",
        "minimax/h3-max/recast",
        "veed/lipsync",
        "decart/lucy-edit/pro",
        "alibaba/happy-horse/reference-to-video",
    ],
)
def test_an_endpoint_that_was_missing_has_a_row(endpoint: str) -> None:
    assert endpoint in MODELS


def test_a_talking_head_needs_a_picture_and_a_sound() -> None:
    row = MODELS["fal-ai/bytedance/omnihuman/v1.5"]
    request = VideoGenerationRequest(
        prompt="she laughs",
        resolution="1080p",
        image_list=["https://example.com/her.png"],
        audio_url="https://example.com/laugh.mp3",
    )
    body = map_request("fal-ai/bytedance/omnihuman/v1.5", row, request).unwrap().fields
    assert body == {
        "prompt": "she laughs",
        "resolution": "1080p",
        "image_url": "https://example.com/her.png",
        "audio_url": "https://example.com/laugh.mp3",
    }


def test_seedance_2_5_makes_half_a_minute() -> None:
    endpoint = "bytedance/seedance-2.5/text-to-video"
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=30, aspect_ratio="21:9")
    mapped = map_request(endpoint, MODELS[endpoint], request).unwrap()
    assert mapped.fields == {"prompt": "a kite", "duration": "30", "aspect_ratio": "21:9"}
    assert mapped.adjusted == ()


def test_a_recast_says_its_resolution_in_fal_s_spelling() -> None:
    endpoint = "minimax/h3-max/recast"
    request = VideoGenerationRequest(
        prompt="she plays him",
        resolution="1080p",
        image_list=["https://example.com/her.png"],
        video="https://example.com/scene.mp4",
    )
    assert map_request(endpoint, MODELS[endpoint], request).unwrap().fields == {
        "prompt": "she plays him",
        "resolution": "1080P",
        "reference_image_urls": ["https://example.com/her.png"],
        "video_url": "https://example.com/scene.mp4",
    }
