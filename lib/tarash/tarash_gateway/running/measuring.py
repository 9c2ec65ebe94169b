"""Read as much of a video's file as tells what it is."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..container.examine import examine
from ..container.facts import VideoFacts
from ..container.pieces import Pieces, Wanted
from ..effects import Effects, PartialFile
from ..exceptions import HTTPError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..lifecycle.transfer import length_of
from ..outcome import IOOutcome, Outcome
from .hosts import refused_redirect
from .sending import beginning_of
from .tasks import Steps, block, do, instant, work

# Bytes of a file, and the size of the whole file if it is known.
Part: TypeAlias = tuple[bytes, int | None]
Read: TypeAlias = Callable[[Wanted], Steps[Part]]

# Seconds for one read: a measurement is worth a short wait only.
_PATIENCE: Final = 10.0
_PARTIAL: Final = 206


def measure(pieces: Pieces, read: Read) -> Steps[VideoFacts]:
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
            return Failure(examined.failure())
        found = examined.unwrap()
        if isinstance(found, VideoFacts):
            return Success(found)
        answer = yield from read(found)
        if isinstance(answer, Failure):
            return Failure(answer.failure())
        content, size = answer.unwrap()
        # Fewer bytes than wanted mean that the file ends there.
        end = found.start + len(content) if len(content) < found.length else None
        pieces = pieces.with_part(found.start, content, end if size is None else size)


def measure_content(content: bytes) -> Outcome[VideoFacts]:
    """Return what a file is whose bytes are all known."""
    ended = instant(lambda: IOFailure(HTTPError("no more bytes")))
    return block(measure(Pieces.of(content), lambda _: do(ended)))


def measure_file(part: PartialFile, size: int) -> Outcome[VideoFacts]:
    """Return what a file on the disk is; there is no bound on what is read of it."""

    def read(wanted: Wanted) -> IOOutcome[Part]:
        return IOResult.from_value((part.read(wanted.start, wanted.length), size))

    pieces = Pieces(size=size, budget=size)
    return block(measure(pieces, lambda wanted: do(instant(partial(read, wanted)))))


def measure_url(url: str, effects: Effects) -> Steps[VideoFacts]:
    """Return what the file behind a URL is: at most 256 KiB of it are fetched, without a key.

    Errors:
        UnexpectedReplyError: It cannot be measured.
        HTTPError: The host refuses.
        HTTPConnectionError: The network failed.
        ValidationError: A redirect leads to a private address.
        UnscriptedError: The world is scripted or recorded, and has no reply to this.
    """
    return measure(Pieces(), lambda wanted: _fetch(url, wanted, effects))


def _fetch(source: str, wanted: Wanted, effects: Effects) -> Steps[Part]:
    url = source
    last = wanted.start + wanted.length - 1
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={wanted.start}-{last}"}
    limits = Limits(total=_PATIENCE, head=_PATIENCE, idle=_PATIENCE, size=wanted.length)
    for _ in range(MOST_REDIRECTS + 1):
        request = HttpRequest(method="GET", url=url, headers=headers, optional=True)
        answer = yield from do(beginning_of(effects, request, limits))
        if isinstance(answer, Failure):
            return Failure(answer.failure())
        reply = answer.unwrap()
        target = followed(url, reply.headers.get("location", ""))
        if reply.status not in REDIRECTS or target is None:
            return _part(reply, wanted)
        # Names of hosts are resolved.
        allowed = yield from do(work(partial(_allowed, target, effects, source)))
        if isinstance(allowed, Failure):
            return Failure(allowed.failure())
        url = target
    return Failure(HTTPError("the video's URL redirects too often: nothing of it was read"))


def _allowed(target: str, effects: Effects, source: str) -> IOOutcome[None]:
    return IOResult.from_result(refused_redirect(target, effects, source))


def _part(reply: HttpResponse, wanted: Wanted) -> Outcome[Part]:
    whole = reply.headers.get("content-range", "").rpartition("/")[2]
    if reply.status != _PARTIAL:
        # A host that does not know ranges sends the file from its start, as long as it is read.
        whole = reply.headers.get("content-length", "")
        if reply.status not in range(200, 300) or wanted.start:
            message = f"the video's host answered a read of a part with HTTP {reply.status}"
            return Failure(HTTPError(message, status_code=reply.status))
    return Success((reply.body, length_of(whole)))
