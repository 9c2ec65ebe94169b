"""What is sent to Azure OpenAI, and how its replies are read."""

import json
from typing import Any, Final

import pytest
from tests.support.azure_openai_cases import _V1, _config, _refused, _submit, _target

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    TarashException,
)
from tarash.tarash_gateway.http.messages import FormBody, HttpResponse, JsonBody
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Submission, Target, Video
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.media import MediaContent

_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")


_MP4: Final = MediaContent(b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat" + b"0" * 8, "video/mp4")


_JOB: Final = Job(id="task_1")


def _jobs(**more: Any) -> Target:
    return _target(_config("sora", **more))


def _json(submission: Submission) -> Any:
    assert isinstance(submission.request.body, JsonBody)
    return submission.request.body.value


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
        ({"image_list": ["https://e.com/a.png"]}, "pass bytes or a file"),
        ({"image_list": [{"image": _PNG, "type": "last_frame"}]}, "image_list[0]"),
        ({"image_list": [_PNG, _PNG]}, "image_list[1]"),
        ({"video": _MP4}, "video was given"),
        ({"thing": b"1", "image_list": [_PNG]}, "extra_params"),
    ],
)
def test_what_a_job_has_no_place_for_is_refused(fields: dict[str, Any], words: str) -> None:
    assert words in _refused(_submit(_config("sora"), **fields))


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


def test_a_generation_may_have_a_number_for_an_id() -> None:
    target = _jobs()
    reply = json_reply(200, {"status": "succeeded", "generations": [{"id": 3}]})
    state = target.provider.polled(target, _JOB, reply).unwrap()
    assert isinstance(state, Ready)
    assert target.provider.collect is not None
    assert "/video/generations/3/content/video" in target.provider.collect(target, state.job).url


@pytest.mark.parametrize("made", [None, [], {}, [None], [{}], [{"id": None}], [{"id": " "}], "gen"])
@pytest.mark.parametrize("status", ["succeeded", "Succeeded"])
def test_a_success_without_a_generation_is_the_end(made: Any, status: str) -> None:
    target, payload = _jobs(), {"status": status, "generations": made}
    error = target.provider.polled(target, _JOB, json_reply(200, payload)).failure()
    assert error == GenerationFailedError(
        message="Azure OpenAI finished the job without naming a video: submit it again",
        raw_response=payload,
    )


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
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
            "(internal_error: ",
        ),
        ({"status": "failed", "failure_reason": None}, GenerationFailedError, "no reason"),
        ({"status": "cancelled"}, GenerationCancelledError, "(cancelled)"),
        (
            {"status": "Cancelled", "failure_reason": "internal_error"},
            GenerationCancelledError,
            "(cancelled)",
        ),
    ],
)
def test_a_failed_job(change: dict[str, Any], expected: type[TarashException], words: str) -> None:
    target = _jobs()
    error = target.provider.polled(target, _JOB, json_reply(200, change)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == change


@pytest.mark.parametrize("model", ["sora-2", "sora"])
def test_a_cancelled_job_is_its_own_end(model: str) -> None:
    target = _target(_config(model))
    reply = json_reply(200, {"id": "task_1", "status": "cancelled"})
    error = target.provider.polled(target, _JOB, reply).failure()
    assert isinstance(error, GenerationCancelledError)


def test_sora_2_is_reported_to_be_retired() -> None:
    # By others: Microsoft names no day, so that nothing is refused.
    retires = PROVIDER.models["sora-2"].retires
    assert retires is not None
    assert (retires.on.isoformat(), retires.published) == ("2026-11-02", False)
    assert "litellm" in retires.source


def test_a_job_cannot_be_cancelled() -> None:
    assert PROVIDER.cancel is None
    assert _jobs().provider.cancel is None
