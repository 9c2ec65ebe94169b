"""A simulator of the providers, fast enough that it is not what the benchmarks measure.

It speaks HTTP/1.1 with keep-alive on an `asyncio.Protocol` of its own, and ends with its standard
input. The base URL of a case is ``http://HOST/DIALECT/SECONDS/NAME``.

    python -m benchmarks.simulator
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import attrs
from tests.faults.dialects import Content

from .jobs import Job, World, encoded
from .machine import pin, raise_file_limit

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HOST: Final = re.compile(rb"\r\nhost: *([^\r]+)", re.IGNORECASE)
_BACKLOG: Final = 16_384
_EVENTS: Final = (
    b"HTTP/1.1 200 -\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    b'data: {"status": "IN_PROGRESS", "logs": []}\n\n'
)
_PING: Final = b": ping\n\n"
_PING_SECONDS: Final = 5.0
_END: Final = b'data: {"status": "COMPLETED", "logs": []}\n\n'


@attrs.define
class Simulator:
    """The state of the server."""

    world: World = attrs.field(factory=World)
    connections: int = 0

    def reply(self, method: str, target: str, host: str) -> bytes:
        """Answer one request with the bytes on the wire."""
        if target.startswith("/_"):
            return encoded(Content(self._control(target)))
        return encoded(self.world.answer(host, method, target, time.monotonic()))

    def _control(self, target: str) -> dict[str, Any]:
        if target.startswith("/_seen/"):
            return self.world.seen(target.removeprefix("/_seen"))
        if target.startswith("/_count/"):
            case = self.world.cases.get(target.removeprefix("/_count"))
            return {"jobs": len(case.jobs) if case else 0}
        return {
            "cpu": time.process_time(),
            "requests": self.world.requests,
            "connections": self.connections,
        }


class _Connection(asyncio.Protocol):
    """One connection, whose requests are answered in order."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._rest = b""
        self._transport: asyncio.BaseTransport | None = None
        self._events: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._simulator.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        self._simulator.connections -= 1

    def data_received(self, data: bytes) -> None:
        self._rest += data
        replies = b"".join(self._replies())
        if replies:
            self._write(replies)

    def _replies(self) -> Iterator[bytes]:
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end]
            length = _LENGTH.search(head)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._rest) < stop:
                return
            self._rest = self._rest[stop:]
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            if (job := self._simulator.world.streamed(target)) is not None:
                self._events = asyncio.create_task(self._stream(job))
                return
            host = _HOST.search(head)
            yield self._simulator.reply(method, target, host[1].decode() if host else "")

    async def _stream(self, job: Job) -> None:
        """Send the events of a job up to its completion; the end of the stream is its last."""
        self._write(_EVENTS)
        while (left := job.completed - time.monotonic()) > _PING_SECONDS:
            await asyncio.sleep(_PING_SECONDS)
            self._write(_PING)
        await asyncio.sleep(max(left, 0))
        self._write(_END)
        if self._transport is not None:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(data)


async def _ended_input() -> None:
    """Wait for the end of the standard input: whoever started this process is gone."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def look() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            ended.set()

    loop.add_reader(sys.stdin.fileno(), look)
    await ended.wait()
    loop.remove_reader(sys.stdin.fileno())


async def _serve(port: int) -> None:
    simulator = Simulator()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(simulator), "127.0.0.1", port, backlog=_BACKLOG
    )
    host, chosen = server.sockets[0].getsockname()
    print(json.dumps({"url": f"http://{host}:{chosen}"}), flush=True)
    await _ended_input()
    server.close()


def main() -> None:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--core", type=int, default=None, help="the core to stay on")
    options = parser.parse_args()
    pin(options.core)
    raise_file_limit()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port))


if __name__ == "__main__":
    main()
