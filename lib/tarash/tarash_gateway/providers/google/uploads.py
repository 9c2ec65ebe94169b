"""Google's Files API: a resumable upload is started, then its pieces are sent.

Sources: ai.google.dev/gemini-api/docs/files (2026-11): 48 hours, 2 GB for a file;
googleapis/python-genai:google/genai/_api_client.py (2.19.0): the headers, and pieces of 8 MiB.
"""

from typing import Final

import attrs
from returns.result import Failure, Success

from ...catalog.limits import MB, MIB, MediaLimits, MediaRules
from ...exceptions import HTTPError, UnexpectedReplyError
from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...http.reading import read
from ...outcome import Outcome
from ...values.files import UploadedMedia
from ...values.urls import origin
from ..base import Target, Uploads
from ..uploads import Stored, Upload
from .files import gemini_root

_PIECE: Final = 8 * MIB
# A request of more than 20 MB in all is refused, and base64 makes four characters of three bytes.
_INLINE: Final = 14 * MB
_INLINE_ONLY: Final = MediaLimits(
    inline=_INLINE,
    formats=("image/jpeg", "image/png", "image/webp"),
    source="https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11",
)
_OR_FILE: Final = MediaLimits(
    inline=_INLINE,
    uploaded=2000 * MB,
    source="https://ai.google.dev/gemini-api/docs/files, 2026-11",
)
# Veo takes the bytes of a picture only.
VEO_RULES: Final = MediaRules(images=_INLINE_ONLY, video=MediaLimits(inline=_INLINE))
OMNI_RULES: Final = MediaRules(images=_OR_FILE, video=_OR_FILE)


def _request(target: Target, upload: Upload) -> HttpRequest:
    url, sent = upload.replies.get("url"), upload.replies.get("sent", 0)
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
    # The URL has an id of the upload in it, and needs no key.
    return HttpRequest(
        method="POST",
        url=url,
        headers={
            "X-Goog-Upload-Command": "upload, finalize" if last else "upload",
            "X-Goog-Upload-Offset": str(sent),
        },
        body=upload.body(sent, _PIECE),
    )


def _received(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    status = reply.headers.get("x-goog-upload-status", "")
    if "url" not in upload.replies:
        url = reply.headers.get("x-goog-upload-url", "")
        if origin(url) is None:
            message = "Google started an upload and did not say where it goes: try again later"
            return Failure(UnexpectedReplyError(message))
        return Success(attrs.evolve(upload, replies={"url": url, "sent": 0}))
    sent = upload.replies["sent"] + _PIECE
    if status == "active" and sent < upload.size:
        return Success(attrs.evolve(upload, replies={**upload.replies, "sent": sent}))
    if status not in {"final", ""}:
        message = f"Google ended the upload of {upload.place} with the status {status!r}"
        return Failure(HTTPError(f"{message}: it is sent again"))
    return read(reply, _Uploaded).map(
        lambda found: UploadedMedia(url=found.value.file.uri, content_type=upload.content_type)
    )


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
