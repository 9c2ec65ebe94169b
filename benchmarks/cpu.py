"""CPU of a generation, when nothing sleeps: what the library itself computes."""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Self

from .measuring import HERE, MISSING, Bench, Measured, find, median, ratio
from .orders import Place
from .serving import WorkerError, work
from .values import CpuCost
from .ways import AsyncGenerate, Generate, Way, bare, ours

FACES: Final = ("blocking", "asyncio")
_THREADS: Final = 8
_TASKS: Final = 100
_WARM: Final = 20


def task(*, way: str, dialect: str, face: str, base: str, generations: int) -> dict[str, float]:
    """Measure one way in this process: milliseconds of CPU of one generation.

    The two figures are for one at a time, and for many at once: eight threads, or a hundred tasks.
    """
    found, place = find(way, dialect), Place(base=base, interval=0)
    if face == "blocking":
        with found.blocking(place) as generate:
            return _blocking(generate, generations)
    return asyncio.run(_awaiting(found, place, generations))


def _blocking(generate: Generate, generations: int) -> dict[str, float]:
    for _ in range(_WARM):
        generate()
    with _Meter(generations) as alone:
        for _ in range(generations):
            generate()
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda _: generate(), range(_WARM)))
        with _Meter(generations) as together:
            list(pool.map(lambda _: generate(), range(generations)))
    return {"alone": alone.milliseconds, "together": together.milliseconds}


async def _awaiting(way: Way, place: Place, generations: int) -> dict[str, float]:
    async with way.awaiting(place) as generate:
        for _ in range(_WARM):
            await generate()
        with _Meter(generations) as alone:
            for _ in range(generations):
                await generate()
        await _together(generate, generations)
        with _Meter(generations) as together:
            await _together(generate, generations)
    return {"alone": alone.milliseconds, "together": together.milliseconds}


async def _together(generate: AsyncGenerate, generations: int) -> None:
    left = iter(range(generations))

    async def drain(left: Iterator[int]) -> None:
        for _ in left:
            await generate()

    await asyncio.gather(*(drain(left) for _ in range(_TASKS)))


class _Meter:
    """Milliseconds of CPU of all threads of this process, for each of so many generations."""

    def __init__(self, generations: int) -> None:
        self._generations = generations
        self._start = 0.0
        self.milliseconds = 0.0

    def __enter__(self) -> Self:
        gc.collect()
        self._start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.milliseconds = (time.process_time() - self._start) * 1000 / self._generations


def measure(bench: Bench) -> Measured:
    """Measure all ways, interleaved."""
    by_hand = {way.dialect: bare(way.dialect) for way in HERE}
    by_hand |= {dialect: bare(dialect) for dialect in bench.scale.dialects}
    library = [ours(dialect) for dialect in bench.scale.dialects]
    ways = sorted((*by_hand.values(), *library, *HERE), key=lambda way: way.dialect)
    found: dict[tuple[str, Way], list[Mapping[str, Any]]] = defaultdict(list)
    failed: dict[str, None] = {}
    for _ in range(bench.scale.rounds):
        for face in FACES:
            for way in ways:
                try:
                    found[face, way].append(_round(bench, face, way))
                except WorkerError as error:
                    failed[f"{way.name}, {way.dialect}, {face}: {error}"] = None
    medians = {
        key: {name: median([one[name] for one in rounds]) for name in rounds[0]}
        for key, rounds in found.items()
    }
    rows = tuple(
        _row(face, way, medians[face, way], medians.get((face, by_hand[way.dialect])))
        for face in FACES
        for way in ways
        if (face, way) in medians
    )
    return Measured(rows=rows, left_out=(*MISSING, *failed))


def _round(bench: Bench, face: str, way: Way) -> Mapping[str, Any]:
    case = bench.served.case(way.dialect, 0)
    figures = work(
        "cpu",
        way=way.name,
        dialect=way.dialect,
        face=face,
        base=bench.served.url + case,
        generations=bench.scale.generations,
    )
    seen = bench.served.seen(case)
    return {**figures, "exchanges": seen["requests"] / max(1, len(seen["jobs"]))}


def _row(
    face: str, way: Way, figures: Mapping[str, float], floor: Mapping[str, float] | None
) -> CpuCost:
    least = {"alone": None, "together": None} if floor is None else floor
    return CpuCost(
        face=face,
        dialect=way.dialect,
        way=way.name,
        exchanges=figures["exchanges"],
        alone_ms=figures["alone"],
        together_ms=figures["together"],
        beside=ratio(figures["alone"], least["alone"]),
        beside_together=ratio(figures["together"], least["together"]),
    )
