"""Programs in a terminal of their own, and what their users see there."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

# How a question of the command line ends: with its default answer in brackets, if it has one.
_QUESTION = re.compile(r"(?:\[[^\]\n]*\]|\nModel): ?\Z")
_SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])")


@attrs.frozen
class Shown:
    """What a program left behind.

    Attributes:
        code: Its exit code.
        out: What it wrote into a pipe for stdout; empty where that was the terminal.
        screen: All bytes that reached the terminal, as text.
    """

    code: int
    out: str
    screen: str

    @property
    def lines(self) -> list[str]:
        """What stands in the terminal at the end, line by line."""
        return [line for line in _lines_of(self.screen) if line]

    @property
    def drawn(self) -> list[str]:
        """Every line that stood there at any time."""
        return re.split(r"[\r\n]+", _SEQUENCE.sub("", self.screen))


def run_in_terminal(
    code: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    columns: int = 80,
    pipe: bool = False,
    answers: Sequence[str] = (),
    folder: Path | None = None,
) -> Shown:
    """Run Python code in a terminal of its own; with ``pipe``, its stdout is a pipe.

    The ``answers`` are typed, one after each question.
    """
    main, side = pty.openpty()
    screen, left, asked = b"", list(answers), 0
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "error", "-c", code, *arguments],
        stdin=side,
        stdout=subprocess.PIPE if pipe else side,
        stderr=side,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
            "TERM": "xterm",
            "COLUMNS": str(columns),
            **(environment or {}),
        },
    ) as process:
        os.close(side)
        while True:
            try:
                read = os.read(main, 65_536)
            except OSError:  # Linux says so that the other side is closed
                break
            if not read:
                break
            screen += read
            if left and _QUESTION.search(
                _SEQUENCE.sub("", screen[asked:].decode(errors="replace"))
            ):
                os.write(main, f"{left.pop(0)}\n".encode())
                asked = len(screen)
        out = process.stdout.read() if process.stdout else b""
    os.close(main)
    return Shown(process.returncode, out.decode(), screen.decode())


def _lines_of(screen: str) -> list[str]:
    """Return what a terminal shows at the end, of the sequences that move a bar."""
    lines, row, column, at = [""], 0, 0, 0
    while at < len(screen):
        sequence = _SEQUENCE.match(screen, at)
        if sequence:
            at = sequence.end()
            if sequence[2] == "A":
                row -= int(sequence[1] or 1)
            elif sequence[2] == "K":
                lines[row] = ""
            continue
        sign, at = screen[at], at + 1
        if sign == "\r":
            column = 0
        elif sign == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        else:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + sign + line[column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]
