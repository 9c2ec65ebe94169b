"""fal's replies: an accepted job is kept, a job that is over is over, weather passes."""

from typing import Any

import pytest
from returns.result import Failure, Success
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    TarashException,
    UnexpectedReplyError,
    ValidationError,
    VideoGenerationConfig,
    generate_video,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.base import Job, Polled, Progress, Ready, Target, Video
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.testing import Reply, ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.attempts import Cancellation

_TARGET = Target(
    provider=PROVIDER, config=VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
)
_BASE = "https://queue.fal.run/fal-ai/veo3/requests/job-1"
_JOB = Job(id="job-1", urls={"poll": f"{_BASE}/status", "result": _BASE})


# A paid job is kept.


def _accepted(payload: Any, headers: dict[str, str] | None = None) -> Outcome[Job | Video]:
    return PROVIDER.accepted(_TARGET, json_reply(200, payload, headers))


@pytest.mark.parametrize(
    "beside",
    [
        {"status_url": 5},
        {"response_url": None, "cancel_url": ["x"], "status_url": {}},
        {"queue_position": "x", "logs": 7, "metrics": "none"},
        {"status": 3},
        {"status_url": "https://elsewhere.example/take/the/key"},
        {"status_url": "https://queue.fal.run/a b\r\nX-Evil: 1"},
        {"status_url": "/relative"},
        {"status_url": "https://queue.fal.run:99999/x"},
    ],
)
def test_a_good_id_beside_wrong_fields_is_a_job(beside: dict[str, Any]) -> None:
    job = _accepted({"request_id": "job-1", **beside}).unwrap()
    assert isinstance(job, Job)
    assert (job.id, job.urls) == (
        "job-1",
        {"poll": f"{_BASE}/status", "result": _BASE, "cancel": f"{_BASE}/cancel"},
    )


def test_a_url_of_fal_s_own_is_followed() -> None:
    named = "https://queue.fal.run/fal-ai/veo3/fast/requests/job-1/response"
    job = _accepted({"request_id": "job-1", "response_url": named, "status_url": 5}).unwrap()
    assert isinstance(job, Job)
    assert job.urls["result"] == named
    assert job.urls["poll"] == f"{_BASE}/status"


@pytest.mark.parametrize(
    ("given", "kept", "in_url"),
    [
        (17, "17", "17"),
        (0, "0", "0"),
        ("../../evil?x=1", "../../evil?x=1", "..%2F..%2Fevil%3Fx%3D1"),
        ("a b\n", "a b\n", "a%20b%0A"),
        ("\u00e9\ud800", "\u00e9\ud800", "%C3%A9%ED%A0%80"),
    ],
)
def test_an_id_is_kept_whatever_it_looks_like(given: object, kept: str, in_url: str) -> None:
    job = _accepted({"request_id": given}).unwrap()
    assert isinstance(job, Job)
    assert job.id == kept
    assert job.urls["result"] == f"https://queue.fal.run/fal-ai/veo3/requests/{in_url}"


@pytest.mark.parametrize("given", [None, "", "  ", True, 1.5, ["job-1"], {"id": "job-1"}])
def test_what_is_no_id_is_no_job(given: object) -> None:
    outcome = _accepted({"request_id": given})
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UnexpectedReplyError)
    assert "dashboard" in outcome.failure().message


def test_a_reply_with_the_video_itself_is_the_video() -> None:
    video = _accepted({"video": {"url": fal.URL}, "seed": 3}, {"x-fal-request-id": "r-1"}).unwrap()
    assert isinstance(video, Video)
    assert (video.request_id, video.video, video.metadata["seed"]) == ("r-1", fal.URL, 3)


def test_a_job_without_urls_is_asked_for_by_the_rule_of_fal_s_clients() -> None:
    bare = Job(id="job-1")
    assert PROVIDER.collect is not None
    assert PROVIDER.cancel is not None
    assert PROVIDER.poll(_TARGET, bare).url == f"{_BASE}/status?logs=1"
    assert PROVIDER.collect(_TARGET, bare).url == _BASE
    assert PROVIDER.cancel(_TARGET, bare).url == f"{_BASE}/cancel"


# Polls.


def _polled(payload: Any) -> Outcome[Polled]:
    return PROVIDER.polled(_TARGET, _JOB, json_reply(200, payload))


def test_the_acceptance_says_where_the_job_stands() -> None:
    state = _polled({"status": "IN_QUEUE", "request_id": "job-1", "queue_position": 3}).unwrap()
    assert isinstance(state, Progress)
    assert (state.status, state.queue_position) == ("queued", 3)


