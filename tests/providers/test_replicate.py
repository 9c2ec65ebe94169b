"""Replicate's requests, replies and models against wire/replicate.md."""

import json
from typing import Any

import pytest
from returns.result import Failure, Success

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    MediaContent,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.messages import HttpResponse, JsonBody
from tarash.tarash_gateway.providers.base import Job, Progress, Submission, Target, Video
from tarash.tarash_gateway.providers.replicate import PROVIDER
from tarash.tarash_gateway.providers.replicate_models import MODELS
from tarash.tarash_gateway.secrets import Secret
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_API = "https://api.replicate.com/v1"
_VERSION = "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b"
_ID = "azaq55dbukgxg6kubr4k6g3pby"
_URL = "https://replicate.delivery/czjl/0BRwO64e/tmpxql776w8.output.mp4"
_IMAGE = "https://example.com/a.png"
_CLIP = "https://example.com/a.mp4"
_PNG = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")


def _target(
    model: str = "minimax/video-01", environment: dict[str, str] | None = None, **config: Any
) -> Target:
    return Target(
        provider=PROVIDER,
        config=VideoGenerationConfig(provider="replicate", model=model, **config),
        key=Secret("r8_secret"),
        environment=environment or {},
    )


def _submission(model: str, config: dict[str, Any] | None = None, **fields: Any) -> Submission:
    request = VideoGenerationRequest(**{"prompt": "a kite", **fields})
    return PROVIDER.submit(_target(model, **(config or {})), request).unwrap()


def _body(made: Submission) -> Any:
    assert isinstance(made.request.body, JsonBody)
    return made.request.body.value


def _input(model: str, **fields: Any) -> dict[str, Any]:
    sent = _body(_submission(model, **fields))["input"]
    assert isinstance(sent, dict)
    assert sent.pop("text" if model == "kwaivgi/kling-lip-sync" else "prompt") == "a kite"
    return sent


def _refused(model: str, config: dict[str, Any] | None = None, **fields: Any) -> str:
    request = VideoGenerationRequest(**{"prompt": "a kite", **fields})
    error = PROVIDER.submit(_target(model, **(config or {})), request).failure()
    assert isinstance(error, ValidationError)
    return error.message


def _as(role: str, image: Any = _IMAGE) -> dict[str, Any]:
    return {"image": image, "type": role}


# Where a prediction is made: section 2.2.


@pytest.mark.parametrize(
    ("model", "config", "path", "version"),
    [
        ("minimax/video-01", {}, "/models/minimax/video-01/predictions", None),
        (f"lightricks/ltx-video:{_VERSION}", {}, "/predictions", _VERSION),
        ("lightricks/ltx-video:dp-1", {}, "/predictions", "dp-1"),
        (_VERSION, {}, "/predictions", _VERSION),
        ("deployments/acme/clips", {}, "/deployments/acme/clips/predictions", None),
        (
            "minimax/video-01",
            {"deployment": "acme/clips"},
            "/deployments/acme/clips/predictions",
            None,
        ),
        ("someone/a?b#c", {}, "/models/someone/a%3Fb%23c/predictions", None),
    ],
)
def test_a_model_id_tells_where_its_prediction_is_made(
    model: str, config: dict[str, Any], path: str, version: str | None
) -> None:
    made = _submission(model, {"provider_config": config})
    assert (made.request.method, made.request.url) == ("POST", f"{_API}{path}")
    expected: dict[str, Any] = {"input": {"prompt": "a kite"}}
    assert _body(made) == (expected if version is None else {**expected, "version": version})


@pytest.mark.parametrize(
    "model",
    ["video-01", "minimax/", "a/b/c", "deployments/acme/", "a/b:", "/", _VERSION[:-1], "a b/c"],
)
def test_a_model_id_of_another_form_is_refused(model: str) -> None:
    assert "owner/name:version" in _refused(model)


