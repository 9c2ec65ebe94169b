"""Connections are kept for as many exchanges as there were at once, and closed afterwards."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial

import attrs
from tests.support import patience
from tests.support.wire import heard, limits, raw_server, sent

from tarash.tarash_gateway import connections
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.effects.receiving import receive_async
from tarash.tarash_gateway.effects.urllib3_http import Urllib3Http
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.outcome import result_of

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@attrs.define(eq=False)
class _Server:
    """It counts its connections, and answers once so many requests have come."""

    together: int = 1
    opened: int = 0
    closed: threading.Semaphore = attrs.field(factory=lambda: threading.Semaphore(0))
    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    _all_here: threading.Barrier = attrs.field(init=False)

    @_all_here.default
    def _barrier(self) -> threading.Barrier:
        return threading.Barrier(self.together)

    def talk(self, connection: socket.socket) -> None:
        with self._lock:
            self.opened += 1
        while heard(connection):
            self._all_here.wait(patience.LIMIT)
            connection.sendall(_ANSWER)
        self.closed.release()

    @contextmanager
    def run(self) -> Iterator[str]:
        with raw_server(self.talk) as url:
            yield url


def _all_closed(server: _Server, count: int) -> bool:
    return all(server.closed.acquire(timeout=patience.LIMIT) for _ in range(count))


def test_a_hundred_exchanges_at_once_keep_their_connections_for_the_next_hundred() -> None:
    # Given a hundred threads that talk to one host at once.
    server = _Server(together=100)
    with server.run() as url, closing(Urllib3Http()) as http, ThreadPoolExecutor(100) as threads:
        ask = partial(sent, HttpRequest(method="GET", url=url), limits(), http)
        list(threads.map(lambda _: ask().unwrap(), range(100)))
        assert server.opened == 100
        # When they do so again, and again.
        for _ in range(2):
            list(threads.map(lambda _: ask().unwrap(), range(100)))
    # Then no further connection is opened.
    assert server.opened == 100


def test_connections_that_nobody_needs_any_more_are_closed() -> None:
    # Given ten connections to one host that were idle for more than a minute.
    busy, quiet = _Server(together=10), _Server()
    with busy.run() as url, quiet.run() as other, closing(Urllib3Http()) as http:
        ask = partial(sent, HttpRequest(method="GET", url=url), limits(), http)
        with ThreadPoolExecutor(10) as threads:
            list(threads.map(lambda _: ask().unwrap(), range(10)))
        for idle in http._pool._idle.values():
            for connection in idle:
                connection.idle_since -= 61
        http._pool._weeded -= 61
        # When an exchange with another host ends.
        sent(HttpRequest(method="GET", url=other), limits(), http).unwrap()
        # Then they are closed, and the other host's is kept.
        assert _all_closed(busy, 10)
        assert [len(idle) for idle in http._pool._idle.values()] == [1]


def test_the_number_of_idle_connections_to_one_place_is_bounded() -> None:
    server = _Server(together=300)
    with server.run() as url, closing(Urllib3Http()) as http, ThreadPoolExecutor(300) as threads:
        ask = partial(sent, HttpRequest(method="GET", url=url), limits(), http)
        list(threads.map(lambda _: ask().unwrap(), range(300)))
        assert sum(map(len, http._pool._idle.values())) <= 256


def test_whoever_wants_to_may_close_them_and_go_on() -> None:
    # Given the sender of this process's blocking calls.
    server = _Server()
    request, http = partial(HttpRequest, method="GET"), live_effects().http
    with server.run() as url:
        with connections:
            sent(request(url=url), http=http).unwrap()
            sent(request(url=url), http=http).unwrap()
        # Then its connections are closed at the end of the block, and it can still be used.
        assert _all_closed(server, 1)
        sent(request(url=url), http=http).unwrap()
        assert server.opened == 2
        # When a reply is being read, it is not disturbed.
        reply = result_of(http.open(request(url=url), limits=limits())).unwrap()
        connections.close()
        assert result_of(reply.read(10)).unwrap() == b"ok"
        assert result_of(reply.read(10)).unwrap() == b""
        reply.close()
        connections.close()
        assert _all_closed(server, 1)


def test_on_an_event_loop_they_are_closed_with_the_block() -> None:
    # Given the sender of this process's asyncio calls.
    server = _Server()
    http = live_effects().async_http
    assert http is not None

    async def talk(url: str) -> None:
        async with connections:
            for _ in range(2):
                request = HttpRequest(method="GET", url=url)
                (await receive_async(http, request, limits=limits())).unwrap()
        # Then its connections are closed at the end of the block, while the loop goes on.
        assert await asyncio.to_thread(_all_closed, server, 1)
        (await receive_async(http, HttpRequest(method="GET", url=url), limits=limits())).unwrap()

    with server.run() as url:
        asyncio.run(talk(url))
        assert _all_closed(server, 1)
    assert server.opened == 2
