"""The activities in Temporal's own environment for tests, against a real HTTP server."""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from tests.faults.server import Running, Script, running
from tests.support import temporal_history
from tests.support.patience import until_async
from tests.support.temporal_history import REQUEST, config

from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationFailedError,
    HTTPConnectionError,
    SubmissionUnknownError,
    TimeoutError,
    VideoGeneration,
    VideoGenerationConfig,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.integrations.temporal import (
    VideoActivities,
    VideoOrder,
    error_of,
)
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_SHUTDOWN = ActivityCancellationDetails(worker_shutdown=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def worker(tmp_path: Path) -> VideoActivities:
    return temporal_history.worker(tmp_path / "journal.sqlite3")


def _order(url: str, **more: Any) -> VideoOrder:
    return VideoOrder(config=config(url), request=REQUEST, **more)


def _environment(
    *, heartbeats: list[str] | None = None, details: tuple[str, ...] = (), **info: Any
) -> ActivityEnvironment:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, workflow_id="order-17", heartbeat_details=details, **info
    )
    if heartbeats is not None:
        environment.on_heartbeat = heartbeats.append
    return environment


async def _submitted(worker: VideoActivities, order: VideoOrder) -> VideoGeneration:
    job: VideoGeneration = await _environment().run(worker.submit_video, order)
    return job


async def test_a_submission_that_is_run_again_is_paid_for_once(
    server: Running, worker: VideoActivities
) -> None:
    order = _order(server.case("submit-twice", Script(dialect="fal")), key="order-17")
    first = await _submitted(worker, order)
    # When its worker was lost before Temporal heard of the job, and another one runs it again.
    again = await _submitted(worker, order)
    assert (again.id, again.request_id) == (first.id, first.request_id) == ("order-17#1", "job-1")
    assert server.seen("submit-twice").requests["submit"] == 1


async def test_a_submission_without_a_key_has_the_workflow_s(
    server: Running, worker: VideoActivities
) -> None:
    order = _order(server.case("no-key", Script(dialect="fal")))
    job = await _submitted(worker, order)
    other = await _environment(activity_id="2").run(worker.submit_video, order)
    # Two activities of one workflow are two videos.
    assert job.key == "temporal/default/order-17/test"
    assert other.key == "temporal/default/order-17/2"
    assert server.seen("no-key").accepted == ["job-1", "job-2"]


async def test_an_activity_without_a_workflow_has_a_key_of_its_own(
    server: Running, worker: VideoActivities
) -> None:
    order = _order(server.case("alone", Script(dialect="fal")))
    environment = _environment(activity_id="order-18")
    environment.info = dataclasses.replace(environment.info, workflow_id=None)
    job = await environment.run(worker.submit_video, order)
    assert job.key == "temporal/default//order-18"


async def test_a_finished_video_is_neither_paid_for_nor_polled_again(
    server: Running, worker: VideoActivities
) -> None:
    order = _order(server.case("finished", Script(dialect="fal")), key="finished")
    job = await _submitted(worker, order)
    done = await _environment().run(worker.wait_for_video, order, job)
    requests = server.seen("finished").requests.copy()
    # When another run of the workflow asks for it.
    again = await _submitted(worker, order)
    assert again.response is not None
    whole = await _environment().run(worker.wait_for_video, order, again)
    assert whole.response == done.response is not None
    assert server.seen("finished").requests == requests


async def test_what_cannot_be_saved_is_told_before_the_job_is_asked_for(
    server: Running, worker: VideoActivities, tmp_path: Path
) -> None:
    order = _order(server.case("nowhere", Script(dialect="fal")))
    job = await _submitted(worker, order)
    lost = attrs.evolve(order, save_to=f"{tmp_path}/no/folder/kite.mp4")
    with pytest.raises(ApplicationError) as raised:
        await _environment().run(worker.wait_for_video, lost, job)
    assert raised.value.type == "validation"
    assert server.seen("nowhere").requests["poll"] == 0