@pytest.mark.parametrize(
    ("model", "deployment", "words"),
    [
        ("minimax/video-01", "acme", "'owner/name'"),
        ("deployments/acme/x:1", "acme/x", "model must be"),
        ("minimax/video-01", 5, "'owner/name'"),
        (f"lightricks/ltx-video:{_VERSION}", "acme/clips", "model must be"),
        (_VERSION, "acme/clips", "model must be"),
    ],
)
def test_a_deployment_of_another_form_is_refused(model: str, deployment: Any, words: str) -> None:
    assert words in _refused(model, {"provider_config": {"deployment": deployment}})


def test_a_deployment_takes_the_fields_of_the_model_it_runs() -> None:
    made = _submission(
        "kwaivgi/kling-v2.1",
        {"provider_config": {"deployment": "acme/fast-kling"}},
        image_list=[_IMAGE],
        resolution="1080p",
    )
    assert _body(made) == {"input": {"prompt": "a kite", "mode": "pro", "start_image": _IMAGE}}
    assert made.warnings == ()


def test_a_version_takes_the_fields_of_its_model() -> None:
    made = _submission(f"lightricks/ltx-video:{_VERSION}", duration_seconds=5)
    assert _body(made)["input"] == {"prompt": "a kite", "length": 129}
    assert made.duration == 5.16
    assert not any("model table" in line for line in made.warnings)


@pytest.mark.parametrize("model", ["someone/new-model", _VERSION, "deployments/acme/clips"])
def test_an_unlisted_model_gets_usual_names_and_its_own_parameters(model: str) -> None:
    made = _submission(
        model,
        duration_seconds=5,
        seed=0,
        image_list=[_IMAGE, _as("last_frame"), _as("reference")],
        extra_params={"motion_bucket": 127},
    )
    assert _body(made)["input"] == {
        "prompt": "a kite",
        "duration": 5,
        "seed": 0,
        "image": _IMAGE,
        "last_frame_image": _IMAGE,
        "reference_images": [_IMAGE],
        "motion_bucket": 127,
    }
    assert made.adjusted == ()
    assert [line for line in made.warnings if f"{model} is not in replicate's model table" in line]


# Headers, key and base URL: section 1.


def test_the_first_request_carries_the_token_and_does_not_wait() -> None:
    config = VideoGenerationConfig(
        provider="replicate",
        model="minimax/video-01",
        api_key="r8_secret",
        provider_config={"cancel_after": "10m"},
    )
    http = ScriptedHttp([json_reply(401, {"status": 401})])
    with pytest.raises(AuthenticationError):
        generate_video(
            config,
            VideoGenerationRequest(prompt="a kite"),
            effects=fake_effects(http=http),
            providers={"replicate": PROVIDER},
        )
    (asked,) = http.requests
    assert asked.headers == {"Accept": "application/json", "Cancel-After": "10m"}
    assert asked.credential == {"Authorization": "Bearer r8_secret"}


def test_no_other_header_without_a_wish() -> None:
    made = _submission("minimax/video-01", {"provider_config": {"cancel_after": None}})
    assert made.request.headers == {"Accept": "application/json"}


@pytest.mark.parametrize("given", ["", "  ", 600, "10", "10m\r\nX: y", ["10m"], True])
def test_a_time_limit_of_another_form_is_refused(given: Any) -> None:
    config = {"provider_config": {"cancel_after": given}}
    assert "'30s' or '1h30m'" in _refused("minimax/video-01", config)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://proxy.example", "https://proxy.example/v1"),
        ("https://proxy.example/", "https://proxy.example/v1"),
        ("https://proxy.example/v1", "https://proxy.example/v1"),
        ("https://proxy.example:8443/replicate/v1/", "https://proxy.example:8443/replicate/v1"),
    ],
)
def test_a_base_url_may_end_in_v1_or_not(given: str, used: str) -> None:
    for target in (
        _target(base_url=given),
        _target(environment={"REPLICATE_BASE_URL": given}),
    ):
        made = PROVIDER.submit(target, VideoGenerationRequest(prompt="a kite")).unwrap()
        assert made.request.url == f"{used}/models/minimax/video-01/predictions"
        assert PROVIDER.poll(target, Job(id="a/b")).url == f"{used}/predictions/a%2Fb"


