"""Replicate's error bodies and failed predictions as our errors.

Sources: replicate.com/docs, "Error codes" and "Rate limits" (2026); recorded traffic in
replicate/replicate-python:tests/cassettes (2023-07 to 2024-10).
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import attrs

from ...exceptions import (
    GenerationCancelledError,
    GenerationFailedError,
    NotFoundError,
    TarashException,
    ValidationError,
)
from ...http.messages import HttpResponse
from ..base import Refusal, ReplyTo, Target
from ..errors import (
    Complaint,
    ErrorWords,
    complaint_of,
    error_for,
    http_error,
    message_of,
    moderation,
)
from ..kit import seconds_or_none

_WORDS: Final = ErrorWords(
    title="Replicate",
    key="REPLICATE_API_TOKEN",
    missing="prediction",
    advice={
        402: "buy some and wait a few minutes",
        404: "check its id, it may belong to another account",
    },
    # Surely moderation, while a validation message may merely mention "safety".
    moderation=("flagged as sensitive", "(e005)"),
)
# Where a prediction failed, these mean moderation too.
_MODERATION: Final = (
    *_WORDS.moderation,
    "nsfw",
    "safety",
    "content policy",
    "content moderation",
    "sensitive",
    "prohibited",
    "violat",
)
_LEAST_TIME: Final = re.compile(r"~(\d{1,6}(?:\.\d{1,6})?)\s*s\b")
# At most six digits: below twelve days.
_RESET: Final = re.compile(r"\s*([0-9]{1,6})\s*")
_WEBHOOK: Final = re.compile(r"\be4875\b")
# What the text of a failed prediction means, in lower case, and what to do about it.
# Source: replicate.com/docs, "Error codes" (2026), and issue threads for the words.
_ADVICE: Final = (
    (re.compile(r"\be1000\b"), "Replicate had an unknown fault: try again once"),
    (
        re.compile(r"\be1001\b|out of memory|cuda"),
        "the model ran out of memory: ask for less, the same input fails again",
    ),
    (
        re.compile(
            r"\b(?:e6716|e8765|e9243|e9825|e003)\b"
            r"|interrupted; please retry|high demand|temporarily unavailable|rate limit"
        ),
        "the model was not available: try again later",
    ),
)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: never the end of a job, which its own status reports."""
    complaint, status = complaint_of(reply, _text), reply.status
    raw = complaint.raw if isinstance(complaint.raw, dict) else {}
    if status in _WORDS.refused and "invalid version" in _word(raw, "title").lower():
        message = (
            f"Replicate has no such version ({complaint.shown}): check the part after ':' in model"
        )
        return Refusal(error=NotFoundError(message=message, raw_response=raw))
    if status == HTTPStatus.NOT_FOUND and to == "submit":
        return Refusal(error=_missing(target, complaint))
    if status == HTTPStatus.FORBIDDEN and not isinstance(complaint.raw, dict):
        # The front end answers in HTML, which says nothing about the token.
        return Refusal(error=http_error(_WORDS, status, complaint))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        complaint = attrs.evolve(complaint, wait=_wait(reply, complaint, raw))
    return Refusal(error=error_for(_WORDS, status, complaint))


def _text(raw: Mapping[str, Any]) -> str:
    """Return the fields that ``invalid_fields`` names, else the error's words."""
    fields = raw.get("invalid_fields")
    items = fields if isinstance(fields, list) else []
    named = "; ".join(
        f"{_word(item, 'field')}: {_word(item, 'description') or _word(item, 'type')}"
        for item in items
        if isinstance(item, dict)
    )
    return named or message_of(raw)


def _word(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def _missing(target: Target, complaint: Complaint) -> TarashException:
    model = target.config.model
    if ":" in model or model.count("/") != 1 or target.config.provider_config.get("deployment"):
        message = f"Replicate has no such model or deployment ({complaint.shown}): check its name"
    else:
        # Community models answer under their version only.
        message = (
            f"Replicate has no official model of this name ({complaint.shown}): check it, or give "
            f"a community model with its version: {model}:<version>"
        )
    return NotFoundError(message=message, raw_response=complaint.raw)


def _wait(reply: HttpResponse, complaint: Complaint, raw: Mapping[str, Any]) -> float | None:
    """Return the seconds to wait, from the first of the four places that has them.

    Source: replicate.com/docs, "Rate limits" (2026).
    """
    asked = seconds_or_none(raw.get("retry_after")) if complaint.wait is None else complaint.wait
    if asked is not None:
        return asked
    reset = reply.headers.get("ratelimit-reset", "")
    found = _LEAST_TIME.search(complaint.text) or _RESET.fullmatch(reset)
    return float(found[1]) if found else None


def of_prediction(prediction: Mapping[str, Any]) -> TarashException:
    """Return the error of a prediction whose status is ``failed``, by its text."""
    given = prediction.get("error")
    complaint = Complaint(text=given if isinstance(given, str) else "", raw=prediction)
    if complaint.mentions(_MODERATION):
        return moderation(_WORDS, complaint)
    lowered = complaint.text.lower()
    if _WEBHOOK.search(lowered):
        message = (
            f"Replicate refused the prediction ({complaint.shown}): do not give an empty webhook"
        )
        return ValidationError(message=message, raw_response=prediction)
    matching = (advice for words, advice in _ADVICE if words.search(lowered))
    advice = next(matching, "see the logs in raw_response")
    message = f"the prediction failed ({complaint.shown}): {advice}"
    return GenerationFailedError(message=message, raw_response=prediction)


def of_end(status: str, prediction: Mapping[str, Any]) -> TarashException:
    """Return the error of a prediction that was stopped.

    ``aborted`` means that a deadline passed in the queue: nothing ran and nothing is charged, so
    another try does not pay twice. ``canceled`` means that its owner cancelled it, or that a
    deadline passed while it ran, which is charged: neither is a reason to pay for another one.

    Source: https://replicate.com/docs/topics/predictions/lifecycle (2026-11).
    """
    if status == "aborted":
        message = "the prediction was aborted before it started, which costs nothing: try again"
        return GenerationFailedError(message=message, raw_response=prediction)
    message = "the prediction was canceled, by its owner or by a time limit: generate again"
    return GenerationCancelledError(message=message, raw_response=prediction)