async def test_waiting_tells_temporal_the_job_and_returns_the_video(
    server: Running, worker: VideoActivities
) -> None:
    order = _order(server.case("wait", Script(dialect="fal", polls=3)))
    job = await _submitted(worker, order)
    heartbeats: list[str] = []
    done = await _environment(heartbeats=heartbeats).run(worker.wait_for_video, order, job)
    assert done.response is not None
    assert done.response.video == "https://cdn.example/clip.mp4"
    # Each heartbeat is the job, from which another worker can go on; never its key.
    polls = [VideoGeneration.from_json(text).polls for text in heartbeats]
    assert polls == sorted(polls)
    assert max(polls) >= 3
    assert not any("api_key" in text for text in heartbeats)


async def test_the_next_worker_goes_on_with_the_job_of_the_last_heartbeat(
    server: Running, tmp_path: Path
) -> None:
    order = _order(server.case("resume", Script(dialect="fal", polls=10**6)))
    one = temporal_history.worker(tmp_path / "journal.sqlite3")
    job = await _submitted(one, order)
    # Given a worker that is shut down while it waits.
    heartbeats: list[str] = []
    environment = _environment(heartbeats=heartbeats)
    waiting = asyncio.create_task(environment.run(one.wait_for_video, order, job))
    await until_async(lambda: server.seen("resume").requests["poll"] >= 2)
    environment.cancel(_SHUTDOWN)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    # When another one, which knows nothing but the last heartbeat, goes on, and the job ends.
    server.change("resume", polls=3)
    details = (heartbeats[-1],)
    done = await _environment(details=details, attempt=2).run(
        temporal_history.worker(tmp_path / "another.sqlite3").wait_for_video, order, job
    )
    seen = server.seen("resume")
    assert done.response is not None
    assert done.response.request_id == job.request_id
    assert (seen.requests["submit"], seen.cancelled) == (1, [])


@pytest.mark.parametrize(
    ("on_cancel", "details", "cancelled"),
    [
        ("keep", ActivityCancellationDetails(cancel_requested=True), []),
        ("cancel", ActivityCancellationDetails(cancel_requested=True), ["job-1"]),
        ("cancel", _SHUTDOWN, []),
        ("cancel", ActivityCancellationDetails(timed_out=True), []),
    ],
    ids=["kept", "cancelled", "shut down", "timed out"],
)
async def test_a_cancelled_workflow_keeps_or_cancels_its_job(
    server: Running,
    worker: VideoActivities,
    on_cancel: Any,
    details: ActivityCancellationDetails,
    cancelled: list[str],
) -> None:
    url = server.case("cancel", Script(dialect="fal", polls=10**6))
    order = _order(url, on_cancel=on_cancel)
    job = await _submitted(worker, order)
    environment = _environment()
    waiting = asyncio.create_task(environment.run(worker.wait_for_video, order, job))
    await until_async(lambda: server.seen("cancel").requests["poll"])
    environment.cancel(details)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert server.seen("cancel").cancelled == cancelled


async def test_the_activity_cancel_cancels_a_job(server: Running, worker: VideoActivities) -> None:
    order = _order(server.case("cancel-alone", Script(dialect="fal", polls=10**6)))
    job = await _submitted(worker, order)
    told = await _environment().run(worker.cancel_video, job)
    assert told in {"confirmed", "charged"}
    assert server.seen("cancel-alone").cancelled == ["job-1"]


async def test_the_time_limit_counts_from_the_submission(
    server: Running, worker: VideoActivities
) -> None:
    url = server.case("late", Script(dialect="fal", polls=10**6))
    order = VideoOrder(config=config(url, timeout=30), request=REQUEST)
    job = await _submitted(worker, order)
    # Given a worker that was lost after a minute.
    earlier = job.started_at - timedelta(seconds=60)
    with pytest.raises(ApplicationError) as raised:
        await _environment().run(
            worker.wait_for_video, order, attrs.evolve(job, started_at=earlier)
        )
    assert (raised.value.type, raised.value.non_retryable) == ("timeout", True)
    # The job is looked at once, and is not lost: the failure has it.
    error = error_of(raised.value)
    assert isinstance(error, TimeoutError)
    assert error.generation is not None
    assert error.generation.request_id == job.request_id
    assert server.seen("late").requests["poll"] >= 1


