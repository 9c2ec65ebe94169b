"""From one config of the chain to the next, or to the error that ends the call: pure.

Source: the rules about money in docs/architecture.md.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import attrs
from returns.result import Failure, Result, Success

from ..exceptions import (
    ContentModerationError,
    GenerationCancelledError,
    SubmissionUnknownError,
    TarashException,
    ValidationError,
)
from ..values.attempts import AttemptMetadata, Cancellation
from ..values.attempts import Submission as Fate
from ..values.saved import VideoGeneration
from .fates import UNKNOWN_KIND, kind_of
from .generation import Generation, Leg, Moment, Submitting


@attrs.frozen
class Verdict:
    """The error that ends the call: it is decided, and nothing recovers from it.

    Attributes:
        error: The error, with all attempts.
    """

    error: TarashException


Move: TypeAlias = Result[Generation, Verdict]

_STAYS: Final = (ValidationError, ContentModerationError, GenerationCancelledError)


def goes_on(error: TarashException, fallback_on: frozenset[str] | None = None) -> bool:
    """Tell whether the next config of the chain may be tried after ``error``.

    >>> from tarash.tarash_gateway.exceptions import GenerationFailedError
    >>> goes_on(ValidationError(message="wrong")), goes_on(GenerationFailedError(message="bad"))
    (False, True)
    >>> goes_on(ContentModerationError(message="no"), frozenset({"moderation"}))
    True
    """
    return _goes_on(error, error.kind, fallback_on)


def _goes_on(error: TarashException, kind: str, fallback_on: frozenset[str] | None) -> bool:
    if fallback_on is not None:
        return kind in fallback_on
    return not isinstance(error, _STAYS) and kind != UNKNOWN_KIND


def is_chosen(generation: Generation, kind: str) -> bool:
    """Tell whether the caller chose that errors of this kind go on, whatever they may cost."""
    chosen = generation.leg.target.config.fallback_on
    return chosen is not None and kind in chosen


def may_go_on(generation: Generation, error: TarashException, submission: Fate) -> bool:
    """Tell whether there is a next config, and the error lets the chain go on to it."""
    kind, chosen = kind_of(error, submission), generation.leg.target.config.fallback_on
    return bool(_following(generation, submission)) and _goes_on(error, kind, chosen)


def _following(generation: Generation, submission: Fate) -> tuple[Leg, ...]:
    """Return the configs that may follow.

    Once the fate of a submission is unknown, nobody who was asked before is asked again.
    """
    unknown = submission == "unknown" or any(
        attempt.submission == "unknown" for attempt in generation.attempts
    )
    if not unknown:
        return generation.rest
    asked = (*generation.tried, generation.leg.account)
    return tuple(
        leg for leg in generation.rest if not any(leg.account.may_be(who) for who in asked)
    )


def move_on(  # noqa: PLR0913 - what an attempt's record has
    generation: Generation,
    error: TarashException,
    now: Moment,
    *,
    submission: Fate = "accepted",
    cancellation: Cancellation | None = None,
    verdict: bool = False,
) -> Move:
    """End the attempt with ``error``; begin the next config's, or give up.

    Args:
        generation: The generation.
        error: Why the attempt ends.
        now: When it ends.
        submission: What is known of its submission.
        cancellation: What became of cancelling its job.
        verdict: Whether the provider said that the job itself failed: nothing is left of it.

    Errors:
        Verdict: The error, with its place and all attempts.
    """
    located_error = located(generation, error)
    kind = kind_of(error, submission)
    ended = attrs.evolve(
        attempt(
            generation,
            now,
            submission=submission,
            error=located_error,
            kind=kind,
            request_id=located_error.request_id,
        ),
        cancellation=cancellation,
        job_ended=verdict,
    )
    attempts = (*generation.attempts, ended)
    has_job = generation.job is not None and not verdict
    charged = has_job and cancellation != "confirmed"
    left = generation.durable() if has_job and ended.may_still_run else generation.left
    # A job that may still be charged ends the chain, unless the caller chose otherwise: the next
    # config would be a second payment.
    if not may_go_on(generation, error, submission) or (
        charged and not is_chosen(generation, kind)
    ):
        ended_job = generation.durable() if generation.job is not None else None
        final = ending(located_error, attempts, left)
        return Failure(Verdict(attrs.evolve(final, generation=left or ended_job)))
    following, *rest = _following(generation, submission)
    goes_on_with = {id(leg) for leg in (following, *rest)}
    skipped = [leg for leg in generation.rest if id(leg) not in goes_on_with]
    warnings = (
        *generation.warnings,
        _fallback_warning(ended, following),
        *map(_skipped_warning, skipped),
        *following.submission.warnings,
    )
    return Success(
        attrs.evolve(
            generation,
            leg=following,
            rest=tuple(rest),
            stage=Submitting(),
            started=now,
            due=now.monotonic,
            attempts=attempts,
            warnings=warnings,
            update=None,
            entry="",
            status="queued",
            left=left,
            tried=(*generation.tried, generation.leg.account),
        )
    )


_LOOK_FIRST: Final = (
    "whether a job was accepted is not known: look at the provider's dashboard before you send it "
    "again"
)


def ending(
    error: TarashException,
    attempts: Sequence[AttemptMetadata],
    left: VideoGeneration | None,
) -> TarashException:
    """Return the error as it is raised: with all attempts, and every job that may cost money.

    Args:
        error: Why the call ends.
        attempts: Every attempt so far.
        left: A job that may still run, to go on with, or None.
    """
    resumable = None if left is None else left.request_id
    words = [error.message]
    words += [
        _open_job(each)
        for each in attempts
        if each.may_still_run and (resumable is None or each.request_id != resumable)
    ]
    if left is not None:
        words.append(
            f"job {left.request_id} of {left.provider} may go on: resume_video(error.generation)"
        )
    message = "; ".join(words)
    if any(each.submission == "unknown" for each in attempts):
        return SubmissionUnknownError(
            message=message,
            provider=error.provider,
            model=error.model,
            request_id=error.request_id,
            status_code=error.status_code,
            raw_response=error.raw_response,
            attempts=tuple(attempts),
            generation=left,
        )
    return attrs.evolve(error, message=message, attempts=tuple(attempts), generation=left)


def _open_job(attempt: AttemptMetadata) -> str:
    place = f"attempt {attempt.attempt_number} ({attempt.provider}/{attempt.model})"
    if attempt.submission == "unknown":
        return f"{place}: {_LOOK_FIRST}"
    return f"{place}: job {attempt.request_id} may still run and be charged"


def _fallback_warning(ended: AttemptMetadata, following: Leg) -> str:
    paid = "; it may have been charged" if ended.may_have_been_paid else ""
    config = following.target.config
    return (
        f"{ended.provider}/{ended.model} failed ({ended.error_type}: {ended.error_message}){paid}; "
        f"{config.provider}/{config.model} was tried next"
    )


def _skipped_warning(leg: Leg) -> str:
    config = leg.target.config
    return (
        f"{config.provider}/{config.model} was left out: the same account was asked before, and a "
        "submission of this call may have been accepted"
    )


def located(generation: Generation, error: TarashException) -> TarashException:
    """Return the error with the provider, the model and the job in it."""
    config, job = generation.leg.target.config, generation.job
    return attrs.evolve(
        error,
        provider=error.provider or config.provider,
        model=error.model or config.model,
        request_id=error.request_id or (job.id if job else None),
    )


def attempt(  # noqa: PLR0913 - what an attempt's record has
    generation: Generation,
    now: Moment,
    *,
    submission: Fate,
    error: TarashException | None = None,
    kind: str = "",
    request_id: str | None = None,
) -> AttemptMetadata:
    """Return the record of the attempt that ends now."""
    config, job = generation.leg.target.config, generation.job
    return AttemptMetadata(
        provider=config.provider,
        model=config.model,
        attempt_number=len(generation.attempts) + 1,
        started_at=generation.started.utc,
        ended_at=now.utc,
        status="success" if error is None else "failed",
        submission=submission,
        polls=generation.polls,
        request_id=request_id or (job.id if job else None),
        error_type=None if error is None else type(error).__name__,
        error_message=None if error is None else error.message,
        is_retryable=None if error is None else _goes_on(error, kind, config.fallback_on),
    )
