"""Callers with one submission key, stopped and continued at every effect, and killed there.

Each caller is a thread that runs only when the schedule says so, until its next effect: a read or a
write of the journal, a request on its way, a reply on its way, a pause. A killed caller has no
effect any more. The clock, the provider and the journal are shared, and nothing else.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import attrs
from returns.io import IOFailure, IOResult
from tests.support import fal_replies as fal
from tests.support.places import Place

from tarash.tarash_gateway import (
    HTTPConnectionError,
    Journal,
    JournalError,
    TarashException,
    generate_video,
)
from tarash.tarash_gateway.effects import HttpReply
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import WholeReply, fake_effects, json_reply

Step: TypeAlias = tuple[str, int]

KEY: Final = "clip"
_START: Final = datetime(2026, 11, 26, tzinfo=UTC)
# Past every deadline: what is dead ends soon.
_NEVER: Final = 1e7
_A_WAY: Final = 5
# Seconds: of each of the callers that run at a time.
_TIMEOUTS: Final = (600, 6000, 60)
_LOST: Final = HTTPConnectionError("no reply", request_sent=True)


@attrs.define
class Provider:
    """What the provider did: it cannot know which submissions belong together.

    Attributes:
        fates: What becomes of each submission and its job, in order; then all is well.
        accepted: The jobs.
        places: Where each of them was submitted.
        failing: The jobs that will fail.
        over: The jobs that it has reported as failed.
        submissions: How many arrived.
    """

    fates: Iterator[str]
    accepted: list[str] = attrs.field(factory=list)
    places: list[str] = attrs.field(factory=list)
    failing: set[str] = attrs.field(factory=set)
    over: set[str] = attrs.field(factory=set)
    submissions: int = 0

    @property
    def alive(self) -> list[str]:
        """The jobs that may bring a video and be charged."""
        return [job for job in self.accepted if job not in self.over]

    def answer(self, request: HttpRequest) -> HttpResponse | TarashException:
        """Return the answer to a request, or the error of one that does not come back."""
        if request.method == "POST":
            return self._submission(request.url)
        job = next(part for part in request.url.split("/") if part.startswith("job-"))
        if job in self.failing:
            self.over.add(job)
            return fal.failed()
        return fal.completed() if "/status" in request.url else fal.result()

    def _submission(self, url: str) -> HttpResponse | TarashException:
        self.submissions += 1
        fate = next(self.fates, "done")
        if fate == "refused":
            return json_reply(401, {"detail": "no"})
        if fate == "lost":
            return _LOST
        job = f"job-{len(self.accepted) + 1}"
        # No config is paid for again after its job has failed.
        assert url not in self.places
        self.accepted.append(job)
        self.places.append(url)
        if fate == "failed":
            self.failing.add(job)
        return _LOST if fate == "answer lost" else fal.queued(job)


@attrs.define
class World:
    """What all callers share."""

    place: Place
    provider: Provider
    seconds: float = 0.0
    callers: int = 0


class Caller:
    """One call, in a process of its own as far as anybody can tell."""

    def __init__(self, world: World, place: int = 0) -> None:
        world.callers += 1
        self.world, self.name = world, f"caller{world.callers}x"
        self.dead = False
        self.result: Any = None
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        # Some callers are so patient that they outlast the leases of the others.
        second = fal.config(model="fal-ai/veo2", timeout=_TIMEOUTS[place])
        self._config = fal.config(fallback_configs=[second], timeout=_TIMEOUTS[place])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._stopped.acquire()

    @property
    def ended(self) -> bool:
        """Whether the call has returned or raised."""
        return not self._thread.is_alive() or self.result is not None

    def step(self) -> None:
        """Let the caller run until its next effect."""
        if not self.ended:
            self._go.release()
            self._stopped.acquire()

    def kill(self) -> None:
        """Take its effects away, and let it end."""
        self.dead = True
        while not self.ended:
            self.step()
        self._thread.join()

    def finish(self) -> Any:
        """Let it run alone to its end, and return its response or its error."""
        while not self.ended:
            self.step()
        self._thread.join()
        return self.result

    def stop(self) -> None:
        """Wait for the schedule."""
        self._stopped.release()
        self._go.acquire()

    def _run(self) -> None:
        self.stop()
        effects = fake_effects(http=_Http(self), clock=_Clock(self))
        effects = attrs.evolve(effects, ids=_Ids(self))
        try:
            self.result = generate_video(
                self._config,
                fal.REQUEST,
                effects=effects,
                journal=_journal(self),
                key=KEY,
                measure=False,
            )
        except (TarashException, AssertionError) as error:
            self.result = error
        finally:
            self._stopped.release()


@attrs.frozen(eq=False)
class _Ids:
    caller: Caller

    def new(self) -> str:
        return self.caller.name


@attrs.frozen(eq=False)
class _Clock:
    caller: Caller

    def monotonic(self) -> float:
        return _NEVER if self.caller.dead else self.caller.world.seconds

    def utc(self) -> datetime:
        return _START + timedelta(seconds=self.caller.world.seconds)

    def sleep(self, seconds: float) -> None:
        end = self.caller.world.seconds + seconds
        if seconds > 0:
            self.caller.stop()
        if not self.caller.dead:
            self.caller.world.seconds = max(self.caller.world.seconds, end)

    async def sleep_async(self, seconds: float) -> None:
        """Fail: the callers block."""
        raise AssertionError(seconds)


@attrs.frozen(eq=False)
class _Http:
    caller: Caller

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        self.caller.stop()
        if self.caller.dead:
            return IOFailure(_LOST)
        answer = self.caller.world.provider.answer(request)
        self.caller.stop()
        return _delivered(self.caller, answer, limits)


def _delivered(
    caller: Caller, answer: HttpResponse | TarashException, limits: Limits
) -> IOOutcome[HttpReply]:
    if caller.dead or isinstance(answer, TarashException):
        return IOFailure(_LOST)
    return IOResult.from_value(WholeReply(answer, limits))


def _journal(caller: Caller) -> Journal:
    """Return a journal whose caller is stopped before each transaction, and has none when dead."""
    journal = caller.world.place.journal()
    run = journal.run

    def stopped(*work: Any, **more: Any) -> IOOutcome[Any]:
        caller.stop()
        if caller.dead:
            return IOFailure(JournalError("its process is dead"))
        return run(*work, **more)

    setattr(journal, "run", stopped)  # noqa: B010 - mypy lets nobody assign to a method
    return journal


def play(world: World, schedule: Sequence[Step], at_once: int = 3) -> list[Caller]:
    """Let callers run as a schedule says; return those that are left in the middle.

    Args:
        world: What they share.
        schedule: ``("run", n)`` lets a caller make a step, and ``("go", n)`` several; ``("kill",
            n)`` kills it and starts another; ``("late", n)`` is a pause after which every lease has
            ended.
        at_once: How many callers there are at a time.
    """
    callers = [Caller(world, place) for place in range(at_once)]
    for what, number in schedule:
        place = number % at_once
        if what == "late":
            world.seconds += 1000.0
        elif what == "kill":
            callers[place].kill()
            callers[place] = Caller(world, place)
        else:
            for _ in range(1 if what == "run" else _A_WAY):
                callers[place].step()
        assert len(world.provider.alive) <= 1
        assert not any(isinstance(caller.result, AssertionError) for caller in callers)
    return callers
