"""A relay to a PostgreSQL server that cuts a connection around the commit of a transaction."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

Cut: TypeAlias = Literal["before", "after"]
_MUCH: Final = 65536
# A text of the protocol ends with a zero, and READ COMMITTED is another word.
_COMMIT: Final = b"COMMIT\0"


class Relay:
    """Forwards bytes; ``cut`` says what becomes of the next commit.

    ``"before"``: the server never sees it. ``"after"``: the server has done it, and its answer does
    not arrive.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut: Cut | None = None
        self.cuts = 0
        self._threads: list[threading.Thread] = []

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(client)

    def _start(self, client: socket.socket) -> None:
        thread = threading.Thread(target=self._forward, args=(client,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = threading.Thread(target=_pump, args=(server, client), daemon=True)
            answers.start()
            with suppress(OSError):
                while data := client.recv(_MUCH):
                    if _COMMIT in data and self.cut is not None:
                        self._end(client, server, data)
                        break
                    server.sendall(data)
            _shut(client)
            # The server does what it was sent, and then closes.
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            answers.join()

    def _end(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        cut, self.cut = self.cut, None
        self.cuts += 1
        # First of all, or the server's answer might still get through.
        _shut(client)
        if cut == "after":
            server.sendall(data)

    def close(self) -> None:
        """Stop, and wait for the connections to end."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    alive = True
    with suppress(OSError):
        while data := source.recv(_MUCH):
            if alive:
                try:
                    sink.sendall(data)
                except OSError:
                    # What the server says is read to its end: then it has done its work.
                    alive = False
    _shut(sink)


@contextmanager
def relay(conninfo: str) -> Iterator[tuple[Relay, str]]:
    """Run a relay; yield it, and the conninfo of the database behind it."""
    url = urlsplit(conninfo)
    assert url.port is not None
    running = Relay("127.0.0.1", url.port)
    server = threading.Thread(target=running.serve, daemon=True)
    server.start()
    user = url.netloc.rpartition("@")[0]
    try:
        yield running, f"postgresql://{user}@127.0.0.1:{running.port}{url.path}?sslmode=disable"
    finally:
        running.close()
        server.join(10)
