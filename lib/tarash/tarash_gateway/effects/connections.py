"""Connections on which no byte is waited for beyond the exchange's time, and those kept open.

They are urllib3's, with three differences: each read and write asks the `Timer` how long it may
take, connecting tries all addresses within one limit, and interim (1xx) replies are skipped.
"""

import io
import os
import socket
import threading
import time
from collections.abc import Hashable
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from typing import Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection

from .timing import LONGEST, Timer

_PIECE: Final = 1 << 16
_LINE: Final = 1 << 16
_SWITCHING: Final = 101
# Kept open at once: as many as asyncio calls may use, for two hosts.
_KEPT: Final = 64
# Seconds after which a connection that nobody used is not trusted: routers forget them silently.
_FRESH: Final = 60.0


class _Source(io.RawIOBase):
    """What comes through a socket, read in time."""

    def __init__(self, sock: socket.socket, timer: Timer) -> None:
        super().__init__()
        self._sock = sock
        self._timer = timer
        # Counts as a user of the socket: it stays open as long as this does.
        self._raw = sock.makefile("rb", buffering=0)
        self.over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self.over:
            return 0
        self._sock.settimeout(self._timer.patience())
        count = self._raw.readinto(buffer)
        self._timer.moved(count or 0)
        return count

    def close(self) -> None:
        if not self.closed:
            # The handshake behind a proxy's CONNECT has what is left, not what was.
            with suppress(OSError):
                self._sock.settimeout(max(0.001, min(self._timer.left(), LONGEST)))
            self._raw.close()
        super().close()


class Reader(io.BufferedReader):
    """One reply's bytes.

    Attributes:
        leftover: Whether bytes had come behind the reply's end when it was closed.
    """

    def __init__(self, sock: socket.socket, timer: Timer) -> None:
        """Begin to read."""
        self._source = _Source(sock, timer)
        self.leftover = False
        super().__init__(self._source, _PIECE)

    def close(self) -> None:
        """Close, and see whether something is left."""
        if not self.closed:
            self._source.over = True
            self.leftover = bool(self.peek(1))
        super().close()


class _Reply(HTTPResponse):
    """A reply that is read in time, without the interim ones before it."""

    def __init__(self, sock: socket.socket, reader: Reader, method: str | None) -> None:
        super().__init__(sock, method=method)
        first, self.fp = self.fp, reader
        first.close()

    def _read_status(self) -> tuple[str, int, str]:
        # The name is http.client's (and urllib3's CONNECT uses it, too).
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not in typeshed
            if status >= 200 or status == _SWITCHING:  # noqa: PLR2004 - the first final status
                return version, status, reason
            self._skip_head()

    def _skip_head(self) -> None:
        while (line := self.fp.readline(_LINE + 1)) not in {b"\r\n", b"\n", b""}:
            if len(line) > _LINE:
                message = "a line of the head is too long"
                raise HTTPException(message)


class Connection(HTTPConnection):
    """A connection to a host or a proxy.

    Attributes:
        idle_since: When the last exchange ended, on the monotonic clock.
        spoilt: Whether the request did not leave as a whole.
    """

    _timer: Timer
    _reader: Reader | None = None
    idle_since: float = 0.0
    spoilt: bool = False

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Make a connection; nothing is opened."""
        super().__init__(*args, **settings)
        self._process = os.getpid()
        # http.client calls it with the socket, and types it as a class.
        self.response_class = self._reply  # type: ignore[assignment]

    def use(self, timer: Timer) -> None:
        """Begin an exchange, whose time is ``timer``."""
        self._timer = timer

    def _reply(
        self, sock: socket.socket, _debuglevel: int = 0, *, method: str | None = None
    ) -> HTTPResponse:
        self._reader = Reader(sock, self._timer)
        return _Reply(sock, self._reader, method)

    def _new_conn(self) -> socket.socket:
        """Return a socket to the first address that answers; all share the time to connect."""
        # Resolving a name cannot be interrupted: the system's resolver has limits of its own.
        addresses = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        failure = OSError("the name has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(addresses):
            share = max(self._timer.left(), 0) / (len(addresses) - tried)
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError as error:
                failure = error
                continue
            try:
                sock.settimeout(min(self._timer.patience(), share))
                sock.connect(address)
                sock.settimeout(self._timer.patience())
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        raise failure

    def send(self, data: bytes) -> None:  # type: ignore[override]  # only bytes come here
        """Send all of ``data``, in time."""
        view = memoryview(data)
        while view:
            self.sock.settimeout(self._timer.patience())
            view = view[self.sock.send(view[:_PIECE]) :]

    @property
    def reusable(self) -> bool:
        """Whether the next exchange may use it: nothing is doubtful about its state."""
        reader = self._reader
        clean = reader is not None and reader.closed and not reader.leftover
        return self.sock is not None and not self.spoilt and clean and self._process == os.getpid()


class SecureConnection(Connection, HTTPSConnection):
    """The same over TLS."""


class Kept:
    """Connections that wait for their next exchange; safe to share between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._kept: list[tuple[Hashable, Connection]] = []

    def take(self, key: Hashable) -> Connection | None:
        """Return a connection for ``key`` that still stands, or None."""
        while True:
            with self._lock:
                # The one that was used last is the freshest.
                places = [place for place, (kept, _) in enumerate(self._kept) if kept == key]
                if not places:
                    return None
                connection = self._kept.pop(places[-1])[1]
            if connection.is_connected and time.monotonic() - connection.idle_since < _FRESH:
                return connection
            connection.close()

    def give(self, key: Hashable, connection: Connection) -> None:
        """Keep a connection if it may be used again; close it otherwise."""
        if not connection.reusable:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        with self._lock:
            self._kept.append((key, connection))
            surplus = self._kept[:-_KEPT]
            del self._kept[:-_KEPT]
        for _, old in surplus:
            old.close()

    def close(self) -> None:
        """Close what is kept, without the lock: in a forked child, nobody may ever release it.

        Closing says nothing on the wire: the other side hears of it when the last process has.
        """
        # Another thread may empty it at the same time.
        with suppress(IndexError):
            while True:
                self._kept.pop()[1].close()
