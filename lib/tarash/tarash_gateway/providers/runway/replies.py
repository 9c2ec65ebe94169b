"""Runway's replies: tasks that are accepted, wait, run, and end.

Source: the types of runwayml/sdk-python 5.24.0, src/runwayml/types/task_retrieve_response.py and
src/runwayml/resources/tasks.py, 2026-11.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...exceptions import GenerationCancelledError, GenerationFailedError
from ...http.messages import HttpResponse
from ...http.reading import read
from ...outcome import Outcome
from ...values.attempts import Cancellation
from ...values.media import clip_type
from .. import kit
from ..base import Job, Polled, Progress, Target, Video
from . import errors as runway_errors


@attrs.frozen
class _Task:
    status: str


# A throttled task is accepted, and waits for the account's concurrency.
_STATUS: Final[Mapping[str, kit.Standing]] = {
    "pending": "queued",
    "throttled": "queued",
    "succeeded": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


def accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    """Return the task that a 2xx reply to a submission accepts; only its id is read."""
    return kit.created("Runway", reply).map(lambda found: Job(id=found.value))


def polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return where a task stands; a reply without a status is an `UnexpectedReplyError`."""
    return read(reply, _Task).bind(lambda found: _state(job, found.value.status, found.payload))


def _state(job: Job, status: str, payload: dict[str, Any]) -> Outcome[Polled]:
    match kit.standing(status, _STATUS):
        case "completed":
            return _video(job, payload)
        case "failed":
            return Failure(runway_errors.of_task(payload))
        case "cancelled":
            message = "the job was cancelled at Runway: submit it anew"
            return Failure(GenerationCancelledError(message=message, raw_response=payload))
        case running:
            progress = kit.percent(payload.get("progress"), whole=1)
            return Success(Progress(status=running, percent=progress, raw=payload))


def _video(job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    output = payload.get("output")
    items = output if isinstance(output, list) else [output]
    for place, item in enumerate(items):
        video = kit.result_video("Runway", item, payload).value_or(None)
        if video is None:
            continue
        others = [*items[:place], *items[place + 1 :]]
        known = {"id", "status", "output"}
        more = {name: value for name, value in payload.items() if name not in known}
        return Success(
            Video(
                request_id=job.id,
                video=video,
                # `outputFormat` may ask for other files than MP4.
                content_type=clip_type(video),
                metadata=more | ({"other_outputs": others} if others else {}),
                raw=payload,
            )
        )
    # Polling again would not change that.
    message = "Runway finished the job without a video, see raw_response: try again"
    return Failure(GenerationFailedError(message=message, raw_response=payload))


def cancelled(reply: HttpResponse) -> Cancellation:
    """Read the answer to a DELETE: the same one whether it cancelled a task or deleted a video.

    Only the status of the task before the DELETE shows which of the two it was.
    """
    return "confirmed" if reply.status == HTTPStatus.NO_CONTENT else "failed"
