"""Google's models as native fields, its hosts and keys, its errors by their bodies: jobs."""

from base64 import b64encode
from typing import Any, Final
from urllib.parse import unquote

import pytest
from tests.support.google_cases import (
    _FILE,
    _GATEWAY,
    _MP4,
    _NAME,
    _omni,
    _target,
    _veo,
    _vertex,
)

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

_FILES: Final = "https://generativelanguage.googleapis.com/v1beta/files"
_INLINE: Final = b64encode(_MP4).decode()
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
        {"name": _NAME, "done": "yes", "metadata": 5, "error": [], "response": "soon"},
        {"name": _NAME, "done": True, "response": {"videos": [3, {}]}},
    ):
        assert _veo().provider.accepted(_veo(), json_reply(200, reply)).unwrap() == Job(id=_NAME)
    odd = json_reply(200, {"id": "v1_a", "status": None, "steps": 5})
    assert _omni().provider.accepted(_omni(), odd).unwrap() == Job(id="v1_a")


@pytest.mark.parametrize(
    "name",
    ["models/m/operations/a=b+c", "models/m/operations/ä", "operations/1", "a%2Fb/operations/1"],
)
def test_an_operation_may_have_any_name_that_is_a_path(name: str) -> None:
    target = _veo()
    job = target.provider.accepted(target, json_reply(200, {"name": name})).unwrap()
    assert isinstance(job, Job)
    assert job.id == name
    asked = target.provider.poll(target, job).url.removeprefix(f"{_GATEWAY}/v1beta/")
    assert unquote(asked) == name


def test_a_number_is_an_interaction_s_id() -> None:
    target = _omni()
    job = target.provider.accepted(target, json_reply(200, {"id": 42})).unwrap()
    assert job == Job(id="42")
    assert isinstance(job, Job)
    assert target.provider.poll(target, job).url.endswith("/interactions/42?stream=false")


@pytest.mark.parametrize("id_", [" ", None, True, 1.5, {}, ["v1_a"]])
def test_an_interaction_needs_an_id(id_: object) -> None:
    error = _omni().provider.accepted(_omni(), json_reply(200, {"id": id_})).failure()
    assert isinstance(error, UnexpectedReplyError)
    assert "look for the job there" in error.message


def test_an_operation_that_is_refused_at_once_is_a_job_that_ended() -> None:
    target = _veo()
    reply = json_reply(200, {"name": _NAME, "done": True, "error": {"code": 3, "message": "no"}})
    job = target.provider.accepted(target, reply).unwrap()
    assert job == Job(id=_NAME)
    assert isinstance(job, Job)
    assert isinstance(target.provider.polled(target, job, reply).failure(), ValidationError)


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
    part = {"type": "video", "mime_type": "video/mp4", "data": _INLINE}
    payload = {
        "id": "v1_a",
        "status": "completed",
        "steps": [{"type": "model_output", "content": [part]}],
    }
    target, reply = _omni(), json_reply(200, payload)
    job = target.provider.accepted(target, reply).unwrap()
    assert isinstance(job, Job)
    video = target.provider.polled(target, job, reply).unwrap()
    assert isinstance(video, Found)
    assert (video.request_id, video.video) == ("v1_a", MediaContent(_MP4, "video/mp4"))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("cancelled", "confirmed"),
        ("CANCELED ", "confirmed"),
        ("completed", "too_late"),
        ("Failed", "too_late"),
        ("incomplete", "too_late"),
        ("budget_exceeded", "too_late"),
        # It may yet finish: nothing is confirmed.
        ("in_progress", "failed"),
        ("queued", "failed"),
        ("cancelling", "failed"),
        (None, "failed"),
        (5, "failed"),
    ],
)
def test_a_cancel_is_answered_by_the_interaction(status: object, answer: str) -> None:
    cancelled = _omni().provider.cancelled
    assert cancelled is not None
    assert cancelled(json_reply(200, {"status": status})) == answer
    assert cancelled(json_reply(404, {"error": {"code": 404}})) == "failed"


def test_a_cancel_of_a_running_interaction_may_be_charged() -> None:
    for target in (_omni(), _vertex("gemini-omni-1.2-flash")):
        assert target.provider.charged_when_cancelled == {"processing"}
        assert not target.provider.cancel_destroys