def test_the_variables_are_those_of_the_official_client() -> None:
    assert [key.names for key in PROVIDER.keys] == [("REPLICATE_API_TOKEN",)]
    assert PROVIDER.base_url_variable == "REPLICATE_BASE_URL"
    plan = plan_video(
        VideoGenerationConfig(provider="replicate", model="minimax/video-01"),
        VideoGenerationRequest(prompt="a kite"),
        providers={"replicate": PROVIDER},
    )
    assert plan.headers["Authorization"] == "Bearer $REPLICATE_API_TOKEN"


# Rows: section 6.


# The models of section 6 whose fields the note knows.
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
# Of these it knows the name, and a field at most: they get the usual names and a warning.
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
        ("google/veo-3.1-fast", {"image_list": [_as("reference")]}),
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


@pytest.mark.parametrize("model", ["kwaivgi/kling-v1.6-standard", "kwaivgi/kling-v2.0"])
def test_a_ratio_that_the_image_decides_is_left_out_and_told(model: str) -> None:
    made = _submission(model, image_list=[_IMAGE], aspect_ratio="9:16")
    assert _body(made)["input"] == {"prompt": "a kite", "start_image": _IMAGE}
    assert made.adjusted == (f"aspect_ratio was left out: {model} takes the ratio of the image",)
    assert made.aspect_ratio is None
    given = _submission(model, image_list=[_IMAGE], extra_params={"aspect_ratio": "9:16"})
    assert _body(given)["input"]["aspect_ratio"] == "9:16"


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


def test_a_wish_of_a_model_and_a_large_inline_image_are_told() -> None:
    large = MediaContent(b"\x89PNG" + b"0" * 300_000, "image/png")
    (wish,) = _submission("kwaivgi/kling-v1.6-pro").warnings
    assert "first_frame or a last_frame" in wish
    (size,) = _submission("minimax/video-01", image_list=[large]).warnings
    assert "first_frame_image is sent inline with 400 kB" in size
    assert _submission("minimax/video-01", image_list=[_PNG]).warnings == ()


@pytest.mark.parametrize("model", ["openai/sora-2", "openai/sora-2-pro"])
def test_a_retired_model_is_refused_by_its_host_and_allowed_elsewhere(model: str) -> None:
    assert "shut Sora 2 down" in _refused(model, duration_seconds=8)
    made = _submission(
        model, {"base_url": "https://mirror.example"}, duration_seconds=8, aspect_ratio="9:16"
    )
    assert _body(made)["input"] == {"prompt": "a kite", "seconds": 8, "aspect_ratio": "portrait"}


# Replies: sections 2.4 to 2.7.


def _started(**more: Any) -> dict[str, Any]:
    urls = {"get": f"{_API}/predictions/{_ID}", "cancel": f"{_API}/predictions/{_ID}/cancel"}
    return {"id": _ID, "status": "starting", "logs": "", "error": None, "urls": urls, **more}


def _polled(**prediction: Any) -> Any:
    reply = json_reply(200, {"id": _ID, **prediction})
    return PROVIDER.polled(_target(), Job(id=_ID), reply)


def test_an_accepted_prediction_is_a_job_with_its_own_urls() -> None:
    job = PROVIDER.accepted(_target(), json_reply(201, _started())).unwrap()
    assert isinstance(job, Job)
    assert (job.id, job.wait) == (_ID, None)
    assert job.urls == {
        "poll": f"{_API}/predictions/{_ID}",
        "cancel": f"{_API}/predictions/{_ID}/cancel",
    }


@pytest.mark.parametrize(
    "urls",
    [
        None,
        [],
        {},
        {"get": 1, "cancel": None},
        {"get": "https://evil.example/x", "cancel": "http://api.replicate.com/v1/x"},
        {"get": "https://api.replicate.com@evil.example/", "cancel": "/v1/x"},
    ],
)
def test_urls_elsewhere_are_built_by_the_rule(urls: Any) -> None:
    job = PROVIDER.accepted(_target(), json_reply(201, _started(id="a/../b", urls=urls))).unwrap()
    assert isinstance(job, Job)
    assert job.urls == {
        "poll": f"{_API}/predictions/a%2F..%2Fb",
        "cancel": f"{_API}/predictions/a%2F..%2Fb/cancel",
    }


