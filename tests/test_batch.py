"""Many videos: requests are drawn when a call may begin, and results come as they are ready."""

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.io import IOResult
from returns.result import Failure, Success
from tests.support import fal_replies as fal
from tests.support.fal_world import FalWorld, error_reply
from tests.support.patience import LIMIT

from tarash.tarash_gateway import (
    BatchItem,
    BatchStoppedError,
    BatchSummary,
    SqliteJournal,
    TarashException,
    ValidationError,
    VideoGenerationRequest,
    VideoGenerationUpdate,
    functional,
    generate_videos,
    generate_videos_async,
)
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import fake_effects

CONFIG = fal.config(poll_interval=0.01)
Collect = Callable[..., list[BatchItem]]


def requests(prompts: Iterable[object]) -> Iterator[VideoGenerationRequest]:
    return (VideoGenerationRequest(prompt=str(prompt)) for prompt in prompts)


def _blocking(source: Any, each: Callable[[BatchItem], None], **options: Any) -> None:
    for item in generate_videos(options.pop("config", CONFIG), source, **options):
        each(item)


def _asyncio(source: Any, each: Callable[[BatchItem], None], **options: Any) -> None:
    async def run() -> None:
        config = options.pop("config", CONFIG)
        async for item in generate_videos_async(config, source, **options):
            each(item)

    asyncio.run(run())


@pytest.fixture(params=[_blocking, _asyncio], ids=["blocking", "asyncio"])
def collect(request: pytest.FixtureRequest) -> Collect:
    """Return a function that collects the items of a batch, in either of its forms."""
    for_each = request.param

    def collected(
        source: Any, each: Callable[[BatchItem], None] = lambda _: None, **options: Any
    ) -> list[BatchItem]:
        items: list[BatchItem] = []

        def take(item: BatchItem) -> None:
            items.append(item)
            each(item)

        for_each(source, take, **options)
        return items

    return collected


def _prompts(items: Sequence[BatchItem]) -> list[str]:
    return [item.request.prompt for item in items]


def test_results_come_as_they_are_ready_each_with_its_request(collect: Collect) -> None:
    # given three jobs, the first of which ends only when the others were handed over
    world = FalWorld(held={"slow"})
    given: list[str] = []

    def take(item: BatchItem) -> None:
        given.append(item.request.prompt)
        if len(given) == 2:
            world.release("slow")

    items = collect(requests(["slow", "a", "b"]), take, effects=world.effects())
    # then it comes last, and each result has its place, its request and its video
    assert sorted(given[:2]) == ["a", "b"]
    assert given[2] == "slow"
    assert {item.index: item.request.prompt for item in items} == {0: "slow", 1: "a", 2: "b"}
    for item in items:
        assert item.response is not None
        assert item.response.request_id == f"job-{item.request.prompt}"
        assert (item.error, item.outcome) == (None, Success(item.response))
        assert item.may_have_been_paid
    assert world.submitted == {"slow": 1, "a": 1, "b": 1}


def test_a_request_is_drawn_only_when_a_call_may_begin(collect: Collect) -> None:
    drawn = given = 0
    ahead: list[int] = []

    def source() -> Iterator[VideoGenerationRequest]:
        nonlocal drawn
        for request in requests(range(40)):
            ahead.append(drawn - given)
            drawn += 1
            yield request

    def take(_: BatchItem) -> None:
        nonlocal given
        given += 1

    collect(source(), take, effects=FalWorld().effects(), max_in_flight=3)
    assert (drawn, given) == (40, 40)
    # Three calls and a result that is handed over next.
    assert max(ahead) <= 3


def test_no_more_calls_run_than_there_are_seats(collect: Collect) -> None:
    world = FalWorld(held={str(n) for n in range(12)})
    in_flight: list[int] = []

    def watch() -> None:
        for n in range(12):
            world.wait(str(n))
            in_flight.append(len(world.held.intersection(list(world.submitted))))
            world.release(str(n))

    watcher = threading.Thread(target=watch)
    watcher.start()
    items = collect(requests(range(12)), effects=world.effects(), max_in_flight=4)
    watcher.join()
    assert len(items) == 12
    assert max(in_flight) <= 4


