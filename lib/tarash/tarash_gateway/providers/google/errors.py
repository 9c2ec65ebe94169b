"""Google's error replies as our errors.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026;
cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 and Vertex AI's "API errors", 2026;
googleapis/googleapis, google/rpc/code.proto, 2026.
"""

from typing import Final

import attrs

from ...exceptions import (
    AuthenticationError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from ...http.messages import HttpResponse
from ...http.reading import json_of, retry_after, text_of
from ..base import Refusal, ReplyTo, Target
from . import words
from .words import ErrorBody

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
# HTTP statuses with one meaning, whatever RPC status the body names.
_FIRM: Final = frozenset({413, 414, 415, 429})
# The request may or may not have been accepted. google.rpc maps CANCELLED to 499; gateways send
# both.
_UNDECIDED: Final = frozenset({408, 499})
_ANSWERED: Final = 200
_SERVER_ERROR: Final = 500


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
    undecided = _is_undecided(reply.status)
    named = body.status in words.KNOWN and reply.status not in _FIRM
    known = attrs.evolve(
        body,
        status=body.status if named else words.STATUS.get(reply.status, ""),
        text=body.text or text_of(reply) or "no reason was given",
        wait=body.wait if wait is None and not (undecided and to == "submit") else wait,
    )
    error = _http(known, reply.status) if undecided else _of_exchange(known, reply.status)
    return Refusal(error=error)


def _is_undecided(http: int) -> bool:
    return http < _ANSWERED or http in _UNDECIDED or http >= _SERVER_ERROR


def _of_exchange(body: ErrorBody, http: int) -> TarashException:
    return (
        _caller_error(body)
        or words.no_permission(body)
        or words.out_of_quota(body)
        or _refused(body, http)
    )


def _caller_error(body: ErrorBody) -> TarashException | None:
    if body.status == "INVALID_ARGUMENT" and body.mentions(words.GUIDELINES):
        return words.moderation(body.text, body.raw)
    if not _blames_key(body):
        return None
    message = (
        f"Google rejected the API key or the token ({words.short(body.text)}): check the credential"
    )
    return AuthenticationError(message=message, raw_response=body.raw)


def _refused(body: ErrorBody, http: int) -> TarashException:
    shown, raw = words.short(body.text), body.raw
    if body.status == "RESOURCE_EXHAUSTED":
        message = f"Google limits the rate of requests ({shown}): try again later"
        return RateLimitError(message=message, retry_after=body.wait, raw_response=raw)
    if http == _PAYMENT_REQUIRED:
        message = f"the Google account is out of credit ({shown}): top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if body.status == "INVALID_ARGUMENT":
        message = f"Google refused the request ({shown}): correct what it names"
        return ValidationError(message=message, raw_response=raw)
    if body.status == "FAILED_PRECONDITION":
        message = f"Google does not serve this account ({shown}): check its region and billing"
        return AuthenticationError(message=message, raw_response=raw)
    if body.status == "NOT_FOUND":
        message = f"Google did not find the model, job or file ({shown}): check the model id"
        return NotFoundError(message=message, raw_response=raw)
    return _http(body, http)


def _http(body: ErrorBody, http: int) -> TarashException:
    message = f"Google replied with HTTP {http} ({words.short(body.text)}): try again later"
    return HTTPError(
        message=message, status_code=http, retry_after=body.wait, raw_response=body.raw
    )


def _blames_key(body: ErrorBody) -> bool:
    # A bad key is an INVALID_ARGUMENT, as a bad field is. The reason tells them apart.
    return (
        body.status == "UNAUTHENTICATED"
        or any(reason.startswith(_BAD_KEY_REASONS) for reason in body.reasons)
        or (body.status == "INVALID_ARGUMENT" and body.mentions(_BAD_KEY_WORDS))
    )
