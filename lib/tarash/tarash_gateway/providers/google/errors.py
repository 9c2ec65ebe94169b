"""Google's error replies, failed jobs and filtered videos as our errors.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026;
cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 and Vertex AI's "API errors", 2026;
googleapis/googleapis, google/rpc/code.proto, 2026. For the filter,
ai.google.dev/gemini-api/docs/video, 2026, and googleapis/js-genai, issue 1272, 2026-01.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    InsufficientCreditsError,
    TarashException,
)
from ...http.messages import HttpResponse
from ...http.reading import json_of, retry_after, text_of
from ..base import Refusal, ReplyTo, Target
from ..errors import Complaint, ErrorWords, error_for, http_error
from . import words
from .words import ErrorBody

_GOOGLE: Final = ErrorWords(
    title="Google",
    key="the API key or the token",
    missing="model, job or file",
    advice={403: "check what the key or the token is allowed to do", 404: "check the model id"},
)
_GUIDELINES: Final = ("usage guidelines", "support code")
# In a failed job these words also mean the filter. In a 400 they may be part of a field's name.
_FILTER_WORDS: Final = (*_GUIDELINES, "safety", "blocked")
_BY_CHANCE: Final = ("issue with the audio",)
_CREDIT_WORDS: Final = ("prepayment credits", "credits are depleted")
# Google does not send this status, but gateways in front of it do.
_PAYMENT_REQUIRED: Final = 402
# Google writes "API key not valid. Please pass a valid API key."; gateways send one half of it.
_BAD_KEY_WORDS: Final = (
    "api key not valid",
    "pass a valid api key",
    "api key expired",
    "api key not found",
    "invalid api key",
)
_BAD_KEY_REASONS: Final = ("API_KEY_", "ACCESS_TOKEN_", "CREDENTIALS_")
# The HTTP status that an RPC status stands for, of an exchange and of a job.
_OF_EXCHANGE: Final = {"INVALID_ARGUMENT": 400, "NOT_FOUND": 404, "RESOURCE_EXHAUSTED": 429}
_OF_JOB: Final = {
    "INVALID_ARGUMENT": 400,
    "NOT_FOUND": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
}
# HTTP statuses with one meaning, whatever RPC status the body names.
_FIRM: Final = frozenset({413, 414, 415, 429})
# The request may or may not have been accepted. google.rpc maps CANCELLED to 499; gateways send
# both.
_UNDECIDED: Final = frozenset({408, 499})
_DECIDED: Final = range(200, 500)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means. It concerns the exchange: a failed job comes as a 200.

    A status that leaves the outcome open (1xx, 408, 499, 5xx) becomes an `HTTPError` whatever the
    body says: a job may exist although the body names ``RESOURCE_EXHAUSTED``. For such a reply to a
    submission, only a ``Retry-After`` header proves that no job was accepted; a wait in the body
    does not.
    """
    raw = json_of(reply).value_or(None)
    # Google sometimes puts the envelope into a list.
    envelope = raw[0] if isinstance(raw, list) and raw else raw
    inner = envelope.get("error") if isinstance(envelope, dict) else None
    details = inner if isinstance(inner, dict) else {"message": inner}
    body = words.read(details, raw or text_of(reply))
    wait = retry_after(reply)
    undecided = reply.status not in _DECIDED or reply.status in _UNDECIDED
    named = body.status in words.KNOWN and reply.status not in _FIRM
    known = attrs.evolve(
        body,
        status=body.status if named else words.STATUS.get(reply.status, ""),
        text=body.text or text_of(reply),
        wait=body.wait if wait is None and not (undecided and to == "submit") else wait,
    )
    if undecided:
        return Refusal(error=http_error(_GOOGLE, reply.status, known))
    return Refusal(error=_of_exchange(known, reply.status))


