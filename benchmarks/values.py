"""The results, as values. A field's metadata say how a table shows it."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from .machine import Machine


def _shown(head: str, digits: int | None = None, **more: Any) -> Any:
    return attrs.field(metadata={"head": head, "digits": digits}, **more)


@attrs.frozen(kw_only=True)
class ImportCost:
    """What an import costs in a fresh process, as the median of several.

    Attributes:
        what: What is imported.
        wall_ms: Milliseconds from the start of the process to its end.
        cpu_ms: Milliseconds of CPU of the process, or None where nobody counts them.
        beside: ``cpu_ms`` as a multiple of that of the dependencies alone, or None for those. CPU,
            because what else runs on the machine changes it less; else ``wall_ms``.
    """

    what: str = _shown("import")
    wall_ms: float = _shown("ms", 0)
    cpu_ms: float | None = _shown("CPU ms", 0)
    beside: float | None = _shown("x dependencies", 2)


@attrs.frozen(kw_only=True)
class CpuCost:
    """What a generation costs when nothing sleeps.

    Attributes:
        face: ``"blocking"`` or ``"asyncio"``.
        dialect: The API that is spoken.
        way: Who speaks it.
        exchanges: Requests of each generation.
        alone_ms: Milliseconds of CPU of a generation, one at a time.
        together_ms: The same, many at once.
        beside: ``alone_ms`` as a multiple of that of the same exchanges by hand.
        beside_together: ``together_ms`` likewise.
    """

    face: str = _shown("face")
    dialect: str = _shown("dialect")
    way: str = _shown("way")
    exchanges: float = _shown("requests", 1)
    alone_ms: float = _shown("CPU ms", 2)
    beside: float | None = _shown("x", 2)
    together_ms: float = _shown("many: ms", 2)
    beside_together: float | None = _shown("x", 2)


@attrs.frozen(kw_only=True)
class MemoryCost:
    """What a call in flight holds while its job runs.

    Attributes:
        way: Who waits.
        in_flight: How many calls.
        rss_kib: KiB that the process grew by, for each call.
        traced_kib: KiB that Python itself allocated, for each call.
    """

    way: str = _shown("way")
    in_flight: int = _shown("in flight", 0)
    rss_kib: float = _shown("KiB each", 1)
    traced_kib: float | None = _shown("of Python", 1)


@attrs.frozen(kw_only=True)
class Waiting:
    """How soon calls return that wait at the same time on one event loop.

    Attributes:
        way: Who waits.
        in_flight: How many calls.
        returned: How many of them returned a video.
        wall_s: Seconds from the first submission to the last return.
        cpu_s: Seconds of CPU.
        late_median_s: Seconds from a job's completion to the return of its call, the median.
        late_max_s: The same, the largest.
        over_median_s: Seconds later than the poll that could have seen it, the median.
        over_max_s: The same, the largest.
        stall_ms: The longest time for which the event loop let nothing else run, in milliseconds.
        computed_ms: The most milliseconds of CPU that the loop's thread took in between.
        requests_per_job: Requests of each job, with its submission.
        server: Which part of the time the simulator was busy, 0 to 1.
    """

    way: str = _shown("way")
    in_flight: int = _shown("jobs", 0)
    returned: int = _shown("back", 0)
    wall_s: float = _shown("wall", 0)
    cpu_s: float = _shown("CPU", 1)
    late_median_s: float | None = _shown("late", 1)
    late_max_s: float | None = _shown("max", 1)
    over_median_s: float | None = _shown("over", 2)
    over_max_s: float | None = _shown("max", 2)
    stall_ms: float = _shown("stall", 0)
    computed_ms: float = _shown("own", 0)
    requests_per_job: float = _shown("req", 1)
    server: float = _shown("srv", 2)


@attrs.frozen(kw_only=True)
class PlanTime:
    """What a call without the network takes.

    Attributes:
        what: The call.
        median_us: Microseconds, the median.
        slow_us: Microseconds that one in a hundred exceeds.
    """

    what: str = _shown("call")
    median_us: float = _shown("median us", 0)
    slow_us: float = _shown("99 % us", 0)


@attrs.frozen(kw_only=True)
class BatchRun:
    """A batch from its first request to its last result.

    Attributes:
        way: Who runs it.
        requests: How many.
        in_flight: How many at once.
        returned: How many returned a video.
        wall_s: Seconds.
        cpu_ms: Milliseconds of CPU of each.
        early_mib: MiB of the process when a tenth was done.
        late_mib: MiB at the end.
    """

    way: str = _shown("way")
    requests: int = _shown("requests", 0)
    in_flight: int = _shown("at once", 0)
    returned: int = _shown("back", 0)
    wall_s: float = _shown("wall s", 1)
    cpu_ms: float = _shown("CPU ms", 2)
    early_mib: float = _shown("MiB early", 1)
    late_mib: float = _shown("late", 1)


@attrs.frozen(kw_only=True)
class Capacity:
    """What the simulator itself can do.

    Attributes:
        connections: Connections that were kept open.
        per_second: Requests a second that one client got through.
        cpu_us: Microseconds of the simulator's CPU for each request.
        most: Requests a second at which it would be busy all the time.
    """

    connections: int = _shown("connections", 0)
    per_second: float = _shown("requests/s", 0)
    cpu_us: float = _shown("CPU us each", 0)
    most: float = _shown("most/s", 0)


Row: TypeAlias = ImportCost | CpuCost | MemoryCost | Waiting | PlanTime | BatchRun | Capacity


@attrs.frozen(kw_only=True)
class Section:
    """One measure.

    Attributes:
        name: What ``--only`` calls it.
        title: Its heading.
        about: How it is measured, in a sentence or two.
        rows: The results.
        left_out: What was not measured, and why.
    """

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Verdict:
    """A target beside what was measured.

    Attributes:
        target: What should be.
        figure: What is.
        met: Whether it is reached.
    """

    target: str
    figure: str
    met: bool


@attrs.frozen(kw_only=True)
class Report:
    """A whole run.

    Attributes:
        date: The day and time, UTC, in ISO form.
        scale: ``"quick"``, ``"normal"`` or ``"full"``.
        machine: What it ran on.
        sections: The measures.
        verdicts: The targets.
    """

    date: str
    scale: str
    machine: Machine
    sections: tuple[Section, ...]
    verdicts: tuple[Verdict, ...] = ()


def as_json(report: Report) -> Mapping[str, Any]:
    """Return a report as JSON."""
    return attrs.asdict(report)
