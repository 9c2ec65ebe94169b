"""What replies tell of a video and its measures, in our vocabulary."""

from typing import Any

from returns.result import Failure, Success

from ..exceptions import TarashException, UnexpectedReplyError
from ..media import MediaContent, as_media, is_cut_off, sniff
from ..messages import HttpResponse, origin
from ..nearest import named_ratio
from ..outcome import Outcome

_DAY = 86_400
_LARGEST = 100_000


def seconds_or_none(value: object) -> float | None:
    """Return a positive, finite number of seconds, or None for anything else.

    >>> seconds_or_none(5), seconds_or_none("5"), seconds_or_none(True)
    (5.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A comparison first: a huge integer has no float.
    return float(value) if 0 < value < _DAY else None


def _pixels(width: object, height: object) -> tuple[int, int] | None:
    # type(), because True is an int.
    if type(width) is not int or type(height) is not int:
        return None
    return (width, height) if 0 < min(width, height) <= max(width, height) < _LARGEST else None


def resolution_of(width: object, height: object) -> str | None:
    """Return the shorter side as ``"1080p"``, or None without two whole numbers.

    >>> resolution_of(1920, 1080), resolution_of(None, 1080)
    ('1080p', None)
    """
    pixels = _pixels(width, height)
    return f"{min(pixels)}p" if pixels else None


def aspect_ratio_of(width: object, height: object) -> str | None:
    """Return the usual name of the ratio, else the reduced one, or None without two numbers.

    >>> aspect_ratio_of(1920, 1080), aspect_ratio_of(832, 480), aspect_ratio_of(1000, 500)
    ('16:9', '16:9', '2:1')
    """
    pixels = _pixels(width, height)
    return named_ratio(*pixels) if pixels else None


def result_video(provider: str, url: object, payload: Any) -> Outcome[str | MediaContent]:
    """Return the video that a reply names: its URL, or the bytes of a data URL.

    Errors:
        UnexpectedReplyError: ``url`` is neither.
    """
    problem = f"{provider}'s result has no video URL"
    if isinstance(url, str) and origin(url) is not None:
        return Success(url)
    if not isinstance(url, str) or not url.startswith("data:"):
        return Failure(UnexpectedReplyError(message=problem, raw_response=payload))
    try:
        video = as_media("video", url)
    except TarashException as error:
        message = f"{problem}: {error.message}"
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    if isinstance(video, MediaContent):
        return Success(video)
    return Failure(UnexpectedReplyError(message=problem, raw_response=payload))


def result_bytes(provider: str, reply: HttpResponse) -> Outcome[MediaContent]:
    """Return the video that a reply's body is.

    Errors:
        UnexpectedReplyError: The body is empty, an HTML page, JSON, a picture, or part of a video.
    """
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    found = sniff(reply.body)
    if found is not None and found.startswith("video/") and is_cut_off(reply.body):
        message = f"{provider} sent the beginning of a video only, {len(reply.body)} bytes"
        return Failure(UnexpectedReplyError(message=message))
    if found is not None and found.startswith("video/"):
        return Success(MediaContent(reply.body, kind if kind.startswith("video/") else found))
    shown = f"{len(reply.body)} bytes of {kind or 'no type'}"
    message = f"{provider} sent no video where one was due, but {shown}"
    return Failure(UnexpectedReplyError(message=message))
