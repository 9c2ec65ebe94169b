"""A download as an immutable value, moved by pure functions from one exchange to the next.

request_of(transfer)                  what to ask for
receive(transfer, status, headers)    what the head of the reply means
broken(transfer, received, error)     how it goes on after a break
check(transfer, received, digests)    whether the file is whole

Sources, read 2026-11: RFC 9110, sections 13.1.5 (If-Range) and 14 (ranges); RFC 9530 (Repr-Digest);
RFC 1864 (Content-MD5); cloud.google.com/storage/docs/xml-api/reference-headers (x-goog-hash);
docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import attrs
from returns.result import Failure, Success

from ..exceptions import (
    HTTPConnectionError,
    HTTPError,
    NotFoundError,
    TarashException,
    UnexpectedReplyError,
)
from ..http.messages import HttpRequest
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..outcome import Outcome

Algorithm: TypeAlias = Literal["md5", "sha256"]

# Breaks in a row without a byte beyond the farthest one, after which the download is given up.
_MOST_FAULTS: Final = 6
# A signed URL that has expired is answered with one of these, by one storage service or another.
EXPIRED: Final = frozenset({400, 401, 403, 404, 410})
_PARTIAL, _BEYOND_THE_END, _SERVER_ERROR = 206, 416, 500
_PASSING: Final = frozenset({408, 425, 429, _PARTIAL, _BEYOND_THE_END})
# No file has a length of more digits.
_DIGITS: Final = 18
_RANGE: Final = re.compile(rf"bytes ([0-9]{{1,{_DIGITS}}})-[0-9]+/([0-9]{{1,{_DIGITS}}}|\*)")
_DIGEST: Final = re.compile(
    r"(?:^|[,\s])(md5|sha-256|sha256)=:?([A-Za-z0-9+/]+={0,2})(?![-\w])", re.IGNORECASE
)


@attrs.frozen(kw_only=True)
class Transfer:
    """A download between two exchanges.

    Attributes:
        source: Where the video is: a URL that may have a signature.
        url: Where the next request goes: the source, or where it redirects to.
        received: Bytes that are in the partial file.
        farthest: The most bytes that were ever in it.
        size: Bytes of the whole file, or None if it is not known.
        validator: A strong ETag or a date, with which the rest of the same file can be asked for.
        checksums: What the host says the file's digests are.
        faults: Breaks in a row that brought no new byte.
        redirects: Redirects since the source was asked.
    """

    source: str = attrs.field(repr=False)
    url: str = attrs.field(repr=False)
    received: int = 0
    farthest: int = 0
    size: int | None = None
    validator: str = ""
    checksums: Mapping[Algorithm, bytes] = attrs.field(factory=dict, hash=False)
    faults: int = 0
    redirects: int = 0

    @classmethod
    def of(cls, url: str) -> "Transfer":
        """Return the download of a URL before its first exchange."""
        return cls(source=url, url=url)


@attrs.frozen
class Redirected:
    """The reply leads to another URL."""

    transfer: Transfer


@attrs.frozen
class Receiving:
    """The body of the reply follows; it begins at ``transfer.received``, which may be 0 again."""

    transfer: Transfer


@attrs.frozen
class Complete:
    """The partial file is the whole file already."""

    transfer: Transfer


Head: TypeAlias = Redirected | Receiving | Complete


def request_of(transfer: Transfer) -> HttpRequest:
    """Return what to ask for next."""
    # A compressed reply cannot be continued from an offset of the file.
    headers = {"Accept-Encoding": "identity"}
    if transfer.received and transfer.validator:
        headers |= {"Range": f"bytes={transfer.received}-", "If-Range": transfer.validator}
    return HttpRequest(method="GET", url=transfer.url, headers=headers)


def receive(transfer: Transfer, status: int, headers: Mapping[str, str]) -> Outcome[Head]:
    """Return what the head of a reply means.

    Args:
        transfer: The download.
        status: HTTP status.
        headers: Headers under lower-case names.

    Errors:
        NotFoundError: The URL has expired, or the video is gone.
        HTTPError: The host failed or refuses.
    """
    if status in REDIRECTS:
        return _redirected(transfer, headers)
    if status == _PARTIAL:
        return _continued(transfer, headers)
    if status in range(200, 300):
        return Success(Receiving(_from_start(transfer, headers)))
    if status == _BEYOND_THE_END:
        if transfer.received and transfer.received == transfer.size:
            return Success(Complete(transfer))
        return Failure(_host_error(status, "it does not have the rest of the file any more"))
    if status in EXPIRED:
        message = (
            f"the video cannot be fetched from its URL (HTTP {status}): the URL has expired, or "
            "the provider no longer keeps the video"
        )
        return Failure(NotFoundError(message, status_code=status))
    return Failure(_host_error(status, "try again later"))


def _host_error(status: int, advice: str) -> TarashException:
    return HTTPError(f"the video's host answered HTTP {status}: {advice}", status_code=status)


def _redirected(transfer: Transfer, headers: Mapping[str, str]) -> Outcome[Head]:
    location = headers.get("location", "")
    target = followed(transfer.url, location) if location else None
    if target is None or transfer.redirects >= MOST_REDIRECTS:
        message = f"the video's URL redirects {transfer.redirects + 1} times, or not to a URL"
        return Failure(UnexpectedReplyError(f"{message}: ask the provider where the video is"))
    moved = attrs.evolve(transfer, url=target, redirects=transfer.redirects + 1)
    return Success(Redirected(moved))


def _from_start(transfer: Transfer, headers: Mapping[str, str]) -> Transfer:
    length = headers.get("content-length", "")
    encoded = headers.get("content-encoding", "identity") not in {"", "identity"}
    return attrs.evolve(
        transfer,
        received=0,
        size=None if encoded else length_of(length),
        validator="" if encoded else _validator(headers),
        checksums={} if encoded else _checksums(headers),
    )


def length_of(text: str) -> int | None:
    """Return the length that a header says, or None if it says none.

    >>> length_of("1024"), length_of(""), length_of("9" * 5000)
    (1024, None, None)
    """
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def _continued(transfer: Transfer, headers: Mapping[str, str]) -> Outcome[Head]:
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    size = int(found[2]) if found and found[2] != "*" else transfer.size
    same = transfer.size is None or size == transfer.size
    if found is None or int(found[1]) != transfer.received or not same:
        return Failure(_host_error(_PARTIAL, "with another part of the file than was asked for"))
    checksums = transfer.checksums or _checksums(headers)
    return Success(Receiving(attrs.evolve(transfer, size=size, checksums=checksums)))


def _validator(headers: Mapping[str, str]) -> str:
    tag = headers.get("etag", "")
    # A weak tag does not promise equal bytes.
    return tag if tag.startswith('"') else headers.get("last-modified", "") if not tag else ""


def _checksums(headers: Mapping[str, str]) -> dict[Algorithm, bytes]:
    # Content-Digest is left out, because it is of the bytes that one reply carries. A digest of
    # several parts (`…-3`) says nothing about the whole file, and one of a compressed file nothing
    # about what the host decompresses before it sends it.
    if headers.get("x-goog-stored-content-encoding", "identity") != "identity":
        return {}
    texts = [headers.get(name, "") for name in ("repr-digest", "digest", "x-goog-hash")]
    texts += [f"md5={headers.get('content-md5', '')}"]
    texts += [f"sha-256={headers.get('x-amz-checksum-sha256', '')}"]
    found: dict[Algorithm, bytes] = {}
    for name, encoded in (pair for text in texts for pair in _DIGEST.findall(text)):
        algorithm: Algorithm = "md5" if name.lower() == "md5" else "sha256"
        try:
            value = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if len(value) == {"md5": 16, "sha256": 32}[algorithm]:
            found.setdefault(algorithm, value)
    return found


def broken(transfer: Transfer, received: int, error: TarashException) -> Outcome[Transfer]:
    """Return the download that goes on after a break.

    Args:
        transfer: The download as it was when the request went out.
        received: Bytes that are in the partial file now.
        error: What broke it.

    Errors:
        TarashException: The error, where trying again does not help or did not help.
    """
    status = error.status_code
    passing = isinstance(error, HTTPConnectionError) or (
        isinstance(error, HTTPError)
        and (status is None or status >= _SERVER_ERROR or status in _PASSING)
    )
    gained = received > transfer.farthest
    faults = 0 if gained else transfer.faults + 1
    if not passing or faults > _MOST_FAULTS:
        return Failure(error)
    begun_again = status in {_PARTIAL, _BEYOND_THE_END} or not transfer.validator
    return Success(
        attrs.evolve(
            transfer,
            # The place that a redirect led to may be signed for a short time only.
            url=transfer.source,
            redirects=0,
            received=0 if begun_again else received,
            farthest=max(received, transfer.farthest),
            faults=faults,
        )
    )


def check(transfer: Transfer, received: int, digests: Mapping[Algorithm, bytes]) -> Outcome[None]:
    """Return success if the file is whole.

    Args:
        transfer: The download.
        received: Bytes of the file.
        digests: Its digests.

    Errors:
        HTTPError: It has fewer or more bytes than the host said, or another digest: the caller
            begins again.
    """
    if transfer.size is not None and received != transfer.size:
        return Failure(
            HTTPError(
                f"{received} bytes of the video came, and its host announced {transfer.size}: "
                "fetch it again"
            )
        )
    wrong = [name for name, value in transfer.checksums.items() if digests.get(name) != value]
    if wrong:
        message = f"the video's {wrong[0]} digest is not the one that its host sent: fetch it again"
        return Failure(HTTPError(message))
    return Success(None)
