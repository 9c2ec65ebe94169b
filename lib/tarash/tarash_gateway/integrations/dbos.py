"""Videos as DBOS workflows: a generation that survives crashes, restarts and deployments.

    from dbos import DBOS, SetWorkflowID
    from tarash.tarash_gateway.integrations.dbos import generate_video_workflow

    DBOS(config={"name": "shop", "system_database_url": "sqlite:///shop.sqlite"})
    DBOS.launch()
    with SetWorkflowID("order-17"):
        response = generate_video_workflow(config, request)

The workflow's id is the submission key of its video, and the keys are remembered in a journal in
the engine's database. So at most one job is paid for under one workflow id, even when the process
dies between a provider's acceptance and DBOS's record of it, where a step alone would submit again.

It needs the extra ``dbos``. Sources: docs.dbos.dev/python/tutorials/workflow-tutorial (recovery),
/step-tutorial (a step that was not recorded runs again), /workflow-communication (messages), read
in 2026-11; dbos-inc/dbos-transact-py, 3.4.
"""

import os
from contextlib import nullcontext
from typing import TypedDict, Unpack

import attrs

from ..exceptions import ValidationError
from ..outcome import result_of, settle
from ..running.tasks import block, start
from ..values.attempts import Cancellation
from ..values.received import Webhook
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.short import ConfigLike, RequestLike
from ..values.webhook import WebhookEvent
from .dbos_engine import (
    DBOS,
    SETTINGS,
    TOPIC,
    DBOSNonExistentWorkflowError,
    Recorded,
    SetWorkflowID,
    WorkflowHandle,
    configure,
    journal_of_engine,
    worker,
)
from .orders import Order, Stored, new_order, response_in
from .story import story

__all__ = [
    "TOPIC",
    "VideoWorkflow",
    "WorkflowOptions",
    "cancel_workflow_video",
    "configure",
    "generate_video_workflow",
    "generate_video_workflow_async",
    "journal_of_engine",
    "notify_workflow",
    "start_video_workflow",
]


class WorkflowOptions(TypedDict, total=False):
    """What the workflows take: see `generate_video_workflow`."""

    save_to: str | os.PathLike[str] | None
    overwrite: bool
    measure: bool
    webhook: bool | None


# A workflow is found by its name after a restart, so the names stay as they are. The source of
# these functions is part of DBOS's version of an application, so what may change is elsewhere.
@DBOS.workflow(name="tarash.generate_video")
def _workflow(stored: Stored) -> Stored:
    engine = Recorded(stored)
    return engine.named(settle(block(story(engine))))


@DBOS.workflow(name="tarash.generate_video_async")
async def _workflow_async(stored: Stored) -> Stored:
    engine = Recorded(stored)
    return engine.named(settle(await start(story(engine))))


def _order(config: ConfigLike, request: RequestLike, options: WorkflowOptions) -> Order:
    return new_order(
        config,
        request,
        save_to=options.get("save_to"),
        overwrite=options.get("overwrite", False),
        measure=options.get("measure", True),
        webhook=options.get("webhook"),
        has_keys=SETTINGS.with_keys is not None,
    )


def generate_video_workflow(
    config: ConfigLike,
    request: RequestLike,
    **options: Unpack[WorkflowOptions],
) -> VideoGenerationResponse:
    """Generate a video in a workflow of DBOS, and wait for it.

    ``with SetWorkflowID("order-17")`` names the workflow. Called again under that id, it returns
    what is stored, or waits for the workflow that runs; nothing is sent. Called in a workflow of
    the caller's, it is a child of that one, and DBOS names it.

    Each exchange is a step, each pause a durable sleep, so that the program may be stopped at any
    time and goes on after ``DBOS.launch()``. The chain of configs is followed in the workflow.

    Args:
        config: Where to generate. Its limits count from the submission on, over restarts.
        request: What to generate. Images and video are URLs, or files that every worker has.
        save_to: A file, or a folder in which the video is named after its job. A video that comes
            as bytes is always saved: without ``save_to`` in the ``folder`` of `configure`.
        overwrite: Whether an existing file is replaced.
        measure: Whether the video's file is read to find out what it is.
        webhook: Whether `notify_workflow` is called when a webhook comes. A job with a webhook is
            polled once a minute only; it is polled in any case, because a webhook may be lost. By
            default it is the config's ``webhook_url`` that says it, where the provider takes one;
            for a webhook that is set up on the provider's site, say so.

    Returns:
        The finished video: its URL, or the ``path`` where it was saved; never bytes.

    Raises:
        ValidationError: Something would be lost in the database (a key, bytes), and nothing was
            stored or sent; or the workflow id belongs to another video.
        SubmissionUnknownError: The process died between the submission and its answer, or no answer
            came: see the page on submission keys.
        TarashException: As for `generate_video`.
        DBOSAwaitedWorkflowCancelledError: The workflow was cancelled.
    """
    order = _order(config, request, options)
    return _response(_workflow(order.stored()), order)


