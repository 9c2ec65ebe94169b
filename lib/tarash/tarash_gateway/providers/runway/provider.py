"""Runway's developer API, as pure functions between our values and its HTTP messages.

Sources: runwayml/sdk-python 5.24.0, src/runwayml/_client.py and src/runwayml/resources
(2026-11); https://docs.dev.runwayml.com/assets/inputs/ (2026) for media.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import Mapped, map_request
from ...catalog.rows import ImageSlot, ModelRow
from ...exceptions import ValidationError
from ...http.messages import HttpRequest, JsonBody
from ...outcome import Outcome
from ...values.request import VideoGenerationRequest
from ...values.settings import SETTINGS
from .. import kit
from ..base import Job, KeyVariables, Provider, Submission, Target
from ..kit import aspect_ratio_of, resolution_of
from . import errors as runway_errors
from . import extras as runway_extras
from . import replies as runway_replies
from .models import (
    DEFAULT_SECONDS,
    ENDPOINTS,
    GENERIC,
    KEYFRAMES,
    LAST,
    MOST_IMAGES,
    OBJECTS,
    REMOVED,
    TYPED_REFERENCES,
)

_BASE_URL: Final = "https://api.dev.runwayml.com"
_VERSION: Final = "2024-11-06"
# Bytes that one medium may have within a request. Runway's page names 16 MB for a video and its
# client 5 MB: the larger limit stands here, so that nothing is refused that Runway would take.
_LARGEST_IMAGE: Final = 5 * 2**20
_LARGEST_VIDEO: Final = 16 * 2**20
_ELSEWHERE: Final = "give an https URL, or upload it to Runway and give its runway:// URI"
_VIDEO_FIELDS: Final = frozenset({"videoUri", "promptVideo"})

# Requests.


def _headers(target: Target) -> dict[str, str]:
    # Runway wants its version with every request.
    version = target.config.api_version or _VERSION
    return {"Accept": "application/json", "X-Runway-Version": version}


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return runway_extras.native(request.extra_params).bind(
        lambda extra: _planned(target, attrs.evolve(request, extra_params=extra))
    )


def _planned(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    model = target.config.model.removeprefix("runway/")
    endpoint, row = _route(ENDPOINTS.get(model, GENERIC), request)
    wanted = _with_length(model, request)
    return (
        kit.offered(target, model, row)
        .bind(lambda _: kit.fits_inline(wanted, _LARGEST_IMAGE, _LARGEST_VIDEO, _ELSEWHERE))
        .bind(lambda _: _few_enough(model, wanted))
        .bind(lambda _: map_request(model, row, wanted))
        .map(lambda mapped: _measured(mapped, row))
        .bind(lambda mapped: _native(model, mapped, wanted.extra_params))
        .map(
            lambda mapped: kit.submission(
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

    Source: runwayml/sdk-python 5.24.0, src/runwayml/types/*_create_params.py (2026-11).
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


def _few_enough(model: str, request: VideoGenerationRequest) -> Outcome[VideoGenerationRequest]:
    most, given = MOST_IMAGES.get(model), len(request.image_list)
    if most is None or given <= most:
        return Success(request)
    message = f"image_list has {given} images: {model} takes {most} in all, frames included"
    return Failure(ValidationError(message=message, model=model))


def _native(model: str, mapped: Mapped, extra: Mapping[str, Any]) -> Outcome[Mapped]:
    """Return the fields with images and videos in the form of their native fields.

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
        typed = name == "references" and model in TYPED_REFERENCES
        fields[name] = _objects(fields[name], "image" if typed else OBJECTS[name])
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
    # No reply names a size: what was asked for is all there is, a default included.
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
    note = (
        f"{model} is no longer in Runway's published API and may be refused: use {REMOVED[model]}"
    )
    return attrs.evolve(submission, warnings=(note, *submission.warnings))


def _task_url(target: Target, job: Job) -> str:
    return f"{target.base_url}/v1/tasks/{kit.segment(job.id)}"


def _poll(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="GET", url=_task_url(target, job), headers=_headers(target))


def _cancel(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="DELETE", url=_task_url(target, job), headers=_headers(target))


PROVIDER: Final = Provider(
    name="runway",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("RUNWAYML_API_SECRET",)),),
    base_url_variable="RUNWAYML_BASE_URL",
    authenticate=kit.bearer,
    submit=_submit,
    accepted=runway_replies.accepted,
    poll=_poll,
    polled=runway_replies.polled,
    cancel=_cancel,
    cancelled=runway_replies.cancelled,
    # runwayml/sdk-python 5.24.0, src/runwayml/resources/tasks.py, 2026-11: a DELETE cancels a task
    # that is pending, throttled or running, and deletes any other with its output; there is no
    # refund where the server observes it running, nor for a finished one.
    cancel_destroys=True,
    charged_when_cancelled=frozenset({"processing"}),
    refunds_nothing=True,
    settings=SETTINGS["runway"],
    failure=runway_errors.failure,
    models=kit.summaries(ENDPOINTS),
)
