"""fal's error bodies as our errors: by their types, never by the status alone.

Sources: https://fal.ai/docs/errors and https://fal.ai/docs/documentation/model-apis/request-errors
(2026) for the types; issue threads of fal-ai/fal-js and fal-ai/fal (2025, 2026) for accounts.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

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
from ...http.reading import retry_after
from ..base import Refusal, ReplyTo, Target
from .bodies import Body, of_payload, of_reply, text_or_none

_CANCELLED_TYPES: Final = frozenset({"client_disconnected", "client_cancelled"})
# Types of the platform that blame its own machines.
_PLATFORM_TYPES: Final = frozenset(
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
# Veo endpoints refuse in words, under another type: seen in issue threads.
_MODERATION_WORDS: Final = ("safety", "content policy", "moderation", "nsfw", "sensitive")
_BALANCE_WORDS: Final = ("balance", "top_up", "top up")
# A lock without a balance is somebody's decision: no money opens it.
_ADMIN_LOCK: Final = "admin lock"
_TOO_EARLY: Final = "still in progress"
# An error without a type that names the status of the result: the result's reply says more.
_SEE_RESULT: Final = re.compile(r"status code:? 4\d\d", re.IGNORECASE)
# What these statuses say of a collect is about the key, the account, or the moment.
_OF_THE_EXCHANGE: Final = frozenset({401, 402, 403, 404, 408, 425, 429})
_REFUSED: Final = frozenset({400, 422})
_CLIENT_CLOSED: Final = 499
_SERVER_ERROR: Final = 500
_SHOWN: Final = 300


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means.

    A reply to ``collect`` with the model's or the platform's complaint is the job's own end; any
    other is the exchange's: asked again, it may answer better. That a job was cancelled ends it,
    whoever is told.
    """
    body = of_reply(reply)
    if to == "submit":
        return Refusal(error=_of_exchange(reply, body))
    if _TOO_EARLY in body.text.lower():
        return Refusal(error=_http(reply, body), of="too_early")
    if body.platform_type in _CANCELLED_TYPES:
        return Refusal(error=_cancelled(body), of="job")
    if to == "collect" and _is_verdict(reply, body):
        return Refusal(error=_of_result(reply.status, body), of="job")
    return Refusal(error=_of_exchange(reply, body))


def _is_verdict(reply: HttpResponse, body: Body) -> bool:
    if reply.status in _OF_THE_EXCHANGE:
        return False
    if body.types or body.platform_type is not None:
        return True
    # Without a type, a single 400 or 422 may be a stray; one that speaks of the content is not.
    refused = reply.status in _REFUSED and _speaks_of_moderation(body)
    # 499 is a proxy's word as well: only one that speaks of a cancel is about the job.
    cancelled = reply.status == _CLIENT_CLOSED and _says(body.text, ("cancel",))
    return body.spoken and (refused or cancelled)


def of_completed(payload: Mapping[str, Any]) -> TarashException | None:
    """Return the error of a completed job, or None if it made something.

    None also where the result's reply says more than the status does.
    """
    kind, said = text_or_none(payload.get("error_type")), payload.get("error")
    if not said and not kind:
        return None
    if not kind and isinstance(said, str) and _SEE_RESULT.search(said):
        return None
    return of_failed(payload)


