"""A whole exchange: send a request, read its reply to the end, and close it."""

from collections.abc import Mapping
from contextlib import closing
from typing import Final

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..exceptions import TarashException, UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..outcome import IOOutcome, Outcome, failed, result_of
from . import AsyncHttp, AsyncHttpReply, Http, HttpReply

_CHUNK: Final = 1 << 20


def receive(
    http: Http, request: HttpRequest, *, limits: Limits, beginning: bool = False
) -> IOOutcome[HttpResponse]:
    """Send ``request`` and return the whole reply, whatever its status.

    Args:
        http: What sends it.
        request: The request.
        limits: Its limits.
        beginning: Whether only the first ``limits.size`` bytes of the body are wanted: it may be
            longer, and the rest is not read.

    Errors:
        HTTPConnectionError: The reply is missing or incomplete; ``request_sent`` tells whether
            anything was sent.
        UnexpectedReplyError: The reply is larger than ``limits.size``.
    """
    opened = result_of(http.open(request, limits=limits))
    if failed(opened):
        return IOFailure(opened.failure())
    reply, body = opened.unwrap(), _Body(limits, beginning=beginning)
    with closing(reply):
        while body.wanted and body.add(result_of(reply.read(body.wanted))):
            pass
    return IOResult.from_result(body.response(reply))


async def receive_async(
    http: AsyncHttp, request: HttpRequest, *, limits: Limits, beginning: bool = False
) -> Outcome[HttpResponse]:
    """Do the same as `receive` without blocking the event loop."""
    opened = await http.open(request, limits=limits)
    if failed(opened):
        return Failure(opened.failure())
    reply, body = opened.unwrap(), _Body(limits, beginning=beginning)
    try:
        while body.wanted and body.add(await reply.read(body.wanted)):
            pass
    finally:
        await reply.close()
    return body.response(reply)


class _Body:
    """The body of a reply, as far as it was read."""

    def __init__(self, limits: Limits, *, beginning: bool) -> None:
        self._pieces: list[bytes] = []
        self._left = limits.size if beginning else None
        self._failure: Failure[TarashException] | None = None

    @property
    def wanted(self) -> int:
        """How many bytes to read next; 0 if no more are wanted."""
        return _CHUNK if self._left is None else min(_CHUNK, self._left)

    def add(self, piece: Outcome[bytes]) -> bool:
        """Take in what was read, and tell whether there may be more."""
        if failed(piece):
            self._failure = Failure(piece.failure())
            return False
        content = piece.unwrap()
        self._pieces.append(content)
        if self._left is not None:
            self._left -= len(content)
        return bool(content)

    def response(self, reply: HttpReply | AsyncHttpReply) -> Outcome[HttpResponse]:
        """Return the reply with its body, or the error of a read."""
        if self._failure is not None:
            return self._failure
        body = b"".join(self._pieces)
        return Success(HttpResponse(status=reply.status, headers=reply.headers, body=body))


def size_error(status: int, limits: Limits) -> UnexpectedReplyError:
    """Return the error about a reply that is larger than ``limits.size``."""
    message = (
        f"the reply (HTTP {status}) has more than {limits.size} bytes: if you expect this, "
        f"raise {limits.size_setting}"
    )
    return UnexpectedReplyError(message=message, status_code=status)


@attrs.define
class WholeReply:
    """A reply that is in memory, with the methods of `HttpReply`."""

    response: HttpResponse
    limits: Limits
    _place: int = attrs.field(default=0, init=False)

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers under lower-case names."""
        return self.response.headers

    def read(self, size: int) -> IOOutcome[bytes]:
        """Return the next bytes, or an UnexpectedReplyError if there are too many."""
        if len(self.response.body) > self.limits.size:
            return IOFailure(size_error(self.status, self.limits))
        piece = self.response.body[self._place : self._place + size]
        self._place += len(piece)
        return IOResult.from_value(piece)

    def close(self) -> None:
        """Do nothing, because there is no connection."""
