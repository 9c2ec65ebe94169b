"""Runway's error bodies and failure codes as our errors.

Sources: https://docs.dev.runwayml.com/errors/errors/ and
https://docs.dev.runwayml.com/errors/task-failures/ (2026).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import (
    ContentModerationError,
    GenerationFailedError,
    TarashException,
    ValidationError,
)
from ...http.messages import HttpResponse
from ..base import Refusal, ReplyTo, Target
from ..errors import ErrorWords, complaint_of, error_for, message_of

_WORDS: Final = ErrorWords(
    title="Runway",
    key="RUNWAYML_API_SECRET",
    missing="task or endpoint",
    advice={402: "buy credits"},
    refused=frozenset({400, 409, 413, 414, 415, 422}),
    moderation=("moderation", "safety", "flagged", "content policy"),
    # Missing credits are a 400 like any wrong input: only the words differ.
    credit=("enough credits", "insufficient credits", "out of credits"),
    credit_statuses=frozenset({400, 403}),
)
_VALIDATION: Final = "validation of body failed"
_DAILY: Final = ("daily task limit",)
_RATE_LIMIT: Final = 429
_SHOWN: Final = 300


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: of the exchange always, for a failed task is a 200."""
    complaint = complaint_of(reply, _text)
    raw = complaint.raw if isinstance(complaint.raw, dict) else {}
    # An issue may name the field contentModeration, which is not a moderation.
    names_fields = bool(_issues(raw)) or message_of(raw).lower().startswith(_VALIDATION)
    complaint = attrs.evolve(complaint, names_fields=names_fields)
    is_daily = reply.status == _RATE_LIMIT and complaint.mentions(_DAILY)
    advice = "wait until tomorrow" if is_daily else None
    return Refusal(error=error_for(_WORDS, reply.status, complaint, advice))


def _text(raw: Mapping[str, Any]) -> str:
    """Return the issues as ``path: message``, else the error's words."""
    return "; ".join(map(_issue, _issues(raw))) or message_of(raw)


def _issues(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    issues = raw.get("issues")
    return [i for i in issues if isinstance(i, dict)] if isinstance(issues, list) else []


def _issue(issue: Mapping[str, Any]) -> str:
    path, text = issue.get("path"), issue.get("message")
    place = ".".join(map(str, path)) if isinstance(path, list) else ""
    words = text if isinstance(text, str) and text else "no message"
    return f"{place}: {words}" if place else words


def of_task(code: object, text: object, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a task that failed.

    Args:
        code: ``failureCode``; anything but a string is unknown.
        text: ``failure``, Runway's words for logs.
        raw: The task.
    """
    name = code.upper() if isinstance(code, str) else ""
    words = text[:_SHOWN] if isinstance(text, str) and text.strip() else "no reason was given"
    reason = f"({code if name else 'no code'}: {words.strip()})"
    if "SAFETY" in name:
        message = f"Runway refused the content {reason}: change the prompt or the media"
        return ContentModerationError(message=message, raw_response=raw)
    if name.startswith("ASSET."):
        message = (
            f"Runway cannot use an image or a video of the request {reason}: change the medium"
        )
        return ValidationError(message=message, raw_response=raw)
    if name.startswith("THIRD_PARTY"):
        message = f"Runway cannot reach the model's own provider {reason}: try again later"
        return GenerationFailedError(message=message, raw_response=raw)
    message = f"the job failed on Runway's side {reason}: try again, or with another input"
    return GenerationFailedError(message=message, raw_response=raw)
