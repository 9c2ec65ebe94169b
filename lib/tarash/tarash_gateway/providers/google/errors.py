"""Google's error replies as our errors.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026;
cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 and Vertex AI's "API errors", 2026;
googleapis/googleapis, google/rpc/code.proto, 2026.
"""

from typing import Final

import attrs

from ...exceptions import AuthenticationError, TarashException
from ...http.messages import HttpResponse
from ...http.reading import json_of, retry_after, text_of
from ..base import Refusal, ReplyTo, Target
from ..errors import error_for, http_error
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
# The HTTP status that each RPC status stands for.
_HTTP: Final = {
    "INVALID_ARGUMENT": 400,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
}
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
        text=body.text or text_of(reply),
        wait=body.wait if wait is None and not (undecided and to == "submit") else wait,
    )
    if undecided:
        return Refusal(error=http_error(words.GOOGLE, reply.status, known))
    return Refusal(error=_of_exchange(known, reply.status))


def _is_undecided(http: int) -> bool:
    return http < _ANSWERED or http in _UNDECIDED or http >= _SERVER_ERROR


def _of_exchange(body: ErrorBody, http: int) -> TarashException:
    if body.status == "INVALID_ARGUMENT" and body.mentions(words.GUIDELINES):
        return words.moderation(body)
    if _blames_key(body):
        return error_for(words.GOOGLE, 401, body)
    account = words.account(body)
    if account is not None:
        return account
    meaning = _HTTP.get(body.status)
    if http == _PAYMENT_REQUIRED and body.status != "RESOURCE_EXHAUSTED":
        meaning = _PAYMENT_REQUIRED
    if meaning is not None:
        return error_for(words.GOOGLE, meaning, body)
    if body.status == "FAILED_PRECONDITION":
        message = f"Google does not serve this account ({body.shown}): check its region and billing"
        return AuthenticationError(message=message, raw_response=body.raw)
    return http_error(words.GOOGLE, http, body)


def _blames_key(body: ErrorBody) -> bool:
    # A bad key is an INVALID_ARGUMENT, as a bad field is. The reason tells them apart.
    return (
        body.status == "UNAUTHENTICATED"
        or any(reason.startswith(_BAD_KEY_REASONS) for reason in body.reasons)
        or (body.status == "INVALID_ARGUMENT" and body.mentions(_BAD_KEY_WORDS))
    )
