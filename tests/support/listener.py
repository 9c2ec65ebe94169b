"""A socket that listens on loopback, and serves each connection in a thread of its own."""

import contextlib
import socket
import threading
from collections.abc import Callable


class Listener:
    """Serves connections with ``serve`` until it is closed.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve, self._over = serve, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no longer."""
        self._over.set()
        # The thread has to leave `accept` before the socket is closed: it would wait on by the
        # socket's number, which soon is that of the next test's, and take a connection from it.
        with socket.create_connection(("127.0.0.1", self.port)):
            self._thread.join()
        self._socket.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._over.is_set():
                connection.close()
                return
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self._serve(connection)
