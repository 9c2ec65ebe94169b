"""Connections of an event loop: aiohttp reads the bodies from them.

The heads are read by the same function as those of blocking calls. aiohttp refuses some that occur,
and more of them while Python runs in its development mode; but a reply to a submission is worth
money, however strange its head is.
"""

import asyncio
import os
import time
from contextlib import suppress
from http.client import BadStatusLine, HTTPException
from typing import Final, Protocol, cast

from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage, StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from urllib3.util.wait import wait_for_read

from .heads import LONGEST_HEAD, Head, end_of_head, framing, parse_head
from .timing import Timer

# What aiohttp would give for a reply without a body.
_WHOLE: Final = cast("tuple[RawResponseMessage, StreamReader]", (None, EMPTY_PAYLOAD))


class Line(ResponseHandler):
    """A connection to a host or a proxy.

    Attributes:
        idle_since: When the last exchange ended, on the monotonic clock.
        turns: What bounds the number of connections to its place, once it is in use.
    """

    idle_since: float = 0.0
    turns: asyncio.Semaphore | None = None

    def __init__(self, loop: asyncio.AbstractEventLoop, lines: "set[Line]") -> None:
        """Be one of the loop's ``lines`` as long as the connection is open."""
        super().__init__(loop)
        self._lines = lines
        self._process = os.getpid()
        self._heard = 0.0
        self._arrived = 0
        self._head: Head | None = None
        # What has come of the head, or None after its end.
        self._coming: bytes | None = None
        self._body: StreamReader = EMPTY_PAYLOAD
        # What has come of the body, and is not in aiohttp's hands.
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        super().connection_made(transport)
        self._lines.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End."""
        self._lines.discard(self)
        if self._body.exception() is None:
            # aiohttp forgets these bytes if the body ends too early. There are none while somebody
            # waits for them, which is a RuntimeError.
            with suppress(RuntimeError):
                self._rest += self._body.read_nowait()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read bytes, and note when they came: aiohttp also calls this without any."""
        if data:
            self._heard = time.monotonic()
            self._arrived += len(data)
        if self._coming is None:
            super().data_received(data)
        elif data:
            try:
                self._take_head(self._coming + data, len(self._coming))
            except (HTTPException, ValueError) as error:
                self.set_exception(error)
                if self.transport is not None:
                    self.transport.abort()

    def _take_head(self, coming: bytes, looked: int) -> None:
        """Take in what has come of the head, and of the body after it."""
        while (end := end_of_head(coming, looked)) is not None:
            head, coming, looked = parse_head(coming[:end]), coming[end:], 0
            if not head.is_interim:
                self._head, self._coming = head, None
                self._begin_body(head, coming)
                return
        self._coming = coming

    def _begin_body(self, head: Head, coming: bytes) -> None:
        if len(coming) == head.length:
            # Most replies come as a whole, and nothing is left for aiohttp to do.
            if not head.keeps_open:
                self.force_close()
            self._rest = coming
            self.feed_data(_WHOLE)
            return
        self.set_response_params(
            read_until_eof=True, auto_decompress=False, max_field_size=LONGEST_HEAD
        )
        super().data_received(framing(head) + coming)

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
        self._arrived, self._head, self._coming = 0, None, b""
        self._body, self._rest = EMPTY_PAYLOAD, b""

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

    async def head(self) -> Head:
        """Return the head of the reply."""
        _, self._body = await self.read()
        if self._head is None:
            message = "the reply has no head"
            raise BadStatusLine(message)
        return self._head

    async def more(self, timer: Timer) -> bytes:
        """Return the next bytes of the body of a reply that has begun, ``b""`` at its end.

        Raises:
            OSError: A time limit passed.
            ClientError: The body ended too early, or is not HTTP.
        """
        body, (data, self._rest) = self._body, (self._rest, b"")
        data = data or body.read_nowait()
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
