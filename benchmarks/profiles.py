"""Where the CPU of a generation goes, and what a call in flight holds: for whoever looks for it.

    python -m benchmarks.profiles blocking
    python -m benchmarks.profiles asyncio
    python -m benchmarks.profiles memory

The times are CPU of the thread that is looked at. A profile makes each call dearer than it is, so
they are shares and no figures.
"""

import argparse
import asyncio
import cProfile
import time
import tracemalloc
from collections import Counter
from pathlib import Path
from types import CodeType
from typing import Final

from .memory import waiting_calls, warm_up
from .orders import Place
from .serving import simulator
from .ways import Way, ours

_DIALECT: Final = "fal"
_GENERATIONS: Final = 300
_CALLS: Final = 1_000
_LINES: Final = 30
_WIDTH: Final = 76


def _short(path: str, line: int, name: str = "") -> str:
    """Return a place in the code without the folders above its package."""
    parts = Path(path).parts
    for folder in ("tarash_gateway", "site-packages"):
        if folder in parts:
            path = "/".join(parts[parts.index(folder) + 1 :])
            break
    else:
        path = "/".join(parts[-2:])
    return f"{path}:{line} {name}".strip()[-_WIDTH:]


def _blocking(way: Way, place: Place) -> None:
    with way.blocking(place) as generate:
        generate()
        profile = cProfile.Profile(time.thread_time_ns, 1e-9)
        profile.enable()
        for _ in range(_GENERATIONS):
            generate()
        profile.disable()
    _print(profile)


async def _awaiting(way: Way, place: Place) -> None:
    async with way.awaiting(place) as generate:
        await generate()
        profile = cProfile.Profile(time.thread_time_ns, 1e-9)
        profile.enable()
        for _ in range(_GENERATIONS):
            await generate()
        profile.disable()
    _print(profile)


def _print(profile: cProfile.Profile) -> None:
    """Print the functions that take the most of the time themselves, for each generation."""
    entries = profile.getstats()
    total = sum(entry.inlinetime for entry in entries)
    print(f"{total / _GENERATIONS * 1000:.2f} ms of a profiled generation")
    print("    ms  share  calls  function")
    for entry in sorted(entries, key=lambda entry: -entry.inlinetime)[:_LINES]:
        own, code = entry.inlinetime, entry.code
        # A function that is written in C has only its name.
        place = code if isinstance(code, str) else _function(code)
        each, calls = own / _GENERATIONS * 1000, entry.callcount / _GENERATIONS
        print(f"{each:6.3f} {own / total:6.1%} {calls:6.1f}  {place[-_WIDTH:]}")


def _function(code: CodeType) -> str:
    return _short(code.co_filename, code.co_firstlineno, code.co_qualname)


async def _memory(way: Way, warm: Place, place: Place) -> None:
    await warm_up(way, warm)
    async with way.awaiting(place) as generate:
        tracemalloc.start()
        before = tracemalloc.take_snapshot()
        calls = await waiting_calls(generate, place.base, _CALLS)
        grown = tracemalloc.take_snapshot().compare_to(before, "lineno")
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    total = sum(entry.size_diff for entry in grown)
    print(f"{total / _CALLS / 1024:.2f} KiB of a call in flight, allocated at")
    print(" bytes objects  line")
    for entry in grown[:_LINES]:
        frame = entry.traceback[0]
        each, count = entry.size_diff / _CALLS, entry.count_diff / _CALLS
        print(f"{each:6.0f} {count:7.1f}  {_short(frame.filename, frame.lineno)}")
    by_file = Counter[str]()
    for entry in grown:
        by_file[_short(entry.traceback[0].filename, 0).removesuffix(":0")] += entry.size_diff
    print("\n bytes  file")
    for path, size in by_file.most_common(_LINES // 2):
        print(f"{size / _CALLS:6.0f}  {path}")


def main() -> None:
    """Print the profile that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiles", description=__doc__)
    parser.add_argument("what", choices=("blocking", "asyncio", "memory"))
    what: str = parser.parse_args().what
    with simulator(None) as served:
        way = ours(_DIALECT)
        quick = Place(base=served.url + served.case(_DIALECT, 0), interval=0)
        if what == "blocking":
            _blocking(way, quick)
        elif what == "asyncio":
            asyncio.run(_awaiting(way, quick))
        else:
            slow = Place(base=served.url + served.case(_DIALECT, 3600), interval=3600)
            asyncio.run(_memory(way, quick, slow))


if __name__ == "__main__":
    main()
