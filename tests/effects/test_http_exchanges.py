"""The HTTP effects against real sockets on loopback."""

import gzip
import random
import socket
import time
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest
from returns.result import Failure
from tests.support import patience
from tests.support.recorder import Answer, recorder
from tests.support.wire import HeldClock, heard, limits, new_http, raw_server, sent, silent

from tarash.tarash_gateway.exceptions import HTTPConnectionError
from tarash.tarash_gateway.http.messages import (
    BytesBody,
    FormBody,
    FormPart,
    HttpRequest,
    HttpResponse,
    JsonBody,
    Method,
)
from tarash.tarash_gateway.outcome import Outcome

pytestmark = pytest.mark.usefixtures("sender")


def _send(request: HttpRequest, timeout: float = patience.LIMIT) -> Outcome[HttpResponse]:
    return sent(request, limits(timeout))


def _error(outcome: Outcome[HttpResponse]) -> HTTPConnectionError:
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, HTTPConnectionError)
    return error


def test_a_request_arrives_as_it_is() -> None:
    with recorder(lambda _: Answer(status=418, body=b"tea", headers={"X-Pot": "yes"})) as server:
        request = HttpRequest(
            method="POST",
            url=f"{server.url}/a/b?c=d",
            headers={"X-Own": "1"},
            credential={"Authorization": "Key secret"},
            body=JsonBody(value={"prompt": "größer"}),
        )
        reply = _send(request).unwrap()
    (asked,) = server.requests
    assert (asked.method, asked.path) == ("POST", "/a/b?c=d")
    assert asked.body == '{"prompt": "größer"}'.encode()
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == "Key secret"
    assert asked.headers["x-own"] == "1"
    assert asked.headers["user-agent"].startswith("tarash-gateway/")
    assert (reply.status, reply.body, reply.headers["x-pot"]) == (418, b"tea", "yes")


@pytest.mark.parametrize(
    ("method", "length"), [("GET", None), ("POST", "0"), ("PUT", "0"), ("DELETE", None)]
)
def test_a_request_without_a_body_has_none(method: Method, length: str | None) -> None:
    with recorder(lambda _: Answer()) as server:
        _send(HttpRequest(method=method, url=server.url)).unwrap()
    assert server.requests[0].body == b""
    assert server.requests[0].headers.get("content-length") == length


def test_a_form_has_its_parts() -> None:
    form = FormBody(
        parts=(
            FormPart(name="prompt", value="a kite"),
            FormPart(name='a"b', filename="ä.png", content_type="image/png", content=b"\x89PNG"),
        )
    )
    with recorder(lambda _: Answer()) as server:
        request = HttpRequest(method="POST", url=server.url, body=form)
        _send(request).unwrap()
        _send(request).unwrap()
    first, second = server.requests
    assert first.body == second.body
    boundary = first.headers["content-type"].removeprefix("multipart/form-data; boundary=")
    pieces = first.body.split(b"--" + boundary.encode())
    assert pieces[1] == b'\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na kite\r\n'
    assert b'name="a%22b"; filename="\xc3\xa4.png"\r\nContent-Type: image/png' in pieces[2]
    assert pieces[3] == b"--\r\n"


def test_a_large_compressed_reply_is_read_to_its_end() -> None:
    content = random.Random(1).randbytes(300_000) + bytes(300_000)
    headers = {"Content-Encoding": "gzip"}
    with recorder(lambda _: Answer(body=gzip.compress(content), headers=headers)) as server:
        reply = _send(HttpRequest(method="GET", url=server.url)).unwrap()
    assert reply.body == content


def test_bytes_are_sent_as_they_are() -> None:
    body = BytesBody(content=b"\x00\x01", content_type="video/mp4")
    with recorder(lambda _: Answer()) as server:
        _send(HttpRequest(method="PUT", url=server.url, body=body)).unwrap()
    assert (server.requests[0].body, server.requests[0].headers["content-type"]) == (
        b"\x00\x01",
        "video/mp4",
    )


