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
from typing import Final
from urllib.parse import urlsplit

from .measuring import Bench, Measured, find
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


def task(*, way: str, base: str, warm: str, in_flight: int, traced: bool) -> dict[str, float]:
    """Measure one way in this process: KiB for each call in flight."""
    return {"kib": asyncio.run(_held(way, base, warm, in_flight, traced=traced))}


async def _held(way: str, base: str, warm: str, in_flight: int, *, traced: bool) -> float:
    found = find(way, _DIALECT)
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
        # The calls are left as they are: the process ends here, and this is its last word.
        print(json.dumps({"kib": grown / in_flight}), flush=True)
        os._exit(0)


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
            break
    return calls


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
    """Measure this library beside aiohttp by hand."""
    rows, failed = [], []
    for in_flight in bench.scale.in_flight:
        for way in (bare(_DIALECT).name, ours(_DIALECT).name):
            try:
                resident, traced = (
                    _once(bench, way, in_flight, traced=traced) for traced in (False, True)
                )
            except WorkerError as error:
                failed.append(f"{way}, {in_flight} in flight: {error}")
            else:
                rows.append(
                    MemoryCost(way=way, in_flight=in_flight, rss_kib=resident, traced_kib=traced)
                )
    return Measured(rows=tuple(rows), left_out=tuple(failed))


def _once(bench: Bench, way: str, in_flight: int, *, traced: bool) -> float:
    figures = work(
        "memory",
        way=way,
        base=bench.served.url + bench.served.case(_DIALECT, _NEVER),
        warm=bench.served.url + bench.served.case(_DIALECT, 0),
        in_flight=in_flight,
        traced=traced,
    )
    return float(figures["kib"])