@pytest.mark.parametrize("id_", ["", "  ", None, 5])
def test_a_prediction_without_an_id_is_not_accepted(id_: Any) -> None:
    error = PROVIDER.accepted(_target(), json_reply(201, _started(id=id_))).failure()
    assert error.kind == "unexpected_reply"


@pytest.mark.parametrize("status", ["processing", "succeeded"])
def test_a_reply_that_was_waited_for_is_the_video(status: str) -> None:
    payload = _started(status=status, output="data:video/mp4;base64,AAAA")
    match PROVIDER.accepted(_target(), json_reply(201, payload)):
        case Success(Video() as video):
            assert video.video == MediaContent(b"\x00\x00\x00", "video/mp4")
            assert video.content_type == "video/mp4"
            assert video.raw == payload
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "failed", "error": "no"},
        {"status": "processing", "output": None},
        {"status": "processing", "output": ["\n\n", "Fuzzy"]},
        {"status": "starting", "output": _URL},
        {"status": ["succeeded"], "output": _URL},
    ],
)
def test_any_other_reply_is_a_job_to_be_asked_for(more: dict[str, Any]) -> None:
    assert isinstance(PROVIDER.accepted(_target(), json_reply(201, _started(**more))).unwrap(), Job)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("starting", "queued"), ("processing", "processing"), ("booting", "processing")],
)
def test_a_status_is_one_of_ours(status: str, expected: str) -> None:
    progress = _polled(status=status, logs=None, output=_URL).unwrap()
    assert isinstance(progress, Progress)
    assert (progress.status, progress.percent, progress.logs) == (expected, None, ())


@pytest.mark.parametrize(
    ("logs", "percent", "lines"),
    [
        ("", None, 0),
        (None, None, 0),
        ({"a": 1}, None, 0),
        ("loading\n\nready\n", None, 2),
        ("  4%|▍   | 2/50 [00:00<00:02, 16.47it/s]\n 44%|████▍ | 22/50 [00:01<00:01]\nx", 44.0, 3),
        ("  0%|          | 0/50 [00:00<?, ?it/s]\r100%|███| 50/50\r", 100.0, 2),
        ("999%|###| 9/9", 100.0, 1),
        ("9" * 5000 + "%|###| 9/9", None, 1),
    ],
)
def test_logs_are_lines_and_may_hold_a_progress_bar(
    logs: Any, percent: float | None, lines: int
) -> None:
    progress = _polled(status="processing", logs=logs).unwrap()
    assert (progress.percent, len(progress.logs)) == (percent, lines)


@pytest.mark.parametrize(
    ("output", "video"),
    [
        (_URL, _URL),
        ([_URL], _URL),
        (["https://replicate.delivery/first.png", _URL], _URL),
        (["https://replicate.delivery/1", "https://replicate.delivery/2"], None),
        ({"video": _URL}, _URL),
        ({"output": _URL}, _URL),
        ({"video": None, "output": [_URL]}, _URL),
        ({"video": {"url": _URL}, "output": "https://replicate.delivery/b.mp4"}, _URL),
        ({"thumbnail": "https://replicate.delivery/a.jpg", "clip": _URL}, _URL),
        ("https://replicate.delivery/no-suffix", "https://replicate.delivery/no-suffix"),
        ("https://other.example/a.webm?x=1", "https://other.example/a.webm?x=1"),
    ],
)
def test_every_shape_of_an_output_is_read(output: Any, video: str | None) -> None:
    found = _polled(status="succeeded", output=output, metrics={"predict_time": 6.2}).unwrap()
    assert isinstance(found, Video)
    assert found.video == (video or "https://replicate.delivery/1")
    assert found.duration is None
    assert found.metadata["metrics"] == {"predict_time": 6.2}
    assert ("output" in found.metadata) is not isinstance(output, str)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (None, "without a video"),
        ("", "without a video"),
        ("hello", "without a video"),
        (5, "without a video"),
        ([], "without a video"),
        ({}, "without a video"),
        ({"text": "https is a word"}, "without a video"),
        ({"thumbnail": "https://replicate.delivery/a.jpg"}, "without a video"),
        ("data:image/png;base64,AAAA", "without a video"),
        ("data:video/mp4;base64,###", "without a video"),
        ([[[[[[_URL]]]]]], "without a video"),
    ],
)
def test_a_success_without_a_video_is_a_failure(output: Any, words: str) -> None:
    error = _polled(status="succeeded", output=output).failure()
    assert type(error) is GenerationFailedError
    assert words in error.message
    assert error.raw_response["output"] == output


