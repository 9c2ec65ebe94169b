"""The time of `plan_video`, and of the values that a call is given."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from .measuring import Bench, Measured
from .serving import WorkerError, work
from .values import PlanTime


def task(*, times: int) -> dict[str, Any]:
    """Measure in this process: the median and the slowest hundredth, in microseconds."""
    from tarash.tarash_gateway import (  # noqa: PLC0415 - only the process that measures it loads it
        VideoGenerationConfig,
        VideoGenerationRequest,
        plan_video,
    )

    def config() -> VideoGenerationConfig:
        return VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="key")

    def request() -> VideoGenerationRequest:
        return VideoGenerationRequest(prompt="a kite", duration_seconds=8, aspect_ratio="16:9")

    one, two = config(), request()
    return {
        "plan_video of a text request": _times(lambda: plan_video(one, two), times),
        "a VideoGenerationConfig": _times(config, times),
        "a VideoGenerationRequest": _times(request, times),
    }


def _times(call: Callable[[], object], times: int) -> tuple[float, float]:
    for _ in range(100):
        call()
    took = []
    for _ in range(times):
        start = time.perf_counter_ns()
        call()
        took.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(took), statistics.quantiles(took, n=100)[-1]


def measure(bench: Bench) -> Measured:
    """Measure this library."""
    try:
        found = work("planning", times=bench.scale.plans)
    except WorkerError as error:
        return Measured(rows=(), left_out=(f"plan_video: {error}",))
    rows = (
        PlanTime(what=what, median_us=middle, slow_us=slow)
        for what, (middle, slow) in found.items()
    )
    return Measured(rows=tuple(rows))