@pytest.mark.parametrize("position", ["x", None, 1.5, True, -1, [0]])
def test_a_wrong_position_does_not_hide_where_the_job_stands(position: object) -> None:
    state = _polled({"status": "IN_QUEUE", "queue_position": position, "logs": 7}).unwrap()
    assert isinstance(state, Progress)
    assert (state.status, state.queue_position, state.logs) == ("queued", None, ())


@pytest.mark.parametrize(
    "more",
    [{}, {"error": None, "error_type": None}, {"error": "", "error_type": ""}, {"error": {}}],
)
@pytest.mark.parametrize("status", ["COMPLETED", "Completed", "completed"])
def test_a_completed_job_is_fetched(status: str, more: dict[str, Any]) -> None:
    payload = {"status": status, "queue_position": "x", **more}
    assert _polled(payload) == Success(Ready(job=_JOB, raw=payload))


_CANCELLED = "cancelled"


@pytest.mark.parametrize(
    ("said", "expected", "words"),
    [
        ({"error": "x", "error_type": "client_cancelled"}, GenerationCancelledError, _CANCELLED),
        ({"error": "x", "error_type": "client_disconnected"}, GenerationCancelledError, _CANCELLED),
        ({"error": {"type": "client_cancelled"}}, GenerationCancelledError, _CANCELLED),
        ({"error_type": "client_cancelled"}, GenerationCancelledError, _CANCELLED),
        ({"error": "gone", "error_type": "runner_disconnected"}, GenerationFailedError, "gone"),
        ({"error": "gone", "error_type": "gpu_on_fire"}, GenerationFailedError, "gpu_on_fire"),
        ({"error_type": "gpu_on_fire"}, GenerationFailedError, "gpu_on_fire"),
        ({"error": "gone"}, GenerationFailedError, "gone"),
        ({"error": {"message": "gone", "code": 500}}, GenerationFailedError, "gone"),
        ({"error": {"reason": "gone"}}, GenerationFailedError, '{"reason": "gone"}'),
        ({"error": ["gone", 1]}, GenerationFailedError, '["gone", 1]'),
        ({"error": True}, GenerationFailedError, "true"),
        ({"error": "bad", "error_type": "bad_request"}, ValidationError, "bad"),
        (
            {"error": "x", "error_type": "content_policy_violation"},
            ContentModerationError,
            "change the prompt",
        ),
        (
            {
                "error": [
                    {"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}
                ]
            },
            ContentModerationError,
            "prompt: no",
        ),
        ({"error": {"message": "blocked by the safety filter"}}, ContentModerationError, "safety"),
        ({"error": "Invalid status code: 500"}, GenerationFailedError, "500"),
    ],
)
def test_a_completed_job_with_an_error_is_over(
    said: dict[str, Any], expected: type[TarashException], words: str
) -> None:
    payload = {"status": "COMPLETED", **said}
    outcome = _polled(payload)
    assert isinstance(outcome, Failure)
    assert type(outcome.failure()) is expected
    assert words in outcome.failure().message
    assert outcome.failure().raw_response == payload


def test_a_refusal_of_the_model_is_read_where_its_reasons_are() -> None:
    payload = {"status": "COMPLETED", "error": "Invalid status code: 422"}
    assert _polled(payload) == Success(Ready(job=_JOB, raw=payload))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("FAILED", GenerationFailedError),
        ("failed", GenerationFailedError),
        ("ERROR", GenerationFailedError),
        ("CANCELLED", GenerationCancelledError),
        ("Canceled", GenerationCancelledError),
    ],
)
def test_a_server_that_speaks_like_fal_may_know_more_ends(
    status: str, expected: type[TarashException]
) -> None:
    outcome = _polled({"status": status, "error": "gone"})
    assert isinstance(outcome, Failure)
    assert type(outcome.failure()) is expected


@pytest.mark.parametrize("payload", [{}, {"status": 7}, {"status": None}, [], "x", None])
def test_a_poll_without_a_status_says_nothing(payload: Any) -> None:
    outcome = _polled(payload)
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UnexpectedReplyError)


# Results.


