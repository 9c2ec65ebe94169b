"""A Redis server for the tests: the one that TARASH_TEST_REDIS names, or one of our own.

Its database 0 is emptied.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from tests.support import patience
from tests.support.postgres import free_port, is_required

VARIABLE: Final = "TARASH_TEST_REDIS"
_MISSING: Final = (
    f"there is no Redis server: install Debian's redis-server, or set {VARIABLE}=redis://HOST:PORT"
)
# Another process may take a free port before the server does.
_TRIES: Final = 5


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a server, and yield its URL; without one the test is skipped, or fails if it must not be.

    Args:
        folder: An empty folder for what it writes.
    """
    given, binary = os.environ.get(VARIABLE), shutil.which("redis-server")
    if given:
        yield given.rstrip("/")
        return
    if binary is None:
        if is_required():
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    for _ in range(_TRIES):
        port = free_port()
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        with (
            (folder / "log").open("ab") as log,
            subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server,  # noqa: S603 - ours
        ):
            try:
                if _answers(server, port):
                    yield f"redis://127.0.0.1:{port}"
                    return
            finally:
                server.kill()
    pytest.fail(f"Redis did not start: {(folder / 'log').read_text(encoding='utf-8')[-2000:]}")


def _answers(server: "subprocess.Popen[bytes]", port: int) -> bool:
    end = time.monotonic() + patience.LIMIT
    while server.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return True
        except OSError:
            time.sleep(0.02)
    return False
