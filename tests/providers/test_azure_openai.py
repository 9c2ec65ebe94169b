"""What is sent to Azure OpenAI and how its replies are read: wire/azure-openai.md."""

import json
from typing import Any, Final

import pytest
from returns.result import Failure

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    plan_video,
)
from tarash.tarash_gateway.exceptions import UnexpectedReplyError
from tarash.tarash_gateway.media import MediaContent
from tarash.tarash_gateway.messages import FormBody, HttpResponse, JsonBody
from tarash.tarash_gateway.outcome import Outcome, settle
from tarash.tarash_gateway.planning import VideoPlan, key_of, provider_of
from tarash.tarash_gateway.providers.azure_openai import PROVIDER
from tarash.tarash_gateway.providers.base import (
    Job,
    Progress,
    Provider,
    Ready,
    Submission,
    Target,
    Video,
)
from tarash.tarash_gateway.secrets import Secret
from tarash.tarash_gateway.testing import fake_effects, json_reply

_END: Final = "https://r.openai.azure.com"
_V1: Final = f"{_END}/openai/v1"
_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")
_MP4: Final = MediaContent(b"\x00\x00\x00\x18ftypmp42" + b"0" * 16, "video/mp4")
_JOB: Final = Job(id="task_1")


def _config(model: str = "sora-2", **more: Any) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        **{"provider": "azure-openai", "base_url": _END, **more}, model=model
    )


def _target(config: VideoGenerationConfig, environment: dict[str, str] | None = None) -> Target:
    known = environment or {}
    provider = settle(provider_of(config, {"azure-openai": PROVIDER}, known))
    return Target(provider=provider, config=config, key=Secret("key-1"), environment=known)


def _submit(config: VideoGenerationConfig, **fields: Any) -> Outcome[Submission]:
    target = _target(config)
    return target.provider.submit(target, VideoGenerationRequest(**{"prompt": "a cat", **fields}))


def _jobs(**more: Any) -> Target:
    return _target(_config("sora", **more))


def _json(submission: Submission) -> Any:
    assert isinstance(submission.request.body, JsonBody)
    return submission.request.body.value


def _refused(outcome: Outcome[Any]) -> str:
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, ValidationError)
    return error.message


# Where it is sent.


@pytest.mark.parametrize(
    "given",
    [
        _END,
        f"{_END}/",
        f"{_END}/openai",
        f"{_END}/openai/v1/",
        f"{_END}/openai/v1/videos",
        f"{_END}/openai/deployments/sora-2",
    ],
)
def test_any_part_of_the_endpoint_will_do(given: str) -> None:
    assert _submit(_config(base_url=given)).unwrap().request.url == f"{_V1}/videos"


@pytest.mark.parametrize("base", ["https://openai", "http://openai.example/proxy/openai-eu"])
def test_a_host_or_a_path_may_be_called_openai(base: str) -> None:
    assert _submit(_config(base_url=base)).unwrap().request.url == f"{base}/openai/v1/videos"


@pytest.mark.parametrize("given", ["https://", "https://u:p@h", f"{_END}#a", "r.openai.azure.com"])
def test_an_endpoint_that_is_none_is_refused(given: str) -> None:
    # The config refuses its own; nobody has looked at the variable.
    target = _target(_config(base_url=None), {"AZURE_OPENAI_ENDPOINT": given})
    message = _refused(target.provider.submit(target, VideoGenerationRequest(prompt="a cat")))
    assert "AZURE_OPENAI_ENDPOINT" in message
    assert "u:p" not in message


def test_there_is_no_default_host() -> None:
    assert "AZURE_OPENAI_ENDPOINT" in _refused(_submit(_config(base_url=None)))


@pytest.mark.parametrize(
    ("more", "environment", "query"),
    [
        ({}, {}, ""),
        ({"api_version": "preview"}, {}, "?api-version=preview"),
        ({"api_version": "v1"}, {}, "?api-version=v1"),
        (
            {"base_url": None},
            {"AZURE_OPENAI_ENDPOINT": f"{_V1}/?api-version=preview"},
            "?api-version=preview",
        ),
        ({}, {"OPENAI_API_VERSION": "preview"}, "?api-version=preview"),
        # The variable is often set for chats.
        ({}, {"OPENAI_API_VERSION": "2024-10-21"}, ""),
        ({"api_version": "v1"}, {"OPENAI_API_VERSION": "preview"}, "?api-version=v1"),
    ],
)
def test_the_version_is_in_every_url(
    more: dict[str, Any], environment: dict[str, str], query: str
) -> None:
    target = _target(_config(**more), environment)
    provider = target.provider
    submission = provider.submit(target, VideoGenerationRequest(prompt="a cat")).unwrap()
    assert submission.request.url == f"{_V1}/videos{query}"
    assert submission.warnings == ()
    assert provider.poll(target, Job(id="a/b")).url == f"{_V1}/videos/a%2Fb{query}"
    assert provider.collect is not None
    mark = f"{query}&" if query else "?"
    assert provider.collect(target, Job(id="a")).url == f"{_V1}/videos/a/content{mark}variant=video"


