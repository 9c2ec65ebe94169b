"""Replicate's requests, replies and models against wire/replicate.md: rows."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from returns.result import Success
from tests.support.replicate_cases import _IMAGE, _as, _body, _refused, _submission

from tarash.tarash_gateway import MediaContent, VideoGenerationConfig
from tarash.tarash_gateway.catalog.limits import MediaRules, handling
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.providers.replicate.models import MODELS
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.values.files import MediaFile

_CLIP = "https://example.com/a.mp4"


_PNG = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")


def _input(model: str, **fields: Any) -> dict[str, Any]:
    sent = _body(_submission(model, **fields))["input"]
    assert isinstance(sent, dict)
    assert sent.pop("text" if model == "kwaivgi/kling-lip-sync" else "prompt") == "a kite"
    return sent


_LISTED = {
    "bytedance": "seedance-1-lite seedance-1-pro seedance-1-pro-fast seedance-1.5-pro seedance-2.0",
    "google": "veo-3 veo-3-fast veo-3.1 veo-3.1-fast veo-3.1-lite",
    "haiper-ai": "haiper-video-2",
    "kwaivgi": "kling-lip-sync kling-v1.6-pro kling-v1.6-standard kling-v2.0 kling-v2.1 "
    "kling-v2.1-master kling-v2.5-turbo-pro kling-v2.6 kling-v2.6-motion-control "
    "kling-v3-motion-control kling-v3-omni-video kling-v3-video",
    "lightricks": "ltx-video",
    "luma": "ray ray-2-540p ray-2-720p ray-flash-2-540p ray-flash-2-720p",
    "minimax": "hailuo-02 hailuo-02-fast hailuo-2.3 hailuo-2.3-fast video-01 video-01-director "
    "video-01-live",
    "openai": "sora-2 sora-2-pro",
    "pixverse": "pixverse-v4 pixverse-v4.5 pixverse-v5 pixverse-v5.6 pixverse-v6",
    "runwayml": "gen-4.5 gen4-aleph gen4-turbo",
    "tencent": "hunyuan-video",
    "wan-video": "wan-2.1-1.3b wan-2.2-i2v-fast wan-2.2-t2v-fast wan-2.5-i2v wan-2.5-i2v-fast "
    "wan-2.5-t2v wan-2.5-t2v-fast wan-2.6-i2v wan-2.6-t2v wan-2.7-i2v wan-2.7-r2v wan-2.7-t2v",
    "wavespeedai": "wan-2.1-i2v-480p wan-2.1-i2v-720p wan-2.1-t2v-480p wan-2.1-t2v-720p",
    "xai": "grok-imagine-video",
}


_NAMES_ONLY = (
    "google/veo-2",
    "leonardoai/motion-2.0",
    "luma/modify-video",
    "luma/ray-3.2",
    "luma/reframe-video",
    "xai/grok-imagine-video-1.5",
    "xai/grok-imagine-video-extension",
)


def test_every_model_of_the_wire_note_is_served() -> None:
    assert sorted(MODELS) == [
        f"{owner}/{name}" for owner, names in _LISTED.items() for name in names.split()
    ]
    for model in _NAMES_ONLY:
        made = _submission(model, video=_CLIP)
        assert _body(made)["input"] == {"prompt": "a kite", "video": _CLIP}
        assert len(made.warnings) == 1


@pytest.mark.parametrize(
    ("model", "fields", "sent"),
    [
        (
            "google/veo-3.1",
            {
                "duration_seconds": 5,
                "aspect_ratio": "9:16",
                "resolution": "720p",
                "generate_audio": False,
                "seed": 0,
                "negative_prompt": "fog",
                "image_list": [_IMAGE, _as("last_frame")],
            },
            {
                "duration": 6,
                "aspect_ratio": "9:16",
                "resolution": "720p",
                "generate_audio": False,
                "seed": 0,
                "negative_prompt": "fog",
                "image": _IMAGE,
                "last_frame": _IMAGE,
            },
        ),
        (
            "google/veo-3.1",
            {"image_list": [_as("reference"), _as("asset")], "duration_seconds": 8},
            {"reference_images": [_IMAGE, _IMAGE], "duration": 8},
        ),
        ("google/veo-3-fast", {"resolution": "1080p"}, {"resolution": "1080p"}),
        (
            "google/veo-3-fast",
            {"duration_seconds": 5, "generate_audio": False},
            {"duration": 6, "generate_audio": False},
        ),
        (
            "google/veo-3",
            {"duration_seconds": 8, "generate_audio": True, "image_list": [_IMAGE]},
            {"duration": 8, "generate_audio": True, "image": _IMAGE},
        ),
        (
            "kwaivgi/kling-v1.6-pro",
            {"image_list": [_as("last_frame")], "aspect_ratio": "1:1"},
            {"end_image": _IMAGE, "aspect_ratio": "1:1"},
        ),
        (
            "kwaivgi/kling-v2.1",
            {
                "image_list": [_IMAGE, _as("last_frame")],
                "resolution": "1080p",
                "duration_seconds": 5,
            },
            {"start_image": _IMAGE, "end_image": _IMAGE, "mode": "pro", "duration": 5},
        ),
        ("kwaivgi/kling-v2.6", {"generate_audio": True}, {"generate_audio": True}),
        (
            "kwaivgi/kling-v3-video",
            {"duration_seconds": 15, "resolution": "720p"},
            {"duration": 15, "mode": "standard"},
        ),
        (
            "kwaivgi/kling-v3-motion-control",
            {"image_list": [_IMAGE], "video": _CLIP, "resolution": "720p"},
            {"image": _IMAGE, "video": _CLIP, "mode": "std"},
        ),
        ("kwaivgi/kling-lip-sync", {"video": _CLIP}, {"video_url": _CLIP}),
        (
            "minimax/video-01",
            {"image_list": [_as("reference")], "enhance_prompt": False},
            {"subject_reference": _IMAGE, "prompt_optimizer": False},
        ),
        (
            "minimax/hailuo-02",
            {
                "duration_seconds": 10,
                "resolution": "768P",
                "image_list": [_IMAGE, _as("last_frame")],
            },
            {
                "duration": 10,
                "resolution": "768p",
                "first_frame_image": _IMAGE,
                "last_frame_image": _IMAGE,
            },
        ),
        (
            "bytedance/seedance-1-pro",
            {"duration_seconds": 12, "aspect_ratio": "21:9", "resolution": "480p", "seed": 0},
            {"duration": 12, "aspect_ratio": "21:9", "resolution": "480p", "seed": 0},
        ),
        (
            "bytedance/seedance-2.0",
            {"video": _CLIP, "image_list": [_as("reference")], "generate_audio": False},
            {
                "reference_videos": [_CLIP],
                "reference_images": [_IMAGE],
                "generate_audio": False,
            },
        ),
        (
            "wan-video/wan-2.5-t2v",
            {"resolution": "1080p", "aspect_ratio": "9:16", "enhance_prompt": True},
            {"size": "1080*1920", "enable_prompt_expansion": True},
        ),
        (
            "wan-video/wan-2.2-i2v-fast",
            {"image_list": [_IMAGE, _as("last_frame")], "duration_seconds": 6},
            {"image": _IMAGE, "last_image": _IMAGE, "num_frames": 96},
        ),
        (
            "wan-video/wan-2.2-t2v-fast",
            {"duration_seconds": 5, "extra_params": {"frames_per_second": 24}},
            {"num_frames": 120, "frames_per_second": 24},
        ),
        ("wan-video/wan-2.1-1.3b", {"duration_seconds": 4}, {"frame_num": 65}),
        (
            "wan-video/wan-2.7-r2v",
            {"video": _CLIP, "image_list": [_as("reference")]},
            {"reference_videos": [_CLIP], "reference_images": [_IMAGE]},
        ),
        ("wan-video/wan-2.7-i2v", {"image_list": [_IMAGE]}, {"first_frame": _IMAGE}),
        (
            "luma/ray",
            {"image_list": [_IMAGE, _as("last_frame")]},
            {"start_image_url": _IMAGE, "end_image_url": _IMAGE},
        ),
        (
            "luma/ray-2-720p",
            {"duration_seconds": 9, "image_list": [_IMAGE]},
            {"duration": 9, "start_image": _IMAGE},
        ),
        (
            "pixverse/pixverse-v4.5",
            {"resolution": "540p", "generate_audio": True},
            {"quality": "540p", "sound_effect_switch": True},
        ),
        ("pixverse/pixverse-v6", {"duration_seconds": 15}, {"duration": 15}),
        (
            "runwayml/gen4-aleph",
            {"video": _CLIP, "image_list": [_as("reference")]},
            {"video": _CLIP, "reference_image": _IMAGE},
        ),
        (
            "xai/grok-imagine-video",
            {"duration_seconds": 15, "aspect_ratio": "auto", "resolution": "480p"},
            {"duration": 15, "aspect_ratio": "auto", "resolution": "480p"},
        ),
        (
            "tencent/hunyuan-video",
            {"duration_seconds": 5, "resolution": "720p", "aspect_ratio": "9:16"},
            {"video_length": 121, "width": 720, "height": 1280},
        ),
        (
            "haiper-ai/haiper-video-2",
            {"resolution": "1080p", "enhance_prompt": False, "image_list": [_IMAGE]},
            {"resolution": 1080, "use_prompt_enhancer": False, "frame_image_url": _IMAGE},
        ),
    ],
)
def test_a_model_gets_its_own_fields(
    model: str, fields: dict[str, Any], sent: dict[str, Any]
) -> None:
    assert _input(model, **fields) == sent


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("kwaivgi/kling-v2.1", {}),
        ("minimax/video-01-live", {}),
        ("wan-video/wan-2.2-i2v-fast", {}),
        ("runwayml/gen4-turbo", {}),
        ("google/veo-3-fast", {"image_list": [_as("last_frame")]}),
        ("google/veo-3.1-fast", {"image_list": [_as("reference")] * 2}),
        ("google/veo-3.1", {"image_list": [_as("reference")] * 4}),
        ("minimax/hailuo-2.3", {"image_list": [_as("last_frame")]}),
        ("google/veo-3.1", {"image_list": [_as("style")]}),
    ],
)
def test_images_that_miss_or_have_no_place_are_refused(model: str, fields: dict[str, Any]) -> None:
    assert "image_list" in _refused(model, **fields)


def test_a_video_without_a_place_is_refused() -> None:
    assert _refused("minimax/video-01", video=_CLIP).startswith("video ")
    assert _refused("runwayml/gen4-aleph").startswith("video ")


def test_no_kling_and_no_minimax_model_has_a_seed() -> None:
    rows = {name: row for name, row in MODELS.items() if name.startswith(("kwaivgi/", "minimax/"))}
    assert len(rows) == 19
    assert all(row.seed is None for row in rows.values())
    made = _submission("kwaivgi/kling-v2.0", seed=0)
    assert made.adjusted == ("seed was left out: kwaivgi/kling-v2.0 does not take it",)


@pytest.mark.parametrize(
    ("model", "fields", "words"),
    [
        (
            "google/veo-3.1",
            {"image_list": [_as("reference")], "aspect_ratio": "9:16"},
            "aspect_ratio must be 16:9",
        ),
        (
            "google/veo-3.1",
            {"image_list": [_as("reference")], "duration_seconds": 4},
            "duration_seconds must be 8",
        ),
        ("google/veo-3.1", {"image_list": [_as("last_frame")]}, "image_list has a last_frame"),
        (
            "kwaivgi/kling-v2.1",
            {"image_list": [_IMAGE, _as("last_frame")]},
            "only with resolution='1080p'",
        ),
        ("minimax/hailuo-02", {"duration_seconds": 10}, "only with resolution='768p'"),
        (
            "bytedance/seedance-1-lite",
            {"image_list": [_IMAGE, _as("reference")]},
            "only one kind",
        ),
        (
            "bytedance/seedance-1-lite",
            {"image_list": [_as("reference")], "resolution": "1080p"},
            "resolution must be 480p or 720p",
        ),
        ("bytedance/seedance-2.0", {"image_list": [_as("last_frame")]}, "last_frame"),
        ("pixverse/pixverse-v5", {"image_list": [_as("last_frame")]}, "last_frame"),
        ("luma/ray", {"image_list": [_PNG]}, "takes URLs only"),
        ("haiper-ai/haiper-video-2", {"image_list": [_PNG]}, "takes URLs only"),
    ],
)
def test_fields_that_do_not_go_together_are_refused_before_anything_is_sent(
    model: str, fields: dict[str, Any], words: str
) -> None:
    assert words in _refused(model, **fields)


def test_an_extra_parameter_may_bring_what_a_rule_wants() -> None:
    sent = _input(
        "kwaivgi/kling-v2.1",
        image_list=[_IMAGE, _as("last_frame")],
        extra_params={"mode": "pro"},
    )
    assert sent["mode"] == "pro"


@pytest.mark.parametrize(
    "model",
    [
        "kwaivgi/kling-v1.6-standard",
        "kwaivgi/kling-v2.0",
        "kwaivgi/kling-v2.1-master",
        "kwaivgi/kling-v2.5-turbo-pro",
        "kwaivgi/kling-v2.6",
    ],
)
def test_a_ratio_that_the_image_decides_is_left_out_and_told(model: str) -> None:
    made = _submission(model, image_list=[_IMAGE], aspect_ratio="9:16")
    assert _body(made)["input"] == {"prompt": "a kite", "start_image": _IMAGE}
    (left_out,) = made.adjusted
    assert left_out.startswith(f"aspect_ratio was left out: {model} ignores it beside ")
    assert made.aspect_ratio is None
    given = _submission(model, image_list=[_IMAGE], extra_params={"aspect_ratio": "9:16"})
    assert _body(given)["input"]["aspect_ratio"] == "9:16"


def test_lips_move_to_a_text_or_to_a_sound() -> None:
    """The prompt is the text to be spoken; beside a sound the model ignores it."""
    sound = {"audio_file": "https://example.com/a.mp3"}
    made = _submission("kwaivgi/kling-lip-sync", video=_CLIP, extra_params=sound)
    assert _body(made)["input"] == {"video_url": _CLIP, **sound}
    assert made.adjusted == (
        "prompt was left out: kwaivgi/kling-lip-sync ignores it beside audio_file",
    )
    known = {"video_id": "830", "voice_id": "en_AOT"}
    spoken = _submission("kwaivgi/kling-lip-sync", extra_params=known)
    assert _body(spoken)["input"] == {"text": "a kite", **known}
    assert spoken.adjusted == ()


def test_an_edit_keeps_the_measures_of_its_video() -> None:
    made = _submission(
        "xai/grok-imagine-video",
        video=_CLIP,
        duration_seconds=5,
        aspect_ratio="1:1",
        resolution="720p",
    )
    assert _body(made)["input"] == {"prompt": "a kite", "video": _CLIP}
    assert [line.split()[0] for line in made.adjusted] == [
        "duration_seconds",
        "aspect_ratio",
        "resolution",
    ]
    assert (made.duration, made.aspect_ratio, made.resolution) == (None, None, None)


def test_a_wish_of_a_model_is_told() -> None:
    (wish,) = _submission("kwaivgi/kling-v1.6-pro").warnings
    assert "first_frame or a last_frame" in wish
    assert _submission("minimax/video-01", image_list=[_PNG]).warnings == ()


@pytest.mark.parametrize(
    ("model", "size", "how"),
    [
        ("minimax/video-01", 256_000, "inline"),
        ("minimax/video-01", 256_001, "upload"),
        # Their fields take http(s) URLs only.
        ("luma/ray", 9, "upload"),
        ("haiper-ai/haiper-video-2", 9, "upload"),
        ("owner/unknown:1", 256_001, "upload"),
    ],
)
def test_a_picture_above_256_kb_is_uploaded(model: str, size: int, how: str) -> None:
    limits = _rules(model).images
    picture = MediaContent(b"\x89PNG".ljust(size, b"0"), "image/png")
    assert handling("image_list[0]", picture, limits) == Success(how)
    large = MediaFile(path=Path("a.png"), size=100_000_001, content_type="image/png", read=_nothing)
    assert "at most 100000000 are taken" in str(handling("video", large, limits).failure())


def _rules(model: str) -> MediaRules:
    assert PROVIDER.media is not None
    config = VideoGenerationConfig(provider="replicate", model=model)
    return PROVIDER.media(Target(provider=PROVIDER, config=config))


def _nothing(_start: int, _length: int) -> tuple[bytes, ...]:
    return ()


@pytest.mark.parametrize("model", ["openai/sora-2", "openai/sora-2-pro"])
def test_a_retired_model_is_refused_by_its_host_and_allowed_elsewhere(model: str) -> None:
    end = {"today": date(2026, 9, 24)}
    refusal = _refused(model, end, duration_seconds=8)
    assert refusal == (
        f"{model} is no longer offered since 2026-09-24; "
        "use google/veo-3.1 or bytedance/seedance-2.0"
    )
    last = _submission(model, {"today": date(2026, 9, 23)}, duration_seconds=8)
    assert last.warnings[0].startswith(f"{model} is no longer offered from 2026-09-24")
    made = _submission(
        model,
        end | {"base_url": "https://mirror.example"},
        duration_seconds=8,
        aspect_ratio="9:16",
    )
    assert _body(made)["input"] == {"prompt": "a kite", "seconds": 8, "aspect_ratio": "portrait"}
