"""Runway's error bodies and failure codes as our errors.

Sources: https://docs.dev.runwayml.com/errors/errors/ and
https://docs.dev.runwayml.com/errors/task-failures/ (2026).
"""

from collections.abc import Mapping
from http import HTTPStatus
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
from ..errors import Complaint, ErrorWords, complaint_of, error_for, message_of

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
_DAILY: Final = ("daily task limit",)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: of the exchange always, for a failed task is a 200."""
    complaint = complaint_of(reply, _text)
    raw = complaint.raw if isinstance(complaint.raw, dict) else {}
    # An issue may name the field contentModeration, which is not a moderation.
    names_fields = bool(_issues(raw)) or message_of(raw).lower().startswith(
        "validation of body failed"
    )
    is_daily = reply.status == HTTPStatus.TOO_MANY_REQUESTS and complaint.mentions(_DAILY)
    advice = "wait until tomorrow" if is_daily else None
    complaint = attrs.evolve(complaint, names_fields=names_fields)
    return Refusal(error=error_for(_WORDS, reply.status, complaint, advice))


def _text(raw: Mapping[str, Any]) -> str:
    """Return the issues as ``path: message``, else the error's words."""
    return "; ".join(map(_issue, _issues(raw))) or message_of(raw)


def _issues(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    issues = raw.get("issues")
    return [i for i in issues if isinstance(i, dict)] if isinstance(issues, list) else []


def _issue(issue: Mapping[str, Any]) -> str:
    path, text = issue.get("path"), issue.get("message")
    place = f"{'.'.join(map(str, path))}: " if isinstance(path, list) and path else ""
    return place + (text if isinstance(text, str) and text else "no message")


def of_task(task: Mapping[str, Any]) -> TarashException:
    """Return the error of a task that failed, by its ``failureCode``."""
    code, text = task.get("failureCode"), task.get("failure")
    name = code if isinstance(code, str) and code else "no code"
    complaint = Complaint(text=text if isinstance(text, str) else "")
    kind: type[TarashException] = GenerationFailedError
    if "SAFETY" in name.upper():
        kind, happened = ContentModerationError, "Runway refused the content"
        advice = "change the prompt or the media"
    elif name.upper().startswith("ASSET."):
        kind, happened = ValidationError, "Runway cannot use an image or a video of the request"
        advice = "change the medium"
    elif name.upper().startswith("THIRD_PARTY"):
        happened, advice = "Runway cannot reach the model's own provider", "try again later"
    else:
        happened, advice = "the job failed on Runway's side", "try again, or with another input"
    message = f"{happened} ({name}: {complaint.shown}): {advice}"
    return kind(message=message, raw_response=task)
