"""Replicate's requests, replies and models against wire/replicate.md: errors."""

import json
from typing import Any

import pytest
from returns.result import Failure
from tests.support.replicate_cases import _API, _ID, _VERSION, _polled, _target

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply

_FLAGGED = "The input or output was flagged as sensitive. Please try again with different inputs."


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        (f"{_FLAGGED} (E005) (RqK1)", ContentModerationError, "change the prompt"),
        (
            f"Prediction failed: Async prediction failed: ModelError: {_FLAGGED} (E005) (x)",
            ContentModerationError,
            "change the prompt",
        ),
        ("NSFW content detected", ContentModerationError, "NSFW"),
        ("blocked by the Safety filter", ContentModerationError, "Safety"),
        ("against our content policy", ContentModerationError, "content policy"),
        ("content moderation said no", ContentModerationError, "moderation"),
        ("the prompt is prohibited", ContentModerationError, "prohibited"),
        ("this violates the terms", ContentModerationError, "violates"),
        ("Unknown fault (E1000)", GenerationFailedError, "try again once"),
        ("Killed (E1001)", GenerationFailedError, "ask for less"),
        ("CUDA out of memory", GenerationFailedError, "ask for less"),
        ("Webhook is empty (E4875)", ValidationError, "webhook"),
        ("Start took too long (E6716)", GenerationFailedError, "try again later"),
        ("fault (E8765)", GenerationFailedError, "try again later"),
        ("fault (E9243)", GenerationFailedError, "try again later"),
        ("fault (E9825)", GenerationFailedError, "try again later"),
        ("Prediction interrupted; please retry (code: PA)", GenerationFailedError, "again later"),
        ("Service is temporarily unavailable (E003)", GenerationFailedError, "again later"),
        ("high demand", GenerationFailedError, "again later"),
        ("upstream rate limit", GenerationFailedError, "again later"),
        ("something else", GenerationFailedError, "something else"),
        ("", GenerationFailedError, "no reason was given"),
        (None, GenerationFailedError, "no reason was given"),
        ({"code": 1}, GenerationFailedError, "no reason was given"),
    ],
)
def test_a_failed_prediction_is_judged_by_its_text(
    text: Any, expected: type[TarashException], words: str
) -> None:
    error = _polled(status="failed", error=text, output=None).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == {"id": _ID, "status": "failed", "error": text, "output": None}


@pytest.mark.parametrize("status", ["canceled", "cancelled", "CANCELED"])
def test_a_canceled_prediction_is_an_end_without_another_try(status: str) -> None:
    """Its owner wanted no video any more, or it ran until its deadline, which is charged."""
    error = _polled(status=status, output=None, logs=None).failure()
    assert type(error) is GenerationCancelledError
    assert "by its owner or by a time limit" in error.message


def test_an_aborted_prediction_never_started_and_cost_nothing() -> None:
    """Its deadline passed in the queue: another try costs nothing twice."""
    error = _polled(status="aborted", output=None, logs=None).failure()
    assert type(error) is GenerationFailedError
    assert "which costs nothing" in error.message


@pytest.mark.parametrize("status", [413, 414, 415])
def test_a_request_that_is_too_large_or_of_a_wrong_type_is_the_callers_to_correct(
    status: int,
) -> None:
    reply = json_reply(status, {"detail": "Request entity too large", "status": status})
    error = PROVIDER.failure(_target(), reply, "submit").error
    assert type(error) is ValidationError
    assert "too large" in error.message


@pytest.mark.parametrize("status", [408, 499, 500, 502, 504, 524])
def test_words_do_not_make_a_refusal_of_a_server_s_failure(status: int) -> None:
    """Nobody knows then whether a job was accepted, whatever the body says."""
    body = {"title": "Insufficient credit", "detail": "flagged as sensitive (E005)", "status": 402}
    error = PROVIDER.failure(_target(), json_reply(status, body), "submit").error
    assert type(error) is HTTPError
    assert error.status_code == status


