"""Replies have a size, counted while they are decoded."""

import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure
from tests.support.wire import Talk, heard, limits, lost, new_http, raw_server, sent

from tarash.tarash_gateway.effects.decoding import decoder
from tarash.tarash_gateway.exceptions import HTTPConnectionError, UnexpectedReplyError
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import ScriptedHttp, json_reply

pytestmark = pytest.mark.usefixtures("sender")

_MOST = 100_000


def _saying(head: bytes, body: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)

    return talk


def _bare(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


_PACKED: Mapping[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", gzip.compress),
    "gzip of two members": (
        b"x-gzip",
        lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]),
    ),
    "gzip with padding": (b"GZIP", lambda data: gzip.compress(data) + bytes(100)),
    "deflate": (b"deflate", zlib.compress),
    "bare deflate": (b"deflate", _bare),
    "nothing": (b"identity", bytes),
    "a storage service's name": (b"aws-chunked", bytes),
}


@pytest.mark.parametrize("how", _PACKED)
def test_a_reply_of_the_largest_size_is_read(how: str) -> None:
    name, pack = _PACKED[how]
    content = b"0123456789" * (_MOST // 10)
    body = pack(content)
    head = b"Content-Encoding: %b\r\nContent-Length: %d\r\n" % (name, len(body))
    with raw_server(_saying(head, body)) as url:
        reply = sent(HttpRequest(method="GET", url=url), limits(size=_MOST)).unwrap()
    assert reply.body == content


@pytest.mark.parametrize("how", _PACKED)
def test_one_byte_more_is_refused(how: str) -> None:
    name, pack = _PACKED[how]
    body = pack(bytes(_MOST + 1))
    head = b"Content-Encoding: %b\r\nContent-Length: %d\r\n" % (name, len(body))
    with raw_server(_saying(head, body)) as url:
        outcome = sent(HttpRequest(method="GET", url=url), limits(size=_MOST))
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, UnexpectedReplyError)
    assert error.status_code == 200
    assert "more than 100000 bytes" in error.message
    assert "raise max_json_bytes" in error.message


def test_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(bytes(200 * 2**20))
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(bomb)
    with raw_server(_saying(head, bomb)) as url:
        tracemalloc.start()
        outcome = sent(HttpRequest(method="GET", url=url), limits(size=2**20))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(outcome.failure(), UnexpectedReplyError)
    assert peak < 8 * 2**20


def test_a_body_without_end_ends_by_its_size() -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"ffff\r\n" + bytes(65535) + b"\r\n")

    with raw_server(talk) as url:
        outcome = sent(HttpRequest(method="GET", url=url), limits(size=2**20))
    assert isinstance(outcome.failure(), UnexpectedReplyError)


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"a video")[:-3], gzip.compress(b"a video")[:5], b"\x1f", b"not gzip at all"],
    # The time is in what gzip writes, and a test has the same name in each process.
    ids=["without the end", "half the head", "one byte", "not gzip"],
)
def test_compressed_data_without_its_end_is_broken(body: bytes) -> None:
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(body)
    with raw_server(_saying(head, body)) as url:
        assert lost(sent(HttpRequest(method="GET", url=url))).request_sent is True


def test_an_empty_body_needs_no_compression() -> None:
    with raw_server(_saying(b"Content-Encoding: gzip\r\nContent-Length: 0\r\n", b"")) as url:
        assert sent(HttpRequest(method="GET", url=url)).unwrap().body == b""


def test_a_scripted_reply_has_a_size_too() -> None:
    http = ScriptedHttp([json_reply(200, "x" * 100)])
    request = HttpRequest(method="GET", url="https://example.com")
    reply = result_of(http.open(request, limits=limits(size=10))).unwrap()
    assert "more than 10 bytes" in result_of(reply.read(5)).failure().message


@given(
    data=st.binary(max_size=300).map(lambda data: data * 50),
    how=st.sampled_from(sorted(_PACKED)),
    step=st.integers(1, 400),
    size=st.integers(1, 400),
)
def test_decoding_never_gives_more_than_is_wanted(
    data: bytes, how: str, step: int, size: int
) -> None:
    name, pack = _PACKED[how]
    packed, taken = pack(data), []
    engine = decoder(name.decode())
    for place in range(0, len(packed), step):
        engine.feed(packed[place : place + step])
        while piece := engine.take(size):
            taken.append(piece)
    engine.finish()
    assert b"".join(taken) == data
    assert all(len(piece) <= size for piece in taken)


def test_a_reply_that_failed_does_not_end_as_if_it_were_whole() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"

    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(body)

    with raw_server(talk) as url, closing(new_http()) as http:
        request = HttpRequest(method="GET", url=url)
        reply = result_of(http.open(request, limits=limits())).unwrap()
        assert result_of(reply.read(100)).unwrap() == b"abc"
        for _ in range(2):
            assert isinstance(result_of(reply.read(100)).failure(), HTTPConnectionError)
