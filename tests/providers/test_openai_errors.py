"""What error replies of OpenAI, and of servers that copy its API, mean."""

from typing import Any, Final

import pytest
from tests.support.openai_cases import _submit, _target

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.openai.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply


def _said(message: str, kind: str | None = None, code: Any = None, param: Any = None) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


_QUOTA = _said(
    "You exceeded your current quota, please check your plan and billing details.",
    "insufficient_quota",
    "insufficient_quota",
)


_RATE = _said(
    "Rate limit reached for sora-2 in organization org-xxx on requests per min (RPM): Limit 25, "
    "Used 25, Requested 1. Please try again in 2.4s.",
    "requests",
    "rate_limit_exceeded",
)


_TYPE = _said(
    "Invalid type for 'input_reference': expected a file, but got a string instead.",
    "invalid_request_error",
    "invalid_type",
    "input_reference",
)


_BLOCKED = _said(
    "Your request was blocked by our moderation system.",
    "image_generation_user_error",
    "moderation_blocked",
)


_UNKNOWN = _said("The model `sora-9` does not exist", "invalid_request_error", "model_not_found")


_GONE = _said("The model sora-2 has been deprecated", "invalid_request_error")


_KEY = _said("Incorrect API key provided", "invalid_request_error", "invalid_api_key")


_USER = "video_generation_user_error"


def _proxied(message: str, kind: str = "None") -> Any:
    """What LiteLLM makes of an error: the HTTP status as the code, or Python's None as text."""
    return _said(message, kind, "400", "None")


@pytest.mark.parametrize(
    ("status", "body", "to", "expected", "of"),
    [
        (400, _TYPE, "submit", ValidationError, "exchange"),
        (400, _said("bad", "invalid_request_error"), "submit", ValidationError, "exchange"),
        (400, _said("no", None, "invalid_value", "safety"), "submit", ValidationError, "exchange"),
        (
            400,
            _said("Unknown parameter: 'moderation'.", None, "unknown_parameter"),
            "submit",
            ValidationError,
            "exchange",
        ),
        (422, "a bare string", "submit", ValidationError, "exchange"),
        (400, _BLOCKED, "submit", ContentModerationError, "exchange"),
        (400, _BLOCKED, "poll", ContentModerationError, "job"),
        (
            403,
            _said("no", None, "content_policy_violation"),
            "submit",
            ContentModerationError,
            "exchange",
        ),
        (
            400,
            _said("rejected by our safety system"),
            "submit",
            ContentModerationError,
            "exchange",
        ),
        (400, _UNKNOWN, "submit", NotFoundError, "exchange"),
        (404, _UNKNOWN, "submit", NotFoundError, "exchange"),
        (400, _GONE, "submit", NotFoundError, "exchange"),
        (410, "gone", "submit", NotFoundError, "exchange"),
        (404, _said("Video not found"), "poll", NotFoundError, "exchange"),
        (404, _said("Video not found"), "collect", NotFoundError, "exchange"),
        (404, _said("Video is not ready yet"), "collect", HTTPError, "too_early"),
        (401, _KEY, "submit", AuthenticationError, "exchange"),
        (400, _KEY, "submit", AuthenticationError, "exchange"),
        (401, None, "poll", AuthenticationError, "exchange"),
        (403, _said("Country not supported"), "submit", AuthenticationError, "exchange"),
        (429, _QUOTA, "submit", InsufficientCreditsError, "exchange"),
        (
            400,
            _said("limit", None, "billing_hard_limit_reached"),
            "submit",
            InsufficientCreditsError,
            "exchange",
        ),
        (429, _RATE, "submit", RateLimitError, "exchange"),
        (429, _said("Too many running tasks", _USER), "submit", RateLimitError, "exchange"),
        (408, None, "submit", HTTPError, "exchange"),
        (409, None, "poll", HTTPError, "exchange"),
        (500, _said("The server had an error", "server_error"), "submit", HTTPError, "exchange"),
        (503, _said("moderation is down", "server_error"), "submit", HTTPError, "exchange"),
        (503, _said("not ready"), "collect", HTTPError, "exchange"),
        (502, "<html>", "poll", HTTPError, "exchange"),
        (413, None, "submit", ValidationError, "exchange"),
        (414, None, "submit", ValidationError, "exchange"),
        (415, None, "submit", ValidationError, "exchange"),
        # LiteLLM's codes are the status as text: then the words count.
        (
            400,
            _proxied("Blocked by the safety system"),
            "submit",
            ContentModerationError,
            "exchange",
        ),
        (
            400,
            _proxied("litellm.ContentPolicyViolationError: no"),
            "submit",
            ContentModerationError,
            "exchange",
        ),
        (
            400,
            _proxied("{'error': '/videos: Invalid model name passed in model=sora-9.'}"),
            "submit",
            NotFoundError,
            "exchange",
        ),
        (
            400,
            _proxied("API key not valid. Please pass a valid API key."),
            "submit",
            AuthenticationError,
            "exchange",
        ),
        (400, _proxied("Incorrect API key provided"), "submit", AuthenticationError, "exchange"),
        (
            400,
            _proxied("No connected db.", "no_db_connection"),
            "submit",
            AuthenticationError,
            "exchange",
        ),
        (503, _proxied("No database", "no_db_connection"), "submit", HTTPError, "exchange"),
        (400, _proxied("over", "budget_exceeded"), "submit", InsufficientCreditsError, "exchange"),
        (400, _proxied("seconds must be 4, 8 or 12"), "submit", ValidationError, "exchange"),
        # new-api's account without a balance.
        (
            403,
            _said("no", "new_api_error", "insufficient_user_quota"),
            "submit",
            InsufficientCreditsError,
            "exchange",
        ),
        # A text with spaces is a message, a word is a code.
        (
            400,
            {"error": "blocked for safety reasons"},
            "submit",
            ContentModerationError,
            "exchange",
        ),
        (400, {"error": "moderation_blocked"}, "submit", ContentModerationError, "exchange"),
        (429, {"error": "insufficient_quota"}, "submit", InsufficientCreditsError, "exchange"),
        (404, {"detail": "Generation is still in-progress"}, "collect", HTTPError, "too_early"),
        (
            422,
            {"detail": [{"loc": ["body", "prompt"], "msg": "Field required"}]},
            "submit",
            ValidationError,
            "exchange",
        ),
    ],
)
def test_an_error_reply(
    status: int, body: Any, to: Any, expected: type[TarashException], of: str
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, body, {"Retry-After": "3"}), to)
    error = refusal.error
    assert (type(error), refusal.of) == (expected, of)
    assert error.raw_response == ("null" if body is None else body)
    if isinstance(error, RateLimitError | HTTPError):
        assert error.retry_after == 3.0
    if isinstance(error, HTTPError):
        assert error.status_code == status


