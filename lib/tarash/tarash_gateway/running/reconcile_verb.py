"""What `reconcile_video` does: the verb about a submission whose fate is not known."""

from typing import TYPE_CHECKING, Unpack

from .. import _later
from ..values.journal_entry import JournalEntry
from ..values.reconciliation import Reconciliation
from ..values.saved import VideoGeneration
from .faces import verb
from .making import with_call
from .options import ReconcileOptions
from .tasks import Task, sequence

if TYPE_CHECKING:
    from . import reconciling
else:
    (reconciling,) = _later.modules(__package__, ".reconciling")


@verb
def reconcile_video(
    entry: JournalEntry | VideoGeneration,
    **options: Unpack[ReconcileOptions],
) -> Task[Reconciliation]:
    """Ask the provider's list of jobs what became of a submission; nothing is submitted.

    The job is looked for by its model, its input and its time. It is ``"found"`` if one job has all
    that was sent, and belongs to no other entry of the journal. ``"none"`` is answered only where
    the list has every job of that time, and enough time has passed for a late one to be there.

    Args:
        entry: An entry of `pending_videos`, one of `SubmissionUnknownError.unknown`, or a
            generation that an interrupted call left.
        config: The config given again, where its keys are not in the environment.
        journal: The journal that the submission was made with. A job that is found is written down
            there, so that a later call with the same ``key`` goes on with it.
        forget: Whether an entry of which there is no job is closed in the journal, so that a later
            call with its ``key`` submits, and pays. Nothing else closes it.
        job: The provider's id of the job, where you know it already, for example because it is one
            of ``candidates``: it is written down, and the provider is not asked.
        effects: The effects to use; by default those of this process, created on first use.
        providers: Further providers by name, for this call only.

    Returns:
        Whether there is a job, and why. ``generation`` of a job that was found is for
        `resume_video`.

    Raises:
        ValidationError: The config is not that of the submission, or the ``job`` belongs to another
            entry of the journal.
        AuthenticationError: A key is missing.
        JobInUseError: The call that submits still runs.
        HTTPError: The provider's server failed.
        HTTPConnectionError: The network failed.
        RateLimitError: The provider asks to slow down.
        JournalError: The journal cannot be read or written.
    """
    return sequence(
        lambda: with_call(options, lambda call: reconciling.reconcile(call, entry, options))
    )