def test_a_dated_version_of_sora_2_is_left_out_and_told() -> None:
    submission = _submit(_config(api_version="2024-05-01-preview")).unwrap()
    assert submission.request.url == f"{_V1}/videos"
    line = "api_version '2024-05-01-preview' was left out: this route takes v1 or preview"
    assert (submission.adjusted, submission.warnings) == ((line,), (line,))


@pytest.mark.parametrize(
    ("model", "more", "path"),
    [
        ("sora-2", {}, "videos"),
        ("mine", {}, "videos"),
        ("mine", {"api_version": "preview"}, "videos"),
        ("mine", {"api_version": "2025-02-15-preview"}, "video/generations/jobs"),
        ("sora", {}, "video/generations/jobs"),
        ("mine", {"provider_config": {"video_api": "jobs"}}, "video/generations/jobs"),
        ("sora", {"provider_config": {"video_api": "videos"}}, "videos"),
    ],
)
def test_the_config_chooses_the_api(model: str, more: dict[str, Any], path: str) -> None:
    url = _submit(_config(model, **more)).unwrap().request.url
    assert url.partition("?")[0] == f"{_V1}/{path}"
    assert path == "videos" or url.endswith("?api-version=preview")


def test_a_dated_version_of_the_older_api_is_told_and_no_reason_to_refuse() -> None:
    submission = _submit(_config("mine", api_version="2025-02-15-preview")).unwrap()
    assert submission.adjusted == ()
    assert any("2025-02-15-preview" in line for line in submission.warnings)


def test_a_dated_version_may_stand_in_the_endpoint() -> None:
    endpoint = {"AZURE_OPENAI_ENDPOINT": f"{_END}?api-version=2025-02-15-preview"}
    target = _target(_config("mine", base_url=None), endpoint)
    submission = target.provider.submit(target, VideoGenerationRequest(prompt="a cat")).unwrap()
    assert submission.request.url == f"{_V1}/video/generations/jobs?api-version=preview"


@pytest.mark.parametrize(
    "settings", [{"video_api": "chat"}, {"video_api": []}, {"auth": "basic"}, {"auth": 1}]
)
def test_a_setting_that_is_none_is_refused(settings: dict[str, Any]) -> None:
    message = _refused(_submit(_config(provider_config=settings)))
    assert next(iter(settings)) in message


# Keys.


@pytest.mark.parametrize(
    ("more", "environment", "headers"),
    [
        ({}, {"AZURE_OPENAI_API_KEY": "K"}, {"api-key": "K"}),
        (
            {},
            {"AZURE_OPENAI_API_KEY": "K", "AZURE_OPENAI_AD_TOKEN": "T"},
            {"Authorization": "Bearer T"},
        ),
        ({"api_key": "C"}, {"AZURE_OPENAI_AD_TOKEN": "T"}, {"api-key": "C"}),
        (
            {"api_key": "C", "provider_config": {"auth": "bearer"}},
            {},
            {"Authorization": "Bearer C"},
        ),
        (
            {"provider_config": {"auth": "api-key"}},
            {"AZURE_OPENAI_API_KEY": "K", "AZURE_OPENAI_AD_TOKEN": "T"},
            {"api-key": "K"},
        ),
    ],
)
@pytest.mark.parametrize("model", ["sora-2", "sora"])
def test_one_credential_is_sent(
    model: str, more: dict[str, Any], environment: dict[str, str], headers: dict[str, str]
) -> None:
    config = _config(model, **more)
    provider: Provider = settle(provider_of(config, {"azure-openai": PROVIDER}, environment))
    key = settle(key_of(config, provider, environment))
    assert key is not None
    assert provider.authenticate(key) == headers


def test_the_environment_names_the_resource() -> None:
    plan: VideoPlan = plan_video(
        VideoGenerationConfig(provider="azure-openai", model="my-sora2"),
        VideoGenerationRequest(prompt="a cat"),
        effects=fake_effects(environment={"AZURE_OPENAI_ENDPOINT": f"{_END}/"}),
        providers={"azure-openai": PROVIDER},
    )
    assert plan.url == f"{_V1}/videos"
    assert plan.headers["api-key"] == "$AZURE_OPENAI_API_KEY"
    assert plan.body == {"prompt": "a cat", "model": "my-sora2"}
    assert "not in azure-openai's model table" in plan.warnings[0]


