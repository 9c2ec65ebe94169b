"""The queue of a key's submissions, over threads and loops: first come, first served."""

import asyncio
import os
import threading
import time
import warnings
from datetime import UTC, datetime

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support import patience

from tarash.tarash_gateway import RateLimitError, TarashException, TimeoutError
from tarash.tarash_gateway.effects.live import SystemClock
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.lifecycle.generation import Generation, Leg, Moment, Submitting, begin
from tarash.tarash_gateway.lifecycle.pacing import Pace
from tarash.tarash_gateway.providers.base import Submission, Target
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.running import governor as module
from tarash.tarash_gateway.running.governor import Governor, governor_of
from tarash.tarash_gateway.running.seats import Seat
from tarash.tarash_gateway.running.tasks import block, start
from tarash.tarash_gateway.testing import FakeClock
from tarash.tarash_gateway.values.secrets import Secret

_NARROW = Pace(most_under_way=1.0)


class _Clock(SystemClock):
    """The machine's clock, with governors of its own for each test."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def _target(key: str = "id:secret") -> Target:
    return Target(provider=PROVIDER, config=fal.config(timeout=600.0), key=Secret(key))


def _generation(now: float, *, timeout: float = 600.0, key: str = "id:secret") -> Generation:
    target = attrs.evolve(_target(key), config=fal.config(timeout=timeout))
    submission = Submission(request=HttpRequest(method="POST", url="https://queue.fal.run/a"))
    moment = Moment(monotonic=now, utc=datetime.now(UTC))
    return begin(fal.REQUEST, (Leg(target=target, submission=submission),), moment)


def _late(_: Generation) -> TarashException:
    return TimeoutError("too late", timeout_seconds=1.0)


def _entered(clock: _Clock | FakeClock, generation: Generation) -> Seat:
    """Block until the generation may be submitted."""
    seat = Seat(clock)
    waiting = seat.enter(generation, _late)
    if waiting is not None:
        block(waiting)
    return seat


async def _entered_async(clock: _Clock | FakeClock, generation: Generation) -> Seat:
    seat = Seat(clock)
    waiting = seat.enter(generation, _late)
    if waiting is not None:
        await start(waiting)
    return seat


def _until_waiting(governor: Governor, count: int) -> None:
    patience.until(lambda: len(governor._queue) == count)


def _narrow(clock: _Clock | FakeClock) -> Governor:
    governor = governor_of(clock, _target())
    governor.pace = _NARROW
    return governor


def test_threads_and_tasks_take_turns_in_the_order_in_which_they_came() -> None:
    # Given a key that bears one submission at a time, and one that is under way.
    clock = _Clock()
    governor, order, now = _narrow(clock), [], clock.monotonic()
    first = _entered(clock, _generation(now))
    busy, most = [], []

    def take(number: int, seat: Seat) -> None:
        busy.append(number)
        most.append(len(busy))
        order.append(number)
        time.sleep(0.001)
        busy.remove(number)
        seat.leave()

    def thread(number: int) -> None:
        take(number, _entered(clock, _generation(now)))

    async def task(number: int) -> None:
        take(number, await _entered_async(clock, _generation(now)))

    loops = [asyncio.new_event_loop() for _ in range(2)]
    runners = [threading.Thread(target=loop.run_forever) for loop in loops]
    for each in runners:
        each.start()
    # When threads and tasks of two loops come one after the other.
    threads, futures = [], []
    for number in range(30):
        if number % 3:
            coroutine = task(number)
            futures.append(asyncio.run_coroutine_threadsafe(coroutine, loops[number % 3 - 1]))
        else:
            threads.append(threading.Thread(target=thread, args=(number,)))
            threads[-1].start()
        _until_waiting(governor, number + 1)
    first.leave()
    for each in threads:
        each.join(patience.LIMIT)
    for future in futures:
        future.result(patience.LIMIT)
    for loop, runner in zip(loops, runners, strict=True):
        loop.call_soon_threadsafe(loop.stop)
        runner.join()
        loop.close()
    # Then they began one at a time, in the order in which they came, and nothing is left.
    assert order == list(range(30))
    assert max(most) == 1
    assert governor.pace.under_way == 0
    assert not governor._queue


async def test_a_thousand_tasks_pass_a_narrow_key() -> None:
    clock = _Clock()
    governor, order = _narrow(clock), []
    now = clock.monotonic()

    async def call(number: int) -> None:
        seat = await _entered_async(clock, _generation(now))
        order.append(number)
        assert governor.pace.under_way == 1
        await asyncio.sleep(0)
        seat.leave()

    await asyncio.gather(*map(call, range(1_000)))
    assert order == list(range(1_000))


async def test_whoever_is_cancelled_while_waiting_leaves_the_queue() -> None:
    # Given one submission under way, and three tasks that wait.
    clock = _Clock()
    governor, now = _narrow(clock), clock.monotonic()
    first = _entered(clock, _generation(now))
    tasks = [asyncio.ensure_future(_entered_async(clock, _generation(now))) for _ in range(3)]
    await asyncio.sleep(0)
    assert len(governor._queue) == 3
    # When the first two of them are cancelled, one of them at the moment of its turn.
    tasks[0].cancel()
    await asyncio.sleep(0)
    first.leave()
    tasks[1].cancel()
    # Then the third begins.
    seat = await asyncio.wait_for(tasks[2], patience.LIMIT)
    assert governor.pace.under_way == 1
    seat.leave()
    assert not governor._queue


@pytest.mark.parametrize("closed", [False, True], ids=["stopped", "closed"])
def test_a_loop_that_runs_no_longer_stops_nobody(*, closed: bool) -> None:
    # Given a task at the head of the queue, whose loop was stopped.
    clock = _Clock()
    governor, now = _narrow(clock), clock.monotonic()
    first = _entered(clock, _generation(now))
    loop = asyncio.new_event_loop()
    stuck = loop.create_task(_entered_async(clock, _generation(now)))
    loop.run_until_complete(asyncio.sleep(0.01))
    assert len(governor._queue) == 1
    if closed:
        # A careless user's loop: its task is not cancelled.
        loop.call_exception_handler = lambda context: None  # type: ignore[method-assign]  # it logs  # noqa: ARG005
        loop.close()
    # When the submission that was under way ends, a thread does not wait for that task.
    waiting = threading.Thread(target=lambda: _entered(clock, _generation(now)).leave())
    waiting.start()
    _until_waiting(governor, 2)
    first.leave()
    waiting.join(patience.LIMIT)
    assert not waiting.is_alive()
    if not closed:
        # And the task begins when its loop goes on.
        seat = loop.run_until_complete(asyncio.wait_for(stuck, patience.LIMIT))
        seat.leave()
        loop.close()


def test_a_call_whose_time_is_up_leaves_the_queue_and_sends_nothing() -> None:
    # Given a submission that takes longer than another call can wait.
    clock = _Clock()
    governor, now = _narrow(clock), clock.monotonic()
    first = _entered(clock, _generation(now))
    # When that call waits, in a thread and on a loop.
    for wait in (_entered, lambda *args: asyncio.run(_entered_async(*args))):
        seat = wait(clock, _generation(clock.monotonic(), timeout=0.1))
        # Then it is denied.
        assert isinstance(seat.denial, TimeoutError)
    assert not governor._queue
    first.leave()
    assert governor.pace == _NARROW


def test_a_refused_submission_keeps_its_place_in_front() -> None:
    # Given a busy key, and a call that waits for it.
    clock, order = _Clock(), []
    governor, now = _narrow(clock), clock.monotonic()
    busy = _entered(clock, _generation(now))

    def enter(name: str, generation: Generation) -> None:
        seat = _entered(clock, generation)
        order.append(name)
        seat.leave()

    again = attrs.evolve(_generation(now), stage=Submitting(tries=1))
    threads = [
        threading.Thread(target=enter, args=("later", _generation(now))),
        # When another one comes whose submission was refused before.
        threading.Thread(target=enter, args=("again", again)),
    ]
    for number, thread in enumerate(threads, 1):
        thread.start()
        _until_waiting(governor, number)
    busy.leave()
    for thread in threads:
        thread.join(patience.LIMIT)
    # Then it does not wait behind those who came while it was refused.
    assert order == ["again", "later"]


def test_each_key_and_each_base_url_has_its_governor_and_no_key_is_kept() -> None:
    clock = FakeClock()
    one, other = governor_of(clock, _target("a:long-secret")), governor_of(clock, _target("b:b"))
    elsewhere = attrs.evolve(
        _target("a:long-secret"), config=fal.config(base_url="https://x.example")
    )
    assert governor_of(clock, _target("a:long-secret")) is one
    assert (
        len({one, other, governor_of(clock, elsewhere), governor_of(FakeClock(), _target())}) == 4
    )
    assert "long-secret" not in repr(dict(module._known(os.getpid())[clock]))


def test_tokens_that_change_every_hour_do_not_add_up() -> None:
    clock = FakeClock()
    for number in range(1_000):
        governor_of(clock, _target(f"token:{number}"))
    assert len(module._known(os.getpid())[clock]) <= 256


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_has_governors_of_its_own_and_no_lock_of_its_parent_s() -> None:
    # Given a job of the parent's, at the limit of its key, and a lock that is held at the fork.
    clock = FakeClock()
    governor = governor_of(clock, _target())
    governor.pace = Pace(most_jobs=1.0)
    seat = _entered(clock, _generation(0.0))
    reading, writing = os.pipe()
    with governor._lock:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            try:
                # When the child submits with the same key, and lets go of the parent's call.
                mine = _entered(clock, _generation(0.0))
                seat.leave()
                mine.leave()
                said = b"ok" if governor_of(clock, _target()) is not governor else b"shared"
            except BaseException as error:  # noqa: BLE001 - the child must end here
                said = repr(error).encode()
            os.write(writing, said)
            os._exit(0)
    os.close(writing)
    # Then it does not wait for its parent.
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"ok"
    os.waitpid(child, 0)
    assert governor.pace.under_way == 1


def test_a_rest_that_a_refusal_asks_for_wakes_those_who_cannot_wait_so_long() -> None:
    # Given a call that waits for a seat, and has two seconds left.
    clock = FakeClock()
    governor = _narrow(clock)
    seat = _entered(clock, _generation(0.0))
    denied: list[TarashException | None] = []
    waiting = threading.Thread(
        target=lambda: denied.append(_entered(clock, _generation(0.0, timeout=2.0)).denial)
    )
    waiting.start()
    _until_waiting(governor, 1)
    # When the submission under way is refused for a minute.
    error = RateLimitError("slow down", status_code=429, retry_after=60.0)
    governor.change(lambda pace: pace.refused(error, 0, Moment(monotonic=0.0, utc=clock.utc())))
    seat._held = "nothing"
    # Then it knows at once that it waits in vain.
    waiting.join(patience.LIMIT)
    assert "fal asked another call with this key to wait" in str(denied[0])


def test_a_call_that_is_thrown_away_at_any_moment_releases_what_it_held() -> None:
    # Given a submission under way, a task that waits, and a loop that is closed with it.
    clock = _Clock()
    governor, now = _narrow(clock), clock.monotonic()
    seat = _entered(clock, _generation(now))
    waiting = Seat(clock).enter(_generation(now), _late)
    assert waiting is not None
    next(waiting)
    # When the garbage collector throws both away, in a thread that has the governor's lock.
    with governor._lock:
        waiting.close()
        seat.leave()
        assert governor.pace.under_way == 1
    # Then the next call does not wait for them.
    other = _entered(clock, _generation(now))
    assert governor.pace.under_way == 1
    assert not governor._queue
    other.leave()
    assert governor.pace == _NARROW
