"""The errors of Google's jobs: failed operations and interactions, and filtered videos.

Source: googleapis/googleapis, google/rpc/code.proto, 2026, for the numbers; for the filter,
ai.google.dev/gemini-api/docs/video, 2026, and googleapis/js-genai, issue 1272, 2026-01.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import GenerationCancelledError, GenerationFailedError, TarashException
from ..errors import Complaint, error_for
from . import words

# In a failed job these words also mean the filter. In a 400 they may be part of a field's name.
_FILTER_WORDS: Final = (*words.GUIDELINES, "safety", "blocked")


def of_operation(error: Mapping[str, Any], raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a finished job.

    The job existed, so the error never causes its submission to be sent again.

    Args:
        error: ``{"code": ..., "message": ...}``. The code is a number of google.rpc.
        raw: The whole reply.
    """
    body = words.read(error, raw)
    status = _job_status(error.get("code"), body.status)
    return _of_job(attrs.evolve(body, status=status))


def _job_status(code: object, name: str) -> str:
    """Return the name of a job's RPC status.

    >>> _job_status(8, ""), _job_status("urn:x", ""), _job_status(99, ""), _job_status(429, "")
    ('RESOURCE_EXHAUSTED', '', 'UNKNOWN', 'RESOURCE_EXHAUSTED')
    """
    # type(), because True is an int. An interaction's code is a text that Google does not document.
    if type(code) is not int:
        return name
    return words.CODES.get(code) or name or words.STATUS.get(code, "UNKNOWN")


def of_filter(reasons: object, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a job whose videos were all withheld by the filter.

    Args:
        reasons: ``raiMediaFilteredReasons``, a list of sentences. Other values are ignored.
        raw: The whole reply.
    """
    return words.moderation(Complaint(text=reasons_of(reasons), raw=raw))


def reasons_of(reasons: object) -> str:
    """Return the filter's sentences as one text."""
    items = reasons if isinstance(reasons, list) else []
    return " ".join(item.strip() for item in items if isinstance(item, str))


def of_cancel(body: Complaint) -> TarashException:
    """Return the error of a job that was cancelled."""
    message = f"the job was cancelled at Google ({body.shown}): submit it again if you want it"
    return GenerationCancelledError(message=message, raw_response=body.raw)


def _of_job(body: words.ErrorBody) -> TarashException:
    filtering = _FILTER_WORDS if body.status in {"INVALID_ARGUMENT", ""} else ("support code",)
    if body.mentions(filtering):
        return words.moderation(body)
    account = words.account(body)
    if account is not None:
        return account
    match body.status:
        case "CANCELLED":
            return of_cancel(body)
        case "INVALID_ARGUMENT" | "NOT_FOUND" | "FAILED_PRECONDITION":
            return error_for(words.GOOGLE, 400, body)
        case "UNAUTHENTICATED":
            return error_for(words.GOOGLE, 401, body)
        case "UNAVAILABLE" | "RESOURCE_EXHAUSTED":
            message = f"Google had no capacity for the job ({body.shown}): submit it again later"
        case _:
            message = f"the job failed at Google ({body.shown}): submit it again"
    return GenerationFailedError(message=message, raw_response=body.raw)
