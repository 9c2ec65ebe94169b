"""One message, delivered any number of times at once, in any order, killed anywhere.

Each delivery is a thread that runs only when the schedule says so, until its next read or write of
the journal, or into or out of its handler. The journal and the clock are shared, and nothing else.
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.places import FilePlace, Place
from tests.support.webhook_cases import SECRET, message

from tarash.tarash_gateway import Journal, Webhook
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import FakeClock, fake_effects
from tarash.tarash_gateway.webhooks import wsgi_receiver

# Nothing here is about power failures: a disk in memory is as good, and ten times as fast.
_SHARED: Final = Path("/dev/shm")  # noqa: S108 - each test has a folder of its own in it
# More steps than a delivery has.
_MANY: Final = 12
# Past the turn of a handler.
_LATE: Final = 601.0
Step = tuple[str, int]


@attrs.define
class World:
    """What all deliveries share.

    Attributes:
        place: Where the journal is.
        failing: Whether each run of the handler fails, in order; then none does.
        turns: The deliveries that have the turn, and may still be trusted to end it.
        handled: How many runs of the handler succeeded.
        name: The name of the message.
        certain: Whether each process lived and was quick, so that nothing may happen twice.
    """

    place: Place
    failing: Iterator[bool]
    clock: FakeClock = attrs.field(factory=FakeClock)
    turns: set[int] = attrs.field(factory=set)
    handled: int = 0
    certain: bool = True
    count: int = 0
    name: str = "msg_1"


class Dead(BaseException):
    """The end of a process."""


class Delivery:
    """One delivery of the message, in a process of its own as far as anybody can tell."""

    def __init__(self, world: World) -> None:
        world.count += 1
        self.world, self.name = world, world.count
        self.dead = False
        self.status: int | None = None
        self.wrong: list[str] = []
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._stopped.acquire()

    def step(self) -> None:
        """Let it run until its next effect."""
        if not self._ended:
            self._go.release()
            self._stopped.acquire()

    def finish(self) -> int | None:
        """Let it run to its end, and return what was answered."""
        while not self._ended:
            self.step()
        self._thread.join()
        return self.status

    def kill(self) -> None:
        """End its process."""
        if not self._ended:
            self.world.certain = False
        self.dead = True
        self.world.turns.discard(self.name)
        self.finish()

    def stop(self) -> None:
        """Wait for the schedule."""
        self._stopped.release()
        self._go.acquire()
        if self.dead:
            raise Dead

    def _run(self) -> None:
        try:
            self.stop()
            self._deliver()
        except Dead:
            pass
        finally:
            self._ended = True
            self._stopped.release()

    def _deliver(self) -> None:
        world = self.world
        environment = {"REPLICATE_WEBHOOK_SECRET": SECRET}
        receiver = wsgi_receiver(
            "replicate",
            journal=_journal(self),
            on_webhook=self._handle,
            effects=fake_effects(clock=world.clock, environment=environment),
        )
        sent = message(id=world.name, sent_at=world.clock.utc())
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(sent.body)),
            "wsgi.input": _Body(sent.body),
        }
        for name, value in sent.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        receiver(environ, lambda status, _headers: self._answered(int(status.split()[0])))

    def _answered(self, status: int) -> None:
        self.status = status
        if status == 204 and not self.world.handled:
            self.wrong.append("received, and not handled")

    def _handle(self, webhook: Webhook) -> None:
        world = self.world
        if self.name in world.turns and len(world.turns) > 1:
            self.wrong.append("two handlers at once")
        if world.handled and world.certain:
            self.wrong.append("handled twice")
        assert not webhook.replayed
        self.stop()
        if next(world.failing, False):
            problem = "a bug in the handler"
            raise RuntimeError(problem)
        world.handled += 1


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int) -> bytes:
        piece, self._content = self._content[:size], self._content[size:]
        return piece


def _journal(delivery: Delivery) -> Journal:
    """Return a journal whose delivery is stopped before each transaction."""
    world = delivery.world
    journal = world.place.journal()
    run, note = journal.run, journal.note

    def stopped(*work: Any, **more: Any) -> IOOutcome[Any]:
        delivery.stop()
        return run(*work, **more)

    def noted(message: str, **parts: Any) -> IOOutcome[bool]:
        outcome = note(message, **parts)
        if " handling" in message and result_of(outcome).unwrap():
            if (world.clock.utc() - parts["now"]).total_seconds() < _LATE - 1:
                world.turns.add(delivery.name)
        elif message.endswith(" handled") or " failed " in message:
            world.turns.discard(delivery.name)
        return outcome

    # mypy lets nobody assign to a method.
    setattr(journal, "run", stopped)  # noqa: B010
    setattr(journal, "note", noted)  # noqa: B010
    return journal


def _play(world: World, schedule: Sequence[Step], at_once: int) -> list[Delivery]:
    deliveries = [Delivery(world) for _ in range(at_once)]
    every = list(deliveries)
    for what, number in schedule:
        place = number % at_once
        match what:
            case "late":
                world.clock.advance(_LATE)
                # Whoever had the turn for so long counts as one whose process is gone.
                world.certain = world.certain and not world.turns
                world.turns.clear()
            case "kill":
                deliveries[place].kill()
                deliveries[place] = Delivery(world)
                every.append(deliveries[place])
            case _:
                deliveries[place].step()
    return every


def _check(world: World, deliveries: Sequence[Delivery]) -> None:
    for delivery in deliveries:
        delivery.finish()
    # The provider sends the message until it is received.
    more: list[Delivery] = []
    while not more or more[-1].status != 204:
        assert len(more) < 10
        world.clock.advance(_LATE)
        more.append(Delivery(world))
        more[-1].finish()
    wrong = [problem for delivery in (*deliveries, *more) for problem in delivery.wrong]
    assert wrong == []
    assert world.handled == 1 if world.certain else world.handled >= 1
    # Once more is once too often.
    handled = world.handled
    assert Delivery(world).finish() == 204
    assert world.handled == handled


def _world(folder: str, failing: Sequence[bool]) -> World:
    return World(FilePlace(Path(folder) / "journal.sqlite3"), iter(failing))


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(dir=_SHARED if _SHARED.is_dir() else None)


@pytest.mark.parametrize("failing", [(), (True,), (True, True)], ids=["good", "once", "twice"])
def test_a_delivery_may_die_before_any_of_its_effects(
    failing: tuple[bool, ...], place: Place
) -> None:
    for steps in range(_MANY):
        # given a message of its own
        world = World(place, iter(failing), name=f"msg_{steps}")
        delivery = Delivery(world)
        for _ in range(steps):
            delivery.step()
        delivery.kill()
        _check(world, [delivery])


@pytest.mark.slow
@pytest.mark.parametrize("failing", [(), (True,)], ids=["good", "once"])
def test_two_deliveries_may_stop_each_other_anywhere(failing: tuple[bool, ...]) -> None:
    for first in range(_MANY):
        for second in range(_MANY):
            with _folder() as folder:
                world = _world(folder, failing)
                schedule = [("run", 0)] * first + [("run", 1)] * second
                _check(world, _play(world, schedule, at_once=2))


_STEPS = st.tuples(st.sampled_from(["run"] * 8 + ["kill", "late"]), st.integers(0, 2))


@pytest.mark.slow
# A delivery that stands still between its look at the message and its turn.
@example([*[("run", 1)] * 4, *[("run", 0)] * 9, ("late", 0)], [])
@settings(max_examples=150)
@given(st.lists(_STEPS, max_size=60), st.lists(st.booleans(), max_size=4))
def test_a_message_is_handled_whatever_happens(schedule: list[Step], failing: list[bool]) -> None:
    with _folder() as folder:
        world = _world(folder, failing)
        _check(world, _play(world, schedule, at_once=3))
