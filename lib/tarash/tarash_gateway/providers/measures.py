"""What replies tell of a video and its measures, in our vocabulary."""

from typing import Any

from returns.result import Failure, Success

from ..catalog.nearest import named_ratio
from ..exceptions import TarashException, UnexpectedReplyError
from ..http.messages import HttpResponse
from ..outcome import Outcome
from ..values.media import MediaContent, as_media, content_type_of
from ..values.signatures import is_cut_off, sniff, video_type
from ..values.urls import origin

_DAY = 86_400
_LARGEST = 100_000
_SHOWN = 80


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
        UnexpectedReplyError: ``url`` is neither, names a picture, or its bytes are no whole video.
    """
    if isinstance(url, str) and origin(url) is not None:
        return _no_picture(provider, url, payload)
    if not isinstance(url, str) or not url.startswith("data:"):
        return _no_video(f"{provider}'s result has no video URL, but {_shown(url)}", payload)
    try:
        medium = as_media("video", url)
    except TarashException as error:
        return _no_video(f"{provider}'s result has no video URL: {error.message}", payload)
    content = medium.content if isinstance(medium, MediaContent) else b""
    return _whole(provider, content, told="", payload=payload)


def result_bytes(provider: str, reply: HttpResponse) -> Outcome[MediaContent]:
    """Return the video that a reply's body is, with the type that its bytes tell.

    Errors:
        UnexpectedReplyError: The body is empty, an HTML page, JSON, a picture, a sound, or part of
            a video.
    """
    told = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return _whole(provider, reply.body, told=told, payload=None)


def _whole(provider: str, content: bytes, *, told: str, payload: Any) -> Outcome[MediaContent]:
    """Return the one answer to whether bytes are a video, whatever way they came."""
    kind = video_type(content, told=told)
    if kind is not None:
        return Success(MediaContent(content, kind))
    if is_cut_off(content):
        return _no_video(
            f"{provider} sent the beginning of a video only, {len(content)} bytes", payload
        )
    named = sniff(content) or told or "no known type"
    return _no_video(
        f"{provider} sent no video where one was due, but {len(content)} bytes of {named}", payload
    )


def _no_picture(provider: str, url: str, payload: Any) -> Outcome[str | MediaContent]:
    kind = content_type_of(url.partition("?")[0].partition("#")[0], b"")
    if kind.startswith("image/"):
        return _no_video(f"{provider}'s result is no video but a picture, {kind}", payload)
    return Success(url)


def _no_video(problem: str, payload: Any) -> Failure[TarashException]:
    message = f"{problem}; look at the provider's dashboard for the job's video"
    return Failure(UnexpectedReplyError(message=message, raw_response=payload))


def _shown(value: object) -> str:
    if not isinstance(value, str):
        return f"a value of type {type(value).__name__}"
    return f"the text {value[:_SHOWN]!r}" if value else "an empty text"
