"""Files in a scripted world: what goes up, and the clip that comes down."""

import io
from pathlib import Path
from typing import Any, Final

import attrs
import av
import pytest
from tests.support.upload_cases import CASES, Case, mp4

from tarash.tarash_gateway import (
    ModelInfo,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    list_models,
    plan_video,
)
from tarash.tarash_gateway.catalog.nearest import lines_of
from tarash.tarash_gateway.running.measuring import measure_content
from tarash.tarash_gateway.testing import (
    ScriptedVideo,
    Uploaded,
    default_effects,
    grey_clip,
)
from tarash.tarash_gateway.testing.clips import wanted

_PICTURE: Final = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def _make(
    config: VideoGenerationConfig, world: ScriptedVideo, **fields: Any
) -> VideoGenerationResponse:
    with default_effects(world.effects):
        response = generate_video(config, VideoGenerationRequest(prompt="a kite", **fields))
    world.check()
    return response


# A model of each provider, and what it is asked for.
_ASKED: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "fal": (
        {"provider": "fal", "model": "fal-ai/veo3"},
        {"duration_seconds": 8, "resolution": "1080p", "aspect_ratio": "16:9"},
    ),
    "openai": (
        {"provider": "openai", "model": "sora-2"},
        {"duration_seconds": 8, "resolution": "720p", "aspect_ratio": "9:16"},
    ),
    "azure-openai": (
        {"provider": "azure-openai", "model": "sora"},
        {"duration_seconds": 8, "resolution": "720p", "aspect_ratio": "16:9"},
    ),
    "runway": (
        {"provider": "runway", "model": "gen4.5"},
        {"duration_seconds": 8, "resolution": "720p", "aspect_ratio": "16:9"},
    ),
    "google": (
        {
            "provider": "google",
            "model": "veo-3.1-generate-preview",
            "base_url": "https://gateway.example.com",
        },
        {"duration_seconds": 8, "resolution": "1080p", "aspect_ratio": "16:9"},
    ),
    "google (Omni)": (
        {"provider": "google", "model": "gemini-omni-1.1-flash"},
        {"duration_seconds": 8, "aspect_ratio": "9:16"},
    ),
    "replicate, in frames": (
        {"provider": "replicate", "model": "wan-video/wan-2.2-t2v-fast"},
        {"duration_seconds": 6.0625, "resolution": "480p", "aspect_ratio": "16:9"},
    ),
}


@pytest.mark.parametrize(("config", "asked"), _ASKED.values(), ids=_ASKED)
def test_a_clip_has_the_length_and_the_size_that_were_asked_for(
    config: dict[str, Any], asked: dict[str, Any]
) -> None:
    response = _make(VideoGenerationConfig(**config), ScriptedVideo().completes(), **asked)
    assert response.media.duration_source == "measured"
    assert response.duration == pytest.approx(asked["duration_seconds"], abs=0.001)
    assert response.resolution == asked.get("resolution", "720p")
    assert response.aspect_ratio == asked["aspect_ratio"]
    assert not response.warnings


@pytest.mark.parametrize("sound", [True, False])
def test_a_clip_has_sound_where_it_was_asked_for(*, sound: bool) -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    response = _make(config, ScriptedVideo().completes(), generate_audio=sound)
    assert response.media.audio is sound


def test_what_is_left_open_is_five_seconds_and_720_lines() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    response = _make(config, ScriptedVideo().completes())
    assert (response.duration, response.resolution, response.aspect_ratio) == (5.0, "720p", "16:9")


@pytest.mark.parametrize("provider", ["fal", "openai", "google"])
def test_a_script_may_say_which_file_it_is(provider: str, tmp_path: Path) -> None:
    # given a provider that delivers another video than the one that was asked for
    other, path = grey_clip(3, 640, 360), tmp_path / "kite.mp4"
    model = {"fal": "fal-ai/veo3", "openai": "sora-2", "google": "gemini-omni-1.1-flash"}[provider]
    world = ScriptedVideo().completes(video=other)
    with default_effects(world.effects):
        response = generate_video(
            VideoGenerationConfig(provider=provider, model=model),
            VideoGenerationRequest(prompt="a kite", duration_seconds=8),
            save_to=path,
        )
    # then the response says what the file is
    assert path.read_bytes() == other
    assert (response.duration, response.resolution) == (3.0, "360p")


def _asked_of(model: ModelInfo) -> dict[str, Any]:
    """Return a request for the last of what a model offers."""
    lengths = model.seconds and (model.seconds.choices or (model.seconds.most,))
    offered = {
        "duration_seconds": lengths and lengths[-1],
        "resolution": model.resolutions[-1] if model.resolutions else None,
        "generate_audio": model.audio or None,
    }
    return {name: value for name, value in offered.items() if value is not None}


def _image(role: str) -> dict[str, str]:
    return {"image": "https://example.com/a.png", "type": role}


_INPUTS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"image_list": [_image("reference")]},
    {"image_list": [_image("first_frame")]},
    {"image_list": [_image("first_frame"), _image("last_frame")]},
    {"video": "https://example.com/a.mp4"},
    {"video": "https://example.com/a.mp4", "image_list": [_image("reference")]},
)