def test_a_removed_output_is_a_failure_that_says_so() -> None:
    error = _polled(status="succeeded", output=None, data_removed=True).failure()
    assert "removed" in error.message


def test_the_metadata_is_what_the_reply_says_beyond_our_fields() -> None:
    reply = {
        "id": _ID,
        "model": "minimax/video-01",
        "version": "hidden",
        "input": {"prompt": "a kite"},
        "output": _URL,
        "logs": "",
        "error": None,
        "status": "succeeded",
        "data_removed": False,
        "metrics": {"predict_time": 289.2, "total_time": 289.3},
        "completed_at": "2024-11-26T15:05:43.217907Z",
    }
    video = _polled(**reply).unwrap()
    assert video.raw == reply
    assert dict(video.metadata) == {
        "model": "minimax/video-01",
        "version": "hidden",
        "data_removed": False,
        "metrics": {"predict_time": 289.2, "total_time": 289.3},
        "completed_at": "2024-11-26T15:05:43.217907Z",
    }
    assert (video.content_type, video.resolution) == ("video/mp4", None)


# Failed predictions: section 3.4.

_FLAGGED = "The input or output was flagged as sensitive. Please try again with different inputs."


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        (f"{_FLAGGED} (E005) (RqK1)", ContentModerationError, "change the prompt"),
        (
            f"Prediction failed: Async prediction failed: ModelError: {_FLAGGED} (E005) (x)",
            ContentModerationError,
            "change the prompt",
        ),
        ("NSFW content detected", ContentModerationError, "NSFW"),
        ("blocked by the Safety filter", ContentModerationError, "Safety"),
        ("against our content policy", ContentModerationError, "content policy"),
        ("content moderation said no", ContentModerationError, "moderation"),
        ("the prompt is prohibited", ContentModerationError, "prohibited"),
        ("this violates the terms", ContentModerationError, "violates"),
        ("Unknown fault (E1000)", GenerationFailedError, "try again once"),
        ("Killed (E1001)", GenerationFailedError, "ask for less"),
        ("CUDA out of memory", GenerationFailedError, "ask for less"),
        ("Webhook is empty (E4875)", ValidationError, "webhook"),
        ("Start took too long (E6716)", GenerationFailedError, "try again later"),
        ("fault (E8765)", GenerationFailedError, "try again later"),
        ("fault (E9243)", GenerationFailedError, "try again later"),
        ("fault (E9825)", GenerationFailedError, "try again later"),
        ("Prediction interrupted; please retry (code: PA)", GenerationFailedError, "again later"),
        ("Service is temporarily unavailable (E003)", GenerationFailedError, "again later"),
        ("high demand", GenerationFailedError, "again later"),
        ("upstream rate limit", GenerationFailedError, "again later"),
        ("something else", GenerationFailedError, "something else"),
        ("", GenerationFailedError, "no reason given"),
        (None, GenerationFailedError, "no reason given"),
        ({"code": 1}, GenerationFailedError, "no reason given"),
    ],
)
def test_a_failed_prediction_is_judged_by_its_text(
    text: Any, expected: type[TarashException], words: str
) -> None:
    error = _polled(status="failed", error=text, output=None).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == {"id": _ID, "status": "failed", "error": text, "output": None}


