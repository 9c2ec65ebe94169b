"""What fal's schemas say of single endpoints; `test_published` compares all of them.

``fal_schema.json`` holds names, types and enumerations, with their sources and dates.
"""

import json
from pathlib import Path
from typing import Final

import pytest

from tarash.tarash_gateway.catalog.mapping import map_request
from tarash.tarash_gateway.catalog.rows import Ignored
from tarash.tarash_gateway.providers.fal.models import MODELS
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_FIXTURE: Final = json.loads(
    Path(__file__).with_name("fal_schema.json").read_text(encoding="utf-8")
)
_FIELDS: Final = {
    endpoint: {name.rstrip("*") for name in fields}
    for section in ("schema", "pages")
    for endpoint, fields in _FIXTURE[section]["endpoints"].items()
}


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
