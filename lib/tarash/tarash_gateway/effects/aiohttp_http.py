"""HTTP on an event loop, in phases: connect, send, head, body. Needs aiohttp.

The counterpart of `urllib3_http`, with the same contract. The connections are opened here, and
aiohttp reads the replies: its `ClientSession` repeats requests by itself when a connection is
dropped, and does not tell in which phase an exchange failed.
"""

import asyncio
import logging
import os
import ssl
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final, Self

import attrs
from aiohttp import ClientError
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError, ValidationError
from ..http.messages import HttpRequest, Limits
from ..outcome import Outcome
from . import AsyncHttpReply
from .aiohttp_lines import Line, dial
from .aiohttp_loops import Lines, Loops
from .replies import FAULTS, OpenReply, connection_error
from .routes import Route, route_of
from .timing import Timer
from .trust import Trust
from .uploading import form_size, is_at_hand
from .writing import SMALL, PreparedRequest, Upload, head_of, write

_log = logging.getLogger("tarash.tarash_gateway.http")
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
        # Reading a file of certificates takes 20 ms and more.
        self._contexts: dict[Trust, ssl.SSLContext] = {}

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
        (await self._lines()).hang_up()

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
        made = await asyncio.get_running_loop().run_in_executor(None, trust.context)
        return made.map(partial(self._contexts.setdefault, trust))


async def _written(request: HttpRequest) -> Outcome[PreparedRequest]:
    if form_size(request.body) <= SMALL:
        return write(request)
    # The contents of a form are read once to name its boundary.
    return await asyncio.get_running_loop().run_in_executor(None, write, request)


@attrs.frozen(kw_only=True)
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

    async def run(self) -> Outcome[AsyncHttpReply]:
        """Connect, send, and return the reply once its head has arrived."""
        sent = False
        with ExitStack() as unless_replied:
            try:
                turns = await self._turns()
                unless_replied.callback(turns.release)
                line = await self._line()
                unless_replied.callback(line.hang_up)
                sent = True
                message = await self._answer(line)
            except ValidationError as error:
                # The caller's file cannot be sent, whatever the connection does.
                return Failure(error)
            except _FAULTS as error:
                return Failure(self.lost(error, sent=sent))
            if message.code not in _FINAL:
                return Failure(self.lost(ConnectionError(f"HTTP {message.code}"), sent=True))
            unless_replied.pop_all()
        self._log(message.code)
        return Success(_Reply(self, line, turns, message))

    def lost(self, error: Exception, *, sent: bool = True) -> HTTPConnectionError:
        """Return the error about a failed connection."""
        return connection_error(self.route.host, self.timer, error, sent=sent)

    def _log(self, status: int) -> None:
        if _log.isEnabledFor(logging.DEBUG):
            path = self.route.target.partition("?")[0]
            place = f"{self.route.scheme}://{self.route.host}:{self.route.port}"
            _log.debug('%s "%s %s HTTP/1.1" %d', place, self.ready.method, path, status)

    async def _turns(self) -> asyncio.Semaphore:
        """Wait until another connection to the place is allowed."""
        turns = self.lines.turns(self.route)
        if not turns.locked():
            await turns.acquire()
            return turns
        async with asyncio.timeout(self.timer.left()):
            await turns.acquire()
        return turns

    async def _line(self) -> Line:
        self.timer.begin("connecting", self.limits.connect)
        self.timer.patience()
        line = self.lines.take(self.route)
        if line is None:
            async with asyncio.timeout(self.timer.left()):
                line = await dial(self.lines.all, self.route, self.context)
        return line

    async def _answer(self, line: Line) -> RawResponseMessage:
        """Send the request, and return the head of the reply."""
        line.begin()
        self.timer.begin("sending")
        body, answer = self.ready.body, None
        if body is None:
            line.send(self._head())
        elif self.is_at_hand and body.length <= SMALL:
            line.send(self._head() + Upload(body).read())
        else:
            answer = await self._upload(line, Upload(body))
        self.timer.begin("the head of the reply", self.limits.head)
        with line.watch(self.timer):
            message = await (line.head() if answer is None else answer)
        self.timer.begin_body()
        return message

    def _head(self) -> bytes:
        return head_of(self.ready.method, *self.route.addressed(self.ready))

    async def _upload(self, line: Line, upload: Upload) -> asyncio.Task[RawResponseMessage]:
        """Send a body that is long or not in memory; return what waits for the reply.

        The reply may come before all was sent: then the rest is of no interest.
        """
        sending = asyncio.ensure_future(self._send(line, upload))
        answer = asyncio.ensure_future(line.head())
        try:
            await asyncio.wait({sending, answer}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                # A connection that was closed may have brought the reply before.
                with suppress(ConnectionError):
                    await sending
            else:
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
                line.send(waiting + block[start : start + SMALL])
                waiting = b""
                await line.drained(self.timer)
        line.send(waiting)


class _Reply(OpenReply):
    """A reply whose body is read from its line: see `effects.AsyncHttpReply`."""

    def __init__(
        self,
        exchange: _Exchange,
        line: Line,
        turns: asyncio.Semaphore,
        message: RawResponseMessage,
    ) -> None:
        """Begin before the first byte of the body."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in message.raw_headers
        }
        super().__init__(
            message.code,
            headers,
            exchange.limits,
            began=partial(exchange.timer.begin, "the exchange"),
            fail=exchange.lost,
            release=self._let_go,
        )
        self._exchange = exchange
        self._line = line
        self._turns = turns

    def _let_go(self, ended: bool) -> None:  # noqa: FBT001 - `OpenReply` calls it
        self._turns.release()
        if ended:
            self._exchange.lines.give(self._exchange.route, self._line)
        else:
            self._line.hang_up()

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
