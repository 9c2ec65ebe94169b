"""Whatever a server says: a reply or a declared error, and no dirty connection is used again."""

import queue
import socket
from collections.abc import Iterator
from contextlib import closing

import attrs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from returns.result import Failure
from tests.support import patience
from tests.support.wire import OK, ClosingHttp, heard, limits, new_http, raw_server, sent
from urllib3.connection import HTTPConnection

from tarash.tarash_gateway.effects.proxies import _proxy
from tarash.tarash_gateway.effects.routes import Route
from tarash.tarash_gateway.effects.urllib3_http import _connection
from tarash.tarash_gateway.exceptions import HTTPConnectionError, UnexpectedReplyError
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import Outcome

pytestmark = pytest.mark.usefixtures("sender")

_LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/2 200\r\n",
        b"HTTP/1.1 -1 x\r\n",
        b"Content-Length: 3\r\n",
        b"Content-Length: -3\r\n",
        b"Content-Length: 3, 4\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: deflate\r\n",
        b"Connection: close\r\n",
        b"Connection: keep-alive\r\n",
        b": \r\n",
        b" folded\r\n",
        b"X: \xff\xfe\x00\r\n",
        b"\r\n",
        b"abc",
        b"3\r\nabc\r\n",
        b"-3\r\nabc\r\n",
        b"ffffffffffffffffffff\r\n",
        b"0\r\n\r\n",
        b"0\r\nTrailer: x\r\n\r\n",
        b"\x1f\x8b\x08\x00",
        OK,
    ]
)
_REPLIES = st.lists(_LINES | st.binary(max_size=20), max_size=8).map(b"".join)


@attrs.frozen
class Server:
    """A server that replies with the next bytes of a queue, and ends the connection."""

    url: str
    replies: "queue.SimpleQueue[bytes]"
    sent: "queue.SimpleQueue[None]"

    def reply(self, reply: bytes, http: ClosingHttp, size: int) -> Outcome[HttpResponse]:
        """Exchange a request for these bytes; return when the server has sent all that it will."""
        self.replies.put(reply)
        outcome = sent(HttpRequest(method="GET", url=self.url), limits(size=size), http)
        self.sent.get(timeout=patience.LIMIT)
        return outcome


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    replies, over = queue.SimpleQueue[bytes](), queue.SimpleQueue[None]()

    def talk(connection: socket.socket) -> None:
        while heard(connection):
            reply = replies.get()
            try:
                connection.sendall(reply)
                if reply != OK:
                    connection.shutdown(socket.SHUT_WR)
            finally:
                over.put(None)

    with raw_server(talk) as url:
        yield Server(url, replies, over)


@pytest.mark.slow
@given(reply=_REPLIES)
@example(reply=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n")
@example(reply=b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabc")
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_a_reply_or_a_declared_error(reply: bytes, server: Server) -> None:
    # A connection that stays open would keep the server's thread waiting for the next request.
    with closing(new_http()) as http:
        outcome = server.reply(reply, http, size=1000)
        if isinstance(outcome, Failure):
            error = outcome.failure()
            assert isinstance(error, HTTPConnectionError | UnexpectedReplyError)
            assert not isinstance(error, HTTPConnectionError) or error.request_sent
        else:
            assert outcome.unwrap().status in range(200, 600)
        # The next exchange hears its own reply, whatever came before.
        after = server.reply(OK, http, size=2**24).unwrap()
        assert (after.status, after.body) == (200, b"ok")


@given(st.text(max_size=30))
@settings(max_examples=200)
def test_any_url_is_a_declared_error(text: str) -> None:
    # Nothing listens there.
    for url in (text, f"http://{text}", f"http://127.0.0.1:1/{text}", f"https://[{text}]:1/"):
        outcome = sent(HttpRequest(method="POST", url=url), limits(0.0))
        error = outcome.failure()
        assert isinstance(error, HTTPConnectionError)
        assert error.request_sent is False


@given(st.text(alphabet="abc:/@[]%.é 0123456789\ud800", max_size=20))
@settings(max_examples=200)
def test_any_proxy_is_used_or_refused(text: str) -> None:
    outcome = _proxy(text, "HTTPS_PROXY")
    if isinstance(outcome, Failure):
        assert isinstance(outcome.failure(), HTTPConnectionError)
    else:
        proxy = outcome.unwrap()
        route = Route(scheme="http", host="a", port=80, target="/", proxy=proxy, trust=None)
        assert isinstance(_connection(route, limits(), None), HTTPConnection)


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=2))
@settings(max_examples=100)
def test_any_header_is_a_declared_error(headers: dict[str, str]) -> None:
    request = HttpRequest(method="POST", url="http://127.0.0.1:1/", headers=headers)
    error = sent(request, limits(1)).failure()
    assert isinstance(error, HTTPConnectionError)
    assert error.request_sent is False
