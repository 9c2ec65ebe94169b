"""Google's Files API: a resumable upload is started, then its pieces are sent.

Sources: ai.google.dev/gemini-api/docs/files (2026-11): 48 hours, 2 GB for a file;
googleapis/python-genai:google/genai/_api_client.py (2.19.0): the headers, and pieces of 8 MiB.
"""

from typing import Final

import attrs
from returns.result import Failure, Success

from ...catalog.limits import IN_MEMORY, MB, MIB, MediaLimits, MediaRules
from ...exceptions import HTTPError, UnexpectedReplyError
from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...http.reading import read
from ...outcome import Outcome
from ...values.urls import origin
from ..base import Target, Uploads
from ..uploads import Stored, Upload, stored
from .files import gemini_root

_PIECE: Final = 8 * MIB
# A request of more than 20 MB in all is refused, and base64 makes four characters of three bytes.
_INLINE: Final = 14 * MB
_VEO_FORMATS: Final = ("image/jpeg", "image/png", "image/webp")
_INLINE_ONLY: Final = MediaLimits(
    inline=_INLINE,
    instead="",
    source="https://ai.google.dev/gemini-api/docs/video, 2026-07",
)
_OR_FILE: Final = MediaLimits(
    # Ten references, two frames and a video of this size fit into a request together.
    inline=1 * MB,
    uploaded=2000 * MB,
    source="https://ai.google.dev/gemini-api/docs/files, 2026-11",
)
# Veo takes the bytes of a picture only, and of videos its own ones.
VEO_RULES: Final = MediaRules(
    images=attrs.evolve(_INLINE_ONLY, formats=_VEO_FORMATS), video=_INLINE_ONLY
)
OMNI_RULES: Final = MediaRules(
    # googleapis/python-genai:google/genai/_gaos/types/interactions/, 3.4.0, 2026-11: the formats.
    images=attrs.evolve(
        _OR_FILE,
        formats=(
            "image/jpeg",
            "image/png",
            "image/webp",
            "image/heic",
            "image/heif",
            "image/gif",
            "image/bmp",
            "image/tiff",
        ),
    ),
    video=_OR_FILE,
)
_ON_VERTEX: Final = MediaLimits(
    inline=20 * MB,
    instead="pass a gs:// URI",
    source="https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/"
    "veo-video-generation, 2026",
)
# The page names the 20 MB for a picture. A video in the request has no limit of its own there.
VERTEX_RULES: Final = MediaRules(
    images=attrs.evolve(_ON_VERTEX, formats=_VEO_FORMATS),
    video=attrs.evolve(_ON_VERTEX, inline=IN_MEMORY),
)
VERTEX_OMNI_RULES: Final = MediaRules(
    images=attrs.evolve(_ON_VERTEX, formats=OMNI_RULES.images.formats),
    video=VERTEX_RULES.video,
)


def _request(target: Target, upload: Upload) -> HttpRequest:
    url, sent = upload.replies.get("url"), upload.sent
    if url is None:
        host, _, version = gemini_root(target).rpartition("/")
        return HttpRequest(
            method="POST",
            url=f"{host}/upload/{version}/files",
            headers={
                "X-Goog-Upload-Protocol": "resumable",
                "X-Goog-Upload-Command": "start",
                "X-Goog-Upload-Header-Content-Length": str(upload.size),
                "X-Goog-Upload-Header-Content-Type": upload.content_type,
                "X-Goog-Upload-File-Name": upload.file_name,
            },
            body=JsonBody(
                value={"file": {"mime_type": upload.content_type, "size_bytes": upload.size}}
            ),
        )
    last = sent + _PIECE >= upload.size
    return HttpRequest(
        method="POST",
        url=url,
        headers={
            "X-Goog-Upload-Command": "upload, finalize" if last else "upload",
            "X-Goog-Upload-Offset": str(sent),
        },
        body=upload.body(sent, _PIECE),
        # The URL has an id of the upload in it.
        keyless=True,
    )


def _received(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    status = reply.headers.get("x-goog-upload-status", "")
    if "url" not in upload.replies:
        url = reply.headers.get("x-goog-upload-url", "")
        if origin(url) is None:
            message = "Google started an upload and did not say where it goes: try again later"
            return Failure(UnexpectedReplyError(message))
        return Success(attrs.evolve(upload, replies={"url": url}))
    sent = upload.sent + _PIECE
    if status == "active" and sent < upload.size:
        return Success(attrs.evolve(upload, sent=sent))
    if status not in {"final", ""}:
        message = f"Google ended the upload of {upload.place} with the status {status!r}"
        return Failure(HTTPError(f"{message}: it is sent again"))
    return read(reply, _Uploaded).bind(lambda found: stored(upload, found.value.file.uri))


@attrs.frozen
class _File:
    uri: str


@attrs.frozen
class _Uploaded:
    file: _File


def _pending(target: Target, upload: Upload) -> str:
    # The ids of Google's files are letters and digits.
    name = upload.file_name.partition(".")[0].replace("-", "")
    return f"{gemini_root(target)}/files/{name}"


UPLOADS: Final = Uploads(
    origin=lambda target: target.base_url,
    request=_request,
    received=_received,
    pending=_pending,
)