# What is sent.


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"duration_seconds": 12}, {"seconds": "12"}),
        ({"resolution": "720p", "aspect_ratio": "16:9"}, {"size": "1280x720"}),
        (
            {"image_list": ["https://e.com/a.png"]},
            {"input_reference": {"image_url": "https://e.com/a.png"}},
        ),
    ],
)
def test_the_dialect_is_openais(fields: dict[str, Any], body: dict[str, Any]) -> None:
    submission = _submit(_config(), **fields).unwrap()
    assert _json(submission) == {"prompt": "a cat", "model": "sora-2", **body}
    assert submission.warnings == ()


def test_microsoft_names_fewer_lengths() -> None:
    submission = _submit(_config(), duration_seconds=20).unwrap()
    assert submission.adjusted == ("duration_seconds 20 became 12: sora-2 takes 4, 8 or 12",)


def test_a_video_is_remixed_and_never_edited() -> None:
    submission = _submit(_config(), remix_video_id="video_1").unwrap()
    assert submission.request.url == f"{_V1}/videos/video_1/remix"
    assert _json(submission) == {"prompt": "a cat"}
    for video in (_MP4, f"{_V1}/videos/video_1"):
        assert "video was given" in _refused(_submit(_config(), video=video))


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, {"width": 1280, "height": 720}),
        (
            {"duration_seconds": 5, "resolution": "480p", "aspect_ratio": "16:9"},
            {"n_seconds": 5, "width": 854, "height": 480},
        ),
        ({"resolution": "480p", "aspect_ratio": "9:16"}, {"width": 480, "height": 854}),
        ({"resolution": "720p", "aspect_ratio": "1:1"}, {"width": 720, "height": 720}),
        ({"resolution": "1080p", "aspect_ratio": "9:16"}, {"width": 1080, "height": 1920}),
        ({"n_variants": 2}, {"width": 1280, "height": 720, "n_variants": 2}),
    ],
)
def test_a_job_is_json(fields: dict[str, Any], body: dict[str, Any]) -> None:
    submission = _submit(_config("sora"), **fields).unwrap()
    assert _json(submission) == {"prompt": "a cat", "model": "sora", **body}
    assert submission.warnings == ()


def test_a_job_with_an_image_is_a_form() -> None:
    submission = _submit(_config("sora"), image_list=[_PNG], duration_seconds=5).unwrap()
    assert isinstance(submission.request.body, FormBody)
    *texts, file = submission.request.body.parts
    assert {part.name: part.value for part in texts} == {
        "prompt": "a cat",
        "model": "sora",
        "n_seconds": "5",
        "width": "1280",
        "height": "720",
        "inpaint_items": json.dumps(
            [
                {
                    "frame_index": 0,
                    "type": "image",
                    "file_name": "files.png",
                    "crop_bounds": {
                        "left_fraction": 0.0,
                        "top_fraction": 0.0,
                        "right_fraction": 1.0,
                        "bottom_fraction": 1.0,
                    },
                }
            ]
        ),
    }
    assert (file.name, file.filename, file.content_type) == ("files", "files.png", "image/png")
    assert file.content == _PNG.content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"image_list": ["https://e.com/a.png"]}, "image_list must hold bytes"),
        ({"image_list": [{"image": _PNG, "type": "last_frame"}]}, "image_list[0]"),
        ({"image_list": [_PNG, _PNG]}, "image_list[1]"),
        ({"video": _MP4}, "video was given"),
        ({"thing": b"1", "image_list": [_PNG]}, "extra_params"),
    ],
)
def test_what_a_job_has_no_place_for_is_refused(fields: dict[str, Any], words: str) -> None:
    assert words in _refused(_submit(_config("sora"), **fields))


