"""The time of one exchange: how long the next byte may take."""

import math
import os
import time
from typing import Final

from ..messages import Limits

# What a socket takes as a timeout, with room to spare: about three years.
LONGEST: Final = 1e8
_MOMENT: Final = 0.02


class Timer:
    """Runs from its making; each phase of the exchange has an end, and no byte may be late."""

    def __init__(self, limits: Limits) -> None:
        """Start the clock."""
        self._idle = limits.idle
        self._total = self._allowed = limits.total
        self._end = self._until = time.monotonic() + limits.total
        self._what = "the exchange"
        self._process = os.getpid()

    def begin(self, what: str, seconds: float = math.inf) -> None:
        """Begin a phase of at most ``seconds``; ``what`` names it in the message."""
        self._until = min(self._end, time.monotonic() + seconds)
        if self._until < self._end:
            self._what, self._allowed = what, seconds
        else:
            self._what, self._allowed = "the exchange", self._total

    def left(self) -> float:
        """Return the seconds that are left of the phase; perhaps none."""
        return self._until - time.monotonic()

    def patience(self) -> float:
        """Return how many seconds the next byte may take, > 0.

        Raises:
            TimeoutError: The phase is over.
            OSError: This is a forked child, and the connection is its parent's.
        """
        if self._process != os.getpid():
            message = "the connection belongs to another process"
            raise OSError(message)
        left = self.left()
        if left <= 0:
            raise TimeoutError
        return min(self._idle, left, LONGEST)

    @property
    def complaint(self) -> str:
        """What to say of a timeout: which limit has passed."""
        # A socket's timeout may come a moment before the end that it was set to.
        if self.left() <= _MOMENT:
            return f"{self._what} took longer than {self._allowed:g} s"
        return f"nothing moved for {self._idle:g} s"
