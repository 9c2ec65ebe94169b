"""How soon calls return after their jobs are finished, and whether the event loop stays free."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import attrs

from .jobs import STREAMING
from .measuring import HERE, MISSING, Bench, Measured, find, last_word, median
from .orders import Place
from .serving import WorkerError, work
from .values import Waiting
from .ways import AsyncGenerate, Way, bare, ours

_DIALECT: Final = "fal"
_BEAT: Final = 0.005
# Calls that are started before other tasks have their turn. A caller who starts ten thousand tasks
# in one go stalls the loop himself, whatever the tasks do.
_AT_ONCE: Final = 10
# As many calls as the provider offers its events to; a thousand cannot hold a connection each.
_STREAMED: Final = 8


def task(  # noqa: PLR0913 - what a measurement of one way needs to know
    *, way: str, dialect: str, base: str, warm: str, in_flight: int, interval: float, limit: float
) -> NoReturn:
    """Measure one way in this process: when each job's call returned, and the longest stall."""
    places = Place(base=warm, interval=0), Place(base=base, interval=interval)
    asyncio.run(_waited(find(way, dialect), *places, in_flight, limit))


async def _waited(found: Way, warm: Place, place: Place, in_flight: int, limit: float) -> NoReturn:
    async with found.awaiting(warm) as generate:
        await generate()
    async with found.awaiting(place) as generate:
        heart = _Heart()
        beating = asyncio.create_task(heart.beat())
        start, busy = time.monotonic(), time.process_time()
        outcomes = await _all(generate, in_flight, limit)
        wall, cpu = time.monotonic() - start, time.process_time() - busy
        beating.cancel()
        last_word(
            {
                "returned": {job: at for job, at in outcomes if at is not None},
                "failures": Counter(job for job, at in outcomes if at is None),
                "stall": heart.longest,
                "computed": heart.computed,
                "wall": wall,
                "cpu": cpu,
            }
        )


async def _all(
    generate: AsyncGenerate, in_flight: int, limit: float
) -> list[tuple[str, float | None]]:
    """Return for each call its job and when it returned, or what became of it and None."""

    async def one() -> tuple[str, float | None]:
        try:
            return await generate(), time.monotonic()
        except Exception as error:  # noqa: BLE001 - a client may fail as it likes, and is counted
            return f"{type(error).__name__}: {error}"[:200], None

    calls: list[asyncio.Task[tuple[str, float | None]]] = []
    until = time.monotonic() + limit
    while len(calls) < in_flight and time.monotonic() < until:
        calls += [asyncio.create_task(one()) for _ in range(min(_AT_ONCE, in_flight - len(calls)))]
        await asyncio.sleep(0)
    done, _ = await asyncio.wait(calls, timeout=max(0.0, until - time.monotonic()))
    late = f"not back after {limit:.0f} s"
    return [*(call.result() for call in done), *((late, None),) * (in_flight - len(done))]


class _Heart:
    """A task that wants to run every few milliseconds, and notes how late it was at worst.

    ``computed`` is the most CPU of the loop's thread between two beats: unlike ``longest``, it does
    not grow when other processes keep the core busy.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.computed = 0.0

    async def beat(self) -> None:
        while True:
            before, busy = time.monotonic(), time.thread_time()
            await asyncio.sleep(_BEAT)
            self.longest = max(self.longest, time.monotonic() - before - _BEAT)
            self.computed = max(self.computed, time.thread_time() - busy)


def lateness(job: Mapping[str, Any], returned: float, interval: float) -> tuple[float, float]:
    """Return how many seconds a call returned after its job was finished, and after it was due.

    It is due when the poll was, that could have seen it: one interval after the last poll that
    found the job running, or when it was finished, whichever is later. A poll that came in earlier
    than that is due when it came in.

    >>> job = {"completed": 20.0, "unfinished": 18.0, "seen": 23.4}
    >>> lateness(job, 24.0, 5.0)
    (4.0, 1.0)
    >>> job = {"completed": 20.0, "unfinished": 18.0, "seen": 21.0}
    >>> lateness(job, 21.5, 5.0)
    (1.5, 0.5)
    """
    completed: float = job["completed"]
    unfinished: float | None = job["unfinished"]
    due = completed if unfinished is None else max(completed, unfinished + interval)
    seen: float | None = job["seen"]
    due = due if seen is None else min(due, seen)
    return returned - completed, returned - due


def measure(bench: Bench) -> Measured:
    """Measure this library beside aiohttp by hand, and the official clients if they are to be."""
    rows, failed, seconds = [], [*MISSING], bench.scale.job_seconds
    plan = [
        (way, way.dialect, in_flight)
        for in_flight in bench.scale.waiting
        for way in (bare(_DIALECT), ours(_DIALECT))
    ]
    if (few := bench.scale.clients_in_flight) is not None:
        plan += [(way, way.dialect, few) for way in HERE]
    plan.append((ours(_DIALECT), STREAMING, _STREAMED))
    for way, case, in_flight in plan:
        try:
            row, failures = _once(bench, way, bench.served.case(case, seconds), in_flight)
        except WorkerError as error:
            failed.append(f"{way.name}, {in_flight} jobs: {error}")
        else:
            rows.append(row if case != STREAMING else attrs.evolve(row, way=f"{way.name} SSE"))
            failed += [f"{way.name}, {in_flight} jobs: {n} x {e}" for e, n in failures.items()]
    return Measured(rows=tuple(rows), left_out=tuple(failed))


def _once(bench: Bench, way: Way, case: str, in_flight: int) -> tuple[Waiting, Mapping[str, int]]:
    interval, served = bench.scale.interval, bench.served
    before = served.state()["cpu"]
    found = work(
        "waiting",
        way=way.name,
        dialect=way.dialect,
        base=served.url + case,
        warm=served.url + served.case(way.dialect, 0),
        in_flight=in_flight,
        interval=interval,
        limit=bench.scale.job_seconds * 3 + (30 if way in HERE else 120),
    )
    busy = served.state()["cpu"] - before
    seen = served.seen(case)
    late = [lateness(seen["jobs"][job], at, interval) for job, at in found["returned"].items()]
    after, over = [one for one, _ in late], [two for _, two in late]
    row = Waiting(
        way=way.name,
        in_flight=in_flight,
        returned=len(late),
        wall_s=found["wall"],
        cpu_s=found["cpu"],
        late_median_s=median(after) if after else None,
        late_max_s=max(after, default=None),
        over_median_s=median(over) if over else None,
        over_max_s=max(over, default=None),
        stall_ms=found["stall"] * 1000,
        computed_ms=found["computed"] * 1000,
        requests_per_job=seen["requests"] / max(1, len(seen["jobs"])),
        server=busy / found["wall"],
    )
    return row, found["failures"]
