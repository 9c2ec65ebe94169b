"""Runway's ephemeral uploads: a form for a storage host is asked for, then filled in.

Sources: docs.dev.runwayml.com/assets/inputs and /assets/uploads (2026-11);
runwayml/sdk-python:src/runwayml/resources/uploads.py (5.24.0). An upload is kept for 24 hours.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

import attrs

from ...catalog.limits import MB, MediaLimits, MediaRules
from ...http.messages import FormBody, FormPart, HttpRequest, HttpResponse, JsonBody
from ...http.reading import read
from ...outcome import Outcome
from ..base import Target, Uploads
from ..uploads import Stored, Upload, stored

_LIMITS: Final = MediaLimits(
    # Runway counts the characters of a data URL, below 5 MiB. Its page also names 16 MB for a
    # video, and its client 5 MB; an upload costs nothing, so the smaller limit stands here.
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


# A request to Runway itself, of a target and a body to a path.
Post: TypeAlias = Callable[[Target, str, JsonBody], HttpRequest]


def _request(post: Post, target: Target, upload: Upload) -> HttpRequest:
    if "uploadUrl" not in upload.replies:
        slot = {"filename": upload.file_name, "type": "ephemeral"}
        return post(target, "uploads", JsonBody(value=slot))
    # The storage host wants its own fields before the file.
    fields = tuple(FormPart(name=n, value=v) for n, v in upload.replies["fields"].items())
    file = FormPart(
        name="file",
        filename=upload.file_name,
        content_type=upload.content_type,
        content=upload.body(),
    )
    body = FormBody(parts=(*fields, file))
    return HttpRequest(method="POST", url=upload.replies["uploadUrl"], body=body, keyless=True)


def _received(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    if "runwayUri" in upload.replies:
        return stored(upload, upload.replies["runwayUri"])
    return read(reply, _Slot).map(
        lambda found: attrs.evolve(upload, replies=attrs.asdict(found.value))
    )


def uploads(post: Post) -> Uploads:
    """Return Runway's uploads; ``post`` makes a request to Runway itself."""
    return Uploads(
        origin=lambda target: target.base_url,
        request=partial(_request, post),
        received=_received,
        pending=lambda _target, upload: f"runway://{upload.file_name}",
    )
