"""fal's error bodies as our errors: by their types, never by the status alone.

Sources: https://fal.ai/docs/errors and https://fal.ai/docs/documentation/model-apis/request-errors
(2026) for the types; issue threads of fal-ai/fal-js and fal-ai/fal (2025, 2026) for accounts;
vercel/ai:packages/fal/src/fal-error.test.ts (2026) for ``{"error": {"message": ...}}``.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import attrs
from returns.result import safe

from ...exceptions import (
    GenerationCancelledError,
    GenerationFailedError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from ...http.messages import HttpResponse
from ..base import Refusal, ReplyTo, Target
from ..errors import Complaint, ErrorWords, complaint_of, error_for, http_error, moderation

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
# Source: https://fal.ai/docs, "Concurrency limits" (2026).
_CROWDED: Final = "concurrent_requests_limit"
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


@attrs.frozen(kw_only=True)
class _Body(Complaint):
    """What an error says, whatever its shape.

    Attributes:
        types: Types of the model's complaints.
        platform_type: The platform's type, or None.
        spoken: Whether it is a JSON object that names a complaint: fal's own answer.
    """

    types: tuple[str, ...] = ()
    platform_type: str | None = None
    spoken: bool = False


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means.

    A reply to ``collect`` with the model's or the platform's complaint is the job's own end; any
    other is the exchange's: asked again, it may answer better. A job that was cancelled is over,
    whatever the reply belongs to.
    """
    body = _read_reply(reply)
    if to == "submit":
        return Refusal(error=_of_exchange(reply, body))
    if _TOO_EARLY in body.text.lower():
        return Refusal(error=http_error(_WORDS, reply.status, body), of="too_early")
    if body.platform_type in _CANCELLED_TYPES:
        return Refusal(error=_cancellation(body), of="job")
    if to == "collect" and _is_verdict(reply, body):
        return Refusal(error=_of_result(reply.status, body), of="job")
    return Refusal(error=_of_exchange(reply, body))


def _is_verdict(reply: HttpResponse, body: _Body) -> bool:
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
    kind, error = _text(payload.get("error_type")), payload.get("error")
    if not kind and (not error or (isinstance(error, str) and _SEE_RESULT.search(error))):
        return None
    return of_failed(payload)


def of_failed(payload: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that a poll calls failed."""
    return _of_result(None, _read(payload))


def of_no_video(payload: Any, problem: str = "fal's result has no video") -> TarashException:
    """Return the error of a finished job whose result, HTTP 200, is not a video."""
    body = _read(payload)
    if body.spoken:
        return _of_result(None, body)
    return GenerationFailedError(
        message=f"the job is finished, but {problem}: ask fal with the request id, or try another "
        "model",
        raw_response=payload,
    )


def is_too_early(payload: Any) -> bool:
    """Tell whether a result's JSON says that the job still runs."""
    return _TOO_EARLY in _read(payload).text.lower()


def _of_result(status: int | None, body: _Body) -> TarashException:
    kinds = {*body.types, body.platform_type}
    server_error = status is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if kinds & _CANCELLED_TYPES or status == _CLIENT_CLOSED:
        return _cancellation(body)
    # Words decide only where nothing better does: a crash may mention "safety" too.
    wordy = not server_error and body.platform_type not in _PLATFORM_TYPES
    if _MODERATION_TYPE in kinds or (wordy and body.mentions(_WORDS.moderation)):
        return moderation(_WORDS, body)
    if body.platform_type != "bad_request":
        if body.platform_type is not None and not body.types:
            message = (
                f"the job failed on fal's side, {body.platform_type} ({body.shown}): try again"
            )
            return GenerationFailedError(message=message, raw_response=body.raw)
        if server_error or set(body.types) & _FAILED_TYPES or not (body.types or status):
            return _job_failure(body)
    message = f"fal refused the request ({body.shown}): correct what it names"
    return ValidationError(message=message, raw_response=body.raw)


def _job_failure(body: _Body) -> TarashException:
    message = f"the job failed at fal ({body.shown}): try again, or another model"
    return GenerationFailedError(message=message, raw_response=body.raw)


def _cancellation(body: _Body) -> TarashException:
    kind = body.platform_type or "HTTP 499"
    message = f"the job was cancelled at fal, {kind} ({body.shown}): submit it anew if it is wanted"
    return GenerationCancelledError(message=message, raw_response=body.raw)


def _of_exchange(reply: HttpResponse, body: _Body) -> TarashException:
    if reply.status in _WORDS.refused:
        if _MODERATION_TYPE in body.types or body.mentions(_WORDS.moderation):
            return moderation(_WORDS, body)
        if set(body.types) & _FAILED_TYPES:
            return _job_failure(body)
    error = error_for(_WORDS, reply.status, body)
    if isinstance(error, RateLimitError) and _CROWDED in {*body.types, body.platform_type}:
        return attrs.evolve(error, concurrent=True)
    return error


def _read_reply(reply: HttpResponse) -> _Body:
    complaint = complaint_of(reply, lambda raw: _read(raw).text)
    raw = complaint.raw if isinstance(complaint.raw, dict) else {}
    # A type within an error object may be a proxy's: under an error status only fal's own counts.
    kind = _text(raw.get("error_type")) or _text(reply.headers.get("x-fal-error-type"))
    return attrs.evolve(
        _read(complaint.raw), platform_type=kind, text=complaint.text, wait=complaint.wait
    )


def _read(raw: Any) -> _Body:
    """Return what a JSON value says about an error; only an object says something."""
    named = raw if isinstance(raw, dict) else {}
    detail, error = named.get("detail"), named.get("error")
    kind = _text(named.get("error_type"))
    items = [*_items(detail), *_items(error)]
    texts = ("; ".join(map(_item_words, items)), _words_of(detail), _words_of(error))
    return _Body(
        types=tuple(str(item.get("type", "")) for item in items),
        platform_type=kind or _type_within(error) or _type_within(detail),
        text=next(filter(None, texts), _text(named.get("status")) or ""),
        raw=raw,
        spoken=bool(detail or error or kind),
    )


def _items(listed: object) -> list[dict[str, Any]]:
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _type_within(value: object) -> str | None:
    named = value if isinstance(value, dict) else {}
    return _text(named.get("error_type")) or _text(named.get("type"))


def _item_words(item: Mapping[str, Any]) -> str:
    loc = item.get("loc")
    path = ".".join(str(part) for part in loc if part != "body") if isinstance(loc, list) else ""
    message = str(item.get("msg", "no message"))
    return f"{path}: {message}" if path else message


_dump = safe(exceptions=(ValueError, RecursionError))(json.dumps)


def _words_of(value: object) -> str:
    if not value or isinstance(value, str):
        return _text(value) or ""
    named = value if isinstance(value, dict) else {}
    texts = (_text(named.get(name)) for name in ("message", "msg", "detail"))
    shown = _dump(value, ensure_ascii=False).value_or("an error that cannot be shown")
    return next(filter(None, texts), shown)
