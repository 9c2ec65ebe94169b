"""Who pays for what along a chain: unknown submissions, running jobs, cancelled ones."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.result import Failure
from tests.support import fal_replies as fal
from tests.support.lifecycle_cases import _LOST, Call, _attempts, _world

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    RateLimitError,
    SqliteJournal,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    VideoGenerationConfig,
    generate_video,
    is_retryable_error,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.testing import Reply, json_reply

_OK = VideoGenerationConfig(provider="mock", model="second")
_HTML = HttpResponse(status=200, headers={"Content-Type": "text/html"}, body=b"<html>busy</html>")
_MODERATED = {"detail": [{"loc": ["body"], "msg": "no", "type": "content_policy_violation"}]}
_LOCKED = {"detail": "User is locked. Reason: Exhausted balance."}
_CANCELLED = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
_WAITING = json_reply(202, {"status": "IN_QUEUE", "queue_position": 3})

# Submissions without an answer: a job probably exists.
_SILENT = [
    pytest.param(_LOST, id="lost"),
    pytest.param(_HTML, id="html"),
    pytest.param(json_reply(200, {"request_id": ""}), id="no id"),
    pytest.param(json_reply(499, {"detail": "x"}), id="499"),
    pytest.param(HttpResponse(status=102), id="102"),
]
# Submissions that the provider answered with a failure: a job is unlikely.
_ANSWERED = [
    pytest.param(json_reply(status, body), id=f"{status} {name}")
    for status in (408, 500, 502, 503, 504)
    for name, body in (("plain", {}), ("moderated", _MODERATED), ("locked", _LOCKED))
]


@pytest.mark.parametrize("reply", _SILENT)
@pytest.mark.parametrize(
    "kinds", [None, ["connection", "unexpected_reply", "http"]], ids=["default", "other kinds"]
)
def test_a_submission_without_an_answer_ends_the_chain(
    call: Call, reply: Reply, kinds: list[str] | None
) -> None:
    http, _, effects = _world([reply])
    config = fal.config(fallback_configs=[_OK], fallback_on=kinds)
    with pytest.raises(SubmissionUnknownError, match="look at the provider's dashboard") as caught:
        call(config, effects)
    assert caught.value.kind == "submission_unknown"
    assert len(http.requests) == 1
    assert [a.submission for a in caught.value.attempts] == ["unknown"]
    assert not is_retryable_error(caught.value)


@pytest.mark.parametrize("reply", _SILENT)
def test_the_caller_may_choose_to_go_on_after_it(call: Call, reply: Reply) -> None:
    _, _, effects = _world([reply])
    config = fal.config(fallback_configs=[_OK], fallback_on=["submission_unknown"])
    response = call(config, effects)
    assert [a.submission for a in _attempts(response)] == ["unknown", "accepted"]


@pytest.mark.parametrize("reply", _ANSWERED)
def test_words_in_an_error_page_do_not_make_a_refusal(call: Call, reply: Reply) -> None:
    http, _, effects = _world([reply])
    with pytest.raises(SubmissionUnknownError) as caught:
        call(fal.config(), effects)
    assert len(http.requests) == 1
    (attempt,) = caught.value.attempts
    assert (attempt.submission, attempt.error_type) == ("unknown", "HTTPError")
    assert isinstance(reply, HttpResponse)
    assert caught.value.status_code == reply.status


@pytest.mark.parametrize("reply", _ANSWERED)
def test_the_chain_goes_on_after_a_failure_that_was_answered(call: Call, reply: Reply) -> None:
    _, _, effects = _world([reply])
    response = call(fal.config(fallback_configs=[_OK]), effects)
    first, second = _attempts(response)
    assert (first.submission, second.submission) == ("unknown", "accepted")
    assert first.may_still_run
    assert "it may have been charged" in response.warnings[0]


def test_a_failure_that_was_answered_is_of_the_kind_http(call: Call) -> None:
    for kinds, goes_on in ((["http"], True), (["submission_unknown"], False)):
        _, _, effects = _world([json_reply(500, {})])
        config = fal.config(fallback_configs=[_OK], fallback_on=kinds)
        if goes_on:
            assert call(config, effects).is_mock
        else:
            with pytest.raises(SubmissionUnknownError):
                call(config, effects)


def test_an_account_that_may_have_accepted_is_not_asked_again(call: Call) -> None:
    same = fal.config()
    http, _, effects = _world([json_reply(500, {})])
    response = call(fal.config(fallback_configs=[same, _OK]), effects)
    assert response.is_mock
    assert len(http.requests) == 1
    assert any(
        line.startswith("fal/fal-ai/veo3 was left out: the same account was asked before")
        for line in response.warnings
    )


@pytest.mark.parametrize(
    "other",
    [{"api_key": "other:account"}, {"model": "fal-ai/veo2"}, {"base_url": "https://b.example"}],
    ids=["key", "model", "base url"],
)
def test_another_account_or_model_may_be_asked(call: Call, other: dict[str, Any]) -> None:
    http, _, effects = _world([json_reply(500, {}), *fal.success()])
    assert call(fal.config(fallback_configs=[fal.config(**other)]), effects).video == fal.URL
    assert [asked.method for asked in http.requests] == ["POST", "POST", "GET", "GET"]


def test_the_same_account_may_be_asked_again_after_a_failed_job(call: Call) -> None:
    _, _, effects = _world([fal.queued(), fal.failed(), *fal.success("job-2")])
    assert call(fal.config(fallback_configs=[fal.config()]), effects).request_id == "job-2"


@pytest.mark.parametrize(
    ("last", "words", "job"),
    [
        ([json_reply(401, {"detail": "x"})], "FAL_KEY", None),
        ([fal.queued("job-2"), fal.failed()], "the job failed", "job-2"),
        ([fal.queued("job-2"), fal.running()], "job job-2 of fal may go on", "job-2"),
    ],
    ids=["refused", "failed", "timeout"],
)
def test_the_error_that_ends_a_chain_names_what_may_still_be_charged(
    call: Call, last: list[Reply], words: str, job: str | None
) -> None:
    second = fal.config(model="fal-ai/veo2", max_poll_attempts=1)
    _, _, effects = _world([json_reply(502, {}), *last])
    with pytest.raises(SubmissionUnknownError) as caught:
        call(fal.config(fallback_configs=[second]), effects)
    message = caught.value.message
    assert "attempt 1 (fal/fal-ai/veo3): whether a job was accepted is not known" in message
    assert words in message
    assert not is_retryable_error(caught.value)
    kept = caught.value.generation
    assert (None if kept is None else kept.request_id) == job


def test_a_rate_limit_in_a_reply_that_accepted_a_job_is_not_sent_again() -> None:
    odd = attrs.evolve(PROVIDER, accepted=lambda *_: Failure(RateLimitError("too many")))
    http, _, effects = _world([fal.queued()])
    with pytest.raises(RateLimitError) as caught:
        generate_video(fal.config(), fal.REQUEST, effects=effects, providers={"fal": odd})
    assert len(http.requests) == 1
    assert caught.value.status_code == 200


# A job that somebody cancelled.


@pytest.mark.parametrize("kinds", [None, ["cancelled"]])
def test_a_job_that_somebody_cancelled_is_an_end_of_its_own(
    call: Call, kinds: list[str] | None
) -> None:
    gone = json_reply(200, {"status": "COMPLETED", "error": "x", "error_type": "client_cancelled"})
    _, _, effects = _world([fal.queued(), gone])
    config = fal.config(fallback_configs=[_OK], fallback_on=kinds)
    if kinds is not None:
        assert call(config, effects).is_mock
        return
    with pytest.raises(GenerationCancelledError) as caught:
        call(config, effects)
    assert caught.value.kind == "cancelled"
    assert not is_retryable_error(caught.value)
    assert [a.is_retryable for a in caught.value.attempts] == [False]


# Leaving a job behind.


def test_a_queued_job_is_cancelled_and_the_chain_goes_on(call: Call) -> None:
    http, _, effects = _world([fal.queued(), _WAITING, _CANCELLED])
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK])
    first, _ = _attempts(call(config, effects))
    assert (first.error_type, first.cancellation) == ("TimeoutError", "confirmed")
    assert [asked.method for asked in http.requests] == ["POST", "GET", "PUT"]


def test_a_running_job_is_charged_whatever_is_cancelled_so_the_chain_ends(call: Call) -> None:
    http, _, effects = _world([fal.queued(), fal.running()])
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK])
    with pytest.raises(TimeoutError, match="job job-1 of fal may go on") as caught:
        call(config, effects)
    assert [asked.method for asked in http.requests] == ["POST", "GET"]
    assert [a.cancellation for a in caught.value.attempts] == [None]
    assert not is_retryable_error(caught.value)


def test_the_caller_may_choose_to_pay_for_it(call: Call) -> None:
    http, _, effects = _world([fal.queued(), fal.running(), _CANCELLED])
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK], fallback_on=["timeout"])
    first, _ = _attempts(call(config, effects))
    assert (first.cancellation, first.may_still_run) == ("charged", False)
    assert http.requests[-1].method == "PUT"


@pytest.mark.parametrize(
    ("look", "video"),
    [
        ([fal.completed(), fal.result()], fal.URL),
        ([_WAITING, _CANCELLED], None),
        ([fal.failed()], None),
    ],
    ids=["finished", "queued", "failed"],
)
def test_a_job_that_was_not_seen_of_late_is_looked_at_first(
    call: Call, look: list[Reply], video: str | None
) -> None:
    http, _, effects = _world([fal.queued(), json_reply(502, {}), *look])
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK])
    response = call(config, effects)
    assert (response.video if video else None) == video
    assert response.is_mock is (video is None)
    assert http.unused == 0


@pytest.mark.parametrize("look", [_LOST, json_reply(502, {}), _HTML, json_reply(404, {})])
def test_a_job_that_cannot_be_seen_is_left_to_the_caller(call: Call, look: Reply) -> None:
    http, _, effects = _world([fal.queued(), json_reply(502, {}), look])
    config = fal.config(max_poll_attempts=1, fallback_configs=[_OK])
    with pytest.raises(TimeoutError, match="job job-1 of fal may go on"):
        call(config, effects)
    assert [asked.method for asked in http.requests] == ["POST", "GET", "GET"]


def test_errors_from_a_status_carry_it(call: Call) -> None:
    for status, kind in ((401, AuthenticationError), (429, RateLimitError), (409, HTTPError)):
        _, _, effects = _world([json_reply(status, {"detail": "x"})] * 4)
        with pytest.raises(kind) as caught:
            call(fal.config(), effects)
        assert caught.value.status_code == status


def test_what_was_not_sent_is_retryable_and_what_failed_too() -> None:
    assert is_retryable_error(HTTPConnectionError("refused", request_sent=False))
    assert is_retryable_error(GenerationFailedError("x"))
    assert not is_retryable_error(SubmissionUnknownError("x"))
    assert issubclass(SubmissionUnknownError, TarashException)


@pytest.mark.parametrize("key", [None, "clip-1"])
@pytest.mark.parametrize(
    ("replies", "paid"),
    [
        ([json_reply(401, {"detail": "x"})], False),
        ([HTTPConnectionError(message="x", request_sent=False)], False),
        ([_LOST], True),
        ([fal.queued(), fal.failed()], True),
        ([fal.queued(), fal.completed(), fal.result()], True),
    ],
    ids=["refused", "not sent", "unknown", "failed", "completed"],
)
def test_an_entry_says_what_may_have_been_paid(
    tmp_path: Path, replies: list[Reply], *, paid: bool, key: str | None
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    # The same refusal of a connection may come several times.
    _, _, effects = _world(replies * 4 if len(replies) == 1 and not paid else replies)
    options: dict[str, Any] = {"effects": effects, "journal": journal, "key": key}
    with suppress(TarashException):
        generate_video(fal.config(), fal.REQUEST, **options)
    (entry,) = result_of(journal.entries(pending=False)).unwrap()
    assert entry.may_have_been_paid is paid
