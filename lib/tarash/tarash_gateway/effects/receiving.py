"""A whole exchange: send a request, read its reply to the end, and close it."""

import io
from collections.abc import Mapping
from typing import Final

import attrs
from returns.io import IOFailure, IOResult, IOSuccess
from returns.result import Failure

from ..exceptions import UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..outcome import IOOutcome, result_of
from . import Http, HttpReply

_CHUNK: Final = 1 << 20


def received(http: Http, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpResponse]:
    """Send ``request`` and return the whole reply, whatever its status.

    Args:
        http: The effect that sends it.
        request: What to send.
        limits: The limits of the exchange.

    Errors:
        HTTPConnectionError: The reply is missing or incomplete; ``request_sent`` tells whether
            anything was sent.
        UnexpectedReplyError: The reply is larger than ``limits.size``.
    """
    return http.open(request, limits=limits).bind(_whole)


def _whole(reply: HttpReply) -> IOOutcome[HttpResponse]:
    body = io.BytesIO()
    try:
        while True:
            outcome = result_of(reply.read(_CHUNK))
            if isinstance(outcome, Failure):
                return IOResult.from_result(outcome)
            if not outcome.unwrap():
                break
            body.write(outcome.unwrap())
    finally:
        reply.close()
    whole: IOOutcome[HttpResponse] = IOSuccess(
        HttpResponse(status=reply.status, headers=reply.headers, body=body.getvalue())
    )
    return whole


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
        read: IOOutcome[bytes] = IOSuccess(piece)
        return read

    def close(self) -> None:
        """Do nothing, because there is no connection."""
