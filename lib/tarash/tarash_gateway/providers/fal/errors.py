"""fal's error bodies as our errors: by their types, never by the status alone.

Sources: https://fal.ai/docs/errors and https://fal.ai/docs/documentation/model-apis/request-errors
(2026) for the types; issue threads of fal-ai/fal-js and fal-ai/fal (2025, 2026) for accounts.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ...exceptions import (
    GenerationCancelledError,
    GenerationFailedError,
    TarashException,
    ValidationError,
)
from ...http.messages import HttpResponse
from ..base import Refusal, ReplyTo, Target
from ..errors import ErrorWords, error_for, http_error, moderation
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
_WORDS: Final = ErrorWords(
    title="fal",
    key="FAL_KEY",
    missing="endpoint or request",
    advice={404: "check the model id", 414: "shorten fal_webhook"},
    refused=frozenset({400, 422}),
    # Veo endpoints refuse in words, under another type: issue threads of fal-ai/fal-js (2025).
    moderation=("safety", "content policy", "moderation", "nsfw", "sensitive"),
    credit=("balance", "top_up", "top up"),
    credit_statuses=frozenset({403}),
    # A lock without a balance is somebody's decision: no money opens it.
    not_credit=("admin lock",),
)
_TOO_EARLY: Final = "still in progress"
# An error without a type that names the status of the result: the result's reply says more.
_SEE_RESULT: Final = re.compile(r"status code:? 4\d\d", re.IGNORECASE)
# In a reply to a collect, these statuses are about the key, the account or the moment, not the job.
_OF_THE_EXCHANGE: Final = frozenset({401, 402, 403, 404, 408, 425, 429})
_CLIENT_CLOSED: Final = 499
_SERVER_ERROR: Final = 500


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means.

    A reply to ``collect`` with the model's or the platform's complaint is the job's own end; any
    other is the exchange's: asked again, it may answer better. A job that was cancelled is over,
    whatever the reply belongs to.
    """
    body = of_reply(reply)
    if to == "submit":
        return Refusal(error=_of_exchange(reply, body))
    if _TOO_EARLY in body.text.lower():
        return Refusal(error=http_error(_WORDS, reply.status, body), of="too_early")
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
    refused = reply.status in _WORDS.refused and body.mentions(_WORDS.moderation)
    # 499 is a proxy's word as well: only one that speaks of a cancel is about the job.
    cancelled = reply.status == _CLIENT_CLOSED and body.mentions(("cancel",))
    return body.spoken and (refused or cancelled)


def of_completed(payload: Mapping[str, Any]) -> TarashException | None:
    """Return the error of a completed job, or None if it made something.

    None also where the result's reply says more than the status does.
    """
    kind, error = text_or_none(payload.get("error_type")), payload.get("error")
    if not error and not kind:
        return None
    if not kind and isinstance(error, str) and _SEE_RESULT.search(error):
        return None
    return of_failed(payload)


def of_failed(payload: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that a poll calls failed."""
    return _of_result(None, of_payload(payload))


def of_no_video(payload: Any, problem: str = "fal's result has no video") -> TarashException:
    """Return the error of a finished job whose result, HTTP 200, is not a video.

    Args:
        payload: The result's JSON.
        problem: What is wrong with it.
    """
    body = of_payload(payload) if isinstance(payload, dict) else Body(raw=payload)
    if body.spoken:
        return _of_result(None, body)
    return GenerationFailedError(
        message=f"the job is finished, but {problem}: ask fal with the request id, or try another "
        "model",
        raw_response=payload,
    )


def is_too_early(payload: Any) -> bool:
    """Tell whether a result's JSON says that the job still runs."""
    return isinstance(payload, dict) and _TOO_EARLY in of_payload(payload).text.lower()


# Errors.


def _of_result(status: int | None, body: Body) -> TarashException:
    kinds = {*body.types, body.platform_type}
    server_error = status is not None and status >= _SERVER_ERROR
    if kinds & _CANCELLED_TYPES or status == _CLIENT_CLOSED:
        return _cancelled(body)
    # Words decide only where nothing better does: a crash may mention "safety" too.
    wordy = not server_error and body.platform_type not in _PLATFORM_TYPES
    if _MODERATION_TYPE in kinds or (wordy and body.mentions(_WORDS.moderation)):
        return moderation(_WORDS, body)
    if body.platform_type is not None and body.platform_type != "bad_request" and not body.types:
        message = f"the job failed on fal's side, {body.platform_type} ({body.shown}): try again"
        return GenerationFailedError(message=message, raw_response=body.raw)
    of_the_job = server_error or set(body.types) & _FAILED_TYPES or not (body.types or status)
    if of_the_job and body.platform_type != "bad_request":
        return _failed(body)
    message = f"fal refused the request ({body.shown}): correct what it names"
    return ValidationError(message=message, raw_response=body.raw)


def _failed(body: Body) -> TarashException:
    message = f"the job failed at fal ({body.shown}): try again, or another model"
    return GenerationFailedError(message=message, raw_response=body.raw)


def _cancelled(body: Body) -> TarashException:
    kind = body.platform_type or "HTTP 499"
    message = f"the job was cancelled at fal, {kind} ({body.shown}): submit it anew if it is wanted"
    return GenerationCancelledError(message=message, raw_response=body.raw)


def _of_exchange(reply: HttpResponse, body: Body) -> TarashException:
    if reply.status in _WORDS.refused:
        if _MODERATION_TYPE in body.types or body.mentions(_WORDS.moderation):
            return moderation(_WORDS, body)
        if set(body.types) & _FAILED_TYPES:
            return _failed(body)
    return error_for(_WORDS, reply.status, body)
