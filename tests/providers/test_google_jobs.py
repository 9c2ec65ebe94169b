"""Google's models as native fields, its hosts and keys, its errors by their bodies: jobs."""

from typing import Any, Final

import pytest
from tests.support.google_cases import _FILE, _GATEWAY, _NAME, _omni, _target, _veo, _vertex

from tarash.tarash_gateway import generate_video
from tarash.tarash_gateway.config import VideoGenerationConfig
from tarash.tarash_gateway.exceptions import (
    GenerationFailedError,
    UnexpectedReplyError,
    ValidationError,
)
from tarash.tarash_gateway.lifecycle import authenticated
from tarash.tarash_gateway.media import MediaContent
from tarash.tarash_gateway.messages import HttpRequest, HttpResponse, JsonBody
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Target
from tarash.tarash_gateway.providers.base import Video as Found
from tarash.tarash_gateway.providers.google import PROVIDER
from tarash.tarash_gateway.request import VideoGenerationRequest
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_RESOURCE: Final = "projects/123/locations/us-central1/publishers/google/models/m"


_CLOUD: Final = f"{_RESOURCE}/operations/9d2f-1"


def test_a_job_is_asked_for_by_its_name() -> None:
    target = _veo()
    assert target.provider.poll(target, Job(id=_NAME)) == HttpRequest(
        method="GET", url=f"{_GATEWAY}/v1beta/{_NAME}", headers={"Accept": "application/json"}
    )
    cloud = _vertex()
    asked = cloud.provider.poll(cloud, Job(id=_CLOUD))
    assert (asked.method, asked.url) == (
        "POST",
        f"https://us-central1-aiplatform.googleapis.com/v1/{_RESOURCE}:fetchPredictOperation",
    )
    assert asked.body == JsonBody(value={"operationName": _CLOUD})


@pytest.mark.parametrize("target", [_omni(), _vertex("gemini-omni-1.1-flash")])
def test_an_interaction_s_id_is_one_segment(target: Target) -> None:
    job = Job(id="v1_/../x?y")
    assert target.provider.poll(target, job).url.endswith(
        "/interactions/v1_%2F..%2Fx%3Fy?stream=false"
    )
    assert target.provider.cancel is not None
    asked = target.provider.cancel(target, job)
    assert (asked.method, asked.body) == ("POST", None)
    assert asked.url.endswith("/interactions/v1_%2F..%2Fx%3Fy/cancel")


def test_veo_cannot_be_cancelled() -> None:
    assert PROVIDER.cancel is None
    assert _vertex().provider.cancel is None


@pytest.mark.parametrize(
    "name", [None, "", "x", "models/m", "operations/../../secret", "a b/operations/1"]
)
def test_an_operation_needs_a_name_that_is_a_path(name: object) -> None:
    for target in (_veo(), _vertex()):
        error = target.provider.accepted(target, json_reply(200, {"name": name})).failure()
        assert isinstance(error, UnexpectedReplyError)


def test_an_odd_reply_with_a_name_is_an_accepted_job() -> None:
    for reply in (
        {"name": _NAME, "done": None},
        {"name": _NAME, "done": True, "response": {"videos": [3, {}]}},
    ):
        assert _veo().provider.accepted(_veo(), json_reply(200, reply)).unwrap() == Job(id=_NAME)
    odd = json_reply(200, {"id": "v1_a", "status": None})
    assert _omni().provider.accepted(_omni(), odd).unwrap() == Job(id="v1_a")


def test_an_interaction_needs_an_id() -> None:
    error = _omni().provider.accepted(_omni(), json_reply(200, {"id": " "})).failure()
    assert isinstance(error, UnexpectedReplyError)


def test_an_operation_may_be_refused_at_once() -> None:
    payload = {"name": _NAME, "done": True, "error": {"code": 3, "message": "no"}}
    error = _veo().provider.accepted(_veo(), json_reply(200, payload)).failure()
    assert isinstance(error, ValidationError)