@pytest.mark.parametrize(
    ("script", "kind", "expected"),
    [
        (Script(dialect="fal", end="moderated"), "moderation", ContentModerationError),
        (Script(dialect="fal", end="failed"), "generation_failed", GenerationFailedError),
    ],
)
async def test_the_end_of_a_job_is_not_tried_again(
    server: Running,
    worker: VideoActivities,
    script: Script,
    kind: str,
    expected: type[Exception],
) -> None:
    order = _order(server.case(kind, script), key=kind)
    job = await _submitted(worker, order)
    with pytest.raises(ApplicationError) as raised:
        await _environment().run(worker.wait_for_video, order, job)
    assert (raised.value.type, raised.value.non_retryable) == (kind, True)
    assert type(error_of(raised.value)) is expected
    # The same submission again has the same end.
    with pytest.raises(ApplicationError) as again:
        await _submitted(worker, order)
    assert (again.value.type, again.value.non_retryable) == (kind, True)
    assert server.seen(kind).requests["submit"] == 1


async def test_a_submission_that_nobody_knows_of_is_never_sent_again(
    server: Running, worker: VideoActivities
) -> None:
    url = server.case("unknown", Script(dialect="fal", stage="submit", fault="drop"))
    order = _order(url, key="unknown")
    for _ in range(2):
        with pytest.raises(ApplicationError) as raised:
            await _submitted(worker, order)
        assert (raised.value.type, raised.value.non_retryable) == ("submission_unknown", True)
        assert isinstance(error_of(raised.value), SubmissionUnknownError)
    assert server.seen("unknown").requests["submit"] == 1


@pytest.mark.parametrize("lists", [(1,), (0, 1), (0, 0, 0, 0)], ids=["listed", "late", "never"])
async def test_a_submission_without_an_answer_is_looked_for(
    worker: VideoActivities, lists: tuple[int, ...]
) -> None:
    # Given a gateway that fails after the provider has accepted the job, or before.
    job = {
        "id": "job-1",
        "model": "minimax/video-01",
        "status": "processing",
        "created_at": "2026-01-01T00:00:00.5+00:00",
        "input": {"prompt": "a kite", "prompt_optimizer": True},
    }
    replies = [
        json_reply(200, {"next": None, "previous": None, "results": [job] * jobs}) for jobs in lists
    ]
    http = ScriptedHttp([HttpResponse(status=502), *replies])
    own = attrs.evolve(worker, effects=fake_effects(http=http))
    replicate = VideoGenerationConfig(provider="replicate", model="minimax/video-01")
    order = VideoOrder(config=replicate, request=REQUEST, key="order-19")
    if any(lists):
        assert (await _submitted(own, order)).request_id == "job-1"
    else:
        with pytest.raises(ApplicationError) as raised:
            await _submitted(own, order)
        assert raised.value.type == "submission_unknown"
    # Then it was submitted once, and the list was asked, again where it may be late.
    submission, *looks = (request.method for request in http.requests)
    assert submission == "POST"
    assert set(looks) == {"GET"}
    assert len(looks) == len(lists)


async def test_a_network_that_is_away_may_be_tried_again(worker: VideoActivities) -> None:
    away = HTTPConnectionError("nobody listens", request_sent=False)
    effects = fake_effects(http=ScriptedHttp([away] * 9))
    with pytest.raises(ApplicationError) as raised:
        await _submitted(attrs.evolve(worker, effects=effects), _order("https://fal.example"))
    assert (raised.value.type, raised.value.non_retryable) == ("connection", False)
    assert isinstance(error_of(raised.value), HTTPConnectionError)


