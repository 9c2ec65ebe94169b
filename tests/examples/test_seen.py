"""What the page of the example service says of failures."""

import re
from pathlib import Path

from dbos import WorkflowStatus
from examples.service import seen as said
from examples.service.jobs import Job
from examples.service.seen import seen

from tarash.tarash_gateway import exceptions

_CLASSES = {
    name
    for name, value in vars(exceptions).items()
    if isinstance(value, type) and issubclass(value, exceptions.TarashException)
}


def test_every_error_has_a_sentence_without_the_operator_s_advice() -> None:
    # Given every error of the library, and one of somebody else.
    for name in (*_CLASSES, "OperationalError"):
        # Then what everybody sees of it names no variable, no call and no command.
        assert seen(name)
        assert not re.search(r"[A-Z]{2,}|_|\(|tarash", seen(name))
    # And each class that has a sentence of its own exists.
    assert set(said._SEEN) <= _CLASSES


def test_a_job_that_failed_shows_no_message_of_the_library() -> None:
    # Given a workflow that failed because a variable is not set.
    error = exceptions.AuthenticationError("no key for fal: set FAL_KEY")
    status = WorkflowStatus()
    status.workflow_id, status.status, status.error = "order-1", "ERROR", error
    status.input = status.created_at = status.executor_id = None
    # Then the page sends its reader to the log.
    job = Job.of(status, [], Path("order-1.mp4"))
    assert (job.status, job.error) == ("failed", seen("AuthenticationError"))
    assert "FAL_KEY" not in repr(job)