@pytest.mark.parametrize("status", ["canceled", "aborted"])
def test_a_stopped_prediction_is_over(status: str) -> None:
    error = _polled(status=status, output=None, logs=None).failure()
    assert type(error) is GenerationFailedError
    assert status in error.message


# Error replies: sections 3.1 to 3.3.


@pytest.mark.parametrize(
    ("status", "body", "expected", "words", "wait"),
    [
        (
            401,
            {
                "title": "Unauthenticated",
                "detail": "You did not pass a valid authentication token",
                "status": 401,
            },
            AuthenticationError,
            "REPLICATE_API_TOKEN",
            None,
        ),
        (
            402,
            {
                "title": "Insufficient credit",
                "detail": "You have insufficient credit to run this model. Go to "
                "https://replicate.com/account/billing#billing to purchase credit. Once you "
                "purchase credit, please wait a few minutes before trying again.",
                "status": 402,
            },
            InsufficientCreditsError,
            "buy some",
            None,
        ),
        (402, {"detail": "Spend limit reached"}, InsufficientCreditsError, "Spend limit", None),
        (403, {"detail": "No permission"}, AuthenticationError, "may not do this", None),
        (
            404,
            {"detail": "The requested resource could not be found.", "status": 404},
            NotFoundError,
            "minimax/video-01:<version>",
            None,
        ),
        (
            404,
            {"detail": "The specified training destination does not exist", "status": 404},
            NotFoundError,
            "training destination",
            None,
        ),
        (
            422,
            {
                "title": "Input validation failed",
                "detail": "- input: prompt is required\n",
                "status": 422,
                "invalid_fields": [
                    {"type": "required", "field": "input", "description": "prompt is required"}
                ],
            },
            ValidationError,
            "input: prompt is required",
            None,
        ),
        (
            422,
            {
                "title": "Input validation failed",
                "detail": "- input.disable_safety_checker: not allowed\n",
                "invalid_fields": [
                    {
                        "type": "additional_property_not_allowed",
                        "field": "input.disable_safety_checker",
                    }
                ],
            },
            ValidationError,
            "disable_safety_checker: additional_property_not_allowed",
            None,
        ),
        (
            422,
            {
                "title": "Invalid version or not permitted",
                "detail": "The specified version does not exist (or perhaps you don't have "
                "permission to use it?)",
                "status": 422,
            },
            NotFoundError,
            "no such version",
            None,
        ),
        (422, {"detail": f"{_FLAGGED} (E005)"}, ContentModerationError, "flagged", None),
        (400, {"error": "old form"}, ValidationError, "old form", None),
        (
            429,
            {
                "detail": "Request was throttled. Your rate limit resets in ~30s.",
                "status": 429,
            },
            RateLimitError,
            "slow down",
            30.0,
        ),
        (
            429,
            {
                "detail": "Request was throttled. Your rate limit for creating predictions is "
                "reduced to 6 requests per minute with a burst of 1 requests while you have less "
                "than $5.0 in credit. Your rate limit resets in ~10s.",
                "status": 429,
                "retry_after": 10,
            },
            RateLimitError,
            "less than $5.0 in credit",
            10.0,
        ),
        (429, {}, RateLimitError, "slow down", None),
        (500, {"detail": "Internal"}, HTTPError, "HTTP 500: Internal", None),
        (418, [1], HTTPError, "HTTP 418", None),
    ],
)
def test_an_error_reply_is_the_error_that_says_what_to_do(
    status: int, body: Any, expected: type[TarashException], words: str, wait: float | None
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, body), "submit")
    error = refusal.error
    assert type(error) is expected
    assert words in error.message
    assert (refusal.of, getattr(error, "retry_after", None)) == ("exchange", wait)
    assert error.raw_response == (body or json.dumps(body) if body != {} else {})


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"Retry-After": "3", "ratelimit-reset": "9"}, {"retry_after": 10}, 3.0),
        ({"ratelimit-reset": "9"}, {"retry_after": 10, "detail": "~30s"}, 10.0),
        ({"ratelimit-reset": "9"}, {"detail": "resets in ~30s."}, 30.0),
        ({"ratelimit-reset": "9"}, {}, 9.0),
        ({"ratelimit-reset": "9" * 400}, {"retry_after": 10**400}, None),
        ({"ratelimit-reset": "soon"}, {"retry_after": "soon", "detail": "~" + "9" * 99}, None),
        (
            {
                "Retry-After": "Thu, 01 Jan 2026 00:00:05 GMT",
                "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
            },
            {},
            5.0,
        ),
    ],
)
def test_the_wait_is_the_first_of_four_places_that_tells_one(
    headers: dict[str, str], body: dict[str, Any], wait: float | None
) -> None:
    error = PROVIDER.failure(_target(), json_reply(429, body, headers), "submit").error
    assert isinstance(error, RateLimitError)
    assert error.retry_after == wait


