"""Runs the simulator and the workers, each in a process of its own."""

import itertools
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs

# Longer than any one measurement, so that a worker that hangs does not hang the run.
_WORKER_SECONDS: Final = 900


class WorkerError(Exception):
    """A worker failed; the text is the end of what it said."""


@attrs.frozen
class Served:
    """A running simulator.

    Attributes:
        url: Where it listens.
    """

    url: str
    _numbers: Iterator[int] = attrs.field(factory=itertools.count, eq=False, repr=False)

    def case(self, dialect: str, seconds: float) -> str:
        """Return the path of a new case whose jobs take so many seconds."""
        return f"/{dialect}/{seconds}/case{next(self._numbers)}"

    def seen(self, case: str) -> Any:
        """Return what was seen of a case."""
        return self._ask(f"/_seen{case}")

    def state(self) -> Any:
        """Return the simulator's own CPU seconds, and how many requests it answered."""
        return self._ask("/_state")

    def _ask(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path) as reply:  # noqa: S310 - our own simulator
            return json.load(reply)


@contextmanager
def simulator(core: int | None) -> Iterator[Served]:
    """Run a simulator, on a core of its own if one is given."""
    command = [sys.executable, "-m", "benchmarks.simulator"]
    command += [] if core is None else ["--core", str(core)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is piped
        assert process.stdin is not None  # noqa: S101 - likewise
        try:
            yield Served(json.loads(process.stdout.readline())["url"])
        finally:
            process.stdin.close()


def work(task: str, **arguments: Any) -> Any:
    """Run a task of `worker` in a process of its own, and return what it prints.

    Raises:
        WorkerError: If it fails.
    """
    command = [sys.executable, "-m", "benchmarks.worker", task, json.dumps(arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, timeout=_WORKER_SECONDS, check=True
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise WorkerError(lines[-1]) from error
    except subprocess.TimeoutExpired as error:
        message = f"not finished after {_WORKER_SECONDS} s"
        raise WorkerError(message) from error
    return json.loads(done.stdout.splitlines()[-1])