_REFUSING: Final = [
    _BLOCKED,
    _QUOTA,
    _KEY,
    _UNKNOWN,
    _GONE,
    _proxied("Please pass a valid API key"),
    _proxied("Invalid model name"),
    _said("moderation and safety"),
]


@pytest.mark.parametrize("status", [100, 103, 408, 499, 500, 502, 503, 504])
@pytest.mark.parametrize("body", _REFUSING)
def test_what_leaves_a_submission_open_is_no_refusal_whatever_the_words(
    status: int, body: Any
) -> None:
    refusal = PROVIDER.failure(_target(), json_reply(status, body), "submit")
    assert type(refusal.error) is HTTPError
    assert (refusal.error.status_code, refusal.of) == (status, "exchange")


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_has_accepted_nothing(status: int) -> None:
    reply = json_reply(status, _said("busy"), {"Retry-After": "7"})
    error = PROVIDER.failure(_target(), reply, "submit").error
    assert isinstance(error, RateLimitError | HTTPError)
    assert error.retry_after == 7.0


def test_fields_that_a_server_refuses_are_named() -> None:
    body = {"detail": [{"type": "missing", "loc": ["body", "prompt"], "msg": "Field required"}]}
    error = PROVIDER.failure(_target(), json_reply(422, body), "submit").error
    assert error == ValidationError(
        message=("OpenAI refused the request (body.prompt: Field required): correct what it names"),
        raw_response=body,
    )


def test_a_file_that_is_missing_is_no_job_that_is_missing() -> None:
    reply = json_reply(404, _said("Not found"))
    error = PROVIDER.failure(_target(), reply, "collect").error
    assert isinstance(error, NotFoundError)
    assert "no such file of this job's video" in error.message
    assert "/videos/ID/content" in error.message
    error = PROVIDER.failure(_target(), reply, "poll").error
    assert "no such job (Not found)" in error.message


def test_an_error_that_is_no_json_is_shown() -> None:
    reply = HttpResponse(status=502, body=b"<html>Bad gateway</html>")
    error = PROVIDER.failure(_target(), reply, "poll").error
    assert error == HTTPError(
        message="OpenAI answered HTTP 502 (<html>Bad gateway</html>): try again later",
        status_code=502,
        raw_response="<html>Bad gateway</html>",
    )


def test_a_key_is_in_no_message_and_no_repr() -> None:
    target = _target()
    texts = [repr(target), repr(_submit().unwrap())]
    replies = [json_reply(status, _KEY) for status in (400, 401, 403, 429, 500)]
    texts += [str(PROVIDER.failure(target, reply, "submit").error) for reply in replies]
    assert not any("sk-1" in text for text in texts)
