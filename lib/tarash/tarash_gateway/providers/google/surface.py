"""What goes to Google: the submissions of Veo and of Omni, each with a key and on Vertex AI."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import EncodeMedia, map_request
from ...catalog.rows import ModelRow
from ...exceptions import ValidationError
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.media import MediaContent
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Submission, Target
from . import files
from .media import Accepts
from .models import Rows, Start

_PREFIX: Final = re.compile(r"^(publishers/google/models/|models/|google/)")


@attrs.frozen(kw_only=True)
class Surface:
    """What distinguishes Veo or Omni at one of Google's hosts.

    Attributes:
        rows: The models of this surface.
        generic: The rows for every other model.
        images: The forms in which the surface takes images.
        video: The forms in which the surface takes a video.
        encode: Returns the native form of a medium.
        root: Returns the URL below which the surface's paths begin.
        always: Parameters that are sent in every request.
    """

    rows: Mapping[str, Rows]
    generic: Rows
    images: Accepts
    video: Accepts
    encode: EncodeMedia
    root: Callable[[Target], str]
    always: Mapping[str, Any] = attrs.field(factory=dict, hash=False)


def model_of(config: VideoGenerationConfig) -> str:
    """Return the model's bare id.

    >>> model_of(VideoGenerationConfig(provider="google", model="models/veo-3.1-generate-001"))
    'veo-3.1-generate-001'
    """
    return _PREFIX.sub("", config.model.strip("/"))


def submission(
    surface: Surface,
    target: Target,
    request: VideoGenerationRequest,
    url: str,
    body: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> Outcome[Submission]:
    """Return the submission that sends the body of the native fields.

    Errors:
        ValidationError: The model is retired, or it does not take one of the media.
    """
    model = model_of(target.config)
    row = _row(surface.rows.get(model, surface.generic), request)
    return (
        kit.offered(target, model, row)
        .bind(lambda _: _check_media(surface, request))
        .bind(lambda _: map_request(model, row, request, surface.encode))
        .map(
            lambda mapped: kit.submission(
                target, model, row, mapped, files.post(url, body(mapped.fields))
            )
        )
    )


def with_note(submission: Submission, note: str) -> Submission:
    """Return the submission with a sentence about something that was adjusted."""
    return attrs.evolve(
        submission,
        warnings=(*submission.warnings, note),
        adjusted=(*submission.adjusted, note),
    )


def _row(rows: Rows, request: VideoGenerationRequest) -> ModelRow:
    """Return the row for what the request starts from, or the plain row if no other matches."""
    return next((rows[start] for start in _starts(request) if start in rows), rows["plain"])


def _starts(request: VideoGenerationRequest) -> Iterator[Start]:
    roles = [image.type for image in request.image_list]
    # A single "reference" serves as the first frame. Beside a first frame, or among several
    # references, it is a reference image.
    loose = roles.count("reference") + roles.count("first_frame") > 1 and "reference" in roles
    if request.video is not None or "video" in request.extra_params:
        yield "extension"
    if loose or {"asset", "style"} & set(roles) or "referenceImages" in request.extra_params:
        yield "references"


def _check_media(surface: Surface, request: VideoGenerationRequest) -> Outcome[None]:
    """Return nothing if the surface accepts the form of every medium.

    Errors:
        ValidationError: A medium has another form. The message names the medium and a form that
            the surface accepts.
    """
    images = enumerate(request.image_list)
    media = [(f"image_list[{place}]", item.image, surface.images) for place, item in images]
    for name, medium, accepts in (*media, ("video", request.video, surface.video)):
        if medium is not None and not accepts.takes(medium):
            form = "bytes" if isinstance(medium, MediaContent) else "a URL that cannot be sent"
            return Failure(ValidationError(message=f"{name} is {form}: {accepts.hint}"))
    return Success(None)
