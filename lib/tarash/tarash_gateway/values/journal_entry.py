"""What a journal keeps of one attempt."""

from datetime import datetime
from typing import Final, Literal, TypeAlias

import attrs

from .saved import VideoGeneration

EntryState: TypeAlias = Literal[
    "intended", "accepted", "unknown", "refused", "failed", "cancelled", "completed"
]
# What a journal lists as pending: these may still be charged, or bring a video.
PENDING: Final[tuple[EntryState, ...]] = ("intended", "accepted", "unknown")
# What became of asking to own a job: it is ours, another call waits for it, or it is over.
Claim: TypeAlias = Literal["owned", "in_use", "ended"]


@attrs.frozen(kw_only=True)
class JournalEntry:
    """One attempt, as a journal keeps it.

    Attributes:
        generation: The attempt; ``generation.id`` names the entry.
        state: ``"intended"``: the submission was about to leave; ``"accepted"``: there is a job;
            ``"unknown"``: the submission left, and no answer came; the others are ends.
        updated_at: Aware UTC time of the last change.
        message: Why it ended, or None.
        unsaved: Whether the video of a completed job still has to be saved to a file: the entry
            stays pending until then. None leaves it to the journal.
        in_use: Whether a call, perhaps in another process, waits for the job at this moment.
    """

    generation: VideoGeneration
    state: EntryState
    updated_at: datetime
    message: str | None = None
    unsaved: bool | None = None
    in_use: bool = False


@attrs.frozen(kw_only=True)
class UnreadableEntry:
    """An entry that cannot be read: it is damaged, or a newer version wrote it.

    Attributes:
        id: Our own id of the attempt.
        state: What its state is, as far as can be read.
        provider: Provider id.
        model: Model id.
        request_id: The provider's id of the job, or None.
        reason: Why it cannot be read.
    """

    id: str
    state: str
    provider: str
    model: str
    request_id: str | None
    reason: str
