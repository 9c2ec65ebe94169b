"""What goes into Google's video models: pictures and videos in their native forms.

Source: wire/google.md, sections 2.1, 3.1 and 5.3; wire/google-vertex.md, sections 5.1 and 5.4.
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
    """In which forms a surface takes a medium.

    Attributes:
        inline: Whether its bytes may stand in the request.
        uri: What a URI must look like, or None where none is taken.
        hint: What to give instead of anything else.
    """

    inline: bool = True
    uri: re.Pattern[str] | None = None
    hint: str


_BUCKET: Final = re.compile(
    r"gs://[^/\s]+/\S+\.(png|jpe?g|webp|gif|heic|mp4|mov|webm)", re.IGNORECASE
)
_FILE: Final = re.compile(r"https?://[^/\s]+/\S*files/[a-z0-9]+\S*")

BYTES: Final = Accepts(hint="Google takes its bytes only: download it, and give the bytes")
BYTES_OR_BUCKET: Final = Accepts(
    uri=_BUCKET,
    hint="Google takes bytes, or a gs:// URI whose name tells its type (.png, .jpg, .mp4)",
)
BYTES_OR_FILE: Final = Accepts(
    uri=_FILE, hint="Google takes bytes, or the URI of a file that was uploaded to its Files API"
)
FILE: Final = Accepts(
    inline=False,
    uri=_FILE,
    hint="Google extends its own videos only: give the files/...:download URI that Veo returned",
)


def checked(
    request: VideoGenerationRequest, images: Accepts, video: Accepts
) -> Outcome[VideoGenerationRequest]:
    """Return the request, if every medium has a form that the surface takes.

    Errors:
        ValidationError: One has not; the message names it and says what to give.
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


def spelled(request: VideoGenerationRequest) -> Outcome[VideoGenerationRequest]:
    """Return the request with the official client's parameter names as native ones.

    Errors:
        ValidationError: A parameter is there under both names.
    """
    extra = {SPELLED.get(name, name): value for name, value in request.extra_params.items()}
    if len(extra) < len(request.extra_params):
        twice = sorted(name for name in request.extra_params if name in SPELLED)
        message = f"extra_params has two names of the same parameter: leave out {', '.join(twice)}"
        return Failure(ValidationError(message=message))
    return Success(attrs.evolve(request, extra_params=extra))


def row_for(rows: Rows, request: VideoGenerationRequest) -> ModelRow:
    """Return the row of what the request starts from, the plain one where there is no better."""
    return next((rows[start] for start in _starts(request) if start in rows), rows["plain"])


def _starts(request: VideoGenerationRequest) -> Iterator[Start]:
    roles = [image.type for image in request.image_list]
    # A single "reference" may be the first frame; beside one, or one of many, it is no frame.
    loose = roles.count("reference") + roles.count("first_frame") > 1 and "reference" in roles
    if request.video is not None or "video" in request.extra_params:
        yield "extension"
    if loose or {"asset", "style"} & set(roles) or "referenceImages" in request.extra_params:
        yield "references"


def for_veo(media: Media) -> dict[str, Any]:
    """Return a medium as the Gemini API's Veo takes it: bytes, or a file's URI.

    Where it knows the type, the official client sends ``encoding`` beside the URI, and the API
    refuses it: section 2.1.
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
    """Return a medium as a part of an interaction takes it, but for its type."""
    if isinstance(media, MediaContent):
        return {"data": _base64(media), "mime_type": media.content_type}
    kind = content_type_of(str(media), b"")
    # A file's URI has no suffix, and Google knows its type.
    return {"uri": str(media)} | ({} if kind.startswith("application/") else {"mime_type": kind})


def _base64(media: MediaContent) -> str:
    return b64encode(media.content).decode()
