"""A whole exchange: send a request, read its reply to the end, and close it."""

import io
from collections.abc import Mapping
from contextlib import closing
from typing import Final

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..exceptions import UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..outcome import IOOutcome, Outcome, result_of
from . import AsyncHttp, Http, HttpReply

_CHUNK: Final = 1 << 20


def receive(http: Http, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpResponse]:
    """Send ``request`` and return the whole reply, whatever its status.

    Errors:
        HTTPConnectionError: The reply is missing or incomplete; ``request_sent`` tells whether
            anything was sent.
        UnexpectedReplyError: The reply is larger than ``limits.size``.
    """
    return http.open(request, limits=limits).bind(_whole)


def _whole(reply: HttpReply) -> IOOutcome[HttpResponse]:
    body = io.BytesIO()
    with closing(reply):
        while True:
            piece = result_of(reply.read(_CHUNK))
            if isinstance(piece, Failure):
                return IOResult.from_result(piece)
            if not piece.unwrap():
                break
            body.write(piece.unwrap())
    return IOResult.from_value(
        HttpResponse(status=reply.status, headers=reply.headers, body=body.getvalue())
    )


async def receive_async(
    http: AsyncHttp, request: HttpRequest, *, limits: Limits
) -> Outcome[HttpResponse]:
    """Do the same as `receive` without blocking the event loop."""
    opened = await http.open(request, limits=limits)
    if isinstance(opened, Failure):
        return Failure(opened.failure())
    reply, pieces = opened.unwrap(), []
    try:
        while True:
            piece = await reply.read(_CHUNK)
            if isinstance(piece, Failure):
                return Failure(piece.failure())
            if not piece.unwrap():
                break
            pieces.append(piece.unwrap())
    finally:
        await reply.close()
    return Success(HttpResponse(status=reply.status, headers=reply.headers, body=b"".join(pieces)))


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
