"""The time of one exchange: how long the next byte may take."""

import math
import os
import time
from typing import Final

from ..http.messages import Limits

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
        self._rate = limits.rate
        self._window, self._moved = time.monotonic(), 0
        self._crawls = False

    def begin(self, what: str, seconds: float = math.inf) -> None:
        """Begin a phase of at most ``seconds``; ``what`` names it in the message."""
        self._until = min(self._end, time.monotonic() + seconds)
        if self._until < self._end:
            self._what, self._allowed = what, seconds
        else:
            self._what, self._allowed = "the exchange", self._total
        self._window, self._moved = time.monotonic(), 0

    def moved(self, count: int) -> None:
        """Take note of bytes of the body that have come.

        Raises:
            TimeoutError: They come slower than the limits allow.
        """
        self._moved += count
        seconds = time.monotonic() - self._window
        if self._rate and seconds >= self._idle:
            self._crawls = self._moved < self._rate * seconds
            if self._crawls:
                raise TimeoutError
            self._window, self._moved = time.monotonic(), 0

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
        if self._crawls:
            return f"less than {self._rate:g} bytes a second came for {self._idle:g} s"
        # A socket's timeout may come a moment before the end that it was set to.
        if self.left() <= _MOMENT:
            return f"{self._what} took longer than {self._allowed:g} s"
        return f"nothing moved for {self._idle:g} s"
