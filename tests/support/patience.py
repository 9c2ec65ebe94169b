"""Waiting for another thread, task or process, with one limit that only a hang can reach.

How fast the machine is must not decide whether a test passes: a process may stand still for seconds
at any line. So a test waits for an event or for a condition, and goes on as soon as it holds.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

# Seconds. Far more than anything here takes, even on a machine that is busy with other work.
LIMIT: Final = 60.0
# Seconds: an upper bound for what ends at once, in a test where what it must not wait for takes
# three times as long. It is there to find a wait, and says nothing about speed.
AT_ONCE: Final = 30.0
_BETWEEN: Final = 0.01


def wait(event: threading.Event) -> None:
    """Wait until an event of another thread is set."""
    assert event.wait(LIMIT), "the event was not set"


async def wait_async(event: threading.Event) -> None:
    """Wait for an event of another thread, and leave the event loop free."""
    await until_async(event.is_set)


def until(condition: Callable[[], T]) -> T:
    """Call a condition until it is true, and return what it then returned."""
    end = time.monotonic() + LIMIT
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come true"
        time.sleep(_BETWEEN)
    return found


async def until_async(condition: Callable[[], T]) -> T:
    """Do as `until` does, and leave the event loop free."""
    end = time.monotonic() + LIMIT
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(_BETWEEN)
    return found
