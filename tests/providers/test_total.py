"""The replies of every provider are total: any bytes make a value, and garbage is not a success."""

import json
from typing import Any, Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support import total_cases as cases
from tests.support.replies import JSON, target_of
from tests.support.total_cases import Subject

from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Refusal, Target, Video
from tarash.tarash_gateway.values.attempts import Cancellation
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.signatures import video_type
from tarash.tarash_gateway.values.urls import origin

pytestmark = pytest.mark.slow

_STAGES: Final = st.sampled_from(["submit", "poll", "collect"])
_STARTS: Final = st.sampled_from(
    [b"", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat", b"<html>"]
)
_RUNWAY_SLASHES: Final = f"{cases.RUNWAY.target.base_url}/v1/tasks/x".count("/")


def _each(*subjects: Subject) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("subject", subjects, ids=lambda subject: subject.name)


def _examples(subject: Subject) -> settings:
    return settings(max_examples=subject.examples)


def _payload(reply: HttpResponse) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str:
    """Return a text to compare by: NaN is not equal to itself."""
    return json.dumps(value, ensure_ascii=False)


def _check_video(subject: Subject, video: Video, payload: Any) -> None:
    """Check that the video is what the payload has."""
    assert _text(video.raw) == _text(payload)
    if isinstance(video.video, str):
        assert origin(video.video) is not None or video.video.startswith("gs://")
        assert video.video in _text(subject.output(payload))
    else:
        assert video.video.content
        assert video.video.content_type.startswith("video/")


def _check_host(target: Target, job: Job) -> None:
    """Check that the job is polled and cancelled at the provider's host, under the path of jobs."""
    provider, home = target.provider, origin(target.base_url)
    asked = [provider.poll(target, job)]
    asked += [provider.cancel(target, job)] if provider.cancel else []
    for request in asked:
        assert origin(request.url) == home
        assert "/../" not in request.url
        # The id is one segment of the path.
        assert provider.name != "runway" or request.url.count("/") == _RUNWAY_SLASHES
    assert all(origin(url) == home for url in job.urls.values())


@_each(*cases.SUBJECTS)
def test_a_submission_is_accepted_with_an_id_or_not_at_all(subject: Subject) -> None:
    @_examples(subject)
    @given(reply=subject.replies)
    def check(reply: HttpResponse) -> None:
        payload = _payload(reply)
        match subject.target.provider.accepted(subject.target, reply):
            case Success(Job() as job):
                assert job.id in subject.ids(payload)
                _check_host(subject.target, job)
            case Success(Video() as video):
                assert subject.at_once
                if subject is cases.REPLICATE:
                    assert video.request_id in subject.ids(payload)
                    assert payload["status"] in {"processing", "succeeded"}
                _check_video(subject, video, payload)
            case Failure(error):
                assert isinstance(error, TarashException)
            case other:
                raise AssertionError(other)

    check()


@_each(*cases.SUBJECTS)
def test_a_poll_finds_a_state_a_video_or_an_error(subject: Subject) -> None:
    @_examples(subject)
    @given(reply=subject.replies)
    def check(reply: HttpResponse) -> None:
        payload, target = _payload(reply), subject.target
        outcome = target.provider.polled(target, subject.job, reply)
        assert isinstance(outcome, Failure) or isinstance(outcome.unwrap(), subject.finds)
        match outcome:
            case Success(Progress() as progress):
                assert _text(progress.raw) == _text(payload)
                assert progress.percent is None or 0 <= progress.percent <= 100
                assert not subject.is_done(payload)
            case Success(Ready(job=job)):
                assert subject.is_done(payload)
                assert target.provider.collect is not None
                assert origin(target.provider.collect(target, job).url) == origin(target.base_url)
                assert origin(job.urls.get("result", target.base_url)) == origin(target.base_url)
            case Success(Video() as video):
                assert subject.is_done(payload)
                _check_video(subject, video, payload)
            case Failure(error):
                assert isinstance(error, TarashException)
            case other:
                raise AssertionError(other)

    check()


@_each(*cases.SUBJECTS)
def test_an_error_reply_is_one_of_our_errors(subject: Subject) -> None:
    @_examples(subject)
    @given(reply=subject.replies, to=_STAGES)
    def check(reply: HttpResponse, to: Any) -> None:
        refusal = subject.target.provider.failure(subject.target, reply, to)
        assert isinstance(refusal, Refusal)
        assert isinstance(refusal.error, TarashException)
        assert refusal.error.message.strip()
        # Before a submission is accepted there is not a job that an error could be about.
        assert refusal.of != "job" or to != "submit"
        assert refusal.of == "exchange" or subject is not cases.REPLICATE

    check()


@_each(cases.FAL, cases.REPLICATE, cases.RUNWAY, cases.OMNI)
def test_a_cancel_has_an_answer(subject: Subject) -> None:
    @settings(max_examples=200)
    @given(reply=subject.replies)
    def check(reply: HttpResponse) -> None:
        cancelled = subject.target.provider.cancelled
        assert cancelled is not None
        assert cancelled(reply) in get_args(Cancellation)

    check()


# Results that are fetched.


@_each(cases.FAL)
def test_a_result_is_a_video_only_with_a_video(subject: Subject) -> None:
    @_examples(subject)
    @given(reply=subject.replies)
    def check(reply: HttpResponse) -> None:
        payload, target = _payload(reply), subject.target
        assert target.provider.collected is not None
        match target.provider.collected(target, subject.job, reply):
            case Success(Video() as video):
                _check_video(subject, video, payload)
            case Success(Progress() as progress):
                assert _text(progress.raw) == _text(payload)
            case Failure(error):
                assert isinstance(error, TarashException)
            case other:
                raise AssertionError(other)

    check()


def _is_video(reply: HttpResponse) -> bool:
    declared = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return video_type(reply.body, told=declared) is not None


@_each(*cases.OPENAI)
def test_a_download_of_openai_is_a_video_only_with_a_video(subject: Subject) -> None:
    @_examples(subject)
    @given(reply=subject.replies, start=_STARTS, told=cases.OPENAI_PAYLOADS)
    def check(reply: HttpResponse, start: bytes, told: Any) -> None:
        target = subject.target
        assert target.provider.collected is not None
        body = HttpResponse(status=200, headers=reply.headers, body=start + reply.body)
        match target.provider.collected(target, Job(id="job-1", told=told), body):
            case Success(Video() as video):
                assert isinstance(video.video, MediaContent)
                assert video.video.content == body.body
                assert _is_video(body)
            case Failure(error):
                assert isinstance(error, TarashException)
                assert not _is_video(body)
            case other:
                raise AssertionError(other)

    check()


@_each(*cases.GOOGLE)
def test_a_download_of_google_is_a_video_only_with_bytes_of_one(subject: Subject) -> None:
    @_examples(subject)
    @given(reply=subject.replies, job=cases.GOOGLE_JOBS)
    def check(reply: HttpResponse, job: Job) -> None:
        assert subject.target.provider.collected is not None
        match subject.target.provider.collected(subject.target, job, reply):
            case Success(Video() as video):
                assert isinstance(video.video, MediaContent)
                assert video.video.content == reply.body
            case Success(Ready() as ready):
                # This happens only once: the next fetch is that of the content itself.
                assert ":download" not in job.urls["result"]
                assert ":download" in ready.job.urls["result"]
            case Success(Progress()):
                assert _payload(reply)["state"] != "ACTIVE"
            case Failure(error):
                assert isinstance(error, TarashException)
            case other:
                raise AssertionError(other)

    check()


@settings(max_examples=200)
@given(JSON)
def test_any_output_of_replicate_is_a_video_or_a_failure(output: Any) -> None:
    subject, payload = cases.REPLICATE, {"id": "job-1", "status": "succeeded"}
    reply = HttpResponse(status=200, body=json.dumps({**payload, "output": output}).encode())
    match subject.target.provider.polled(subject.target, subject.job, reply):
        case Success(Video() as video):
            _check_video(subject, video, _payload(reply))
        case Failure(error):
            assert error.kind == "generation_failed"
        case other:
            raise AssertionError(other)


# Jobs and settings of any kind.


@_each(*cases.GOOGLE)
def test_any_job_of_google_can_be_asked_for_at_google_s_host(subject: Subject) -> None:
    @settings(max_examples=100)
    @given(job=cases.GOOGLE_JOBS)
    def check(job: Job) -> None:
        target, provider = subject.target, subject.target.provider
        asked = [provider.poll(target, job)]
        asked += [provider.cancel(target, job)] if provider.cancel else []
        for request in asked:
            assert origin(request.url) == origin(target.base_url)
        assert provider.collect is not None
        assert provider.collect(target, job).method == "GET"

    check()


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from(["project", "location"]), st.none() | st.text() | st.integers())
)
def test_no_location_leads_the_token_elsewhere(given_: dict[str, Any]) -> None:
    target = cases.google_target("veo-3.1-generate-001", **{"project": "p", **given_})
    home = origin(target.base_url)
    assert home is not None
    assert home[1].endswith(".googleapis.com")


@settings(max_examples=200)
@given(st.text(max_size=40), JSON)
def test_any_job_and_any_settings_of_replicate_have_requests(id_: str, deployment: Any) -> None:
    provider = cases.REPLICATE.target.provider
    config = VideoGenerationConfig(
        provider="replicate",
        model="minimax/video-01",
        provider_config={"deployment": deployment, "cancel_after": deployment},
    )
    target = target_of(provider, config)
    assert provider.cancel is not None
    asked = provider.poll(target, Job(id=id_)), provider.cancel(target, Job(id=id_))
    assert all(origin(request.url) == origin(provider.base_url) for request in asked)
    assert asked[0].url.isascii()


def test_the_end_of_a_url_cannot_be_a_job_elsewhere() -> None:
    """An id is encoded in a path, a lone surrogate included."""
    target = cases.RUNWAY.target
    job = Job(id="../../x?y#z\ud800")
    assert target.provider.poll(target, job).url == (
        "https://api.dev.runwayml.com/v1/tasks/..%2F..%2Fx%3Fy%23z%ED%A0%80"
    )
