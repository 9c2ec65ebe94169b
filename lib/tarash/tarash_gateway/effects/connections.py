"""Connections that respect the time limits of an exchange, and the pool of open ones.

They differ from urllib3's in three points: each read and write asks the `Timer` how long it may
take, connecting tries all addresses within one limit, and interim (1xx) replies are skipped.
"""

import io
import os
import socket
import ssl
import threading
import time
from contextlib import ExitStack, suppress
from http.client import HTTPResponse, parse_headers
from typing import Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection

from .timing import LONGEST, Timer
from .trust import Trust

_PIECE: Final = 1 << 16
_SWITCHING: Final = 101
# Most idle connections for one place: a process may often have no more than 1,024 open files.
_MOST_IDLE: Final = 256
# Seconds after which an idle connection is not used again: routers drop them without notice.
_FRESH: Final = 60.0


class _Source(io.RawIOBase):
    """Reads a socket within the time limits."""

    def __init__(self, sock: socket.socket, timer: Timer) -> None:
        super().__init__()
        self._sock = sock
        self._timer = timer
        # The socket stays open as long as this file object.
        self._raw = sock.makefile("rb", buffering=0)
        self.over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self.over:
            return 0
        self._sock.settimeout(self._timer.patience())
        count = self._raw.readinto(buffer)
        self._timer.count(count or 0)
        return count

    def close(self) -> None:
        if not self.closed:
            # After a proxy's CONNECT, the TLS handshake uses the socket's timeout as it is now.
            with suppress(OSError):
                self._sock.settimeout(max(0.001, min(self._timer.left(), LONGEST)))
            self._raw.close()
        super().close()


class Reader(io.BufferedReader):
    """The bytes of one reply.

    Attributes:
        leftover: Whether more bytes had arrived after the reply's end when it was closed.
    """

    def __init__(self, sock: socket.socket, timer: Timer) -> None:
        """Begin to read."""
        self._source = _Source(sock, timer)
        self.leftover = False
        super().__init__(self._source, _PIECE)

    def close(self) -> None:
        """Close, and record whether bytes are left."""
        if not self.closed:
            self._source.over = True
            self.leftover = bool(self.peek(1))
        super().close()


class _Reply(HTTPResponse):
    """A reply that is read within the time limits; interim replies before it are skipped."""

    def __init__(self, sock: socket.socket, reader: Reader, method: str | None) -> None:
        super().__init__(sock, method=method)
        first, self.fp = self.fp, reader
        first.close()

    def _read_status(self) -> tuple[str, int, str]:
        # This overrides http.client's method, which urllib3 also uses for a proxy's CONNECT.
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not in typeshed
            if status >= 200 or status == _SWITCHING:  # noqa: PLR2004 - the first final status
                return version, status, reason
            parse_headers(self.fp)


class Connection(HTTPConnection):
    """A connection to a host or a proxy.

    Attributes:
        timer: The limits of the exchange, set before each one.
        idle_since: When the last exchange ended, on the monotonic clock.
        spoilt: Whether only a part of the request was sent.
    """

    timer: Timer
    _reader: Reader | None = None
    idle_since: float = 0.0
    spoilt: bool = False

    def response_class(  # type: ignore[override]  # http.client calls it, and types it as a class
        self, sock: socket.socket, _debuglevel: int = 0, *, method: str | None = None
    ) -> HTTPResponse:
        """Return the reply that begins with the next byte."""
        self._reader = Reader(sock, self.timer)
        return _Reply(sock, self._reader, method)

    def _new_conn(self) -> socket.socket:
        """Return a socket to the first address that answers; all share the time to connect."""
        # Resolving a name cannot be interrupted; the system's resolver has its own limits.
        addresses = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        failure = OSError("the name has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(addresses):
            share = max(self.timer.left(), 0) / (len(addresses) - tried)
            with ExitStack() as unless_connected:
                try:
                    sock = unless_connected.enter_context(socket.socket(family, kind, protocol))
                    sock.settimeout(min(self.timer.patience(), share))
                    sock.connect(address)
                    sock.settimeout(self.timer.patience())
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                except OSError as error:
                    failure = error
                else:
                    unless_connected.pop_all()
                    return sock
        raise failure

    def send(self, data: bytes) -> None:  # type: ignore[override]  # only bytes come here
        """Send all of ``data`` within the time limits."""
        view = memoryview(data)
        while view:
            self.sock.settimeout(self.timer.patience())
            view = view[self.sock.send(view[:_PIECE]) :]

    @property
    def reusable(self) -> bool:
        """Whether the next exchange may use this connection."""
        reader = self._reader
        clean = reader is not None and reader.closed and not reader.leftover
        return self.sock is not None and not self.spoilt and clean


class SecureConnection(Connection, HTTPSConnection):
    """A connection over TLS."""


class Pool:
    """One process's idle connections and TLS contexts; safe to share between threads.

    A connection is opened only where none is idle, so there are as many as were in use at once
    within the last minute.
    """

    def __init__(self) -> None:
        """Make an empty pool."""
        self.process = os.getpid()
        self.contexts: dict[Trust, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._idle: dict[object, list[Connection]] = {}
        self._weeded = time.monotonic()

    def take(self, key: object) -> Connection | None:
        """Return a connection for ``key`` that is still open, or None."""
        while True:
            with self._lock:
                idle = self._idle.get(key)
                if not idle:
                    return None
                # The connection that was used last is the most likely to be open.
                connection = idle.pop()
            if connection.is_connected and time.monotonic() - connection.idle_since < _FRESH:
                return connection
            connection.close()

    def give(self, key: object, connection: Connection) -> None:
        """Store a connection if it may be used again; close it otherwise."""
        if not connection.reusable or self.process != os.getpid():
            connection.close()
            return
        now = connection.idle_since = time.monotonic()
        with self._lock:
            idle = self._idle.setdefault(key, [])
            idle.append(connection)
            surplus = idle[:-_MOST_IDLE]
            del idle[:-_MOST_IDLE]
            if now - self._weeded > _FRESH:
                surplus += self._weed(now)
        for old in surplus:
            old.close()

    def _weed(self, now: float) -> list[Connection]:
        """Remove the connections that were idle for too long, and return them."""
        self._weeded = now
        removed: list[Connection] = []
        for key, idle in tuple(self._idle.items()):
            # Those that are taken last were given last.
            old = sum(now - each.idle_since >= _FRESH for each in idle)
            removed += idle[:old]
            del idle[:old]
            if not idle:
                del self._idle[key]
        return removed

    def close(self) -> None:
        """Close all idle connections.

        It does not take the lock, which in a forked child may never be released. Closing a socket
        in a child sends nothing: the parent's connection stays open.
        """
        for idle in tuple(self._idle.values()):
            # Another thread may empty the list at the same time.
            with suppress(IndexError):
                while True:
                    idle.pop().close()