def test_one_failure_harms_no_other(collect: Collect) -> None:
    world = FalWorld(refused={"bad": error_reply(422)})
    items = {
        item.request.prompt: item
        for item in collect(requests(["a", "bad", "b"]), effects=world.effects())
    }
    assert items["a"].response is not None
    assert items["b"].response is not None
    bad = items["bad"]
    assert isinstance(bad.error, ValidationError)
    assert bad.outcome == Failure(bad.error)
    assert (bad.response, bad.may_have_been_paid) == (None, False)


@pytest.mark.parametrize(
    ("poison", "words"),
    [
        (7, 'request must be a VideoGenerationRequest or a prompt, such as "a kite over the sea"'),
        (None, "not None"),
        ({"prompt": "a kite"}, "not a dict: write VideoGenerationRequest(**request)"),
        ((1, 2, 3), "not a tuple"),
        ((1, fal.REQUEST), 'such as "fal:fal-ai/veo3", not 1'),
        ((CONFIG, 2), "request must be a VideoGenerationRequest or a prompt"),
        (VideoGenerationRequest(prompt="x", image_list=[Path("no.png")]), "no.png cannot be read"),
        (VideoGenerationRequest(prompt="x", extra_params={"a": object()}), "extra_params"),
        (object.__new__(VideoGenerationRequest), "no attribute 'image_list'"),
    ],
)
def test_a_poisoned_request_is_an_error_of_its_own(
    collect: Collect, poison: Any, words: str
) -> None:
    source = [*requests("ab"), poison, *requests("cd")]
    items = collect(source, effects=FalWorld().effects())
    assert sorted(item.index for item in items) == [0, 1, 2, 3, 4]
    failed = [item for item in items if item.error is not None]
    assert [item.index for item in failed] == [2]
    assert failed[0].request is poison
    assert words in str(failed[0].error)
    assert not failed[0].may_have_been_paid


def test_a_function_of_the_caller_s_that_raises_fails_its_item(collect: Collect) -> None:
    refused = ValidationError("no place for this one")

    def place(index: int, _request: VideoGenerationRequest) -> None:
        if index == 1:
            raise KeyError(index)
        if index == 2:
            raise refused

    items = collect(requests("abcd"), effects=FalWorld().effects(), save_to=place)
    errors = {item.index: item.error for item in items if item.error}
    assert sorted(errors) == [1, 2]
    assert errors[1] == TarashException(
        "KeyError: 1; key or save_to raised it, and nothing was sent"
    )
    assert errors[2] is refused


def test_a_request_may_have_a_config_of_its_own(collect: Collect) -> None:
    other = attrs.evolve(CONFIG, model="fal-ai/veo2")
    first, second = requests("ab")
    items = collect([first, (other, second)], effects=FalWorld().effects())
    models = {}
    for item in items:
        assert item.response is not None
        assert item.response.generation is not None
        models[item.request.prompt] = item.response.generation.model
    assert models == {"a": "fal-ai/veo3", "b": "fal-ai/veo2"}


def test_progress_is_told_with_the_place_of_the_request(collect: Collect) -> None:
    told: dict[int, list[VideoGenerationUpdate]] = {}
    world = FalWorld()
    collect(
        requests("ab"),
        effects=world.effects(),
        on_progress=lambda index, update: told.setdefault(index, []).append(update),
    )
    assert {i: {u.request_id for u in updates} for i, updates in told.items()} == {
        0: {"job-a"},
        1: {"job-b"},
    }


