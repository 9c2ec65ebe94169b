"""Connections of an event loop, from which aiohttp reads the replies."""

import asyncio
import os
import socket
import ssl
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol

from aiohappyeyeballs import start_connection
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage, StreamWriter
from aiohttp.streams import StreamReader
from urllib3.util.wait import wait_for_read

from .routes import Route, url_host
from .timing import Timer
from .writing import head_of

# Seconds until the next address of a host is tried as well: RFC 8305, section 5.
_STAGGER: Final = 0.25
_SWITCHING: Final = 101
# The longest line of a head, as http.client has it.
_LONGEST_LINE: Final = 1 << 16
# The caller's limit is shorter; asyncio's own would be one minute.
_HANDSHAKE: Final = 1e6


class Line(ResponseHandler):
    """A connection to a host or a proxy.

    Attributes:
        idle_since: When the last exchange ended, on the monotonic clock.
    """

    idle_since: float = 0.0

    def __init__(self, loop: asyncio.AbstractEventLoop, lines: "set[Line]") -> None:
        """Be one of the loop's ``lines`` as long as the connection is open."""
        super().__init__(loop)
        self._lines = lines
        self._process = os.getpid()
        self._heard = 0.0
        self._arrived = 0
        self._body: StreamReader | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        super().connection_made(transport)
        self._lines.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End."""
        self._lines.discard(self)
        body = self._body
        if body is not None and body.exception() is None:
            # aiohttp forgets these bytes if the body ends too early. There are none while somebody
            # waits for them, which is a RuntimeError.
            with suppress(RuntimeError):
                self._rest = body.read_nowait()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read bytes, and note when they came: aiohttp also calls this without any."""
        if data:
            self._heard = time.monotonic()
            self._arrived += len(data)
        super().data_received(data)

    @property
    def is_fit(self) -> bool:
        """Whether the next exchange may use this line: it is open, and nothing is left to read.

        The loop may not have seen yet that the server closed it, so the socket is asked.
        """
        if self.transport is None or self.transport.is_closing() or self.should_close:
            return False
        sock = self.transport.get_extra_info("socket")
        return sock is None or not wait_for_read(sock, 0.0)

    def begin(self) -> None:
        """Make ready for the reply to the next request."""
        self.set_response_params(
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        self._arrived, self._body, self._rest = 0, None, b""

    def send(self, data: bytes) -> None:
        """Send bytes, or keep them until the network takes them.

        Raises:
            ConnectionResetError: The connection is closed.
        """
        if self.transport is None or self.transport.is_closing():
            message = "the connection is closed"
            raise ConnectionResetError(message)
        self.transport.write(data)

    async def drained(self, timer: Timer) -> None:
        """Wait until the network has taken enough for more.

        Raises:
            OSError: The connection is closed, or took nothing within the limits.
        """
        if self.writing_paused:
            async with asyncio.timeout(timer.patience()):
                await StreamWriter(self, self._loop).drain()

    async def head(self) -> RawResponseMessage:
        """Return the next head that is not of an interim reply."""
        while True:
            message, body = await self.read()
            # The first final status, and the one that ends HTTP.
            if message.code >= HTTPStatus.OK or message.code == _SWITCHING:
                self._body = body
                return message

    async def more(self, timer: Timer) -> bytes:
        """Return the next bytes of the body of a reply that has begun, ``b""`` at its end.

        Raises:
            OSError: A time limit passed.
            ClientError: The body ended too early, or is not HTTP.
        """
        body, (rest, self._rest) = self._body, (self._rest, b"")
        if rest or body is None:
            return rest
        data = body.read_nowait()
        if not data and not body.at_eof():
            with self.watch(timer, body):
                data = await body.readany()
        self.count(timer)
        return data

    def watch(self, timer: Timer, body: StreamReader | None = None) -> "_Watch":
        """Return what limits a wait for the head, or for more of the body."""
        return _Watch(self, timer, self if body is None else body)

    def heard_since(self, moment: float) -> float:
        """Return when the last bytes came, but not before ``moment``; both monotonic."""
        return max(moment, self._heard)

    def count(self, timer: Timer) -> None:
        """Tell the timer how much has arrived; it raises TimeoutError if that is too little."""
        arrived, self._arrived = self._arrived, 0
        timer.count(arrived)

    def hang_up(self) -> None:
        """Close at once; what was written and not sent yet is not sent any more."""
        # A forked child shares its parent's selector, which must not lose the connection.
        if self._process != os.getpid() or self._loop.is_closed():
            return
        if self.transport is not None:
            self.transport.abort()
        self.close()

    def disown(self, nothing: int) -> None:
        """Put the file ``nothing`` in the socket's place, in a forked child."""
        sock = None if self.transport is None else self.transport.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            os.dup2(nothing, sock.fileno(), inheritable=False)


class _Waited(Protocol):
    """What a wait for bytes ends by an exception: a line, or the body of its reply."""

    def set_exception(self, exc: BaseException, /) -> None:
        """End the wait."""


class _Watch:
    """Ends a wait for bytes of a line when the time limits say so.

    Each byte that arrives starts the time between two bytes anew. One timer of the loop is enough
    for that: when it fires, it looks when the last byte came.
    """

    def __init__(self, line: Line, timer: Timer, waited: _Waited) -> None:
        """Watch from `__enter__` to `__exit__`."""
        self._line = line
        self._timer = timer
        self._waited = waited

    def __enter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._since = time.monotonic()
        self._handle = self._loop.call_later(self._timer.patience(), self._look)

    def __exit__(self, *_: object) -> None:
        self._handle.cancel()

    def _look(self) -> None:
        rest = self._timer.rest(self._line.heard_since(self._since))
        try:
            self._line.count(self._timer)
        except TimeoutError:
            rest = 0.0
        if rest > 0:
            self._handle = self._loop.call_later(rest, self._look)
        else:
            self._waited.set_exception(TimeoutError())


async def dial(lines: set[Line], route: Route, context: ssl.SSLContext | None) -> Line:
    """Return a new line to a host, through its proxy if there is one.

    The caller limits how long this takes. Resolving a name goes on in its thread all the same.

    Raises:
        OSError: There is no connection, the proxy refuses, or TLS fails.
    """
    loop = asyncio.get_running_loop()
    near = route.proxy or route
    addresses = await loop.getaddrinfo(near.host, near.port, type=socket.SOCK_STREAM)
    sock = await start_connection(addresses, happy_eyeballs_delay=_STAGGER, loop=loop)
    encrypted = near.scheme == "https"
    _, line = await loop.create_connection(
        partial(Line, loop, lines),
        sock=sock,
        ssl=context if encrypted else None,
        server_hostname=_name(near.host) if encrypted else None,
        ssl_handshake_timeout=_HANDSHAKE if encrypted else None,
    )
    if route.proxy is None or context is None or route.forwarder is not None:
        return line
    try:
        await _consent(line, route)
        return await _secured(line, lines, route.host, context)
    except BaseException:
        line.hang_up()
        raise


async def _consent(line: Line, route: Route) -> None:
    """Ask the proxy for a tunnel."""
    place = f"{url_host(route.host)}:{route.port}"
    headers = route.proxy.headers if route.proxy is not None else {}
    line.begin()
    line.send(head_of("CONNECT", place, {"Host": place, **headers}))
    message = await line.head()
    if message.code != HTTPStatus.OK:
        refusal = f"Tunnel connection failed: {message.code}"
        raise OSError(refusal)


async def _secured(line: Line, lines: set[Line], host: str, context: ssl.SSLContext) -> Line:
    """Return the line inside the tunnel."""
    loop, outer = asyncio.get_running_loop(), line.transport
    inner = Line(loop, lines)
    # The new line has the connection from now on, and asyncio does not tell either of them.
    lines.discard(line)
    secured = outer and await loop.start_tls(
        outer, inner, context, server_hostname=_name(host), ssl_handshake_timeout=_HANDSHAKE
    )
    if secured is None:
        message = "the proxy closed the tunnel"
        raise ConnectionResetError(message)
    inner.connection_made(secured)
    return inner


def _name(host: str) -> str:
    # A certificate has no dot at the end.
    return host.rstrip(".")
