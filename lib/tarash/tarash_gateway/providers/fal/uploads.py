"""fal's storage: a signed URL is asked for, then the file is put there.

Sources: fal-ai/fal-js:libs/client/src/storage.ts and
fal-ai/fal:projects/fal_client/src/fal_client/client.py (2026-08). fal documents no limit for a data
URL; it advises an upload for files of more than a few megabytes.
"""

from typing import Final

import attrs

from ...catalog.limits import ANY_SIZE, MB, MediaLimits, MediaRules
from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...http.reading import read
from ...outcome import Outcome
from ..base import Target, Uploads
from ..uploads import Stored, Upload, stored

_REST_URL: Final = "https://rest.fal.ai"
_LIMITS: Final = MediaLimits(
    inline=5 * MB,
    uploaded=ANY_SIZE,
    source="fal-ai/fal-js:libs/client/src/storage.ts, 2026-08: no limit, and files are uploaded",
)
RULES: Final = MediaRules(images=_LIMITS, video=_LIMITS)


@attrs.frozen
class _Initiated:
    upload_url: str
    file_url: str


def _rest_url(target: Target) -> str:
    # A base URL of the caller's own stands for all of fal.
    return target.base_url if target.config.base_url else _REST_URL


def _request(target: Target, upload: Upload) -> HttpRequest:
    if "upload_url" in upload.replies:
        url, body = upload.replies["upload_url"], upload.body()
        return HttpRequest(method="PUT", url=url, body=body, keyless=True)
    wanted = {"content_type": upload.content_type, "file_name": upload.file_name}
    return HttpRequest(
        method="POST",
        url=f"{_rest_url(target)}/storage/upload/initiate?storage_type=gcs",
        headers={"Accept": "application/json"},
        body=JsonBody(value=wanted),
    )


def _received(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    if "file_url" in upload.replies:
        return stored(upload, upload.replies["file_url"])
    return read(reply, _Initiated).map(
        lambda found: attrs.evolve(upload, replies=attrs.asdict(found.value))
    )


UPLOADS: Final = Uploads(
    origin=_rest_url,
    request=_request,
    received=_received,
    pending=lambda _target, upload: f"https://v3.fal.media/files/{upload.file_name}",
)
