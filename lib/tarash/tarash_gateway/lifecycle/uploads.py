"""The media of a request that are uploaded before it is submitted: pure.

An upload costs nothing, so it may be repeated. The submission is made once with the names that the
media will have, so that whatever is wrong with it is known before the first byte is sent, and once
more with the names that the provider gave them.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

import attrs
from returns.result import Failure, Success

from ..catalog.limits import MediaLimits, MediaRules, handling, pixels_of
from ..exceptions import (
    HTTPConnectionError,
    HTTPError,
    RateLimitError,
    TarashException,
    UnexpectedReplyError,
)
from ..http.messages import HttpRequest, HttpResponse
from ..outcome import Outcome, every
from ..providers.base import Target
from ..providers.uploads import Stored, Upload
from ..values.files import MediaFile, UploadedMedia
from ..values.media import Media, MediaContent
from ..values.request import VideoGenerationRequest
from ..values.urls import origin
from .keys import authenticate_request, is_own

_TRIES: Final = 5
_Placed: TypeAlias = tuple[str, Media, MediaLimits]


def with_pending_uploads(
    target: Target, request: VideoGenerationRequest
) -> Outcome[tuple[VideoGenerationRequest, tuple[Upload, ...]]]:
    """Return the request with the names of the media that have to be uploaded, and these media.

    Errors:
        ValidationError: A medium is beyond the provider's limits.
    """
    if not request.image_list and request.video is None:
        return Success((request, ()))
    rules = MediaRules() if target.provider.media is None else target.provider.media(target)
    return every(_media(request, rules), partial(_upload_of, target)).map(
        lambda found: _named(target, request, tuple(one for one in found if one is not None))
    )


def _media(request: VideoGenerationRequest, rules: MediaRules) -> Iterator[_Placed]:
    for place, item in enumerate(request.image_list):
        yield f"image_list[{place}]", item.image, rules.images
    if request.video is not None:
        yield "video", request.video, rules.video


def _upload_of(target: Target, placed: _Placed) -> Outcome[Upload | None]:
    name, medium, limits = placed
    if not isinstance(medium, MediaContent | MediaFile):
        return Success(None)
    if target.provider.uploads is None:
        limits = attrs.evolve(limits, uploaded=None)
    return handling(name, medium, limits).map(
        lambda how: Upload(place=name, medium=medium) if how == "upload" else None
    )


def _named(
    target: Target, request: VideoGenerationRequest, uploads: tuple[Upload, ...]
) -> tuple[VideoGenerationRequest, tuple[Upload, ...]]:
    provider = target.provider.uploads
    if provider is None or not uploads:
        return request, ()
    names = {
        upload.place: UploadedMedia(
            url=provider.pending(target, upload),
            content_type=upload.content_type,
            pixels=pixels_of(upload.medium),
        )
        for upload in uploads
    }
    return with_stored(request, names), uploads


def with_stored(
    request: VideoGenerationRequest, media: Mapping[str, UploadedMedia]
) -> VideoGenerationRequest:
    """Return the request with the media of these places as the provider names them."""
    images = tuple(
        attrs.evolve(item, image=media.get(f"image_list[{place}]", item.image))
        for place, item in enumerate(request.image_list)
    )
    return attrs.evolve(request, image_list=images, video=media.get("video", request.video))


def upload_request(target: Target, upload: Upload) -> HttpRequest | None:
    """Return the next exchange of an upload, with the key only if it goes to the provider."""
    uploads = target.provider.uploads
    if uploads is None:
        return None
    return authenticate_request(target, uploads.request(target, upload), uploads.origin(target))


def after_upload_reply(target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    """Return the upload after a reply, or the medium as the provider names it.

    Errors:
        TarashException: The provider or its storage refuses it.
    """
    uploads = target.provider.uploads
    if uploads is None:
        return Failure(UnexpectedReplyError(f"{target.provider.name} takes no uploads"))
    if reply.status in range(200, 300):
        return uploads.received(target, upload, reply).map(partial(_with_pixels, upload))
    request = uploads.request(target, upload)
    if is_own(target, request, uploads.origin(target)):
        return Failure(target.provider.failure(target, reply, "submit").error)
    # A storage host does not speak the provider's language.
    host = (origin(request.url) or ("", "", None))[1]
    message = f"the storage at {host} answered the upload of {upload.place} with HTTP"
    return Failure(HTTPError(f"{message} {reply.status}: try again", status_code=reply.status))


def _with_pixels(upload: Upload, stored: Stored) -> Stored:
    # The submission after the upload has to be the one that was checked before it.
    if isinstance(stored, Upload):
        return stored
    return attrs.evolve(stored, pixels=pixels_of(upload.medium))


def may_upload_again(error: TarashException, tries: int) -> bool:
    """Tell whether an upload that failed for the ``tries``-th time is worth another one."""
    passing = HTTPError | HTTPConnectionError | RateLimitError | UnexpectedReplyError
    return isinstance(error, passing) and tries < _TRIES
