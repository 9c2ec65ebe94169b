"""Marks of generated video: those that a maker declares, and those that a request turns off."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal
from tests.support.replies import JSON

from tarash.tarash_gateway import (
    MockConfig,
    VideoGenerationConfig,
    VideoGenerationRequest,
    codec,
    generate_video,
    plan_video,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.catalog.marks import marks_of
from tarash.tarash_gateway.catalog.rows import ModelRow
from tarash.tarash_gateway.lifecycle.visible_marks import removed_marks
from tarash.tarash_gateway.providers.fal.provider import PROVIDER as FAL
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER as REPLICATE
from tarash.tarash_gateway.providers.runway.provider import PROVIDER as RUNWAY
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects


def _marks(**config: Any) -> tuple[str, ...]:
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    return generate_video(fal.config(**config), fal.REQUEST, effects=effects).media.declared_marks


# What the makers declare.


def test_a_google_model_declares_its_mark_whoever_sells_it() -> None:
    assert _marks(model="fal-ai/veo3") == ("SynthID",)
    assert _marks(model="fal-ai/kling-video/v2.6/pro/text-to-video") == ()
    assert _marks(model="acme/kite") == ()


def test_a_job_that_is_taken_up_later_has_the_same_marks() -> None:
    def effects(replies: list[Any]) -> Any:
        return fake_effects(http=ScriptedHttp(replies))

    started = start_video(fal.config(), fal.REQUEST, effects=effects([fal.queued()]))
    saved = codec.from_json(codec.to_json(started), type(started))
    replies = [fal.completed(), fal.result()]
    response = resume_video(saved, config=fal.config(), effects=effects(replies))
    assert response.media.declared_marks == ("SynthID",)


def test_the_mock_s_clips_have_no_mark() -> None:
    config = fal.config(mock=MockConfig())
    response = generate_video(config, fal.REQUEST, effects=fake_effects())
    assert response.is_mock
    assert response.media.declared_marks == ()


@pytest.mark.parametrize("provider", [FAL, REPLICATE, RUNWAY], ids=lambda each: each.name)
def test_all_rows_of_google_s_models_and_no_others_have_the_mark(provider: Any) -> None:
    marked = {model for model, row in provider.models.items() if row.marks}
    assert marked == {
        model for model in provider.models if any(name in model for name in ("veo", "gemini"))
    }
    assert all(provider.models[model].marks == ("SynthID",) for model in marked)


@pytest.mark.parametrize(
    ("model", "marks"),
    [
        ("google/veo-3", ("A",)),
        ("google/veo-3:0123abcd", ("A",)),
        ("/google/veo-3/", ("A",)),
        ("runway/veo3.1", ("B",)),
        ("models/veo3.1", ("B",)),
        ("google/veo-3-fast", ()),
        ("acme/veo3.1", ()),
        ("deployments/google/veo-3", ()),
        ("", ()),
    ],
)
def test_a_model_is_found_under_its_spellings(model: str, marks: tuple[str, ...]) -> None:
    table = {"google/veo-3": ModelRow(marks=("A",)), "veo3.1": ModelRow(marks=("B",))}
    assert marks_of(table, model) == marks


# What a request turns off.


def _warnings(**extra: Any) -> tuple[str, ...]:
    request = attrs.evolve(fal.REQUEST, extra_params=extra)
    plan = plan_video(fal.config(), request, effects=fake_effects())
    return tuple(warning for warning in plan.warnings if "article 50" in warning)


@pytest.mark.parametrize(
    "extra",
    [
        {"watermark": False},
        {"watermark": 0},
        {"watermark": "false"},
        {"Watermark": "OFF"},
        {"aigc_watermark": False},
        {"aigcWatermark": False},
        {"watermark_info": {"enabled": False}},
        {"watermarkInfo": {"enabled": False}},
        {"options": {"watermark_info": {"enabled": False}}},
        {"parameters": {"watermark": False}},
        {"tasks": [{"seed": 1}, {"watermark": False}]},
        {"addWatermark": False},
        {"add_watermark": False},
        {"enable-watermark": False},
        {"logo_add": 0},
        {"LogoAdd": 0},
        {"remove_watermark": True},
        {"no_watermark": 1},
        {"watermark": False, "aigc_watermark": False},
    ],
    ids=str,
)
def test_a_request_without_a_visible_mark_gets_one_warning(extra: dict[str, Any]) -> None:
    (warning,) = _warnings(**extra)
    assert warning.startswith("extra_params[")
    assert "(EU) 2024/1689" in warning
    assert "deepfake" in warning


@pytest.mark.parametrize(
    "extra",
    [
        {"watermark": True},
        {"watermark": None},
        {"watermark": "bottom right"},
        {"watermark": 2},
        {"watermark": {"text": "kite"}},
        {"watermark": []},
        {"watermark_info": {"enabled": True}},
        {"watermark_info": {}},
        {"watermark_text": False},
        {"watermark_url": "off"},
        {"watermarked": False},
        {"watermarks": False},
        {"water": False},
        {"mark": False},
        {"logo": False},
        {"logo_add": 1},
        {"remove_watermark": False},
        {"remove_watermark": None},
        {"negative_prompt": "watermark"},
        {"note": "watermark=False"},
        {"enabled": False},
    ],
)
def test_near_names_and_other_values_do_not(extra: dict[str, Any]) -> None:
    assert _warnings(**extra) == ()


def test_the_warning_is_in_the_response_and_refuses_nothing() -> None:
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    request = VideoGenerationRequest(prompt="a kite", watermark=False)
    response = generate_video(fal.config(unsupported="error"), request, effects=effects)
    assert sum("article 50" in warning for warning in response.warnings) == 1


def test_a_user_s_provider_is_looked_at_too() -> None:
    config = VideoGenerationConfig(provider="replicate", model="acme/kite", api_key="r8")
    request = VideoGenerationRequest(prompt="a kite", watermark=False)
    plan = plan_video(config, request, effects=fake_effects())
    assert sum("article 50" in warning for warning in plan.warnings) == 1


@given(st.dictionaries(st.text(max_size=9) | st.sampled_from(["watermark", "no_watermark"]), JSON))
def test_any_parameters_are_read(params: dict[str, Any]) -> None:
    assert all(place.startswith("extra_params[") for place in removed_marks(params))


def test_a_parameter_that_contains_itself_is_read() -> None:
    loop: dict[str, Any] = {"watermark": True}
    loop["again"] = [loop] * 100
    loop["digits"] = 10**5000
    assert list(removed_marks(loop)) == []
    loop["again"].append({"watermark": False})
    assert list(removed_marks(loop)) == ["extra_params['again'][100]['watermark']"]
