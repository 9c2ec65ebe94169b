"""fal's error bodies as our errors: by their types, never by the status alone.

Source: wire/fal.md, section 3: body shapes (3.1), platform errors (3.2), model errors (3.3),
authentication, balance and rate (3.4).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ..exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from ..messages import HttpResponse
from ..reading import json_of, retry_after, text_of
from .base import Refusal, ReplyTo, Target

PLATFORM_TYPES: Final = frozenset(
    {
        "request_timeout",
        "startup_timeout",
        "runner_scheduling_failure",
        "runner_connection_timeout",
        "runner_disconnected",
        "runner_connection_refused",
        "runner_connection_error",
        "runner_incomplete_response",
        "runner_server_error",
        "client_disconnected",
        "client_cancelled",
        "bad_request",
        "internal_error",
    }
)
# Types of the model that blame the job and not the request.
_FAILED_TYPES: Final = frozenset(
    {
        "internal_server_error",
        "generation_timeout",
        "downstream_service_error",
        "downstream_service_unavailable",
        "no_media_generated",
    }
)
_MODERATION_TYPE: Final = "content_policy_violation"
# Veo endpoints refuse in words, under another type: section 3.3.
_MODERATION_WORDS: Final = ("safety", "content policy", "moderation", "nsfw", "sensitive")
_BALANCE_WORDS: Final = ("user is locked", "balance", "top_up", "top up")
_TOO_EARLY: Final = "still in progress"
_SHOWN: Final = 300


@attrs.frozen(kw_only=True)
class _Body:
    """What an error body says, whatever its shape."""

    types: tuple[str, ...] = ()
    platform_type: str | None = None
    text: str = ""
    raw: Any = attrs.field(default=None, hash=False)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means.

    A reply to ``collect`` with the model's or the platform's error type is the job's own end; any
    other is the exchange's: asked again, it may answer better.
    """
    body = _body(reply)
    if to != "submit" and _TOO_EARLY in body.text.lower():
        return Refusal(error=_http(reply, body), of="too_early")
    if to == "collect" and (body.types or body.platform_type in PLATFORM_TYPES):
        return Refusal(error=_of_result(reply, body), of="job")
    return Refusal(error=_of_exchange(reply, body))


def of_job(error_type: str, text: str, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that the platform gave up."""
    if error_type == "bad_request":
        return ValidationError(message=f"fal refused the job: {text}", raw_response=raw)
    return GenerationFailedError(
        message=f"the job failed on fal's side ({error_type}): {text}", raw_response=raw
    )


def _body(reply: HttpResponse) -> _Body:
    raw = json_of(reply).value_or(None)
    header = reply.headers.get("x-fal-error-type")
    if not isinstance(raw, dict):
        return _Body(platform_type=header, text=text_of(reply), raw=raw or text_of(reply))
    detail = raw.get("detail")
    items = [item for item in detail if isinstance(item, dict)] if isinstance(detail, list) else []
    kind = raw.get("error_type")
    return _Body(
        types=tuple(str(item.get("type", "")) for item in items),
        platform_type=kind if isinstance(kind, str) else header,
        text="; ".join(map(_item_text, items)) or _plain_text(raw, detail) or text_of(reply),
        raw=raw,
    )


def _item_text(item: Mapping[str, Any]) -> str:
    loc = item.get("loc")
    path = ".".join(str(part) for part in loc if part != "body") if isinstance(loc, list) else ""
    said = str(item.get("msg", "no message"))
    return f"{path}: {said}" if path else said


def _plain_text(raw: Mapping[str, Any], detail: object) -> str:
    inner = raw.get("error")
    nested = inner.get("message") if isinstance(inner, dict) else inner
    for text in (detail, nested, raw.get("status")):
        if isinstance(text, str) and text:
            return text
    return ""


def _moderated(body: _Body) -> bool:
    text = body.text.lower()
    return _MODERATION_TYPE in body.types or any(word in text for word in _MODERATION_WORDS)


def _of_result(reply: HttpResponse, body: _Body) -> TarashException:
    said = body.text[:_SHOWN]
    if _moderated(body):
        return _moderation(body)
    if body.platform_type in PLATFORM_TYPES and not body.types:
        return of_job(body.platform_type or "", said, body.raw)
    if reply.status >= 500 or set(body.types) & _FAILED_TYPES:  # noqa: PLR2004 - HTTP
        return GenerationFailedError(message=f"the job failed: {said}", raw_response=body.raw)
    return ValidationError(message=f"fal refused the request: {said}", raw_response=body.raw)


def _moderation(body: _Body) -> TarashException:
    said = body.text[:_SHOWN]
    return ContentModerationError(
        message=f"fal refused the content: {said}; change the prompt or the images",
        raw_response=body.raw,
    )


def _of_exchange(reply: HttpResponse, body: _Body) -> TarashException:
    said, raw = body.text[:_SHOWN], body.raw
    match reply.status:
        case 401:
            message = f"fal does not know the key ({said}); check FAL_KEY"
            return AuthenticationError(message=message, raw_response=raw)
        case 402 | 403 if reply.status == 402 or _says(said, _BALANCE_WORDS):  # noqa: PLR2004
            message = f"the fal account has no balance ({said}); top it up"
            return InsufficientCreditsError(message=message, raw_response=raw)
        case 403:
            message = f"the key may not do this ({said}); check the account's permissions"
            return AuthenticationError(message=message, raw_response=raw)
        case 404:
            message = f"fal knows no such endpoint or request ({said}); check the model id"
            return NotFoundError(message=message, raw_response=raw)
        case 429:
            message = f"fal asks to slow down ({said}); try again later"
            return RateLimitError(message=message, retry_after=retry_after(reply), raw_response=raw)
        case 400 | 422:
            return _of_refusal(body, said)
        case _:
            return _http(reply, body)


def _of_refusal(body: _Body, said: str) -> TarashException:
    if _moderated(body):
        return _moderation(body)
    if set(body.types) & _FAILED_TYPES:
        return GenerationFailedError(message=f"the job failed: {said}", raw_response=body.raw)
    return ValidationError(message=f"fal refused the request: {said}", raw_response=body.raw)


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for word in words)


def _http(reply: HttpResponse, body: _Body) -> TarashException:
    return HTTPError(
        message=f"fal answered HTTP {reply.status}: {body.text[:_SHOWN]}",
        status_code=reply.status,
        retry_after=retry_after(reply),
        raw_response=body.raw,
    )
