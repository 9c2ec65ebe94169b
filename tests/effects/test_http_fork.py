"""A forked child makes everything anew: no socket, no TLS session, no job is its parent's."""

import os
import socket
import ssl
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from tests.support import patience
from tests.support.wire import certified, heard, limits, raw_server, sent

from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.effects.urllib3_http import Urllib3Http
from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody
from tarash.tarash_gateway.outcome import result_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def _echo(connection: socket.socket) -> None:
    """Answer with the connection's own port, and what was asked."""
    port = connection.getpeername()[1]
    while request := heard(connection):
        time.sleep(0.01)
        body = b"%d %b" % (port, request.partition(b"\r\n\r\n")[2])
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def _in_child(work: Callable[[], str]) -> Callable[[], str]:
    """Fork, and return what waits for the child's words."""
    out, into = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of threads: here they are the servers'.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            said = work()
        except BaseException as error:  # noqa: BLE001 - the child must end here
            said = repr(error)
        os.write(into, said.encode())
        os._exit(0)
    os.close(into)

    def words() -> str:
        said = b""
        while data := os.read(out, 4096):
            said += data
        os.close(out)
        os.waitpid(child, 0)
        return said.decode()

    return words


def _asked(http: Urllib3Http, url: str, who: str) -> str:
    request = HttpRequest(method="POST", url=url, body=JsonBody(value=who))
    return sent(request, http=http).map(lambda reply: reply.body.decode()).value_or("lost")


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_children_do_not_use_their_parent_s_connection(
    *, secure: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context: ssl.SSLContext | None = None
    if secure:
        context, bundle = certified(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with raw_server(_echo, tls=context) as url, closing(Urllib3Http()) as http:
        port, _ = _asked(http, url, "parent").split()

        def thrice(who: str) -> str:
            return " ".join(_asked(http, url, who) for _ in range(3))

        waiting = [_in_child(partial(thrice, f"child{number}")) for number in range(3)]
        mine = [_asked(http, url, "parent") for _ in range(5)]
        theirs = [words().split() for words in waiting]
    # The parent goes on with its connection, and hears what it asked.
    assert mine == [f'{port} "parent"'] * 5
    for number, words in enumerate(theirs):
        assert words[1::2] == [f'"child{number}"'] * 3
        # One connection of its own, used again.
        assert len(set(words[::2])) == 1
        assert words[0] != port


def test_the_live_effects_of_a_child_are_its_own() -> None:
    effects = live_effects()
    assert live_effects() is effects
    said = _in_child(lambda: str((live_effects() is effects, live_effects() is live_effects())))()
    assert said == "(False, True)"


def test_a_fork_in_the_middle_of_a_reply_leaves_it_to_the_parent() -> None:
    go_on = threading.Event()

    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
        patience.wait(go_on)
        connection.sendall(b"def")

    with raw_server(talk) as url, closing(Urllib3Http()) as http:
        request = HttpRequest(method="GET", url=url)
        reply = result_of(http.open(request, limits=limits())).unwrap()
        assert result_of(reply.read(10)).unwrap() == b"abc"

        def child() -> str:
            error = result_of(reply.read(10)).failure()
            reply.close()
            return type(error).__name__

        said = _in_child(child)()
        go_on.set()
        rest = result_of(reply.read(10)).unwrap()
        assert result_of(reply.read(10)).unwrap() == b""
        reply.close()
    assert (said, rest) == ("HTTPConnectionError", b"def")


def test_a_child_is_not_stuck_behind_a_lock_that_a_thread_of_its_parent_held() -> None:
    with raw_server(_echo) as url, closing(Urllib3Http()) as http:
        _asked(http, url, "parent")
        with http._pool._lock:
            words = _in_child(lambda: _asked(http, url, "child"))
        assert words().endswith('"child"')


def test_nothing_is_said_of_the_parent_s_sockets(capfd: pytest.CaptureFixture[str]) -> None:
    with raw_server(_echo) as url, closing(Urllib3Http()) as http:
        _asked(http, url, "parent")

        def child() -> str:
            warnings.simplefilter("always")
            said = _asked(http, url, "child")
            sys.stderr.flush()
            return said

        assert _in_child(child)().endswith('"child"')
        request = HttpRequest(method="GET", url=url)
        assert result_of(receive(http, request, limits=limits())).unwrap().status == 200
    assert capfd.readouterr().err == ""
