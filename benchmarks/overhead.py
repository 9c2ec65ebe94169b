"""Measure the time of importing the library, and of a generation without a network.

python benchmarks/overhead.py
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, generate_video
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_IMPORTS = (
    "pass",
    "import attrs",
    "import cattrs",
    "import returns.future, returns.io, returns.result",
    "import urllib3",
    "import attrs, cattrs, returns.future, returns.io, returns.result, urllib3",
    "from tarash.tarash_gateway import generate_video",
)
_REPLIES = (
    json_reply(200, {"status": "IN_QUEUE", "request_id": "1"}),
    json_reply(202, {"status": "IN_PROGRESS"}),
    json_reply(200, {"status": "COMPLETED"}),
    json_reply(200, {"video": {"url": "https://example.com/a.mp4"}}),
)


def best(work: Callable[[], object], times: int) -> float:
    """Return the milliseconds of the fastest of several runs."""
    milliseconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        milliseconds.append((time.perf_counter() - start) * 1000)
    return min(milliseconds)


def generate() -> None:
    """Generate once with scripted replies: a submission, two polls and a result."""
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="k")
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=5)
    generate_video(config, request, effects=fake_effects(http=ScriptedHttp(_REPLIES)))


def main() -> None:
    """Print the measurements."""
    for statement in _IMPORTS:
        command = [sys.executable, "-c", statement]
        took = best(lambda: subprocess.run(command, check=True), 9)  # noqa: B023, S603 - our own command, which runs within this iteration
        print(f"{took:8.0f} ms  {statement}")
    generate()
    runs = [best(generate, 1) for _ in range(300)]
    print(f"{statistics.median(runs):8.2f} ms  a generation of four exchanges, without the network")


if __name__ == "__main__":
    main()
