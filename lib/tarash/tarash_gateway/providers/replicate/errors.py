"""Replicate's error bodies and failed predictions as our errors.

Source: wire/replicate.md, section 3: body shapes (3.1), statuses (3.2), rate limits (3.3), failed
predictions (3.4).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import (
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
from ...http.messages import HttpResponse
from ...http.reading import json_of, retry_after, text_of
from ..base import Refusal, ReplyTo, Target
from ..kit import seconds_or_none

_SHOWN: Final = 300
_BAD_VERSION: Final = "invalid version"
# Surely moderation, also where a validation message merely speaks of "safety": section 3.4.
_FLAGGED: Final = ("flagged as sensitive", "(e005)")
_MODERATION: Final = (
    *_FLAGGED,
    "nsfw",
    "safety",
    "content policy",
    "content moderation",
    "sensitive",
    "prohibited",
    "violat",
)
_PLATFORM: Final = re.compile(r"\be1000\b")
_MEMORY: Final = re.compile(r"\be1001\b|out of memory|cuda")
_WEBHOOK: Final = re.compile(r"\be4875\b")
_PASSING: Final = re.compile(
    r"\b(?:e6716|e8765|e9243|e9825|e003)\b"
    r"|interrupted; please retry|high demand|temporarily unavailable|rate limit"
)
_RESETS: Final = re.compile(r"~(\d{1,6}(?:\.\d{1,6})?)\s*s\b")


@attrs.frozen(kw_only=True)
class _Body:
    """What an error body says, whatever its shape."""

    title: str = ""
    text: str = ""
    retry_after: float | None = None
    is_json: bool = False
    raw: Any = attrs.field(default=None, hash=False)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: never the end of a job, whose own status tells that."""
    body = _body(reply)
    match reply.status:
        case 400 | 413 | 414 | 415 | 422:
            error = _of_refusal(body)
        case 404:
            error = _missing(target, body, to)
        case 429:
            error = _too_many(reply, body)
        case _:
            error = _of_account(reply, body)
    return Refusal(error=error)


def of_prediction(prediction: Mapping[str, Any]) -> TarashException:
    """Return the error of a prediction whose status is ``failed``: by its text, section 3.4."""
    given = prediction.get("error")
    text = given if isinstance(given, str) else ""
    lowered, said = text.lower(), text.strip()[:_SHOWN] or "no reason given"
    if any(word in lowered for word in _MODERATION):
        return _moderation(said, prediction)
    if _PLATFORM.search(lowered):
        advice = "Replicate had an unknown fault; try again once"
    elif _MEMORY.search(lowered):
        advice = "the model ran out of memory; ask for less, the same input fails again"
    elif _WEBHOOK.search(lowered):
        message = f"Replicate refused the prediction: {said}; give no empty webhook"
        return ValidationError(message=message, raw_response=prediction)
    elif _PASSING.search(lowered):
        advice = "the model was not available; try again later"
    else:
        advice = "see the logs in raw_response"
    message = f"the prediction failed: {said}; {advice}"
    return GenerationFailedError(message=message, raw_response=prediction)


def of_end(status: str, prediction: Mapping[str, Any]) -> TarashException:
    """Return the error of a prediction that was stopped.

    ``aborted`` is the passing of a deadline in the queue: nothing ran and nothing is charged, so
    another try costs nothing twice. ``canceled`` is its owner's wish, or a deadline that passed
    while it ran, which is charged: neither is a reason to pay for another one.

    Source: replicate.com/docs/topics/predictions/lifecycle, 2026-11.
    """
    if status == "aborted":
        message = "the prediction was aborted before it started, which costs nothing; try again"
        return GenerationFailedError(message=message, raw_response=prediction)
    message = "the prediction was canceled, by its owner or by a time limit; generate again"
    return GenerationCancelledError(message=message, raw_response=prediction)


