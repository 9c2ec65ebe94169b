"""How a task of Runway's ends: with a video, without one, cancelled, or gone."""

import base64
from typing import Final

import pytest
from tests.support.runway_cases import _JOB, _TASK, _target

from tarash.tarash_gateway import (
    GenerationCancelledError,
    GenerationFailedError,
    HTTPError,
    MediaContent,
    NotFoundError,
)
from tarash.tarash_gateway.providers.base import Video
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply

_CLIP: Final = b"\0\0\0\x0cftypmp42\0\0\0\x08mdat"


def _inline(content: bytes) -> str:
    return "data:video/mp4;base64," + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "output",
    [
        None,
        3,
        {},
        [],
        "",
        [None],
        [["https://e.com/a.mp4"]],
        ["runway://x"],
        [""],
        ["https://e.com/frame.png?_jwt=x"],
        [_inline(b"<html>expired</html>")],
        [_inline(b'{"error": "expired"}')],
        [_inline(_CLIP[:14])],
        [_inline(b"\0\0\0\x0cftypmp42")],
        [_inline(b"\0\0\0\x0cftypM4A \0\0\0\x08mdat")],
    ],
)
def test_a_success_without_a_video_is_the_job_s_failure_at_once(output: object) -> None:
    """No further poll can bring one."""
    payload = {**_TASK, "status": "SUCCEEDED", "output": output}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert type(error) is GenerationFailedError
    assert error.raw_response == payload


def test_a_success_that_says_nothing_of_an_output_is_one_as_well() -> None:
    payload = {**_TASK, "status": "SUCCEEDED"}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert type(error) is GenerationFailedError


@pytest.mark.parametrize(
    ("output", "video", "others"),
    [
        ("https://e.com/a.mp4", "https://e.com/a.mp4", None),
        ([None, "https://e.com/a.mp4"], "https://e.com/a.mp4", [None]),
        (
            ["https://e.com/a.png", "https://e.com/a.mp4", 3],
            "https://e.com/a.mp4",
            ["https://e.com/a.png", 3],
        ),
        ([_inline(_CLIP)], MediaContent(_CLIP, "video/mp4"), None),
    ],
)
def test_a_video_is_found_beside_what_is_none(
    output: object, video: object, others: object
) -> None:
    payload = {**_TASK, "status": "succeeded", "output": output}
    found = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).unwrap()
    assert isinstance(found, Video)
    assert (found.video, found.content_type) == (video, "video/mp4")
    assert found.metadata.get("other_outputs") == others


@pytest.mark.parametrize("status", ["CANCELLED", "CANCELED", "cancelled"])
def test_a_cancelled_task_is_an_end_without_another_try(status: str) -> None:
    """Whoever cancelled it does not want another one paid for."""
    payload = {**_TASK, "status": status, "cost": {"credits": 0}}
    error = PROVIDER.polled(_target(), _JOB, json_reply(200, payload)).failure()
    assert type(error) is GenerationCancelledError
    assert "cancelled" in error.message
    assert error.raw_response == payload


def test_a_cancel_is_asked_for_only_where_it_saves_something() -> None:
    """A DELETE of a finished task destroys its video, and one that runs is charged in full."""
    assert PROVIDER.cancel_destroys
    assert PROVIDER.refunds_nothing
    assert PROVIDER.charged_when_cancelled == {"processing"}


def test_a_task_that_was_there_and_is_gone_is_not_found() -> None:
    reply = json_reply(404, {"error": "Could not find Task"})
    refusal = PROVIDER.failure(_target(), reply, "poll")
    assert (type(refusal.error), refusal.of) == (NotFoundError, "exchange")


@pytest.mark.parametrize("status", [408, 499, 500, 502, 503, 504, 524])
def test_words_do_not_make_a_refusal_of_a_server_s_failure(status: int) -> None:
    """Nobody knows then whether a task was accepted, whatever the body says."""
    for words in ("You do not have enough credits to run this task.", "flagged by moderation"):
        error = PROVIDER.failure(_target(), json_reply(status, {"error": words}), "submit").error
        assert type(error) is HTTPError
        assert error.status_code == status