# What comes back.


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("preprocessing", "queued"),
        ("queued", "queued"),
        ("running", "processing"),
        ("processing", "processing"),
        ("rehearsing", "processing"),
    ],
)
def test_an_unfinished_job(status: str, expected: str) -> None:
    target, payload = _jobs(), {"id": "task_1", "status": status}
    state = target.provider.polled(target, _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(state, Progress)
    assert (state.status, state.percent, state.raw) == (expected, None, payload)


def test_a_finished_job_is_downloaded_by_its_generation() -> None:
    target = _jobs()
    made = [
        {"id": "gen/1", "width": 1920, "height": 1080, "n_seconds": 5},
        {"id": "gen_2", "width": 1920, "height": 1080, "n_seconds": 5},
    ]
    payload = {"id": "task_1", "status": "succeeded", "generations": made, "n_variants": 2}
    provider = target.provider
    state = provider.polled(target, _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(state, Ready)
    assert provider.collect is not None
    assert provider.collected is not None
    url = provider.collect(target, state.job).url
    assert url == f"{_V1}/video/generations/gen%2F1/content/video?api-version=preview"
    reply = HttpResponse(status=200, body=_MP4.content)
    assert provider.collected(target, state.job, reply).unwrap() == Video(
        request_id="task_1",
        video=_MP4,
        content_type="video/mp4",
        duration=5.0,
        resolution="1080p",
        aspect_ratio="16:9",
        metadata={"n_variants": 2, "other_generations": [made[1]]},
        raw=payload,
    )


@pytest.mark.parametrize("made", [None, {}, [None], [{}], [{"id": 3}], [{"id": " "}], "gen"])
def test_a_success_without_a_generation_is_none(made: Any) -> None:
    target = _jobs()
    reply = json_reply(200, {"status": "succeeded", "generations": made})
    error = target.provider.polled(target, _JOB, reply).failure()
    assert isinstance(error, UnexpectedReplyError)


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"status": "succeeded", "generations": []}, GenerationFailedError, "without a video"),
        (
            {"status": "failed", "failure_reason": "input_moderation"},
            ContentModerationError,
            "change the prompt",
        ),
        (
            {"status": "failed", "failure_reason": "output_moderation"},
            ContentModerationError,
            "change the prompt",
        ),
        (
            {"status": "failed", "failure_reason": "internal_error"},
            GenerationFailedError,
            "(internal_error)",
        ),
        ({"status": "failed", "failure_reason": None}, GenerationFailedError, "no reason"),
        ({"status": "cancelled"}, GenerationFailedError, "(cancelled)"),
    ],
)
def test_a_failed_job(change: dict[str, Any], expected: type[TarashException], words: str) -> None:
    target = _jobs()
    error = target.provider.polled(target, _JOB, json_reply(200, change)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == change


def _said(message: str, kind: str | None = None, code: Any = None, param: Any = None) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


_USER: Final = "video_generation_user_error"
_NO_DEPLOYMENT: Final = (
    "The API deployment 'sora-2' for this resource does not exist. If you created the deployment "
    "within the last 5 minutes, please wait a moment and try again."
)
_FILTERED: Final = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
        "management policy. Please modify your prompt and retry. ...",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}},
    }
}
_FLAT: Final = {
    "code": "bad",
    "message": "no",
    "param": "prompt",
    "type": None,
    "inner_error": {"code": "ResponsibleAIPolicyViolation", "error_details": {}},
}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, _said(_NO_DEPLOYMENT, _USER), NotFoundError),
        (400, _said(_NO_DEPLOYMENT, _USER), NotFoundError),
        (404, {"error": {"code": "DeploymentNotFound", "message": "none"}}, NotFoundError),
        (400, {"error": {"code": "DeploymentNotFound", "message": "none"}}, NotFoundError),
        (404, {"error": {"code": "404", "message": "Resource not found"}}, NotFoundError),
        (
            400,
            _said(
                "Missing required parameter: 'model'.",
                "invalid_request_error",
                "missing_required_parameter",
                "model",
            ),
            ValidationError,
        ),
        (400, _said("Unsupported resolution", _USER), ValidationError),
        (400, _FILTERED, ContentModerationError),
        (400, _FLAT, ContentModerationError),
        (400, {"error": _FLAT}, ContentModerationError),
        (400, _said("Blocked", _USER, "moderation_blocked"), ContentModerationError),
        (401, {"statusCode": 401, "message": "Unauthorized."}, AuthenticationError),
        (403, {"error": {"code": "403", "message": "Public access is off"}}, AuthenticationError),
        (429, _said("Too many running tasks", _USER), RateLimitError),
        (429, _said("Out of quota", None, "insufficient_quota"), InsufficientCreditsError),
        (500, {"code": "internal_error", "message": "oops", "type": "error"}, HTTPError),
        (408, {"error": {"code": "Timeout", "message": "The operation was timeout."}}, HTTPError),
    ],
)
@pytest.mark.parametrize("model", ["sora-2", "sora"])
def test_an_error_reply(
    model: str, status: int, body: Any, expected: type[TarashException]
) -> None:
    target = _target(_config(model))
    reply = json_reply(status, body, {"Retry-After": "30"})
    refusal = target.provider.failure(target, reply, "submit")
    assert (type(refusal.error), refusal.of) == (expected, "exchange")
    assert refusal.error.raw_response == body
    if isinstance(refusal.error, RateLimitError):
        assert refusal.error.retry_after == 30.0
    source = body.get("error", body)
    assert source["message"][:300] in refusal.error.message


def test_a_job_cannot_be_cancelled() -> None:
    assert PROVIDER.cancel is None
    assert _jobs().provider.cancel is None
