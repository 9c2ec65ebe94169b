"""Google's models as native fields, its hosts and keys, its errors by their bodies: errors."""

import re
from typing import Any, Final

import pytest
from tests.support.google_cases import (
    _BAD_KEY,
    _CELEBRITY,
    _EXHAUSTED,
    _NAME,
    _error,
    _info,
    _omni,
    _quota,
    _veo,
    _vertex,
)

from tarash.tarash_gateway.exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    UnexpectedReplyError,
    ValidationError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Job, ReplyTo, Target
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply

_AUDIO: Final = (
    "We encountered an issue with the audio for your prompt, … "
    "You have not been charged for this attempt."
)


_JOB_ERRORS: Final[list[tuple[Any, type[TarashException], str]]] = [
    # googleapis/googleapis, google/rpc/code.proto, 2026; pollinations/pollinations, pull request
    # 6196, 2026 (a moderated job)
    ({"error": {"code": 3, "message": _CELEBRITY}}, ContentModerationError, "public person"),
    ({"error": {"code": 3, "message": "blocked"}}, ContentModerationError, "blocked"),
    ({"error": {"code": 3, "message": "for safety"}}, ContentModerationError, "safety"),
    (
        {"error": {"code": 3, "message": "Veo 3 prompt enhancement cannot be disabled."}},
        ValidationError,
        "cannot be disabled",
    ),
    ({"error": {"code": 5, "message": "no such object"}}, ValidationError, "object"),
    ({"error": {"code": 9, "message": "bucket"}}, ValidationError, "bucket"),
    ({"error": {"code": 7, "message": "bucket"}}, AuthenticationError, "allowed"),
    ({"error": {"code": 16, "message": "expired"}}, AuthenticationError, "expired"),
    # The job existed, and failed: neither is a submission that may be sent again.
    ({"error": {"code": 8, "message": "capacity"}}, GenerationFailedError, "later"),
    ({"error": {"code": 14, "message": "high load"}}, GenerationFailedError, "high load"),
    (
        {"error": {"code": 8, "message": "Your prepayment credits are depleted."}},
        InsufficientCreditsError,
        "top it up",
    ),
    (
        {
            "error": {
                "code": 8,
                "message": "no",
                "details": [{"violations": [{"quotaId": "PerDay"}]}],
            }
        },
        InsufficientCreditsError,
        "wait until tomorrow",
    ),
    ({"error": {"code": 429, "message": "slow down"}}, GenerationFailedError, "slow down"),
    ({"error": "out of order"}, GenerationFailedError, "out of order"),
    ({"error": {"code": 4, "message": "deadline"}}, GenerationFailedError, "deadline"),
    ({"error": {"code": 1, "message": "by user"}}, GenerationCancelledError, "(by user)"),
    (
        {"error": {"status": "CANCELLED", "message": "by user"}},
        GenerationCancelledError,
        "(by user)",
    ),
    ({"error": {"code": 13, "message": "internal safety"}}, GenerationFailedError, "internal"),
    ({"error": {"code": 13, "message": _CELEBRITY}}, ContentModerationError, "29310472"),
    ({"error": {"code": 10**400, "message": None}}, GenerationFailedError, "no reason"),
    ({"error": {"odd": 1}}, GenerationFailedError, "no reason"),
    # googleapis/python-genai, google/genai/_operations_converters.py, 2.19.0, 2026-08;
    # googleapis/js-genai, issue 1272, 2026-01
    ({"response": {}}, GenerationFailedError, "without a video"),
    ({"response": 3}, GenerationFailedError, "without a video"),
    ({"response": None}, GenerationFailedError, "without a video"),
    ({"response": {"videos": []}}, GenerationFailedError, "without a video"),
    (
        {"response": {"generateVideoResponse": {"raiMediaFilteredReasons": [_AUDIO]}}},
        ContentModerationError,
        "may pass the next time",
    ),
    (
        {"response": {"generateVideoResponse": {"raiMediaFilteredCount": 1}}},
        ContentModerationError,
        "no reason",
    ),
    ({"response": {"raiMediaFilteredCount": 2}}, ContentModerationError, "no reason"),
    (
        {"response": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [_CELEBRITY]}},
        ContentModerationError,
        "a celebrity or a public person",
    ),
    # A place for a video without one: the next reply would say the same.
    ({"response": {"videos": [{}]}}, GenerationFailedError, "without a video"),
    (
        {"response": {"videos": [{"mimeType": "video/mp4"}]}},
        GenerationFailedError,
        "without a video",
    ),
    (
        {"response": {"generatedSamples": [{"video": {"uri": ""}}]}},
        GenerationFailedError,
        "without a video",
    ),
    ({"response": {"videos": [{"gcsUri": 5}]}}, GenerationFailedError, "without a video"),
    (
        {"response": {"raiMediaFilteredCount": 1, "videos": [{}]}},
        ContentModerationError,
        "no reason",
    ),
    ({"response": {"videos": [{"uri": "v.mp4"}]}}, GenerationFailedError, "usable video"),
    (
        {"response": {"videos": [{"encodedVideo": "###"}]}},
        GenerationFailedError,
        "usable video",
    ),
]


