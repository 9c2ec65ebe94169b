"""Fetching a finished video from where it was left."""

import pytest
from returns.result import Failure
from tests.support.fal_replies import URL

from tarash.tarash_gateway import (
    HTTPConnectionError,
    HTTPError,
    NotFoundError,
    TarashException,
    UnexpectedReplyError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.mock.clips import packaged_clip
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.running.downloads import download
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.media import MediaContent

_MP4 = packaged_clip("1:1").content
_CLIP = HttpResponse(status=200, headers={"Content-Type": "binary/octet-stream"}, body=_MP4)
_LOST = HTTPConnectionError(message="no reply")


def _moved(to: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": to})


def test_a_video_is_what_its_bytes_say() -> None:
    outcome = result_of(download(URL, fake_effects(http=ScriptedHttp([_CLIP]))))
    assert outcome.unwrap() == MediaContent(_MP4, "video/mp4")


def test_bad_weather_is_waited_out() -> None:
    clock = FakeClock()
    http = ScriptedHttp([_LOST, HttpResponse(status=503), _LOST, _CLIP])
    assert result_of(download(URL, fake_effects(http=http, clock=clock))).unwrap().content == _MP4
    assert clock.slept == [0.5, 1.0, 2.0]


def test_redirects_are_followed() -> None:
    http = ScriptedHttp([_moved("/elsewhere.mp4"), _moved("https://cdn.example/a.mp4"), _CLIP])
    assert result_of(download(URL, fake_effects(http=http))).unwrap().content == _MP4
    assert [asked.url for asked in http.requests] == [
        URL,
        "https://v3.fal.media/elsewhere.mp4",
        "https://cdn.example/a.mp4",
    ]


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([_LOST] * 4, HTTPConnectionError),
        ([HttpResponse(status=500)] * 4, HTTPError),
        ([HttpResponse(status=403)], HTTPError),
        ([HttpResponse(status=404)], NotFoundError),
        ([HttpResponse(status=410)], NotFoundError),
        ([HttpResponse(status=200)], UnexpectedReplyError),
        ([HttpResponse(status=200, body=b"<html>")], UnexpectedReplyError),
        ([_moved("http://[")], HTTPError),
        ([_moved("ftp://example.com/a")], HTTPError),
        ([_moved("/again")] * 6, HTTPError),
    ],
    ids=["lost", "500", "403", "404", "410", "empty", "html", "bad", "ftp", "loop"],
)
def test_what_is_no_video_is_an_error(
    replies: list[Reply], expected: type[TarashException]
) -> None:
    http = ScriptedHttp(replies)
    outcome = result_of(download(URL, fake_effects(http=http)))
    assert isinstance(outcome, Failure)
    assert type(outcome.failure()) is expected
    assert http.unused == 0