def test_every_model_s_words_for_length_size_and_sound_are_understood() -> None:
    understood = 0
    for model in list_models():
        asked = _asked_of(model)
        host = {} if model.provider in {"fal", "replicate", "runway"} else {"base_url": "https://h"}
        config = VideoGenerationConfig(
            provider=model.provider,
            model=model.model,
            api_key="id:key",
            unsupported="adapt",
            **host,  # type: ignore[arg-type]  # a URL, for those that have models that have ended
        )
        for given in _INPUTS:
            try:
                plan = plan_video(config, VideoGenerationRequest(prompt="a kite", **asked, **given))
            except TarashException:
                continue
            break
        else:
            continue
        assert isinstance(plan.body, dict)
        clip = wanted(model.provider, plan.url, plan.body)
        if "duration_seconds" in asked:
            assert clip.seconds == pytest.approx(asked["duration_seconds"], abs=0.1), model
        # What was adapted is another request; Runway names sizes by their area.
        if "resolution" in asked and model.provider != "runway" and not plan.warnings:
            lines = lines_of(asked["resolution"].removeprefix("true_"))
            assert lines == min(clip.width, clip.height), model
        if asked.get("generate_audio") and not plan.warnings:
            assert clip.sound, model
        understood += 1
    assert understood > 300


@pytest.mark.parametrize("case", CASES, ids=[case.provider for case in CASES])
@pytest.mark.parametrize("kind", ["picture", "video"])
def test_a_large_file_is_uploaded_as_the_provider_takes_it(case: Case, kind: str) -> None:
    # given a file that does not fit into a submission
    request = case.request if kind == "picture" else case.video_request
    model = case.model if kind == "picture" else case.video_model
    medium = request.image_list[0].image if kind == "picture" else request.video
    world = ScriptedVideo().completes()
    with default_effects(world.effects):
        response = generate_video(case.config(model=model), request)
    world.check()
    # then the provider's storage has it, whole, and the submission names it
    (uploaded,) = world.uploaded
    assert response.status == "completed"
    assert uploaded.provider == case.provider
    assert uploaded.content == getattr(medium, "content", None)
    assert uploaded.content_type == ("image/png" if kind == "picture" else "video/mp4")
    assert uploaded.name in str(world.submitted[0].body)


def test_two_large_files_have_two_names() -> None:
    case = CASES[0]
    world = ScriptedVideo().completes()
    with default_effects(world.effects):
        generate_video(case.config(), case.two)
    assert len({each.name for each in world.uploaded}) == 2
    assert [len(each.content) for each in world.uploaded] == [case.size, case.size + 1]


def test_a_file_of_the_disk_is_streamed_into_the_script(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(mp4(40_000_000)["content"])
    config = VideoGenerationConfig(provider="fal", model=CASES[0].video_model)
    world = ScriptedVideo().completes()
    _make(config, world, video=film)
    assert world.uploaded[0].content == film.read_bytes()


def test_a_small_picture_goes_inside_the_submission() -> None:
    config = VideoGenerationConfig(provider="fal", model=CASES[0].model)
    world = ScriptedVideo().completes()
    picture = {"content": _PICTURE, "content_type": "image/png"}
    _make(config, world, image_list=[picture])
    assert world.uploaded == []
    assert "data:image/png;base64," in str(world.submitted[0].body)


def test_what_was_uploaded_shows_no_bytes() -> None:
    uploaded = Uploaded(
        provider="fal", name="https://a", content_type="image/png", content=_PICTURE
    )
    assert "content=<1032 bytes>" in repr(uploaded)


_CLIPS: Final = (
    (8.0, 1280, 720, True),
    (2.2, 1080, 1920, False),
    (0.5, 2, 2, True),
    (1 / 24_000, 180, 180, False),
    (61.0, 640, 360, True),
    (3.0, 853, 481, False),
    (0.1, 3840, 2160, False),
)


@pytest.mark.parametrize(("seconds", "width", "height", "sound"), _CLIPS)
def test_a_grey_clip_is_a_video_to_the_library_and_to_ffmpeg(
    seconds: float, width: int, height: int, *, sound: bool
) -> None:
    content = grey_clip(seconds, width, height, sound=sound)
    even = (width + width % 2, height + height % 2)
    # It is small, and what it says of itself is what was asked for.
    assert len(content) < 60_000
    facts = measure_content(content).unwrap()
    assert (facts.width, facts.height, facts.audio, facts.codec) == (*even, sound, "h264")
    assert facts.seconds == pytest.approx(seconds, abs=1 / 24_000)
    # And FFmpeg decodes every frame of it: grey, and silence.
    with av.open(io.BytesIO(content), "r") as file:
        frames = list(file.decode(video=0))
        assert (frames[0].width, frames[0].height) == even
        assert len(frames) == file.streams.video[0].frames
        for frame in (frames[0], frames[-1]):
            row = bytes(frame.planes[0])[: frame.width]
            assert set(row) == {128}
    if sound:
        with av.open(io.BytesIO(content), "r") as file:
            heard = list(file.decode(audio=0))
            assert sum(frame.samples for frame in heard) >= seconds * 48_000 - 1024
            assert not any(bytes(heard[-1].planes[0]))


@pytest.mark.parametrize(
    ("seconds", "width"), [(0.0, 640), (-1.0, 640), (float("nan"), 640), (9e9, 640), (1.0, 0)]
)
def test_a_clip_that_no_file_can_be_is_refused(seconds: float, width: int) -> None:
    with pytest.raises(ValueError, match="a clip "):
        grey_clip(seconds, width, 360)


def test_the_same_clip_is_made_once() -> None:
    assert grey_clip(4, 640, 360) is grey_clip(4, 640, 360)
    assert attrs.evolve(wanted("fal", "", {"duration": 4})).content == grey_clip(4)
