"""Read a reply from a connection within its limits, and describe failed connections."""

import re
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Final

from returns.io import IOResult
from returns.result import Failure, Success
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util.ssl_match_hostname import CertificateError

from ..exceptions import HTTPConnectionError
from ..http.messages import Limits
from ..outcome import IOOutcome, Outcome
from .decoding import decoder
from .incoming import RawReply
from .receiving import size_error
from .timing import Timer

# The errors of a connection, from the socket, http.client, urllib3 and the decoder.
FAULTS: Final = (OSError, HTTPException, HTTPError, ValueError, EOFError, zlib.error)
_CHUNK: Final = 1 << 16
_PROXY_AUTHENTICATION: Final = "407"


class OpenReply:
    """What the replies of all senders share: the body is decoded, counted, and released.

    A subclass reads: it takes the next decoded piece, and feeds encoded bytes until there is one.

    Args:
        status: HTTP status.
        headers: Headers under lower-case names.
        limits: The limits of the exchange.
        began: Called when the first bytes of the body are here.
        fail: Makes the error about a failure of the connection.
        release: Releases the connection; its argument is whether the reply was read to its end.
    """

    def __init__(  # noqa: PLR0913 - what one reply works with
        self,
        status: int,
        headers: Mapping[str, str],
        limits: Limits,
        *,
        began: Callable[[], None],
        fail: Callable[[Exception], HTTPConnectionError],
        release: Callable[[bool], None],
    ) -> None:
        """Begin before the first byte of the body."""
        self.status = status
        self.headers = headers
        self._limits = limits
        self._began: Callable[[], None] | None = began
        self._fail = fail
        self._release: Callable[[bool], None] | None = release
        self._decoder = decoder(self.headers.get("content-encoding", ""))
        # One byte more than allowed is read, to notice that the body is too large.
        self._left = limits.size + 1
        self._ended = False

    def _take(self, size: int) -> bytes | None:
        """Return the next decoded bytes, ``b""`` at the end, or None if more must be fed."""
        if self._release is None and not self._ended:
            message = "the reply is closed"
            raise OSError(message)
        if self._ended:
            return b""
        return self._decoder.take(min(size, self._left)) or None

    def _feed(self, data: bytes) -> None:
        """Take in encoded bytes; none at the end of the body."""
        if data:
            self._decoder.feed(data)
        else:
            self._decoder.finish()
            self._ended = True

    def _counted(self, piece: bytes) -> Outcome[bytes]:
        """Return a decoded piece, unless the body has become too large."""
        if self._began is not None:
            self._began()
            self._began = None
        self._left -= len(piece)
        if self._left:
            return Success(piece)
        self._done()
        return Failure(size_error(self.status, self._limits))

    def _broken(self, error: Exception) -> Outcome[bytes]:
        """Return the error about a failure of the connection."""
        self._done()
        return Failure(self._fail(error))

    def _done(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release(self._ended)


class ConnectionReply(OpenReply):
    """A reply whose body is read from its connection: see `effects.HttpReply`.

    ``raw`` is the reply, whose body is not decoded.
    """

    def __init__(
        self,
        raw: RawReply,
        limits: Limits,
        *,
        began: Callable[[], None],
        fail: Callable[[Exception], HTTPConnectionError],
        release: Callable[[bool], None],
    ) -> None:
        """Begin before the first byte of the body."""
        super().__init__(raw.status, raw.headers, limits, began=began, fail=fail, release=release)
        self._raw = raw

    def read(self, size: int) -> IOOutcome[bytes]:
        """Return at most ``size`` bytes of the body, ``b""`` at its end."""
        try:
            while (piece := self._take(size)) is None:
                self._feed(self._raw.read1(_CHUNK))
        except FAULTS as error:
            return IOResult.from_result(self._broken(error))
        return IOResult.from_result(self._counted(piece))

    def close(self) -> None:
        """Release the connection."""
        self._done()


def connection_error(
    host: str, timer: Timer, error: Exception, *, sent: bool
) -> HTTPConnectionError:
    """Return the error about a failed connection to ``host``.

    ``sent`` is whether the request may have arrived there.
    """
    # The message names only the host of the URL, because a query may hold a key.
    effect = "the request may have arrived" if sent else "nothing was sent"
    advice = "check the network and try again"
    if isinstance(error, ssl.SSLCertVerificationError | CertificateError):
        why = getattr(error, "verify_message", "") or "it is for another host"
        why = f"its certificate is not trusted: {why}"
        advice = "if a proxy signed it, set SSL_CERT_FILE to a PEM file with the proxy's CA"
    elif isinstance(error, TimeoutError | ReadTimeoutError):
        why = timer.complaint
    elif isinstance(error, socket.gaierror):
        why = "its name cannot be resolved"
    elif refused := re.match(r"Tunnel connection failed: (\d{3})", str(error)):
        hint = ": check its user and password" if refused[1] == _PROXY_AUTHENTICATION else ""
        why = f"the proxy refused to connect, HTTP {refused[1]}{hint}"
    else:
        why = type(error).__name__
    message = f"no reply from {host} ({why}): {effect}; {advice}"
    return HTTPConnectionError(message=message, request_sent=sent)
