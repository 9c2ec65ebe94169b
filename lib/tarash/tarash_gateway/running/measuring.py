"""Read as much of a video's file as tells what it is."""

from collections.abc import Callable
from typing import Final, TypeAlias

from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..container.examine import examine
from ..container.facts import VideoFacts
from ..container.pieces import Pieces, Wanted
from ..effects import Effects, HttpReply, PartialFile
from ..exceptions import HTTPError
from ..http.messages import HttpRequest, Limits
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..lifecycle.transfer import length_of
from ..outcome import IOOutcome, Outcome, result_of
from .hosts import refused_redirect

# Bytes of a file, and the size of the whole file if it is known.
Part: TypeAlias = tuple[bytes, int | None]
Read: TypeAlias = Callable[[Wanted], IOOutcome[Part]]

# Seconds for one read: a measurement is worth a short wait only.
_PATIENCE: Final = 10.0
_PARTIAL: Final = 206


def measure(pieces: Pieces, read: Read) -> IOOutcome[VideoFacts]:
    """Return what a file is, reading more of it as long as that is needed and allowed.

    Args:
        pieces: What is known of it.
        read: Reads bytes; returns them with the size of the whole file, if it knows that.

    Errors:
        UnexpectedReplyError: It cannot be measured.
        TarashException: The error of ``read``.
    """
    while True:
        examined = examine(pieces)
        if isinstance(examined, Failure):
            return IOResult.from_result(examined)
        found = examined.unwrap()
        if isinstance(found, VideoFacts):
            return IOResult.from_value(found)
        answer = result_of(read(found))
        if isinstance(answer, Failure):
            return IOResult.from_result(answer)
        content, size = answer.unwrap()
        # Fewer bytes than wanted mean that the file ends there.
        end = found.start + len(content) if len(content) < found.length else None
        pieces = pieces.with_part(found.start, content, end if size is None else size)


def measure_content(content: bytes) -> Outcome[VideoFacts]:
    """Return what a file is whose bytes are all known."""
    return result_of(measure(Pieces.of(content), lambda _: IOFailure(HTTPError("no more bytes"))))


def measure_file(part: PartialFile, size: int) -> Outcome[VideoFacts]:
    """Return what a file on the disk is; there is no bound on what is read of it."""

    def read(wanted: Wanted) -> IOOutcome[Part]:
        return IOResult.from_value((part.read(wanted.start, wanted.length), size))

    return result_of(measure(Pieces(size=size, budget=size), read))


def measure_url(url: str, effects: Effects) -> IOOutcome[VideoFacts]:
    """Return what the file behind a URL is: at most 256 KiB of it are fetched, without a key.

    Errors:
        UnexpectedReplyError: It cannot be measured.
        HTTPError: The host refuses.
        HTTPConnectionError: The network failed.
        ValidationError: A redirect leads to a private address.
        UnscriptedError: The world is scripted or recorded, and has no reply to this.
    """

    def read(wanted: Wanted) -> IOOutcome[Part]:
        return IOResult.from_result(_fetch(url, wanted, effects))

    return measure(Pieces(), read)


def _fetch(source: str, wanted: Wanted, effects: Effects) -> Outcome[Part]:
    url = source
    last = wanted.start + wanted.length - 1
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={wanted.start}-{last}"}
    limits = Limits(total=_PATIENCE, head=_PATIENCE, idle=_PATIENCE, size=wanted.length)
    for _ in range(MOST_REDIRECTS + 1):
        request = HttpRequest(method="GET", url=url, headers=headers, optional=True)
        answer = result_of(effects.http.open(request, limits=limits))
        if isinstance(answer, Failure):
            return Failure(answer.failure())
        reply = answer.unwrap()
        try:
            target = followed(url, reply.headers.get("location", ""))
            if reply.status not in REDIRECTS or target is None:
                return _read(reply, wanted)
        finally:
            reply.close()
        allowed = refused_redirect(target, effects, source)
        if isinstance(allowed, Failure):
            return Failure(allowed.failure())
        url = target
    return Failure(HTTPError("the video's URL redirects too often: nothing of it was read"))


def _read(reply: HttpReply, wanted: Wanted) -> Outcome[Part]:
    whole = reply.headers.get("content-range", "").rpartition("/")[2]
    if reply.status != _PARTIAL:
        # A host that does not know ranges sends the file from its start, as long as it is read.
        whole = reply.headers.get("content-length", "")
        if reply.status not in range(200, 300) or wanted.start:
            message = f"the video's host answered a read of a part with HTTP {reply.status}"
            return Failure(HTTPError(message, status_code=reply.status))
    content = b""
    while len(content) < wanted.length:
        piece = result_of(reply.read(wanted.length - len(content)))
        if isinstance(piece, Failure):
            return Failure(piece.failure())
        if not piece.unwrap():
            break
        content += piece.unwrap()
    return Success((content, length_of(whole)))