def _body(reply: HttpResponse) -> _Body:
    raw = json_of(reply).value_or(None)
    if not isinstance(raw, dict):
        return _Body(text=text_of(reply), raw=raw or text_of(reply))
    texts = [raw.get(name) for name in ("detail", "error", "title")]
    text = next((t.strip() for t in texts if isinstance(t, str) and t.strip()), text_of(reply))
    title = raw.get("title")
    return _Body(
        title=title if isinstance(title, str) else "",
        text=_invalid(raw.get("invalid_fields")) or text,
        retry_after=seconds_or_none(raw.get("retry_after")),
        is_json=True,
        raw=raw,
    )


def _invalid(fields: object) -> str:
    """Return what ``invalid_fields`` says: section 3.1."""
    items = fields if isinstance(fields, list) else []
    return "; ".join(
        f"{_word(item, 'field')}: {_word(item, 'description') or _word(item, 'type')}"
        for item in items
        if isinstance(item, dict)
    )


def _word(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def _of_refusal(body: _Body) -> TarashException:
    said = body.text[:_SHOWN]
    if _BAD_VERSION in body.title.lower():
        message = f"Replicate knows no such version ({said}); check the part after ':' in model"
        return NotFoundError(message=message, raw_response=body.raw)
    if any(word in body.text.lower() for word in _FLAGGED):
        return _moderation(said, body.raw)
    message = f"Replicate refused the request: {said}; change what it names"
    return ValidationError(message=message, raw_response=body.raw)


def _moderation(said: str, raw: Any) -> TarashException:
    message = f"Replicate refused the content: {said}; change the prompt or the images"
    return ContentModerationError(message=message, raw_response=raw)


def _missing(target: Target, body: _Body, to: ReplyTo) -> TarashException:
    said, model = body.text[:_SHOWN], target.config.model
    if to != "submit":
        message = f"Replicate knows no such prediction ({said}); it may belong to another account"
    elif ":" in model or model.count("/") != 1 or target.config.provider_config.get("deployment"):
        message = f"Replicate knows no such model or deployment ({said}); check its name"
    else:
        # Community models answer under their version only: section 2.2.
        message = (
            f"Replicate has no official model of this name ({said}); check it, or give a "
            f"community model with its version: {model}:<version>"
        )
    return NotFoundError(message=message, raw_response=body.raw)


def _too_many(reply: HttpResponse, body: _Body) -> TarashException:
    return RateLimitError(
        message=f"Replicate asks to slow down ({body.text[:_SHOWN]}); try again later",
        retry_after=_wait(reply, body),
        raw_response=body.raw,
    )


def _wait(reply: HttpResponse, body: _Body) -> float | None:
    """Return seconds to wait, out of the first of the four places that has them: section 3.3."""
    asked = retry_after(reply)
    if asked is not None:
        return asked
    if body.retry_after is not None:
        return body.retry_after
    named = _RESETS.search(body.text)
    reset = reply.headers.get("ratelimit-reset", "").strip()
    if named is not None:
        return float(named[1])
    return float(reset) if reset.isascii() and reset.isdigit() and len(reset) < 7 else None  # noqa: PLR2004 - below twelve days


def _of_account(reply: HttpResponse, body: _Body) -> TarashException:
    said = body.text[:_SHOWN]
    match reply.status:
        case 401:
            message = f"Replicate does not know the token ({said}); check REPLICATE_API_TOKEN"
            return AuthenticationError(message=message, raw_response=body.raw)
        case 402:
            message = f"the Replicate account has no credit ({said}); buy some and wait a little"
            return InsufficientCreditsError(message=message, raw_response=body.raw)
        case 403 if body.is_json:
            message = f"the token may not do this ({said}); check who may use the model"
            return AuthenticationError(message=message, raw_response=body.raw)
        case _:
            # The front end answers in HTML, and that says nothing of the token.
            return HTTPError(
                message=f"Replicate answered HTTP {reply.status}: {said}",
                status_code=reply.status,
                retry_after=retry_after(reply),
                raw_response=body.raw,
            )