async def test_a_failed_job_leads_to_the_next_config_by_its_key(
    server: Running, worker: VideoActivities
) -> None:
    # Given a chain of two configs, and a job of the first that fails.
    first = server.case("chain-1", Script(dialect="fal", end="failed"))
    second = server.case("chain-2", Script(dialect="runway"))
    fallback = config(second, provider="runway", model="gen4.5")
    order = VideoOrder(
        config=config(first, fallback_configs=[fallback]), request=REQUEST, key="chain"
    )
    job = await _submitted(worker, order)
    with pytest.raises(ApplicationError, match="submit with the same key again") as raised:
        await _environment().run(worker.wait_for_video, order, job)
    assert raised.value.type == "generation_failed"
    # Then waiting has submitted nothing: that is for the next activity.
    assert server.seen("chain-2").requests["submit"] == 0
    following = await _submitted(worker, order)
    assert (following.id, following.provider) == ("chain#2", "runway")
    done = await _environment().run(worker.wait_for_video, order, following)
    assert done.response is not None
    assert done.response.execution_metadata is not None
    assert [each.provider for each in done.response.execution_metadata.attempts] == [
        "fal",
        "runway",
    ]
    assert server.seen("chain-1").requests["submit"] == 1
    assert server.seen("chain-2").requests["submit"] == 1


async def test_a_job_that_is_too_late_is_cancelled_before_the_chain_goes_on(
    server: Running, worker: VideoActivities
) -> None:
    # Given a provider whose cancel leaves no charge.
    first = server.case("slow-1", Script(dialect="replicate", polls=10**6))
    second = server.case("slow-2", Script(dialect="runway"))
    fallback = config(second, provider="runway", model="gen4.5")
    own = config(
        first,
        provider="replicate",
        model="minimax/video-01",
        fallback_configs=[fallback],
        fallback_on=["timeout"],
    )
    order = VideoOrder(config=own, request=REQUEST, key="slow")
    job = await _submitted(worker, order)
    earlier = job.started_at - timedelta(seconds=60)
    with pytest.raises(ApplicationError) as raised:
        await _environment().run(
            worker.wait_for_video, order, attrs.evolve(job, started_at=earlier)
        )
    assert raised.value.type == "timeout"
    assert server.seen("slow-1").cancelled == ["job-1"]
    following = await _submitted(worker, order)
    assert (following.id, following.provider) == ("slow#2", "runway")


async def test_a_video_is_saved_by_whoever_waits_for_it(
    server: Running, worker: VideoActivities, tmp_path: Path
) -> None:
    # Given a provider whose videos come as bytes.
    url = server.case("save", Script(dialect="openai"))
    order = VideoOrder(
        config=config(url, provider="openai", model="sora-2"),
        request=REQUEST,
        save_to=f"{tmp_path}/kite.mp4",
    )
    job = await _submitted(worker, order)
    # When the activity is run twice: Temporal did not hear of its first end.
    for _ in range(2):
        done = await _environment().run(worker.wait_for_video, order, job)
        assert done.response is not None
        assert (done.response.path, done.response.video) == (tmp_path / "kite.mp4", "")
    assert (tmp_path / "kite.mp4").read_bytes()[4:8] == b"ftyp"
    assert server.seen("save").requests["submit"] == 1
    # And another order does not overwrite it.
    with pytest.raises(ApplicationError, match="exists") as raised:
        await _submitted(worker, attrs.evolve(order, key="another"))
    assert raised.value.non_retryable
    assert server.seen("save").requests["submit"] == 1


async def test_bytes_that_were_not_saved_are_fetched_again(
    server: Running, worker: VideoActivities, tmp_path: Path
) -> None:
    url = server.case("bytes", Script(dialect="openai"))
    own = config(url, provider="openai", model="sora-2")
    order = VideoOrder(config=own, request=REQUEST)
    job = await _submitted(worker, order)
    done = await _environment().run(worker.wait_for_video, order, job)
    assert done.response is not None
    assert done.response.video == ""
    assert "save_video fetches it again" in done.response.warnings[-1]
    # Through JSON, as Temporal hands it over.
    handed_over = VideoGeneration.from_json(done.to_json())
    saved = await _environment().run(worker.save_video, handed_over, f"{tmp_path}/")
    assert saved.path == tmp_path / "job-1.mp4"
    assert saved.path.read_bytes()[4:8] == b"ftyp"
    assert server.seen("bytes").requests["submit"] == 1


