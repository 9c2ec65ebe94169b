"""Start the whole service: its database, two workers and the pages.

    python -m examples.service

A process that ends is started again, under its own name, so that the engine goes on with its jobs.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from . import database

_PROCESSES = {
    "worker-1": "examples.service.worker",
    "worker-2": "examples.service.worker",
    "web": "examples.service.web",
}
# Seconds before a process that ended is started again, so that a broken one does not spin.
_PAUSE = 1.0
# Seconds that the processes get to end by themselves.
_GRACE = 10.0


class Service:
    """The processes of the service."""

    def __init__(self, environment: dict[str, str], server: database.Server | None) -> None:
        """Start none yet; ``server`` is the service's own database, if it has one."""
        self._environment = environment
        self._server = server
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = False

    def run(self) -> None:
        """Keep every process running until `stop` is called."""
        while not self._stopped:
            if self._server is not None and not self._server.is_running:
                print("the database ended: starting it again", flush=True)
                self._server.start()
            for name in _PROCESSES:
                process = self._running.get(name)
                if process is None or process.poll() is not None:
                    if process is not None:
                        print(f"{name} ended with {process.returncode}: starting it again")
                    self._running[name] = self._start(name)
            time.sleep(_PAUSE)
        _end(list(self._running.values()))

    def stop(self, *_signal: object) -> None:
        """Let `run` end."""
        self._stopped = True

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        # The engine gives the jobs of a process back to the one with the same name.
        environment = {**self._environment, "DBOS__VMID": name}
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", _PROCESSES[name]],
            env=environment,
            # Its input ends when this process does, however it does: see `orphans`.
            stdin=subprocess.PIPE,
            # Ctrl-C reaches this process only, which ends the others in order.
            start_new_session=True,
        )
        print(f"{name} runs as process {process.pid}", flush=True)
        return process


def _end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        process.terminate()
    end = time.monotonic() + _GRACE
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Run the service until it is interrupted."""
    environment = dict(os.environ)
    folder = Path(environment.setdefault("SERVICE_DATA", "service-data"))
    environment.setdefault("SERVICE_SESSION_KEY", secrets.token_hex(32))
    port = environment.setdefault("SERVICE_PORT", "8000")
    if "SERVICE_PASSWORD" not in environment:
        environment["SERVICE_PASSWORD"] = secrets.token_urlsafe(9)
        print(f"the password of this run is {environment['SERVICE_PASSWORD']}")
    is_given = "SERVICE_DATABASE_URL" in environment
    with nullcontext() if is_given else database.started(folder) as server:
        if server is not None:
            environment["SERVICE_DATABASE_URL"] = server.url
        service = Service(environment, server)
        signal.signal(signal.SIGINT, service.stop)
        signal.signal(signal.SIGTERM, service.stop)
        print(f"the jobs are at http://127.0.0.1:{port}/", flush=True)
        service.run()


if __name__ == "__main__":
    main()
