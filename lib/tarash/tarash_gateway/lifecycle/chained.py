"""The generation with which a call begins to submit below a submission key: pure."""

from collections.abc import Sequence

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..outcome import Outcome
from ..values.journal_entry import JournalEntry
from ..values.request import VideoGenerationRequest
from ..values.saved import VideoGeneration
from .endings import attempt_of, error_of
from .fallback import fallback_warning
from .generation import Account, Generation, Leg, Moment, begin
from .submission_keys import Submit


def begin_below(
    request: VideoGenerationRequest,
    legs: Sequence[Leg],
    order: Submit,
    now: Moment,
    call: str,
) -> Outcome[Generation]:
    """Return the generation that submits as a decision says.

    Args:
        request: What the caller wants.
        legs: The whole chain, ready to be sent.
        order: Which attempt it is, and which configs are still to try.
        now: Now.
        call: The name of this call, and of no other.

    Errors:
        TarashException: No config is left after those whose jobs failed: the error of the last.
    """
    left = tuple(leg for leg in legs if leg.position >= order.first)
    if not left:
        return Failure(_nothing_left(order))
    begun = begin(request, left, now, call, order.keyed)
    if not order.after:
        return Success(begun)
    ended = tuple(
        attrs.evolve(attempt_of(entry), attempt_number=number)
        for number, entry in enumerate(order.after, 1)
    )
    return Success(
        attrs.evolve(
            begun,
            attempts=ended,
            configs=len(legs),
            tried=tuple(Account(provider=each.provider, model=each.model) for each in ended),
            warnings=(fallback_warning(ended[-1], left[0]), *begun.warnings),
        )
    )


def _nothing_left(order: Submit) -> TarashException:
    if order.after:
        return error_of(order.after[-1])
    return ValidationError("the config that was to be tried next cannot be sent")


def with_request(entry: JournalEntry, request: VideoGenerationRequest) -> VideoGeneration:
    """Return an entry's generation with the media that a journal does not keep.

    The request is the same, by its fingerprint.
    """
    return attrs.evolve(entry.generation, request=request, media_omitted=False)


def alone(generation: VideoGeneration) -> VideoGeneration:
    """Return a saved generation without the configs still to try."""
    return attrs.evolve(generation, configs=generation.configs[:1])
