"""A workflow run without a Temporal server: a history grows by what workflow and activities do.

Temporal's own engine replays the history that there is so far, in its sandbox, and says which
commands follow; they become events, as a server would write them. Activities run in Temporal's
`ActivityEnvironment`. What only a server decides, the test says: which activity ends when, whether
a timer fires, whether a worker is lost, which signals come.

``python -m tests.support.temporal_history`` records the history that is kept, in
tests/integrations/histories.

Source of the events: https://docs.temporal.io/references/events (2026-11-26).
"""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs
from temporalio.activity import _Definition
from temporalio.api.common.v1 import Payloads, WorkflowExecution
from temporalio.api.enums.v1 import EventType, RetryState, TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowTaskCompletedMetadata
from temporalio.bridge.proto.workflow_activation import (
    QueryWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import ScheduleActivity, WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowHistory
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import (
    Replayer,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from tests.faults.server import Running, Script, running

from tarash.tarash_gateway import SqliteJournal, VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.integrations.temporal import (
    GenerateVideo,
    VideoActivities,
    VideoOrder,
    data_converter,
)

KEPT: Final = Path(__file__).parents[1] / "integrations" / "histories" / "fallback.json"
KEY: Final = "the-key-of-the-worker"
REQUEST: Final = VideoGenerationRequest(prompt="a kite")

_BEGIN: Final = datetime(2026, 11, 26, tzinfo=UTC)
_RUN: Final = "6f1c8a52-5f0e-4a56-9c43-0d6a1f6e7b11"
_QUEUE: Final = "videos"
_CONVERTER: Final = data_converter.payload_converter
_FAILURES: Final = data_converter.failure_converter


@dataclasses.dataclass
class Told:
    """What a replay told.

    Attributes:
        commands: The commands, from the beginning.
        flags: The flags that the SDK writes into a history.
        status: The payload of the answer to the query.
    """

    commands: list[WorkflowCommand] = dataclasses.field(default_factory=list)
    flags: set[int] = dataclasses.field(default_factory=set)
    status: Any = None

    def take(self, completion: WorkflowActivationCompletion) -> None:
        """Take in the end of an activation."""
        assert not completion.HasField("failed"), completion.failed.failure.message
        self.commands.extend(completion.successful.commands)
        self.flags.update(completion.successful.used_internal_flags)


@dataclasses.dataclass(frozen=True)
class _Watching(WorkflowRunner):
    inner: WorkflowRunner
    told: Told

    def prepare_workflow(self, defn: Any) -> None:
        self.inner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = self.inner.create_instance(det)
        activate = instance.activate

        def watched(act: WorkflowActivation) -> WorkflowActivationCompletion:
            if any(job.HasField("remove_from_cache") for job in act.jobs):
                self.told.status = _status(activate, act)
            completion = activate(act)
            self.told.take(completion)
            return completion

        instance.activate = watched  # type: ignore[method-assign]  # each instance has its own
        return instance


def _status(activate: Callable[..., WorkflowActivationCompletion], act: WorkflowActivation) -> Any:
    """Ask an instance that is about to be let go where it stands."""
    query = QueryWorkflow(query_id="q", query_type="status")
    asked = WorkflowActivation(run_id=act.run_id, timestamp=act.timestamp)
    asked.jobs.append(WorkflowActivationJob(query_workflow=query))
    (command,) = activate(asked).successful.commands
    return command.respond_to_query.succeeded.response


def replayer(told: Told | None = None, *, workflow: type = GenerateVideo) -> Replayer:
    """Return a replayer in whose sandbox a workflow runs, also one that asks for none."""
    usual = SandboxedWorkflowRunner()
    passing = usual.restrictions.with_passthrough_modules("tarash")
    sandbox = dataclasses.replace(usual, restrictions=passing)
    return Replayer(
        workflows=[workflow],
        data_converter=data_converter,
        workflow_runner=sandbox,
        unsandboxed_workflow_runner=sandbox if told is None else _Watching(sandbox, told),
    )


class WorkflowRun:
    """One run of a workflow, whose history grows."""

    def __init__(self, order: object, activities: Sequence[Callable[..., Any]]) -> None:
        """Begin a run with an order; nothing has happened yet."""
        self.events: list[HistoryEvent] = []
        definitions = map(_Definition.must_from_callable, activities)
        self.activities = {each.name: each for each in definitions}
        self.pending: dict[int, ScheduleActivity] = {}
        self.timers: dict[int, int] = {}
        self.result: Any = None
        self.failure: BaseException | None = None
        self.status: Any = None
        self._known = 0
        started = self._add(
            "WORKFLOW_EXECUTION_STARTED"
        ).workflow_execution_started_event_attributes
        started.workflow_type.name = "GenerateVideo"
        started.workflow_id = "order-17"
        started.task_queue.name = _QUEUE
        started.input.CopyFrom(_payloads(order))
        started.original_execution_run_id = started.first_execution_run_id = _RUN
        started.attempt = 1

    @property
    def history(self) -> WorkflowHistory:
        """The history so far."""
        return WorkflowHistory("order-17", self.events)

    async def decide(self) -> list[str]:
        """Let the workflow decide, and return the names of its new commands.

        An activity is named by its type.
        """
        scheduled = self._add("WORKFLOW_TASK_SCHEDULED")
        scheduled.workflow_task_scheduled_event_attributes.task_queue.name = _QUEUE
        began = self._add("WORKFLOW_TASK_STARTED")
        began.workflow_task_started_event_attributes.scheduled_event_id = scheduled.event_id
        told = Told()
        await replayer(told).replay_workflow(self.history)
        completed = self._add("WORKFLOW_TASK_COMPLETED").workflow_task_completed_event_attributes
        completed.scheduled_event_id, completed.started_event_id = (
            scheduled.event_id,
            began.event_id,
        )
        completed.sdk_metadata.CopyFrom(
            WorkflowTaskCompletedMetadata(lang_used_flags=sorted(told.flags))
        )
        new = told.commands[self._known :]
        self._known = len(told.commands)
        self.status = told.status
        return [self._take(command, len(self.events)) for command in new]

    def _take(self, command: WorkflowCommand, decided: int) -> str:
        match name := command.WhichOneof("variant"):
            case "schedule_activity":
                return self._schedule(command.schedule_activity, decided)
            case "start_timer":
                timer = self._add("TIMER_STARTED")
                started = timer.timer_started_event_attributes
                started.timer_id = str(command.start_timer.seq)
                started.start_to_fire_timeout.CopyFrom(command.start_timer.start_to_fire_timeout)
                started.workflow_task_completed_event_id = decided
                self.timers[command.start_timer.seq] = timer.event_id
            case "cancel_timer":
                stopped = self._add("TIMER_CANCELED").timer_canceled_event_attributes
                stopped.timer_id = str(command.cancel_timer.seq)
                stopped.started_event_id = self.timers.pop(command.cancel_timer.seq)
                stopped.workflow_task_completed_event_id = decided
            case "complete_workflow_execution":
                ended = self._add("WORKFLOW_EXECUTION_COMPLETED")
                payload = command.complete_workflow_execution.result
                done = ended.workflow_execution_completed_event_attributes
                done.result.payloads.append(payload)
                done.workflow_task_completed_event_id = decided
                self.result = payload
            case "fail_workflow_execution":
                ended = self._add("WORKFLOW_EXECUTION_FAILED")
                failed = ended.workflow_execution_failed_event_attributes
                failed.failure.CopyFrom(command.fail_workflow_execution.failure)
                failed.retry_state = RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET
                failed.workflow_task_completed_event_id = decided
                self.failure = _FAILURES.from_failure(failed.failure, _CONVERTER)
            case "cancel_workflow_execution":
                ended = self._add("WORKFLOW_EXECUTION_CANCELED")
                canceled = ended.workflow_execution_canceled_event_attributes
                canceled.workflow_task_completed_event_id = decided
            case "request_cancel_activity":
                asked = self._add("ACTIVITY_TASK_CANCEL_REQUESTED")
                wanted = asked.activity_task_cancel_requested_event_attributes
                wanted.scheduled_event_id = next(iter(self.pending))
                wanted.workflow_task_completed_event_id = decided
            case _:
                message = f"no event is known for {name}"
                raise NotImplementedError(message)
        return str(name)

    def _schedule(self, asked: ScheduleActivity, decided: int) -> str:
        event = self._add("ACTIVITY_TASK_SCHEDULED")
        scheduled = event.activity_task_scheduled_event_attributes
        scheduled.activity_id = asked.activity_id
        scheduled.activity_type.name = asked.activity_type
        scheduled.task_queue.name = asked.task_queue
        scheduled.input.payloads.extend(asked.arguments)
        scheduled.schedule_to_close_timeout.CopyFrom(asked.schedule_to_close_timeout)
        scheduled.start_to_close_timeout.CopyFrom(asked.start_to_close_timeout)
        scheduled.heartbeat_timeout.CopyFrom(asked.heartbeat_timeout)
        scheduled.retry_policy.CopyFrom(asked.retry_policy)
        scheduled.workflow_task_completed_event_id = decided
        self.pending[event.event_id] = asked
        return asked.activity_type

    async def act(self) -> None:
        """Run the pending activity, once, and write its end."""
        event_id, asked = self.pending.popitem()
        definition = self.activities[asked.activity_type]
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(
            environment.info, workflow_id="order-17", activity_id=asked.activity_id
        )
        arguments = _CONVERTER.from_payloads(list(asked.arguments), definition.arg_types)
        started = self._started(event_id)
        try:
            result = await environment.run(definition.fn, *arguments)
        except ApplicationError as error:
            failed = self._add("ACTIVITY_TASK_FAILED").activity_task_failed_event_attributes
            failed.scheduled_event_id, failed.started_event_id = event_id, started
            failed.failure.CopyFrom(_failure(error))
            failed.retry_state = RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE
        else:
            completed = self._add(
                "ACTIVITY_TASK_COMPLETED"
            ).activity_task_completed_event_attributes
            completed.scheduled_event_id, completed.started_event_id = event_id, started
            completed.result.CopyFrom(_payloads(result))

    def lose_worker(self) -> None:
        """Write that the pending activity's worker gave no sign of life."""
        event_id, _ = self.pending.popitem()
        started = self._started(event_id)
        lost = self._add("ACTIVITY_TASK_TIMED_OUT").activity_task_timed_out_event_attributes
        lost.scheduled_event_id, lost.started_event_id = event_id, started
        lost.failure.message = "activity Heartbeat timeout"
        lost.failure.timeout_failure_info.timeout_type = TimeoutType.TIMEOUT_TYPE_HEARTBEAT
        lost.retry_state = RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED

    def report_cancelled(self) -> None:
        """Write that the pending activity has ended as cancelled."""
        event_id, _ = self.pending.popitem()
        started = self._started(event_id)
        ended = self._add("ACTIVITY_TASK_CANCELED").activity_task_canceled_event_attributes
        ended.scheduled_event_id, ended.started_event_id = event_id, started

    def _started(self, event_id: int) -> int:
        event = self._add("ACTIVITY_TASK_STARTED")
        started = event.activity_task_started_event_attributes
        started.scheduled_event_id, started.attempt = event_id, 1
        return event.event_id

    def fire_timer(self) -> None:
        """Write that the pending timer has fired."""
        seq, event_id = self.timers.popitem()
        fired = self._add("TIMER_FIRED").timer_fired_event_attributes
        fired.timer_id, fired.started_event_id = str(seq), event_id

    def signal(self, name: str, *arguments: object) -> None:
        """Write that a signal came."""
        came = self._add("WORKFLOW_EXECUTION_SIGNALED")
        came.workflow_execution_signaled_event_attributes.signal_name = name
        came.workflow_execution_signaled_event_attributes.input.CopyFrom(_payloads(*arguments))

    def cancel(self) -> None:
        """Write that somebody asked to cancel the workflow."""
        asked = self._add("WORKFLOW_EXECUTION_CANCEL_REQUESTED")
        asked.workflow_execution_cancel_requested_event_attributes.external_workflow_execution.CopyFrom(
            WorkflowExecution()
        )

    def _add(self, kind: str) -> HistoryEvent:
        event = HistoryEvent(event_id=len(self.events) + 1)
        event.event_type = EventType.Value(f"EVENT_TYPE_{kind}")
        event.event_time.FromDatetime(_BEGIN + timedelta(seconds=len(self.events)))
        self.events.append(event)
        return event


def _payloads(*values: object) -> Payloads:
    return Payloads(payloads=_CONVERTER.to_payloads(list(values)))


def _failure(error: BaseException) -> Failure:
    failure = Failure()
    _FAILURES.to_failure(error, _CONVERTER, failure)
    # Where this machine keeps its files does not belong into a history that is kept.
    part: Failure | None = failure
    while part is not None:
        part.stack_trace = ""
        part = part.cause if part.HasField("cause") else None
    return failure


def read(payload: Any, kind: type) -> Any:
    """Return the value of a payload."""
    return _CONVERTER.from_payloads([payload], [kind])[0]


def chain(first: str, second: str) -> VideoOrder:
    """Return an order whose first config is at one base URL, and its fallback at another."""
    fallback = config(second, provider="runway", model="gen4.5")
    return VideoOrder(config=config(first, fallback_configs=[fallback]), request=REQUEST)


def config(url: str, **more: Any) -> VideoGenerationConfig:
    """Return a config for the fault server."""
    fields: dict[str, Any] = {"provider": "fal", "model": "fal-ai/veo3", "timeout": 30, **more}
    return VideoGenerationConfig(base_url=url, poll_interval=0.02, **fields)


def worker(journal: Path) -> VideoActivities:
    """Return the activities of a worker, which has a key that is in no order."""
    return VideoActivities(
        SqliteJournal(journal), with_keys=lambda each: attrs.evolve(each, api_key=KEY)
    )


async def fall_back(server: Running, activities: VideoActivities, name: str) -> WorkflowRun:
    """Return a whole run whose first job fails, and whose second brings the video."""
    first = server.case(f"{name}-1", Script(dialect="fal", end="failed"))
    second = server.case(f"{name}-2", Script(dialect="runway"))
    run = WorkflowRun(chain(first, second), activities.all)
    for commands in (["submit_video"], ["wait_for_video"]) * 2:
        assert await run.decide() == commands
        await run.act()
    assert await run.decide() == ["complete_workflow_execution"]
    return run


def main() -> None:
    """Record the history that is kept."""
    with running() as server, TemporaryDirectory() as folder:
        run = asyncio.run(fall_back(server, worker(Path(folder) / "journal.sqlite3"), "chain"))
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(run.history.to_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
