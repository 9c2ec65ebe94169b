"""Google's error replies as ours: what is refused, and what decides nothing.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026; docs.cloud.google.com, Vertex AI's
"API errors" and "Error code 429", 2026; googleapis/googleapis, google/rpc/code.proto, 2026.
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
from . import words as words
from .words import Said

# Google knows no such reply; gateways in front of it do.
_PAYMENT_REQUIRED: Final = 402
# Google's words are "API key not valid. Please pass a valid API key."; gateways send one half.
_BAD_KEY_WORDS: Final = (
    "api key not valid",
    "pass a valid api key",
    "api key expired",
    "api key not found",
    "invalid api key",
)
_BAD_KEY_REASONS: Final = ("API_KEY_", "ACCESS_TOKEN_", "CREDENTIALS_")
# HTTP statuses that mean one thing, whatever name of an RPC status stands in the body.
_FIRM: Final = frozenset({413, 414, 415, 429})
# Nothing was decided: google.rpc maps CANCELLED to 499, and gateways send both.
_UNDECIDED: Final = frozenset({408, 499})
_ANSWERED: Final = 200
_SERVER_ERROR: Final = 500


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: of the exchange always, for a failed job is a 200.

    A reply that decides nothing (1xx, 408, 499, 5xx) is an `HTTPError` with that status whatever
    its body says: a job may exist although the body names ``RESOURCE_EXHAUSTED``. On a submission
    only the ``Retry-After`` header says that nothing was accepted, and no wait in the body.
    """
    raw = json_of(reply).value_or(None)
    # Sometimes the envelope stands alone in a list.
    body = raw[0] if isinstance(raw, list) and raw else raw
    error = body.get("error") if isinstance(body, dict) else None
    said = words.read(
        error if isinstance(error, dict) else {"message": error}, raw or text_of(reply)
    )
    wait = retry_after(reply)
    undecided = _is_undecided(reply.status)
    named = said.status in words.KNOWN and reply.status not in _FIRM
    known = attrs.evolve(
        said,
        status=said.status if named else words.STATUS.get(reply.status, ""),
        text=said.text or text_of(reply) or "no reason was given",
        wait=said.wait if wait is None and not (undecided and to == "submit") else wait,
    )
    error = _http(known, reply.status) if undecided else _of_exchange(known, reply.status)
    return Refusal(error=error)


def _is_undecided(http: int) -> bool:
    return http < _ANSWERED or http in _UNDECIDED or http >= _SERVER_ERROR


def _of_exchange(said: Said, http: int) -> TarashException:
    return _blamed(said) or words.forbidden(said) or words.used_up(said) or _refused(said, http)


def _blamed(said: Said) -> TarashException | None:
    if said.status == "INVALID_ARGUMENT" and said.mentions(words.GUIDELINES):
        return words.moderation(said.text, said.raw)
    if not _blames_key(said):
        return None
    message = f"Google does not know the key or the token ({words.short(said.text)}); check it"
    return AuthenticationError(message=message, raw_response=said.raw)


def _refused(said: Said, http: int) -> TarashException:
    shown, raw = words.short(said.text), said.raw
    if said.status == "RESOURCE_EXHAUSTED":
        message = f"Google asks to slow down ({shown}); try again later"
        return RateLimitError(message=message, retry_after=said.wait, raw_response=raw)
    if http == _PAYMENT_REQUIRED:
        message = f"the account has no credit left ({shown}); top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if said.status == "INVALID_ARGUMENT":
        message = f"Google refused the request ({shown}); correct what it names"
        return ValidationError(message=message, raw_response=raw)
    if said.status == "FAILED_PRECONDITION":
        message = f"Google does not serve this account ({shown}); check its region and billing"
        return AuthenticationError(message=message, raw_response=raw)
    if said.status == "NOT_FOUND":
        message = f"Google has no such model, job or file ({shown}); check the model id"
        return NotFoundError(message=message, raw_response=raw)
    return _http(said, http)


def _http(said: Said, http: int) -> TarashException:
    message = f"Google answered HTTP {http} ({words.short(said.text)}); try again later"
    return HTTPError(
        message=message, status_code=http, retry_after=said.wait, raw_response=said.raw
    )


def _blames_key(said: Said) -> bool:
    # A bad key is an INVALID_ARGUMENT like a bad field: its reason tells.
    return (
        said.status == "UNAUTHENTICATED"
        or any(reason.startswith(_BAD_KEY_REASONS) for reason in said.reasons)
        or (said.status == "INVALID_ARGUMENT" and said.mentions(_BAD_KEY_WORDS))
    )
