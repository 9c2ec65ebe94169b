"""Runway's developer API, as pure functions between our values and its HTTP messages.

Source: wire/runway.md: sections 1 (headers), 2 (exchanges), 3 (media), 4 (errors), 5 (models).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ..exceptions import GenerationFailedError, ValidationError
from ..mapping import Mapped, map_request
from ..media import content_type_of
from ..messages import HttpRequest, HttpResponse, JsonBody
from ..metadata import Cancellation
from ..outcome import Outcome
from ..reading import read
from ..request import VideoGenerationRequest
from ..response import StatusType
from ..rows import ImageSlot, ModelRow
from ..secrets import Secret
from ..settings import SETTINGS
from . import common, runway_errors
from .base import Job, KeyVariables, Polled, Progress, Provider, Submission, Target, Video
from .measures import aspect_ratio_of, resolution_of, result_video
from .runway_models import DEFAULT_SECONDS, ENDPOINTS, GENERIC, KEYFRAMES, LAST, OBJECTS, REMOVED

_BASE_URL: Final = "https://api.dev.runwayml.com"
_NO_CONTENT: Final = 204
_VERSION: Final = "2024-11-06"
# Bytes that one medium may have within a request: section 3. Of the limits that Runway tells for a
# video (5 and 16 MB) the larger one, so that nothing is refused here that it would take.
_LARGEST_IMAGE: Final = 5 * 2**20
_LARGEST_VIDEO: Final = 16 * 2**20
_ELSEWHERE: Final = "give an https URL, or upload it to Runway and give its runway:// URI"
_VIDEO_FIELDS: Final = frozenset({"videoUri", "promptVideo"})

# Requests.


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key.reveal()}"}


def _headers(target: Target) -> dict[str, str]:
    # Runway wants its version with every request: section 1.
    version = target.config.api_version or _VERSION
    return {"Accept": "application/json", "X-Runway-Version": version}


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    model = target.config.model.removeprefix("runway/")
    endpoint, row = _route(ENDPOINTS.get(model, GENERIC), request)
    wanted = _with_length(model, request)
    return (
        common.offered(target, model, row)
        .bind(lambda _: common.fits_inline(wanted, _LARGEST_IMAGE, _LARGEST_VIDEO, _ELSEWHERE))
        .bind(lambda _: map_request(model, row, wanted))
        .map(lambda mapped: _measured(mapped, row))
        .bind(lambda mapped: _native(mapped, wanted.extra_params))
        .map(
            lambda mapped: common.submission(
                target,
                model,
                row,
                mapped,
                HttpRequest(
                    method="POST",
                    url=f"{target.base_url}/v1/{endpoint}",
                    headers=_headers(target),
                    body=JsonBody(value={"model": model, **mapped.fields}),
                ),
            )
        )
        .map(lambda submission: _noted(model, submission))
    )


def _route(rows: Mapping[str, ModelRow], request: VideoGenerationRequest) -> tuple[str, ModelRow]:
    """Return the endpoint whose row fits the request's media best, the first of equals.

    Source: wire/runway.md, section 5.1.
    """
    return max(rows.items(), key=lambda item: _fitness(item[1], request))


def _fitness(row: ModelRow, request: VideoGenerationRequest) -> tuple[bool, bool, int, bool]:
    extra = request.extra_params
    has_video = request.video is not None or not _VIDEO_FIELDS.isdisjoint(extra)
    needs_video = row.video is not None and row.video.required
    roles = {image.type for image in request.image_list}
    free = {role for slot in row.images for role in slot.roles}
    missing = any(_is_missing(slot, roles, extra) for slot in row.images)
    has_image = bool(roles) or "promptImage" in extra
    return (
        row.video is not None if has_video else not needs_video,
        roles <= free and not missing,
        len(roles & free),
        bool(row.images) == has_image,
    )


def _is_missing(slot: ImageSlot, roles: Iterable[str], extra: Mapping[str, Any]) -> bool:
    return slot.required and slot.field not in extra and not set(slot.roles) & set(roles)


def _with_length(model: str, request: VideoGenerationRequest) -> VideoGenerationRequest:
    given = request.duration_seconds is not None or "duration" in request.extra_params
    if given or model not in DEFAULT_SECONDS:
        return request
    return attrs.evolve(request, duration_seconds=DEFAULT_SECONDS[model])


def _native(mapped: Mapped, extra: Mapping[str, Any]) -> Outcome[Mapped]:
    """Return the fields with images and videos in the form of their native fields: section 5.2.

    Errors:
        ValidationError: Frames are in ``image_list`` and in ``extra_params`` as well.
    """
    ours = {name: value for name, value in mapped.fields.items() if name not in extra}
    placed = {name: ours[name] for name in (LAST, *KEYFRAMES) if name in ours}
    twice = [name for name in (key.partition(":")[0] for key in placed) if name in extra]
    if twice:
        message = f"image_list and extra_params both bring {twice[0]}: give it in one of them"
        return Failure(ValidationError(message=message))
    fields = {name: value for name, value in mapped.fields.items() if name not in placed}
    for name in OBJECTS.keys() & ours.keys():
        fields[name] = _objects(fields[name], OBJECTS[name])
    if LAST in placed:
        fields["promptImage"] = [
            {"uri": fields["promptImage"], "position": "first"},
            {"uri": placed[LAST], "position": "last"},
        ]
    keyframes = [{"uri": placed[key], "at": at} for key, at in KEYFRAMES.items() if key in placed]
    if keyframes:
        fields["keyframes"] = keyframes
    return Success(attrs.evolve(mapped, fields=fields))


def _measured(mapped: Mapped, row: ModelRow) -> Mapped:
    # No reply tells a size: what was asked for is all there is, a default included.
    sides = row.size.sizes.get(str(mapped.fields.get(row.size.field))) if row.size else None
    if sides is None:
        return mapped
    return attrs.evolve(
        mapped,
        resolution=resolution_of(*sides),
        aspect_ratio=mapped.aspect_ratio or aspect_ratio_of(*sides),
    )


def _objects(value: Any, kind: str | None) -> Any:
    if isinstance(value, list):
        return [_objects(item, kind) for item in value]
    return {"uri": value} if kind is None else {"type": kind, "uri": value}


def _noted(model: str, submission: Submission) -> Submission:
    if model not in REMOVED:
        return submission
    note = f"{model} has left Runway's published API and may be refused: use {REMOVED[model]}"
    return attrs.evolve(submission, warnings=(note, *submission.warnings))


def _task_url(target: Target, job: Job) -> str:
    return f"{target.base_url}/v1/tasks/{common.segment(job.id)}"


def _poll(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="GET", url=_task_url(target, job), headers=_headers(target))


def _cancel(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="DELETE", url=_task_url(target, job), headers=_headers(target))


# Replies.


@attrs.frozen
class _Task:
    status: str


# A throttled task is accepted, and waits for the account's concurrency.
_STATUS: Final[Mapping[str, StatusType]] = {
    "PENDING": "queued",
    "THROTTLED": "queued",
    "RUNNING": "processing",
}


def _accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    return common.created("Runway", reply).map(lambda found: Job(id=found[0]))


def _polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return read(reply, _Task).bind(lambda found: _state(job, found[0].status, found[1]))


def _state(job: Job, status: str, payload: dict[str, Any]) -> Outcome[Polled]:
    match status:
        case "SUCCEEDED":
            return _video(job, payload)
        case "FAILED":
            error = runway_errors.of_task(
                payload.get("failureCode"), payload.get("failure"), payload
            )
            return Failure(error)
        case "CANCELLED":
            message = "the job was cancelled at Runway: submit it anew"
            return Failure(GenerationFailedError(message=message, raw_response=payload))
        case _:
            # An unknown word means "still running", until the deadline.
            return Success(
                Progress(
                    status=_STATUS.get(status, "processing"),
                    percent=_percent(payload.get("progress")),
                    raw=payload,
                )
            )


def _percent(ratio: object) -> float | None:
    """Return the progress in percent, or None for anything but a ratio.

    >>> _percent(0.02), _percent(1), _percent(10**400), _percent(True)
    (2.0, 100.0, None, None)
    """
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 <= ratio <= 1:
        return None
    return round(float(ratio) * 100, 2)


def _video(job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    output = payload.get("output")
    if output == []:
        message = "Runway finished the job without a video: try again"
        return Failure(GenerationFailedError(message=message, raw_response=payload))
    first, *others = output if isinstance(output, list) else [None]
    known = {"id", "status", "output"}
    told = {name: value for name, value in payload.items() if name not in known}
    return result_video("Runway", first, payload).map(
        lambda video: Video(
            request_id=job.id,
            video=video,
            content_type=_type_of(first),
            metadata=told | ({"other_outputs": others} if others else {}),
            raw=payload,
        )
    )


def _type_of(url: object) -> str | None:
    """Return the type that the name of an output tells: ``outputFormat`` may ask for others.

    >>> _type_of("https://example.com/a.mp4?_jwt=x"), _type_of("https://example.com/a.zip")
    ('video/mp4', None)
    """
    kind = content_type_of(url.partition("?")[0], b"") if isinstance(url, str) else ""
    return kind if kind.startswith("video/") else None


def _cancelled(reply: HttpResponse) -> Cancellation:
    """Read the answer to a DELETE, which cancels or, for a finished task, deletes: section 2.5."""
    return "confirmed" if reply.status == _NO_CONTENT else "failed"


PROVIDER: Final = Provider(
    name="runway",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("RUNWAYML_API_SECRET",)),),
    base_url_variable="RUNWAYML_BASE_URL",
    authenticate=_authenticate,
    submit=_submit,
    accepted=_accepted,
    poll=_poll,
    polled=_polled,
    cancel=_cancel,
    cancelled=_cancelled,
    settings=SETTINGS["runway"],
    failure=runway_errors.failure,
    models={model: common.summary(tuple(rows.values())) for model, rows in ENDPOINTS.items()},
)
