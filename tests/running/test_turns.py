"""Many tasks begin at once: each iteration of the event loop starts only what fits into it."""

import asyncio
import gc
import threading
from collections.abc import Callable

import pytest

from tarash.tarash_gateway.running import turns as module
from tarash.tarash_gateway.running.turns import Turns, turn


class _Work:
    """Tasks that take a turn and then compute; only their computing moves the time."""

    def __init__(self, seconds: Callable[[int], float]) -> None:
        self.now = 0.0
        self.turns = Turns(lambda: self.now)
        self.began: list[int] = []
        self.iteration = 0
        # The seconds of computing in each iteration of the loop.
        self.busy: dict[int, float] = {}
        self._seconds = seconds

    async def task(self, number: int) -> None:
        if not self.turns.is_mine():
            await self.turns.wait()
        self.began.append(number)
        seconds = self._seconds(number)
        self.now += seconds
        self.busy[self.iteration] = self.busy.get(self.iteration, 0.0) + seconds

    def count(self) -> None:
        self.iteration += 1
        asyncio.get_running_loop().call_soon(self.count)

    async def run(self, tasks: int) -> None:
        self.count()
        await asyncio.gather(*(self.task(number) for number in range(tasks)))


@pytest.mark.parametrize(
    ("seconds", "most"),
    [
        # An iteration may begin behind the turns of the last one: two shares, and what was begun.
        (lambda _: 0.0002, 0.009),
        (lambda _: 0.003, 0.013),
        # Cheap ones teach nothing about the dear ones behind them.
        (lambda number: 0.00001 if number < 5_000 else 0.004, 0.013),
    ],
    ids=["short", "long", "short then long"],
)
async def test_ten_thousand_tasks_share_iterations_that_stay_short(
    seconds: Callable[[int], float], most: float
) -> None:
    # Given 10,000 tasks that are made at once.
    work = _Work(seconds)
    # When they run.
    await work.run(10_000)
    # Then all of them began in the order in which they came, and no iteration was long.
    assert work.began == list(range(10_000))
    assert max(work.busy.values()) < most
    # And the iterations were used: there are not many more than the work needs.
    total = sum(map(seconds, range(10_000)))
    assert len(work.busy) < 2 * total / 0.004 + 100


async def test_a_task_that_comes_later_does_not_overtake() -> None:
    # Given tasks that wait, because the first ones used up the iteration.
    work = _Work(lambda _: 0.004)
    earlier = [asyncio.ensure_future(work.task(number)) for number in range(20)]
    await asyncio.sleep(0)
    # When another one comes in each later iteration.
    later = []
    for number in range(20, 40):
        later.append(asyncio.ensure_future(work.task(number)))
        await asyncio.sleep(0)
    await asyncio.gather(*earlier, *later)
    # Then all begin in the order in which they came.
    assert work.began == list(range(40))


async def test_cancelled_tasks_give_up_their_places() -> None:
    # Given 1,000 tasks of which the even ones are cancelled while they wait.
    work = _Work(lambda _: 0.001)
    tasks = [asyncio.ensure_future(work.task(number)) for number in range(1_000)]
    await asyncio.sleep(0)
    begun = len(work.began)
    for task in tasks[::2]:
        task.cancel()
    # When the others go on.
    await asyncio.gather(*tasks, return_exceptions=True)
    # Then they begin in order, and nobody waits for those that left.
    assert work.began[begun:] == [n for n in range(begun, 1_000) if n % 2]
    # And a newcomer does not wait.
    assert work.turns.is_mine()


async def test_nothing_is_scheduled_once_nobody_takes_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a loop on which turns were taken, and one more begins an iteration.
    work = _Work(lambda _: 0.001)
    await asyncio.gather(*(work.task(number) for number in range(100)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    scheduled: list[object] = []
    loop = asyncio.get_running_loop()
    with monkeypatch.context() as patched:
        patched.setattr(loop, "call_soon", lambda *what, **_: scheduled.append(what))
        assert work.turns.is_mine()
        # When the iterations go on without anybody who takes a turn.
        work.turns._next_iteration()
        work.turns._next_iteration()
    # Then the turns were scheduled once, for the iteration behind that turn.
    assert len(scheduled) == 1


def test_each_loop_has_turns_of_its_own_and_takes_them_along() -> None:
    # Given loops in several threads, one of which ends while tasks wait for their turn.
    async def many() -> int:
        done = [asyncio.ensure_future(turn()) for _ in range(200)]
        await asyncio.gather(*done)
        return len(done)

    async def abandoned() -> None:
        turns = module._TURNS.setdefault(asyncio.get_running_loop(), Turns(lambda: 1.0))
        turns._fresh = False
        waiting = asyncio.ensure_future(turn())
        await asyncio.sleep(0)
        waiting.cancel()

    # What earlier tests made, such as a traceback, may keep loops of their own.
    others = set(module._TURNS)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(asyncio.run(many()))) for _ in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(abandoned())
    # Then all turns were taken, and the closed loops are not kept.
    assert counts == [200, 200, 200]
    gc.collect()
    assert not [loop for loop in list(module._TURNS) if loop.is_closed() and loop not in others]
