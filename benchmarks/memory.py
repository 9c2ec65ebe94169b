"""Memory of a call in flight: what each holds while its job runs."""

import asyncio
import gc
import json
import os
import sys
import time
import tracemalloc
import urllib.request
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

from .measuring import HERE, MISSING, Bench, Measured, find, last_word
from .orders import Place
from .serving import WorkerError, work
from .values import MemoryCost
from .ways import AsyncGenerate, Way, bare, ours

_DIALECT: Final = "fal"
# Nobody looks at a job again before the measurement is over.
_NEVER: Final = 3600.0
# Few, because what they free would be there for the calls that are measured.
_WARM: Final = 10
_SETTLED: Final = 0.3
_PATIENCE: Final = 240.0


def resident_kib() -> float:
    """Return the memory of this process in KiB, or the most it ever had if no more is known."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        pages = int(statm.read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024
    import resource  # noqa: PLC0415 - it is not on every system

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 if sys.platform == "darwin" else float(most)


def task(  # noqa: PLR0913 - what a measurement of one way needs to know
    *, way: str, dialect: str, base: str, warm: str, in_flight: int, traced: bool
) -> NoReturn:
    """Measure one way in this process: KiB for each call in flight."""
    asyncio.run(_held(find(way, dialect), base, warm, in_flight, traced=traced))


async def _held(found: Way, base: str, warm: str, in_flight: int, *, traced: bool) -> NoReturn:
    await warm_up(found, Place(base=warm, interval=0))
    async with found.awaiting(Place(base=base, interval=_NEVER)) as generate:
        if traced:
            tracemalloc.start()
        before = _kib(traced=traced)
        calls = await waiting_calls(generate, base, in_flight)
        grown = _kib(traced=traced) - before
        if broken := [call for call in calls if call.done()]:
            message = f"{len(broken)} calls did not wait: {broken[0].exception()!r}"
            raise WorkerError(message)
        last_word({"kib": grown / in_flight})


async def warm_up(way: Way, place: Place) -> None:
    """Make what is made once (imports, caches, threads), which is not part of a call."""
    async with way.awaiting(place) as generate:
        await asyncio.gather(*(generate() for _ in range(_WARM)))
    await _submitted(place.base)


async def waiting_calls(generate: AsyncGenerate, base: str, number: int) -> list[asyncio.Task[str]]:
    """Start calls, and return when all are submitted and wait."""
    calls = [asyncio.create_task(_call(generate)) for _ in range(number)]
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        busy = time.process_time()
        await asyncio.sleep(_SETTLED)
        idle = time.process_time() - busy < _SETTLED / 20
        if idle and await _submitted(base) >= number:
            return calls
    message = f"not all of {number} calls were submitted within {_PATIENCE:.0f} s"
    raise WorkerError(message)


async def _call(generate: AsyncGenerate) -> str:
    return await generate()


async def _submitted(base: str) -> int:
    place = urlsplit(base)
    url = f"{place.scheme}://{place.netloc}/_count{place.path}"

    def ask() -> int:
        with urllib.request.urlopen(url) as reply:  # noqa: S310 - our own simulator
            return int(json.load(reply)["jobs"])

    return await asyncio.to_thread(ask)


def _kib(*, traced: bool) -> float:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1024 if traced else resident_kib()


def measure(bench: Bench) -> Measured:
    """Measure this library beside aiohttp by hand, and the official clients if they are to be."""
    rows, failed = [], [*MISSING]
    plan = [
        (way, in_flight)
        for in_flight in bench.scale.in_flight
        for way in (bare(_DIALECT), ours(_DIALECT))
    ]
    if bench.scale.clients_in_flight is not None:
        # Some of them take minutes to submit a thousand.
        plan += [(way, min(bench.scale.in_flight)) for way in HERE]
    for way, in_flight in plan:
        try:
            resident = _once(bench, way, in_flight, traced=False)
            traced = _once(bench, way, in_flight, traced=True)
        except WorkerError as error:
            failed.append(f"{way.name}, {in_flight} in flight: {error}")
        else:
            rows.append(
                MemoryCost(way=way.name, in_flight=in_flight, rss_kib=resident, traced_kib=traced)
            )
    return Measured(rows=tuple(rows), left_out=tuple(failed))


def _once(bench: Bench, way: Way, in_flight: int, *, traced: bool) -> float:
    figures = work(
        "memory",
        way=way.name,
        dialect=way.dialect,
        base=bench.served.url + bench.served.case(way.dialect, _NEVER),
        warm=bench.served.url + bench.served.case(way.dialect, 0),
        in_flight=in_flight,
        traced=traced,
    )
    return float(figures["kib"])