async def test_a_job_that_another_worker_has_is_left_to_it_for_a_while(
    server: Running, worker: VideoActivities
) -> None:
    # Given a worker that Temporal believes to be lost, and that goes on all the same.
    order = _order(server.case("two", Script(dialect="fal", polls=10**6)))
    job = await _submitted(worker, order)
    environment = _environment()
    waiting = asyncio.create_task(environment.run(worker.wait_for_video, order, job))
    await until_async(lambda: server.seen("two").requests["poll"])
    # When the next one tries the same job.
    with pytest.raises(ApplicationError) as raised:
        await _environment(attempt=2).run(worker.wait_for_video, order, job)
    assert (raised.value.type, raised.value.non_retryable) == ("job_in_use", False)
    assert raised.value.next_retry_delay == timedelta(seconds=15)
    environment.cancel(ActivityCancellationDetails(not_found=True))
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("details", [("{}",), (7,), ("{",)])
async def test_the_heartbeat_of_another_program_is_not_used(
    server: Running, worker: VideoActivities, details: Any
) -> None:
    order = _order(server.case("odd", Script(dialect="fal")))
    job = await _submitted(worker, order)
    done = await _environment(details=details).run(worker.wait_for_video, order, job)
    assert done.response is not None


async def test_a_worker_may_have_its_keys_in_its_environment(
    server: Running, worker: VideoActivities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", "k")
    usual = VideoActivities(worker.journal)
    order = _order(server.case("environment", Script(dialect="fal")))
    job = await _submitted(usual, order)
    done = await _environment().run(usual.wait_for_video, order, job)
    assert done.response is not None


async def test_heartbeats_come_while_no_poll_is_due(
    server: Running, worker: VideoActivities
) -> None:
    # Given a job that is not asked for before long.
    own = attrs.evolve(config(server.case("beats", Script(dialect="fal"))), poll_interval=600)
    order = VideoOrder(config=own, request=REQUEST)
    job = await _submitted(worker, order)
    heartbeats: list[str] = []
    environment = _environment(heartbeats=heartbeats, heartbeat_timeout=timedelta(seconds=0.03))
    waiting = asyncio.create_task(environment.run(worker.wait_for_video, order, job))
    # Then there are more heartbeats than exchanges, and each has the job.
    await until_async(lambda: len(heartbeats) > 10)
    environment.cancel(_SHUTDOWN)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sum(server.seen("beats").requests.values()) <= 2
    assert {VideoGeneration.from_json(text).request_id for text in heartbeats} == {"job-1"}


@pytest.mark.parametrize(("on_cancel", "cancelled"), [("keep", []), ("cancel", ["job-1"])])
async def test_a_submission_that_is_cancelled_knows_its_job(
    server: Running, worker: VideoActivities, on_cancel: Any, cancelled: list[str]
) -> None:
    # Given a workflow that is cancelled while its submission is on the way.
    url = server.case("cancel-submit", Script(dialect="fal", held=0))
    order = _order(url, on_cancel=on_cancel, key="cancel-submit")
    environment = _environment()
    submitting = asyncio.create_task(environment.run(worker.submit_video, order))
    await until_async(lambda: server.seen("cancel-submit").accepted)
    environment.cancel()
    # Before its answer arrives.
    await asyncio.sleep(0)
    server.let_go("cancel-submit")
    with pytest.raises(asyncio.CancelledError):
        await submitting
    assert server.seen("cancel-submit").cancelled == cancelled
    # The journal has the job in both cases.
    (entry,) = result_of(worker.journal.keyed("cancel-submit", now=datetime.now(UTC))).unwrap()
    assert entry.generation.request_id == "job-1"
    assert entry.state == ("cancelled" if cancelled else "accepted")
