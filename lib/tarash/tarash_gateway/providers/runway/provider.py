"""Runway's developer API, as pure functions between our values and its HTTP messages.

Sources: runwayml/sdk-python 5.24.0, src/runwayml/_client.py, src/runwayml/resources and
src/runwayml/types/task_retrieve_response.py (2026-11);
https://docs.dev.runwayml.com/assets/inputs/ (2026) for media.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import Mapped, map_request
from ...catalog.media_rules import for_model
from ...catalog.rows import ModelRow
from ...exceptions import GenerationCancelledError, GenerationFailedError, ValidationError
from ...http.messages import HttpRequest, HttpResponse, JsonBody, Method
from ...http.reading import read
from ...outcome import Outcome
from ...values.attempts import Cancellation
from ...values.media import MediaContent, clip_type
from ...values.request import VideoGenerationRequest
from ...values.settings import SETTINGS
from .. import kit
from ..base import Job, KeyVariables, Polled, Progress, Provider, Submission, Target, Video
from ..expiry import after, date_of, expiry_of_url, time_of
from ..kit import aspect_ratio_of, resolution_of
from . import errors as runway_errors
from .models import ENDPOINTS, GENERIC, KEYFRAMES, LAST, OBJECTS
from .uploads import RULES, uploads

_BASE_URL: Final = "https://api.dev.runwayml.com"
_VERSION: Final = "2024-11-06"
_VIDEO_FIELDS: Final = frozenset({"videoUri", "promptVideo"})
# Runway's API and its JavaScript client spell names in camelCase, its Python client in snake_case:
# what works there should work here. Source: runwayml/sdk-python 5.24.0,
# src/runwayml/types/*_create_params.py, 2026-11: every alias is the camelCase of its field, and the
# two names of a key frame's ``range`` have no alias.
_BREAK: Final = re.compile(r"(?<=[A-Za-z0-9])_([a-z0-9])")
_SNAKE_CASE: Final = frozenset({"start_seconds", "end_seconds"})
# "Expires within 24-48 hours": runwayml/sdk-python 5.24.0,
# src/runwayml/types/task_retrieve_response.py, 2026-11.
_KEPT: Final = 86_400.0


def _ask(method: Method, target: Target, path: str, body: JsonBody | None = None) -> HttpRequest:
    # Runway wants its version with every request.
    version = target.config.api_version or _VERSION
    return HttpRequest(
        method=method,
        url=f"{target.base_url}/v1/{path}",
        headers={"Accept": "application/json", "X-Runway-Version": version},
        body=body,
    )


def _model_of(target: Target) -> str:
    return target.config.model.removeprefix("runway/")


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return _rename_extra(request.extra_params).bind(
        lambda extra: _plan(target, attrs.evolve(request, extra_params=extra))
    )


def _plan(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    model = _model_of(target)
    rows = ENDPOINTS.get(model, GENERIC)
    # The endpoint whose row fits the request's media best, the first of equals.
    endpoint, row = max(rows.items(), key=lambda item: _fitness(item[1], request))
    return (
        kit.offered(target, model, row)
        .bind(lambda _: map_request(model, row, request))
        .bind(lambda mapped: _native(row, mapped, request.extra_params))
        .map(
            lambda mapped: kit.submission(
                target,
                model,
                row,
                _with_measures(mapped, row),
                _ask("POST", target, endpoint, JsonBody(value={"model": model, **mapped.fields})),
            )
        )
    )


def _rename_extra(extra: Mapping[str, Any]) -> Outcome[Mapping[str, Any]]:
    """Return the parameters under Runway's names, those inside of others included.

    >>> _rename_extra({"content_moderation": {"public_figure_threshold": "low"}}).unwrap()
    {'contentModeration': {'publicFigureThreshold': 'low'}}
    """
    names = [_camel(name) for name in extra]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        message = f"extra_params bring {twice} in two spellings: give it in one of them"
        return Failure(ValidationError(message=message))
    return Success(_rename(extra))


def _camel(name: Any) -> Any:
    if not isinstance(name, str) or name in _SNAKE_CASE:
        return name
    return _BREAK.sub(lambda found: found[1].upper(), name)


def _rename(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_camel(name): _rename(inner) for name, inner in value.items()}
    return [_rename(item) for item in value] if isinstance(value, list | tuple) else value


def _fitness(row: ModelRow, request: VideoGenerationRequest) -> tuple[bool, bool, int, bool]:
    """Return how well an endpoint suits the media of a request, the weightiest part first.

    Source: runwayml/sdk-python 5.24.0, src/runwayml/types/*_create_params.py (2026-11).
    """
    extra = request.extra_params
    has_video = request.video is not None or not _VIDEO_FIELDS.isdisjoint(extra)
    needs_video = row.video is not None and row.video.required
    roles = {image.type for image in request.image_list}
    known = {role for slot in row.images for role in slot.roles}
    lacks_image = any(
        slot.required and slot.field not in extra and roles.isdisjoint(slot.roles)
        for slot in row.images
    )
    return (
        row.video is not None if has_video else not needs_video,
        roles <= known and not lacks_image,
        len(roles & known),
        bool(row.images) == (bool(roles) or "promptImage" in extra),
    )


def _native(row: ModelRow, mapped: Mapped, extra: Mapping[str, Any]) -> Outcome[Mapped]:
    """Return the fields with images and videos in the form of their native fields."""
    fields, ours = dict(mapped.fields), mapped.fields.keys() - extra
    places = {name: fields.pop(name) for name in (LAST, *KEYFRAMES) if name in ours}
    twice = next((name for key in places if (name := key.partition(":")[0]) in extra), None)
    if twice is not None:
        message = f"image_list and extra_params both bring {twice}: give it in one of them"
        return Failure(ValidationError(message=message))
    kinds = {slot.field: slot.kind for slot in row.images}
    for name in OBJECTS.keys() & ours:
        fields[name] = _objects(fields[name], kinds.get(name) or OBJECTS[name])
    if LAST in places:
        fields["promptImage"] = [
            {"uri": fields["promptImage"], "position": "first"},
            {"uri": places[LAST], "position": "last"},
        ]
    keyframes = [{"uri": places[key], "at": at} for key, at in KEYFRAMES.items() if key in places]
    return Success(
        attrs.evolve(mapped, fields=fields | ({"keyframes": keyframes} if keyframes else {}))
    )


def _with_measures(mapped: Mapped, row: ModelRow) -> Mapped:
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


def _task(method: Method, target: Target, job: Job) -> HttpRequest:
    return _ask(method, target, f"tasks/{kit.segment(job.id)}")


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


def _accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    return kit.created("Runway", reply).map(lambda found: Job(id=found.value))


def _polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return read(reply, _Task).bind(
        lambda found: _state(job, found.value.status, found.payload, date_of(reply))
    )


def _state(
    job: Job, status: str, payload: dict[str, Any], asked: datetime | None
) -> Outcome[Polled]:
    match kit.standing(status, _STATUS):
        case "completed":
            # A task names fresh URLs each time that it is asked for: the reply's own time counts.
            return _video(job, payload, asked or time_of(payload.get("createdAt")))
        case "failed":
            return Failure(runway_errors.of_task(payload))
        case "cancelled":
            message = "the job was cancelled at Runway: submit it anew"
            return Failure(GenerationCancelledError(message=message, raw_response=payload))
        case running:
            progress = kit.percent(payload.get("progress"), whole=1)
            return Success(Progress(status=running, percent=progress, raw=payload))


def _video(job: Job, payload: dict[str, Any], signed: datetime | None) -> Outcome[Polled]:
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
                expires_at=_expiry(video, signed),
            )
        )
    # The task is over: another poll would not change its answer.
    message = "Runway finished the job without a video, see raw_response: try again"
    return Failure(GenerationFailedError(message=message, raw_response=payload))


def _expiry(video: str | MediaContent, signed: datetime | None) -> datetime | None:
    """Return when a URL that was signed at a known time stops working, at the earliest."""
    if not isinstance(video, str):
        return None
    return expiry_of_url(video) or after(signed, _KEPT)


def _cancelled(reply: HttpResponse) -> Cancellation:
    # The answer to a DELETE is the same whether it cancelled a task or deleted a video: only the
    # status of the task before the DELETE shows which of the two it was.
    return "confirmed" if reply.status == HTTPStatus.NO_CONTENT else "failed"


_MODELS: Final = kit.summaries(ENDPOINTS)
PROVIDER: Final = Provider(
    name="runway",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("RUNWAYML_API_SECRET",)),),
    base_url_variable="RUNWAYML_BASE_URL",
    authenticate=kit.bearer,
    submit=_submit,
    accepted=_accepted,
    poll=partial(_task, "GET"),
    polled=_polled,
    # Updates are not to be expected more often than every five seconds for a task:
    # runwayml/sdk-python 5.24.0, src/runwayml/resources/tasks.py, 2026-11.
    least_wait=5.0,
    cancel=partial(_task, "DELETE"),
    cancelled=_cancelled,
    # runwayml/sdk-python 5.24.0, src/runwayml/resources/tasks.py, 2026-11: a DELETE cancels a task
    # that is pending, throttled or running, and deletes any other with its output; there is no
    # refund where the server observes it running, nor for a finished one.
    cancel_destroys=True,
    charged_when_cancelled=frozenset({"processing"}),
    refunds_nothing=True,
    settings=SETTINGS["runway"],
    failure=runway_errors.failure,
    media=lambda target: for_model(RULES, _MODELS.get(_model_of(target))),
    uploads=uploads(partial(_ask, "POST")),
    key_page="https://dev.runwayml.com",  # 2026-11
    starter_model="gen4.5",
    models=_MODELS,
)