@pytest.mark.parametrize(
    ("target", "payload", "status"),
    [
        (_veo(), {"name": _NAME}, "processing"),
        (_veo(), {"name": _NAME, "done": None}, "processing"),
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
        (
            None,
            f"{_FILES}/a-b-c_d.e~f:download?alt=media",
            f"{_FILES}/a-b-c_d.e~f:download?alt=media",
        ),
        (
            _GATEWAY,
            f"{_FILES}/ABC-def_12:download?alt=media",
            f"{_GATEWAY}/v1beta/files/ABC-def_12:download?alt=media",
        ),
        (_GATEWAY, f"{_FILES}/a-b", f"{_GATEWAY}/v1beta/files/a-b"),
        (_GATEWAY, f"{_GATEWAY}/v1/files/a-b", f"{_GATEWAY}/v1/files/a-b"),
        (None, f"{_FILES}/a-b:download", f"{_FILES}/a-b:download?alt=media"),
        # Without a host.
        (None, "files/abc-123", f"{_FILES}/abc-123"),
        (None, "/v1beta/files/abc-123:download", f"{_FILES}/abc-123:download?alt=media"),
        (_GATEWAY, "files/5:download?alt=media", f"{_GATEWAY}/v1beta/files/5:download?alt=media"),
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
    active = collected(target, ready.job, json_reply(200, {"state": "ACTIVE"})).unwrap()
    assert isinstance(active, Ready)
    assert active.job.urls["result"] == _FILE
    content = HttpResponse(status=200, body=b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat")
    video = collected(target, active.job, content).unwrap()
    assert isinstance(video, Found)
    assert (video.raw, video.metadata) == (payload, {"usage": {"n": 1}})


@pytest.mark.parametrize("state", ["FAILED", "failed"])
def test_a_file_that_is_marked_as_failed_is_fetched_all_the_same(state: str) -> None:
    target = _target("veo-9")
    ready = _ended(target, _operation({"videos": [{"uri": f"{_FILES}/a-b"}]}))
    collect, collected = target.provider.collect, target.provider.collected
    assert collect is not None
    assert collected is not None

    marked = collected(target, ready.job, json_reply(200, {"state": state})).unwrap()
    assert isinstance(marked, Ready)
    assert collect(target, marked.job).url == f"{_FILES}/a-b:download?alt=media"
    found = collected(target, marked.job, HttpResponse(status=200, body=_MP4)).unwrap()
    assert isinstance(found, Found)
    assert found.video == MediaContent(_MP4, "video/mp4")
    # The end is an end: nothing is asked until the deadline.
    error = collected(target, marked.job, json_reply(200, {"state": state})).failure()
    assert isinstance(error, GenerationFailedError)
    assert "could not store the video" in error.message


def test_a_bare_file_is_fetched_and_not_polled_until_the_deadline() -> None:
    http = ScriptedHttp(
        [
            json_reply(200, {"name": _NAME}),
            json_reply(200, _operation({"generatedSamples": [{"video": {"uri": "files/a-b"}}]})),
            json_reply(200, {"name": "files/a-b", "state": "ACTIVE"}),
            HttpResponse(status=200, body=_MP4),
        ]
    )
    config = VideoGenerationConfig(provider="google", model="veo-9", api_key="key")
    response = generate_video(
        config,
        VideoGenerationRequest(prompt="a kite"),
        effects=fake_effects(http=http),
        providers={"google": PROVIDER},
    )
    assert response.video == MediaContent(_MP4, "video/mp4")
    assert [asked.url for asked in http.requests[2:]] == [
        f"{_FILES}/a-b",
        f"{_FILES}/a-b:download?alt=media",
    ]


@pytest.mark.parametrize("uri", ["files/..", "files/.:download", "xfiles/a", "files/a/b"])
def test_what_is_not_the_name_of_a_file_is_the_job_s_failure(uri: str) -> None:
    target = _target("veo-9")
    reply = json_reply(200, _operation({"videos": [{"uri": uri}]}))
    error = target.provider.polled(target, Job(id="j"), reply).failure()
    assert isinstance(error, GenerationFailedError)


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
        {"videos": [{"bytesBase64Encoded": _INLINE, "mimeType": "video/mp4"}]},
        {"videos": [{"bytesBase64Encoded": _INLINE, "mimeType": "text/html;x"}]},
        {"generatedSamples": [{"video": {"encodedVideo": _INLINE, "encoding": "video/mp4"}}]},
        {"generateVideoResponse": {"generatedSamples": [{"video": {"encodedVideo": _INLINE}}]}},
    ],
)
def test_bytes_are_found_in_every_shape(response: dict[str, Any]) -> None:
    for target in (_veo(), _vertex()):
        found = _ended(target, _operation(response))
        assert isinstance(found, Found)
        assert found.video == MediaContent(_MP4, "video/mp4")
        assert found.raw == _operation(response)


@pytest.mark.parametrize(
    "part",
    [
        {"bytesBase64Encoded": 5, "data": _INLINE},
        {"bytesBase64Encoded": "", "encodedVideo": _INLINE, "mimeType": 5},
        {"encodedVideo": _INLINE, "uri": "not a URL"},
    ],
)
def test_one_good_form_of_a_video_is_enough(part: dict[str, Any]) -> None:
    found = _ended(_veo(), _operation({"videos": [5, {}, {"uri": 7}, part]}))
    assert isinstance(found, Found)
    assert found.video == MediaContent(_MP4, "video/mp4")
    assert "other_videos" not in found.metadata


def test_a_finished_operation_without_its_name_is_finished() -> None:
    for name in (None, 5):
        payload = _operation({"videos": [{"data": _INLINE}]}) | {"name": name}
        assert _ended(_veo(), payload).video == MediaContent(_MP4, "video/mp4")


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
