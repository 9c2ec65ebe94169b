"""Servers of raw bytes on loopback, and what tests of the HTTP effects share."""

import asyncio
import datetime as dt
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Final, Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from returns.io import IOResult
from returns.result import Failure
from tests.support import patience

from tarash.tarash_gateway.effects import AsyncHttpReply, Http, HttpReply, aiohttp_lines, timing
from tarash.tarash_gateway.effects.aiohttp_http import AiohttpHttp
from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.effects.urllib3_http import Urllib3Http
from tarash.tarash_gateway.exceptions import HTTPConnectionError
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.outcome import IOOutcome, Outcome, result_of

Talk = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def limits(
    total: float = patience.LIMIT,
    *,
    head: float | None = None,
    idle: float | None = None,
    connect: float | None = None,
    size: int = 2**24,
) -> Limits:
    """Return limits for a test: ``total`` stands for the other times, too."""
    return Limits(
        total=total,
        head=total if head is None else head,
        idle=total if idle is None else idle,
        connect=total if connect is None else connect,
        size=size,
    )


class HeldClock:
    """The time of the exchanges' limits: it stands still until a test or its server says otherwise.

    So what happens before that, such as connecting, may take as long as it likes.
    """

    def __init__(self) -> None:
        """Stand still."""
        self._now, self._runs = time.monotonic(), False

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give it to both senders; sockets and event loops keep their own time."""
        for module in (timing, aiohttp_lines):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=self.monotonic))

    def monotonic(self) -> float:
        """Return the seconds."""
        return time.monotonic() - self._now if self._runs else self._now

    def advance(self, seconds: float) -> None:
        """Let so many seconds go by at once."""
        self._now += seconds

    def run(self) -> None:
        """Go on as the machine's clock does."""
        if not self._runs:
            self._now, self._runs = time.monotonic() - self._now, True


class ClosingHttp(Http, Protocol):
    """A sender that can be closed."""

    def close(self) -> None:
        """Close its idle connections."""


class OnLoop:
    """The asyncio sender behind the methods of the blocking one, with an event loop of its own."""

    def __init__(self) -> None:
        """Make the loop, too."""
        self._runner = asyncio.Runner()
        self._http = AiohttpHttp()

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Send the request, and run the loop until its reply is there."""
        loop = self._runner.get_loop()
        reply = loop.run_until_complete(self._http.open(request, limits=limits))
        return IOResult.from_result(reply.map(lambda found: _ReplyOnLoop(found, loop)))

    def close(self) -> None:
        """End the loop."""
        self._runner.close()


class _ReplyOnLoop:
    def __init__(self, reply: AsyncHttpReply, loop: asyncio.AbstractEventLoop) -> None:
        self._reply, self._loop = reply, loop
        self.status, self.headers = reply.status, reply.headers

    def read(self, size: int) -> IOOutcome[bytes]:
        return IOResult.from_result(self._loop.run_until_complete(self._reply.read(size)))

    def close(self) -> None:
        self._loop.run_until_complete(self._reply.close())


_SENDERS: Final[dict[str, Callable[[], ClosingHttp]]] = {
    "urllib3": Urllib3Http,
    "aiohttp": OnLoop,
}
_CHOSEN: Final = ["urllib3"]


@contextmanager
def sending_by(name: str) -> Iterator[None]:
    """Choose the sender that `new_http` makes."""
    _CHOSEN.append(name)
    yield
    _CHOSEN.pop()


def new_http() -> ClosingHttp:
    """Return a new sender of the chosen kind."""
    return _SENDERS[_CHOSEN[-1]]()


def sent(
    request: HttpRequest, allowed: Limits | None = None, http: Http | None = None
) -> Outcome[HttpResponse]:
    """Return what comes of a request."""
    if http is not None:
        return result_of(receive(http, request, limits=allowed or limits()))
    with closing(new_http()) as own:
        return sent(request, allowed, own)


def lost(outcome: Outcome[HttpResponse]) -> HTTPConnectionError:
    """Return the error of an exchange without a reply."""
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, HTTPConnectionError)
    return error


@contextmanager
def raw_server(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a server that does to each connection what ``talk`` says, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        over, threads = threading.Event(), list[threading.Thread]()

        def one(connection: socket.socket) -> None:
            # A client that keeps its connection must not keep the test for ever. Longer than any
            # test waits: a server that gives up must not look like a client that has gone.
            connection.settimeout(2 * patience.LIMIT)
            with suppress(OSError), connection:
                if tls is None:
                    talk(connection)
                else:
                    with tls.wrap_socket(connection, server_side=True) as secured:
                        talk(secured)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    # Only now: whoever has connected is heard, even if it has gone again.
                    if over.is_set():
                        return
                    continue
                threads.append(threading.Thread(target=one, args=(connection,)))
                threads[-1].start()

        thread = threading.Thread(target=serve)
        thread.start()
        scheme, host = ("http", "127.0.0.1") if tls is None else ("https", "localhost")
        try:
            yield f"{scheme}://{host}:{listener.getsockname()[1]}"
        finally:
            over.set()
            for each in (thread, *threads):
                each.join()


def heard(connection: socket.socket) -> bytes:
    """Return one whole request, or what came before the connection ended."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return data
        data += more
    head = data.partition(b"\r\n\r\n")[0].lower()
    _, named, length = head.partition(b"content-length:")
    missing = int(length.split(b"\r\n")[0]) if named else 0
    while len(data) < len(head) + 4 + missing:
        if not (more := connection.recv(65536)):
            break
        data += more
    return data


def silent(connection: socket.socket) -> None:
    """Read one request, then say nothing until the client closes the connection."""
    with suppress(OSError):
        while connection.recv(65536):
            pass


def tunnel(port: int, seen: list[bytes], answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Talk:
    """Return what a CONNECT proxy does whose every tunnel leads to ``port``."""

    def relay(connection: socket.socket, target: socket.socket) -> None:
        # One thread for both ways: two threads may not use one TLS connection at the same time.
        sinks = {connection: target, target: connection}
        while True:
            decrypted = isinstance(connection, ssl.SSLSocket) and connection.pending()
            ready = (
                [connection] if decrypted else select.select(list(sinks), [], [], patience.LIMIT)[0]
            )
            for source in ready:
                if not (data := source.recv(65536)):
                    return
                sinks[source].sendall(data)
            if not ready:
                return

    def talk(connection: socket.socket) -> None:
        seen.append(heard(connection))
        connection.sendall(answer)
        if answer.split()[1] == b"200":
            with socket.create_connection(("127.0.0.1", port)) as target, suppress(OSError):
                relay(connection, target)

    return talk


def port_of(url: str) -> int:
    """Return the port of a server."""
    return int(url.rpartition(":")[2])


def certified(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """Return a server's TLS context, and the file with the certificate that it is signed by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle, secret = folder / f"{name}.pem", folder / f"{name}.key"
    bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, secret)
    return context, bundle
