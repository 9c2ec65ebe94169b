"""Azure OpenAI's older video API, the generation jobs of Sora 1.

Source: Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1/
azure-v1-preview-generated.yaml; MicrosoftDocs/azure-ai-docs,
articles/ai-foundry/openai/concepts/video-generation.md (2025-09-16).
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import Mapped, map_request
from ...catalog.rows import ImageSlot, Length, ModelRow, Size
from ...exceptions import GenerationFailedError, ValidationError
from ...http.messages import HttpRequest, HttpResponse
from ...outcome import Outcome
from ...values.media import MediaContent
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Job, Polled, Ready, Submission, Target, Video
from ..openai import replies as openai_replies
from ..openai import shapes as openai_shapes
from ..openai.forms import file_part
from ..openai.requests import BYTES, JSON, Dialect, model_of

# The API requires a size. The first one is sent if the caller does not choose.
_SIZES: Final = {
    f"{width}x{height}": (width, height)
    for wide, high in ((1280, 720), (854, 480), (1920, 1080))
    for width, height in ((wide, high), (high, wide), (high, high))
}
# A last frame needs its frame number, but no source states the frame rate. So last frames are not
# offered.
_ROW: Final = ModelRow(
    length=Length(field="n_seconds", low=1, high=20),
    size=Size(field="width", height_field="height", sizes=_SIZES, required=True),
    images=(ImageSlot(field="files", roles=("first_frame", "reference")),),
)
MODELS: Final[Mapping[str, ModelRow]] = {"sora": _ROW}
_PATH: Final = "video/generations"
LIST: Final = f"{_PATH}/jobs"
# What a job says of its input.
SHOWN: Final = ("prompt", "n_seconds", "n_variants", "width", "height", "inpaint_items")
_WHOLE: Final = {
    "left_fraction": 0.0,
    "top_fraction": 0.0,
    "right_fraction": 1.0,
    "bottom_fraction": 1.0,
}


def submit(
    dialect: Dialect, target: Target, request: VideoGenerationRequest
) -> Outcome[Submission]:
    """Return the request that creates a job. Every deployment with this API is one of Sora 1.

    Errors:
        ValidationError: The model does not take a field, or an image is a URL.
    """
    model = model_of(target.config)
    return dialect.check(target).bind(
        lambda notes: (
            map_request(model, _ROW, request, lambda media: media)
            .map(_with_measures)
            .bind(lambda mapped: _submission(dialect, target, model, mapped))
            # A dated version chose this API. The note says which version is sent instead, but this
            # is not an adjustment that ``unsupported`` could refuse.
            .map(lambda ready: attrs.evolve(ready, warnings=ready.warnings + notes))
        )
    )


def _with_measures(mapped: Mapped) -> Mapped:
    """Return the mapped fields with the measures of the size that is sent, default or not."""
    sides = mapped.fields.get("width"), mapped.fields.get("height")
    return attrs.evolve(
        mapped,
        resolution=kit.resolution_of(*sides) or mapped.resolution,
        aspect_ratio=mapped.aspect_ratio or kit.aspect_ratio_of(*sides),
    )


def _submission(
    dialect: Dialect, target: Target, model: str, mapped: Mapped
) -> Outcome[Submission]:
    fields = {"prompt": mapped.fields["prompt"], "model": model, **mapped.fields}
    image = fields.pop("files", None)
    file = file_part("files", image) if isinstance(image, MediaContent) else None
    if image is not None and file is None:
        message = (
            "image_list has a URL, which Azure's jobs API does not fetch: pass bytes or a file"
        )
        return Failure(ValidationError(message=message))
    if file is not None:
        item = {"frame_index": 0, "type": "image", "file_name": file.filename}
        # Some resources require the bounds even for a whole image.
        fields.setdefault("inpaint_items", json.dumps([{**item, "crop_bounds": _WHOLE}]))
    return dialect.post(target, f"{_PATH}/jobs", fields, [file] if file else None).map(
        lambda sent: kit.submission(target, model, _ROW, mapped, sent)
    )


def poll(dialect: Dialect, target: Target, job: Job) -> HttpRequest:
    """Return the request that polls a job."""
    return dialect.get(target, dialect.url(target, f"{_PATH}/jobs/{kit.segment(job.id)}"), JSON)


def collect(dialect: Dialect, target: Target, job: Job) -> HttpRequest:
    """Return the request that downloads a finished job's first video."""
    name = kit.segment(openai_shapes.job_of(_first(job.told)) or "")
    return dialect.get(target, dialect.url(target, f"{_PATH}/{name}/content/video"), BYTES)


_WORDS: Final[Mapping[str, kit.Standing]] = {**openai_shapes.WORDS, "preprocessing": "queued"}
_REPORTED: Final = frozenset(
    {"id", "object", "status", "generations", "failure_reason", "n_seconds", "width", "height"}
)


def polled(title: str, target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the state of a job, or one of the errors that the videos API has for it."""
    return openai_replies.state(title, reply, _WORDS, partial(_ready, title, job))


def _ready(title: str, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    if _first(payload):
        return Success(Ready(job=kit.with_reply(job, payload), raw=payload))
    # The job is over, so a video cannot come later.
    message = f"{title} finished the job without naming a video: submit it again"
    return Failure(GenerationFailedError(message=message, raw_response=payload))


def _first(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first generation that has an id, or an empty object."""
    items = (item for item in _generations(payload) if isinstance(item, dict))
    return next(filter(openai_shapes.job_of, items), {})


def _generations(payload: Mapping[str, Any]) -> list[Any]:
    made = payload.get("generations")
    return made if isinstance(made, list) else []


def collected(title: str, target: Target, job: Job, reply: HttpResponse) -> Outcome[Video]:
    """Return the video that a download contains, or an error if the reply is not a video."""
    payload = dict(job.told)
    first = _first(payload)
    made = {**payload, **first}
    sides = made.get("width"), made.get("height")
    metadata = {n: v for n, v in payload.items() if n not in _REPORTED and v is not None}
    if others := [item for item in _generations(payload) if item != first]:
        metadata["other_generations"] = others
    return openai_replies.collected(title, target, job, reply).map(
        lambda video: attrs.evolve(
            video,
            duration=kit.seconds_or_none(made.get("n_seconds")),
            resolution=kit.resolution_of(*sides),
            aspect_ratio=kit.aspect_ratio_of(*sides),
            metadata=metadata,
        )
    )
