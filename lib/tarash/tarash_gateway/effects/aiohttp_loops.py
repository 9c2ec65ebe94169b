"""The connections of each event loop: opened there, used again there, closed when it ends."""

import asyncio
import gc
import os
import threading
import time
import warnings
import weakref
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Final, TypeAlias

from .aiohttp_lines import Line
from .routes import Route

# Most connections to one place at the same time: more exchanges wait for one. A process may often
# have no more than 1,024 open files, and talks to three or four places.
_MOST: Final = 256
# Seconds after which an idle connection is not used again: routers drop them without notice.
_FRESH: Final = 60.0
# More turns of the loop than any connection takes to close.
_TURNS: Final = 100


class Lines:
    """The connections of one event loop.

    Attributes:
        all: The open ones, idle or not.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open none yet."""
        self._loop = loop
        self.all: set[Line] = set()
        # The line that was used last is at the end.
        self._idle: dict[Route, list[Line]] = {}
        self._weeding: asyncio.TimerHandle | None = None
        # By weak reference: a place without connections needs no count.
        self._turns = weakref.WeakValueDictionary[Route, asyncio.Semaphore]()
        self._ended = False

    def turns(self, route: Route) -> asyncio.Semaphore:
        """Return what bounds the number of connections to one place."""
        found = self._turns.get(route)
        if found is None:
            found = self._turns[route] = asyncio.Semaphore(_MOST)
        return found

    def take(self, route: Route) -> Line | None:
        """Return an idle line that is still open, or None."""
        idle = self._idle.get(route, [])
        while idle:
            line = idle.pop()
            if time.monotonic() - line.idle_since < _FRESH and line.is_fit:
                return line
            line.hang_up()
        return None

    def give(self, route: Route, line: Line) -> None:
        """Keep a line whose last reply was read to its end, or close it."""
        if self._ended or line.should_close or not line.is_connected():
            line.hang_up()
            return
        line.idle_since = time.monotonic()
        self._idle.setdefault(route, []).append(line)
        if self._weeding is None:
            self._weeding = self._loop.call_later(_FRESH, self._weed)

    def _weed(self) -> None:
        """Close the lines that were idle for too long."""
        oldest = time.monotonic() - _FRESH
        idle, self._idle, self._weeding = self._idle, {}, None
        for route, lines in idle.items():
            for line in lines:
                if line.idle_since <= oldest:
                    line.hang_up()
            if kept := [line for line in lines if line.idle_since > oldest]:
                self._idle[route] = kept
        if self._idle:
            self._weeding = self._loop.call_later(_FRESH, self._weed)

    async def close(self, *, busy: bool = False) -> None:
        """Close all idle lines, or the busy ones, too; further ones can be opened."""
        idle, self._idle = self._idle, {}
        if self._weeding is not None:
            self._weeding.cancel()
            self._weeding = None
        for line in self.all.copy() if busy else [line for each in idle.values() for line in each]:
            line.hang_up()
        closing = {line for line in self.all if not line.is_connected()}
        # A socket is closed in the loop's next turn, one behind TLS some turns later.
        for _ in range(_TURNS):
            if self.all.isdisjoint(closing):
                break
            await asyncio.sleep(0)

    async def until_the_end(self) -> AsyncGenerator[None]:
        """Close all lines when the loop ends, as long as the started generator exists.

        An event loop closes its asynchronous generators before it ends: `asyncio.run` and all
        runners call `loop.shutdown_asyncgens`. So nobody has to close a sender.
        """
        try:
            yield
        finally:
            self._ended = True
            await self.close(busy=True)

    def forget(self) -> None:
        """Let go of what is left of a loop that was closed without ending its generators."""
        if not self.all:
            return
        self._idle.clear()
        with warnings.catch_warnings():
            # asyncio cannot close a transport without its loop, and warns when it goes away.
            warnings.simplefilter("ignore", ResourceWarning)
            self.all.clear()
            gc.collect()

    def disown(self) -> None:
        """Let go of the connections of the parent process, which go on there.

        asyncio would take them out of the parent's selector, too. Therefore an empty file gets
        their places: the other side sees when the parent closes them.
        """
        with suppress(OSError), open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
            for line in self.all:
                line.disown(nothing.fileno())


_Kept: TypeAlias = dict[asyncio.AbstractEventLoop, tuple[Lines, AsyncGenerator[None]]]


class Loops:
    """The connections of all event loops of one process."""

    def __init__(self) -> None:
        """Know no loop yet."""
        self.process = os.getpid()
        self._lock = threading.Lock()
        # With the generator that closes the lines, which nothing else keeps.
        self._kept: _Kept = {}
        weakref.finalize(self, _forget_closed, self._kept, self.process)

    async def lines(self) -> Lines:
        """Return the connections of the running loop."""
        loop = asyncio.get_running_loop()
        kept = self._kept.get(loop)
        if kept is not None:
            return kept[0]
        with self._lock:
            _forget_closed(self._kept, self.process)
            lines = Lines(loop)
            end = lines.until_the_end()
            self._kept[loop] = lines, end
        # The loop knows a generator from its first step on.
        await anext(end)
        return lines

    def disown(self) -> None:
        """Let go of all connections in a forked child."""
        # What asyncio knows of them must never be finalised here.
        _INHERITED.append(self)
        for lines, _ in self._kept.values():
            lines.disown()


# The loops of parent processes.
_INHERITED: Final[list[Loops]] = []


def _forget_closed(kept: _Kept, process: int) -> None:
    """Forget the loops that were closed, if this is the process that they belonged to."""
    if process == os.getpid():
        for loop in [loop for loop in kept if loop.is_closed()]:
            kept.pop(loop)[0].forget()
