"""fal's queue API, as pure functions between our values and its HTTP messages.

Source: wire/fal.md: sections 1 (headers), 2 (exchanges), 3 (errors) and 6 (models).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ..exceptions import UnexpectedReplyError, ValidationError
from ..mapping import map_request
from ..messages import HttpRequest, HttpResponse, JsonBody
from ..metadata import Cancellation
from ..outcome import Outcome
from ..reading import object_of, read
from ..request import VideoGenerationRequest
from ..response import StatusType
from ..secrets import Secret
from ..settings import SETTINGS
from . import common, fal_errors
from .base import Job, KeyVariables, Polled, Progress, Provider, Ready, Submission, Target, Video
from .fal_models import GENERIC, MODELS
from .measures import aspect_ratio_of, resolution_of, result_video, seconds_or_none

_BASE_URL: Final = "https://queue.fal.run"
_HEADERS: Final = {"Accept": "application/json"}
# Endpoint ids of these namespaces keep three segments: wire/fal.md, section 2.2.
_NAMESPACES: Final = frozenset({"workflows", "comfy"})

# Requests.


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"Authorization": f"Key {key.reveal()}"}


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    model = target.config.model.strip("/")
    if model.count("/") < 1 or any(not part for part in model.split("/")):
        message = f"model must be a fal endpoint id such as 'fal-ai/veo3', not {model!r}"
        return Failure(ValidationError(message=message))
    row = MODELS.get(model, GENERIC)
    return map_request(model, row, request).map(
        lambda mapped: common.submission(
            target,
            model,
            row,
            mapped,
            HttpRequest(
                method="POST",
                url=f"{target.base_url}/{model}",
                headers=_HEADERS | _control_headers(target),
                body=JsonBody(value=dict(mapped.fields)),
            ),
        )
    )


def _control_headers(target: Target) -> dict[str, str]:
    """Return the ``X-Fal-*`` headers out of ``provider_config["headers"]``: section 2.9."""
    given = target.config.provider_config.get("headers", {})
    headers = given if isinstance(given, Mapping) else {}
    return {
        str(name): str(value)
        for name, value in headers.items()
        if str(name).lower().startswith(("x-fal-", "x-app-fal-"))
    }


def _poll(target: Target, job: Job) -> HttpRequest:
    url = job.urls["poll"]
    mark = "&" if "?" in url else "?"
    return HttpRequest(method="GET", url=f"{url}{mark}logs=1", headers=_HEADERS)


def _collect(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="GET", url=job.urls["result"], headers=_HEADERS)


def _cancel(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="PUT", url=job.urls["cancel"], headers=_HEADERS)


# Replies.


@attrs.frozen
class _Queued:
    request_id: str
    status_url: str | None = None
    response_url: str | None = None
    cancel_url: str | None = None


@attrs.frozen
class _Log:
    message: str


@attrs.frozen
class _Seen:
    status: str
    error: str | None = None
    error_type: str | None = None
    queue_position: int | None = None


_STATUS: Final[Mapping[str, StatusType]] = {"IN_QUEUE": "queued", "IN_PROGRESS": "processing"}


def _accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    return read(reply, _Queued).bind(
        lambda found: (
            Success(_job(target, found[0]))
            if found[0].request_id.strip()
            else Failure(
                UnexpectedReplyError(
                    message="fal accepted the job without an id", raw_response=found[1]
                )
            )
        )
    )


def _job(target: Target, queued: _Queued) -> Job:
    name = common.segment(queued.request_id)
    base = f"{target.base_url}/{_job_path(target.config.model)}/requests/{name}"
    urls = {
        "poll": (queued.status_url, f"{base}/status"),
        "result": (queued.response_url, base),
        "cancel": (queued.cancel_url, f"{base}/cancel"),
    }
    return Job(
        id=queued.request_id,
        # A URL elsewhere would get the key: then the rule of section 2.2 makes the URL instead.
        urls={
            purpose: named if named and target.owns(named) else built
            for purpose, (named, built) in urls.items()
        },
    )


def _job_path(model: str) -> str:
    """Return the part of an endpoint id that names its app.

    >>> _job_path("fal-ai/kling-video/v2.6/pro/image-to-video"), _job_path("110602490-lcm")
    ('fal-ai/kling-video', '110602490/lcm')
    """
    first, *rest = model.strip("/").split("/")
    owner, dash, name = first.partition("-")
    if dash and owner.isdigit() and name:
        first, rest = owner, [name, *rest]
    return "/".join([first, *rest[: 2 if first in _NAMESPACES else 1]])


def _polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return read(reply, _Seen).bind(lambda found: _state(job, *found))


def _state(job: Job, seen: _Seen, payload: dict[str, Any]) -> Outcome[Polled]:
    if seen.status != "COMPLETED":
        # An unknown word means "still running", until the deadline.
        return Success(
            Progress(
                status=_STATUS.get(seen.status, "processing"),
                queue_position=seen.queue_position,
                logs=_logs(payload.get("logs")),
                raw=payload,
            )
        )
    if seen.error_type in fal_errors.PLATFORM_TYPES:
        return Failure(fal_errors.of_job(seen.error_type, seen.error or seen.error_type, payload))
    # What the model itself objects to stands in the result's reply: moderation above all.
    return Success(Ready(job=job, raw=payload))


def _logs(lines: object) -> tuple[str, ...]:
    items = lines if isinstance(lines, list) else []
    return tuple(
        item["message"]
        for item in items
        if isinstance(item, dict) and isinstance(item.get("message"), str)
    )


def _collected(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return object_of(reply).bind(lambda payload: _video(job, reply, payload))


def _video(job: Job, reply: HttpResponse, payload: dict[str, Any]) -> Outcome[Polled]:
    inner = payload.get("response")
    # One older page of fal's docs wraps the result: section 2.6.
    output = inner if "video" not in payload and isinstance(inner, dict) else payload
    file = _file(output)
    return (
        result_video("fal", file.get("url"), payload)
        .map(
            lambda video: _described(
                Video(request_id=job.id, video=video, raw=payload), output, file
            )
        )
        .map(lambda video: _billed(video, reply))
    )


def _described(video: Video, output: Mapping[str, Any], file: Mapping[str, Any]) -> Video:
    kind, flagged = file.get("content_type"), output.get("has_nsfw_concepts")
    return attrs.evolve(
        video,
        content_type=kind if isinstance(kind, str) and kind else "video/mp4",
        duration=seconds_or_none(file.get("duration")),
        resolution=resolution_of(file.get("width"), file.get("height")),
        aspect_ratio=aspect_ratio_of(file.get("width"), file.get("height")),
        metadata={name: value for name, value in output.items() if name != "video"}
        | {name: value for name, value in file.items() if name != "url" and value is not None},
        warnings=("fal flagged the result as not safe for work: it may be blackened",)
        if isinstance(flagged, list) and any(flagged)
        else (),
    )


def _billed(video: Video, reply: HttpResponse) -> Video:
    units = reply.headers.get("x-fal-billable-units")
    if units is None:
        return video
    return attrs.evolve(video, metadata={**video.metadata, "billable_units": units})


def _file(output: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the File object of the result, in whichever of the shapes of section 2.6."""
    video = output.get("video")
    first = video[0] if isinstance(video, list) and video else video
    if isinstance(first, dict):
        return first
    return {"url": first if isinstance(first, str) else output.get("video_url")}


def _cancelled(reply: HttpResponse) -> Cancellation:
    """Read the answer to a cancel: section 2.7. A page of somebody else confirms nothing."""
    said = object_of(reply).value_or({})
    if said.get("status") == "ALREADY_COMPLETED":
        return "too_late"
    agreed = said.get("status") == "CANCELLATION_REQUESTED" or said.get("success") is True
    return "confirmed" if agreed and reply.status in range(200, 300) else "failed"


PROVIDER: Final = Provider(
    name="fal",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("FAL_KEY",)), KeyVariables(names=("FAL_KEY_ID", "FAL_KEY_SECRET"))),
    authenticate=_authenticate,
    submit=_submit,
    accepted=_accepted,
    poll=_poll,
    polled=_polled,
    collect=_collect,
    collected=_collected,
    cancel=_cancel,
    cancelled=_cancelled,
    failure=fal_errors.failure,
    settings=SETTINGS["fal"],
    models=MODELS,
)
