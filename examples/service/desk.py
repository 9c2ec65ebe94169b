"""What the pages ask for: it is done by the workers, or answered by the engine and the journal."""

import logging
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from dbos import DBOS, WorkflowStatus

from tarash.tarash_gateway import (
    PostgresJournal,
    TarashException,
    VideoGenerationRequest,
    Webhook,
)
from tarash.tarash_gateway.integrations.dbos import (
    cancel_workflow_video,
    notify_workflow,
    start_video_workflow,
)
from tarash.tarash_gateway.outcome import result_of, settle

from . import engine
from .jobs import Job
from .settings import Settings

_LOG: Final = logging.getLogger(__name__)
_WORKFLOW: Final = "tarash.generate_video"
# Seconds to wait for a submission that is under way.
_PATIENCE: Final = 10.0
_CANCELLED: Final = {
    None: "Cancelled: no job was running at the provider.",
    "confirmed": "Cancelled: the provider has stopped the job.",
    "charged": "Cancelled: the provider has stopped the job, and may charge for it.",
    "left_running": "Cancelled: the provider charges for the job in any case, so it runs on.",
    "too_late": "Cancelled too late: the provider has finished the job, and may charge for it.",
    "unsupported": "Cancelled here: the provider cannot stop the job, and may charge for it.",
    "failed": "Cancelled here: the provider did not confirm it, and may charge for the job.",
}
# Jobs on the page.
_SHOWN: Final = 30


class Desk:
    """Takes orders, and knows what became of them."""

    def __init__(self, settings: Settings, called: Collection[str]) -> None:
        """Open nothing yet.

        Args:
            settings: The service's settings.
            called: The providers whose webhooks are received.
        """
        self.settings = settings
        self.journal = PostgresJournal(settings.database_url)
        self._called = called
        self._written: set[str] = set()

    def open(self) -> None:
        """Launch the engine; this process makes no videos itself."""
        self.settings.clips.mkdir(parents=True, exist_ok=True)
        engine.launch(self.settings, self.journal, works=False)

    def close(self) -> None:
        """End the engine in this process."""
        DBOS.destroy()
        self.journal.close()

    def look(self, webhook: Webhook) -> None:
        """Let the workflow of a job look at it now."""
        notify_workflow(webhook.event)

    def check(self) -> None:
        """Fail if the database does not answer."""
        settle(result_of(self.journal.noted("")))

    def make(self, job: str, prompt: str) -> None:
        """Ask for a video; the same job is not made twice."""
        start_video_workflow(
            self.settings.config(),
            VideoGenerationRequest(prompt=prompt),
            workflow_id=job,
            queue=engine.QUEUE,
            save_to=self.settings.clip(job),
            # Jobs are polled once a minute only where each provider of the chain calls back.
            webhook=set(self.settings.providers) <= set(self._called),
        )

    def cancel(self, job: str) -> str:
        """Stop a job, and say what became of it at the provider."""
        try:
            return _CANCELLED[cancel_workflow_video(job, timeout=_PATIENCE)]
        except TarashException as error:
            # The workflow has ended; whether its job has is what the error is about.
            _LOG.warning("job %s: its cancellation failed: %s", job, error)
            return "Cancelled here, and the provider may charge for it: the log says what is known."

    def _write_down(self, status: WorkflowStatus) -> None:
        """Write into the log why a job failed, once: the page does not say all of it."""
        if status.error is not None and status.workflow_id not in self._written:
            self._written.add(status.workflow_id)
            _LOG.warning("job %s failed: %s", status.workflow_id, status.error)

    def jobs(self) -> list[Job]:
        """Return the newest jobs."""
        # By its name: the engine takes a workflow that is cancelled out of its queue.
        found = DBOS.list_workflows(name=_WORKFLOW, sort_desc=True, limit=_SHOWN)
        now = datetime.now(UTC)
        for status in found:
            self._write_down(status)
        return [
            Job.of(
                status,
                settle(result_of(self.journal.keyed(status.workflow_id, now=now))),
                self.settings.clip(status.workflow_id),
            )
            for status in found
        ]
