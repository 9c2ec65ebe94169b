"""A batch that is left early: no accepted job is lost, and nothing is sent twice."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from queue import SimpleQueue

import pytest
from tests.support import fal_replies as fal
from tests.support.fal_world import FalWorld
from tests.support.patience import until, wait

from tarash.tarash_gateway import (
    BatchItem,
    GenerationInterruptedError,
    SqliteJournal,
    SubmissionUnknownError,
    TarashException,
    VideoGenerationRequest,
    generate_videos,
    generate_videos_async,
    pending_videos,
    resume_video,
)
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.running import crew
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

CONFIG = fal.config(poll_interval=0.02)


def _requests(prompts: str) -> Iterator[VideoGenerationRequest]:
    return (VideoGenerationRequest(prompt=prompt) for prompt in prompts)


def _left(error: BaseException) -> dict[str, TarashException]:
    """Return the errors that an interrupted batch left, by prompt."""
    items: tuple[BatchItem, ...] = error.left  # type: ignore[attr-defined]  # it was marked
    return {item.request.prompt: item.error for item in items if item.error is not None}


def _is_kept(error: TarashException, job: str) -> bool:
    """Tell whether an error has a job that goes on."""
    assert isinstance(error, GenerationInterruptedError)
    assert error.generation is not None
    return error.request_id == error.generation.request_id == job


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "journal.sqlite3")


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    names = [thread.name for thread in threading.enumerate()]
    assert "tarash-gateway-batch" not in names


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_names_every_job_and_each_can_be_resumed(journal: SqliteJournal) -> None:
    # given two jobs that run, and more requests than seats
    world = FalWorld(held={"a", "b", "c"})

    def interrupt() -> None:
        world.wait("a", "b")
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    # when the user interrupts
    with pytest.raises(KeyboardInterrupt) as caught:
        list(
            generate_videos(
                CONFIG, _requests("abc"), effects=world.effects(), journal=journal, max_in_flight=2
            )
        )
    # then the interruption has both jobs, and the third request was never sent
    left = _left(caught.value)
    assert sorted(left) == ["a", "b"]
    note = caught.value.__notes__[-1]
    assert note.startswith("the batch was interrupted: 2 jobs go on (job-")
    assert note.endswith("see error.left")
    assert {entry.generation.request_id for entry in pending_videos(journal)} == {"job-a", "job-b"}
    assert not any(entry.in_use for entry in pending_videos(journal))
    # and each of them is resumed without another submission
    world.held.clear()
    for prompt, error in left.items():
        assert _is_kept(error, f"job-{prompt}")
        assert error.generation is not None
        response = resume_video(error.generation, effects=world.effects(), journal=journal)
        assert response.request_id == f"job-{prompt}"
    assert world.submitted == {"a": 1, "b": 1}
    assert pending_videos(journal) == ()


def test_a_loop_that_is_left_logs_what_goes_on(
    journal: SqliteJournal, caplog: pytest.LogCaptureFixture
) -> None:
    world = FalWorld(held={"b"})
    with caplog.at_level(logging.WARNING, "tarash.tarash_gateway"):
        for item in generate_videos(
            CONFIG, _requests("ab"), effects=world.effects(), journal=journal
        ):
            assert item.request.prompt == "a"
            world.wait("b")
            break
    assert caplog.messages == ["the batch was interrupted: 1 job goes on (job-b of fal)"]
    assert [entry.generation.request_id for entry in pending_videos(journal)] == ["job-b"]


def test_an_error_within_a_with_block_has_what_is_left() -> None:
    world = FalWorld(held={"b"})
    batch = generate_videos(CONFIG, _requests("ab"), effects=world.effects())

    def use() -> None:
        with batch:
            next(batch)
            world.wait("b")
            raise LookupError

    with pytest.raises(LookupError) as caught:
        use()
    assert sorted(_left(caught.value)) == ["b"]
    assert [item.request.prompt for item in batch.left] == ["b"]
    assert batch.summary.done == 1


def test_a_result_that_nobody_took_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    # given two jobs that end at once, and one that runs on
    world = FalWorld(held={"a", "b", "c"})
    ended = SimpleQueue[BatchItem]()
    monkeypatch.setattr(crew, "SimpleQueue", lambda: ended)

    def source() -> Iterator[VideoGenerationRequest]:
        yield from _requests("abc")
        world.wait("a", "b", "c")
        world.held.difference_update("ab")
        # Both calls end before another request is looked for.
        until(lambda: ended.qsize() == 2)

    with generate_videos(CONFIG, source(), effects=world.effects(), max_in_flight=4) as batch:
        first = next(batch).request.prompt
    # then the one that was not handed over is left with its video, beside the job that goes on
    left = {item.request.prompt: item for item in batch.left}
    other = ({"a", "b"} - {first}).pop()
    assert sorted(left) == sorted([other, "c"])
    assert left[other].response is not None
    assert left["c"].error is not None


def test_the_jobs_of_a_batch_are_cancelled_if_the_caller_wants_that() -> None:
    world = FalWorld(held={"a", "b"})

    def source() -> Iterator[VideoGenerationRequest]:
        yield from _requests("ab")
        world.wait("a", "b")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(generate_videos(CONFIG, source(), effects=world.effects(), on_interrupt="cancel"))
    assert sorted(world.cancelled) == ["job-a", "job-b"]


def test_a_submission_that_is_under_way_is_waited_for() -> None:
    # given a submission that is answered a while after the interruption
    answered = threading.Event()
    world = FalWorld(held={"a"}, awaited={"a": answered})

    def source() -> Iterator[VideoGenerationRequest]:
        yield from _requests("a")
        until(lambda: world.submitted["a"])
        # Should it be answered before, then its job runs, and goes on just as well.
        threading.Timer(0.3, answered.set).start()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        list(generate_videos(CONFIG, source(), effects=world.effects()))
    (error,) = _left(caught.value).values()
    assert _is_kept(error, "job-a")


def test_the_assertion_of_a_test_reaches_it() -> None:
    # given a world with too few replies
    effects = fake_effects(http=ScriptedHttp([]))
    with pytest.raises(AssertionError, match="no reply is left"):
        list(generate_videos(CONFIG, _requests("ab"), effects=effects))


async def test_a_cancelled_task_has_what_is_left(journal: SqliteJournal) -> None:
    world = FalWorld(held={"b"})
    taken = asyncio.Event()

    async def run() -> None:
        batch = generate_videos_async(
            CONFIG, _requests("ab"), effects=world.effects(), journal=journal
        )
        async for _ in batch:
            taken.set()

    task = asyncio.ensure_future(run())
    await asyncio.to_thread(world.wait, "b")
    await taken.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    (error,) = _left(caught.value).values()
    assert _is_kept(error, "job-b")
    assert [entry.generation.request_id for entry in pending_videos(journal)] == ["job-b"]


async def test_an_asyncio_batch_that_is_closed_has_what_is_left() -> None:
    world = FalWorld(held={"b"})
    batch = generate_videos_async(CONFIG, _requests("ab"), effects=world.effects())
    async with aclosing(batch):
        async for item in batch:
            assert item.request.prompt == "a"
            await asyncio.to_thread(world.wait, "b")
            break
    assert [item.request.prompt for item in batch.left] == ["b"]
    assert [item async for item in batch] == []
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert others == set()


def test_an_asyncio_batch_that_is_left_ends_with_its_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = FalWorld(held={"b"})

    async def run() -> None:
        async for item in generate_videos_async(CONFIG, _requests("ab"), effects=world.effects()):
            assert item.request.prompt == "a"
            await asyncio.to_thread(world.wait, "b")
            break

    with caplog.at_level(logging.WARNING, "tarash.tarash_gateway"):
        asyncio.run(run())
    assert len(caplog.messages) == 1
    assert "job-b" in caplog.messages[0]


async def test_what_is_said_to_be_unsent_was_not_sent() -> None:
    # given a task that is cancelled at any moment of its first steps
    for steps in range(40):
        world = FalWorld(held={"a", "b"})
        batch = generate_videos_async(CONFIG, _requests("ab"), effects=world.effects())
        task = asyncio.ensure_future(anext(batch))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        # then every request that was drawn is left, and its error says no less than was done
        assert len(batch.left) == batch.summary.drawn
        for item in batch.left:
            assert item.response is None
            if not item.may_have_been_paid:
                assert item.request.prompt not in world.submitted


def test_a_caller_who_interrupts_twice_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a submission that hangs, and a caller who interrupts, and does so again
    began, answered = threading.Event(), threading.Event()

    def hang(_request: HttpRequest) -> HttpResponse:
        began.set()
        wait(answered)
        return fal.queued()

    def source() -> Iterator[VideoGenerationRequest]:
        yield fal.REQUEST
        wait(began)
        raise KeyboardInterrupt

    def impatient(_thread: threading.Thread) -> None:
        raise KeyboardInterrupt

    batch = generate_videos(CONFIG, source(), effects=fake_effects(http=ScriptedHttp([hang])))
    monkeypatch.setattr(threading.Thread, "join", impatient)
    with pytest.raises(KeyboardInterrupt):
        list(batch)
    monkeypatch.undo()
    # then the call is left with all that is known about it
    (item,) = batch.left
    assert isinstance(item.error, SubmissionUnknownError)
    assert item.may_have_been_paid
    answered.set()
    for thread in threading.enumerate():
        if thread.name == "tarash-gateway-batch":
            thread.join()
