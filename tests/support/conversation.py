"""A person who answers the questions of a command in a real terminal."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# How a question of the command line ends: with its default answer in brackets.
_QUESTION: Final = re.compile(r"\[[^\]\n]*\]: ?\Z")


@attrs.frozen
class Talk:
    """What a terminal shows of a command and its questions, line by line, and the exit code."""

    code: int
    lines: tuple[str, ...]

    def has(self, text: str) -> bool:
        """Tell whether a line has this text."""
        return any(text in line for line in self.lines)


def talk(
    *arguments: str, answers: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Talk:
    """Run the command in a terminal of 80 columns, and type an answer to each of its questions."""
    main, side = pty.openpty()
    left, shown = list(answers), ""
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", "from tarash.tarash_gateway.cli import main; main()", *arguments],
        stdin=side,
        stdout=side,
        stderr=side,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path))),
            "TERM": "xterm",
            "COLUMNS": "80",
            **environment,
        },
    ) as process:
        os.close(side)
        asked = 0
        while read := _read(main):
            shown += _ESCAPES.sub("", read)
            if left and len(shown) > asked and _QUESTION.search(shown):
                os.write(main, f"{left.pop(0)}\n".encode())
                asked = len(shown)
    os.close(main)
    return Talk(process.returncode, tuple(re.split(r"[\r\n]+", shown)))


def _read(main: int) -> str:
    try:
        return os.read(main, 65_536).decode(errors="replace")
    except OSError:  # Linux says so that the other side is closed
        return ""
