"""Replicate's files API: one form, and the reply names the file.

Sources: replicate.com/docs/reference/http, "Upload a file" (2026);
replicate/replicate-python:replicate/file.py (1.0.7). Replicate advises data URLs up to 256 kB
(replicate/replicate-python-beta:src/replicate, 2025-12-18, the docstrings), and takes files up to
100 MB (replicate.com/docs/topics/predictions/input-files, 2026). A file is kept for 24 hours.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from ...catalog.limits import KB, MB, MediaLimits, MediaRules
from ...http.messages import FormBody, FormPart, HttpRequest, HttpResponse
from ...http.reading import read
from ...outcome import Outcome
from ..base import Target, Uploads
from ..uploads import Stored, Upload, stored

_LIMITS: Final = MediaLimits(
    inline=256 * KB,
    uploaded=100 * MB,
    source="https://replicate.com/docs/topics/predictions/input-files, 2026",
)
RULES: Final = MediaRules(images=_LIMITS, video=_LIMITS)


@attrs.frozen
class _File:
    urls: Mapping[str, str]


def _request(target: Target, upload: Upload) -> HttpRequest:
    part = FormPart(
        name="content",
        filename=upload.file_name,
        content_type=upload.content_type,
        content=upload.body(),
    )
    return HttpRequest(method="POST", url=f"{target.base_url}/files", body=FormBody(parts=(part,)))


def _received(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    return read(reply, _File).bind(lambda found: stored(upload, found.value.urls.get("get", "")))


UPLOADS: Final = Uploads(
    origin=lambda target: target.base_url,
    request=_request,
    received=_received,
    pending=lambda target, upload: f"{target.base_url}/files/{upload.file_name}",
)
