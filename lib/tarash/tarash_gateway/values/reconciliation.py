"""What a provider's list of jobs says about a submission whose fate was not known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs

from .checks import as_dict
from .saved import VideoGeneration
from .shown import Shown

Finding: TypeAlias = Literal["found", "none", "cannot_tell"]


@attrs.frozen(kw_only=True)
class ListedJob(Shown):
    """A job as its provider lists it.

    Attributes:
        id: The provider's id.
        created_at: Aware UTC time at which the provider got it, or None if it does not say.
        model: The provider's name of the model, or None.
        status: The provider's own word for where the job stands; empty if it gives none.
        input: The model's input as the provider has it, or None if it does not show it.
    """

    id: str
    created_at: datetime | None = None
    model: str | None = None
    status: str = ""
    input: Mapping[str, Any] | None = attrs.field(
        default=None, converter=attrs.converters.optional(as_dict), hash=False, repr=False
    )


@attrs.frozen(kw_only=True)
class Reconciliation(Shown):
    """Whether an unknown submission became a job.

    Attributes:
        state: ``"found"``: it did; ``"none"``: its provider lists all jobs of that time, and none
            is of this submission; ``"cannot_tell"``: neither is certain.
        reason: Why, in one sentence.
        generation: The submission with its job, for `resume_video`; None unless it was found.
        candidates: Jobs that may be of this submission, where it cannot be told.
        again_at: Aware UTC time from which on the same question may have another answer, or None
            if waiting changes nothing.
    """

    state: Finding
    reason: str
    generation: VideoGeneration | None = None
    candidates: tuple[ListedJob, ...] = ()
    again_at: datetime | None = None
