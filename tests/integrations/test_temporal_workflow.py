"""The workflow, run by Temporal's own engine: see `tests.support.temporal_history`."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import attrs
import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, Worker
from temporalio.workflow import NondeterminismError
from tests.faults.server import Running, Script, running
from tests.support.pictures import png
from tests.support.temporal_history import (
    KEPT,
    KEY,
    REQUEST,
    WorkflowRun,
    chain,
    config,
    fall_back,
    read,
    replayer,
    worker,
)

from examples import temporal_app
from tarash.tarash_gateway import (
    ContentModerationError,
    GenerationFailedError,
    VideoGenerationRequest,
    VideoGenerationResponse,
)
from tarash.tarash_gateway.integrations.temporal import (
    GenerateVideo,
    VideoActivities,
    VideoOrder,
    VideoStatus,
    data_converter,
    error_of,
    video_plugin,
)

_SERVER = os.environ.get("TARASH_TEMPORAL_ADDRESS")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def activities(tmp_path: Path) -> VideoActivities:
    return worker(tmp_path / "journal.sqlite3")


def _order(url: str, **more: Any) -> VideoOrder:
    return VideoOrder(config=config(url), request=REQUEST, **more)


def _status(run: WorkflowRun) -> VideoStatus:
    status: VideoStatus = read(run.status, VideoStatus)
    return status


async def test_a_video_is_submitted_once_and_waited_for(
    server: Running, activities: VideoActivities
) -> None:
    run = WorkflowRun(_order(server.case("workflow", Script(dialect="fal"))), activities.all)
    assert await run.decide() == ["submit_video"]
    key = "temporal/ReplayNamespace/order-17"
    assert _status(run) == VideoStatus(stage="submitting", key=key)
    await run.act()
    assert await run.decide() == ["wait_for_video"]
    assert _status(run) == VideoStatus(
        stage="waiting",
        key=key,
        provider="fal",
        model="fal-ai/veo3",
        request_id="job-1",
        config_number=1,
    )
    await run.act()
    assert await run.decide() == ["complete_workflow_execution"]
    assert _status(run).stage == "finished"
    assert read(run.result, VideoGenerationResponse).video == "https://cdn.example/clip.mp4"
    assert server.seen("workflow").requests["submit"] == 1


async def test_a_run_that_begins_anew_has_the_same_video(
    server: Running, activities: VideoActivities
) -> None:
    # Given a workflow that was submitted and lost, and is retried under its id.
    order = _order(server.case("anew", Script(dialect="fal")))
    lost = WorkflowRun(order, activities.all)
    await lost.decide()
    await lost.act()
    run = WorkflowRun(order, activities.all)
    await run.decide()
    await run.act()
    await run.decide()
    await run.act()
    assert await run.decide() == ["complete_workflow_execution"]
    assert server.seen("anew").requests["submit"] == 1


async def test_what_a_worker_may_need_is_limited(
    server: Running, activities: VideoActivities
) -> None:
    order = _order(server.case("limits", Script(dialect="fal")), save_to="/videos/")
    run = WorkflowRun(order, activities.all)
    await run.decide()
    (submit,) = run.pending.values()
    # A submission is never repeated by Temporal; and a worker that is silent is lost.
    assert submit.retry_policy.maximum_attempts == 1
    assert submit.start_to_close_timeout.ToTimedelta() == timedelta(seconds=30 + 300)
    assert submit.heartbeat_timeout.ToTimedelta() == timedelta(seconds=30)
    run = WorkflowRun(_order(server.case("limits-2", Script(dialect="fal"))), activities.all)
    await run.decide()
    await run.act()
    await run.decide()
    (wait,) = run.pending.values()
    assert wait.retry_policy.maximum_attempts == 0
    assert wait.schedule_to_close_timeout.ToTimedelta() == timedelta(seconds=30 + 300)


async def test_a_submission_whose_worker_was_lost_is_asked_for_by_its_key(
    server: Running, activities: VideoActivities
) -> None:
    # Given a worker that submitted, and died before Temporal heard of it.
    order = _order(server.case("lost", Script(dialect="fal")))
    run = WorkflowRun(order, activities.all)
    await run.decide()
    heard = WorkflowRun(order, activities.all)
    await heard.decide()
    await heard.act()
    run.lose_worker()
    assert await run.decide() == ["submit_video"]
    await run.act()
    assert await run.decide() == ["wait_for_video"]
    assert _status(run).request_id == "job-1"
    assert server.seen("lost").requests["submit"] == 1


async def test_workers_that_are_lost_again_and_again_end_the_workflow(
    activities: VideoActivities,
) -> None:
    run = WorkflowRun(_order("http://127.0.0.1:9"), activities.all)
    for _ in range(3):
        assert await run.decide() == ["submit_video"]
        run.lose_worker()
    assert await run.decide() == ["fail_workflow_execution"]


async def test_a_webhook_wakes_the_workflow(server: Running, activities: VideoActivities) -> None:
    url = server.case("webhook", Script(dialect="fal", polls=0))
    run = WorkflowRun(_order(url, webhook_within=600), activities.all)
    await run.decide()
    await run.act()
    assert await run.decide() == ["start_timer"]
    # Another job's webhook wakes nobody.
    run.signal("webhook", "job-of-somebody")
    assert await run.decide() == []
    run.signal("webhook", "job-1")
    assert await run.decide() == ["cancel_timer", "wait_for_video"]
    await run.act()
    assert await run.decide() == ["complete_workflow_execution"]
    assert server.seen("webhook").requests["poll"] == 1


async def test_a_webhook_that_never_comes_is_not_needed(
    server: Running, activities: VideoActivities
) -> None:
    url = server.case("no-webhook", Script(dialect="fal"))
    run = WorkflowRun(_order(url, webhook_within=600), activities.all)
    await run.decide()
    await run.act()
    await run.decide()
    run.fire_timer()
    assert await run.decide() == ["wait_for_video"]
    await run.act()
    assert await run.decide() == ["complete_workflow_execution"]


async def test_a_webhook_that_comes_before_the_answer_counts(
    server: Running, activities: VideoActivities
) -> None:
    url = server.case("early-webhook", Script(dialect="fal"))
    run = WorkflowRun(_order(url, webhook_within=600), activities.all)
    await run.decide()
    run.signal("webhook", "job-1")
    await run.act()
    assert await run.decide() == ["wait_for_video"]


async def test_a_failed_job_leads_to_the_next_config(
    server: Running, activities: VideoActivities
) -> None:
    run = await fall_back(server, activities, "chain")
    response: VideoGenerationResponse = read(run.result, VideoGenerationResponse)
    assert response.execution_metadata is not None
    assert [each.status for each in response.execution_metadata.attempts] == ["failed", "success"]
    assert _status(run).config_number == 2
    assert server.seen("chain-1").requests["submit"] == 1
    assert server.seen("chain-2").requests["submit"] == 1


async def test_the_end_of_the_chain_is_the_library_s_error(
    server: Running, activities: VideoActivities
) -> None:
    first = server.case("end-1", Script(dialect="fal", end="failed"))
    second = server.case("end-2", Script(dialect="runway", end="failed"))
    run = WorkflowRun(chain(first, second), activities.all)
    for commands in (["submit_video"], ["wait_for_video"]) * 2:
        assert await run.decide() == commands
        await run.act()
    assert await run.decide() == ["fail_workflow_execution"]
    assert run.failure is not None
    error = error_of(run.failure)
    assert isinstance(error, GenerationFailedError)
    assert [each.provider for each in error.attempts] == ["fal", "runway"]


async def test_an_error_that_ends_the_chain_submits_nothing_more(
    server: Running, activities: VideoActivities
) -> None:
    first = server.case("moderated-1", Script(dialect="fal", end="moderated"))
    second = server.case("moderated-2", Script(dialect="runway"))
    run = WorkflowRun(chain(first, second), activities.all)
    for commands in (["submit_video"], ["wait_for_video"], ["submit_video"]):
        assert await run.decide() == commands
        await run.act()
    assert await run.decide() == ["fail_workflow_execution"]
    assert run.failure is not None
    assert isinstance(error_of(run.failure), ContentModerationError)
    assert server.seen("moderated-1").requests["submit"] == 1
    assert server.seen("moderated-2").requests["submit"] == 0


async def test_a_job_that_may_still_run_is_not_followed_by_another(
    server: Running, activities: VideoActivities
) -> None:
    # Given a provider that may charge for what was cancelled, and a job that is too late.
    first = server.case("runs-1", Script(dialect="fal", polls=10**6))
    second = server.case("runs-2", Script(dialect="runway"))
    order = chain(first, second)
    order = attrs.evolve(order, config=attrs.evolve(order.config, timeout=1.5))
    run = WorkflowRun(order, activities.all)
    for commands in (["submit_video"], ["wait_for_video"], ["submit_video"]):
        assert await run.decide() == commands
        await run.act()
    # Then the key leads to the same job, and the workflow ends with it in its error.
    assert await run.decide() == ["fail_workflow_execution"]
    assert run.failure is not None
    error = error_of(run.failure)
    assert error is not None
    assert (error.kind, error.request_id) == ("timeout", "job-1")
    assert error.generation is not None
    assert server.seen("runs-2").requests["submit"] == 0


async def test_a_cancelled_workflow_waits_for_its_activity(
    server: Running, activities: VideoActivities
) -> None:
    url = server.case("cancelled", Script(dialect="fal", polls=10**6))
    run = WorkflowRun(_order(url, on_cancel="cancel"), activities.all)
    await run.decide()
    await run.act()
    await run.decide()
    run.cancel()
    # The activity may have to cancel the job first.
    assert await run.decide() == ["request_cancel_activity"]
    run.report_cancelled()
    assert await run.decide() == ["cancel_workflow_execution"]


async def test_the_kept_history_replays() -> None:
    await replayer().replay_workflow(_kept())


async def test_the_kept_history_replays_as_on_a_worker_without_the_plugin() -> None:
    plain = Replayer(workflows=[GenerateVideo], data_converter=data_converter)
    await plain.replay_workflow(_kept())


def _kept() -> WorkflowHistory:
    return WorkflowHistory.from_json("order-17", KEPT.read_text(encoding="utf-8"))


@workflow.defn(name="GenerateVideo")
class _Changed:
    """What somebody might make of the workflow: it no longer goes on along the chain."""

    @workflow.run
    async def run(self, order: VideoOrder) -> None:
        job = await workflow.execute_activity(
            "submit_video", order, start_to_close_timeout=timedelta(seconds=60)
        )
        await workflow.execute_activity(
            "wait_for_video", args=[order, job], start_to_close_timeout=timedelta(seconds=60)
        )


async def test_a_changed_workflow_does_not_replay_the_kept_history() -> None:
    with pytest.raises(NondeterminismError):
        await replayer(workflow=_Changed).replay_workflow(_kept())


async def test_no_key_is_in_a_history(server: Running, activities: VideoActivities) -> None:
    run = await fall_back(server, activities, "no-key")
    # The provider got the key, and Temporal did not, neither the caller's nor the worker's.
    assert server.seen("no-key-1").keys["127.0.0.1"] > 1
    secret = attrs.evolve(chain("http://a.example", "http://b.example").config, api_key=KEY)
    own = WorkflowRun(VideoOrder(config=secret, request=REQUEST), activities.all)
    written = [event.SerializeToString() for event in (*run.events, *own.events)]
    assert any(b"a kite" in event for event in written)
    assert not any(KEY.encode() in event for event in written)


async def test_the_images_of_an_order_reach_every_config(
    server: Running, activities: VideoActivities, tmp_path: Path
) -> None:
    # Given an image as bytes and one as a file, which no job's JSON has.
    picture = tmp_path / "kite.png"
    picture.write_bytes(png(64, 64))
    first = server.case("images-1", Script(dialect="replicate", end="failed"))
    second = server.case("images-2", Script(dialect="replicate"))
    fallback = config(second, provider="replicate", model="minimax/video-01")
    order = VideoOrder(
        config=attrs.evolve(fallback, base_url=first, fallback_configs=[fallback]),
        request=VideoGenerationRequest(
            prompt="a kite", image_list=[{"image": picture, "type": "first_frame"}]
        ),
    )
    run = WorkflowRun(order, activities.all)
    for commands in (["submit_video"], ["wait_for_video"]) * 2:
        assert await run.decide() == commands
        await run.act()
    assert await run.decide() == ["complete_workflow_execution"]
    (sent,) = server.seen("images-2").bodies
    assert "data:image/png;base64," in sent


@pytest.mark.skipif(_SERVER is None, reason="TARASH_TEMPORAL_ADDRESS names no Temporal server")
async def test_a_real_server_runs_it(server: Running, activities: VideoActivities) -> None:
    client = await Client.connect(_SERVER or "", plugins=[video_plugin(activities)])
    first = server.case("real-1", Script(dialect="fal", end="failed"))
    second = server.case("real-2", Script(dialect="runway"))
    moderated = server.case("real-3", Script(dialect="fal", end="moderated"))
    async with Worker(client, task_queue=temporal_app.QUEUE):
        response = await temporal_app.order(client, f"order-{uuid4()}", chain(first, second))
        with pytest.raises(ContentModerationError):
            await temporal_app.order(client, f"order-{uuid4()}", _order(moderated))
    assert response.video == "https://cdn.example/clip.mp4"
    assert server.seen("real-1").requests["submit"] == 1
    assert server.seen("real-2").requests["submit"] == 1
