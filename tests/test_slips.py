"""Slips of the hand are found before anything is sent."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    MockConfig,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    codec,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.spelling import distance


def _with(keyword: str) -> VideoGenerationRequest:
    fields: dict[str, Any] = {"prompt": "p", keyword: 1}
    return VideoGenerationRequest(**fields)


def _refusal(request: VideoGenerationRequest, **config: Any) -> str:
    http = ScriptedHttp([])
    with pytest.raises(ValidationError) as planned:
        plan_video(fal.config(**config), request, effects=fake_effects())
    with pytest.raises(ValidationError) as sent:
        generate_video(fal.config(**config), request, effects=fake_effects(http=http))
    assert http.requests == []
    assert planned.value.message == sent.value.message
    return sent.value.message


@pytest.mark.parametrize(
    ("keyword", "field"),
    [
        ("durations_seconds", "duration_seconds"),
        ("duration_second", "duration_seconds"),
        ("aspectratio", "aspect_ratio"),
        ("aspect_ration", "aspect_ratio"),
        ("resolutoin", "resolution"),
        ("generate_audios", "generate_audio"),
        ("images_list", "image_list"),
        ("negativ_prompt", "negative_prompt"),
        ("extra_param", "extra_params"),
    ],
)
def test_a_slip_of_a_field_s_name_is_refused(keyword: str, field: str) -> None:
    request = _with(keyword)
    assert _refusal(request) == (
        f"{keyword} is not a field of a request: did you mean {field}? If it is the provider's "
        f"own parameter, give it in extra_params={{{keyword!r}: ...}}"
    )
    mock = {"mock": MockConfig()}
    assert f"did you mean {field}?" in _refusal(request, **mock)


@pytest.mark.parametrize(
    "keyword",
    [
        *("video_id", "multi_prompt", "num_frames", "cfg_scale", "audio", "fps"),
        *("aspectRatio", "durationSeconds", "negativePrompt", "enhancePrompt"),
    ],
)
def test_a_name_that_a_row_or_a_provider_declares_is_never_a_slip(keyword: str) -> None:
    request = _with(keyword)
    assert plan_video(fal.config(), request, effects=fake_effects()).body[keyword] == 1


def test_what_is_given_in_extra_params_is_never_a_slip() -> None:
    request = VideoGenerationRequest(prompt="p", extra_params={"aspectratio": "1:1"})
    assert plan_video(fal.config(), request, effects=fake_effects()).body["aspectratio"] == "1:1"


def test_a_slip_is_found_in_an_evolved_and_in_a_pickled_request() -> None:
    request = attrs.evolve(VideoGenerationRequest(prompt="p", aspectratio="1:1"), prompt="q")
    assert "did you mean aspect_ratio?" in _refusal(request)
    copied = pickle.loads(pickle.dumps(request))  # noqa: S301 - our own bytes
    assert "did you mean aspect_ratio?" in _refusal(copied)


def test_how_a_parameter_was_given_does_not_show() -> None:
    keyword = VideoGenerationRequest(prompt="p", cfg_scale=0.5)
    param = VideoGenerationRequest(prompt="p", extra_params={"cfg_scale": 0.5})
    assert keyword == param
    assert keyword.extra_keywords == frozenset({"cfg_scale"})
    assert param.extra_keywords == frozenset()
    assert codec.to_json(keyword) == codec.to_json(param)
    assert codec.from_json(codec.to_json(keyword), VideoGenerationRequest) == keyword
    with pytest.raises(ValidationError, match="extra_keywords"):
        VideoGenerationRequest(prompt="p", extra_keywords=5)  # type: ignore[arg-type] # the test


def test_no_other_provider_is_imported_without_a_suspicion() -> None:
    code = """
import sys
from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, plan_video
config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
plan_video(config, VideoGenerationRequest(prompt="p", cfg_scale=0.5))
print(sorted(n for n in sys.modules if n.startswith("tarash.tarash_gateway.providers.ru")))
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "lib")}
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.stdout.strip() == "[]"


# Models, providers, settings.


def test_an_unknown_model_names_the_nearest() -> None:
    config = fal.config(model="fal-ai/veo3.1/image-to-vidoe")
    (told,) = plan_video(config, fal.REQUEST, effects=fake_effects()).warnings
    assert told.startswith("fal-ai/veo3.1/image-to-vidoe is not in fal's model table: ")
    assert "; did you mean fal-ai/veo3.1/image-to-video" in told


def test_a_model_that_resembles_none_names_none() -> None:
    config = fal.config(model="acme/kite")
    (told,) = plan_video(config, fal.REQUEST, effects=fake_effects()).warnings
    assert told.endswith("unchecked")


@pytest.mark.parametrize(
    ("name", "meant"), [("fall", "fal"), ("opnai", "openai"), ("azure_openai", "azure-openai")]
)
def test_an_unknown_provider_names_the_nearest(name: str, meant: str) -> None:
    config = VideoGenerationConfig(provider=name, model="m")
    with pytest.raises(ValidationError, match=rf"is not known: .*; did you mean {meant}\?"):
        plan_video(config, fal.REQUEST, effects=fake_effects())


def test_a_setting_that_no_one_reads_is_told() -> None:
    config = VideoGenerationConfig(
        provider="replicate", model="minimax/video-01", provider_config={"deploiment": "a/b"}
    )
    told = (
        "provider_config['deploiment'] was left out: replicate does not read it; "
        "did you mean deployment?"
    )
    assert plan_video(config, fal.REQUEST, effects=fake_effects()).warnings == (told,)
    strict = attrs.evolve(config, unsupported="error")
    with pytest.raises(ValidationError, match=r"deploiment.*unsupported='error' refuses this"):
        plan_video(strict, fal.REQUEST, effects=fake_effects())


def test_the_mock_judges_settings_as_the_provider_that_it_stands_for() -> None:
    config = fal.config(mock=MockConfig(), provider_config={"anything": 1})
    told = "provider_config['anything'] was left out: fal does not read it"
    assert plan_video(config, fal.REQUEST, effects=fake_effects()).warnings == (told,)
    assert generate_video(config, fal.REQUEST, effects=fake_effects()).warnings == (told,)


# The distance.

_WORD = st.text("abc_", max_size=8)


@given(_WORD, _WORD, _WORD)
def test_the_distance_is_one(one: str, two: str, three: str) -> None:
    assert (distance(one, two) == 0) is (one == two)
    assert distance(one, two) == distance(two, one)
    assert distance(one, three) <= distance(one, two) + distance(two, three)
