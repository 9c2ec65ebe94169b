"""What fal's replies to a submission, a poll, a collect and a cancel mean.

Sources: fal-ai/fal:projects/fal_client/src/fal_client/client.py and
fal-ai/fal-js:libs/client/src/queue.ts (2026-08), fal.ai/docs, "Queue" and "Cancel a request"
(2026-11).
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from returns.result import Failure, Success

from ...exceptions import GenerationCancelledError, UnexpectedReplyError
from ...http.events import Event
from ...http.messages import HttpResponse
from ...http.reading import json_of, object_of
from ...outcome import Outcome
from ...values.attempts import Cancellation
from ...values.response import StatusType
from ...values.urls import origin
from .. import kit
from ..base import Accepted, Heard, Job, Polled, Progress, Ready, Target, Video
from ..kit import aspect_ratio_of, resolution_of, result_video, seconds_or_none
from ..reports import heard as heard_as
from . import errors as fal_errors
from .lifetime import with_expiry

Purpose: TypeAlias = Literal["poll", "result", "cancel"]

# Endpoint ids of these namespaces keep three segments: fal_client's APP_NAMESPACES.
_NAMESPACES: Final = frozenset({"workflows", "comfy"})
# fal itself sends IN_QUEUE, IN_PROGRESS and COMPLETED only; compatible servers send more.
_STATUS: Final[Mapping[str, kit.Standing]] = {
    "in_queue": "queued",
    "in_progress": "processing",
    "completed": "completed",
    "failed": "failed",
    "error": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
# A result has one of these fields: its video, or the reason why it has no video. A status has none
# of them.
_OF_A_RESULT: Final = frozenset({"response", "video", "videos", "video_url", "error", "detail"})
# What may stand in a URL: a line break or a space would be somebody else's mistake.
_URL: Final = re.compile(r"[!-~]+")


def accepted(target: Target, reply: HttpResponse) -> Outcome[Accepted]:
    """Return the job that fal accepted, or the video where a server answers with it at once.

    Only the id has to be right: the job is paid for even if the rest of the reply is wrong.
    """
    return object_of(reply).bind(partial(_accepted, target, reply))


def _accepted(target: Target, reply: HttpResponse, payload: dict[str, Any]) -> Outcome[Accepted]:
    name = kit.id_of(payload.get("request_id"))
    if name is None:
        message = (
            "fal accepted the job without an id: look at fal's dashboard before you submit again"
        )
        error = UnexpectedReplyError(message=message, raw_response=payload)
        # https://fal.run as base URL, without the queue, answers with the result itself.
        request_id = reply.headers.get("x-fal-request-id", "")
        video = _video(request_id, reply, payload, _file(payload) or {}).map(
            partial(with_expiry, target, reply)
        )
        return video.alt(lambda _: error)
    fields = {"poll": "status_url", "result": "response_url", "cancel": "cancel_url"}
    named = {purpose: payload.get(field) for purpose, field in fields.items()}
    owned = {
        purpose: url
        for purpose, url in named.items()
        # A URL elsewhere would get the key: then the clients' own rule makes the URL instead.
        if isinstance(url, str) and _URL.fullmatch(url) and target.owns(url)
    }
    urls = owned if owned.keys() == fields.keys() else _urls(target, name) | owned
    return Success(Job(id=name, urls=urls))


def url_of(target: Target, job: Job, purpose: Purpose) -> str:
    """Return a URL of the job: as fal named it, else by the rule of fal's own clients."""
    return job.urls.get(purpose) or _urls(target, job.id)[purpose]


def _urls(target: Target, name: str) -> dict[str, str]:
    base = f"{target.base_url}/{job_path(target.config.model)}/requests/{kit.segment(name)}"
    return {"poll": f"{base}/status", "result": base, "cancel": f"{base}/cancel"}


def job_path(model: str) -> str:
    """Return the part of an endpoint id that names its app.

    Source: fal-ai/fal:projects/fal_client/src/fal_client/client.py, ``AppId`` (2026-08).

    >>> job_path("fal-ai/kling-video/v2.6/pro/image-to-video"), job_path("110602490-lcm")
    ('fal-ai/kling-video', '110602490/lcm')
    """
    first, *rest = model.strip("/").split("/")
    owner, dash, name = first.partition("-")
    if dash and owner.isdigit() and name:
        first, rest = owner, [name, *rest]
    return "/".join([first, *rest[: 2 if first in _NAMESPACES else 1]])


def polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return where the job stands; a reply without a status is an `UnexpectedReplyError`."""
    return object_of(reply).bind(partial(_state, job))


def heard(target: Target, job: Job, event: Event) -> Outcome[Heard]:
    """Return what an event means: its data is what a reply to a poll would be."""
    return heard_as(polled(target, job, HttpResponse(status=200, body=event.data.encode())))


def _state(job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    status = payload.get("status")
    if not isinstance(status, str):
        message = (
            f"fal's reply to a poll has no status, but {str(status)[:40]!r}: it is asked again"
        )
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    match kit.standing(status, _STATUS):
        case "completed":
            error = fal_errors.of_completed(payload)
            # What the model objects to stands in the result's reply: moderation above all.
            return Success(Ready(job=job, raw=payload)) if error is None else Failure(error)
        case "failed":
            return Failure(fal_errors.of_failed(payload))
        case "cancelled":
            message = f"the job was cancelled at fal ({status}): submit it anew if it is wanted"
            return Failure(GenerationCancelledError(message=message, raw_response=payload))
        case running:
            return Success(_progress(running, payload))


def _progress(status: StatusType, payload: Mapping[str, Any]) -> Progress:
    position, logs = payload.get("queue_position"), payload.get("logs")
    lines = [line for line in logs if isinstance(line, dict)] if isinstance(logs, list) else []
    messages = (line.get("message") for line in lines)
    return Progress(
        status=status,
        queue_position=position if type(position) is int and position >= 0 else None,
        logs=tuple(message for message in messages if isinstance(message, str)),
        raw=payload,
    )


def collected(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the video of a finished job.

    An `UnexpectedReplyError` means that fal has to be asked again: the body is a page of another
    server, or half a result. Any other error means that the job made no video.
    """
    return (
        json_of(reply).bind(partial(_result, job, reply)).map(partial(with_expiry, target, reply))
    )


def _result(job: Job, reply: HttpResponse, payload: Any) -> Outcome[Polled]:
    if payload and not isinstance(payload, dict):
        message = "fal's result is not a JSON object: fal is asked again"
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    # Some models answer null where they made nothing.
    file = _file(payload) if payload else None
    return _without_file(payload) if file is None else _video(job.id, reply, payload, file)


def _without_file(payload: Any) -> Outcome[Polled]:
    word = payload.get("status") if payload else None
    match word.upper() if isinstance(word, str) else "":
        case "IN_QUEUE":
            return Success(_progress("queued", payload))
        case "IN_PROGRESS":
            return Success(_progress("processing", payload))
        case _ if fal_errors.is_too_early(payload):
            return Success(_progress("processing", payload))
        case "COMPLETED" if not payload.keys() & _OF_A_RESULT:
            message = "fal answered with the job's status instead of its result: fal is asked again"
            return Failure(UnexpectedReplyError(message=message, raw_response=payload))
        case _:
            return Failure(fal_errors.of_no_video(payload))


def _video(
    request_id: str, reply: HttpResponse, payload: dict[str, Any], file: Mapping[str, Any]
) -> Outcome[Video]:
    output = _output(payload)
    kind, flagged = file.get("content_type"), output.get("has_nsfw_concepts")
    units = reply.headers.get("x-fal-billable-units")
    metadata = {name: value for name, value in output.items() if name != "video"}
    metadata |= {name: value for name, value in file.items() if name != "url" and value is not None}
    return (
        result_video("fal", file.get("url"), payload)
        .alt(lambda error: fal_errors.of_no_video(payload, error.message))
        .map(
            lambda video: Video(
                request_id=request_id,
                video=video,
                content_type=kind if isinstance(kind, str) and kind else "video/mp4",
                duration=seconds_or_none(file.get("duration")),
                resolution=resolution_of(file.get("width"), file.get("height")),
                aspect_ratio=aspect_ratio_of(file.get("width"), file.get("height")),
                metadata=metadata | ({} if units is None else {"billable_units": units}),
                raw=payload,
                warnings=("fal flagged the result as not safe for work: it may be blackened",)
                if isinstance(flagged, list) and any(flagged)
                else (),
            )
        )
    )


def _output(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    # One older page of fal's docs wraps the result.
    inner = payload.get("response")
    return inner if "video" not in payload and isinstance(inner, dict) else payload


def _file(payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the File object of a result, or None if it has none.

    Endpoints say ``video`` (a File, or a list of them), ``videos`` or ``video_url``:
    fal-ai/fal-js:libs/client/src/types/endpoints.ts (2026-08-02).
    """
    # The first file that has a URL, else the first file.
    return min(_files(_output(payload)), key=lambda file: not _has_url(file), default=None)


def _has_url(file: Mapping[str, Any]) -> bool:
    url = file.get("url")
    return isinstance(url, str) and (url.startswith("data:") or origin(url) is not None)


def _files(output: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in ("video", "videos", "video_url"):
        value = output.get(name)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict):
            yield first
        elif isinstance(first, str):
            yield {"url": first}


def cancelled(reply: HttpResponse) -> Cancellation:
    """Read the answer to a cancel. A page of somebody else confirms nothing.

    Source: https://fal.ai/docs/inference-api/queue/cancel (2026-11): OK,
    CANCELLATION_REQUESTED, ALREADY_COMPLETED or NOT_FOUND.
    """
    answer = object_of(reply).value_or({})
    word = answer.get("status")
    if word == "ALREADY_COMPLETED":
        return "too_late"
    agreed = word in ("OK", "CANCELLATION_REQUESTED") or answer.get("success") is True
    return "confirmed" if agreed and reply.status in range(200, 300) else "failed"
