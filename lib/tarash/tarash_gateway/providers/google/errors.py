"""Google's error replies, failed jobs and filtered videos as our errors.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026;
cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 and Vertex AI's "API errors", 2026;
googleapis/googleapis, google/rpc/code.proto and error_details.proto, 2026. For the filter,
ai.google.dev/gemini-api/docs/video, 2026, and googleapis/js-genai, issue 1272, 2026-01.
"""

import re
from collections.abc import Iterator, Mapping
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
from ...http.reading import json_of, retry_after, seconds_of, text_of
from ..base import Refusal, ReplyTo, Target
from ..errors import Complaint, ErrorWords, error_for, http_error
from .support_codes import CATEGORY

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
_SUPPORT: Final = re.compile(r"support codes?\s*:?\s*((?:\d{8}[\s,]*)+)", re.IGNORECASE)
# The RPC status of an HTTP status, for a gateway's reply that does not name one.
_STATUS: Final = {
    **dict.fromkeys((400, 413, 414, 415, 422), "INVALID_ARGUMENT"),
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
}
# The RPC status of the codes that operations use.
_CODES: Final = {
    1: "CANCELLED",
    3: "INVALID_ARGUMENT",
    5: "NOT_FOUND",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    14: "UNAVAILABLE",
    16: "UNAUTHENTICATED",
}
_KNOWN: Final = frozenset({*_STATUS.values(), *_CODES.values()})
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


@attrs.frozen(kw_only=True)
class _Body(Complaint):
    """An error object; ``daily`` means that the quota of the day is exhausted."""

    status: str  # The name of an RPC status, or empty.
    reasons: tuple[str, ...] = ()
    daily: bool = False


def objects(value: object) -> list[dict[str, Any]]:
    """Return the JSON objects of a list; any other value counts as an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _read(error: Mapping[str, Any], raw: Any) -> _Body:
    """Return an error object in our types; its fields of wrong types count as missing."""
    details = objects(error.get("details"))
    text = _text(error.get("message"))
    fields = [
        f"{_text(blamed.get('field'), '?')}: {_text(blamed.get('description'), '?')}"
        for blamed in _inner(details, "fieldViolations")
    ]
    # Vertex AI's older form keeps the reasons under "errors".
    reasons = [_text(item.get("reason")) for item in (*details, *objects(error.get("errors")))]
    waits = [seconds_of(_text(detail.get("retryDelay")).removesuffix("s")) for detail in details]
    return _Body(
        status=_text(error.get("status")),
        text="; ".join([*([text] if text else []), *fields]),
        reasons=tuple(filter(None, reasons)),
        wait=next((wait for wait in waits if wait is not None), None),
        daily=any("PerDay" in _text(v.get("quotaId")) for v in _inner(details, "violations")),
        raw=raw,
    )


def _text(value: object, default: str = "") -> str:
    return value if isinstance(value, str) else default


def _inner(details: list[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    return (item for detail in details for item in objects(detail.get(name)))


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
    body = _read(details, raw or text_of(reply))
    wait = retry_after(reply)
    undecided = reply.status not in _DECIDED or reply.status in _UNDECIDED
    named = body.status in _KNOWN and reply.status not in _FIRM
    known = attrs.evolve(
        body,
        status=body.status if named else _STATUS.get(reply.status, ""),
        text=body.text or text_of(reply),
        wait=body.wait if wait is None and not (undecided and to == "submit") else wait,
    )
    if undecided:
        return Refusal(error=http_error(_GOOGLE, reply.status, known))
    return Refusal(error=_of_exchange(known, reply.status))


def _of_exchange(body: _Body, http: int) -> TarashException:
    if body.status == "INVALID_ARGUMENT" and body.mentions(_GUIDELINES):
        return of_content(body)
    if _blames_key(body):
        return error_for(_GOOGLE, 401, body)
    account = _of_account(body)
    if account is not None:
        return account
    if http == _PAYMENT_REQUIRED and body.status != "RESOURCE_EXHAUSTED":
        return error_for(_GOOGLE, http, body)
    if body.status in _OF_EXCHANGE:
        return error_for(_GOOGLE, _OF_EXCHANGE[body.status], body)
    if body.status == "FAILED_PRECONDITION":
        message = f"Google does not serve this account ({body.shown}): check its region and billing"
        return AuthenticationError(message=message, raw_response=body.raw)
    return http_error(_GOOGLE, http, body)


def _blames_key(body: _Body) -> bool:
    # A bad key is an INVALID_ARGUMENT, as a bad field is. The reason tells them apart.
    return (
        body.status == "UNAUTHENTICATED"
        or any(reason.startswith(_BAD_KEY_REASONS) for reason in body.reasons)
        or (body.status == "INVALID_ARGUMENT" and body.mentions(_BAD_KEY_WORDS))
    )


def of_operation(error: Mapping[str, Any], raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a finished job, whose ``code`` is a number of google.rpc.

    The job existed, so the error never causes its submission to be sent again.
    """
    body = _read(error, raw)
    body = attrs.evolve(body, status=_job_status(error.get("code"), body.status))
    filtering = _FILTER_WORDS if body.status in {"INVALID_ARGUMENT", ""} else ("support code",)
    if body.mentions(filtering):
        return of_content(body)
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


def _job_status(code: object, name: str) -> str:
    """Return the name of a job's RPC status.

    >>> _job_status(8, ""), _job_status("urn:x", ""), _job_status(99, ""), _job_status(429, "")
    ('RESOURCE_EXHAUSTED', '', 'UNKNOWN', 'RESOURCE_EXHAUSTED')
    """
    # type(), because True is an int. An interaction's code is a text that Google does not document.
    if type(code) is not int:
        return name
    return _CODES.get(code) or name or _STATUS.get(code, "UNKNOWN")


def of_cancel(body: Complaint) -> TarashException:
    """Return the error of a job that was cancelled."""
    message = f"the job was cancelled at Google ({body.shown}): submit it again if you want it"
    return GenerationCancelledError(message=message, raw_response=body.raw)


def of_content(body: Complaint) -> TarashException:
    """Return the error of content that Google refuses, with the categories of its support codes."""
    codes = [code for found in _SUPPORT.findall(body.text) for code in re.findall(r"\d{8}", found)]
    about = ", ".join(dict.fromkeys(CATEGORY[code] for code in codes if code in CATEGORY))
    subject = f" for {about}" if about else ""
    advice = "change the prompt or the images"
    if body.mentions(_BY_CHANCE):
        advice = "the same prompt may pass the next time"
    message = f"Google refused the content{subject} ({body.shown}): {advice}"
    return ContentModerationError(message=message, raw_response=body.raw)


def _of_account(body: _Body) -> TarashException | None:
    """Return the error of a key without permission, credit or quota for today, or None."""
    if body.status == "PERMISSION_DENIED":
        return error_for(_GOOGLE, 403, body)
    if body.status == "RESOURCE_EXHAUSTED" and body.mentions(_CREDIT_WORDS):
        return error_for(_GOOGLE, 402, body)
    if body.status != "RESOURCE_EXHAUSTED" or not body.daily:
        return None
    # The quota returns with the next day, whatever wait the reply names.
    message = (
        f"Google's quota of the day is exhausted ({body.shown}): wait until tomorrow or raise it"
    )
    return InsufficientCreditsError(message=message, raw_response=body.raw)
