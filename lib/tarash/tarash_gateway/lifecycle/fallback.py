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
from ..values.journal_entry import JournalEntry
from ..values.saved import VideoGeneration
from .fates import kind_of
from .generation import Generation, Leg, Moment, first_stage


@attrs.frozen
class Verdict:
    """The error that ends the call, with all attempts: nothing recovers from it."""

    error: TarashException


Move: TypeAlias = Result[Generation, Verdict]

_STAYS: Final = (ValidationError, ContentModerationError, GenerationCancelledError)


def goes_on(error: TarashException, kind: str, fallback_on: frozenset[str] | None) -> bool:
    """Tell whether the next config may be tried after an error that counts as this kind.

    >>> goes_on(ValidationError("wrong"), "validation", None)
    False
    >>> goes_on(ContentModerationError("no"), "moderation", frozenset({"moderation"}))
    True
    """
    if fallback_on is not None:
        return kind in fallback_on
    return not isinstance(error, _STAYS) and kind != SubmissionUnknownError.kind


def is_chosen(generation: Generation, kind: str) -> bool:
    """Tell whether the caller chose that errors of this kind go on, whatever they may cost."""
    return kind in (generation.config.fallback_on or ())


def may_go_on(generation: Generation, error: TarashException, submission: Fate) -> bool:
    """Tell whether there is a next config, and the error lets the chain go on to it."""
    kind = kind_of(error, submission)
    return bool(_candidates(generation, submission)) and goes_on(
        error, kind, generation.config.fallback_on
    )


def _candidates(generation: Generation, submission: Fate) -> tuple[Leg, ...]:
    """Return the configs that may follow.

    Once the fate of a submission is unknown, no account that was asked before is asked again.
    """
    if "unknown" not in {submission, *(each.submission for each in generation.attempts)}:
        return generation.rest
    asked = (*generation.tried, generation.leg.account)
    return tuple(leg for leg in generation.rest if not any(map(leg.account.may_be, asked)))


def move_on(  # noqa: PLR0913 - each is part of the attempt's record
    generation: Generation,
    error: TarashException,
    now: Moment,
    *,
    submission: Fate = "accepted",
    cancellation: Cancellation | None = None,
    verdict: bool = False,
) -> Move:
    """End the attempt with ``error``; begin the next config's, or give up.

    Where the provider gave the ``verdict`` that the job itself failed, nothing is left of the job.

    Errors:
        Verdict: The error, with its place and all attempts.
    """
    ended = attempt(
        generation,
        now,
        submission=submission,
        error=error,
        cancellation=cancellation,
        job_ended=verdict,
    )
    attempts = (*generation.attempts, ended)
    job_lives = generation.job is not None and not verdict
    left = generation.durable() if job_lives and ended.may_still_run else generation.left
    # A job that may still be charged ends the chain, unless the caller chose otherwise: the next
    # config would be a second payment.
    second_payment = (
        job_lives
        and cancellation != "confirmed"
        and not is_chosen(generation, kind_of(error, submission))
    )
    unknown = generation.unknown
    if submission == "unknown":
        own = attrs.evolve(generation.entry_as("unknown", now.utc), message=error.message)
        unknown = (*unknown, own)
    if second_payment or not may_go_on(generation, error, submission):
        own_job = generation.durable() if generation.job is not None else None
        final = ending(locate(generation, error), attempts, left, unknown)
        return Failure(Verdict(attrs.evolve(final, generation=left or own_job)))
    candidates = _candidates(generation, submission)
    following, *rest = candidates
    kept = {id(leg) for leg in candidates}
    skipped = [leg for leg in generation.rest if id(leg) not in kept]
    return Success(
        attrs.evolve(
            generation.at(first_stage(following), now),
            leg=following,
            rest=tuple(rest),
            started=now,
            attempts=attempts,
            warnings=(
                *generation.warnings,
                fallback_warning(ended, following),
                *map(_skipped_warning, skipped),
                *following.submission.warnings,
            ),
            entry="",
            keyed=generation.keyed and generation.keyed.following(),
            status="queued",
            left=left,
            tried=(*generation.tried, generation.leg.account),
            unknown=unknown,
        )
    )


def ending(
    error: TarashException,
    attempts: Sequence[AttemptMetadata],
    left: VideoGeneration | None,
    unknown: tuple[JournalEntry, ...] = (),
) -> TarashException:
    """Return the error as it is raised: with all attempts, and every job that may cost money.

    A job that was ``left`` running is the one that the caller may resume. The fate of those that
    are ``unknown`` can be looked up.
    """
    resumable = None if left is None else left.request_id
    sentences = [error.message]
    sentences += [
        _open_job(each)
        for each in attempts
        if each.may_still_run and (resumable is None or each.request_id != resumable)
    ]
    if left is not None:
        sentences.append(
            f"job {left.request_id} of {left.provider} may go on: resume_video(error.generation)"
        )
    if any(each.submission == "unknown" for each in attempts):
        fields = {field.name: getattr(error, field.name) for field in attrs.fields(TarashException)}
        error = SubmissionUnknownError(**fields, unknown=unknown)
    if unknown:
        sentences.append(
            "reconcile_video(error.unknown[0]) asks the provider's list of jobs, where it has one"
        )
    message = "; ".join(sentences)
    return attrs.evolve(error, message=message, attempts=tuple(attempts), generation=left)


def _open_job(attempt: AttemptMetadata) -> str:
    place = f"attempt {attempt.attempt_number} ({attempt.provider}/{attempt.model})"
    if attempt.submission == "unknown":
        return (
            f"{place}: whether a job was accepted is not known: look at the provider's dashboard "
            "before you send it again"
        )
    return f"{place}: job {attempt.request_id} may still run and be charged"


def fallback_warning(ended: AttemptMetadata, following: Leg) -> str:
    """Return the warning about an attempt after which another config was tried."""
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


def locate(generation: Generation, error: TarashException) -> TarashException:
    """Return the error with the provider, the model and the job in it."""
    config, job = generation.config, generation.job
    return attrs.evolve(
        error,
        provider=error.provider or config.provider,
        model=error.model or config.model,
        request_id=error.request_id or (job.id if job else None),
    )


def attempt(  # noqa: PLR0913 - each is part of the attempt's record
    generation: Generation,
    now: Moment,
    *,
    submission: Fate,
    error: TarashException | None = None,
    request_id: str | None = None,
    cancellation: Cancellation | None = None,
    job_ended: bool = False,
) -> AttemptMetadata:
    """Return the record of the attempt that ends now."""
    config, job = generation.config, generation.job
    record = AttemptMetadata(
        provider=config.provider,
        model=config.model,
        attempt_number=len(generation.attempts) + 1,
        started_at=generation.started.utc,
        ended_at=now.utc,
        status="success",
        submission=submission,
        polls=generation.polls,
        request_id=request_id or (job.id if job else None),
        cancellation=cancellation,
        job_ended=job_ended,
    )
    if error is None:
        return record
    return attrs.evolve(
        record,
        status="failed",
        request_id=error.request_id or record.request_id,
        error_type=type(error).__name__,
        error_message=error.message,
        is_retryable=goes_on(error, kind_of(error, submission), config.fallback_on),
    )