@pytest.mark.parametrize(("ended", "expected", "words"), _JOB_ERRORS)
@pytest.mark.parametrize("target", [_veo(), _vertex()], ids=["key", "vertex"])
def test_a_finished_operation_without_a_video_is_an_error(
    target: Target, ended: dict[str, Any], expected: type[TarashException], words: str
) -> None:
    payload = {"name": _NAME, "done": True, **ended}
    error = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


@pytest.mark.parametrize(
    ("payload", "expected", "words"),
    [
        # googleapis/python-genai, google/genai/_gaos/types/interactions/interaction.py, 3.4.0,
        # 2026-11
        ({"status": "completed", "usage": {}}, ContentModerationError, "without a video"),
        ({"status": "failed"}, GenerationFailedError, "no reason"),
        (
            {"status": "failed", "errors": [{"code": "urn:x", "message": "breaks safety"}]},
            ContentModerationError,
            "safety",
        ),
        (
            {"status": "failed", "steps": [{"error": {"code": 8, "message": "full"}}]},
            GenerationFailedError,
            "full",
        ),
        (
            {"status": "failed", "steps": [{"error": {"code": 1, "message": "stop"}}]},
            GenerationCancelledError,
            "(stop)",
        ),
        ({"status": "cancelled"}, GenerationCancelledError, "cancelled"),
        ({"status": " CANCELED"}, GenerationCancelledError, "cancelled"),
        ({"status": "incomplete"}, GenerationFailedError, "incomplete"),
        ({"status": "requires_action"}, GenerationFailedError, "requires_action"),
        ({"status": "requires_continuation"}, GenerationFailedError, "requires_continuation"),
        ({"status": "budget_exceeded"}, InsufficientCreditsError, "budget"),
        ({"status": None}, UnexpectedReplyError, "status"),
        ({"name": _NAME}, UnexpectedReplyError, "status"),
        (
            {
                "status": "completed",
                "steps": [{"type": "model_output", "content": [{"type": "video"}]}],
            },
            GenerationFailedError,
            "does not name one",
        ),
        (
            {
                "status": "Completed",
                "steps": [{"type": "model_output", "content": [{"type": "video", "uri": "x"}]}],
            },
            GenerationFailedError,
            "usable video",
        ),
    ],
)
def test_an_interaction_that_ends_badly_is_an_error(
    payload: dict[str, Any], expected: type[TarashException], words: str
) -> None:
    target = _omni()
    error = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


_UNSUPPORTED: Final = "`generateAudio` isn't supported by this model. Please remove it or …"


_LEGACY: Final = {
    "error": {
        "code": 429,
        "message": _EXHAUSTED,
        "errors": [{"message": "…", "domain": "global", "reason": "rateLimitExceeded"}],
        "status": "RESOURCE_EXHAUSTED",
    }
}


