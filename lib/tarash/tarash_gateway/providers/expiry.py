"""When a video's URL stops working: what signed URLs and providers' replies say. Pure and total.

Sources: docs.aws.amazon.com/AmazonS3, "Authenticating Requests: Using Query Parameters"
(``X-Amz-Date`` and ``X-Amz-Expires``); cloud.google.com/storage/docs/authentication/
canonical-requests (the same as ``X-Goog-``); docs.byteplus.com and help.aliyun.com name them
``X-Tos-`` and ``x-oss-``; docs.aws.amazon.com/AmazonCloudFront, "Create a signed URL using a canned
policy" (``Expires`` beside ``Signature``, which Google's and Amazon's older signatures share);
learn.microsoft.com, "Create a service SAS" (``se`` beside ``sig``); RFC 7519, section 4.1.4, for
the ``exp`` of a token. All read in 2026-11.
"""

import json
from base64 import urlsafe_b64decode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from ..http.messages import HttpResponse
from ..values.media import MediaContent

# A time outside of these years is a number that means something else.
_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_LONGEST: Final = (_LAST - _FIRST).total_seconds()
_SIGNERS: Final = ("x-amz", "x-goog", "x-tos", "x-oss")
_CLAIMS: Final = "_jwt"


def expiry_of_url(video: str | MediaContent) -> datetime | None:
    """Return when a signed URL stops working, by its own query, or None if it does not say.

    The earliest counts where it says several times.

    >>> signed = "https://a.example/v.mp4?X-Amz-Date=20261101T100000Z&X-Amz-Expires=3600"
    >>> expiry_of_url(signed).isoformat()
    '2026-11-01T11:00:00+00:00'
    >>> expiry_of_url("https://a.example/v.mp4?Expires=soon") is None
    True
    """
    if not isinstance(video, str) or "?" not in video:
        return None
    query: dict[str, str] = {}
    # A URL without a valid host, or with more fields than the parser takes.
    with suppress(ValueError):
        for name, value in parse_qsl(urlsplit(video).query):
            query.setdefault(name.lower(), value)
    signed = [
        after(time_of(query.get(f"{signer}-date")), seconds_in(query.get(f"{signer}-expires")))
        for signer in _SIGNERS
    ]
    # Without a signature, these names are anybody's.
    canned = time_of(query.get("expires")) if "signature" in query else None
    shared = time_of(query.get("se")) if "sig" in query else None
    return earliest(*signed, canned, shared, _of_token(query.get(_CLAIMS, "")))


def _of_token(token: str) -> datetime | None:
    """Return the ``exp`` of a JSON web token. Its signature is not checked."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - a header, claims and a signature
        return None
    with suppress(ValueError, RecursionError):
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return time_of(claims.get("exp")) if isinstance(claims, dict) else None
    return None


def time_of(value: object) -> datetime | None:
    """Return a time as aware UTC: of Unix seconds, or of a text in an ISO 8601 form.

    A text without a zone is in UTC, as it is at every provider; anything else is None.

    >>> time_of(1760714196) == time_of("2025-10-17T15:16:36Z") == time_of("20251017T151636Z")
    True
    >>> time_of("soon"), time_of(True), time_of(10**400), time_of(7)
    (None, None, None, None)
    """
    with suppress(ValueError, OverflowError):
        found = _parsed(value)
        if found is not None and _FIRST <= found <= _LAST:
            return found
    return None


def _parsed(value: object) -> datetime | None:
    if isinstance(value, str):
        text = value.strip()
        if not text.isascii():
            return None
        if text.isdecimal() and len(text) > len("20251017"):
            return _EPOCH + timedelta(seconds=int(text))
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    # type(), because True is an int.
    if type(value) is int or type(value) is float:
        return _EPOCH + timedelta(seconds=value)
    return None


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_in(value: object) -> float | None:
    """Return a number of seconds, or None for anything but a usable number from 0 on.

    >>> seconds_in("3600"), seconds_in(60), seconds_in(True), seconds_in("1e9999"), seconds_in(-1)
    (3600.0, 60.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    with suppress(ValueError, OverflowError):
        seconds = float(value)
        return seconds if 0 <= seconds <= _LONGEST else None
    return None


def after(begin: datetime | None, seconds: float | None) -> datetime | None:
    """Return the time so many seconds after another one, or None if either is not known."""
    if begin is None or seconds is None:
        return None
    return begin + timedelta(seconds=seconds)


def date_of(reply: HttpResponse) -> datetime | None:
    """Return the time at which a reply was sent, by its ``Date`` header, or None without one."""
    with suppress(ValueError, TypeError, OverflowError):
        return time_of(parsedate_to_datetime(reply.headers.get("date", "")).isoformat())
    return None


def earliest(*times: datetime | None) -> datetime | None:
    """Return the first of the known times, or None if none is known."""
    return min((time for time in times if time is not None), default=None)
