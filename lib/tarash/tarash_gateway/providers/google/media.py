"""What goes into Google's video models: pictures and videos in their native forms.

Source: googleapis/python-genai, google/genai/models.py, 2.19.0, 2026-08 (Veo's media), and
google/genai/_gaos/types/interactions/, 3.4.0, 2026-11 (Omni's parts);
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026 (buckets).
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...catalog.rows import ModelRow
from ...exceptions import ValidationError
from ...outcome import Outcome
from ...values.media import Media, MediaContent, content_type_of
from ...values.request import VideoGenerationRequest
from .models import SPELLED, Rows, Start


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


def check_media(
    request: VideoGenerationRequest, images: Accepts, video: Accepts
) -> Outcome[VideoGenerationRequest]:
    """Return the request if the surface accepts the form of every medium.

    Errors:
        ValidationError: A medium has another form. The message names the medium and a form that
            the surface accepts.
    """
    for name, medium, accepts in _media(request, images, video):
        if isinstance(medium, MediaContent):
            fits = accepts.inline
        else:
            fits = accepts.uri is not None and accepts.uri.fullmatch(str(medium)) is not None
        if not fits:
            form = "bytes" if isinstance(medium, MediaContent) else "a URL that cannot be sent"
            return Failure(ValidationError(message=f"{name} is {form}: {accepts.hint}"))
    return Success(request)


def _media(
    request: VideoGenerationRequest, images: Accepts, video: Accepts
) -> Iterator[tuple[str, Media, Accepts]]:
    for place, item in enumerate(request.image_list):
        yield f"image_list[{place}]", item.image, images
    if request.video is not None:
        yield "video", request.video, video


def native_names(request: VideoGenerationRequest) -> Outcome[VideoGenerationRequest]:
    """Return the request with the official client's parameter names translated to native ones.

    Errors:
        ValidationError: ``extra_params`` holds a parameter under both names.
    """
    extra = {SPELLED.get(name, name): value for name, value in request.extra_params.items()}
    if len(extra) < len(request.extra_params):
        twice = sorted(name for name in request.extra_params if name in SPELLED)
        message = f"extra_params has one parameter under two names: leave out {', '.join(twice)}"
        return Failure(ValidationError(message=message))
    return Success(attrs.evolve(request, extra_params=extra))


def row_for(rows: Rows, request: VideoGenerationRequest) -> ModelRow:
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
    kind = content_type_of(str(media), b"")
    # The URI of a file has no suffix to guess the type from, and Google already knows the type.
    return {"uri": str(media)} | ({} if kind.startswith("application/") else {"mime_type": kind})


def _base64(media: MediaContent) -> str:
    return b64encode(media.content).decode()