_TABLE: Final[list[tuple[int, Any, type[TarashException], float | None]]] = [
    # ai.google.dev/gemini-api/docs/troubleshooting, 2026
    (
        400,
        _error(400, "INVALID_ARGUMENT", _BAD_KEY, _info("API_KEY_INVALID")),
        AuthenticationError,
        None,
    ),
    (
        400,
        _error(400, "INVALID_ARGUMENT", "other words", _info("API_KEY_INVALID")),
        AuthenticationError,
        None,
    ),
    (400, _error(400, "INVALID_ARGUMENT", _BAD_KEY), AuthenticationError, None),
    (400, _error(400, "INVALID_ARGUMENT", "API key expired. Renew it."), AuthenticationError, None),
    (400, _error(400, "INVALID_ARGUMENT", _UNSUPPORTED), ValidationError, None),
    (400, _error(400, "INVALID_ARGUMENT", "minimum allowed 3s"), ValidationError, None),
    (
        400,
        _error(400, "INVALID_ARGUMENT", "safety_settings isn't supported"),
        ValidationError,
        None,
    ),
    (400, _error(400, "INVALID_ARGUMENT", _CELEBRITY), ContentModerationError, None),
    (
        400,
        _error(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
        AuthenticationError,
        None,
    ),
    (401, _error(401, "UNAUTHENTICATED", "bad credential"), AuthenticationError, None),
    (
        403,
        _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers…"),
        AuthenticationError,
        None,
    ),
    (
        403,
        _error(403, "PERMISSION_DENIED", "off", _info("SERVICE_DISABLED")),
        AuthenticationError,
        None,
    ),
    (
        404,
        _error(404, "NOT_FOUND", "models/veo-3.1-generate-001 is not found for API version v1beta"),
        NotFoundError,
        None,
    ),
    (404, _error(404, "NOT_FOUND", "… is no longer available"), NotFoundError, None),
    (413, "too large", ValidationError, None),
    (414, "<html>URI too long</html>", ValidationError, None),
    (415, _error(415, "UNAVAILABLE", "no such type"), ValidationError, None),
    (
        400,
        _error(400, "INVALID_ARGUMENT", "Please pass a valid API key"),
        AuthenticationError,
        None,
    ),
    (400, {"error": "Please pass a valid API key."}, AuthenticationError, None),
    (
        429,
        _error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted. …"),
        InsufficientCreditsError,
        None,
    ),
    (
        429,
        _quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "59s"),
        InsufficientCreditsError,
        None,
    ),
    (429, _quota("GenerateRequestsPerMinutePerProjectPerModel", "59.5s"), RateLimitError, 59.5),
    (429, _quota("GenerateRequestsPerMinutePerProjectPerModel", "soon"), RateLimitError, None),
    (
        429,
        _error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        RateLimitError,
        None,
    ),
    (499, _error(499, "CANCELLED", "client closed"), HTTPError, None),
    (500, _error(500, "INTERNAL", "An internal error has occurred…"), HTTPError, None),
    (
        503,
        _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        HTTPError,
        None,
    ),
    (504, _error(504, "DEADLINE_EXCEEDED", "…"), HTTPError, None),
    (502, "<html>bad gateway</html>", HTTPError, None),
    # cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 and "API errors", 2026
    (
        400,
        _error(400, "INVALID_ARGUMENT", "wrong project", _info("RESOURCE_PROJECT_INVALID")),
        ValidationError,
        None,
    ),
    (
        400,
        _error(400, "FAILED_PRECONDITION", "bucket not usable"),
        AuthenticationError,
        None,
    ),
    (
        401,
        _error(401, "UNAUTHENTICATED", "Request had invalid …", _info("ACCESS_TOKEN_EXPIRED")),
        AuthenticationError,
        None,
    ),
    (
        403,
        _error(
            403,
            "PERMISSION_DENIED",
            "Permission 'aiplatform.endpoints.predict' denied on resource …",
            _info("IAM_PERMISSION_DENIED"),
        ),
        AuthenticationError,
        None,
    ),
    (
        403,
        _error(403, "PERMISSION_DENIED", "…", _info("API_KEY_SERVICE_BLOCKED")),
        AuthenticationError,
        None,
    ),
    (
        404,
        _error(404, "NOT_FOUND", "Publisher Model 'projects/…' was not found or …"),
        NotFoundError,
        None,
    ),
    (429, _error(429, "RESOURCE_EXHAUSTED", _EXHAUSTED), RateLimitError, None),
    (429, _LEGACY, RateLimitError, None),
    (429, [_LEGACY], RateLimitError, None),
    # Bodies that say little.
    (429, None, RateLimitError, None),
    (429, _error(429, "UNAVAILABLE", "too many"), RateLimitError, None),
    (401, {"error": "no"}, AuthenticationError, None),
    (404, {"error": {"code": 404, "status": "odd", "message": 3}}, NotFoundError, None),
    (418, {}, HTTPError, None),
]


@pytest.mark.parametrize("to", ["submit", "poll", "collect"])
@pytest.mark.parametrize(("status", "body", "expected", "wait"), _TABLE)
def test_an_error_body_is_one_of_our_errors(
    to: ReplyTo, status: int, body: Any, expected: type[TarashException], wait: float | None
) -> None:
    reply = (
        HttpResponse(status=status, body=body.encode())
        if isinstance(body, str)
        else json_reply(status, body)
    )
    refusal = PROVIDER.failure(_veo(), reply, to)
    assert (type(refusal.error), refusal.of) == (expected, "exchange")
    assert getattr(refusal.error, "retry_after", None) == wait
    assert refusal.error.status_code in {None, status}
    assert refusal.error.raw_response == body or not body
    assert re.search(r"\w", refusal.error.message)


def test_a_header_s_wait_goes_before_the_body_s() -> None:
    reply = json_reply(429, _quota("PerMinute", "59s"), {"Retry-After": "3"})
    error = PROVIDER.failure(_veo(), reply, "submit").error
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 3.0


def test_the_fields_that_a_reply_blames_are_named() -> None:
    violation = {"fieldViolations": [{"field": "input", "description": "too long"}]}
    body = _error(400, "INVALID_ARGUMENT", "bad", violation)
    error = PROVIDER.failure(_omni(), json_reply(400, body), "submit").error
    assert "(bad; input: too long)" in error.message
