"""What the functions of several providers do alike."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success, safe

from ..catalog.mapping import Mapped
from ..catalog.rows import ImageSlot, ModelRow, Retirement
from ..exceptions import UnexpectedReplyError, ValidationError
from ..http.messages import HttpRequest, HttpResponse
from ..http.reading import object_of
from ..outcome import Outcome
from ..values.media import MediaContent
from ..values.request import VideoGenerationRequest
from ..values.spelling import did_you_mean
from ..values.urls import origin
from .base import Job, Submission, Target

# How long before its end a model is warned of.
_NOTICE: Final = timedelta(days=60)


def _is_own_host(target: Target) -> bool:
    # Another host may stand for an older version of the API, so it is asked.
    of = target.provider.base_url_of
    own = target.provider.base_url if of is None else of(target)
    return origin(target.base_url) == origin(own)


def offered(target: Target, model: str, row: ModelRow) -> Outcome[ModelRow]:
    """Return the row, unless its model is retired and would go to the provider's own host.

    Only a date that the provider published refuses, and only by the clock: without a date of
    today, every model is offered.

    Errors:
        ValidationError: The provider no longer offers the model.
    """
    end, today = row.retires, target.today
    if end is None or today is None or today < end.on or not end.published:
        return Success(row)
    if not _is_own_host(target):
        return Success(row)
    message = f"{model} is no longer offered since {end.on}{_instead(end)}"
    return Failure(ValidationError(message=message, model=model))


def _instead(end: Retirement) -> str:
    return f"; use {end.successor}" if end.successor else ""


def leaving(target: Target, model: str, row: ModelRow) -> tuple[str, ...]:
    """Return a warning where a model is about to be retired, or is reported to be.

    A report of somebody else is told wherever the model is asked: it may be a deployment of the
    caller's own, which has no host that could be known.
    """
    end, today = row.retires, target.today
    if end is None or today is None or today < end.on - _NOTICE:
        return ()
    if not end.published:
        report = f"{model} is reported to be no longer offered from {end.on} ({end.source})"
        return (report + _instead(end),)
    if today >= end.on or not _is_own_host(target):
        return ()
    return (f"{model} is no longer offered from {end.on}{_instead(end)}",)


def submission(
    target: Target, model: str, row: ModelRow, mapped: Mapped, request: HttpRequest
) -> Submission:
    """Return the submission that sends ``request``, with what became of the caller's fields."""
    note = (
        f"{model} is not in {target.provider.name}'s model table: "
        "fields were sent under their usual names, unchecked"
    )
    unknown = (note + did_you_mean(model, target.provider.models),) if row.generic else ()
    return Submission(
        request=request,
        warnings=unknown + leaving(target, model, row) + mapped.adjusted,
        adjusted=mapped.adjusted,
        misshapen=mapped.misshapen,
        duration=mapped.duration,
        resolution=mapped.resolution,
        aspect_ratio=mapped.aspect_ratio,
    )


def fits_inline(
    request: VideoGenerationRequest, most_image: int, most_video: int, elsewhere: str
) -> Outcome[VideoGenerationRequest]:
    """Return the request if its images and its video are small enough to stand in a body.

    Args:
        request: What the caller wants.
        most_image: Most bytes of one image.
        most_video: Most bytes of the video.
        elsewhere: What to do with a larger one, for the message.

    Errors:
        ValidationError: One is larger; URLs have no size here.
    """
    images = [
        (f"image_list[{place}]", item.image, most_image)
        for place, item in enumerate(request.image_list)
    ]
    for name, medium, most in (*images, ("video", request.video, most_video)):
        if isinstance(medium, MediaContent) and len(medium.content) > most:
            message = f"{name} has {len(medium.content)} bytes, at most {most} fit: {elsewhere}"
            return Failure(ValidationError(message=message))
    return Success(request)


def created(title: str, reply: HttpResponse) -> Outcome[tuple[str, dict[str, Any]]]:
    """Return the id of the job that a reply accepts, and the reply's JSON.

    Nothing else of the reply is looked at: the job is paid for, whatever stands beside its id.

    Errors:
        UnexpectedReplyError: The reply has no id.
    """
    message = f"{title} accepted the job without an id: look at its dashboard for the job"
    return object_of(reply).bind(
        lambda payload: (
            Success((id_, payload))
            if (id_ := id_of(payload.get("id"))) is not None
            else Failure(UnexpectedReplyError(message=message, raw_response=payload))
        )
    )


def id_of(value: object) -> str | None:
    """Return a job's id as a text, or None for what names no job.

    >>> id_of("a1"), id_of(17), id_of(" "), id_of(True)
    ('a1', '17', None, None)
    """
    if isinstance(value, str):
        return value if value.strip() else None
    # type(), because True is an int.
    return str(value) if type(value) is int else None


def segment(name: str) -> str:
    """Return a provider's id as one segment of a path, whatever it holds.

    >>> segment("a/../b?c")
    'a%2F..%2Fb%3Fc'
    """
    return quote(name, safe="", errors="surrogatepass")


_FIELDS = (
    "prompt",
    "length",
    "aspect_ratio",
    "resolution",
    "size",
    "audio",
    "negative_prompt",
    "seed",
    "enhance",
)


def summary(rows: Sequence[ModelRow]) -> ModelRow:
    """Return the rows of one model's endpoints as one, to be shown in tables.

    It takes what any of them takes, and needs what all of them need.

    >>> summary([ModelRow(prompt=None), ModelRow(prompt="p", seed="s")]).seed
    's'
    """
    first = rows[0]
    slots: dict[str, ImageSlot] = {}
    for slot in (slot for row in rows for slot in row.images):
        slots.setdefault(slot.field, slot)
    videos = [row.video for row in rows]
    video = next((slot for slot in videos if slot is not None), None)
    changes: dict[str, Any] = {
        name: next((v for row in rows if (v := getattr(row, name)) is not None), None)
        for name in _FIELDS
    }
    return attrs.evolve(
        first,
        **changes,
        images=tuple(
            attrs.evolve(slot, required=all(_needs(row, slot) for row in rows))
            for slot in slots.values()
        ),
        video=video
        and attrs.evolve(video, required=all(slot and slot.required for slot in videos)),
        required=tuple(n for n in first.required if all(n in row.required for row in rows)),
        needs=tuple(n for n in first.needs if all(n in row.needs for row in rows)),
        rules=tuple(dict.fromkeys(rule for row in rows for rule in row.rules)),
    )


def _needs(row: ModelRow, slot: ImageSlot) -> bool:
    return any(other.field == slot.field and other.required for other in row.images)


def summaries(rows: Mapping[str, Mapping[Any, ModelRow]]) -> dict[str, ModelRow]:
    """Return each model's rows as one, to be shown in tables."""
    return {model: summary(tuple(of_model.values())) for model, of_model in rows.items()}


_dumped = safe(exceptions=(ValueError, RecursionError))(json.dumps)


def with_reply(job: Job, payload: Mapping[str, Any]) -> Job:
    """Return the job with its last reply: a download brings bytes only.

    A reply that is too deep to be written down again is left out: the job must be.

    >>> with_reply(Job(id="1"), {"status": "completed"}).told
    {'status': 'completed'}
    """
    return attrs.evolve(job, told=_dumped(payload).map(lambda _: payload).value_or({}))