async def generate_video_workflow_async(
    config: ConfigLike,
    request: RequestLike,
    **options: Unpack[WorkflowOptions],
) -> VideoGenerationResponse:
    """Do what `generate_video_workflow` does, without blocking the event loop.

    A workflow of thousands waits without a thread of its own.
    """
    order = _order(config, request, options)
    return _response(await _workflow_async(order.stored()), order)


@attrs.frozen
class VideoWorkflow:
    """A workflow that makes a video, perhaps in another process.

    Attributes:
        workflow_id: Its id, which is also the submission key of the video.
    """

    workflow_id: str
    _order: Order | None = attrs.field(default=None, repr=False)

    def status(self) -> str | None:
        """Return DBOS's word for its state, such as ``"PENDING"``; None if it is not known."""
        found = DBOS.get_workflow_status(self.workflow_id)
        return None if found is None else found.status

    def result(self) -> VideoGenerationResponse:
        """Wait for the workflow, and return its video.

        Raises:
            TarashException: The error of the workflow: see `generate_video_workflow`.
        """
        handle: WorkflowHandle[Stored] = DBOS.retrieve_workflow(self.workflow_id)
        return _response(handle.get_result(), self._order)


def start_video_workflow(
    config: ConfigLike,
    request: RequestLike,
    *,
    workflow_id: str | None = None,
    queue: str | None = None,
    **options: Unpack[WorkflowOptions],
) -> VideoWorkflow:
    """Start `generate_video_workflow` in the background, or on another worker.

    Args:
        config: As there.
        request: As there.
        workflow_id: The id of the workflow; by default ``SetWorkflowID`` or DBOS chooses it.
        queue: The name of a queue of DBOS (``DBOS.register_queue``), whose workers run it; by
            default this process does.
        **options: As there.

    Raises:
        ValidationError: As there.
    """
    order = _order(config, request, options)
    with nullcontext() if workflow_id is None else SetWorkflowID(workflow_id):
        if queue is None:
            handle = DBOS.start_workflow(_workflow, order.stored())
        else:
            handle = DBOS.enqueue_workflow(queue, _workflow, order.stored())
    return VideoWorkflow(handle.get_workflow_id(), order)


def _response(done: Stored, order: Order | None) -> VideoGenerationResponse:
    if order is not None and done["order"] != order.digest:
        message = (
            "the workflow id belongs to another request or another chain of configs, and nothing "
            "was sent: use another id"
        )
        raise ValidationError(message)
    return response_in(done)


def cancel_workflow_video(workflow_id: str, *, timeout: float = 60.0) -> Cancellation | None:
    """Cancel a workflow and the job of its video; call it again, and it says the same.

    First it is remembered that the video is not wanted, so that nothing is submitted any more and a
    submission that is under way cancels its own job; then the workflow stops; then the job does.
    ``DBOS.cancel_workflow`` alone leaves the job running, and ``DBOS.resume_workflow`` returns to
    it; after this function, nothing does.

    Args:
        workflow_id: The id of the workflow.
        timeout: Seconds to wait for a submission that is under way.

    Returns:
        What became of the job, as `cancel_video` says: after ``"charged"``, ``"too_late"``,
        ``"unsupported"`` and ``"failed"`` it may have been paid. None if no job is known to have
        been accepted, or it had failed.

    Raises:
        SubmissionUnknownError: Whether a job exists is not known; the workflow is cancelled.
        TarashException: The job could not be asked for; the workflow is cancelled.
    """
    own = worker()
    settle(result_of(own.cancel(workflow_id)))
    DBOS.cancel_workflow(workflow_id)
    return settle(result_of(own.cancelled(workflow_id, timeout).block()))


def notify_workflow(job: Webhook | WebhookEvent | VideoGeneration | str) -> str | None:
    """Tell the workflow of a job to look at it now: call it when a webhook came.

    The message says nothing about the job: the workflow asks the provider, so that a forged one
    costs a poll. One that is delivered twice is passed on once.

    Args:
        job: What `receive_webhook` or `verify_webhook` returned, the job, or the provider's id of
            it.

    Returns:
        The workflow's id. None if the journal knows no such job (a webhook may come before the
        reply to its submission), or it is no workflow's: nothing is lost, because every job is
        polled as well.

    Raises:
        JournalError: The journal cannot be read.
    """
    told = job.event if isinstance(job, Webhook) else job
    name = told if isinstance(told, str) else told.request_id
    entry = None if name is None else settle(result_of(worker().journal.entry(name)))
    if entry is None or entry.generation.key is None:
        return None
    # Two providers may have the same id.
    if not isinstance(told, str) and told.provider != entry.generation.provider:
        return None
    once = f"{told.provider}:{told.id}" if isinstance(told, WebhookEvent) else None
    try:
        DBOS.send(entry.generation.key, {"job": name}, TOPIC, idempotency_key=once)
    except DBOSNonExistentWorkflowError:
        return None
    return entry.generation.key
