"""A Python process of its own that is told what to do, and answers, line by line."""

import subprocess
import sys


class LineProcess:
    """Runs a program, which reads its orders from its input until that ends."""

    def __init__(self, program: str) -> None:
        """Start it.

        Args:
            program: Its source.
        """
        self._process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, order: str) -> None:
        """Send a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def line(self) -> str:
        """Wait for a line, and return it; empty if the process has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """Wait for the end of the last order."""
        self._process.communicate()
