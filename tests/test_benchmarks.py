"""The benchmarks measure what they say: their numbers have the right shape, whatever they are."""

import doctest
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from benchmarks import cpu, memory, tables, waiting
from benchmarks.machine import machine
from benchmarks.measuring import HERE, Bench
from benchmarks.scales import SCALES
from benchmarks.serving import Served, WorkerError, simulator, work
from benchmarks.targets import verdicts
from benchmarks.values import (
    BatchRun,
    Capacity,
    CpuCost,
    ImportCost,
    MemoryCost,
    PlanTime,
    Report,
    Row,
    Section,
    Waiting,
)
from hypothesis import given
from hypothesis import strategies as st

_ROOT = Path(__file__).parents[1]
_TINY = attrs.evolve(
    SCALES["quick"],
    generations=3,
    in_flight=(5,),
    waiting=(4,),
    job_seconds=0.4,
    interval=0.1,
)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes that a test starts find the packages of this tree."""
    monkeypatch.chdir(_ROOT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(_ROOT / "lib"), str(_ROOT))))


@pytest.fixture
def served(workers: None) -> Iterator[Served]:  # noqa: ARG001 - the simulator is one
    """Run a simulator."""
    with simulator(None) as running:
        yield running


def _waiting(**more: Any) -> Waiting:
    row = Waiting(
        way="tarash SSE",
        in_flight=10_000,
        returned=10_000,
        wall_s=125.5,
        cpu_s=101.5,
        late_median_s=13.25,
        late_max_s=16.55,
        over_median_s=10.2,
        over_max_s=12.3,
        stall_ms=1000.0,
        computed_ms=999.0,
        requests_per_job=10.5,
        server=0.55,
    )
    return attrs.evolve(row, **more)


_CPU = CpuCost(
    face="blocking",
    dialect="replicate",
    way="google-genai",
    exchanges=12.3,
    alone_ms=12.34,
    together_ms=12.34,
    beside=12.34,
    beside_together=12.34,
)
# Each with figures as wide as they can sensibly be.
_ROWS: tuple[Row, ...] = (
    ImportCost(what="and a first generation (mock)", wall_ms=1234.5, cpu_ms=1234.5, beside=12.34),
    _CPU,
    MemoryCost(way="by hand", in_flight=10_000, rss_kib=123.4, traced_kib=None),
    _waiting(),
    PlanTime(what="plan_video of a text request", median_us=1234.5, slow_us=12345.6),
    BatchRun(
        way="generate_videos_async",
        requests=10_000,
        in_flight=2_000,
        returned=10_000,
        wall_s=123.4,
        cpu_ms=12.34,
        early_mib=123.4,
        late_mib=123.4,
    ),
    Capacity(connections=64, per_second=12345.6, cpu_us=123.4, most=12345.6),
)


def _section(*rows: Row, left_out: tuple[str, ...] = ()) -> Section:
    return Section(name="one", title="One", about="How.", rows=rows, left_out=left_out)


def _report(*sections: Section) -> Report:
    return Report(
        date="2026-01-02T03:04+00:00",
        scale="quick",
        machine=machine(),
        sections=sections,
        verdicts=verdicts(sections),
    )


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: type(row).__name__)
def test_a_table_fits_a_terminal(row: Row) -> None:
    text = tables.terminal(_section(row))
    assert max(map(len, text.splitlines())) <= 80


def test_a_table_says_what_it_left_out() -> None:
    text = tables.terminal(_section(left_out=("openai: it is not installed",)))
    assert text.splitlines() == ["One", "How.", "  left out: openai: it is not installed"]


def test_a_second_run_replaces_the_part_of_the_first() -> None:
    # Given a page with words of its own around a first run
    first = tables.markdown(_report(_section(*_ROWS[:1], left_out=("a \\d group",))))
    page = f"# Performance\n\n{tables.BEGIN}\n{tables.END}\n\nWords behind.\n"
    once = tables.replaced(page, first)
    # When a second one follows
    second = tables.markdown(_report(_section(*_ROWS[4:5])))
    twice = tables.replaced(once, second)
    # Then only that is between the marks, and the words are as before
    assert "a \\d group" in once
    assert "a \\d group" not in twice
    assert "| plan_video of a text request |" in twice
    assert twice.startswith("# Performance\n\n<!-- benchmarks: begin -->\n")
    assert twice.endswith("<!-- benchmarks: end -->\n\nWords behind.\n")
    assert tables.replaced(twice, second) == twice


def test_a_page_without_marks_gets_them_at_its_end() -> None:
    assert tables.replaced("# Page\n", "new").startswith("# Page\n\n<!-- benchmarks: begin -->")


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (_waiting(way="tarash", over_max_s=2.5, stall_ms=10.0), [False, True]),
        (_waiting(way="tarash", over_max_s=1.5, stall_ms=60.0), [True, False]),
        (_waiting(way="tarash", over_max_s=1.5, stall_ms=10.0, returned=9_999), [False, True]),
        (_waiting(way="tarash", in_flight=1_000, returned=1_000, over_max_s=0.2), [True]),
        (_waiting(way="by hand"), []),
    ],
)
def test_a_target_is_met_or_missed(row: Waiting, met: list[bool]) -> None:
    assert [verdict.met for verdict in verdicts([_section(row)])] == met


def test_a_target_beside_the_client_of_the_same_dialect() -> None:
    # Given this library between the exchanges by hand and the official client
    by_hand = attrs.evolve(_CPU, dialect="fal", way="by hand", alone_ms=1.0, beside=1.0)
    rows = (
        by_hand,
        attrs.evolve(by_hand, way="tarash", alone_ms=1.3, beside=1.3),
        attrs.evolve(by_hand, way="fal-client", alone_ms=2.0, beside=2.0),
    )
    # Then both targets of this face are met
    assert [v.met for v in verdicts([_section(*rows)])] == [True, True]


_SECONDS = st.floats(0, 100)


@given(_SECONDS, _SECONDS, st.floats(0, 10), st.floats(0, 10))
def test_a_call_is_never_due_before_its_job_is_finished(
    completed: float, unfinished: float, after: float, interval: float
) -> None:
    # Given a job that a poll found running, and a later one finished
    job = {
        "completed": completed + unfinished,
        "unfinished": unfinished,
        "seen": completed + unfinished + after,
    }
    # When its call returns with that poll
    late, over = waiting.lateness(job, job["seen"], interval)
    # Then it is at most as late beside the poll as beside the job, and not early
    assert 0 <= over <= late


@pytest.mark.parametrize("module", [tables, waiting])
def test_the_examples_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_failed_task_says_why_in_one_line(workers: None) -> None:  # noqa: ARG001 - it prepares
    with pytest.raises(WorkerError, match="KeyError: 'nothing'"):
        work("nothing")


def test_the_command_writes_its_tables_and_its_data(workers: None, tmp_path: Path) -> None:  # noqa: ARG001 - it prepares
    # Given a page with the marks
    page, data = tmp_path / "page.md", tmp_path / "data.json"
    page.write_text(f"# Performance\n\n{tables.BEGIN}\n{tables.END}\n", encoding="utf-8")
    # When two of the measures run
    options = ("--quick", "--only", "plan", "--only", "capacity")
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "benchmarks", *options, "--json", data, "--markdown", page],
        capture_output=True,
        text=True,
        check=True,
    )
    # Then the terminal, the data and the page have the same figures
    report = json.loads(data.read_text(encoding="utf-8"))
    capacity, plan = report["sections"]
    assert [section["name"] for section in (capacity, plan)] == ["capacity", "plan"]
    assert capacity["rows"][0]["most"] > 0
    assert [row["median_us"] <= row["slow_us"] for row in plan["rows"]] == [True] * 3
    shown = f"{plan['rows'][0]['median_us']:,.0f}"
    assert shown in done.stdout
    assert shown in page.read_text(encoding="utf-8")
    assert max(map(len, done.stdout.splitlines()[2:])) <= 80
    assert report["machine"]["cores"] >= 1
    assert "attrs" in report["machine"]["versions"]
    # The folder of the library is for whoever looks on, and in no file.
    assert str(_ROOT) not in data.read_text(encoding="utf-8")


@pytest.mark.slow
def test_all_clients_make_the_same_generation(served: Served) -> None:
    # When every way that is installed makes a few generations
    found = cpu.measure(Bench(served=served, scale=_TINY))
    # Then each was understood by the simulator, with the exchanges that the job needs
    assert found.left_out == ()
    rows = [row for row in found.rows if isinstance(row, CpuCost)]
    exchanges = {"fal": 3, "google": 3, "openai": 3, "replicate": 2, "runway": 2}
    assert {row.way for row in rows} == {"by hand", "tarash", *(way.name for way in HERE)}
    assert [row.exchanges for row in rows] == [exchanges[row.dialect] for row in rows]
    assert all(row.alone_ms > 0 and row.together_ms > 0 for row in rows)
    assert {row.beside for row in rows if row.way == "by hand"} == {1.0}


@pytest.mark.slow
def test_calls_that_wait_are_counted_to_the_last(served: Served) -> None:
    bench = Bench(served=served, scale=_TINY)
    found = waiting.measure(bench)
    rows = [row for row in found.rows if isinstance(row, Waiting)]
    assert found.left_out == ()
    assert [(row.way, row.returned) for row in rows] == [
        ("by hand", 4),
        ("tarash", 4),
        ("tarash SSE", 8),
    ]
    for row in rows:
        assert row.late_median_s is not None
        assert row.over_max_s is not None
        assert row.late_median_s >= 0
        # A submission, polls of 0.4 s every 0.1 s, and the result; a stream needs fewer.
        assert 3 <= row.requests_per_job <= 8


@pytest.mark.slow
def test_memory_is_measured_while_calls_wait(served: Served) -> None:
    found = memory.measure(Bench(served=served, scale=_TINY))
    rows = [row for row in found.rows if isinstance(row, MemoryCost)]
    assert found.left_out == ()
    assert [(row.way, row.in_flight) for row in rows] == [("by hand", 5), ("tarash", 5)]
    # What Python allocates for a call cannot be nothing.
    assert all(row.traced_kib is not None and row.traced_kib > 0 for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "figure"),
    [
        ("blocking", "ms of a profiled generation"),
        ("asyncio", "ms of a profiled generation"),
        ("memory", "KiB of a call in flight"),
    ],
)
def test_a_profile_names_the_librarys_own_lines(what: str, figure: str, workers: None) -> None:  # noqa: ARG001 - it prepares
    command = [sys.executable, "-m", "benchmarks.profiles", what]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    first, *lines = done.stdout.splitlines()
    assert figure in first
    assert any(" running/" in line for line in lines)
    assert str(_ROOT) not in done.stdout
