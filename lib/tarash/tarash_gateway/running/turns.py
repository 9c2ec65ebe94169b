"""Turns on an event loop: many calls that begin at once do not stall it."""

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from .. import _later

if TYPE_CHECKING:
    import asyncio
else:
    # A blocking call needs no event loop.
    (asyncio,) = _later.modules(None, "asyncio")

# Seconds of one iteration in which calls may begin; a loop that stands still for 50 ms is noticed.
_SHARE: Final = 0.004


class Turns:
    """The turns of one event loop: first come, first served.

    A task that takes its turn goes on at once, unless the tasks that went on in this iteration of
    the loop have used up their share of it. Then it waits for a later iteration, behind those that
    came before it. Nothing is scheduled while nobody takes a turn.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Make the turns of a loop; ``monotonic`` returns seconds."""
        self._monotonic = monotonic
        self._waiting: deque[asyncio.Future[None]] = deque()
        # How many tasks wait, or were woken and have not run yet.
        self._live = 0
        # Whether nobody has taken a turn in this iteration; otherwise, when its share is used up.
        self._fresh, self._end = True, 0.0
        self._scheduled = False
        # How many tasks are woken for one iteration, and how many of them came too late in it.
        self._batch, self._late = 8, 0

    def is_mine(self) -> bool:
        """Take the caller's turn if it need not wait for it."""
        return not self._live and self._fits()

    def _fits(self) -> bool:
        now = self._monotonic()
        if self._fresh:
            self._fresh, self._end = False, now + _SHARE
            self._schedule()
        return now < self._end

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._next_iteration)

    async def wait(self) -> None:
        """Wait for the caller's turn. A task that is cancelled here gives up its place."""
        loop = asyncio.get_running_loop()
        self._live += 1
        place = len(self._waiting)
        try:
            while True:
                woken = loop.create_future()
                self._waiting.insert(place, woken)
                self._schedule()
                await woken
                if self._fits():
                    return
                # Those that were woken with this task and ran before it are in front of it.
                place = self._late
                self._late += 1
        finally:
            self._live -= 1
            if not self._live:
                # Only cancelled ones are left, which would keep a closed loop in memory.
                self._waiting.clear()

    def _next_iteration(self) -> None:
        self._scheduled = False
        self._fresh = True
        if not self._waiting:
            return
        # A woken task runs in the next iteration, where this method runs again behind it. How many
        # fit into one is not known in advance, so the number follows what fitted before.
        self._batch = max(1, self._batch - self._late) if self._late else self._batch * 5 // 4 + 1
        self._late, woken = 0, 0
        while self._waiting and woken < self._batch:
            each = self._waiting.popleft()
            if not each.done():
                each.set_result(None)
                woken += 1
        self._batch = max(1, woken)
        self._schedule()


# A loop that is closed and forgotten takes its turns with it: they do not refer to it.
_TURNS: "Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Turns]]" = WeakKeyDictionary()


async def turn() -> None:
    """Wait for this task's turn on the running event loop: see `Turns`.

    A coroutine calls it before it computes for a while without awaiting anything.
    """
    loop = asyncio.get_running_loop()
    turns = _TURNS.get(loop)
    if turns is None:
        turns = _TURNS[loop] = Turns()
    if not turns.is_mine():
        await turns.wait()
