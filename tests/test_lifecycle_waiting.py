"""While a job is waited for: bad weather, limits, what may be sent again."""

import pytest
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
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    NotFoundError,
    RateLimitError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import Reply, json_reply

_HTML = HttpResponse(status=200, headers={"Content-Type": "text/html"}, body=b"<html>busy</html>")


@pytest.mark.parametrize(
    "weather",
    [
        _LOST,
        _UNSENT,
        _HTML,
        json_reply(200, ["a list"]),
        json_reply(200, [{"status": 7}]),
        json_reply(500, {"detail": "crash"}),
        json_reply(503, {"detail": "busy"}),
        json_reply(504, {}),
        json_reply(429, {"detail": "slow down"}),
        json_reply(408, {}),
        json_reply(401, {"detail": "stray"}),
        json_reply(404, {"status": "NOT_FOUND"}),
        json_reply(422, {"detail": "stray"}),
        HttpResponse(status=200),
    ],
    ids=map(str, range(14)),
)
@pytest.mark.parametrize("stage", ["poll", "collect"])
def test_bad_weather_costs_a_try_and_not_the_job(call: Call, weather: Reply, stage: str) -> None:
    good: list[Reply] = [fal.queued(), fal.completed(), fal.result()]
    good.insert(1 if stage == "poll" else 2, weather)
    http, _, effects = _world(good)
    response = call(fal.config(), effects)
    assert response.video == fal.URL
    assert [asked.method for asked in http.requests] == ["POST", "GET", "GET", "GET"]
    assert http.unused == 0


def test_an_unknown_status_means_still_running(call: Call) -> None:
    _, _, effects = _world(
        [fal.queued(), json_reply(200, {"status": "PONDERING"}), fal.completed(), fal.result()]
    )
    assert call(fal.config(), effects).video == fal.URL


def test_a_result_asked_for_too_early_goes_back_to_waiting(call: Call) -> None:
    early = json_reply(500, {"detail": "Request is still in progress"})
    http, clock, effects = _world(
        [fal.queued(), fal.completed(), early, fal.completed(), fal.result()]
    )
    response = call(fal.config(), effects)
    assert response.video == fal.URL
    assert [a.polls for a in _attempts(response)] == [2]
    assert clock.slept == [0.0, 5, 0.0, 5, 0.0]
    assert http.unused == 0


def test_a_wait_that_the_provider_asks_for_is_kept(call: Call) -> None:
    slow = json_reply(429, {"detail": "slow down"}, {"Retry-After": "30"})
    _, clock, effects = _world([fal.queued(), slow, fal.completed(), fal.result()])
    call(fal.config(), effects)
    assert clock.slept == [0.0, 5, 30.0, 0.0]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (json_reply(401, {"detail": "revoked"}), AuthenticationError),
        (json_reply(404, {"status": "NOT_FOUND"}), NotFoundError),
        (json_reply(422, {"detail": "what"}), ValidationError),
    ],
)
def test_a_refused_poll_is_believed_after_three(
    call: Call, reply: HttpResponse, expected: type[TarashException]
) -> None:
    http, _, effects = _world([fal.queued(), reply, reply, reply])
    with pytest.raises(expected) as caught:
        call(fal.config(), effects)
    assert caught.value.request_id == "job-1"
    assert [a.submission for a in caught.value.attempts] == ["accepted"]
    assert http.unused == 0


def test_a_result_without_a_video_is_the_end_of_the_job(call: Call) -> None:
    empty = json_reply(200, {"images": []})
    http, _, effects = _world([fal.queued(), fal.completed(), empty])
    with pytest.raises(GenerationFailedError, match="has no video") as caught:
        call(fal.config(), effects)
    assert caught.value.raw_response == {"images": []}
    assert caught.value.request_id == "job-1"
    assert http.unused == 0


def test_the_deadline_is_kept_whatever_the_interval(call: Call) -> None:
    http, clock, effects = _world([fal.queued(), fal.running()])
    with pytest.raises(TimeoutError) as caught:
        call(fal.config(timeout=1, poll_interval=60), effects)
    assert caught.value.timeout_seconds == 1.0
    assert caught.value.request_id == "job-1"
    assert "1 s and 1 poll:" in caught.value.message
    assert clock.monotonic() == 1.0
    assert http.timeouts == [1.0, 0.5]


def test_the_last_look_may_still_find_the_video(call: Call) -> None:
    _, clock, effects = _world(fal.success())
    response = call(fal.config(timeout=1, poll_interval=60), effects)
    assert response.video == fal.URL
    assert clock.monotonic() == 1.0


