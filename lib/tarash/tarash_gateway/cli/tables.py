"""Tables: aligned or stacked on a terminal, tab-separated lines in a pipe.

No word is ever broken, so that a name can be copied from the terminal and found by ``grep``.
"""

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import attrs
from rich.cells import cell_len

from .terminal import plain

Row: TypeAlias = tuple[str, ...]

_GAP: Final = 2
_INDENT: Final = "    "
# Below this width of a terminal, a line is as long as its words need.
_NARROWEST: Final = 40


@attrs.frozen
class Stack:
    """A row of a table that is too wide: a line with its name, and indented lines below."""

    head: str
    lines: tuple[str, ...]


def show(
    columns: Sequence[str], rows: Iterable[Row], stack: Callable[..., Stack] | None = None
) -> None:
    """Print rows of text on stdout.

    In a pipe, each row is one line, with tabs between its cells and without a header, as ``cut``,
    ``sort`` and ``awk`` read it. On a terminal they are aligned below a header; where that is wider
    than the terminal, each row is stacked.

    Args:
        columns: The names of the columns.
        rows: The rows, each with one cell for each column.
        stack: How a row is stacked; None puts its cells below its first one.
    """
    cleaned = [tuple(plain(cell) for cell in row) for row in rows]
    if not sys.stdout.isatty():
        lines = ["\t".join(row) for row in cleaned]
    else:
        lines = on_terminal(columns, cleaned, stack or _below, shutil.get_terminal_size().columns)
    # All at once: a reader such as head may go away between two lines.
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def on_terminal(
    columns: Sequence[str], rows: Sequence[Row], stack: Callable[..., Stack], width: int
) -> list[str]:
    """Return the lines of a table in a terminal of this width.

    >>> rows = [("kite-1", "a kite over the sea")]
    >>> on_terminal(("id", "prompt"), rows, _below, 80)
    ['id      prompt', '------  -------------------', 'kite-1  a kite over the sea']
    >>> on_terminal(("id", "prompt"), rows, _below, 20)
    ['kite-1', '    a kite over the sea']
    """
    widths = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
    if sum(widths) + _GAP * (len(widths) - 1) <= width:
        rule = tuple("-" * each for each in widths)
        return [_aligned(row, widths) for row in (tuple(columns), rule, *rows)]
    return [line for row in rows for line in _stacked(stack(*row), width)]


def _aligned(row: Row, widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
    )
    return (" " * _GAP).join(padded).rstrip()


def _stacked(stack: Stack, width: int) -> list[str]:
    room = max(width, _NARROWEST)
    lines = [stack.head]
    for line in stack.lines:
        lines += textwrap.wrap(
            line,
            room,
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def _below(*cells: str) -> Stack:
    return Stack(cells[0], tuple(cell for cell in cells[1:] if cell))