def test_a_page_of_the_front_end_says_nothing_of_the_token() -> None:
    reply = HttpResponse(
        status=403, headers={"Content-Type": "text/html"}, body=b"<html>Attention</html>"
    )
    error = PROVIDER.failure(_target(), reply, "poll").error
    assert isinstance(error, HTTPError)
    assert (error.status_code, error.raw_response) == (403, "<html>Attention</html>")


def test_an_unavailable_server_may_name_a_time() -> None:
    reply = json_reply(503, {"detail": "busy"}, {"Retry-After": "7"})
    error = PROVIDER.failure(_target(), reply, "submit").error
    assert isinstance(error, HTTPError)
    assert (error.status_code, error.retry_after) == (503, 7.0)


@pytest.mark.parametrize(
    ("model", "config", "to", "words"),
    [
        ("someone/x", {}, "submit", "someone/x:<version>"),
        (f"someone/x:{_VERSION}", {}, "submit", "check its name"),
        ("deployments/acme/x", {}, "submit", "check its name"),
        ("someone/x", {"deployment": "acme/x"}, "submit", "check its name"),
        ("someone/x", {}, "poll", "no such prediction"),
    ],
)
def test_what_is_missing_is_named(model: str, config: Any, to: Any, words: str) -> None:
    target = _target(model, provider_config=config)
    error = PROVIDER.failure(target, json_reply(404, {"detail": "no"}), to).error
    assert isinstance(error, NotFoundError)
    assert words in error.message


# Cancel: section 2.7.


def test_a_cancel_is_a_post_without_a_body() -> None:
    assert PROVIDER.cancel is not None
    asked = PROVIDER.cancel(_target(), Job(id=_ID))
    assert (asked.method, asked.url, asked.body) == (
        "POST",
        f"{_API}/predictions/{_ID}/cancel",
        None,
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (json_reply(200, {"status": "canceled", "output": None}), "confirmed"),
        (json_reply(200, {"status": "aborted"}), "confirmed"),
        (json_reply(200, {"status": "processing"}), "confirmed"),
        (json_reply(200, {"status": "succeeded"}), "too_late"),
        (json_reply(200, {"status": "failed"}), "too_late"),
        (json_reply(200, {"status": 5}), "failed"),
        (json_reply(200, {}), "failed"),
        (HttpResponse(status=200), "failed"),
        (json_reply(404, {"detail": "no", "status": 404}), "failed"),
        (json_reply(500, {"status": "canceled"}), "failed"),
    ],
)
def test_the_answer_to_a_cancel(reply: HttpResponse, expected: str) -> None:
    assert PROVIDER.cancelled is not None
    assert PROVIDER.cancelled(reply) == expected


def test_nothing_is_a_success_by_its_status_alone() -> None:
    for body in (b"", b"null", b"[]", b"3", b'"x"', b"{}", b'{"status": null}', b"<html>"):
        reply = HttpResponse(status=200, body=body)
        assert isinstance(PROVIDER.accepted(_target(), reply), Failure)
        assert isinstance(PROVIDER.polled(_target(), Job(id=_ID), reply), Failure)
