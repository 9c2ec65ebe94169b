"""A pause by the clock effect."""

from returns.result import Success

from ..effects import Clock
from ..outcome import IOOutcome, Outcome, nothing
from .tasks import Task
from .turns import turn


def pause(clock: Clock, seconds: float) -> Task[None]:
    """Return the task of waiting for so many seconds, >= 0."""

    def sleep() -> IOOutcome[None]:
        clock.sleep(seconds)
        return nothing()

    async def sleep_async() -> Outcome[None]:
        await clock.sleep_async(seconds)
        # Many timers may end at once.
        await turn()
        return Success(None)

    return Task(sleep, sleep_async)
