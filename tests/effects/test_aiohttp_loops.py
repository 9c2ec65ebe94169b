"""Each event loop has its own connections, and closes them when it ends."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from textwrap import dedent

import pytest
from returns.result import Failure
from tests.support import patience
from tests.support.wire import OK, certified, heard, limits, lost, raw_server, silent

from tarash.tarash_gateway.effects import aiohttp_loops
from tarash.tarash_gateway.effects.aiohttp_http import AiohttpHttp
from tarash.tarash_gateway.effects.receiving import receive_async
from tarash.tarash_gateway.http.messages import BytesBody, HttpRequest, HttpResponse, StreamBody
from tarash.tarash_gateway.outcome import Outcome

_ROOT = Path(__file__).parents[2]


def _echo(connection: socket.socket) -> None:
    """Answer with the number of the client's port."""
    body = str(connection.getpeername()[1]).encode()
    while heard(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


async def _asked(http: AiohttpHttp, url: str, body: BytesBody | StreamBody | None = None) -> str:
    request = HttpRequest(method="POST", url=url, body=body)
    reply = await receive_async(http, request, limits=limits())
    return reply.unwrap().body.decode()


async def test_a_connection_is_used_again_by_the_same_loop_only() -> None:
    http = AiohttpHttp()
    with raw_server(_echo) as url:
        mine = [await _asked(http, url) for _ in range(3)]
        others = await asyncio.to_thread(lambda: asyncio.run(_thrice(http, url)))
        again = await _asked(http, url)
        await http.close()
    assert len(set(mine)) == 1
    assert len(set(others)) == 1
    assert mine[0] != others[0]
    assert again == mine[0]


async def _thrice(http: AiohttpHttp, url: str) -> list[str]:
    return [await _asked(http, url) for _ in range(3)]


async def test_a_closed_sender_sends_again() -> None:
    with raw_server(_echo) as url:
        async with AiohttpHttp() as http:
            first = await _asked(http, url)
            await http.close()
            second = await _asked(http, url)
    assert first != second


async def test_no_more_connections_are_opened_than_a_place_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aiohttp_loops, "_MOST", 3)
    open_now, most, lock = 0, 0, threading.Lock()

    def talk(connection: socket.socket) -> None:
        nonlocal open_now, most
        with lock:
            open_now += 1
            most = max(most, open_now)
        while heard(connection):
            time.sleep(0.02)
            connection.sendall(OK)
        with lock:
            open_now -= 1

    with raw_server(talk) as url:
        async with AiohttpHttp() as http:
            assert await asyncio.gather(*(_asked(http, url) for _ in range(12))) == ["ok"] * 12
    assert most == 3


async def test_waiting_for_a_connection_ends_with_the_exchange_and_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aiohttp_loops, "_MOST", 1)
    taken = threading.Event()

    def talk(connection: socket.socket) -> None:
        heard(connection)
        taken.set()
        silent(connection)

    with raw_server(talk) as url:
        async with AiohttpHttp() as http:
            request = HttpRequest(method="POST", url=url)
            first = asyncio.ensure_future(receive_async(http, request, limits=limits()))
            await patience.wait_async(taken)
            second = lost(await receive_async(http, request, limits=limits(0.3, connect=0.1)))
            first.cancel()
            await asyncio.wait({first})
    assert second.request_sent is False
    assert "the exchange took longer than 0.3 s" in second.message


@pytest.mark.parametrize("part", ["connecting", "waiting for the head", "reading the body"])
async def test_a_cancelled_exchange_closes_its_connection_at_once(part: str) -> None:
    begun, closed = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        if part != "connecting":
            heard(connection)
        if part == "reading the body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
        begun.set()
        silent(connection)
        closed.set()

    with raw_server(talk) as url:
        http = AiohttpHttp()
        # Nobody answers a handshake.
        place = url.replace("http", "https") if part == "connecting" else url
        request = HttpRequest(method="GET", url=place)
        exchange = asyncio.ensure_future(receive_async(http, request, limits=limits()))
        await patience.wait_async(begun)
        await asyncio.sleep(0.05)
        exchange.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exchange
        await patience.wait_async(closed)


async def test_a_cancelled_upload_stops_reading_its_body() -> None:
    pieces = 0

    def endless() -> list[bytes]:
        nonlocal pieces
        pieces += 1
        time.sleep(0.02)
        return [b"x" * 1000]

    body = StreamBody(
        chunks=lambda: (piece for _ in range(1000) for piece in endless()),
        length=1_000_000,
        content_type="video/mp4",
    )
    with raw_server(silent) as url:
        http = AiohttpHttp()
        upload = asyncio.ensure_future(_asked(http, url, body))
        await patience.until_async(lambda: pieces > 1)
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        before = pieces
        await asyncio.sleep(0.3)
    assert pieces - before <= 1


async def test_the_loop_goes_on_while_a_body_is_read_from_a_slow_source() -> None:
    loop, beats = asyncio.get_running_loop(), 0

    async def beat() -> int:
        nonlocal beats
        beats += 1
        return beats

    def slow() -> list[bytes]:
        # It goes on when the loop has done something else: never, if the loop waits for it.
        asyncio.run_coroutine_threadsafe(beat(), loop).result(patience.LIMIT)
        return [b"x" * 1000]

    body = StreamBody(
        chunks=lambda: (piece for _ in range(5) for piece in slow()),
        length=5000,
        content_type="video/mp4",
    )
    with raw_server(_echo) as url:
        async with AiohttpHttp() as http:
            await _asked(http, url, body)
    assert beats == 5


