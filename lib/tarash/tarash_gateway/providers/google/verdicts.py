"""How Google's jobs end badly: operations, interactions, and what their filters say.

Source: googleapis/googleapis, google/rpc/code.proto, 2026, for the numbers; for the filter,
ai.google.dev/gemini-api/docs/video, 2026, and googleapis/js-genai, issue 1272, 2026-01.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import (
    AuthenticationError,
    GenerationCancelledError,
    GenerationFailedError,
    TarashException,
    ValidationError,
)
from . import words as words

# Within an operation these words mean the filter too; in a 400 they may name a field.
_FILTER_WORDS: Final = (*words.GUIDELINES, "safety", "blocked")


def of_operation(error: Mapping[str, Any], raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a finished job.

    It is the end of a job that existed, so it is never one that a submission is sent again for.

    Args:
        error: ``{"code": ..., "message": ...}``, with a number of google.rpc as its code.
        raw: The whole reply.
    """
    said = words.read(error, raw)
    status = _job_status(error.get("code"), said.status)
    return _of_job(attrs.evolve(said, status=status, text=said.text or "no reason was given"))


def _job_status(code: object, name: str) -> str:
    """Return the name of a job's RPC status.

    >>> _job_status(8, ""), _job_status("urn:x", ""), _job_status(99, ""), _job_status(429, "")
    ('RESOURCE_EXHAUSTED', '', 'UNKNOWN', 'RESOURCE_EXHAUSTED')
    """
    # type(), because True is an int. Interactions have texts as codes: no table explains them.
    if type(code) is not int:
        return name
    return words.CODES.get(code) or name or words.STATUS.get(code, "UNKNOWN")


def filtered(reasons: object, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a job whose videos were all held back.

    Args:
        reasons: ``raiMediaFilteredReasons``, sentences; anything else is no reason.
        raw: The whole reply.
    """
    return words.moderation(reasons_of(reasons) or "the filter gave no reason", raw)


def reasons_of(reasons: object) -> str:
    """Return the filter's sentences as one text."""
    items = reasons if isinstance(reasons, list) else []
    return " ".join(item.strip() for item in items if isinstance(item, str))


def cancelled(reason: str, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that somebody cancelled.

    Args:
        reason: Google's words, or ours.
        raw: The whole reply.
    """
    message = (
        f"the job was cancelled at Google ({words.short(reason)}); submit it anew if it is wanted"
    )
    return GenerationCancelledError(message=message, raw_response=raw)


def _of_job(said: words.Said) -> TarashException:
    shown, raw = words.short(said.text), said.raw
    filtering = _FILTER_WORDS if said.status in {"INVALID_ARGUMENT", ""} else ("support code",)
    if said.mentions(filtering):
        return words.moderation(said.text, raw)
    refused = words.forbidden(said) or words.used_up(said)
    if refused is not None:
        return refused
    match said.status:
        case "CANCELLED":
            return cancelled(said.text, raw)
        case "INVALID_ARGUMENT" | "NOT_FOUND" | "FAILED_PRECONDITION":
            message = f"Google refused the job ({shown}); correct what it names"
            return ValidationError(message=message, raw_response=raw)
        case "UNAUTHENTICATED":
            message = f"Google no longer knows the key or the token ({shown}); check it"
            return AuthenticationError(message=message, raw_response=raw)
        case "UNAVAILABLE" | "RESOURCE_EXHAUSTED":
            message = f"Google had no capacity for the job ({shown}); submit it anew later"
            return GenerationFailedError(message=message, raw_response=raw)
        case _:
            message = f"the job failed on Google's side ({shown}); submit it anew"
            return GenerationFailedError(message=message, raw_response=raw)
