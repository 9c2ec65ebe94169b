"""The time of importing, in fresh processes."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from .measuring import HERE, MISSING, Bench, Measured, median, ratio
from .values import ImportCost

_DEPENDENCIES: Final = "attrs, cattrs, returns, urllib3"
_STATEMENTS: Final[Mapping[str, str]] = {
    "Python alone": "pass",
    _DEPENDENCIES: ("import attrs, cattrs, returns.result, returns.io, returns.future, urllib3"),
    "generate_video": "from tarash.tarash_gateway import generate_video",
    "tarash.tarash_gateway": "import tarash.tarash_gateway",
    "and a config, a request": (
        "from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest\n"
        "VideoGenerationConfig(provider='fal', model='fal-ai/veo3', api_key='key')\n"
        "VideoGenerationRequest(prompt='a kite')"
    ),
    "and a first generation (mock)": (
        "from tarash.tarash_gateway import *\n"
        "config = VideoGenerationConfig(provider='fal', model='fal-ai/veo3', mock=MockConfig())\n"
        "generate_video(config, VideoGenerationRequest(prompt='a kite'), measure=False)"
    ),
}


def measure(bench: Bench) -> Measured:
    """Measure each import as often as the scale says, interleaved."""
    statements = {**_STATEMENTS, **{way.name: f"import {way.module}" for way in HERE}}
    failed = {}
    for what, statement in statements.items():
        # What the first process compiles, the others find.
        try:
            _once(statement)
        except subprocess.CalledProcessError as error:
            failed[what] = error.stderr.decode().strip().splitlines()[-1]
    took: dict[str, list[tuple[float, float | None]]] = {
        what: [] for what in statements if what not in failed
    }
    for _ in range(bench.scale.imports):
        for what, runs in took.items():
            runs.append(_once(statements[what]))
    medians = {what: _median(runs) for what, runs in took.items()}
    floor = medians[_DEPENDENCIES]
    rows = (
        ImportCost(
            what=what,
            wall_ms=wall,
            cpu_ms=busy,
            beside=None
            if what == _DEPENDENCIES
            else ratio(wall, floor[0])
            if busy is None
            else ratio(busy, floor[1]),
        )
        for what, (wall, busy) in medians.items()
    )
    return Measured(rows=tuple(rows), left_out=(*MISSING, *(": ".join(f) for f in failed.items())))


def _median(runs: Sequence[tuple[float, float | None]]) -> tuple[float, float | None]:
    counted = [busy for _, busy in runs if busy is not None]
    return median([wall for wall, _ in runs]), median(counted) if counted else None


def _once(statement: str) -> tuple[float, float | None]:
    """Return the milliseconds of a fresh process, by the clock and of CPU."""
    command = [sys.executable, "-c", statement]
    busy, start = _of_children(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    wall = (time.perf_counter() - start) * 1000
    now = _of_children()
    return wall, None if busy is None or now is None else (now - busy) * 1000


def _of_children() -> float | None:
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - it is not on every system

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
