"""When a video's URL stops working: by the URL itself, by the reply, or by the provider's page."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal
from tests.support import google_cases as google
from tests.support import openai_cases as openai
from tests.support import replicate_cases as replicate
from tests.support import runway_cases as runway
from tests.support.replies import JSON

from tarash.tarash_gateway import VideoGenerationResponse, codec, generate_video
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Polled, Ready, Video
from tarash.tarash_gateway.providers.expiry import (
    after,
    date_of,
    earliest,
    expiry_of_url,
    seconds_in,
    time_of,
)
from tarash.tarash_gateway.providers.openai import replies as openai_replies
from tarash.tarash_gateway.providers.runway.provider import PROVIDER as RUNWAY
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.media import MediaContent

_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_DATE = {"date": "Sun, 01 Nov 2026 12:00:00 GMT"}
_MP4 = b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat"


def _token(claims: Any) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "HS256"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + ".s"


# Signed URLs.


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Algorithm=A&X-Amz-Date=20261101T110000Z&X-Amz-Expires=3600&X-Amz-Signature=s",
        "X-Goog-Date=20261101T110000Z&X-Goog-Expires=3600&X-Goog-Signature=s",
        "X-Tos-Date=20261101T110000Z&X-Tos-Expires=3600&X-Tos-Signature=s",
        "x-oss-date=20261101T110000Z&x-oss-expires=3600&x-oss-signature=s",
        f"Expires={int(_NOON.timestamp())}&Signature=s&Key-Pair-Id=K",
        f"GoogleAccessId=a&Expires={int(_NOON.timestamp())}&Signature=s",
        "sv=2024-11-04&se=2026-11-01T12%3A00%3A00Z&sig=s",
        f"_jwt={_token({'exp': int(_NOON.timestamp())})}",
    ],
)
def test_a_signed_url_says_when_it_ends(query: str) -> None:
    assert expiry_of_url(f"https://a.example/v.mp4?{query}") == _NOON


@pytest.mark.parametrize(
    "url",
    [
        "https://v3.fal.media/files/kite.mp4",
        # Names that are anybody's without a signature.
        f"https://a.example/v.mp4?Expires={int(_NOON.timestamp())}",
        "https://a.example/v.mp4?se=2026-11-01T12:00:00Z",
        "https://a.example/v.mp4?X-Amz-Expires=3600",
        "https://a.example/v.mp4?X-Amz-Date=20261101T110000Z",
        "https://a.example/v.mp4?X-Amz-Date=20261101T110000Z&X-Amz-Expires=-1",
        "https://a.example/v.mp4?X-Amz-Date=99991231T235959Z&X-Amz-Expires=3600",
        "https://a.example/v.mp4?Signature=s&Expires=" + "9" * 5000,
        "https://a.example/v.mp4?_jwt=a.b.c",
        f"https://a.example/v.mp4?_jwt={_token([1])}",
        f"https://a.example/v.mp4?_jwt={_token({'exp': 'soon'})}",
        f"https://a.example/v.mp4?_jwt=a.{'W' * 10**5}.c",
        "https://[a/v.mp4?_jwt=1",
        "gs://bucket/v.mp4",
    ],
)
def test_another_url_does_not_say(url: str) -> None:
    assert expiry_of_url(url) is None


def test_bytes_have_no_end() -> None:
    assert expiry_of_url(MediaContent(_MP4, "video/mp4")) is None


def test_the_earliest_of_several_ends_counts() -> None:
    late = int((_NOON + _HOUR).timestamp())
    url = (
        f"https://a.example/v.mp4?Expires={late}&Signature=s"
        f"&_jwt={_token({'exp': int(_NOON.timestamp())})}"
    )
    assert expiry_of_url(url) == _NOON
    assert earliest(None, _NOON + _HOUR, _NOON) == _NOON
    assert earliest(None, None) is None


_PARTS = st.sampled_from(
    ["x-amz-date", "x-amz-expires", "Expires", "Signature", "se", "sig", "_jwt", "X-Goog-Date"]
)
_VALUES = st.text(max_size=20) | st.sampled_from(
    ["20261101T110000Z", "3600", "1793534400", "-1", "nan", "1e999", "0", "a.eyJleHAiOjF9.c"]
)


@given(st.lists(st.tuples(_PARTS, _VALUES), max_size=6), st.text(max_size=20))
def test_any_url_is_read(query: list[tuple[str, str]], rest: str) -> None:
    url = f"https://a.example/{rest}?" + "&".join(f"{name}={value}" for name, value in query)
    for text in (url, rest):
        found = expiry_of_url(text)
        assert found is None or found.tzinfo is UTC


@given(JSON, JSON)
def test_any_value_is_read(one: Any, other: Any) -> None:
    begin, seconds = time_of(one), seconds_in(other)
    assert begin is None or begin.tzinfo is not None
    end = after(begin, seconds)
    assert (end is None) is (begin is None or seconds is None)


_TIMES = st.integers(10**9, 7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(_TIMES, st.integers(0, 999_999))
def test_a_time_survives_each_of_its_forms(whole: datetime, micros: int) -> None:
    time = whole.replace(microsecond=micros)
    for form in (
        time.isoformat(),
        time.isoformat().replace("+00:00", "Z"),
        time.astimezone().isoformat(),
    ):
        assert time_of(form) == time
    assert time_of(int(whole.timestamp())) == time_of(f"{whole:%Y%m%dT%H%M%SZ}") == whole
    reply = HttpResponse(status=200, headers={"Date": f"{whole:%a, %d %b %Y %H:%M:%S GMT}"})
    assert date_of(reply) == whole


# Providers.


def _run(replies: list[HttpResponse], **config: Any) -> VideoGenerationResponse:
    effects = fake_effects(http=ScriptedHttp(replies))
    return generate_video(fal.config(**config), fal.REQUEST, effects=effects)


def _dated(reply: HttpResponse) -> HttpResponse:
    return attrs.evolve(reply, headers={**reply.headers, **_DATE})


def _kept(wish: object) -> dict[str, Any]:
    return {"headers": {"X-Fal-Object-Lifecycle-Preference": wish}}


def test_fal_keeps_a_video_for_ever_unless_it_is_told_otherwise() -> None:
    replies = [fal.queued(), fal.completed(), _dated(fal.result())]
    assert _run(replies).expires_at is None
    hour = json.dumps({"expiration_duration_seconds": 3600})
    assert _run(replies, provider_config=_kept(hour)).expires_at == _NOON + _HOUR
    # and without a date in the reply, nothing is guessed
    assert _run(fal.success(), provider_config=_kept(hour)).expires_at is None


@pytest.mark.parametrize(
    "wish", ["{", "[]", "null", '{"expiration_duration_seconds": "x"}', "[" * 10**5, 5, None]
)
def test_a_wish_that_fal_cannot_read_says_nothing(wish: object) -> None:
    replies = [fal.queued(), fal.completed(), _dated(fal.result())]
    assert _run(replies, provider_config=_kept(wish)).expires_at is None


def test_a_signed_url_of_any_provider_counts() -> None:
    url = "https://a.example/v.mp4?X-Amz-Date=20261101T110000Z&X-Amz-Expires=3600"
    reply = json_reply(200, {"video": {"url": url}})
    response = _run([fal.queued(), fal.completed(), reply])
    assert response.expires_at == _NOON
    assert codec.from_json(codec.to_json(response), VideoGenerationResponse) == response


def test_replicate_removes_a_video_an_hour_after_its_end() -> None:
    done = {"status": "succeeded", "output": "https://replicate.delivery/a.mp4"}
    found = replicate._polled(**done, completed_at="2026-11-01T11:00:00.000Z").unwrap()
    assert found.expires_at == _NOON
    unknowns: tuple[Any, ...] = (None, "soon", 5, {})
    for unknown in unknowns:
        assert replicate._polled(**done, completed_at=unknown).unwrap().expires_at is None


def _task(url: str, headers: dict[str, str] | None = None, **more: Any) -> Video:
    payload = {**runway._TASK, "status": "SUCCEEDED", "output": [url], **more}
    reply = HttpResponse(status=200, headers=headers or {}, body=json.dumps(payload).encode())
    found = RUNWAY.polled(runway._target(), runway._JOB, reply).unwrap()
    assert isinstance(found, Video)
    return found


def test_runway_s_url_says_when_it_ends_itself() -> None:
    token = _token({"exp": int(_NOON.timestamp())})
    assert _task(f"https://a.cloudfront.net/a.mp4?_jwt={token}", _DATE).expires_at == _NOON


def test_runway_s_url_ends_a_day_after_it_was_signed_at_the_earliest() -> None:
    url = "https://a.cloudfront.net/a.mp4?_jwt=REDACTED"
    # A task that is asked for again names fresh URLs.
    assert _task(url, _DATE).expires_at == _NOON + 24 * _HOUR
    made = datetime(2026, 8, 26, 6, 30, 33, 796000, UTC)
    assert _task(url).expires_at == made + 24 * _HOUR
    assert _task(url, createdAt=None).expires_at is None


def test_openai_says_when_its_video_ends() -> None:
    reply = HttpResponse(status=200, headers={"content-type": "video/mp4"}, body=_MP4)
    for told, end in ((int(_NOON.timestamp()), _NOON), (None, None), ("x", None), (True, None)):
        job = Job(id="video_1", told={"status": "completed", "expires_at": told})
        found = openai_replies.collected("OpenAI", openai._target(), job, reply).unwrap()
        assert found.expires_at == end


def _downloaded(target: Any, told: dict[str, Any]) -> Polled:
    job = Job(id="j", urls={"result": google._FILE}, told=told)
    reply = HttpResponse(status=200, headers={"content-type": "video/mp4"}, body=_MP4)
    found: Polled = target.provider.collected(target, job, reply).unwrap()
    return found


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ({}, None),
        ({"created": "2026-10-30T12:00:00Z"}, _NOON),
        ({"metadata": {"createTime": "2026-10-30T12:00:00.000000Z"}}, _NOON),
        ({"metadata": {"createTime": 7}}, None),
        ({"metadata": "2026-10-30T12:00:00Z"}, None),
    ],
)
def test_google_keeps_a_file_for_two_days(told: dict[str, Any], end: datetime | None) -> None:
    found = _downloaded(google._omni(), told)
    assert isinstance(found, Video)
    assert found.expires_at == end
    # Files of Vertex AI are the caller's own.
    other = _downloaded(google._vertex(), told)
    assert isinstance(other, Video)
    assert other.expires_at is None


def test_google_s_file_says_when_it_ends() -> None:
    # given a file whose description was read first
    target = google._omni()
    job = Job(
        id="j", urls={"result": google._FILE.partition(":")[0] + "://x/files/a"}, told={"a": 1}
    )
    described = {"state": "ACTIVE", "expirationTime": "2026-11-01T12:00:00.5Z"}
    assert target.provider.collected is not None
    ready = target.provider.collected(target, job, json_reply(200, described)).unwrap()
    assert isinstance(ready, Ready)
    # when it is downloaded by another process
    revived = codec.from_json(codec.to_json(ready.job), Job)
    found = _downloaded(target, dict(revived.told))
    # then its end is known, and Google's reply about the job is as it came
    assert isinstance(found, Video)
    assert found.expires_at == _NOON + timedelta(seconds=0.5)
    assert found.raw == {"a": 1}
