"""HTTP on an event loop, in phases: connect, send, head, body. Needs aiohttp.

The counterpart of `urllib3_http`, with the same contract. The connections are opened here, and
aiohttp reads the replies: its `ClientSession` repeats requests by itself when a connection is
dropped, and does not tell in which phase an exchange failed.
"""

import asyncio
import os
import ssl
import threading
from contextlib import suppress
from functools import partial
from typing import Final, Self

import attrs
from aiohttp import ClientError
from aiohttp.http_exceptions import HttpProcessingError
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError, ValidationError
from ..http.messages import HttpRequest, Limits, StreamBody
from ..outcome import Outcome
from . import AsyncHttpReply
from .aiohttp_dialing import dial
from .aiohttp_lines import Line
from .aiohttp_loops import Lines, Loops
from .heads import Head
from .replies import FAULTS, OpenReply, connection_error
from .routes import Route, log_exchange, log_strange_head, route_of
from .timing import Timer
from .trust import Trust
from .uploading import form_size, is_at_hand
from .writing import SMALL, PreparedRequest, Upload, head_of, write

_FAULTS: Final = (*FAULTS, ClientError, HttpProcessingError)
_FINAL: Final = range(200, 600)
# Bytes of a body that are read at once in another thread.
_BLOCK: Final = 1 << 20


