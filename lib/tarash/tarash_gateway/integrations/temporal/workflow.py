"""The workflow: submit, wait, and go on along the chain; it only decides, and never sends."""

import builtins
from contextlib import suppress
from datetime import timedelta
from typing import Final

import attrs
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, TimeoutError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from ...values.config import VideoGenerationConfig
    from ...values.response import VideoGenerationResponse
    from ...values.saved import VideoGeneration
    from .orders import Stage, VideoOrder, VideoStatus, key_of_workflow

# Seconds without a heartbeat after which a worker counts as lost, at least.
_LEAST_SILENCE: Final = 30.0
# Seconds that an activity may take beyond the library's own time limits.
_MARGIN: Final = 300.0
# How often a submission is asked for again whose worker was lost.
_LOST: Final = 3
_ONCE: Final = RetryPolicy(maximum_attempts=1)
_AGAIN: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
)


# In the sandbox, each run would load the whole library anew, and keep what that registers. Tests
# run the workflow in the sandbox all the same.
@workflow.defn(name="GenerateVideo", sandboxed=False)
class GenerateVideo:
    """Generates one video: `VideoOrder` in, `VideoGenerationResponse` out, never bytes.

    The signal ``webhook`` wakes a workflow that waits for one; the query ``status`` tells where it
    stands. Its failure is the library's error: `error_of` reads it.
    """

    def __init__(self) -> None:
        """Make a workflow that has not begun."""
        self._told: set[str] = set()
        self._stage: Stage = "submitting"
        self._key = ""
        self._job: VideoGeneration | None = None

    @workflow.run
    async def run(self, order: VideoOrder) -> VideoGenerationResponse:
        """Return the finished video, with its URL or its path."""
        info = workflow.info()
        self._key = order.key or key_of_workflow(info.namespace, info.workflow_id)
        order = attrs.evolve(order, key=self._key)
        failure: ActivityError | None = None
        while True:
            job = await self._submit(order)
            if failure is not None and self._job is not None and job.id == self._job.id:
                # The same job once more: the chain does not go on after it.
                raise failure
            self._job, self._stage = job, "waiting"
            try:
                finished = await self._wait(order, job)
            except ActivityError as error:
                if is_cancelled_exception(error) or len(job.configs) == 1:
                    raise
                failure, self._stage = error, "submitting"
                continue
            self._stage = "finished"
            assert finished.response is not None  # noqa: S101 - that is what was waited for
            return finished.response

    async def _submit(self, order: VideoOrder) -> VideoGeneration:
        """Return the job of the key; a failed one leads to the next config, or to its error."""
        lost = 0
        while True:
            try:
                accepted: VideoGeneration = await workflow.execute_activity(
                    "submit_video",
                    order,
                    result_type=VideoGeneration,
                    start_to_close_timeout=timedelta(seconds=_whole(order.config) + _MARGIN),
                    heartbeat_timeout=_silence(order.config),
                    retry_policy=_ONCE,
                    cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                )
            except ActivityError as error:
                lost += 1
                # The journal knows what became of it.
                if not isinstance(error.cause, TimeoutError) or lost >= _LOST:
                    raise
            else:
                return accepted

    async def _wait(self, order: VideoOrder, job: VideoGeneration) -> VideoGeneration:
        config = job.configs[0]
        if order.webhook_within is not None and not self._is_told(job):
            # A webhook may never come: polling finds the video all the same.
            with suppress(builtins.TimeoutError):
                await workflow.wait_condition(
                    lambda: self._is_told(job), timeout=timedelta(seconds=order.webhook_within)
                )
        saving = 0.0 if order.save_to is None else order.download_timeout
        finished: VideoGeneration = await workflow.execute_activity(
            "wait_for_video",
            args=[order, job],
            result_type=VideoGeneration,
            schedule_to_close_timeout=timedelta(seconds=config.timeout + saving + _MARGIN),
            heartbeat_timeout=_silence(config),
            retry_policy=_AGAIN,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        return finished

    def _is_told(self, job: VideoGeneration) -> bool:
        return job.response is not None or bool(self._told & {"", job.request_id})

    @workflow.signal
    def webhook(self, request_id: str = "") -> None:
        """Tell that the provider sent a webhook: the job is asked for at once.

        What the webhook says is not believed; it only ends the waiting.

        Args:
            request_id: The provider's id of the job; empty for any job of this workflow.
        """
        self._told.add(request_id)

    @workflow.query
    def status(self) -> VideoStatus:
        """Return where the workflow stands."""
        job = self._job
        if job is None:
            return VideoStatus(stage=self._stage, key=self._key)
        return VideoStatus(
            stage=self._stage,
            key=self._key,
            provider=job.provider,
            model=job.model,
            request_id=job.request_id,
            config_number=job.position + 1,
        )


def _whole(config: VideoGenerationConfig) -> float:
    """Return the seconds that a chain may take to be accepted."""
    return config.timeout + sum(map(_whole, config.fallback_configs or ()))


def _silence(config: VideoGenerationConfig) -> timedelta:
    return timedelta(seconds=max(_LEAST_SILENCE, 3 * config.poll_interval))
