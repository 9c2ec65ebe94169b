"""The governor of a key: who may submit now, over all threads and tasks of the process.

What it decides is in `lifecycle.pacing`; this is the queue in front of it. First come, first
served: whoever is first in the queue begins as soon as the pace allows, and wakes the next.
"""

import math
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakKeyDictionary

from returns.result import Success

from .. import _later
from ..effects import Clock
from ..lifecycle.pacing import Pace
from ..outcome import IOOutcome, Outcome, nothing
from ..providers.base import Target
from .tasks import Task

if TYPE_CHECKING:
    import asyncio
else:
    # A blocking call needs no event loop.
    (asyncio,) = _later.modules(None, "asyncio")

# Longer waits overflow in some systems; whoever waits looks again.
_LONGEST_WAIT: Final = 1e6
# Access tokens change every hour, and each of them is a key.
_MOST_KEYS: Final = 256

Key: TypeAlias = tuple[str, str, bytes]


class Waiter:
    """A call in the queue, in a thread or in a task of an event loop.

    Attributes:
        until: When it gives up: monotonic seconds.
        signalled: Whether it was told to look since it last looked.
    """

    def __init__(self, until: float) -> None:
        """Make it, before it waits."""
        self.until = until
        self.signalled = False
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
        """Let it look again."""
        if self.signalled:
            return
        # In this order: `_waits` does the same in the other one, and one of them sees the other.
        self.signalled = True
        if self._wake is not None:
            # A loop may be closed in another thread at this moment.
            with suppress(RuntimeError):
                self._wake()

    def _waits(self, wake: Callable[[], object]) -> bool:
        """Say how it is woken, and tell whether no signal came before."""
        self._wake = wake
        return not self.signalled

    def until_signalled(self, seconds: float) -> Task[None]:
        """Return the task of waiting for a signal, at most so long."""
        patience = min(seconds, _LONGEST_WAIT)

        def block() -> IOOutcome[None]:
            # An Event would have to be locked to be set, which the garbage collector must not do.
            closed = threading.Lock()
            closed.acquire()
            if self._waits(closed.release):
                closed.acquire(timeout=patience)
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


class Governor:
    """The submissions and jobs of one key. Safe to share between threads and event loops.

    What releases something never waits for the lock, because an abandoned call may be released by
    the garbage collector, at any moment of a thread that has the lock. It leaves its change to
    whoever has the lock, and no change is left when that one is done.
    """

    def __init__(self) -> None:
        """Begin without knowledge."""
        self.process = os.getpid()
        self.pace = Pace()
        self._lock = threading.Lock()
        # It has the order of a queue, and anyone can leave it at once.
        self._queue: OrderedDict[Waiter, None] = OrderedDict()
        self._changes: deque[Callable[[], object]] = deque()

    def begin_at_once(self, now: float, *, again: bool = False) -> int | None:
        """Begin a submission if nobody waits; return ``cuts`` of the pace, or None.

        A submission that begins ``again`` came before everybody who waits.
        """
        with self._lock:
            self._make_changes()
            waits = bool(self._queue) and not again and self._first() is not None
            began = not waits and self.pace.delay(now) <= 0
            if began:
                self.pace = self.pace.begun()
            cuts = self.pace.cuts
        self._settle()
        return cuts if began else None

    def join(self, until: float, *, again: bool) -> Waiter:
        """Return a new place at the end of the queue, or at its beginning."""
        waiter = Waiter(until)
        with self._lock:
            self._queue[waiter] = None
            if again:
                self._queue.move_to_end(waiter, last=False)
        self._settle()
        return waiter

    def begin(self, waiter: Waiter, now: float) -> int | float:
        """Begin a submission if it is the waiter's turn.

        Returns:
            ``cuts`` of the pace, an int, if it began; otherwise a float: seconds after which it may
            begin, or infinity if it will be signalled.
        """
        with self._lock:
            self._make_changes()
            waiter.signalled = False
            delay = self.pace.delay(now) if self._first() is waiter else math.inf
            if delay <= 0:
                del self._queue[waiter]
                self.pace = self.pace.begun()
                self._signal_first()
            cuts = self.pace.cuts
        self._settle()
        return delay if delay > 0 else cuts

    def quit(self, waiter: Waiter) -> None:
        """Take a place out of the queue."""
        self._changes.append(lambda: self._queue.pop(waiter, None))
        self._settle()

    def change(self, step: Callable[[Pace], Pace]) -> None:
        """Change the pace, and let those who wait look at it."""
        if not self._changes and self._lock.acquire(blocking=False):
            try:
                self._change(step)
                self._signal_first()
            finally:
                self._lock.release()
        else:
            self._changes.append(partial(self._change, step))
        self._settle()

    def _change(self, step: Callable[[Pace], Pace]) -> None:
        before, self.pace = self.pace, step(self.pace)
        if self.pace.resting_until > before.resting_until:
            for each in tuple(self._queue):
                if each.until <= self.pace.resting_until:
                    # It waits in vain.
                    each.signal()

    def _settle(self) -> None:
        while self._changes and self._lock.acquire(blocking=False):
            try:
                self._make_changes()
            finally:
                self._lock.release()

    def _make_changes(self) -> None:
        if self._changes:
            while self._changes:
                self._changes.popleft()()
            self._signal_first()

    def _first(self) -> Waiter | None:
        return next((each for each in self._queue if each.can_act), None)

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
