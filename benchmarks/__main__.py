"""Measure the library: `python -m benchmarks`. Nothing needs the network.

Everything runs against a simulator of the providers in a process of its own, on a core of its own
where there are two. Each figure stands beside the same exchanges by hand (urllib3, aiohttp), and
beside the official clients that are installed.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from . import batch, capacity, cpu, imports, memory, planning, tables, waiting
from .machine import cores, library_path, machine, pin
from .measuring import Bench, Measured
from .scales import SCALES
from .serving import simulator
from .targets import verdicts
from .values import Report, Section, as_json


@attrs.frozen
class _Measure:
    """A measure: its heading, how it measures, and the function that does."""

    title: str
    about: str
    measure: Callable[[Bench], Measured]


MEASURES: Final[Mapping[str, _Measure]] = {
    "capacity": _Measure(
        "The simulator",
        "Status requests over kept connections, as fast as the replies come.",
        capacity.measure,
    ),
    "imports": _Measure(
        "Import",
        "Fresh processes, interleaved, the median of each; with the start of Python.",
        imports.measure,
    ),
    "plan": _Measure(
        "Without the network", "Calls in one process, one after the other.", planning.measure
    ),
    "cpu": _Measure(
        "CPU of a generation",
        "Milliseconds of CPU of one generation when nothing sleeps: one at a time, and many at "
        "once (8 threads, or 100 tasks). x is the multiple of the same exchanges by hand.",
        cpu.measure,
    ),
    "memory": _Measure(
        "Memory in flight",
        "What the process grows by for each call on one event loop that waits for its job.",
        memory.measure,
    ),
    "waiting": _Measure(
        "From completion to return",
        "Calls that wait on one event loop. late: seconds from a job's completion to the return "
        "of its call, median and largest. over: seconds later than the poll that could have seen "
        "it. wall, CPU: seconds. stall: the longest time, in ms, for which no other task could "
        "run; own: the most CPU of this thread in between. req: requests of each job. srv: which "
        "part of the time the simulator was busy. SSE: the provider offers a stream of events.",
        waiting.measure,
    ),
    "batch": _Measure(
        "A batch",
        "Jobs of one second through `generate_videos`, from the first request to the last result. "
        "CPU ms of each; MiB of the process when a tenth is done, and at the end.",
        batch.measure,
    ),
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_const", dest="scale", const="quick", help="a minute")
    size.add_argument("--full", action="store_const", dest="scale", const="full", help="everything")
    parser.add_argument(
        "--only", action="append", choices=list(MEASURES), help="one measure; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="replace the marked part of a page"
    )
    parser.set_defaults(scale="normal")
    return parser.parse_args()


def main() -> None:
    """Measure, print the tables, and write what the options ask for."""
    options = _options()
    mine, other = (*cores(), None, None)[:2]
    here = machine()
    print(f"{here.cpu}, {here.cores} cores, Python {here.python}, load {here.load}")
    print(f"the library in {library_path()}\n", flush=True)
    # The processes that measure inherit it.
    pin(mine if other is not None else None)
    sections: list[Section] = []
    with simulator(other) as served:
        bench = Bench(served=served, scale=SCALES[options.scale])
        for name, one in MEASURES.items():
            if options.only is None or name in options.only:
                found = one.measure(bench)
                section = Section(
                    name=name,
                    title=one.title,
                    about=one.about,
                    rows=found.rows,
                    left_out=found.left_out,
                )
                print(tables.terminal(section), end="\n\n", flush=True)
                sections.append(section)
    report = Report(
        date=datetime.now(UTC).isoformat(timespec="minutes"),
        scale=options.scale,
        machine=here,
        sections=tuple(sections),
        verdicts=verdicts(sections),
    )
    print(tables.verdicts(report))
    _write(report, options.json, options.markdown)


def _write(report: Report, as_data: Path | None, page: Path | None) -> None:
    if as_data is not None:
        text = json.dumps(as_json(report), indent=2)
        as_data.write_text(f"{text}\n", encoding="utf-8")
    if page is not None:
        before = page.read_text(encoding="utf-8") if page.exists() else ""
        page.write_text(tables.replaced(before, tables.markdown(report)), encoding="utf-8")


if __name__ == "__main__":
    main()
