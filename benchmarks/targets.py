"""What the library means to cost, beside what it does."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from .values import CpuCost, ImportCost, MemoryCost, PlanTime, Section, Verdict, Waiting
from .ways import OURS

_IMPORT: Final = 1.15
_BLOCKING: Final = 1.4
_ASYNCIO: Final = 1.5
_OVER_SECONDS: Final = 0.3
_LATE_SECONDS: Final = 2.0
_STALL_MS: Final = 50.0
_KIB: Final = 12.0
_PLAN_US: Final = 150.0
_THOUSAND: Final = 1_000
_TEN_THOUSAND: Final = 10_000

T = TypeVar("T")


def verdicts(sections: Sequence[Section]) -> tuple[Verdict, ...]:
    """Return the verdicts on all targets whose figures were measured."""
    return (
        *_imports(_of(sections, ImportCost)),
        *_cpu(_of(sections, CpuCost)),
        *_waiting(_of(sections, Waiting)),
        *_memory(_of(sections, MemoryCost)),
        *_plans(_of(sections, PlanTime)),
    )


def _of(sections: Sequence[Section], kind: type[T]) -> list[T]:
    return [row for section in sections for row in section.rows if isinstance(row, kind)]


def _imports(rows: Sequence[ImportCost]) -> Iterator[Verdict]:
    for row in rows:
        if row.what == "generate_video" and row.beside is not None:
            yield Verdict(
                target=f"import of generate_video: at most {_IMPORT} x its dependencies alone",
                figure=f"{row.beside:.2f} x ({row.wall_ms:.0f} ms)",
                met=row.beside <= _IMPORT,
            )


def _cpu(rows: Sequence[CpuCost]) -> Iterator[Verdict]:
    most = {"blocking": _BLOCKING, "asyncio": _ASYNCIO}
    for row in rows:
        if (row.way, row.dialect) == (OURS, "fal") and row.beside is not None:
            yield Verdict(
                target=f"CPU of a generation, {row.face}: at most {most[row.face]} x by hand",
                figure=f"{row.beside:.2f} x ({row.alone_ms:.2f} ms)",
                met=row.beside <= most[row.face],
            )
    yield from _beside_clients(rows)


def _beside_clients(rows: Sequence[CpuCost]) -> Iterator[Verdict]:
    for face in ("blocking", "asyncio"):
        ways = {row.way: row.alone_ms for row in rows if row.face == face and row.dialect == "fal"}
        theirs = {w: ms for w, ms in ways.items() if w not in {OURS, "by hand"}}
        if theirs and OURS in ways:
            name, least = min(theirs.items(), key=lambda one: one[1])
            yield Verdict(
                target=f"CPU of a generation, {face}: less than {name} in the same dialect",
                figure=f"{ways[OURS]:.2f} ms beside {least:.2f} ms",
                met=ways[OURS] < least,
            )


def _waiting(rows: Sequence[Waiting]) -> Iterator[Verdict]:
    for row in rows:
        if row.way != OURS or row.over_max_s is None or row.late_max_s is None:
            continue
        if row.in_flight == _THOUSAND:
            yield Verdict(
                target=f"1,000 jobs: at most {_OVER_SECONDS} s later than the poll that could "
                "have seen it",
                figure=f"{row.over_max_s:.2f} s at most, {row.returned:,} returned",
                met=row.over_max_s <= _OVER_SECONDS and row.returned == row.in_flight,
            )
        if row.in_flight == _TEN_THOUSAND:
            yield Verdict(
                target=f"10,000 jobs: all return, at most {_LATE_SECONDS:.0f} s later than the "
                "poll that could have seen it",
                figure=f"{row.returned:,} returned, {row.over_max_s:.1f} s at most "
                f"({row.late_max_s:.1f} s after completion)",
                met=row.over_max_s <= _LATE_SECONDS and row.returned == row.in_flight,
            )
            yield Verdict(
                target=f"10,000 jobs: the event loop is never stalled over {_STALL_MS:.0f} ms",
                figure=f"{row.stall_ms:.0f} ms",
                met=row.stall_ms <= _STALL_MS,
            )


def _memory(rows: Sequence[MemoryCost]) -> Iterator[Verdict]:
    for row in rows:
        if row.way == OURS and row.in_flight >= _THOUSAND:
            yield Verdict(
                target=f"memory of a call, {row.in_flight:,} in flight: at most {_KIB:.0f} KiB",
                figure=f"{row.rss_kib:.1f} KiB",
                met=row.rss_kib <= _KIB,
            )


def _plans(rows: Sequence[PlanTime]) -> Iterator[Verdict]:
    for row in rows:
        if row.what.startswith("plan_video"):
            yield Verdict(
                target=f"plan_video of a text request: at most {_PLAN_US:.0f} us in the median",
                figure=f"{row.median_us:.0f} us",
                met=row.median_us <= _PLAN_US,
            )
