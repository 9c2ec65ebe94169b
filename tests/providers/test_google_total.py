"""Google's replies are total: whatever comes in, a value comes out, and garbage is no success."""

import json
from base64 import b64encode
from typing import Any, Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.replies import MUTATED, REPLIES, Target

from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Refusal, Video
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.values.attempts import Cancellation
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.secrets import Secret
from tarash.tarash_gateway.values.urls import origin


def _target(model: str, **settings_: Any) -> Target:
    config = VideoGenerationConfig(provider="google", model=model, provider_config=settings_)
    assert PROVIDER.variant is not None
    return Target(provider=PROVIDER.variant(config, {}), config=config, key=Secret("key"))


_TARGETS: Final = pytest.mark.parametrize(
    "target",
    [
        pytest.param(_target("veo-3.1-generate-preview"), id="veo"),
        pytest.param(_target("gemini-omni-1.1-flash"), id="omni"),
        pytest.param(_target("veo-3.1-generate-001", project="p"), id="vertex-veo"),
        pytest.param(_target("gemini-omni-1.1-flash", project="p"), id="vertex-omni"),
    ],
)
_NAME: Final = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
_MP4: Final = b64encode(b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat").decode()
_URI: Final = "https://generativelanguage.googleapis.com/v1beta/files/qu4d28:download?alt=media"
_PARTS: Final[list[dict[str, Any]]] = [
    {"type": "video", "mime_type": "video/mp4", "data": _MP4},
    {"type": "video", "uri": "https://generativelanguage.googleapis.com/v1beta/files/qu4d28"},
]
_REAL: Final[list[Any]] = [
    {"name": _NAME},
    {"name": _NAME, "metadata": {"state": "PENDING"}},
    {
        "name": _NAME,
        "done": True,
        "response": {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": _URI}}]}},
    },
    {
        "name": _NAME,
        "done": True,
        "response": {
            "raiMediaFilteredCount": 0,
            "videos": [{"bytesBase64Encoded": _MP4, "mimeType": "video/mp4"}],
        },
    },
    {"name": _NAME, "done": True, "response": {"videos": [{"gcsUri": "gs://b/o.mp4"}]}},
    {
        "name": _NAME,
        "done": True,
        "response": {
            "raiMediaFilteredCount": 1,
            "raiMediaFilteredReasons": ["no. Support codes: 29310472"],
        },
    },
    {"name": _NAME, "done": True, "error": {"code": 3, "message": "no", "details": [{}]}},
    {"id": "v1_a", "object": "interaction", "status": "in_progress", "model": "m"},
    *(
        {
            "id": "v1_a",
            "status": "completed",
            "steps": [{"type": "model_output", "content": [part]}],
        }
        for part in _PARTS
    ),
    {"id": "v1_a", "status": "failed", "errors": [{"code": "u", "message": "no"}]},
    {"id": "v1_a", "status": "failed", "steps": [{"error": {"code": 8, "message": "no"}}]},
    {"name": "files/qu4d28", "state": "ACTIVE"},
    {
        "error": {
            "code": 429,
            "message": "slow down",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {"violations": [{"quotaId": "PerDay"}]},
                {"retryDelay": "59s"},
                {"reason": "API_KEY_INVALID"},
                {"fieldViolations": [{"field": "f", "description": "d"}]},
            ],
        }
    },
    [{"error": {"code": 429, "errors": [{"reason": "rateLimitExceeded"}]}}],
]
_ANY: Final = st.one_of(REPLIES, MUTATED(_REAL))
_JOBS: Final = st.builds(
    Job,
    id=st.sampled_from([_NAME, "projects/p/x/operations/1", "v1_a"]) | st.text(max_size=12),
    urls=st.dictionaries(
        st.sampled_from(["result", "reply"]),
        st.sampled_from([_URI, "https://generativelanguage.googleapis.com/v1beta/files/a", "{}"])
        | st.text(max_size=12),
    ),
)


def _payload(reply: HttpResponse) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _is_in_reply(video: str | MediaContent, payload: Any) -> bool:
    text = json.dumps(payload, ensure_ascii=False)
    if isinstance(video, str):
        return video in text and (origin(video) is not None or video.startswith("gs://"))
    return bool(video.content) and video.content_type.startswith("video/")


def _is_told_done(payload: Any) -> bool:
    return bool(payload.get("done") is True or payload.get("status") == "completed")


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY)
def test_a_submission_is_accepted_with_a_name_or_not_at_all(
    target: Target, reply: HttpResponse
) -> None:
    match target.provider.accepted(target, reply):
        case Success(Job() as job):
            payload = _payload(reply)
            assert job.id in (payload.get("name"), str(payload.get("id")))
            asked = target.provider.poll(target, job)
            assert origin(asked.url) == origin(target.base_url)
            assert "/../" not in asked.url
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY)
def test_a_poll_finds_a_state_a_video_or_an_error(target: Target, reply: HttpResponse) -> None:
    payload = _payload(reply)
    match target.provider.polled(target, Job(id=_NAME), reply):
        case Success(Progress() as progress):
            assert json.dumps(progress.raw) == json.dumps(payload)
        case Success(Ready(job=job)):
            assert _is_told_done(payload)
            assert origin(job.urls["result"]) == origin(target.base_url)
        case Success(Video() as video):
            assert _is_told_done(payload)
            assert json.dumps(video.raw) == json.dumps(payload)
            assert _is_in_reply(video.video, payload)
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY, job=_JOBS)
def test_a_download_is_a_video_only_with_bytes_of_one(
    target: Target, reply: HttpResponse, job: Job
) -> None:
    assert target.provider.collected is not None
    match target.provider.collected(target, job, reply):
        case Success(Video() as video):
            assert isinstance(video.video, MediaContent)
            assert video.video.content == reply.body
        case Success(Ready() as ready):
            # Only once: what is fetched next is the content itself.
            assert ":download" not in job.urls["result"]
            assert ":download" in ready.job.urls["result"]
        case Success(Progress()):
            assert _payload(reply)["state"] != "ACTIVE"
        case Failure(error):
            assert isinstance(error, TarashException)
        case other:
            raise AssertionError(other)


@_TARGETS
@settings(max_examples=200)
@given(reply=_ANY, to=st.sampled_from(["submit", "poll", "collect"]))
def test_an_error_reply_is_one_of_our_errors(target: Target, reply: HttpResponse, to: Any) -> None:
    refusal = target.provider.failure(target, reply, to)
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, TarashException)
    assert refusal.error.message.strip()


@_TARGETS
@settings(max_examples=100)
@given(job=_JOBS)
def test_any_job_can_be_asked_for_at_the_provider_s_host(target: Target, job: Job) -> None:
    provider = target.provider
    asked = [provider.poll(target, job)]
    asked += [provider.cancel(target, job)] if provider.cancel else []
    for request in asked:
        assert origin(request.url) == origin(target.base_url)
    assert provider.collect is not None
    assert provider.collect(target, job).method == "GET"


@settings(max_examples=100)
@given(_ANY)
def test_a_cancel_has_an_answer(reply: HttpResponse) -> None:
    cancelled = _target("gemini-omni-1.1-flash").provider.cancelled
    assert cancelled is not None
    assert cancelled(reply) in get_args(Cancellation)


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from(["project", "location"]), st.none() | st.text() | st.integers())
)
def test_no_location_leads_the_token_elsewhere(given_: dict[str, Any]) -> None:
    target = _target("veo-3.1-generate-001", **{"project": "p", **given_})
    home = origin(target.base_url)
    assert home is not None
    assert home[1].endswith(".googleapis.com")