def test_a_cancel_of_what_runs_leaves_a_charge() -> None:
    assert PROVIDER.charged_when_cancelled == {"processing"}
    assert (PROVIDER.refunds_nothing, PROVIDER.cancel_destroys) == (False, False)


@pytest.mark.parametrize(
    ("status", "body", "expected", "words", "wait"),
    [
        (
            401,
            {
                "title": "Unauthenticated",
                "detail": "You did not pass a valid authentication token",
                "status": 401,
            },
            AuthenticationError,
            "REPLICATE_API_TOKEN",
            None,
        ),
        (
            402,
            {
                "title": "Insufficient credit",
                "detail": "You have insufficient credit to run this model. Go to "
                "https://replicate.com/account/billing#billing to purchase credit. Once you "
                "purchase credit, please wait a few minutes before trying again.",
                "status": 402,
            },
            InsufficientCreditsError,
            "buy some",
            None,
        ),
        (402, {"detail": "Spend limit reached"}, InsufficientCreditsError, "Spend limit", None),
        (403, {"detail": "No permission"}, AuthenticationError, "does not permit this", None),
        (
            404,
            {"detail": "The requested resource could not be found.", "status": 404},
            NotFoundError,
            "minimax/video-01:<version>",
            None,
        ),
        (
            404,
            {"detail": "The specified training destination does not exist", "status": 404},
            NotFoundError,
            "training destination",
            None,
        ),
        (
            422,
            {
                "title": "Input validation failed",
                "detail": "- input: prompt is required\n",
                "status": 422,
                "invalid_fields": [
                    {"type": "required", "field": "input", "description": "prompt is required"}
                ],
            },
            ValidationError,
            "input: prompt is required",
            None,
        ),
        (
            422,
            {
                "title": "Input validation failed",
                "detail": "- input.disable_safety_checker: not allowed\n",
                "invalid_fields": [
                    {
                        "type": "additional_property_not_allowed",
                        "field": "input.disable_safety_checker",
                    }
                ],
            },
            ValidationError,
            "disable_safety_checker: additional_property_not_allowed",
            None,
        ),
        (
            422,
            {
                "title": "Invalid version or not permitted",
                "detail": "The specified version does not exist (or perhaps you don't have "
                "permission to use it?)",
                "status": 422,
            },
            NotFoundError,
            "no such version",
            None,
        ),
        (422, {"detail": f"{_FLAGGED} (E005)"}, ContentModerationError, "flagged", None),
        (400, {"error": "old form"}, ValidationError, "old form", None),
        (
            429,
            {
                "detail": "Request was throttled. Your rate limit resets in ~30s.",
                "status": 429,
            },
            RateLimitError,
            "too many requests",
            30.0,
        ),
        (
            429,
            {
                "detail": "Request was throttled. Your rate limit for creating predictions is "
                "reduced to 6 requests per minute with a burst of 1 requests while you have less "
                "than $5.0 in credit. Your rate limit resets in ~10s.",
                "status": 429,
                "retry_after": 10,
            },
            RateLimitError,
            "less than $5.0 in credit",
            10.0,
        ),
        (429, {}, RateLimitError, "too many requests", None),
        (500, {"detail": "Internal"}, HTTPError, "HTTP 500 (Internal)", None),
        (418, [1], HTTPError, "HTTP 418", None),
    ],
)
def test_an_error_reply_is_the_error_that_says_what_to_do(
    status: int, body: Any, expected: type[TarashException], words: str, wait: float | None
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, body), "submit")
    error = refusal.error
    assert type(error) is expected
    assert words in error.message
    assert (refusal.of, getattr(error, "retry_after", None)) == ("exchange", wait)
    assert error.raw_response == (body or json.dumps(body) if body != {} else {})


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"Retry-After": "3", "ratelimit-reset": "9"}, {"retry_after": 10}, 3.0),
        ({"ratelimit-reset": "9"}, {"retry_after": 10, "detail": "~30s"}, 10.0),
        ({"ratelimit-reset": "9"}, {"detail": "resets in ~30s."}, 30.0),
        ({"ratelimit-reset": "9"}, {}, 9.0),
        ({"ratelimit-reset": "9" * 400}, {"retry_after": 10**400}, None),
        ({"ratelimit-reset": "soon"}, {"retry_after": "soon", "detail": "~" + "9" * 99}, None),
        (
            {
                "Retry-After": "Thu, 01 Jan 2026 00:00:05 GMT",
                "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
            },
            {},
            5.0,
        ),
    ],
)
def test_the_wait_is_the_first_of_four_places_that_tells_one(
    headers: dict[str, str], body: dict[str, Any], wait: float | None
) -> None:
    error = PROVIDER.failure(_target(), json_reply(429, body, headers), "submit").error
    assert isinstance(error, RateLimitError)
    assert error.retry_after == wait