def _of_exchange(body: ErrorBody, http: int) -> TarashException:
    if body.status == "INVALID_ARGUMENT" and body.mentions(_GUIDELINES):
        return _of_content(body)
    if _blames_key(body):
        return error_for(_GOOGLE, 401, body)
    account = _of_account(body)
    if account is not None:
        return account
    meaning = _OF_EXCHANGE.get(body.status)
    if http == _PAYMENT_REQUIRED and body.status != "RESOURCE_EXHAUSTED":
        meaning = _PAYMENT_REQUIRED
    if meaning is not None:
        return error_for(_GOOGLE, meaning, body)
    if body.status == "FAILED_PRECONDITION":
        message = f"Google does not serve this account ({body.shown}): check its region and billing"
        return AuthenticationError(message=message, raw_response=body.raw)
    return http_error(_GOOGLE, http, body)


def _blames_key(body: ErrorBody) -> bool:
    # A bad key is an INVALID_ARGUMENT, as a bad field is. The reason tells them apart.
    return (
        body.status == "UNAUTHENTICATED"
        or any(reason.startswith(_BAD_KEY_REASONS) for reason in body.reasons)
        or (body.status == "INVALID_ARGUMENT" and body.mentions(_BAD_KEY_WORDS))
    )


def of_operation(error: Mapping[str, Any], raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a finished job.

    The job existed, so the error never causes its submission to be sent again.

    Args:
        error: ``{"code": ..., "message": ...}``. The code is a number of google.rpc.
        raw: The whole reply.
    """
    body = words.read(error, raw)
    status = words.job_status(error.get("code"), body.status)
    return _of_job(attrs.evolve(body, status=status))


def _of_job(body: ErrorBody) -> TarashException:
    filtering = _FILTER_WORDS if body.status in {"INVALID_ARGUMENT", ""} else ("support code",)
    if body.mentions(filtering):
        return _of_content(body)
    account = _of_account(body)
    if account is not None:
        return account
    if body.status == "CANCELLED":
        return of_cancel(body)
    if body.status in _OF_JOB:
        return error_for(_GOOGLE, _OF_JOB[body.status], body)
    message = f"the job failed at Google ({body.shown}): submit it again"
    if body.status in {"UNAVAILABLE", "RESOURCE_EXHAUSTED"}:
        message = f"Google had no capacity for the job ({body.shown}): submit it again later"
    return GenerationFailedError(message=message, raw_response=body.raw)


def of_cancel(body: Complaint) -> TarashException:
    """Return the error of a job that was cancelled."""
    message = f"the job was cancelled at Google ({body.shown}): submit it again if you want it"
    return GenerationCancelledError(message=message, raw_response=body.raw)


def of_filter(reasons: str, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a job whose videos were all withheld by the filter."""
    return _of_content(Complaint(text=reasons, raw=raw))


def _of_content(body: Complaint) -> TarashException:
    """Return the error of content that Google refuses, with the categories of its support codes."""
    about = ", ".join(words.categories(body.text))
    advice = (
        "the same prompt may pass the next time"
        if body.mentions(_BY_CHANCE)
        else "change the prompt or the images"
    )
    subject = f" for {about}" if about else ""
    message = f"Google refused the content{subject} ({body.shown}): {advice}"
    return ContentModerationError(message=message, raw_response=body.raw)


def _of_account(body: ErrorBody) -> TarashException | None:
    """Return the error of a key without permission, credit or quota for today, or None."""
    if body.status == "PERMISSION_DENIED":
        return error_for(_GOOGLE, 403, body)
    if body.status != "RESOURCE_EXHAUSTED":
        return None
    if body.mentions(_CREDIT_WORDS):
        return error_for(_GOOGLE, 402, body)
    if not body.daily:
        return None
    # The quota returns with the next day, whatever wait the reply names.
    message = (
        f"Google's quota of the day is exhausted ({body.shown}): wait until tomorrow or raise it"
    )
    return InsufficientCreditsError(message=message, raw_response=body.raw)
