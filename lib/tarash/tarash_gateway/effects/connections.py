"""Connections that respect the time limits of an exchange, and the pool of open ones.

They open themselves as urllib3's do (TLS, proxies), but connecting tries all addresses within one
limit. Requests and replies have a way of their own, because http.client's takes most of the time of
an exchange: each read and write asks the `Timer` how long it may take, and interim (1xx) replies
are skipped.
"""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http import HTTPStatus
from typing import Final

from urllib3.connection import HTTPConnection, HTTPSConnection

from .incoming import IncomingReply, Source
from .timing import Timer
from .trust import Trust
from .writing import head_of

_PIECE: Final = 1 << 16
# Most idle connections for one place: a process may often have no more than 1,024 open files.
_MOST_IDLE: Final = 256
# Seconds after which an idle connection is not used again: routers drop them without notice.
_FRESH: Final = 60.0


class Connection(HTTPConnection):
    """A connection to a host or a proxy.

    Attributes:
        timer: The limits of the exchange, set before each one.
        idle_since: When the last exchange ended, on the monotonic clock.
        spoilt: Whether only a part of the request was sent.
    """

    timer: Timer
    idle_since: float = 0.0
    spoilt: bool = False

    def transmit(self, head: bytes, body: Iterator[bytes]) -> None:
        """Send a request within the time limits; a small body leaves together with the head."""
        self.send(head + next(body, b""))
        for piece in body:
            self.send(piece)

    def receive(self) -> IncomingReply:
        """Return the reply that begins with the next byte."""
        source = Source(self.sock, self.timer)
        return IncomingReply(source, source.head())

    def _tunnel(self) -> None:
        """Ask the proxy for a tunnel; urllib3 calls this while it connects.

        http.client's own method would read the answer without our limits.
        """
        host = f"[{self._tunnel_host}]" if ":" in str(self._tunnel_host) else self._tunnel_host
        place = f"{host}:{self._tunnel_port}"
        # typeshed does not know http.client's mapping of headers.
        given: dict[str, str] = vars(self)["_tunnel_headers"]
        headers = {"Host": place} | given
        self.send(head_of("CONNECT", place, headers))
        source = Source(self.sock, self.timer)
        answer = source.head()
        if answer.status != HTTPStatus.OK:
            self.close()
            message = f"Tunnel connection failed: {answer.status}"
            raise OSError(message)
        if source.rest:
            message = "the proxy sent more than its consent"
            raise OSError(message)
        # The TLS handshake uses the socket's timeout as it is now.
        self.sock.settimeout(self.timer.patience())

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

    def give(self, key: object, connection: Connection, *, is_spent: bool) -> None:
        """Store a connection whose last reply is spent; close it otherwise."""
        if not is_spent or connection.spoilt or self.process != os.getpid():
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
