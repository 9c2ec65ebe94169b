"""A job as the page shows it: what the engine and the journal know, put together."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs
from dbos import WorkflowStatus

from tarash.tarash_gateway import JournalEntry

from .seen import seen

# What a state in the journal means to somebody who pays.
_STATES: Final = {
    "uploading": "uploading, nothing submitted",
    "intended": "being submitted",
    "accepted": "accepted",
    "unknown": "submitted, answer unknown",
    "refused": "refused",
    "failed": "failed",
    "cancelled": "cancelled",
    "completed": "finished",
}
_WORDS: Final = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "finished",
    "CANCELLED": "cancelled",
}
_RUNNING: Final = frozenset({"ENQUEUED", "DELAYED", "PENDING"})


@attrs.frozen(kw_only=True)
class Attempt:
    """One try of one config.

    Attributes:
        where: Provider and model.
        state: How it stands, in words.
        request_id: The provider's id of its job, or "".
        may_cost: Whether the provider may charge for it.
        message: Why it ended, or "".
    """

    where: str
    state: str
    request_id: str
    may_cost: bool
    message: str

    @classmethod
    def of(cls, entry: JournalEntry) -> "Attempt":
        """Return the attempt of an entry of the journal."""
        job = entry.generation
        # An intent without an owner: its process ended before the answer was written down.
        lost = entry.state == "intended" and not entry.in_use
        ended = None if entry.ending is None else entry.ending.attempt.error_type
        return cls(
            where=f"{job.provider} {job.model}",
            state=_STATES["unknown" if lost else entry.state],
            request_id=job.request_id or "",
            # The mock's jobs are free.
            may_cost=entry.may_have_been_paid and job.configs[0].mock is None,
            message="" if ended is None else seen(ended),
        )


@attrs.frozen(kw_only=True)
class Job:
    """One video that somebody wants.

    Attributes:
        id: Id of the workflow, which is the submission key as well.
        prompt: The prompt.
        created_at: Aware UTC time.
        status: One word.
        worker: The process that runs it, or "".
        attempts: What was tried.
        error: Why there is no video, or "".
        has_clip: Whether the video is saved.
    """

    id: str
    prompt: str
    created_at: datetime
    status: str
    worker: str
    attempts: tuple[Attempt, ...]
    error: str
    has_clip: bool

    @classmethod
    def of(cls, status: WorkflowStatus, entries: Sequence[JournalEntry], clip: Path) -> "Job":
        """Return the job of a workflow and of the entries below its submission key."""
        # The workflow has one argument, which is a JSON value.
        (order,) = status.input["args"] if status.input else ({},)
        return cls(
            id=status.workflow_id,
            prompt=order.get("request", {}).get("prompt", ""),
            created_at=datetime.fromtimestamp((status.created_at or 0) / 1000, UTC),
            status=_WORDS.get(status.status, "failed"),
            worker=(status.executor_id or "") if status.status in _RUNNING else "",
            attempts=tuple(map(Attempt.of, entries)),
            error="" if status.error is None else seen(type(status.error).__name__),
            has_clip=status.status == "SUCCESS" and clip.exists(),
        )

    @property
    def may_cost(self) -> int:
        """How many of its attempts the provider may charge for."""
        return sum(attempt.may_cost for attempt in self.attempts)

    @property
    def is_running(self) -> bool:
        """Whether it can still be cancelled."""
        return self.status in {"waiting", "running"}
