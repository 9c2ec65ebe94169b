"""What servers that copy OpenAI's API say, and where their videos are."""

import base64
from typing import Any, Final

import pytest
from returns.result import Success
from tests.support.openai_cases import _HOST, _MP4, _target

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPError,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Video
from tarash.tarash_gateway.providers.openai.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.media import MediaContent

_CDN: Final = "https://cdn.example.net/a.mp4?sig=1"
_WAN: Final = "Wan-AI/Wan2.2-T2V-A14B-Diffusers"
_JOB: Final = Job(id="video_1")
_DONE: Final = {"id": "video_1", "object": "video", "status": "completed", "seconds": "8"}
_FILE: Final = HttpResponse(status=200, headers={"content-type": "video/mp4"}, body=_MP4.content)


# What they say.


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"id": "a"}, "a"),
        ({"id": 12}, "12"),
        ({"task_id": "t-1"}, "t-1"),
        ({"id": None, "task_id": 7}, "7"),
        ({"id": "a", "task_id": "t-1"}, "a"),
        ({"code": "success", "data": {"task_id": "t-1"}}, "t-1"),
        # Nothing beside the id can lose the job.
        ({"id": "a", "status": 5, "progress": {}, "error": 3, "size": [], "url": 9}, "a"),
    ],
)
def test_an_id_is_found_where_it_is(payload: dict[str, Any], name: str) -> None:
    assert PROVIDER.accepted(_target(), json_reply(200, payload)) == Success(Job(id=name))


@pytest.mark.parametrize("word", ["completed", "succeeded", "success", "SUCCESS", " Completed "])
def test_a_finished_job_by_any_of_its_names(word: str) -> None:
    reply = json_reply(200, _DONE | {"status": word})
    assert isinstance(PROVIDER.polled(_target(), _JOB, reply).unwrap(), Ready)


@pytest.mark.parametrize("word", ["failed", "FAILED", "failure", "fail", "error", "Expired"])
def test_a_failed_job_by_any_of_its_names(word: str) -> None:
    reply = json_reply(200, {"id": "video_1", "status": word})
    assert isinstance(PROVIDER.polled(_target(), _JOB, reply).failure(), GenerationFailedError)


@pytest.mark.parametrize("word", ["cancelled", "CANCELED"])
def test_a_cancelled_job_by_any_of_its_names(word: str) -> None:
    reply = json_reply(200, {"id": "video_1", "status": word})
    assert isinstance(PROVIDER.polled(_target(), _JOB, reply).failure(), GenerationCancelledError)


@pytest.mark.parametrize("word", ["QUEUED", "IN_PROGRESS", "pending", "rendering"])
def test_any_other_word_is_still_running(word: str) -> None:
    reply = json_reply(200, {"id": "video_1", "status": word})
    state = PROVIDER.polled(_target(), _JOB, reply).unwrap()
    assert isinstance(state, Progress)
    assert state.status == ("queued" if word == "QUEUED" else "processing")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"status": "success", "data": {"task_id": "t", "status": "running"}}, Progress),
        ({"status": "success", "data": {"task_id": "t", "status": "SUCCESS"}}, Ready),
        ({"status": "success", "data": {"status": "queued"}}, Progress),
        ({"status": "completed", "data": {"id": "asset-1", "url": _CDN}}, Video),
        ({"id": "video_1", "status": "running", "data": {"status": "success"}}, Progress),
    ],
)
def test_the_status_of_an_envelope_is_not_the_jobs(
    payload: dict[str, Any], expected: type[Progress | Ready | Video]
) -> None:
    state = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(state, expected)


# A failed job as vLLM-Omni tells it: the job, under the HTTP status of its failure.
_FAILED: Final = {
    "id": "video_gen_1",
    "object": "video",
    "status": "failed",
    "progress": 0,
    "error": {"code": 500, "message": "CUDA out of memory"},
}


@pytest.mark.parametrize("status", [400, 404, 408, 422, 429, 500, 503])
def test_a_failed_job_under_an_error_status_is_the_jobs_end(status: int) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, _FAILED), "poll")
    assert refusal.of == "job"
    assert refusal.error == GenerationFailedError(
        message="the job failed at OpenAI (CUDA out of memory): submit it again",
        raw_response=_FAILED,
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"error": {"code": 400, "message": "refused for safety"}}, ContentModerationError),
        ({"status": "cancelled"}, GenerationCancelledError),
        ({"object": None}, GenerationFailedError),
        ({"status": "error"}, GenerationFailedError),
    ],
)
def test_any_end_may_stand_under_an_error_status(
    change: dict[str, Any], expected: type[TarashException]
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(500, _FAILED | change), "poll")
    assert (type(refusal.error), refusal.of) == (expected, "job")


@pytest.mark.parametrize(
    "body",
    [
        {"status": "failed", "message": "bad gateway"},
        {"status": "error", "error": {"message": "upstream"}},
        {"id": "request-1", "status": "error", "message": "upstream"},
        {"id": "request-1", "status": "failed", "message": "upstream"},
        {"id": "request-1", "object": "error", "status": "error", "error": "upstream"},
        {"id": "video_1", "object": "video", "status": "in_progress"},
        {"error": {"code": 500, "message": "failed", "status": "INTERNAL"}},
    ],
)
def test_the_failure_of_a_gateway_says_nothing_of_the_job(body: Any) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(502, body), "poll")
    assert (type(refusal.error), refusal.of) == (HTTPError, "exchange")


