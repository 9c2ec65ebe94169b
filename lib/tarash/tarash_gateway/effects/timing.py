"""The time limits of one exchange: how long the next byte may take."""

import math
import os
import time
from typing import Final

from ..http.messages import Limits

# Below the longest timeout that a socket accepts: about three years.
LONGEST: Final = 1e8
_MOMENT: Final = 0.02


class Timer:
    """Limits the whole exchange, each of its phases, and the time between two bytes."""

    def __init__(self, limits: Limits) -> None:
        """Start the clock."""
        self._idle = limits.idle
        self._total = limits.total
        self._end = time.monotonic() + limits.total
        self._process = os.getpid()
        self._rate = limits.rate
        self._first = limits.first
        self._crawls = False
        self.begin("the exchange")

    def begin(self, what: str, seconds: float = math.inf) -> None:
        """Begin a phase of at most ``seconds``; ``what`` names it in the message."""
        self._window, self._count = time.monotonic(), 0
        self._until = min(self._end, self._window + seconds)
        shorter = self._until < self._end
        self._what, self._allowed = (what, seconds) if shorter else ("the exchange", self._total)

    def begin_body(self) -> None:
        """Begin the wait for the first bytes of the body; whoever has them begins the exchange."""
        self.begin("the first bytes", math.inf if self._first is None else self._first)

    def count(self, size: int) -> None:
        """Count bytes of the body; raise TimeoutError if they arrive too slowly."""
        self._count += size
        seconds = time.monotonic() - self._window
        if self._rate and seconds >= self._idle:
            self._crawls = self._count < self._rate * seconds
            if self._crawls:
                raise TimeoutError
            self._window, self._count = time.monotonic(), 0

    def left(self) -> float:
        """Return the seconds that are left of the phase; 0 or less if it is over."""
        return self._until - time.monotonic()

    def patience(self) -> float:
        """Return how many seconds the next byte may take, > 0.

        Raises:
            TimeoutError: The phase is over.
            OSError: This is a forked child, and the connection is its parent's.
        """
        if self._process != os.getpid():
            message = "the connection belongs to the process that forked this one"
            raise OSError(message)
        left = self.left()
        if left <= 0:
            raise TimeoutError
        return min(self._idle, left, LONGEST)

    def rest(self, since: float) -> float:
        """Return how many seconds the next byte may still take; 0 or less if it is too late.

        ``since`` is when the last one came, or when the wait for one began, on the monotonic clock.
        """
        return min(since + self._idle - time.monotonic(), self.left(), LONGEST)

    @property
    def complaint(self) -> str:
        """The limit that has passed, for the message of a timeout."""
        if self._crawls:
            return f"fewer than {self._rate:g} bytes a second arrived for {self._idle:g} s"
        # A socket's timeout may fire a moment before the end of the phase.
        if self.left() <= _MOMENT:
            return f"{self._what} took longer than {self._allowed:g} s"
        return f"no data was sent or received for {self._idle:g} s"
