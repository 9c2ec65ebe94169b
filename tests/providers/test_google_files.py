"""Google's files: where they are fetched, with which key, and what becomes of them."""

import pytest
from tests.support.google_cases import (
    _FILE,
    _FILES,
    _GATEWAY,
    _MP4,
    _NAME,
    _ended,
    _omni,
    _operation,
    _target,
    _vertex,
)

from tarash.tarash_gateway import generate_video
from tarash.tarash_gateway.exceptions import GenerationFailedError, UnexpectedReplyError
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.lifecycle.keys import authenticate_request
from tarash.tarash_gateway.providers.base import Job, Progress, Ready
from tarash.tarash_gateway.providers.base import Video as Found
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.request import VideoGenerationRequest


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
    asked = authenticate_request(target, target.provider.collect(target, state.job))
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


def test_vertex_has_no_files_and_its_token_goes_nowhere_else() -> None:
    target = _vertex()
    found = _ended(target, _operation({"videos": [{"uri": _FILE}]}))
    assert isinstance(found, Found)
    assert found.video == _FILE
    reply = json_reply(200, _operation({"videos": [{"uri": "files/a-b"}]}))
    error = target.provider.polled(target, Job(id="j"), reply).failure()
    assert isinstance(error, GenerationFailedError)
    assert "files/a-b" in str(error.raw_response)


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
