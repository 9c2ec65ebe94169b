"""Replicate's requests, replies and models against wire/replicate.md: replies."""

import base64
from typing import Any

import pytest
from returns.result import Success
from tests.support.replicate_cases import _API, _ID, _polled, _target

from tarash.tarash_gateway import GenerationFailedError, MediaContent
from tarash.tarash_gateway.providers.base import Job, Progress, Video
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply

_CLIP = b"\0\0\0\x0cftypmp42\0\0\0\x08mdat"
_INLINE = base64.b64encode(_CLIP).decode()
_PAGE = base64.b64encode(b"<html>expired</html>").decode()
_URL = "https://replicate.delivery/czjl/0BRwO64e/tmpxql776w8.output.mp4"


def _started(**more: Any) -> dict[str, Any]:
    urls = {"get": f"{_API}/predictions/{_ID}", "cancel": f"{_API}/predictions/{_ID}/cancel"}
    return {"id": _ID, "status": "starting", "logs": "", "error": None, "urls": urls, **more}


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


@pytest.mark.parametrize(
    "more",
    [
        {"id": 17, "urls": 5, "status": None},
        {"id": "17", "urls": {"get": ["x"], "cancel": {}}, "logs": 3, "error": []},
        {"id": 17, "urls": {}, "status": 200, "output": {"a": 1}},
    ],
)
def test_a_good_id_is_kept_whatever_stands_beside_it(more: dict[str, Any]) -> None:
    """The job is paid for: no field beside its id can lose it."""
    job = PROVIDER.accepted(_target(), json_reply(201, _started(**more))).unwrap()
    assert isinstance(job, Job)
    assert (job.id, job.urls["poll"]) == ("17", f"{_API}/predictions/17")


@pytest.mark.parametrize("id_", ["", "  ", None, True, 5.5, ["a"], {"id": "a"}])
def test_a_prediction_without_an_id_is_not_accepted(id_: Any) -> None:
    error = PROVIDER.accepted(_target(), json_reply(201, _started(id=id_))).failure()
    assert error.kind == "unexpected_reply"


@pytest.mark.parametrize("status", ["processing", "succeeded"])
def test_a_reply_that_was_waited_for_is_the_video(status: str) -> None:
    payload = _started(status=status, output="data:video/anything;base64," + _INLINE)
    match PROVIDER.accepted(_target(), json_reply(201, payload)):
        case Success(Video() as video):
            assert video.video == MediaContent(_CLIP, "video/mp4")
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
        {"status": "processing", "output": "data:video/mp4;base64," + _PAGE},
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
        (["https://replicate.delivery/a.png", "https://replicate.delivery/1"], None),
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
        ("data:video/mp4;base64," + _PAGE, "without a video"),
        ("data:video/mp4;base64," + _INLINE[:16], "without a video"),
        ("https://replicate.delivery/a.png", "without a video"),
        (["https://replicate.delivery/a.webp", "https://replicate.delivery/b.gif"], "without a"),
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
