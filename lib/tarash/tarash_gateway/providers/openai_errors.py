"""Error bodies of OpenAI and of Azure OpenAI as our errors: by their codes, then by status.

Source: wire/openai.md, section 3; wire/azure-openai.md, section 4, which has four shapes more.
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

_MODERATED: Final = (
    "moderation",
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
)
_MODERATED_WORDS: Final = ("moderation", "safety", "content management policy")
_CREDIT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_CREDIT_WORDS: Final = ("exceeded your current quota", "check your plan and billing")
_MISSING: Final = frozenset({"model_not_found", "deploymentnotfound"})
_MISSING_WORDS: Final = ("does not exist", "deprecated", "retired", "no longer available")
_WRONG_KEY: Final = "invalid_api_key"
_NOT_READY: Final = ("not ready", "not completed", "still processing")
_SHOWN: Final = 300


@attrs.frozen(kw_only=True)
class _Body:
    """What an error says, whatever its shape; codes and types in lower case."""

    codes: tuple[str, ...] = ()
    text: str = ""
    has_code: bool = False
    raw: Any = attrs.field(default=None, hash=False)


def failure(title: str, target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means.

    Args:
        title: The provider's name, for messages.
        target: Who was asked.
        reply: The reply.
        to: What it replies to.
    """
    body = _body(reply)
    if to == "collect" and reply.status < 500 and _says(body, _NOT_READY):  # noqa: PLR2004 - HTTP
        return Refusal(error=_http(title, reply, body), of="too_early")
    if _is_moderated(body, words=reply.status in {400, 422}) and reply.status in range(400, 500):
        return Refusal(error=_moderation(title, body), of="exchange" if to == "submit" else "job")
    return Refusal(error=_of_exchange(title, target, reply, to, body))


def of_job(title: str, error: object, payload: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that failed.

    Args:
        title: The provider's name, for messages.
        error: What the job says of it: an object with a code, a word, or nothing.
        payload: The whole reply.
    """
    source = error if isinstance(error, dict) else {"code": error}
    body = _said(source, payload, fallback="no reason was given")
    if _is_moderated(body, words=True):
        return _moderation(title, body)
    code = f" ({body.codes[0]})" if body.has_code else ""
    return GenerationFailedError(
        message=f"the job failed at {title}{code}: {body.text[:_SHOWN]}; submit it anew",
        raw_response=payload,
    )


def _body(reply: HttpResponse) -> _Body:
    raw = json_of(reply).value_or(None)
    shown = text_of(reply)
    if not isinstance(raw, dict):
        return _Body(text=raw if isinstance(raw, str) else shown, raw=shown if raw is None else raw)
    inner = raw.get("error")
    # Azure's jobs API and its gateway leave the wrapper out.
    source = inner if isinstance(inner, dict) else raw
    return _said(source, raw, fallback=inner if isinstance(inner, str) and inner else shown)


def _said(source: Mapping[str, Any], raw: Any, fallback: str) -> _Body:
    inner = source.get("innererror") or source.get("inner_error")
    code, message = source.get("code"), source.get("message")
    inner_code = inner.get("code") if isinstance(inner, dict) else None
    codes = tuple(_word(word) for word in (code, inner_code, source.get("type")))
    return _Body(
        codes=tuple(word for word in codes if word),
        text=message if isinstance(message, str) and message else fallback,
        has_code=bool(codes[0]),
        raw=raw,
    )


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _says(body: _Body, words: tuple[str, ...]) -> bool:
    text = body.text.lower()
    return any(word in text for word in words)


def _is_moderated(body: _Body, *, words: bool) -> bool:
    if any(mark in code for code in body.codes for mark in _MODERATED):
        return True
    # A code that names something else is believed: prose may mention anything.
    return words and not body.has_code and _says(body, _MODERATED_WORDS)


def _moderation(title: str, body: _Body) -> TarashException:
    said = body.text[:_SHOWN]
    return ContentModerationError(
        message=f"{title} refused the content: {said}; change the prompt or the images",
        raw_response=body.raw,
    )


def _of_exchange(
    title: str, target: Target, reply: HttpResponse, to: ReplyTo, body: _Body
) -> TarashException:
    said, raw, status = body.text[:_SHOWN], body.raw, reply.status
    if status == 401 or _WRONG_KEY in body.codes:  # noqa: PLR2004 - HTTP
        names = " or ".join(key.text for key in target.provider.keys).replace("$", "")
        message = f"{title} does not take the key ({said}); check {names or 'the key'}"
        return AuthenticationError(message=message, raw_response=raw)
    if status == 402 or (status in {400, 403, 429} and _is_out_of_credit(body)):  # noqa: PLR2004 - HTTP
        message = f"the account at {title} has no quota left ({said}); raise it or top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if status in {404, 410} or (status == 400 and _is_missing(body)):  # noqa: PLR2004 - HTTP
        return NotFoundError(message=_missing(title, to, said), raw_response=raw)
    match status:
        case 403:
            message = f"the key may not do this at {title} ({said}); check its permissions"
            return AuthenticationError(message=message, raw_response=raw)
        case 429:
            message = f"{title} asks to slow down ({said}); try again later"
            return RateLimitError(message=message, retry_after=retry_after(reply), raw_response=raw)
        case 400 | 413 | 415 | 422:
            message = f"{title} refused the request: {said}"
            return ValidationError(message=message, raw_response=raw)
        case _:
            return _http(title, reply, body)


def _is_out_of_credit(body: _Body) -> bool:
    return not _CREDIT.isdisjoint(body.codes) or _says(body, _CREDIT_WORDS)


def _is_missing(body: _Body) -> bool:
    about_a_model = _says(body, ("model", "deployment")) and _says(body, _MISSING_WORDS)
    return not _MISSING.isdisjoint(body.codes) or about_a_model


def _missing(title: str, to: ReplyTo, said: str) -> str:
    if to == "submit":
        return f"{title} knows no such model or path ({said}); check the model and base_url"
    return f"{title} does not have the job ({said}): it expired, or another account made it"


def _http(title: str, reply: HttpResponse, body: _Body) -> TarashException:
    return HTTPError(
        message=f"{title} answered HTTP {reply.status}: {body.text[:_SHOWN]}; try again later",
        status_code=reply.status,
        retry_after=retry_after(reply),
        raw_response=body.raw,
    )
