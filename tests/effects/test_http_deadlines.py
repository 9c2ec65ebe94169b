"""Each byte of an exchange has its time; what is slow but keeps coming is waited for."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle

import attrs
import pytest
from returns.result import Failure
from tests.support import patience
from tests.support.wire import (
    OK,
    HeldClock,
    Talk,
    heard,
    limits,
    lost,
    new_http,
    raw_server,
    sent,
    silent,
)

from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.http.messages import BytesBody, HttpRequest, Limits, StreamBody
from tarash.tarash_gateway.outcome import result_of

pytestmark = pytest.mark.usefixtures("sender")

_HEAD = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_PACKED = _HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n"
# What comes at once, and what comes byte by byte.
_DRIPS = {
    "status line": (b"", b"HTTP/1.1 200 " + b"O" * 99),
    "header": (_HEAD, b"X-Pad: " + b"a" * 99),
    "headers": (_HEAD, b"A: b\r\n" * 33),
    "interim replies": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 9),
    "early hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 9),
    "chunk size": (_CHUNKED, b"0" * 99),
    "trailer": (_CHUNKED + b"2\r\n{}\r\n0\r\n", b"T: x\r\n" * 33),
    "body": (_HEAD + b"Content-Length: 9999\r\n\r\n", b"x" * 99),
    "gzip head": (_PACKED + b"\x1f\x8b\x08\x08" + bytes(6), b"n" * 99),
}


def _dripping(fast: bytes, slow: bytes, held: HeldClock | None = None) -> Talk:
    """Return a server whose reply never ends; a held clock runs once the request is there."""

    def talk(connection: socket.socket) -> None:
        heard(connection)
        if held is not None:
            held.run()
        connection.sendall(fast)
        # Until the client has gone, or the test has failed.
        end = time.monotonic() + patience.LIMIT
        for byte in cycle(slow):
            connection.sendall(bytes([byte]))
            time.sleep(0.03)
            if time.monotonic() > end:
                return

    return talk


@pytest.mark.parametrize("place", _DRIPS)
def test_a_drip_ends_with_the_exchange(place: str, held: HeldClock) -> None:
    with raw_server(_dripping(*_DRIPS[place], held)) as url:
        started = time.monotonic()
        # The other limits are out of reach: a drip of a slow machine may pause for longer.
        error = lost(sent(HttpRequest(method="GET", url=url), limits(0.8, idle=patience.LIMIT)))
        # It did not wait for the end of the drip, which is twice as far away.
        assert time.monotonic() - started < patience.LIMIT / 2
    assert error.request_sent is True
    assert "the exchange took longer than 0.8 s" in error.message


# In the tests below, a limit that was not obeyed would let another one end the exchange, a minute
# later: the message tells which one it was.


def test_interim_replies_without_end_are_bounded_too() -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    with raw_server(talk) as url:
        error = lost(sent(HttpRequest(method="POST", url=url), limits(head=0.3)))
    assert error.request_sent is True
    assert "the head of the reply took longer than 0.3 s" in error.message


def test_the_head_has_a_limit_of_its_own() -> None:
    with raw_server(silent) as url:
        error = lost(sent(HttpRequest(method="GET", url=url), limits(head=0.3)))
    assert "the head of the reply took longer than 0.3 s" in error.message


def _bytes_on_demand(wanted: threading.Semaphore) -> Talk:
    """Return a server that sends a head at once, and a byte of the body when one is wanted."""

    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(_HEAD + b"Content-Length: 99\r\n\r\n")
        for _ in range(99):
            wanted.acquire()
            connection.sendall(b"x")

    return talk


def _arrived(url: str, bounds: Limits, held: HeldClock, wanted: threading.Semaphore) -> int | str:
    """Let 99 bytes arrive, 20 seconds behind each other; return how many, or what went wrong."""
    with closing(new_http()) as http:
        reply = result_of(http.open(HttpRequest(method="GET", url=url), limits=bounds)).unwrap()
        for number in range(99):
            held.advance(20)
            wanted.release()
            outcome = result_of(reply.read(1))
            if isinstance(outcome, Failure):
                # The server finds out that nobody listens.
                wanted.release(99)
                return str(outcome.failure())
            assert outcome.unwrap() == b"x", number
        reply.close()
    return 99


def test_a_body_that_keeps_coming_may_take_longer_than_the_head(held: HeldClock) -> None:
    wanted = threading.Semaphore(0)
    with raw_server(_bytes_on_demand(wanted)) as url:
        bounds = limits(10_000, head=patience.LIMIT, idle=patience.LIMIT)
        assert _arrived(url, bounds, held, wanted) == 99


@pytest.mark.parametrize("rate", [1024.0, 0.0])
def test_a_body_that_crawls_is_broken_off(rate: float, held: HeldClock) -> None:
    wanted = threading.Semaphore(0)
    with raw_server(_bytes_on_demand(wanted)) as url:
        bounds = attrs.evolve(limits(10_000, idle=patience.LIMIT), rate=rate)
        told = _arrived(url, bounds, held, wanted)
    if rate:
        assert "fewer than 1024 bytes a second arrived for 60 s" in str(told)
    else:
        assert told == 99


def test_a_silent_body_ends_by_the_idle_limit() -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(_HEAD + b"Content-Length: 12\r\n\r\nx")
        silent(connection)

    with raw_server(talk) as url:
        error = lost(sent(HttpRequest(method="GET", url=url), limits(idle=0.3)))
    assert "no data was sent or received for 0.3 s" in error.message


def test_a_slow_upload_is_not_bounded_by_the_time_to_connect(held: HeldClock) -> None:
    def slow_reader(connection: socket.socket) -> None:
        # The uplink takes half a minute for each piece, and so does the answer.
        data = connection.recv(65536)
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, rest = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]) - len(rest)
        while length > 0:
            held.advance(30)
            length -= len(connection.recv(1 << 18))
        held.advance(30)
        connection.sendall(OK)

    content = bytes(12_000_000)
    with raw_server(slow_reader) as url:
        body = BytesBody(content=content, content_type="image/png")
        # All that the system takes at once may be read before the client looks at the time again.
        allowed = limits(1e7, connect=patience.LIMIT)
        reply = sent(HttpRequest(method="POST", url=url, body=body), allowed).unwrap()
    assert reply.body == b"ok"


def test_an_upload_that_nobody_takes_ends() -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(OK)
        connection.recv(10)
        patience.wait(over)

    with raw_server(talk) as url, closing(new_http()) as http:
        # The connection is there: the limit is not used up by connecting.
        sent(HttpRequest(method="GET", url=url), http=http).unwrap()
        body = BytesBody(content=bytes(30_000_000), content_type="image/png")
        post = HttpRequest(method="POST", url=url, body=body)
        error = lost(sent(post, limits(idle=0.3), http))
        over.set()
    assert error.request_sent is True
    assert "no data was sent or received for 0.3 s" in error.message


def test_silent_addresses_share_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    # A listener whose queue is full takes no further connection and says nothing.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        address = silent.getsockname()
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.settimeout(0)
            filler.connect_ex(address)
            fillers.append(filler)
        # Half a second for each of them would be more than a minute.
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)] * 150
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
        started = time.monotonic()
        post = HttpRequest(method="POST", url="http://provider.example")
        error = lost(sent(post, limits(2 * patience.LIMIT, connect=0.5)))
        took = time.monotonic() - started
        for filler in fillers:
            filler.close()
    assert 0.4 < took < patience.LIMIT / 2
    assert error.request_sent is False
    assert "connecting took longer than 0.5 s" in error.message


def test_the_address_that_answers_is_found_behind_those_that_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(OK)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()
    with raw_server(talk) as url:
        port = int(url.rpartition(":")[2])
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", place)
            for place in (nobody, ("127.0.0.1", port))
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
        reply = sent(HttpRequest(method="GET", url="http://provider.example")).unwrap()
    assert reply.body == b"ok"


@pytest.mark.parametrize("total", [0.0, -1.0])
def test_nothing_leaves_after_the_deadline(total: float) -> None:
    arrived: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while request := heard(connection):
            arrived.append(request)
            connection.sendall(OK)

    with raw_server(talk) as url, closing(new_http()) as http:
        request = HttpRequest(method="POST", url=url)
        # Also where a connection is open already.
        result_of(receive(http, request, limits=limits())).unwrap()
        error = lost(sent(request, limits(total), http))
    assert error.request_sent is False
    assert len(arrived) == 1


@pytest.mark.parametrize("seconds", [1e10, 1e300, float("inf")])
def test_a_limit_may_be_as_long_as_one_likes(seconds: float) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(OK)

    with raw_server(talk) as url:
        assert sent(HttpRequest(method="GET", url=url), limits(seconds)).unwrap().status == 200


def _pieces() -> Iterator[bytes]:
    for number in range(100):
        yield bytes([number]) * 5000


def test_a_stream_is_read_while_it_is_sent_and_again_for_the_next_try() -> None:
    arrived: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        arrived.append(heard(connection).partition(b"\r\n\r\n")[2])
        connection.sendall(OK)

    body = StreamBody(chunks=_pieces, length=500_000, content_type="video/mp4")
    with raw_server(talk) as url:
        request = HttpRequest(method="PUT", url=url, body=body)
        assert [sent(request).unwrap().status for _ in range(2)] == [200, 200]
    assert arrived == [b"".join(_pieces())] * 2


@pytest.mark.parametrize("length", [499_999, 500_001])
def test_a_stream_of_another_length_is_not_sent_as_if_it_were_whole(length: int) -> None:
    body = StreamBody(chunks=_pieces, length=length, content_type="video/mp4")
    arrived: list[bytes] = []
    with raw_server(lambda connection: arrived.append(heard(connection))) as url:
        error = lost(sent(HttpRequest(method="PUT", url=url, body=body)))
    assert error.request_sent is True
    patience.until(lambda: arrived)
    assert len(arrived[0].partition(b"\r\n\r\n")[2]) < length


def test_a_large_compressed_body_may_be_slow() -> None:
    content = gzip.compress(bytes(5_000_000))

    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(_HEAD + b"Content-Encoding: gzip\r\n\r\n")
        for place in range(0, len(content), 500):
            connection.sendall(content[place : place + 500])
            time.sleep(0.01)

    with raw_server(talk) as url:
        assert len(sent(HttpRequest(method="GET", url=url)).unwrap().body) == 5_000_000


def test_a_handshake_belongs_to_connecting() -> None:
    with raw_server(silent) as url:
        post = HttpRequest(method="POST", url=url.replace("http", "https"))
        error = lost(sent(post, limits(connect=0.3)))
    assert error.request_sent is False
    assert "connecting took longer than 0.3 s" in error.message


def test_a_proxy_s_consent_belongs_to_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(_dripping(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n")) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        post = HttpRequest(method="POST", url="https://provider.example")
        error = lost(sent(post, limits(connect=0.3)))
    assert error.request_sent is False
    assert "connecting took longer than 0.3 s" in error.message
