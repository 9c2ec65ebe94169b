"""Google's models as native fields, its hosts and keys, its errors by their bodies: jobs."""

from base64 import b64encode
from typing import Any, Final
from urllib.parse import unquote

import pytest
from tests.support.google_cases import (
    _GATEWAY,
    _MP4,
    _NAME,
    _ended,
    _omni,
    _operation,
    _veo,
    _vertex,
)

from tarash.tarash_gateway.exceptions import UnexpectedReplyError, ValidationError
from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody
from tarash.tarash_gateway.providers.base import Job, Progress, Target
from tarash.tarash_gateway.providers.base import Video as Found
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.media import MediaContent

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
    assert "look at its dashboard for the job" in error.message


def test_an_operation_that_is_refused_at_once_is_a_job_that_ended() -> None:
    target = _veo()
    reply = json_reply(200, {"name": _NAME, "done": True, "error": {"code": 3, "message": "no"}})
    job = target.provider.accepted(target, reply).unwrap()
    assert job == Job(id=_NAME)
    assert isinstance(job, Job)
    assert isinstance(target.provider.polled(target, job, reply).failure(), ValidationError)


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
    assert found.warnings == ("Google's filter withheld some of the videos: too like someone.",)
    assert found.metadata["other_videos"] == [{"gcsUri": "gs://b/1.mp4"}]
