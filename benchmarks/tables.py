"""Tables of a report: for a terminal of 80 columns, and for the documentation."""

import re
import textwrap
from collections.abc import Sequence
from typing import Any, Final

import attrs

from .values import Report, Row, Section

BEGIN: Final = "<!-- benchmarks: begin -->"
END: Final = "<!-- benchmarks: end -->"
_WIDTH: Final = 80
_LOAD: Final = "In the minute before, {} processes were busy on average."


def _cells(row: Row) -> list[str]:
    return [
        _cell(getattr(row, field.name), field.metadata["digits"])
        for field in attrs.fields(type(row))
    ]


def _cell(value: Any, digits: int | None) -> str:
    if value is None:
        return "-"
    return value if digits is None else f"{value:,.{digits}f}"


def _heads(section: Section) -> list[tuple[str, bool]]:
    """Return the columns' heads, and whether each holds numbers."""
    fields = attrs.fields(type(section.rows[0]))
    return [(f.metadata["head"], f.metadata["digits"] is not None) for f in fields]


def terminal(section: Section) -> str:
    """Return a section as text."""
    lines = [section.title, *textwrap.wrap(section.about, _WIDTH)]
    if section.rows:
        heads = _heads(section)
        rows = [[head for head, _ in heads], *(_cells(row) for row in section.rows)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
        lines += [_line(row, widths, [number for _, number in heads]) for row in rows]
    lines += [f"  left out: {reason}" for reason in section.left_out]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, numbers, strict=True)
    )
    return "  " + " ".join(padded).rstrip()


def verdicts(report: Report) -> str:
    """Return the targets as text."""
    lines = ["Targets"]
    for verdict in report.verdicts:
        lines.append(f"  {'met   ' if verdict.met else 'MISSED'} {verdict.target}")
        lines.append(f"         {verdict.figure}")
    return "\n".join(lines)


def markdown(report: Report) -> str:
    """Return a report as the generated part of a page."""
    machine = report.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    memory = "" if machine.memory_gib is None else f", {machine.memory_gib} GiB"
    lines = [
        f"Measured on {report.date[:10]} (`{report.scale}`).",
        f"{machine.cpu}, {machine.cores} cores{memory}, {machine.system}, Python {machine.python}.",
        *(() if machine.load is None else (_LOAD.format(machine.load),)),
        f"{versions}.",
        "",
    ]
    if report.verdicts:
        lines += ["| target | measured | met |", "|---|---|---|"]
        lines += [
            f"| {v.target} | {v.figure} | {'yes' if v.met else '**no**'} |" for v in report.verdicts
        ]
        lines += [""]
    for section in report.sections:
        lines += [f"### {section.title}", "", section.about, ""]
        if section.rows:
            heads = _heads(section)
            lines.append("| " + " | ".join(head for head, _ in heads) + " |")
            lines.append("|" + "|".join("--:" if number else "---" for _, number in heads) + "|")
            lines += ["| " + " | ".join(_cells(row)) + " |" for row in section.rows]
            lines.append("")
        if section.left_out:
            lines += ["Left out:", "", *(f"- {reason}" for reason in section.left_out), ""]
    return "\n".join(lines)


def replaced(page: str, generated: str) -> str:
    r"""Return a page with its part between the marks replaced; without marks it goes to the end.

    >>> print(replaced(f"# Page\n\n{BEGIN}\nold\n{END}\nrest", "new"))
    # Page
    <BLANKLINE>
    <!-- benchmarks: begin -->
    <BLANKLINE>
    new
    <BLANKLINE>
    <!-- benchmarks: end -->
    rest
    """
    part = f"{BEGIN}\n\n{generated.strip()}\n\n{END}"
    marked = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if marked.search(page):
        return marked.sub(lambda _: part, page)
    return f"{page.rstrip()}\n\n{part}\n".lstrip()
