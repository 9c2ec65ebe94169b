"""What one call holds at the governor of its key: a submission under way, or a running job."""

import os
from collections.abc import Callable
from typing import Literal, TypeAlias

from returns.result import Result, Success

from ..effects import Clock
from ..exceptions import TarashException, TimeoutError
from ..lifecycle.deadline import last_start
from ..lifecycle.fallback import Verdict
from ..lifecycle.generation import Generation, Leaving, Moment, Polling, Submitting
from ..lifecycle.pacing import Pace
from ..mock.jobs import SCHEME
from ..providers.handlers import HandlerCall
from .governor import Governor, governor_of
from .pausing import pause
from .tasks import Steps

Held: TypeAlias = Literal["nothing", "submission", "job"]
Late: TypeAlias = Callable[[Generation], TarashException]


class Seat:
    """What a call holds. It never holds two things, so it never waits for itself.

    An interrupted call gives up its seat while its submission may still be answered in another
    thread: whichever comes first releases it, once.

    Attributes:
        denial: Why the next submission may not be sent, or None.
    """

    # Thousands of calls in flight have one each.
    __slots__ = ("_clock", "_cuts", "_gone", "_governor", "_held", "denial")

    def __init__(self, clock: Clock) -> None:
        """Begin without anything."""
        self.denial: TarashException | None = None
        self._clock = clock
        self._governor: Governor | None = None
        self._held: Held = "nothing"
        self._cuts = 0
        self._gone = False

    def enter(self, generation: Generation, late: Late) -> Steps[None] | None:
        """Begin the submission that is due, or return the steps of waiting until it may begin.

        Once they have ended, ``denial`` tells whether it may: ``late`` makes the error for a
        generation without any time left.
        """
        self._release()
        self.denial = None
        if not _is_governed(generation):
            return None
        governor = self._governor = governor_of(self._clock, generation.leg.target)
        again = isinstance(generation.stage, Submitting) and generation.stage.tries > 0
        cuts = governor.begin_at_once(self._clock.monotonic(), again=again)
        if cuts is None:
            return self._wait(governor, generation, late, again=again)
        self._cuts, self._held = cuts, "submission"
        return None

    def _wait(
        self, governor: Governor, generation: Generation, late: Late, *, again: bool
    ) -> Steps[None]:
        waiter = governor.join(last_start(generation), again=again)
        try:
            while True:
                now, resting_until = self._clock.monotonic(), governor.pace.resting_until
                if now >= waiter.until:
                    self.denial = late(generation)
                    return Success(None)
                if resting_until >= waiter.until:
                    self.denial = _too_long(generation, resting_until - now)
                    return Success(None)
                began = governor.begin(waiter, now)
                if isinstance(began, int):
                    self._cuts, self._held = began, "submission"
                    return Success(None)
                left = waiter.until - now
                if began <= left:
                    yield pause(self._clock, began)
                else:
                    yield waiter.until_signalled(left)
        finally:
            governor.quit(waiter)

    def answered(self, outcome: Result[Generation, TarashException | Verdict], now: Moment) -> None:
        """Take in what became of a submission."""
        cuts = self._cuts
        if isinstance(outcome, Success):
            job = outcome.unwrap().job is not None
            then: Held = "job" if job else "nothing"
            self._exchange("submission", then, lambda pace: pace.accepted(job=job))
            return
        error = outcome.failure()

        def refused(pace: Pace) -> Pace:
            return pace.given_up() if isinstance(error, Verdict) else pace.refused(error, cuts, now)

        self._exchange("submission", "nothing", refused)

    def resume(self, generation: Generation) -> None:
        """Hold a job that was accepted earlier."""
        if _runs(generation) and _is_governed(generation):
            self._governor = governor_of(self._clock, generation.leg.target)
            self._exchange("nothing", "job", Pace.resumed)

    def follow(self, generation: Generation) -> None:
        """Release the job as soon as it runs no longer."""
        if self._held == "job" and not _runs(generation):
            self._exchange("job", "nothing", Pace.ended)

    def leave(self) -> None:
        """Release whatever is held, for good: nobody waits for it any more."""
        self._gone = True
        self._release()

    def _release(self) -> None:
        if self._held != "nothing":
            self._exchange("submission", "nothing", Pace.given_up)
            self._exchange("job", "nothing", Pace.left)

    def _exchange(self, held: Held, then: Held, step: Callable[[Pace], Pace]) -> None:
        """Hold something else, and change the pace accordingly, unless it is not held any more."""
        governor = self._governor
        # A forked child has nothing to do with the calls of its parent.
        if governor is None or governor.process != os.getpid():
            return

        def exchange(pace: Pace) -> Pace:
            if self._held != held or self._governor is not governor:
                return pace
            self._held = then
            if then == "job" and self._gone:
                self._held = "nothing"
                return step(pace).left()
            return step(pace)

        governor.change(exchange)


def _runs(generation: Generation) -> bool:
    return isinstance(generation.stage, Polling | Leaving)


def _is_governed(generation: Generation) -> bool:
    """Tell whether a provider's server gets the submission: no mock, and no handler of a user's."""
    request = generation.leg.submission.request
    return not isinstance(request, HandlerCall) and not request.url.startswith(SCHEME)


def _too_long(generation: Generation, seconds: float) -> TarashException:
    timeout = float(generation.config.timeout)
    message = (
        f"nothing was sent: {generation.config.provider} asked another call with this key to wait, "
        f"and {seconds:.0f} s of that are more than timeout ({timeout:g} s) leaves: raise it, or "
        "try again later"
    )
    return TimeoutError(message, timeout_seconds=timeout)
