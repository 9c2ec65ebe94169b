"""Servers of raw bytes on loopback, and what tests of the HTTP effect share."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tarash.tarash_gateway.messages import Limits


def limits(total: float = 5.0, **others: float) -> Limits:
    """Return limits for a test: ``total`` stands for the other times, too."""
    times = {"head": total, "idle": total, **others}
    size = int(times.pop("size", 2**24))
    return Limits(total=total, size=size, **times)


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that does to each connection what ``talk`` says, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()
