"""From one config to the next: fallback, cancelling, keys and hosts."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from returns.future import FutureResult
from returns.io import IOResult
from returns.unsafe import unsafe_perform_io
from tests.support import fal_replies as fal
from tests.support.lifecycle_cases import (
    _DETAIL,
    _LOST,
    _MODERATED,
    _UNSENT,
    Call,
    _attempts,
    _world,
)

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    MockConfig,
    MockResponse,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    functional,
    generate_video_async,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import Reply, fake_effects, json_reply

_OK = VideoGenerationConfig(provider="mock", model="second")


_FALLS_BACK = [
    pytest.param([json_reply(401, {"detail": "x"})], "refused", id="authentication"),
    pytest.param([json_reply(403, {"detail": "User is locked"})], "refused", id="credits"),
    pytest.param([json_reply(404, {"detail": "x"})], "refused", id="not found"),
    pytest.param([json_reply(429, {"detail": "x"})] * 4, "refused", id="rate limit"),
    pytest.param([_UNSENT] * 4, "not_sent", id="not sent"),
    pytest.param([json_reply(500, {"detail": "x"})], "unknown", id="server error"),
    pytest.param([fal.queued(), fal.failed()], "accepted", id="failed job"),
]


@pytest.mark.parametrize(("replies", "fate"), _FALLS_BACK)
def test_the_next_config_is_tried(call: Call, replies: list[Reply], fate: str) -> None:
    http, _, effects = _world(replies)
    response = call(fal.config(fallback_configs=[_OK]), effects)
    assert response.is_mock
    assert http.unused == 0
    first, second = _attempts(response)
    assert (first.status, first.submission, first.is_retryable) == ("failed", fate, True)
    assert (second.status, second.submission, second.model) == ("success", "accepted", "second")
    assert [first.attempt_number, second.attempt_number] == [1, 2]
    told = next(line for line in response.warnings if "was tried next" in line)
    assert told.startswith(f"fal/fal-ai/veo3 failed ({first.error_type}: ")
    assert ("may have been charged" in told) is first.may_have_been_paid
    metadata = response.execution_metadata
    assert metadata is not None
    assert (metadata.total_attempts, metadata.configs_in_chain) == (2, 2)
    assert (metadata.fallback_triggered, metadata.successful_attempt) == (True, 2)
    assert metadata.may_have_been_paid == tuple(a for a in (first, second) if a.may_have_been_paid)


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([json_reply(422, {"detail": _DETAIL})], ValidationError),
        ([json_reply(422, {"detail": _MODERATED})], ContentModerationError),
        (
            [fal.queued(), fal.completed(), json_reply(422, {"detail": _MODERATED})],
            ContentModerationError,
        ),
    ],
)
def test_the_chain_ends_where_another_provider_would_not_help(
    call: Call, replies: list[Reply], expected: type[TarashException]
) -> None:
    _, _, effects = _world(replies)
    with pytest.raises(expected) as caught:
        call(fal.config(fallback_configs=[_OK]), effects)
    assert [a.is_retryable for a in caught.value.attempts] == [False]


def test_the_caller_may_choose_what_goes_on(call: Call) -> None:
    moderated = json_reply(422, {"detail": _MODERATED})
    _, _, effects = _world([moderated])
    config = fal.config(fallback_configs=[_OK], fallback_on=["moderation"])
    assert call(config, effects).is_mock
    _, _, effects = _world([fal.queued(), fal.failed()])
    with pytest.raises(GenerationFailedError):
        call(config, effects)


def test_a_job_is_cancelled_before_the_chain_goes_on(call: Call) -> None:
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    http, _, effects = _world([fal.queued(), fal.waiting(), cancelled])
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK])
    first, _ = _attempts(call(config, effects))
    assert (first.error_type, first.cancellation) == ("TimeoutError", "confirmed")
    assert http.requests[-1].method == "PUT"
    assert http.requests[-1].url.endswith("/requests/job-1/cancel")
    assert http.timeouts[-1] == 5.0


@pytest.mark.parametrize(
    "answer",
    [json_reply(404, {"status": "NOT_FOUND"}), json_reply(500, {}), _LOST],
    ids=["404", "500", "lost"],
)
def test_a_job_that_is_not_surely_cancelled_ends_the_chain(call: Call, answer: Reply) -> None:
    replies = [fal.queued(), fal.waiting(), answer]
    _, _, effects = _world(replies)
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK])
    with pytest.raises(TimeoutError, match="job job-1 of fal may go on") as caught:
        call(config, effects)
    assert [a.cancellation for a in caught.value.attempts] == ["failed"]
    _, _, effects = _world(replies)
    chosen = fal.config(max_poll_attempts=1, fallback_configs=[_OK], fallback_on=["timeout"])
    response = call(chosen, effects)
    assert response.is_mock
    assert _attempts(response)[0].cancellation == "failed"


def test_a_job_that_is_finished_already_is_collected_and_not_paid_again(call: Call) -> None:
    late = json_reply(400, {"status": "ALREADY_COMPLETED"})
    http, _, effects = _world([fal.queued(), fal.waiting(), late, fal.completed(), fal.result()])
    response = call(fal.config(max_poll_attempts=1, fallback_configs=[_OK]), effects)
    assert response.video == fal.URL
    assert [a.status for a in _attempts(response)] == ["success"]
    assert http.timeouts[-2:] == [5.0, 5.0]


@pytest.mark.parametrize(
    "last",
    [[fal.running()], [_LOST], [fal.completed(), _LOST], [fal.completed(), json_reply(500, {})]],
)
def test_a_last_look_is_one_look(call: Call, last: list[Reply]) -> None:
    late = json_reply(400, {"status": "ALREADY_COMPLETED"})
    http, _, effects = _world([fal.queued(), fal.waiting(), late, *last])
    with pytest.raises(TimeoutError) as caught:
        call(fal.config(max_poll_attempts=1, fallback_configs=[_OK]), effects)
    assert caught.value.generation is not None
    assert caught.value.attempts[0].cancellation == "too_late"
    assert http.unused == 0


def test_nothing_is_cancelled_for_a_caller_who_may_come_back(call: Call) -> None:
    http, _, effects = _world([fal.queued(), fal.running()])
    with pytest.raises(TimeoutError):
        call(fal.config(max_poll_attempts=1), effects)
    assert [asked.method for asked in http.requests] == ["POST", "GET"]


def _failing(model: str, *nested: VideoGenerationConfig) -> VideoGenerationConfig:
    error = GenerationFailedError(message=f"{model} failed")
    return VideoGenerationConfig(
        provider="mock",
        model=model,
        mock=MockConfig(responses=[MockResponse(error=error)]),
        fallback_configs=list(nested),
    )


def test_nested_chains_are_tried_in_order(call: Call) -> None:
    chain = _failing("a", _failing("b", _failing("c")), _failing("d"), _OK)
    response = call(chain, fake_effects())
    assert [a.model for a in _attempts(response)] == ["a", "b", "c", "d", "second"]


def test_the_last_error_carries_every_attempt(call: Call) -> None:
    with pytest.raises(GenerationFailedError, match="mock/b: b failed") as caught:
        call(_failing("a", _failing("b")), fake_effects())
    assert [(a.model, a.error_message) for a in caught.value.attempts] == [
        ("a", "a failed"),
        ("b", "b failed"),
    ]


def test_each_attempt_has_its_own_time(call: Call) -> None:
    _, _, effects = _world([fal.queued(), fal.running(), fal.failed()])
    response = call(fal.config(fallback_configs=[_OK]), effects)
    first, second = _attempts(response)
    assert first.elapsed_seconds == 10.0
    assert first.started_at.utcoffset() == timedelta(0)
    assert second.started_at == first.ended_at
    assert response.execution_metadata is not None
    assert response.execution_metadata.total_elapsed_seconds == 10.0


def test_a_url_elsewhere_is_not_used_for_the_job(call: Call) -> None:
    evil = "https://evil.example/steal"
    accepted = json_reply(
        200, {"request_id": "job-1", "status_url": evil, "response_url": evil, "cancel_url": evil}
    )
    http, _, effects = _world([accepted, fal.completed(), fal.result()])
    call(fal.config(), effects)
    assert all(asked.url.startswith("https://queue.fal.run/") for asked in http.requests)


def test_a_redirect_elsewhere_is_followed_without_the_key(call: Call) -> None:
    moved = HttpResponse(status=307, headers={"Location": "https://cdn.example/result.json"})
    http, _, effects = _world([fal.queued(), fal.completed(), moved, fal.result()])
    assert call(fal.config(), effects).video == fal.URL
    *_, own, elsewhere = http.requests
    assert own.credential
    assert (elsewhere.url, dict(elsewhere.credential)) == ("https://cdn.example/result.json", {})


@pytest.mark.parametrize("status", [403, 404, 410, 500])
def test_a_redirect_that_expired_is_asked_for_anew(call: Call, status: int) -> None:
    moved = HttpResponse(status=307, headers={"Location": "https://cdn.example/signed"})
    expired = HttpResponse(status=status, body=b"<Error>AccessDenied</Error>")
    again = HttpResponse(status=307, headers={"Location": "https://cdn.example/fresh"})
    replies = [fal.queued(), fal.completed(), moved, expired, again, fal.result()]
    http, _, effects = _world(replies)
    assert call(fal.config(), effects).video == fal.URL
    assert [asked.url.partition("?")[0].rpartition("/")[2] for asked in http.requests[2:]] == [
        "job-1",
        "signed",
        "job-1",
        "fresh",
    ]


def test_a_host_behind_a_redirect_is_not_the_provider(call: Call) -> None:
    moved = HttpResponse(status=307, headers={"Location": "https://cdn.example/signed"})
    refused = json_reply(403, {"detail": "User is locked"})
    http, _, effects = _world([fal.queued(), fal.completed(), *[moved, refused] * 3])
    with pytest.raises(HTTPError, match="the host to which the result was redirected") as caught:
        call(fal.config(), effects)
    assert (caught.value.status_code, http.unused) == (403, 0)
    assert caught.value.generation is not None


@pytest.mark.parametrize("location", ["/requests/again", "ftp://files.example/x", "http://[", ""])
def test_redirects_have_an_end(call: Call, location: str) -> None:
    moved = HttpResponse(status=302, headers={"Location": location})
    http, _, effects = _world([fal.queued(), fal.completed(), *[moved] * 30])
    with pytest.raises(HTTPError, match="redirects") as caught:
        call(fal.config(), effects)
    assert caught.value.request_id == "job-1"
    assert len(http.requests) <= 2 + 6


def test_the_functional_twin_returns_what_the_other_raises() -> None:
    _, _, effects = _world(fal.success())
    outcome = functional.generate_video(fal.config(), fal.REQUEST, effects=effects)
    assert isinstance(outcome, IOResult)
    assert unsafe_perform_io(outcome.unwrap()).video == fal.URL
    _, _, effects = _world([fal.queued(), fal.failed()])
    failed = functional.generate_video(fal.config(), fal.REQUEST, effects=effects)
    assert isinstance(unsafe_perform_io(failed.failure()), GenerationFailedError)


async def test_the_asyncio_twin_is_a_future() -> None:
    _, _, effects = _world(fal.success())
    future = functional.generate_video_async(fal.config(), fal.REQUEST, effects=effects)
    assert isinstance(future, FutureResult)
    assert unsafe_perform_io((await future).unwrap()).video == fal.URL


async def test_many_generations_run_at_once() -> None:
    worlds: list[Any] = [_world(fal.success(f"job-{number}")) for number in range(50)]
    responses = await asyncio.gather(
        *(generate_video_async(fal.config(), fal.REQUEST, effects=w[2]) for w in worlds)
    )
    assert [r.request_id for r in responses] == [f"job-{number}" for number in range(50)]
