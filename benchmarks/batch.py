"""A batch: many requests, few of them at once, and memory that does not grow with their number."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Final

from .measuring import Bench, Measured, find
from .memory import resident_kib
from .orders import ORDERS, Place
from .serving import WorkerError, work
from .values import BatchRun
from .ways import bare

_DIALECT: Final = "fal"
_JOB_SECONDS: Final = 1.0
_INTERVAL: Final = 1.0


class _Watch:
    """Counts results, and notes the memory when a tenth of them is there."""

    def __init__(self, requests: int) -> None:
        self._tenth = max(1, requests // 10)
        self._start, self._busy = time.monotonic(), time.process_time()
        self.early = 0.0
        self.seen = 0
        self.returned = 0

    def note(self, *, returned: bool) -> None:
        self.seen += 1
        self.returned += returned
        if self.seen == self._tenth:
            self.early = resident_kib() / 1024

    def figures(self) -> dict[str, float]:
        return {
            "returned": self.returned,
            "wall": time.monotonic() - self._start,
            "cpu": time.process_time() - self._busy,
            "early": self.early,
            "late": resident_kib() / 1024,
        }


def task(*, way: str, base: str, requests: int, in_flight: int) -> dict[str, Any]:
    """Run one batch in this process."""
    place = Place(base=base, interval=_INTERVAL)
    match way:
        case "generate_videos":
            return _blocking(place, requests, in_flight)
        case "generate_videos_async":
            return asyncio.run(_awaiting(place, requests, in_flight))
        case _:
            return asyncio.run(_by_hand(place, requests, in_flight))


def _given(place: Place, requests: int) -> tuple[Any, Iterator[Any]]:
    from tarash.tarash_gateway import (  # noqa: PLC0415 - only the process that measures it loads it
        VideoGenerationConfig,
        VideoGenerationRequest,
    )

    order = ORDERS[_DIALECT]
    config = VideoGenerationConfig(
        provider=_DIALECT,
        model=order.model,
        base_url=place.base,
        api_key="key",
        poll_interval=place.interval,
    )
    made = (
        VideoGenerationRequest(prompt=f"{order.prompt}, take {n}", duration_seconds=order.seconds)
        for n in range(requests)
    )
    return config, made


def _blocking(place: Place, requests: int, in_flight: int) -> dict[str, Any]:
    from tarash import tarash_gateway  # noqa: PLC0415

    config, made = _given(place, requests)
    watch = _Watch(requests)
    for result in _name(tarash_gateway, "generate_videos")(
        config, made, max_in_flight=in_flight, measure=False
    ):
        watch.note(returned=result.response is not None)
    return watch.figures()


async def _awaiting(place: Place, requests: int, in_flight: int) -> dict[str, Any]:
    from tarash import tarash_gateway  # noqa: PLC0415

    config, made = _given(place, requests)
    watch = _Watch(requests)
    async for result in _name(tarash_gateway, "generate_videos_async")(
        config, made, max_in_flight=in_flight, measure=False
    ):
        watch.note(returned=result.response is not None)
    return watch.figures()


async def _by_hand(place: Place, requests: int, in_flight: int) -> dict[str, Any]:
    async with find(bare(_DIALECT).name, _DIALECT).awaiting(place) as generate:
        watch, left = _Watch(requests), iter(range(requests))

        async def drain() -> None:
            for _ in left:
                await generate()
                watch.note(returned=True)

        await asyncio.gather(*(drain() for _ in range(in_flight)))
        return watch.figures()


def _name(module: Any, name: str) -> Any:
    if not hasattr(module, name):
        message = f"this version of the library has no {name}"
        raise WorkerError(message)
    return getattr(module, name)


def measure(bench: Bench) -> Measured:
    """Measure both faces of this library beside aiohttp by hand."""
    rows, failed = [], []
    for way in (bare(_DIALECT).name, "generate_videos", "generate_videos_async"):
        requests, in_flight = bench.scale.batch, bench.scale.batch_in_flight
        base = bench.served.url + bench.served.case(_DIALECT, _JOB_SECONDS)
        try:
            found = work("batch", way=way, base=base, requests=requests, in_flight=in_flight)
        except WorkerError as error:
            failed.append(f"{way}: {error}")
            continue
        rows.append(
            BatchRun(
                way=way,
                requests=requests,
                in_flight=in_flight,
                returned=int(found["returned"]),
                wall_s=found["wall"],
                cpu_ms=found["cpu"] * 1000 / requests,
                early_mib=found["early"],
                late_mib=found["late"],
            )
        )
    return Measured(rows=tuple(rows), left_out=tuple(failed))
