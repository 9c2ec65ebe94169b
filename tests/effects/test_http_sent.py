"""Whether a request may have arrived: only a failure while connecting says that it did not."""

import socket
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.wire import (
    OK,
    certified,
    heard,
    lost,
    new_http,
    port_of,
    raw_server,
    sent,
    tunnel,
)

from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody

pytestmark = pytest.mark.usefixtures("sender")

_BODY = JsonBody(value={"prompt": "a kite"})


def _closed(_: socket.socket) -> None:
    pass


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


_ENDS = pytest.mark.parametrize("end", [_closed, _reset], ids=["closed", "reset"])
End = Callable[[socket.socket], None]


@_ENDS
def test_a_forward_proxy_that_drops_the_request_may_have_passed_it_on(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[bytes] = []

    def proxy(connection: socket.socket) -> None:
        jobs.append(heard(connection))
        end(connection)

    with raw_server(proxy) as url:
        monkeypatch.setenv("http_proxy", url)
        post = HttpRequest(method="POST", url="http://provider.example/videos", body=_BODY)
        error = lost(sent(post))
    assert jobs[0].endswith(b'{"prompt": "a kite"}')
    assert error.request_sent is True


@_ENDS
def test_a_request_through_a_tunnel_may_have_arrived(
    end: End, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, bundle = certified(tmp_path)
    jobs: list[bytes] = []

    def provider(connection: socket.socket) -> None:
        jobs.append(heard(connection))
        end(connection)

    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    asked: list[bytes] = []
    with (
        raw_server(provider, tls=context) as url,
        raw_server(tunnel(port_of(url), asked)) as proxy,
    ):
        monkeypatch.setenv("https_proxy", proxy)
        error = lost(sent(HttpRequest(method="POST", url=url, body=_BODY)))
    assert asked[0].startswith(b"CONNECT localhost:")
    assert len(jobs) == 1
    assert error.request_sent is True


def test_a_handshake_that_fails_behind_a_tunnel_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    with (
        raw_server(lambda connection: connection.sendall(b"not TLS")) as url,
        raw_server(tunnel(port_of(url), asked)) as proxy,
    ):
        monkeypatch.setenv("https_proxy", proxy)
        secure = url.replace("http", "https")
        error = lost(sent(HttpRequest(method="POST", url=secure, body=_BODY)))
    assert len(asked) == 1
    assert error.request_sent is False


@pytest.mark.parametrize("status", [b"403 Forbidden", b"502 Bad Gateway"])
def test_a_refused_tunnel_sent_nothing(status: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"
    with raw_server(tunnel(1, asked, answer)) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        error = lost(sent(HttpRequest(method="POST", url="https://provider.example", body=_BODY)))
    assert error.request_sent is False
    assert f"the proxy refused to connect, HTTP {status[:3].decode()}" in error.message
    assert "nothing was sent" in error.message


def test_interim_replies_are_skipped_and_the_connection_is_used_again() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    counts: list[int] = []

    def talk(connection: socket.socket) -> None:
        counts.append(0)
        while heard(connection):
            counts[-1] += 1
            body = f"reply {counts[-1]}".encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            connection.sendall(interim + b"HTTP/1.1 100 Continue\r\n\r\n" + head + body)

    with raw_server(talk) as url, closing(new_http()) as http:
        request = HttpRequest(method="POST", url=url, body=_BODY)
        replies = [sent(request, http=http).unwrap() for _ in range(3)]
    assert [(reply.status, reply.body) for reply in replies] == [
        (200, b"reply 1"),
        (200, b"reply 2"),
        (200, b"reply 3"),
    ]
    assert counts == [3]


@pytest.mark.parametrize("status", ["101 Switching Protocols", "600 Strange", "999 Stranger"])
def test_a_status_that_ends_no_exchange_is_no_reply(status: str) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    with raw_server(talk) as url:
        error = lost(sent(HttpRequest(method="POST", url=url, body=_BODY)))
    assert error.request_sent is True


def test_bytes_behind_a_reply_are_not_the_next_reply() -> None:
    connections: list[int] = []

    def talk(connection: socket.socket) -> None:
        connections.append(1)
        while heard(connection):
            connection.sendall(OK + OK.replace(b"ok", b"no"))

    with raw_server(talk) as url, closing(new_http()) as http:
        request = HttpRequest(method="GET", url=url)
        bodies = [sent(request, http=http).unwrap().body for _ in range(3)]
    assert bodies == [b"ok"] * 3
    assert len(connections) == 3


def test_a_reply_that_comes_before_all_of_the_body_was_sent_is_read() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge"

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(refusal)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            pass

    with raw_server(talk) as url:
        large = JsonBody(value={"image": "x" * 8_000_000})
        reply = sent(HttpRequest(method="POST", url=url, body=large)).unwrap()
    assert (reply.status, reply.body) == (413, b"large")


@pytest.mark.parametrize(
    "value", ["sk-canary\n", "sk-canary\r\nHost: evil.example", "sk-canary\u2014", "sk-canary\x00"]
)
def test_a_header_that_cannot_be_sent_is_named_but_not_shown(value: str) -> None:
    request = HttpRequest(
        method="POST", url="http://127.0.0.1:1", credential={"Authorization": value}
    )
    error = lost(sent(request))
    assert error.request_sent is False
    assert "the header Authorization has a line break" in error.message
    assert "canary" not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None