def test_a_failed_job_does_not_refuse_a_submission() -> None:
    refusal = PROVIDER.failure(_target(), json_reply(500, _FAILED), "submit")
    assert (type(refusal.error), refusal.of) == (HTTPError, "exchange")


# Where their videos are.


@pytest.mark.parametrize(
    "named",
    [
        {"url": _CDN},
        {"url": None, "urls": [None, _CDN]},
        {"video_url": _CDN},
        {"outputs": {"cost": 1, "video_url": _CDN}},
        {"output": [_CDN, "https://cdn.example.net/b.mp4"]},
        {"output": {"video": {"url": _CDN}}},
        {"data": [{"b64_json": None, "url": _CDN}]},
        {"data": {"video": {"url": _CDN}}},
        {"result": {"videos": [{"url": _CDN}]}},
        {"content": {"video_url": _CDN}},
        {"error": {"code": "late", "message": "the preview was not made"}, "url": _CDN},
    ],
)
def test_a_finished_job_may_name_its_video(named: dict[str, Any]) -> None:
    payload = _DONE | {"size": "1280x720"} | named
    video = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(video, Video)
    assert (video.request_id, video.video, video.raw) == ("video_1", _CDN, payload)
    assert (video.duration, video.resolution, video.aspect_ratio) == (8.0, "720p", "16:9")


def test_a_video_may_be_in_the_reply() -> None:
    content = base64.b64encode(_MP4.content).decode()
    reply = json_reply(200, _DONE | {"data": [{"b64_json": content}]})
    video = PROVIDER.polled(_target(), _JOB, reply).unwrap()
    assert isinstance(video, Video)
    assert video.video == MediaContent(_MP4.content, "video/mp4")
    assert video.metadata == {}


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"url": ""},
        {"url": "/v1/videos/video_1/content"},
        {"url": f"{_HOST}/videos/video_1"},
        {"url": 5, "urls": {}, "output": [[]], "data": [None], "video": {"id": "video_0"}},
        {"url": "https://user:password@cdn.example.net/a.mp4"},
        {"metadata": {"url": "https://upstream.example.net/wants-another-key.mp4"}},
    ],
)
def test_a_video_that_is_not_named_is_downloaded_as_usual(named: dict[str, Any]) -> None:
    state = PROVIDER.polled(_target(), _JOB, json_reply(200, _DONE | named)).unwrap()
    assert isinstance(state, Ready)
    assert PROVIDER.collect is not None
    assert PROVIDER.collect(_target(), state.job).url == f"{_HOST}/videos/video_1/content"


def test_a_video_at_the_server_itself_is_downloaded_with_the_key() -> None:
    url = "https://videos.example.com/files/a.mp4"
    http = ScriptedHttp(
        [
            json_reply(200, {"id": "video_1", "status": "queued"}),
            json_reply(200, _DONE | {"url": url}),
            _FILE,
        ]
    )
    response = _generate(http)
    assert response.video == _MP4
    assert http.requests[-1].url == url
    assert http.requests[-1].credential == {"Authorization": "Bearer k"}


def test_a_server_may_answer_a_submission_with_the_video() -> None:
    whole = PROVIDER.accepted(_target(), _FILE).unwrap()
    assert isinstance(whole, Video)
    assert whole.video == _MP4
    content = base64.b64encode(_MP4.content).decode()
    payload = {"created": 1, "data": [{"b64_json": content}]}
    reply = json_reply(200, payload, {"X-Request-Id": "req-1"})
    inline = PROVIDER.accepted(_target(), reply).unwrap()
    assert isinstance(inline, Video)
    assert (inline.request_id, inline.video, inline.raw) == ("req-1", _MP4, payload)


# Whole stories.


def _generate(http: ScriptedHttp, clock: FakeClock | None = None) -> Any:
    return generate_video(
        VideoGenerationConfig(provider="openai", model=_WAN, base_url=_HOST, api_key="k"),
        VideoGenerationRequest(prompt="a kite"),
        effects=fake_effects(http=http, clock=clock or FakeClock()),
        providers={"openai": PROVIDER},
    )


def test_the_end_is_seen_at_the_first_poll() -> None:
    for status, payload in ((200, _FAILED), (500, _FAILED), (200, _FAILED | {"status": "FAILED"})):
        http = ScriptedHttp([json_reply(200, {"id": "video_gen_1"}), json_reply(status, payload)])
        with pytest.raises(GenerationFailedError, match="CUDA out of memory") as caught:
            _generate(http)
        assert caught.value.attempts[0].job_ended
        assert len(http.requests) == 2


def test_a_job_known_by_its_task_id_becomes_a_video_on_another_host() -> None:
    http = ScriptedHttp(
        [
            json_reply(200, {"task_id": 77, "status": "SUBMITTED"}),
            json_reply(200, {"task_id": 77, "status": "SUCCESS", "url": _CDN}),
        ]
    )
    clock = FakeClock()
    response = _generate(http, clock)
    assert (response.request_id, response.video) == ("77", _CDN)
    assert http.requests[1].url == f"{_HOST}/videos/77"
    assert clock.monotonic() < 10