def test_a_batch_that_is_run_again_makes_only_what_is_missing(
    collect: Collect, tmp_path: Path
) -> None:
    world = FalWorld(refused={"c": error_reply(422)})
    given: dict[str, Any] = {
        "effects": world.effects(),
        "journal": SqliteJournal(tmp_path / "journal.sqlite3"),
        "key": "kites/",
    }
    first = collect(requests("abc"), **given)
    assert {item.index for item in first if item.response is None} == {2}
    # when what was wrong is right, the same batch is run again
    world.refused.clear()
    second = collect(requests("abcd"), **given)
    # then what is finished comes from the journal, and the rest is made
    assert all(item.response is not None for item in second)
    assert world.submitted == {"a": 1, "b": 1, "c": 2, "d": 1}
    # and another request under a known key is an error of its own
    (other,) = collect(requests("x"), **given)
    assert isinstance(other.error, ValidationError)
    assert "x" not in world.submitted


def test_requests_with_one_key_are_one_video(collect: Collect, tmp_path: Path) -> None:
    world = FalWorld()
    items = collect(
        requests("aab"),
        effects=world.effects(),
        journal=SqliteJournal(tmp_path / "journal.sqlite3"),
        key=lambda _index, request: f"clip-{request.prompt}",
    )
    jobs = [item.response.request_id for item in items if item.response is not None]
    assert sorted(jobs) == ["job-a", "job-a", "job-b"]
    assert world.submitted == {"a": 1, "b": 1}


def test_a_call_has_the_context_of_whoever_asked_for_it(collect: Collect) -> None:
    trace: ContextVar[str] = ContextVar("trace", default="none")
    seen: set[str] = set()

    def source() -> Iterator[VideoGenerationRequest]:
        for request in requests("ab"):
            trace.set(f"trace of {request.prompt}")
            yield request

    collect(
        source(),
        effects=FalWorld().effects(),
        on_progress=lambda _index, _update: seen.add(trace.get()),
    )
    assert seen == {"trace of a", "trace of b"}


# How a batch ends early.


def test_a_source_that_raises_ends_the_batch_after_what_was_under_way(collect: Collect) -> None:
    # given a source that raises while the first job runs
    world = FalWorld(held={"a"})

    def source() -> Iterator[VideoGenerationRequest]:
        yield from requests("ab")
        raise LookupError("cut")

    items: list[BatchItem] = []

    def take(item: BatchItem) -> None:
        items.append(item)
        world.release("a")

    with pytest.raises(BatchStoppedError, match="LookupError: cut") as caught:
        collect(source(), take, effects=world.effects())
    # then both results were handed over before
    assert _prompts(items) == ["b", "a"]
    assert isinstance(caught.value.__cause__, LookupError)
    assert "(2 done, 0 failed)" in caught.value.message


class _Broken:
    """An iterable that cannot be iterated over."""

    def __iter__(self) -> Iterator[VideoGenerationRequest]:
        raise LookupError


def test_a_source_that_cannot_be_opened_ends_the_batch(collect: Collect) -> None:
    with pytest.raises(BatchStoppedError, match="raised LookupError") as caught:
        collect(_Broken(), effects=FalWorld().effects())
    assert isinstance(caught.value.__cause__, LookupError)


def test_what_was_not_drawn_is_left_to_the_caller(collect: Collect) -> None:
    world = FalWorld(refused={"a": error_reply(422)})
    source = requests("abc")
    with pytest.raises(BatchStoppedError):
        collect(source, effects=world.effects(), max_in_flight=1, max_failures=1)
    assert [request.prompt for request in source] == ["b", "c"]