def test_a_download_that_is_redirected_leaves_the_key_behind() -> None:
    samples = {"generatedSamples": [{"video": {"uri": _FILE}}]}
    video = HttpResponse(status=200, body=b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat")
    moved = HttpResponse(status=302, headers={"Location": "https://storage.example.com/v"})
    http = ScriptedHttp(
        [
            json_reply(200, {"name": _NAME}),
            json_reply(200, _operation({"generateVideoResponse": samples})),
            moved,
            video,
        ]
    )
    config = VideoGenerationConfig(provider="google", model="veo-9", api_key="key")
    request = VideoGenerationRequest(prompt="a kite")
    generate_video(config, request, effects=fake_effects(http=http), providers={"google": PROVIDER})
    key = {"x-goog-api-key": "key"}
    assert [asked.credential for asked in http.requests] == [key, key, key, {}]


def test_an_interaction_may_be_finished_at_once() -> None:
    part = {"type": "video", "mime_type": "video/mp4", "data": "AAAA"}
    payload = {
        "id": "v1_a",
        "status": "completed",
        "steps": [{"type": "model_output", "content": [part]}],
    }
    video = _omni().provider.accepted(_omni(), json_reply(200, payload)).unwrap()
    assert isinstance(video, Found)
    assert video.video == MediaContent(b"\x00\x00\x00", "video/mp4")


@pytest.mark.parametrize(
    ("status", "answer"),
    [("cancelled", "confirmed"), ("in_progress", "confirmed"), ("completed", "too_late")],
)
def test_a_cancel_is_answered_by_the_interaction(status: str, answer: str) -> None:
    cancelled = _omni().provider.cancelled
    assert cancelled is not None
    assert cancelled(json_reply(200, {"status": status})) == answer
    assert cancelled(json_reply(404, {"error": {"code": 404}})) == "failed"


@pytest.mark.parametrize(
    ("target", "payload", "status"),
    [
        (_veo(), {"name": _NAME}, "processing"),
        (_veo(), {"name": _NAME, "done": False}, "processing"),
        (_veo(), {"name": _NAME, "metadata": {"state": "QUEUED"}}, "queued"),
        (_veo(), {"name": _NAME, "metadata": {"state": ["QUEUED"]}}, "processing"),
        (_omni(), {"id": "v1_a", "status": "queued"}, "queued"),
        (_omni(), {"id": "v1_a", "status": "in_progress"}, "processing"),
        (_omni(), {"id": "v1_a", "status": "a new word"}, "processing"),
    ],
)
def test_an_unfinished_job_is_told(target: Target, payload: dict[str, Any], status: str) -> None:
    progress = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).unwrap()
    assert isinstance(progress, Progress)
    assert progress == Progress(status=progress.status, raw=payload)
    assert progress.status == status


def _operation(response: object) -> dict[str, Any]:
    return {"name": _NAME, "done": True, "response": response}


def _ended(target: Target, payload: Any) -> Any:
    return target.provider.polled(target, Job(id="j"), json_reply(200, payload)).unwrap()


@pytest.mark.parametrize(
    ("base_url", "uri", "url"),
    [
        (None, _FILE, _FILE),
        (_GATEWAY, _FILE, f"{_GATEWAY}/v1beta/files/qu4d28:download?alt=media"),
        (
            _GATEWAY,
            f"{_GATEWAY}/x/files/a:download?alt=media",
            f"{_GATEWAY}/x/files/a:download?alt=media",
        ),
        (_GATEWAY, f"{_GATEWAY}/v.mp4", f"{_GATEWAY}/v.mp4"),
        (None, _FILE.partition(":download")[0], _FILE.partition(":download")[0]),
    ],
)
def test_a_file_of_google_s_is_fetched_below_the_base_url(
    base_url: str | None, uri: str, url: str
) -> None:
    target = _target("veo-9", base_url=base_url)
    samples = [{"video": {"uri": uri}}]
    state = _ended(target, _operation({"generateVideoResponse": {"generatedSamples": samples}}))
    assert isinstance(state, Ready)
    assert target.provider.collect is not None
    asked = authenticated(target, target.provider.collect(target, state.job))
    assert (asked.method, asked.url) == ("GET", url)
    assert asked.credential == {"x-goog-api-key": "key"}


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/v1beta/files/a:download?alt=media",
        "http://generativelanguage.googleapis.com/v1beta/files/a:download",
    ],
)
def test_a_file_of_another_host_is_returned_and_gets_no_key(uri: str) -> None:
    found = _ended(_target("veo-9"), _operation({"videos": [{"uri": uri}]}))
    assert isinstance(found, Found)
    assert found.video == uri