def test_polls_are_counted(call: Call) -> None:
    http, _, effects = _world([fal.queued(), *[fal.running()] * 3])
    with pytest.raises(TimeoutError, match="3 polls"):
        call(fal.config(max_poll_attempts=3), effects)
    assert http.unused == 0


@pytest.mark.parametrize(("interval", "slept"), [(0, 0.0), (0.25, 0.25)])
def test_short_intervals_are_allowed(call: Call, interval: float, slept: float) -> None:
    _, clock, effects = _world([fal.queued(), fal.running(), fal.completed(), fal.result()])
    call(fal.config(poll_interval=interval), effects)
    assert clock.slept == [0.0, slept, slept, 0.0]


def test_one_exchange_is_bounded_by_its_own_timeout(call: Call) -> None:
    http, _, effects = _world(fal.success())
    call(fal.config(request_timeout=7.5), effects)
    # The submission and the result may take longer, as long as bytes keep coming.
    assert http.timeouts == [600.0, 7.5, 595.0]


@pytest.mark.parametrize(
    "refusal",
    [
        _UNSENT,
        json_reply(429, {"detail": "slow down"}, {"Retry-After": "1"}),
        json_reply(503, {"detail": "busy"}, {"Retry-After": "1"}),
    ],
    ids=["refused", "429", "503"],
)
def test_what_was_surely_not_accepted_is_sent_again(call: Call, refusal: Reply) -> None:
    http, _, effects = _world([refusal, refusal, *fal.success()])
    response = call(fal.config(), effects)
    assert [asked.method for asked in http.requests] == ["POST"] * 3 + ["GET"] * 2
    assert [a.submission for a in _attempts(response)] == ["accepted"]


def test_sending_again_has_an_end(call: Call) -> None:
    http, _, effects = _world([_UNSENT] * 9)
    with pytest.raises(HTTPConnectionError) as caught:
        call(fal.config(), effects)
    assert len(http.requests) == 4
    assert [a.submission for a in caught.value.attempts] == ["not_sent"]


def test_a_short_timeout_does_not_hide_why_nothing_could_be_sent(call: Call) -> None:
    # given a provider that cannot be reached, and too little time for four tries
    http, clock, effects = _world([_UNSENT] * 9)
    # when a video is asked for
    with pytest.raises(HTTPConnectionError) as caught:
        call(fal.config(timeout=3.0), effects)
    # then the error is the connection's, and no pause ends where nothing may be sent any more
    assert 1 <= len(http.requests) < 4
    assert sum(clock.slept) <= 1.5
    assert [a.submission for a in caught.value.attempts] == ["not_sent"]


def test_a_wait_beyond_the_deadline_is_not_begun(call: Call) -> None:
    late = json_reply(429, {"detail": "slow down"}, {"Retry-After": "3600"})
    http, clock, effects = _world([late])
    with pytest.raises(RateLimitError) as caught:
        call(fal.config(), effects)
    assert caught.value.retry_after == 3600.0
    assert clock.slept == [0.0]
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    ("reply", "expected", "fate"),
    [
        (_LOST, SubmissionUnknownError, "unknown"),
        (json_reply(500, {"detail": "x"}), SubmissionUnknownError, "unknown"),
        (json_reply(502, {"detail": "x"}), SubmissionUnknownError, "unknown"),
        (json_reply(503, {"detail": "x"}), SubmissionUnknownError, "unknown"),
        (json_reply(408, {"detail": "x"}), SubmissionUnknownError, "unknown"),
        (_HTML, SubmissionUnknownError, "unknown"),
        (json_reply(200, {"request_id": ""}), SubmissionUnknownError, "unknown"),
        (json_reply(302, {}, {"Location": "https://elsewhere.example"}), HTTPError, "refused"),
        (json_reply(409, {}), HTTPError, "refused"),
        (json_reply(401, {"detail": "x"}), AuthenticationError, "refused"),
        (json_reply(422, {"detail": _DETAIL}), ValidationError, "refused"),
        (json_reply(422, {"detail": _MODERATED}), ContentModerationError, "refused"),
    ],
)
def test_what_may_have_been_accepted_is_never_sent_again(
    call: Call, reply: Reply, expected: type[TarashException], fate: str
) -> None:
    http, _, effects = _world([reply])
    with pytest.raises(TarashException) as caught:
        call(fal.config(), effects)
    assert type(caught.value) is expected
    assert len(http.requests) == 1
    (attempt,) = caught.value.attempts
    assert attempt.submission == fate
    assert attempt.may_have_been_paid is (fate == "unknown")