def test_nothing_is_started_after_too_many_failures(collect: Collect) -> None:
    # given a job that runs, and requests that are all refused
    bad = [f"bad-{n}" for n in range(20)]
    world = FalWorld(held={"good"}, refused=dict.fromkeys(bad, error_reply(422)))
    items: list[BatchItem] = []

    def take(item: BatchItem) -> None:
        items.append(item)
        if len(items) == 2:
            world.release("good")

    with pytest.raises(BatchStoppedError, match="max_failures") as caught:
        collect(
            requests(["good", *bad]),
            take,
            effects=world.effects(),
            max_in_flight=2,
            max_failures=2,
        )
    # then the job that ran came to its end, and the rest was never sent
    assert "good" in _prompts(items)
    assert len(world.submitted) == 3
    assert "2 of 3 requests failed (max_failures)" in caught.value.message
    assert caught.value.__cause__ is None


def test_failures_that_withhold_nothing_raise_nothing(collect: Collect) -> None:
    # given refusals that come when the last request is drawn
    ended = threading.Event()

    def drawn() -> Iterator[VideoGenerationRequest]:
        yield from requests("ab")
        ended.set()

    world = FalWorld(
        refused={"a": error_reply(422), "b": error_reply(422)},
        awaited={"a": ended, "b": ended},
    )
    # when both fail, and one failure is the most
    items = collect(drawn(), effects=world.effects(), max_failures=1)
    # then nothing was withheld, and both are told
    assert [item.response for item in items] == [None, None]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_in_flight": 0}, "max_in_flight must be a whole number of at least 1, not 0"),
        ({"max_in_flight": True}, "max_in_flight must be"),
        ({"max_failures": 0}, "max_failures must be a whole number of at least 1, not 0"),
        ({"source": fal.REQUEST}, "requests must be an iterable of requests"),
        ({"source": "ab"}, "requests must be an iterable of requests, not 'ab'"),
        ({"config": fal.REQUEST}, "config must be a VideoGenerationConfig"),
        ({"key": "a"}, "key needs a journal"),
        ({"key": 3}, "key must be a text, or a function"),
        ({"on_progress": 3}, "on_progress must be a function"),
        ({"save_to": "clip.mp4"}, "save_to must be a folder that exists, or a function"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_drawn(
    collect: Collect, options: dict[str, Any], words: str
) -> None:
    untouched = (pytest.fail("a request was drawn") for _ in [1])
    given = {"source": untouched, **options}
    with pytest.raises(ValidationError, match=words):
        collect(given.pop("source"), effects=fake_effects(), **given)


def test_an_unknown_option_is_refused() -> None:
    for face in (generate_videos, generate_videos_async, functional.generate_videos):
        with pytest.raises(TypeError, match="unexpected keyword argument 'max_flight'"):
            face(CONFIG, [], max_flight=3)  # type: ignore[call-arg]  # the mistake under test


def test_nothing_happens_before_the_first_result_is_asked_for() -> None:
    # Threads of other tests may end in the meantime.
    threads = set(threading.enumerate())
    batch = generate_videos(CONFIG, requests("ab"), effects=FalWorld().effects())
    assert set(threading.enumerate()) <= threads
    assert batch.summary == BatchSummary(drawn=0, running=0, waiting=0, done=0, failed=0)
    batch.close()
    assert list(batch) == []


# The faces for functional code.


def test_the_functional_face_raises_nothing() -> None:
    world = FalWorld(refused={"b": error_reply(422)})
    batch = functional.generate_videos(
        CONFIG, requests(["a", "b", "c"]), effects=world.effects(), max_in_flight=1, max_failures=1
    )
    first, second, last = map(result_of, batch)
    assert isinstance(first.unwrap().outcome, Success)
    assert isinstance(second.unwrap().outcome, Failure)
    assert isinstance(last.failure(), BatchStoppedError)


async def test_the_functional_face_for_asyncio_raises_nothing() -> None:
    wrong = [item async for item in functional.generate_videos_async(CONFIG, "ab")]
    assert isinstance(wrong[0], IOResult)
    (error,) = (result_of(item).failure() for item in wrong)
    assert isinstance(error, ValidationError)


# Asyncio alone.


async def test_results_are_handed_over_while_a_request_is_awaited() -> None:
    taken = asyncio.Event()

    async def source() -> AsyncIterator[VideoGenerationRequest]:
        for request in requests("ab"):
            yield request
        # The third request comes only after the first results were taken.
        await taken.wait()
        for request in requests("c"):
            yield request

    items = []
    batch = generate_videos_async(CONFIG, source(), effects=FalWorld().effects())
    async for item in batch:
        items.append(item)
        if len(items) == 2:
            taken.set()
    assert _prompts(items)[2] == "c"
    assert batch.summary == BatchSummary(drawn=3, running=0, waiting=0, done=3, failed=0)


async def test_a_request_that_is_awaited_when_the_batch_stops_is_given_up() -> None:
    given_up = asyncio.Event()

    async def source() -> AsyncIterator[VideoGenerationRequest]:
        try:
            for request in requests(["bad"]):
                yield request
            await asyncio.Event().wait()
        finally:
            given_up.set()

    world = FalWorld(refused={"bad": error_reply(422)})
    batch = generate_videos_async(CONFIG, source(), effects=world.effects(), max_failures=1)
    assert [item.index async for item in functional_items(batch)] == [0]
    await asyncio.wait_for(given_up.wait(), LIMIT)


async def functional_items(batch: AsyncIterator[BatchItem]) -> AsyncIterator[BatchItem]:
    """Yield the items of a batch up to its error."""
    try:
        async for item in batch:
            yield item
    except BatchStoppedError:
        return


async def test_a_batch_in_a_running_loop_may_block_in_a_thread() -> None:
    batch = generate_videos(CONFIG, requests("ab"), effects=FalWorld().effects())
    assert len(await asyncio.to_thread(list, batch)) == 2


async def test_the_loop_has_its_turn_while_thousands_of_seats_are_filled() -> None:
    turns = 0

    async def beat() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    # A wrong item is answered at once: nothing else would let the loop have its turn.
    source = [object()] * 500
    batch = generate_videos_async(CONFIG, source, effects=fake_effects(), max_in_flight=500)  # type: ignore[arg-type]  # the mistake is the point
    async with aclosing(batch):
        items = [item async for item in batch]
    beating.cancel()
    assert len(items) == 500
    assert turns >= 500


# A long batch.


@pytest.mark.slow
@pytest.mark.parametrize("for_each", [_blocking, _asyncio], ids=["blocking", "asyncio"])
def test_two_thousand_videos_take_the_memory_of_a_few(for_each: Callable[..., None]) -> None:
    alive: list[weakref.ref[VideoGenerationRequest]] = []
    most_alive = most_threads = 0

    def source() -> Iterator[VideoGenerationRequest]:
        for request in requests(range(2000)):
            alive.append(weakref.ref(request))
            yield request

    count = 0

    def take(_: BatchItem) -> None:
        nonlocal alive, count, most_alive, most_threads
        count += 1
        most_threads = max(most_threads, threading.active_count())
        if count % 250 == 0:
            gc.collect()
            alive = [ref for ref in alive if ref() is not None]
            most_alive = max(most_alive, len(alive))

    for_each(source(), take, effects=FalWorld().effects(), max_in_flight=50, measure=False)
    assert count == 2000
    assert most_alive <= 60


def test_five_hundred_calls_take_a_few_threads() -> None:
    world = FalWorld(held={str(n) for n in range(500)})
    before, threads = threading.active_count(), list[int]()

    def watch() -> None:
        world.wait(*map(str, range(500)))
        threads.append(threading.active_count())
        world.held.clear()

    watcher = threading.Thread(target=watch)
    watcher.start()
    slow = fal.config(poll_interval=0.5)
    batch = generate_videos(
        slow, requests(range(500)), effects=world.effects(), max_in_flight=500, measure=False
    )
    assert sum(item.response is not None for item in batch) == 500
    watcher.join()
    # The exchanges of 500 calls share a pool; each call with a thread would show here.
    assert threads[0] - before < 60
