"""What a journal stores about one attempt."""

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import attrs

from .. import _later
from .saved import VideoGeneration
from .shown import Shown

if TYPE_CHECKING:
    from . import in_html
    from .ending import Ending
else:
    # Only a notebook asks for it.
    (in_html,) = _later.modules(__package__, ".in_html")

EntryState: TypeAlias = Literal[
    "uploading", "intended", "accepted", "unknown", "refused", "failed", "cancelled", "completed"
]
# The states that a journal lists as pending: such a job may still be charged or return a video, or
# its call was interrupted before it was submitted.
PENDING: Final[tuple[EntryState, ...]] = ("uploading", "intended", "accepted", "unknown")
# The answer to a claim of a job: the caller owns it, another call waits for it, or it has ended.
Claim: TypeAlias = Literal["owned", "in_use", "ended"]


def claim_of(state: str, *, is_held: bool) -> Claim:
    """Return the answer to a call that wants to go on with the job of an entry.

    Args:
        state: The state of the entry.
        is_held: Whether another owner has a lease that has not ended.

    >>> claim_of("accepted", is_held=False), claim_of("accepted", is_held=True)
    ('owned', 'in_use')
    """
    if state not in PENDING:
        return "ended"
    return "in_use" if is_held else "owned"


def reservation_of(state: str, *, is_mine: bool, is_held: bool) -> Claim:
    """Return the answer to a call that wants to send the attempt of an entry that exists.

    Once the intent to submit is written, only the call that wrote it may send: whoever finds the
    entry later cannot know whether that call has sent it.

    Args:
        state: The state of the entry.
        is_mine: Whether the call was the last owner of the entry.
        is_held: Whether another owner has a lease that has not ended.

    >>> [reservation_of(s, is_mine=False, is_held=False) for s in ("uploading", "intended")]
    ['owned', 'ended']
    >>> reservation_of("intended", is_mine=True, is_held=False)
    'owned'
    """
    if is_held:
        return "in_use"
    free = state == "uploading" or (state == "intended" and is_mine)
    return "owned" if free else "ended"


@attrs.frozen(kw_only=True)
class JournalEntry(Shown):
    """One attempt, as a journal stores it.

    Attributes:
        generation: The attempt; ``generation.id`` names the entry.
        state: ``"uploading"``: media were being uploaded, and nothing was submitted;
            ``"intended"``: the submission was about to be sent; ``"accepted"``: a job exists;
            ``"unknown"``: the submission was sent, and no reply came; the others are final.
        updated_at: Aware UTC time of the last change.
        message: Why it ended, or None.
        unsaved: Whether the video of a completed job still has to be saved to a file: the entry
            stays pending until then. None lets the journal decide.
        in_use: Whether a call, perhaps in another process, is waiting for the job now.
        ending: What another call with the same submission key returns, once the attempt has ended;
            None without a key.
    """

    generation: VideoGeneration
    state: EntryState
    updated_at: datetime
    message: str | None = None
    unsaved: bool | None = None
    in_use: bool = False
    ending: "Ending | None" = None

    def _repr_html_(self) -> str:
        """Return a short table for a notebook."""
        lines = self.generation.lines() | {"status": self.state, "why": self.message or ""}
        return in_html.table((), ((name, text) for name, text in lines.items() if text))

    @property
    def may_have_been_paid(self) -> bool:
        """Whether the provider may charge for the attempt, as far as is known."""
        if self.ending is not None:
            return self.ending.attempt.may_have_been_paid
        # An attempt that was cancelled during its uploads submitted nothing.
        return self.state not in {"uploading", "refused"} and not self.generation.uploading


@attrs.frozen(kw_only=True)
class UnreadableEntry(Shown):
    """An entry that cannot be read: it is damaged, or a newer version wrote it.

    Attributes:
        id: Our own id of the attempt.
        state: Its state, as the journal stores it.
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
