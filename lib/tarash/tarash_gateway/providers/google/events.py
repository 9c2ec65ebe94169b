"""The events about a job of Gemini Omni, which `GET .../interactions/{id}?stream=true` sends.

Source: googleapis/python-genai, google/genai/_gaos/types/interactions/interactionsseevent.py and
google/genai/_gaos/models/getinteractionbyid.py, 3.6.1, 2026-11. No public recording of a video's
events is known, so that whatever is not as described ends the listening.
"""

from collections.abc import Mapping
from typing import Any, Final

from returns.result import Failure, Success

from ...exceptions import UnexpectedReplyError
from ...http.events import Event
from ...http.messages import HttpResponse
from ...http.reading import object_of
from ...outcome import Outcome
from .. import kit
from ..base import Heard, Job, Progress, Target

# The states of an interaction.
WORDS: Final[Mapping[str, kit.Standing]] = {
    "queued": "queued",
    "completed": "completed",
    "failed": "failed",
    "incomplete": "failed",
    "requires_action": "failed",
    "requires_continuation": "failed",
    "budget_exceeded": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


def heard(target: Target, job: Job, event: Event) -> Outcome[Heard]:
    """Return what an event means. One about a step, or of an unknown type, only shows life.

    Errors:
        UnexpectedReplyError: The event is not as described.
    """
    if event.data.strip() == "[DONE]":
        # The official client reads no further either.
        return Success(Heard(news=True))
    return object_of(HttpResponse(status=200, body=event.data.encode())).bind(_meaning)


def _meaning(payload: dict[str, Any]) -> Outcome[Heard]:
    kind, place = payload.get("event_type"), payload.get("event_id")
    after = place if isinstance(place, str) else ""
    match kind:
        case "interaction.created":
            return _status(payload.get("interaction"), payload, after)
        case "interaction.status_update":
            return _status(payload, payload, after)
        case "interaction.completed" | "interaction.cancelled" | "error":
            return Success(Heard(news=True))
        case str():
            return Success(Heard(place=after))
        case _:
            message = "an event of Google's has no type"
            return Failure(UnexpectedReplyError(message=message, raw_response=payload))


def _status(told: object, payload: dict[str, Any], after: str) -> Outcome[Heard]:
    status = told.get("status") if isinstance(told, dict) else None
    if not isinstance(status, str):
        message = "an event of Google's about a job has no status"
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    match kit.standing(status, WORDS):
        case "queued" | "processing" as running:
            return Success(Heard(progress=Progress(status=running, raw=payload), place=after))
        case _:
            return Success(Heard(news=True))
