"""What only the blocking sender does: urllib3's log, and threads."""

import logging
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3
from tests.support.recorder import Answer, recorder
from tests.support.wire import heard, limits, raw_server

from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.effects.urllib3_http import Urllib3Http
from tarash.tarash_gateway.http.messages import (
    HttpRequest,
    HttpResponse,
)
from tarash.tarash_gateway.outcome import Outcome, result_of


def _send(request: HttpRequest) -> Outcome[HttpResponse]:
    return result_of(receive(Urllib3Http(), request, limits=limits()))


def test_no_log_has_a_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with recorder(lambda _: Answer()) as server:
        _send(HttpRequest(method="GET", url=f"{server.url}/job?token=canary")).unwrap()
        urllib3.request("GET", f"{server.url}/other?page=2")
    assert server.requests[0].path == "/job?token=canary"
    assert "canary" not in caplog.text
    assert '"GET /job HTTP/1.1" 200' in caplog.text
    # What others do with urllib3 is logged as ever.
    assert '"GET /other?page=2 HTTP/1.1" 200' in caplog.text


def test_no_log_of_a_strange_head_has_a_query(caplog: pytest.LogCaptureFixture) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon\r\n\r\nok")

    caplog.set_level(logging.DEBUG)
    with raw_server(talk) as url:
        _send(HttpRequest(method="GET", url=f"{url}/job?token=canary")).unwrap()
    assert "Failed to parse headers" in caplog.text
    assert "/job" in caplog.text
    assert "canary" not in caplog.text


def test_many_threads_share_connections_quietly(caplog: pytest.LogCaptureFixture) -> None:
    http = Urllib3Http()
    with recorder(lambda _: Answer()) as server, ThreadPoolExecutor(20) as pool:
        request = HttpRequest(method="GET", url=server.url)
        replies = [pool.submit(receive, http, request, limits=limits()) for _ in range(60)]
        assert {result_of(reply.result()).unwrap().status for reply in replies} == {200}
    assert "Connection pool is full" not in caplog.text
