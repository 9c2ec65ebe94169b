"""Runway's ephemeral uploads: a form for a storage host is asked for, then filled in.

Sources: docs.dev.runwayml.com/assets/inputs and /assets/uploads (2026-11);
runwayml/sdk-python:src/runwayml/resources/uploads.py (5.24.0). An upload is kept for 24 hours.
"""

from collections.abc import Mapping
from typing import Final

import attrs
from returns.result import Success

from ...catalog.limits import MB, MediaLimits, MediaRules
from ...http.messages import FormBody, FormPart, HttpRequest, HttpResponse, JsonBody
from ...http.reading import read
from ...outcome import Outcome
from ...values.files import UploadedMedia
from ..base import Target, Uploads
from ..uploads import Stored, Upload

_LIMITS: Final = MediaLimits(
    # Runway counts the characters of a data URL.
    inline=5 * MB,
    counted="data_url",
    uploaded=200 * MB,
    least=512,
    source="https://docs.dev.runwayml.com/assets/inputs, 2026-11",
)
RULES: Final = MediaRules(
    images=attrs.evolve(_LIMITS, formats=("image/jpeg", "image/png", "image/webp")),
    video=_LIMITS,
)


@attrs.frozen
class _Slot:
    uploadUrl: str  # noqa: N815 - Runway's name
    fields: Mapping[str, str]
    runwayUri: str  # noqa: N815 - Runway's name


def request(target: Target, upload: Upload, headers: Mapping[str, str]) -> HttpRequest:
    """Return the next exchange; ``headers`` are those of every request to Runway itself."""
    if "uploadUrl" not in upload.replies:
        return HttpRequest(
            method="POST",
            url=f"{target.base_url}/v1/uploads",
            headers=headers,
            body=JsonBody(value={"filename": upload.file_name, "type": "ephemeral"}),
        )
    # The storage host wants its own fields before the file, and no key.
    fields = tuple(FormPart(name=n, value=v) for n, v in upload.replies["fields"].items())
    file = FormPart(
        name="file",
        filename=upload.file_name,
        content_type=upload.content_type,
        content=upload.body(),
    )
    return HttpRequest(
        method="POST", url=upload.replies["uploadUrl"], body=FormBody(parts=(*fields, file))
    )


def received(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    """Return the upload with its slot, or the medium once the storage host has it."""
    if "runwayUri" in upload.replies:
        uri = str(upload.replies["runwayUri"])
        return Success(UploadedMedia(url=uri, content_type=upload.content_type))
    return read(reply, _Slot).map(
        lambda found: attrs.evolve(upload, replies=attrs.asdict(found.value))
    )


def uploads(headers: Mapping[str, str]) -> Uploads:
    """Return Runway's uploads; ``headers`` are those of every request to Runway itself."""
    return Uploads(
        origin=lambda target: target.base_url,
        request=lambda target, upload: request(target, upload, headers),
        received=received,
        pending=lambda _target, upload: f"runway://{upload.file_name}",
    )
