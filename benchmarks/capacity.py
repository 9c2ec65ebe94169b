"""What the simulator itself can do, so that nobody takes its limits for a client's."""

import asyncio
import time
from typing import Any, Final
from urllib.parse import urlsplit

from .measuring import Bench, Measured
from .orders import ORDERS
from .serving import WorkerError, work
from .values import Capacity

_CONNECTIONS: Final = 64
_SECONDS: Final = 1.0


def task(*, base: str) -> dict[str, Any]:
    """Ask for the status of a job over many connections, as fast as the replies come."""
    return asyncio.run(_asked(base))


async def _asked(base: str) -> dict[str, Any]:
    place = urlsplit(base)
    head = f"Host: {place.netloc}\r\nContent-Length: 0\r\n\r\n"
    submit = f"POST {place.path}{ORDERS['fal'].submit} HTTP/1.1\r\n{head}".encode()
    poll = f"GET {place.path}{ORDERS['fal'].poll('job000001')} HTTP/1.1\r\n{head}".encode()
    loop, until = asyncio.get_running_loop(), time.monotonic() + _SECONDS
    opened = [
        await loop.create_connection(
            lambda: _Asking(submit, poll, until, loop.create_future()),
            place.hostname or "",
            place.port or 0,
        )
        for _ in range(_CONNECTIONS)
    ]
    counts = await asyncio.gather(*(asking.done for _, asking in opened))
    return {"requests": sum(counts), "seconds": _SECONDS}


class _Asking(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, first: bytes, then: bytes, until: float, done: asyncio.Future[int]) -> None:
        self._first, self._then, self._until = first, then, until
        self.done = done
        self._count = 0
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._write(self._first)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - each reply is one piece here
        self._count += 1
        if time.monotonic() < self._until:
            self._write(self._then)
        elif not self.done.done():
            self.done.set_result(self._count)

    def _write(self, data: bytes) -> None:
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(data)


def measure(bench: Bench) -> Measured:
    """Measure the simulator."""
    before = bench.served.state()
    try:
        found = work("capacity", base=bench.served.url + bench.served.case("fal", 0))
    except WorkerError as error:
        return Measured(rows=(), left_out=(f"the simulator: {error}",))
    after = bench.served.state()
    each = (after["cpu"] - before["cpu"]) / max(1, after["requests"] - before["requests"])
    row = Capacity(
        connections=_CONNECTIONS,
        per_second=found["requests"] / found["seconds"],
        cpu_us=each * 1e6,
        most=1 / each,
    )
    return Measured(rows=(row,))