async def test_a_connection_that_was_closed_while_the_loop_was_busy_is_not_used() -> None:
    asked, told, closed = list[bytes](), threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        asked.append(heard(connection))
        connection.sendall(OK)
        patience.wait(told)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with raw_server(talk) as url:
        async with AiohttpHttp() as http:
            assert await _asked(http, url) == "ok"
            # The loop is busy: it cannot notice that the server closes the connection now.
            told.set()
            patience.wait(closed)
            assert await _asked(http, url) == "ok"
    assert len(asked) == 2


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_a_request_on_a_dropped_connection_is_not_repeated(method: str) -> None:
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        asked.append(heard(connection))
        connection.sendall(OK)
        # The second request on this connection gets no answer.
        asked.append(heard(connection))

    with raw_server(talk) as url:
        async with AiohttpHttp() as http:
            request = HttpRequest(method=method, url=url)  # type: ignore[arg-type]  # a Literal
            outcomes = [await receive_async(http, request, limits=limits()) for _ in range(2)]
    assert outcomes[0].unwrap().body == b"ok"
    assert lost(outcomes[1]).request_sent is True
    assert len(asked) == 2


async def test_a_reply_that_was_not_read_is_not_the_next_one() -> None:
    with raw_server(_echo) as url:
        async with AiohttpHttp() as http:
            request = HttpRequest(method="GET", url=url)
            unread = (await http.open(request, limits=limits())).unwrap()
            await unread.close()
            first, second = await _asked(http, url), await _asked(http, url)
    assert first == second


async def _all(exchange: Callable[[], Awaitable[Outcome[HttpResponse]]]) -> bool:
    outcomes = await asyncio.gather(*(exchange() for _ in range(100)))
    return not any(isinstance(outcome, Failure) for outcome in outcomes)


async def test_many_tasks_share_connections() -> None:
    with raw_server(_echo) as url:
        async with AiohttpHttp() as http:
            request = HttpRequest(method="GET", url=url)
            assert await _all(lambda: receive_async(http, request, limits=limits()))
            # They are all idle now, and are used again.
            known = set(await asyncio.gather(*(_asked(http, url) for _ in range(50))))
            again = set(await asyncio.gather(*(_asked(http, url) for _ in range(50))))
    assert known == again


_SCRIPT = """
    import asyncio, socket, sys, threading
    from tarash.tarash_gateway.effects.live import live_effects
    from tarash.tarash_gateway.effects.receiving import receive_async
    from tarash.tarash_gateway.http.messages import HttpRequest, Limits

    http = live_effects().async_http
    request = HttpRequest(method="POST", url=sys.argv[1])
    bounds = Limits(total=60, head=60, idle=60, connect=60, size=100)

    async def exchanges():
        work = (receive_async(http, request, limits=bounds) for _ in range(5))
        for outcome in await asyncio.gather(*work):
            assert outcome.unwrap().status == 200
"""
_ENDS = {
    "asyncio.run, twice": """
        asyncio.run(exchanges())
        asyncio.run(exchanges())
    """,
    "a loop that is only closed": """
        for _ in range(2):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(exchanges())
            loop.close()
    """,
    "loops in threads": """
        threads = [threading.Thread(target=lambda: asyncio.run(exchanges())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """,
    "a reply that nobody closes": """
        async def forgetful():
            (await http.open(request, limits=bounds)).unwrap()

        asyncio.run(forgetful())
    """,
    "a sender that nobody keeps": """
        from tarash.tarash_gateway.effects.aiohttp_http import AiohttpHttp

        async def careless():
            global http
            http = AiohttpHttp()
            await exchanges()
            http = None
            await asyncio.sleep(0.05)

        asyncio.run(careless())
    """,
    "a cancelled exchange": """
        async def impatient():
            task = asyncio.ensure_future(exchanges())
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.wait({task})

        asyncio.run(impatient())
    """,
}


@pytest.mark.parametrize(
    ("end", "secure"),
    [(end, False) for end in _ENDS] + [(end, True) for end in list(_ENDS)[:2]],
)
def test_nothing_is_said_at_the_end_of_a_script_that_closes_nothing(
    end: str, *, secure: bool, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    context = None
    if secure:
        context, bundle = certified(tmp_path)
        environment["SSL_CERT_FILE"] = str(bundle)
    script = dedent(_SCRIPT) + dedent(_ENDS[end])
    with raw_server(_echo, tls=context) as url:
        command = [sys.executable, "-X", "dev", "-W", "error", "-c", script, url]
        done = subprocess.run(  # noqa: S603 - our own script
            command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
        )
    # The development mode also tells what takes long on a busy machine.
    said = [line for line in done.stderr.splitlines() if not line.startswith("Executing <")]
    assert (done.returncode, said) == (0, [])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_child_has_its_own_connections_and_leaves_those_of_its_parent(
    *, secure: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = None
    if secure:
        context, bundle = certified(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    http, (out, into) = AiohttpHttp(), os.pipe()

    def child(url: str) -> str:
        return asyncio.run(_asked(http, url))

    with raw_server(_echo, tls=context) as url, asyncio.Runner() as runner:
        before = runner.run(_asked(http, url))
        with warnings.catch_warnings():
            # Python 3.12 warns of threads: here they are the server's.
            warnings.simplefilter("ignore", DeprecationWarning)
            if (process := os.fork()) == 0:
                try:
                    said = child(url)
                except BaseException as error:  # noqa: BLE001 - the child must end here
                    said = repr(error)
                os.write(into, said.encode())
                os._exit(0)
        theirs = os.read(out, 4096).decode()
        os.waitpid(process, 0)
        after = runner.run(_asked(http, url))
    os.close(out)
    os.close(into)
    assert theirs.isdigit()
    assert theirs != before
    assert after == before