def _collected(payload: Any) -> Outcome[Polled]:
    assert PROVIDER.collected is not None
    return PROVIDER.collected(_TARGET, _JOB, json_reply(200, payload))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, GenerationFailedError),
        (None, GenerationFailedError),
        ([], GenerationFailedError),
        ({"video": None}, GenerationFailedError),
        ({"video": []}, GenerationFailedError),
        ({"video": ""}, GenerationFailedError),
        ({"video": {"url": 3}}, GenerationFailedError),
        ({"video": {"url": "v3.fal.media/a.mp4"}}, GenerationFailedError),
        ({"video": {"url": "ftp://v3.fal.media/a.mp4"}}, GenerationFailedError),
        ({"video": {"url": "data:video/mp4;base64,"}}, GenerationFailedError),
        ({"video": {"url": "data:video/mp4;base64,*"}}, GenerationFailedError),
        ({"images": [{"url": fal.URL}]}, GenerationFailedError),
        ({"status": "COMPLETED", "response": {}}, GenerationFailedError),
        ({"status": "COMPLETED", "error": {"message": "x"}}, GenerationFailedError),
        ({"error": "the model crashed"}, GenerationFailedError),
        ({"detail": "x", "error_type": "client_cancelled"}, GenerationCancelledError),
        ({"detail": [{"type": "content_policy_violation"}]}, ContentModerationError),
        ({"detail": [{"type": "image_too_small", "msg": "x"}]}, ValidationError),
    ],
)
def test_a_result_without_a_video_is_the_end(payload: Any, expected: type[TarashException]) -> None:
    outcome = _collected(payload)
    assert isinstance(outcome, Failure)
    assert type(outcome.failure()) is expected
    assert outcome.failure().raw_response == payload


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>one moment</html>",
        b'{"video": {"url": "https://v3.fal.me',
        b'["odd"]',
        b'{"status": "COMPLETED", "metrics": {}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_result_of_fal_s_is_weather(body: bytes) -> None:
    assert PROVIDER.collected is not None
    outcome = PROVIDER.collected(_TARGET, _JOB, HttpResponse(status=200, body=body))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UnexpectedReplyError)


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"status": "IN_QUEUE", "queue_position": 2}, "queued"),
        ({"status": "in_progress"}, "processing"),
        ({"detail": "Request is still in progress"}, "processing"),
    ],
)
def test_a_result_that_is_asked_for_too_early_is_no_end(
    payload: dict[str, Any], status: str
) -> None:
    state = _collected(payload).unwrap()
    assert isinstance(state, Progress)
    assert state.status == status


# Whole stories: the end comes at once, and nothing is asked again.


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([json_reply(200, {"status": "COMPLETED", "error": {"message": "x"}})], "Failed"),
        ([json_reply(200, {"status": "COMPLETED", "error_type": "new"})], "Failed"),
        ([json_reply(200, {"status": "COMPLETED", "error_type": "client_cancelled"})], "Cancelled"),
        ([fal.completed(), json_reply(200, {"images": []})], "Failed"),
        ([fal.completed(), json_reply(200, {"video": {"url": "nowhere"}})], "Failed"),
        ([fal.completed(), json_reply(500, {"detail": "x", "error_type": "new"})], "Failed"),
        ([fal.completed(), json_reply(499, {"detail": "cancelled"})], "Cancelled"),
        (
            [fal.completed(), json_reply(499, {}, {"X-Fal-Error-Type": "client_cancelled"})],
            "Cancelled",
        ),
    ],
)
def test_the_end_of_a_job_is_believed_at_once(replies: list[Reply], expected: str) -> None:
    http = ScriptedHttp([fal.queued(), *replies])
    with pytest.raises(TarashException) as caught:
        generate_video(fal.config(), fal.REQUEST, effects=fake_effects(http=http))
    assert type(caught.value).__name__ == f"Generation{expected}Error"
    assert caught.value.request_id == "job-1"
    assert [attempt.job_ended for attempt in caught.value.attempts] == [True]
    assert "resume_video" not in caught.value.message
    assert http.unused == 0


def test_half_a_result_costs_a_try_and_not_the_job() -> None:
    half = HttpResponse(status=200, body=b'{"video": {"url": "https://v3.fal.me')
    http = ScriptedHttp([fal.queued(), fal.completed(), half, fal.result()])
    response = generate_video(fal.config(), fal.REQUEST, effects=fake_effects(http=http))
    assert response.video == fal.URL
    assert http.unused == 0


# Cancels.


@pytest.mark.parametrize(
    ("status", "payload", "answer"),
    [
        (202, {"status": "CANCELLATION_REQUESTED"}, "confirmed"),
        (200, {"status": "OK"}, "confirmed"),
        (200, {"success": True}, "confirmed"),
        (400, {"status": "ALREADY_COMPLETED"}, "too_late"),
        (404, {"status": "NOT_FOUND"}, "failed"),
        (200, {"status": ["OK"]}, "failed"),
        (500, {"status": "CANCELLATION_REQUESTED"}, "failed"),
        (200, {"success": False}, "failed"),
    ],
)
def test_only_fal_s_own_answer_confirms_a_cancel(
    status: int, payload: Any, answer: Cancellation
) -> None:
    assert PROVIDER.cancelled is not None
    assert PROVIDER.cancelled(json_reply(status, payload)) == answer


def test_a_running_job_may_be_charged_although_it_is_cancelled() -> None:
    assert PROVIDER.charged_when_cancelled == {"processing"}
    assert not PROVIDER.cancel_destroys
    assert not PROVIDER.refunds_nothing
