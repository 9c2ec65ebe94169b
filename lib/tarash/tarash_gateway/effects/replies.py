"""Read a reply from a connection within its limits."""

import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Final

from returns.io import IOFailure, IOSuccess
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from ..exceptions import HTTPConnectionError
from ..http.messages import Limits
from ..outcome import IOOutcome
from .decoding import decoder
from .receiving import oversized

# The errors of a connection, from the socket, http.client, urllib3 and the decoder.
FAULTS: Final = (OSError, HTTPException, HTTPError, ValueError, EOFError, zlib.error)
_CHUNK: Final = 1 << 16


class ConnectionReply:
    """A reply whose body is read from its connection: see `effects.HttpReply`."""

    def __init__(
        self,
        raw: BaseHTTPResponse,
        limits: Limits,
        *,
        fail: Callable[[Exception], HTTPConnectionError],
        release: Callable[[bool], None],
    ) -> None:
        """Take over a reply.

        Args:
            raw: urllib3's reply, which must not decode the body.
            limits: The limits of the exchange.
            fail: Makes the error about a failure of the connection.
            release: Releases the connection; its argument is whether the reply was read to its end.
        """
        self._raw = raw
        self._limits = limits
        self._fail = fail
        self._release: Callable[[bool], None] | None = release
        self._headers = {name.lower(): value for name, value in raw.headers.items()}
        self._decoder = decoder(self._headers.get("content-encoding", ""))
        self._count = 0
        self._ended = False

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._raw.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers under lower-case names."""
        return self._headers

    def read(self, size: int) -> IOOutcome[bytes]:
        """Return at most ``size`` bytes of the body, ``b""`` at its end."""
        # One byte more than allowed is read, to notice that the body is too large.
        allowed = min(size, self._limits.size - self._count + 1)
        try:
            piece = self._next(allowed)
        except FAULTS as error:
            self.close()
            return IOFailure(self._fail(error))
        self._count += len(piece)
        if self._count > self._limits.size:
            self.close()
            return IOFailure(oversized(self.status, self._limits))
        read: IOOutcome[bytes] = IOSuccess(piece)
        return read

    def _next(self, size: int) -> bytes:
        if self._release is None and not self._ended:
            message = "the reply is closed"
            raise OSError(message)
        while not self._ended:
            if piece := self._decoder.take(size):
                return piece
            data = self._raw.read1(_CHUNK)
            if data:
                self._decoder.feed(data)
            else:
                self._decoder.finish()
                self._ended = True
        return b""

    def close(self) -> None:
        """Release the connection."""
        release, self._release = self._release, None
        if release is not None:
            release(self._ended)
