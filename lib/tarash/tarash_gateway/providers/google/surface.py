"""What goes to Google: the submissions of Veo and of Omni, each with a key and on Vertex AI.

Source: googleapis/python-genai, google/genai/models.py, 2.19.0, 2026-08 (Veo's media), and
google/genai/_gaos/types/interactions/, 3.4.0, 2026-11 (Omni's parts);
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026 (buckets).
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import EncodeMedia, map_request
from ...catalog.rows import ModelRow
from ...exceptions import ValidationError
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.files import UploadedMedia
from ...values.media import Media, MediaContent, as_url, content_type_of
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Submission, Target
from . import files
from .models import Rows, Start

_PREFIX: Final = re.compile(r"^(publishers/google/models/|models/|google/)")


@attrs.frozen(kw_only=True)
class Accepts:
    """The forms in which a surface takes a medium.

    Attributes:
        inline: Whether the request may contain the bytes.
        uri: The pattern that a URI must match, or None where a URI is refused.
        hint: Advice for the error message when a medium has another form.
    """

    inline: bool = True
    uri: re.Pattern[str] | None = None
    hint: str

    def takes(self, medium: Media) -> bool:
        """Tell whether a medium has one of these forms."""
        if isinstance(medium, MediaContent):
            return self.inline
        return self.uri is not None and self.uri.fullmatch(as_url(medium)) is not None


_BUCKET: Final = re.compile(
    r"gs://[^/\s]+/\S+\.(png|jpe?g|webp|gif|heic|mp4|mov|webm)", re.IGNORECASE
)
_FILE: Final = re.compile(r"https?://[^/\s]+/\S*files/[a-z0-9]+\S*")

BYTES: Final = Accepts(hint="Google accepts bytes only: download the file and pass its bytes")
BYTES_OR_BUCKET: Final = Accepts(
    uri=_BUCKET,
    hint="Google accepts bytes, or a gs:// URI with a known suffix (.png, .jpg, .mp4)",
)
BYTES_OR_FILE: Final = Accepts(
    uri=_FILE, hint="Google accepts bytes, or the URI of a file uploaded to its Files API"
)
FILE: Final = Accepts(
    inline=False,
    uri=_FILE,
    hint="Google extends only its own videos: pass the files/...:download URI that Veo returned",
)


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
    """Return the submission of a job, unless the model is retired or refuses one of the media."""
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
    images = enumerate(request.image_list)
    media = [(f"image_list[{place}]", item.image, surface.images) for place, item in images]
    for name, medium, accepts in (*media, ("video", request.video, surface.video)):
        if medium is not None and not accepts.takes(medium):
            form = "bytes" if isinstance(medium, MediaContent) else "a URL that cannot be sent"
            return Failure(ValidationError(message=f"{name} is {form}: {accepts.hint}"))
    return Success(None)


def for_veo(media: Media) -> dict[str, Any]:
    """Return a medium as the Gemini API's Veo takes it: bytes, or a file's URI.

    The official client also sends ``encoding`` beside the URI (googleapis/python-genai,
    google/genai/models.py, 2.19.0, 2026-08). The API answered 400 to it in mid 2026: "`encoding`
    isn't supported by this model".
    """
    if isinstance(media, MediaContent):
        return {"bytesBase64Encoded": _base64(media), "mimeType": media.content_type}
    return {"uri": str(media)}


def for_vertex(media: Media) -> dict[str, Any]:
    """Return a medium as Vertex AI's Veo takes it: bytes, or an object in a bucket."""
    if isinstance(media, MediaContent):
        return for_veo(media)
    return {"gcsUri": str(media), "mimeType": content_type_of(str(media), b"")}


def for_omni(media: Media) -> dict[str, Any]:
    """Return a medium as a part of an interaction, without the part's ``type``."""
    if isinstance(media, MediaContent):
        return {"data": _base64(media), "mime_type": media.content_type}
    if isinstance(media, UploadedMedia):
        return {"uri": media.url, "mime_type": media.content_type}
    kind = content_type_of(str(media), b"")
    # The URI of a file has no suffix to guess the type from, and Google already knows the type.
    return {"uri": str(media)} | ({} if kind.startswith("application/") else {"mime_type": kind})


def _base64(media: MediaContent) -> str:
    return b64encode(media.content).decode()