def of_failed(payload: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that a poll calls failed."""
    return _of_result(None, of_payload(payload))


def of_no_video(payload: Any, problem: str = "fal's result has no video") -> TarashException:
    """Return the error of a finished job whose result, HTTP 200, is no video.

    Args:
        payload: The result's JSON.
        problem: What is wrong with it.
    """
    body = of_payload(payload) if isinstance(payload, dict) else Body(raw=payload)
    if body.spoken:
        return _of_result(None, body)
    return GenerationFailedError(
        message=f"the job is finished, but {problem}: the model made none; ask fal with the "
        "request id, or try another model",
        raw_response=payload,
    )


def is_too_early(payload: Any) -> bool:
    """Tell whether a result's JSON says that the job still runs."""
    return isinstance(payload, dict) and _TOO_EARLY in of_payload(payload).text.lower()


# Errors.


def _of_result(status: int | None, body: Body) -> TarashException:
    said = body.text[:_SHOWN] or "no reason was given"
    kinds = {*body.types, body.platform_type}
    server_error = status is not None and status >= _SERVER_ERROR
    if kinds & _CANCELLED_TYPES or status == _CLIENT_CLOSED:
        return _cancelled(body)
    # Words decide only where nothing better does: a crash may mention "safety" too.
    wordy = not server_error and body.platform_type not in _PLATFORM_TYPES
    if _MODERATION_TYPE in kinds or (wordy and _speaks_of_moderation(body)):
        return _moderation(body)
    if body.platform_type == "bad_request":
        return ValidationError(message=f"fal refused the job: {said}", raw_response=body.raw)
    if body.platform_type is not None and not body.types:
        message = f"the job failed on fal's side ({body.platform_type}): {said}"
        return GenerationFailedError(message=message, raw_response=body.raw)
    if server_error or set(body.types) & _FAILED_TYPES or not (body.types or status):
        return GenerationFailedError(message=f"the job failed: {said}", raw_response=body.raw)
    return ValidationError(message=f"fal refused the request: {said}", raw_response=body.raw)


def _speaks_of_moderation(body: Body) -> bool:
    return _says(body.text, _MODERATION_WORDS)


def _cancelled(body: Body) -> TarashException:
    said = body.text[:_SHOWN]
    message = f"the job was cancelled ({body.platform_type or 'HTTP 499'}): {said}"
    return GenerationCancelledError(message=message, raw_response=body.raw)


def _moderation(body: Body) -> TarashException:
    said = body.text[:_SHOWN]
    return ContentModerationError(
        message=f"fal refused the content: {said}; change the prompt or the images",
        raw_response=body.raw,
    )


def _of_exchange(reply: HttpResponse, body: Body) -> TarashException:
    said, raw = body.text[:_SHOWN], body.raw
    match reply.status:
        case 401:
            message = f"fal does not know the key ({said}); check FAL_KEY"
            return AuthenticationError(message=message, raw_response=raw)
        case 402 | 403 if reply.status == 402 or _is_about_balance(body):  # noqa: PLR2004 - HTTP
            message = f"the fal account has no balance ({said}); top it up"
            return InsufficientCreditsError(message=message, raw_response=raw)
        case 403:
            message = f"the key may not do this ({said}); check the account's permissions"
            return AuthenticationError(message=message, raw_response=raw)
        case 404:
            message = f"fal knows no such endpoint or request ({said}); check the model id"
            return NotFoundError(message=message, raw_response=raw)
        case 413 | 414 | 415:
            return _of_media(reply.status, said, raw)
        case 429:
            message = f"fal asks to slow down ({said}); try again later"
            return RateLimitError(message=message, retry_after=retry_after(reply), raw_response=raw)
        case 400 | 422:
            return _of_refusal(body, said)
        case _:
            return _http(reply, body)


def _is_about_balance(body: Body) -> bool:
    return _says(body.text, _BALANCE_WORDS) and not _says(body.text, (_ADMIN_LOCK,))


_REMEDIES: Final = {
    413: "the request is too large: give images and videos as URLs",
    414: "the URL is too long: shorten fal_webhook",
    415: "a format is not supported: give another kind of image, video or sound",
}


def _of_media(status: int, said: str, raw: Any) -> TarashException:
    message = f"fal refused the request with HTTP {status} ({said}); {_REMEDIES[status]}"
    return ValidationError(message=message, raw_response=raw)


def _of_refusal(body: Body, said: str) -> TarashException:
    if _MODERATION_TYPE in body.types or _speaks_of_moderation(body):
        return _moderation(body)
    if set(body.types) & _FAILED_TYPES:
        return GenerationFailedError(message=f"the job failed: {said}", raw_response=body.raw)
    return ValidationError(message=f"fal refused the request: {said}", raw_response=body.raw)


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for word in words)


def _http(reply: HttpResponse, body: Body) -> TarashException:
    return HTTPError(
        message=f"fal answered HTTP {reply.status}: {body.text[:_SHOWN]}",
        status_code=reply.status,
        retry_after=retry_after(reply),
        raw_response=body.raw,
    )