def test_a_redirect_is_returned_and_an_error_not_retried() -> None:
    answers = [Answer(status=302, headers={"Location": "/other"}), Answer(status=503)]
    with recorder(lambda _: answers.pop(0)) as server:
        moved = _send(HttpRequest(method="GET", url=server.url)).unwrap()
        busy = _send(HttpRequest(method="POST", url=server.url)).unwrap()
    assert (moved.status, moved.headers["location"], busy.status) == (302, "/other", 503)
    assert len(server.requests) == 2


def test_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = _error(_send(HttpRequest(method="POST", url=f"http://127.0.0.1:{port}/x?key=secret")))
    assert error.request_sent is False
    assert "nothing was sent" in error.message
    assert "secret" not in error.message


def test_an_unknown_host_was_not_asked() -> None:
    error = _error(_send(HttpRequest(method="POST", url="http://nothing.invalid/")))
    assert error.request_sent is False


def test_an_unusable_url_was_not_asked() -> None:
    error = _error(_send(HttpRequest(method="POST", url="http://[/")))
    assert error.request_sent is False


def test_a_connection_dropped_behind_the_request_may_have_been_heard() -> None:
    def dropped(connection: socket.socket) -> None:
        connection.recv(65536)

    with raw_server(dropped) as url:
        error = _error(_send(HttpRequest(method="POST", url=url, body=JsonBody(value={}))))
    assert error.request_sent is True
    assert "may have arrived" in error.message


def test_silence_ends_with_the_timeout(held: HeldClock) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        held.run()
        silent(connection)

    with raw_server(talk) as url:
        started = time.monotonic()
        # The server's thread has this time to hear the request.
        error = _error(_send(HttpRequest(method="GET", url=url), timeout=1.0))
        # It did not wait for the server, which would wait for two minutes.
        assert time.monotonic() - started < patience.LIMIT / 2
    assert error.request_sent is True


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"this is no HTTP\r\n\r\n",
    ],
    ids=["truncated", "chunk", "gzip", "garbage"],
)
def test_a_broken_reply_is_an_error_and_not_an_exception(raw: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(raw)

    with raw_server(talk) as url:
        error = _error(_send(HttpRequest(method="GET", url=url)))
    assert error.request_sent is True


def test_a_certificate_that_cannot_be_checked_is_refused() -> None:
    # A server that does not even speak TLS: the handshake fails before the request.
    with raw_server(lambda connection: connection.sendall(b"not TLS")) as url:
        error = _error(_send(HttpRequest(method="POST", url=url.replace("http", "https"))))
    assert error.request_sent is False


def test_the_certificates_come_from_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("no certificate", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    error = _error(_send(HttpRequest(method="GET", url="https://127.0.0.1:1/")))
    assert error.request_sent is False
    assert "set SSL_CERT_FILE to the name of a PEM file" in error.message


def test_a_proxy_of_the_environment_is_used_and_bypassed(monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder(lambda _: Answer(body=b"proxied")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        request = HttpRequest(method="GET", url="http://provider.example/videos")
        with closing(new_http()) as http:
            assert sent(request, http=http).unwrap().body == b"proxied"
            assert sent(request, http=http).unwrap().body == b"proxied"
            monkeypatch.setenv("no_proxy", "provider.example")
            assert _error(sent(request, http=http)).request_sent is False
    assert [asked.path for asked in proxy.requests] == ["http://provider.example/videos"] * 2


def test_a_proxy_that_refuses_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    error = _error(_send(HttpRequest(method="POST", url="https://provider.example/videos")))
    assert error.request_sent is False


def test_the_version_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder(lambda _: Answer()) as server:
        request = HttpRequest(method="GET", url=server.url)
        _send(request).unwrap()
        monkeypatch.setattr(metadata, "version", None)
        _send(request).unwrap()
    first, second = (asked.headers["user-agent"] for asked in server.requests)
    assert first == second