class AiohttpHttp:
    """Sends requests on the running event loop and reuses connections.

    Safe to share between loops, threads and forks: each loop has its own connections, which are
    closed when it ends. Honours the environment as `urllib3_http.Urllib3Http` does.
    """

    def __init__(self) -> None:
        """Make the sender, without opening a connection or reading the environment."""
        self._begin()

    def _begin(self) -> None:
        self._loops = Loops()
        # Reading the certificates takes 20 ms and more.
        self._contexts: dict[Trust, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    async def _lines(self) -> Lines:
        if self._loops.process != os.getpid():
            self._loops.disown()
            self._begin()
        return await self._loops.lines()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close this loop's idle connections; further requests can still be sent."""
        await (await self._lines()).close()

    async def open(self, request: HttpRequest, *, limits: Limits) -> Outcome[AsyncHttpReply]:
        """Send the request and return its reply: see `effects.AsyncHttp`."""
        timer = Timer(limits)
        lines = await self._lines()
        ready = await _written(request)
        if isinstance(ready, Failure):
            return Failure(ready.failure())
        route = route_of(request.url)
        if isinstance(route, Failure):
            return Failure(route.failure())
        context = await self._context(route.unwrap().trust)
        if isinstance(context, Failure):
            return Failure(context.failure())
        exchange = _Exchange(
            owner=self,
            lines=lines,
            route=route.unwrap(),
            context=context.unwrap(),
            ready=ready.unwrap(),
            is_at_hand=is_at_hand(request.body),
            limits=limits,
            timer=timer,
        )
        return await exchange.run()

    async def _context(self, trust: Trust | None) -> Outcome[ssl.SSLContext | None]:
        if trust is None:
            return Success(None)
        if trust in self._contexts:
            return Success(self._contexts[trust])
        return await asyncio.get_running_loop().run_in_executor(None, self._new_context, trust)

    def _new_context(self, trust: Trust) -> Outcome[ssl.SSLContext | None]:
        with self._lock:
            if trust in self._contexts:
                return Success(self._contexts[trust])
            return trust.context().map(partial(self._contexts.setdefault, trust))


async def _written(request: HttpRequest) -> Outcome[PreparedRequest]:
    if form_size(request.body) <= SMALL:
        return write(request)
    # The contents of a form are read once to name its boundary.
    return await asyncio.get_running_loop().run_in_executor(None, write, request)


@attrs.define(kw_only=True, eq=False)
class _Exchange:
    """One exchange: its request, its way, and its limits.

    It keeps its owner, whose end would close the connections.
    """

    owner: AiohttpHttp
    lines: Lines
    route: Route
    context: ssl.SSLContext | None
    ready: PreparedRequest
    is_at_hand: bool
    limits: Limits
    timer: Timer
    unsent: int = 0

    async def run(self) -> Outcome[AsyncHttpReply]:
        """Connect, send, and return the reply once its head has arrived."""
        line, replied = None, False
        try:
            turns = await self._turns()
        except TimeoutError as error:
            return Failure(self.lost(error, sent=False))
        try:
            line = await self._line(turns)
            head = await self._answer(line)
            replied = head.status in _FINAL
        except ValidationError as error:
            # The caller's file cannot be sent, whatever the connection does.
            return Failure(error)
        except _FAULTS as error:
            return Failure(self.lost(error, sent=line is not None))
        finally:
            if not replied:
                self.let_go(turns, line, spent=False)
        if not replied:
            return Failure(self.lost(ConnectionError(f"HTTP {head.status}")))
        log_exchange(self.route, self.ready.method, head.status)
        return Success(_Reply(self, line, turns, head))

    def let_go(self, turns: asyncio.Semaphore, line: Line | None, *, spent: bool) -> None:
        """Release a connection, which is kept if its reply was read to its end."""
        turns.release()
        if line is not None:
            if spent:
                self.lines.give(self.route, line)
            else:
                line.hang_up()

    def lost(self, error: Exception, *, sent: bool = True) -> HTTPConnectionError:
        """Return the error about a failed connection."""
        return connection_error(self.route.host, self.timer, error, sent=sent)

    async def _turns(self) -> asyncio.Semaphore:
        """Wait until another connection to the place is allowed."""
        turns = self.lines.turns(self.route)
        if not turns.locked():
            await turns.acquire()
            return turns
        async with asyncio.timeout(self.timer.left()):
            await turns.acquire()
        return turns

    async def _line(self, turns: asyncio.Semaphore) -> Line:
        self.timer.begin("connecting", self.limits.connect)
        self.timer.patience()
        line = self.lines.take(self.route)
        if line is None:
            async with asyncio.timeout(self.timer.left()):
                line = await dial(self.lines.all, self.route, self.context)
            line.turns = turns
        return line

    async def _answer(self, line: Line) -> Head:
        """Send the request, and return the head of the reply."""
        line.begin()
        self.timer.begin("sending")
        body, answer = self.ready.body, None
        if body is None:
            line.send(self._head())
        elif self.is_at_hand and body.length <= SMALL:
            line.send(self._head() + Upload(body).read())
        else:
            answer = await self._upload(line, body)
        self.timer.begin("the head of the reply", self.limits.head)
        with line.watch(self.timer):
            head = await (line.head() if answer is None else answer)
        self.timer.begin_body()
        if not head.is_clean:
            log_strange_head(self.route, self.ready.method)
        return head

    def _head(self) -> bytes:
        return head_of(self.ready.method, *self.route.addressed(self.ready))

    async def _upload(self, line: Line, body: StreamBody) -> asyncio.Task[Head]:
        """Send a body that is long or not in memory; return what waits for the reply.

        The reply may come before all was sent: then the rest is of no interest.
        """
        self.unsent = body.length
        sending = asyncio.ensure_future(self._send(line, Upload(body)))
        answer = asyncio.ensure_future(line.head())
        try:
            await asyncio.wait({sending, answer}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                # A connection that was closed may have brought the reply before.
                with suppress(ConnectionError):
                    await sending
            elif self.unsent:
                line.force_close()
        except BaseException:
            answer.cancel()
            await asyncio.wait({answer})
            raise
        finally:
            sending.cancel()
        return answer

    async def _send(self, line: Line, upload: Upload) -> None:
        waiting, read = self._head(), partial(upload.read, _BLOCK)
        loop = asyncio.get_running_loop()
        while block := read() if self.is_at_hand else await loop.run_in_executor(None, read):
            for start in range(0, len(block), SMALL):
                piece = block[start : start + SMALL]
                line.send(waiting + piece)
                waiting, self.unsent = b"", self.unsent - len(piece)
                await line.drained(self.timer)
        line.send(waiting)


class _Reply(OpenReply):
    """A reply whose body is read from its line: see `effects.AsyncHttpReply`."""

    def __init__(
        self, exchange: _Exchange, line: Line, turns: asyncio.Semaphore, head: Head
    ) -> None:
        """Begin before the first byte of the body."""
        super().__init__(
            head.status,
            head.headers,
            exchange.limits,
            began=partial(exchange.timer.begin, "the exchange"),
            fail=exchange.lost,
            release=self._let_go,
        )
        self._exchange = exchange
        self._line = line
        self._turns = turns

    def _let_go(self, ended: bool) -> None:  # noqa: FBT001 - `OpenReply` calls it
        self._exchange.let_go(self._turns, self._line, spent=ended)

    async def read(self, size: int) -> Outcome[bytes]:
        """Return at most ``size`` bytes of the body, ``b""`` at its end."""
        try:
            while (piece := self._take(size)) is None:
                self._feed(await self._line.more(self._exchange.timer))
        except _FAULTS as error:
            return self._broken(error)
        return self._counted(piece)

    async def close(self) -> None:
        """Release the connection."""
        self._done()
