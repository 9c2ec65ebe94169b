"""Replies of OpenAI's Videos API, at OpenAI and at servers that speak its dialect.

Source: openai/openai-openapi, openapi.yaml (2026-08-21): ``VideoResource``; openai-python 3.54.0,
resources/videos.py (``openai-poll-after-ms``). For other servers' replies see `shapes`.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from returns.result import Failure, Success

from ...exceptions import UnexpectedReplyError
from ...http.messages import HttpResponse
from ...http.reading import object_of, retry_after
from ...outcome import Outcome
from ...values.media import MediaContent
from .. import kit
from ..base import Accepted, Job, Polled, Progress, Ready, Target, Video
from ..expiry import time_of
from . import errors, shapes

_SIZE: Final = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
# The metadata omits "data": it wraps the job or the video itself, megabytes of text that ``raw``
# contains already.
_REPORTED: Final = frozenset(
    {"id", "object", "status", "progress", "seconds", "size", "error", "data"}
)


def accepted(title: str, target: Target, reply: HttpResponse) -> Outcome[Accepted]:
    """Return the job, or the video, that the reply to a submission contains.

    Some servers make the video before they reply. Their reply is the file, or the URL of the file
    without an id.

    Errors:
        UnexpectedReplyError: The reply has neither an id nor a video.
    """
    name = reply.headers.get("x-request-id") or "unnamed"

    def job_or_video(payload: dict[str, Any]) -> Outcome[Accepted]:
        job = shapes.job_of(payload)
        if job is not None:
            return Success(Job(id=job, wait=_wait(reply)))
        message = f"{title} accepted the job without an id"
        return (
            kit.result_video(title, shapes.video_of(payload), payload)
            .map(lambda video: _video(name, video, payload))
            .alt(lambda _: UnexpectedReplyError(message=message, raw_response=payload))
        )

    whole: Outcome[Accepted] = kit.result_bytes(title, reply).map(
        lambda video: _video(name, video, {})
    )
    return whole.lash(lambda _: object_of(reply).bind(job_or_video))


def _wait(reply: HttpResponse) -> float | None:
    """Return the seconds that ``openai-poll-after-ms`` asks for, or None."""
    millis = reply.headers.get("openai-poll-after-ms", "")
    return retry_after(HttpResponse(status=200, headers={"retry-after-ms": millis}))


def polled(title: str, target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the state of a job.

    Errors:
        GenerationFailedError: The job failed, or finished with an error instead of a video.
        GenerationCancelledError: The job was cancelled.
        ContentModerationError: The content was refused.
        UnexpectedReplyError: The reply does not have a status.
    """
    return state(title, reply, shapes.WORDS, partial(_result, title, target, job))


def state(
    title: str,
    reply: HttpResponse,
    words: Mapping[str, kit.Standing],
    finished: Callable[[dict[str, Any]], Outcome[Polled]],
) -> Outcome[Polled]:
    """Return the state of a job, in either of the two APIs.

    ``words`` are the API's words for a status. ``finished`` reads the JSON of a finished job.
    """

    def read(payload: dict[str, Any]) -> Outcome[Polled]:
        word = shapes.status_of(payload)
        if word is None:
            problem = f"{title}'s reply about the job has no status"
            message = f"{problem}: look at its dashboard for the job"
            return Failure(UnexpectedReplyError(message=message, raw_response=payload))
        match kit.standing(word, words):
            case "completed":
                return finished(payload)
            case "failed" | "cancelled":
                return Failure(errors.of_end(title, payload))
            case running:
                percent = kit.percent(payload.get("progress"))
                wait = _wait(reply)
                return Success(Progress(status=running, percent=percent, raw=payload, wait=wait))

    return object_of(reply).bind(read)


def _result(title: str, target: Target, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    """Return the video that a finished job names, or the job to download it from."""
    named = shapes.video_of(payload)
    error = payload.get("error")
    if named is None and isinstance(error, dict) and (error.get("code") or error.get("message")):
        return Failure(errors.of_end(title, payload))
    ready = Ready(job=kit.with_reply(job, payload), raw=payload)
    # A URL on the server itself needs the key, so the video is downloaded here.
    if named is None or target.owns(named):
        return Success(ready)
    found = kit.result_video(title, named, payload)
    return Success(found.map(lambda video: _video(job.id, video, payload)).value_or(ready))


def collected(title: str, target: Target, job: Job, reply: HttpResponse) -> Outcome[Video]:
    """Return the video that a download contains.

    Errors:
        UnexpectedReplyError: The reply is not a video.
    """
    return kit.result_bytes(title, reply).map(lambda video: _video(job.id, video, dict(job.told)))


def _video(name: str, video: str | MediaContent, payload: Mapping[str, Any]) -> Video:
    size = payload.get("size")
    found = _SIZE.fullmatch(size) if isinstance(size, str) else None
    width, height = (int(found[1]), int(found[2])) if found else (None, None)
    return Video(
        request_id=name,
        video=video,
        content_type=video.content_type if isinstance(video, MediaContent) else None,
        duration=_seconds(payload.get("seconds")),
        resolution=kit.resolution_of(width, height),
        aspect_ratio=kit.aspect_ratio_of(width, height),
        metadata={n: v for n, v in payload.items() if n not in _REPORTED and v is not None},
        raw=payload,
        # openapi.yaml: "Unix timestamp (in seconds) for when the downloadable assets expire".
        expires_at=time_of(payload.get("expires_at")),
    )


def _seconds(value: object) -> float | None:
    """Return a length in seconds. OpenAI sends a text, some servers send a number.

    >>> _seconds("8"), _seconds(8), _seconds("soon")
    (8.0, 8.0, None)
    """
    try:
        return kit.seconds_or_none(float(value) if isinstance(value, str) else value)
    except ValueError:
        return None
