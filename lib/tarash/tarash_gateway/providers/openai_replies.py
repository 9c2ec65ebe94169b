"""Replies of OpenAI's Videos API, at OpenAI and at servers that speak its dialect.

Source: wire/openai.md: sections 2.1 (the video object), 2.2 (the life of a job) and 4.3 (what the
reply tells).
"""

import re
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ..messages import HttpResponse
from ..outcome import Outcome
from ..reading import read, retry_after
from ..response import StatusType
from . import common, openai_errors
from .base import Job, Polled, Progress, Ready, Target, Video
from .measures import aspect_ratio_of, resolution_of, result_bytes, seconds_or_none


@attrs.frozen
class _Seen:
    status: str


_ENDED: Final = frozenset({"failed", "cancelled", "canceled", "expired"})
_SIZE: Final = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
_TOLD: Final = frozenset({"id", "object", "status", "progress", "seconds", "size", "error"})


def accepted(title: str, target: Target, reply: HttpResponse) -> Outcome[Job]:
    """Return the job that a reply to the submission accepts.

    Errors:
        UnexpectedReplyError: The reply has no id.
    """
    return common.created(title, reply).map(lambda found: Job(id=found[0], wait=_wait(reply)))


def _wait(reply: HttpResponse) -> float | None:
    """Return the seconds that ``openai-poll-after-ms`` asks for, or None: section 2.2."""
    millis = reply.headers.get("openai-poll-after-ms", "")
    return retry_after(HttpResponse(status=200, headers={"retry-after-ms": millis}))


def polled(title: str, target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return where a job stands.

    Errors:
        GenerationFailedError: It failed.
        ContentModerationError: Its content was refused.
        UnexpectedReplyError: The reply has no status.
    """
    return read(reply, _Seen).bind(lambda found: _state(title, job, reply, *found))


def _state(
    title: str, job: Job, reply: HttpResponse, seen: _Seen, payload: dict[str, Any]
) -> Outcome[Polled]:
    if seen.status == "completed":
        return Success(Ready(job=common.with_reply(job, payload), raw=payload))
    if seen.status in _ENDED:
        error = payload.get("error") or (None if seen.status == "failed" else seen.status)
        return Failure(openai_errors.of_job(title, error, payload))
    # An unknown word means "still running", until the deadline.
    status: StatusType = "queued" if seen.status == "queued" else "processing"
    percent = payload.get("progress")
    return Success(
        Progress(status=status, percent=_percent(percent), raw=payload, wait=_wait(reply))
    )


def _percent(value: object) -> float | None:
    """Return a percentage, or None for anything else.

    >>> _percent(33), _percent(10**400), _percent(True), _percent("33")
    (33.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004
        return None
    return float(value)


def collected(title: str, target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the video that a download brings.

    Errors:
        UnexpectedReplyError: The reply is no video.
    """
    payload = dict(job.told)
    width, height = _sides(payload.get("size"))
    return result_bytes(title, reply).map(
        lambda video: Video(
            request_id=job.id,
            video=video,
            content_type=video.content_type,
            duration=_seconds(payload.get("seconds")),
            resolution=resolution_of(width, height),
            aspect_ratio=aspect_ratio_of(width, height),
            metadata={
                name: value
                for name, value in payload.items()
                if name not in _TOLD and value is not None
            },
            raw=payload,
        )
    )


def _seconds(value: object) -> float | None:
    """Return a length that is a text, or a number at some servers.

    >>> _seconds("8"), _seconds(8), _seconds("soon")
    (8.0, 8.0, None)
    """
    try:
        return seconds_or_none(float(value) if isinstance(value, str) else value)
    except ValueError:
        return None


def _sides(value: object) -> tuple[int, int] | tuple[None, None]:
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    return (int(found[1]), int(found[2])) if found else (None, None)