def test_a_file_that_is_not_ready_is_asked_for_again() -> None:
    target = _omni()
    part = {"type": "video", "uri": _FILE.partition(":download")[0]}
    payload = {
        "id": "v1_a",
        "status": "completed",
        "usage": {"n": 1},
        "steps": [{"type": "model_output", "content": [{"type": "text"}, part]}],
    }
    ready = _ended(target, payload)
    assert isinstance(ready, Ready)
    collected = target.provider.collected
    assert collected is not None

    waiting = collected(target, ready.job, json_reply(200, {"state": "PROCESSING"})).unwrap()
    assert isinstance(waiting, Progress)
    failed = collected(target, ready.job, json_reply(200, {"state": "FAILED"}))
    assert isinstance(failed.failure(), GenerationFailedError)
    active = collected(target, ready.job, json_reply(200, {"state": "ACTIVE"})).unwrap()
    assert isinstance(active, Ready)
    assert active.job.urls["result"] == _FILE
    content = HttpResponse(status=200, body=b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat")
    video = collected(target, active.job, content).unwrap()
    assert isinstance(video, Found)
    assert (video.raw, video.metadata) == (payload, {"usage": {"n": 1}})


def test_a_page_instead_of_the_file_is_no_video() -> None:
    target = _target("veo-9")
    ready = _ended(target, _operation({"videos": [{"uri": _FILE}]}))
    assert target.provider.collected is not None
    for reply in (json_reply(200, {"state": "ACTIVE"}), HttpResponse(status=200, body=b"<html>")):
        error = target.provider.collected(target, ready.job, reply).failure()
        assert isinstance(error, UnexpectedReplyError)


@pytest.mark.parametrize(
    "response",
    [
        {"videos": [{"bytesBase64Encoded": "AAAA", "mimeType": "video/mp4"}]},
        {"videos": [{"bytesBase64Encoded": "AAAA", "mimeType": "text/html;x"}]},
        {"generatedSamples": [{"video": {"encodedVideo": "AAAA", "encoding": "video/mp4"}}]},
        {"generateVideoResponse": {"generatedSamples": [{"video": {"encodedVideo": "AAAA"}}]}},
    ],
)
def test_bytes_are_found_in_every_shape(response: dict[str, Any]) -> None:
    for target in (_veo(), _vertex()):
        found = _ended(target, _operation(response))
        assert isinstance(found, Found)
        assert found.video == MediaContent(b"\x00\x00\x00", "video/mp4")
        assert found.raw == _operation(response)


@pytest.mark.parametrize("wrap", [False, True])
def test_a_part_that_the_filter_held_back_is_told(*, wrap: bool) -> None:
    inner = {
        "raiMediaFilteredCount": 1,
        "raiMediaFilteredReasons": ["too like someone."],
        "videos": [{"gcsUri": "gs://b/0.mp4"}, {"gcsUri": "gs://b/1.mp4"}],
    }
    found = _ended(_vertex(), _operation({"generateVideoResponse": inner} if wrap else inner))
    assert found.video == "gs://b/0.mp4"
    assert found.warnings == ("Google held back a part of the videos: too like someone.",)
    assert found.metadata["other_videos"] == [{"gcsUri": "gs://b/1.mp4"}]