def test_a_page_of_the_front_end_says_nothing_of_the_token() -> None:
    reply = HttpResponse(
        status=403, headers={"Content-Type": "text/html"}, body=b"<html>Attention</html>"
    )
    error = PROVIDER.failure(_target(), reply, "poll").error
    assert isinstance(error, HTTPError)
    assert (error.status_code, error.raw_response) == (403, "<html>Attention</html>")


def test_an_unavailable_server_may_name_a_time() -> None:
    reply = json_reply(503, {"detail": "busy"}, {"Retry-After": "7"})
    error = PROVIDER.failure(_target(), reply, "submit").error
    assert isinstance(error, HTTPError)
    assert (error.status_code, error.retry_after) == (503, 7.0)


@pytest.mark.parametrize(
    ("model", "config", "to", "words"),
    [
        ("someone/x", {}, "submit", "someone/x:<version>"),
        (f"someone/x:{_VERSION}", {}, "submit", "check its name"),
        ("deployments/acme/x", {}, "submit", "check its name"),
        ("someone/x", {"deployment": "acme/x"}, "submit", "check its name"),
        ("someone/x", {}, "poll", "no such prediction"),
    ],
)
def test_what_is_missing_is_named(model: str, config: Any, to: Any, words: str) -> None:
    target = _target(model, provider_config=config)
    error = PROVIDER.failure(target, json_reply(404, {"detail": "no"}), to).error
    assert isinstance(error, NotFoundError)
    assert words in error.message


def test_a_cancel_is_a_post_without_a_body() -> None:
    assert PROVIDER.cancel is not None
    asked = PROVIDER.cancel(_target(), Job(id=_ID))
    assert (asked.method, asked.url, asked.body) == (
        "POST",
        f"{_API}/predictions/{_ID}/cancel",
        None,
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (json_reply(200, {"status": "canceled", "output": None}), "confirmed"),
        (json_reply(200, {"status": "aborted"}), "confirmed"),
        (json_reply(200, {"status": "processing"}), "confirmed"),
        (json_reply(200, {"status": "succeeded"}), "too_late"),
        (json_reply(200, {"status": "failed"}), "too_late"),
        (json_reply(200, {"status": 5}), "failed"),
        (json_reply(200, {}), "failed"),
        (HttpResponse(status=200), "failed"),
        (json_reply(404, {"detail": "no", "status": 404}), "failed"),
        (json_reply(500, {"status": "canceled"}), "failed"),
    ],
)
def test_the_answer_to_a_cancel(reply: HttpResponse, expected: str) -> None:
    assert PROVIDER.cancelled is not None
    assert PROVIDER.cancelled(reply) == expected


def test_nothing_is_a_success_by_its_status_alone() -> None:
    for body in (b"", b"null", b"[]", b"3", b'"x"', b"{}", b'{"status": null}', b"<html>"):
        reply = HttpResponse(status=200, body=body)
        assert isinstance(PROVIDER.accepted(_target(), reply), Failure)
        assert isinstance(PROVIDER.polled(_target(), Job(id=_ID), reply), Failure)
