"""Runway's error bodies and failure codes as our errors.

Source: wire/runway.md, section 4: HTTP errors (4.1), failed tasks (4.2), and the bodies of 6.9
to 6.14.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import (
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
from ...http.messages import HttpResponse
from ...http.reading import json_of, retry_after, text_of
from ..base import Refusal, ReplyTo, Target

# Missing credits are a 400 like any wrong input: only the words differ.
_CREDIT_WORDS: Final = ("enough credits", "insufficient credits", "out of credits")
_MODERATION_WORDS: Final = ("moderation", "safety", "flagged", "content policy")
_VALIDATION: Final = "validation of body failed"
_DAILY: Final = "daily task limit"
_PAYMENT_REQUIRED: Final = 402
_REFUSALS: Final = frozenset({400, 403})
_SHOWN: Final = 300


@attrs.frozen(kw_only=True)
class _Body:
    """What an error body says.

    Attributes:
        text: The issues as ``path: message``, else the error's words.
        is_validation: Whether it objects to fields by their names.
        raw: The JSON, or the text that is none.
    """

    text: str
    is_validation: bool = False
    raw: Any = attrs.field(default=None, hash=False)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: of the exchange always, for a failed task is a 200."""
    return Refusal(error=_of_exchange(reply, _body(reply)))


def of_task(code: object, text: object, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a task that failed: section 4.2.

    Args:
        code: ``failureCode``; anything but a string is unknown.
        text: ``failure``, Runway's words for logs.
        raw: The task.
    """
    name = code.upper() if isinstance(code, str) else ""
    said = _said(code if name else "no code", text)
    if "SAFETY" in name:
        message = f"Runway refused the content {said}; change the prompt or the media"
        return ContentModerationError(message=message, raw_response=raw)
    if name.startswith("ASSET."):
        message = f"Runway cannot use an image or a video of the request {said}; change the medium"
        return ValidationError(message=message, raw_response=raw)
    if name.startswith("THIRD_PARTY"):
        message = f"the model's own provider is not available to Runway {said}; try again later"
        return GenerationFailedError(message=message, raw_response=raw)
    message = f"the job failed on Runway's side {said}; try again, or with another input"
    return GenerationFailedError(message=message, raw_response=raw)


def _said(code: object, text: object) -> str:
    words = text[:_SHOWN] if isinstance(text, str) and text.strip() else "no reason was given"
    return f"({code}: {words.strip()})"


def _body(reply: HttpResponse) -> _Body:
    raw = json_of(reply).value_or(None)
    if not isinstance(raw, dict):
        return _Body(text=text_of(reply) or "no body", raw=raw or text_of(reply))
    issues = raw.get("issues")
    items = [i for i in issues if isinstance(i, dict)] if isinstance(issues, list) else []
    words = _words(raw)
    return _Body(
        text="; ".join(map(_issue, items)) or words or text_of(reply),
        is_validation=bool(items) or words.lower().startswith(_VALIDATION),
        raw=raw,
    )


def _words(raw: Mapping[str, Any]) -> str:
    """Return the error's words: of ``error``, of an object in it, or of the old ``message``."""
    inner = raw.get("error")
    nested = inner.get("message") if isinstance(inner, dict) else inner
    return next((text for text in (nested, raw.get("message")) if isinstance(text, str)), "")


def _issue(issue: Mapping[str, Any]) -> str:
    path, said = issue.get("path"), issue.get("message")
    place = ".".join(map(str, path)) if isinstance(path, list) else ""
    words = said if isinstance(said, str) and said else "no message"
    return f"{place}: {words}" if place else words


def _of_exchange(reply: HttpResponse, body: _Body) -> TarashException:
    said, raw = body.text[:_SHOWN], body.raw
    match reply.status:
        case _ if _lacks_credit(reply.status, body):
            message = f"the Runway account has no credits left ({said}); buy credits"
            return InsufficientCreditsError(message=message, raw_response=raw)
        case 400 | 409 | 413 | 414 | 415 | 422:
            return _of_refusal(body, said)
        case 401:
            message = f"Runway does not know the key ({said}); check RUNWAYML_API_SECRET"
            return AuthenticationError(message=message, raw_response=raw)
        case 403:
            message = f"the key may not do this ({said}); check the account's permissions"
            return AuthenticationError(message=message, raw_response=raw)
        case 404:
            message = f"Runway knows no such task or endpoint ({said}); check the id and the model"
            return NotFoundError(message=message, raw_response=raw)
        case 429:
            advice = "wait until tomorrow" if _DAILY in said.lower() else "try again later"
            message = f"Runway asks to slow down ({said}); {advice}"
            return RateLimitError(message=message, retry_after=retry_after(reply), raw_response=raw)
        case _:
            return HTTPError(
                message=f"Runway answered HTTP {reply.status}: {said}",
                status_code=reply.status,
                retry_after=retry_after(reply),
                raw_response=raw,
            )


def _lacks_credit(status: int, body: _Body) -> bool:
    return status == _PAYMENT_REQUIRED or (
        status in _REFUSALS and not body.is_validation and _says(body, _CREDIT_WORDS)
    )


def _of_refusal(body: _Body, said: str) -> TarashException:
    # An issue may name the field contentModeration: that is no moderation.
    if not body.is_validation and _says(body, _MODERATION_WORDS):
        message = f"Runway refused the content ({said}); change the prompt or the media"
        return ContentModerationError(message=message, raw_response=body.raw)
    message = f"Runway refused the request ({said}); correct what it names"
    return ValidationError(message=message, raw_response=body.raw)


def _says(body: _Body, words: tuple[str, ...]) -> bool:
    text = body.text.lower()
    return any(word in text for word in words)
