"""The governor of a key: who may submit now, over all threads and tasks of the process.

What it decides is in `lifecycle.pacing`; this is the queue in front of it. First come, first
served: whoever is first in the queue begins as soon as the pace allows, and wakes the next.
"""

import asyncio
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from returns.result import Success

from ..effects import Clock
from ..lifecycle.pacing import Pace
from ..outcome import IOOutcome, Outcome, nothing
from ..providers.base import Target
from .tasks import Task

# Longer waits overflow in some systems; whoever waits looks again.
_LONGEST_WAIT: Final = 1e6
# Access tokens change every hour, and each of them is a key.
_MOST_KEYS: Final = 256

Key: TypeAlias = tuple[str, str, bytes]


class Waiter:
    """A call in the queue, in a thread or in a task of an event loop.

    Attributes:
        until: When it gives up: monotonic seconds.
    """

    def __init__(self, lock: threading.Lock, until: float) -> None:
        """Make it; the lock is the governor's."""
        self.until = until
        self._lock = lock
        self._signalled = False
        self._wake: Callable[[], object] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def can_act(self) -> bool:
        """Whether it notices a signal now: a loop may have been stopped while it waits."""
        return self._loop is None or self._loop.is_running()

    @property
    def is_lost(self) -> bool:
        """Whether it will never notice one."""
        return self._loop is not None and self._loop.is_closed()

    def signal(self) -> None:
        """Let it look again; the lock is held."""
        if self._signalled:
            return
        self._signalled = True
        if self._wake is not None:
            # A loop may be closed in another thread at this moment.
            with suppress(RuntimeError):
                self._wake()

    def until_signalled(self, seconds: float) -> Task[None]:
        """Return the task of waiting for a signal, at most so long."""
        patience = min(seconds, _LONGEST_WAIT)

        def block() -> IOOutcome[None]:
            event = threading.Event()
            if self._waits(event.set):
                event.wait(patience)
            return nothing()

        async def start() -> Outcome[None]:
            loop = asyncio.get_running_loop()
            woken = loop.create_future()

            def wake() -> None:
                if not woken.done():
                    woken.set_result(None)

            self._loop = loop
            timer = loop.call_later(patience, wake)
            try:
                if self._waits(lambda: loop.call_soon_threadsafe(wake)):
                    await woken
            finally:
                timer.cancel()
            return Success(None)

        return Task(block, start)

    def _waits(self, wake: Callable[[], object]) -> bool:
        """Say how it is woken, and tell whether no signal came before."""
        with self._lock:
            self._wake = wake
            return not self._signalled

    def look(self) -> None:
        """Note that it looks now; the lock is held."""
        self._signalled = False


class Governor:
    """The submissions and jobs of one key. Safe to share between threads and event loops."""

    def __init__(self) -> None:
        """Begin without knowledge."""
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.pace = Pace()
        # It has the order of a queue, and anyone can leave it at once.
        self._queue: OrderedDict[Waiter, None] = OrderedDict()

    def _first(self) -> Waiter | None:
        return next((each for each in self._queue if each.can_act), None)

    def begin_at_once(self, now: float, *, again: bool = False) -> int | None:
        """Begin a submission if nobody waits; return ``cuts`` of the pace, or None.

        A submission that begins ``again`` came before everybody who waits.
        """
        with self.lock:
            if (self._queue and not again and self._first()) or self.pace.delay(now) > 0:
                return None
            self.pace = self.pace.begun()
            return self.pace.cuts

    def join(self, until: float, *, again: bool) -> Waiter:
        """Return a new place at the end of the queue, or at its beginning."""
        waiter = Waiter(self.lock, until)
        with self.lock:
            self._queue[waiter] = None
            if again:
                self._queue.move_to_end(waiter, last=False)
        return waiter

    def quit(self, waiter: Waiter) -> None:
        """Take a place out of the queue."""
        with self.lock:
            self._queue.pop(waiter, None)
            self._signal_first()

    def begin(self, waiter: Waiter, now: float) -> int | float:
        """Begin a submission if it is the waiter's turn.

        Returns:
            ``cuts`` of the pace, an int, if it began; otherwise a float: seconds after which it may
            begin, or infinity if it will be signalled.
        """
        with self.lock:
            waiter.look()
            first = self._first()
            if first is not waiter and first is not None:
                return math.inf
            delay = self.pace.delay(now)
            if delay > 0:
                return delay
            del self._queue[waiter]
            self.pace = self.pace.begun()
            self._signal_first()
            return self.pace.cuts

    def change(self, step: Callable[[Pace], Pace]) -> None:
        """Change the pace, and let those who wait look at it."""
        with self.lock:
            before, self.pace = self.pace, step(self.pace)
            if self.pace.resting_until > before.resting_until:
                for each in self._queue:
                    if each.until <= self.pace.resting_until:
                        # It waits in vain.
                        each.signal()
            self._signal_first()

    def _signal_first(self) -> None:
        while self._queue and next(iter(self._queue)).is_lost:
            self._queue.popitem(last=False)
        for each in self._queue:
            # Those whose loop stands still look when it goes on.
            each.signal()
            if each.can_act:
                return


def governor_of(clock: Clock, target: Target) -> Governor:
    """Return the governor of a target's key. Only calls with the same clock can share one."""
    key = b"" if target.key is None else target.key.reveal().encode()
    name = (target.provider.name, target.base_url, blake2b(key, digest_size=16).digest())
    try:
        by_clock = _known(os.getpid())
        known = by_clock.get(clock)
        if known is None:
            known = by_clock.setdefault(clock, {})
    except TypeError:
        # A clock of a user's that cannot be hashed or weakly referenced.
        return Governor()
    if len(known) >= _MOST_KEYS and name not in known:
        # Calls that are under way keep theirs.
        known.clear()
    return known.get(name) or known.setdefault(name, Governor())


@lru_cache(maxsize=1)
def _known(_process: int) -> WeakKeyDictionary[Clock, dict[Key, Governor]]:
    # One per process: a lock that another thread holds at a fork is never released in the child,
    # and the jobs of the parent are not the child's to wait for.
    return WeakKeyDictionary()
