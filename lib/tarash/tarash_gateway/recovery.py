"""What to do about an error: ask again, cancel, fall back, or give up. Pure.

Source: the rules about money in docs/architecture.md.
"""

from typing import Final

import attrs
from returns.result import Failure, Success

from .durable import VideoGeneration
from .exceptions import (
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    JournalError,
    RateLimitError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    UnexpectedReplyError,
    ValidationError,
)
from .generation import Collecting, Generation, Leaving, Leg, Moment, Polling, Submitting
from .metadata import AttemptMetadata, Cancellation
from .metadata import Submission as Fate
from .outcome import Outcome

_SERVER_ERROR: Final = 500
_UNAVAILABLE: Final = 503
# A refusal of a poll is believed after so many in a row: wire notes know strays of each.
_BELIEVED: Final = 3
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 10.0
_STAYS: Final = (ValidationError, ContentModerationError)


def recover(generation: Generation, error: TarashException, now: Moment) -> Outcome[Generation]:
    """Say how the call goes on after ``error``.

    Errors:
        TarashException: Nothing is left to try: the error, with every attempt in it.
    """
    if isinstance(error, JournalError):
        # What cannot be written down is not submitted, here or elsewhere.
        return Failure(located(generation, error))
    if error.attempts:
        # The verdict was spoken already: `move_on` put the attempts in.
        return Failure(error)
    match generation.stage:
        case Submitting() as stage:
            return _after_submission(generation, stage, error, now)
        case Polling() | Collecting() as stage:
            return _after_asking(generation, stage, error, now)
        case Leaving(error=reason):
            return move_on(generation, reason, now, cancellation="failed")
        case _:
            return Failure(error)


def backoff(faults: int, chance: float, asked: float | None = None) -> float:
    """Return seconds to wait after ``faults`` failures in a row, at least what was ``asked``.

    Doubles from half a second to ten, with 50 % jitter either way.

    >>> backoff(0, 0.5), backoff(3, 0.0), backoff(99, 0.5), backoff(0, 0.5, asked=7.0)
    (0.5, 2.0, 10.0, 7.0)
    """
    wait = min(_FIRST_WAIT * 2.0 ** min(faults, 10), _LONGEST_WAIT)
    return max(wait * (0.5 + chance), asked or 0.0)


def fate(error: TarashException) -> Fate:
    """Return what is known of a submission that ended in ``error``.

    >>> fate(HTTPError(message="gateway", status_code=502))
    'unknown'
    >>> fate(HTTPConnectionError(message="refused", request_sent=False))
    'not_sent'
    """
    match error:
        case GenerationFailedError() | GenerationCancelledError():
            return "accepted"
        case HTTPConnectionError(request_sent=sent):
            return "unknown" if sent else "not_sent"
        case HTTPError(status_code=status, retry_after=wait):
            accepted_by_nobody = status == _UNAVAILABLE and wait is not None
            unknown = (_is_server_error(error) and not accepted_by_nobody) or status == 408  # noqa: PLR2004
            return "unknown" if unknown else "refused"
        case UnexpectedReplyError():
            return "unknown"
        case _:
            return "refused"


def _is_server_error(error: HTTPError) -> bool:
    return error.status_code is not None and error.status_code >= _SERVER_ERROR


def _may_resend(error: TarashException) -> bool:
    match error:
        case HTTPConnectionError(request_sent=sent):
            return not sent
        case RateLimitError():
            return True
        case HTTPError(status_code=status, retry_after=wait):
            return status == _UNAVAILABLE and wait is not None
        case _:
            return False


def _after_submission(
    generation: Generation, stage: Submitting, error: TarashException, now: Moment
) -> Outcome[Generation]:
    due = now.monotonic + backoff(stage.tries, now.chance, _asked(error))
    again = stage.tries + 1 < generation.leg.target.provider.submissions
    if _may_resend(error) and again and due < generation.deadline:
        return Success(
            attrs.evolve(generation, stage=Submitting(tries=stage.tries + 1), due=due, update=None)
        )
    # The reply to the submission may be the job's end already.
    over = isinstance(error, GenerationFailedError | GenerationCancelledError)
    return move_on(generation, error, now, submission=fate(error), verdict=over)


def _asked(error: TarashException) -> float | None:
    return error.retry_after if isinstance(error, RateLimitError | HTTPError) else None


def is_passing(error: TarashException) -> bool:
    """Tell whether an error on a poll says nothing of the job: bad weather."""
    if isinstance(error, HTTPError):
        return _is_server_error(error) or error.status_code in {408, 425}
    return isinstance(error, HTTPConnectionError | RateLimitError)


def _after_asking(
    generation: Generation, stage: Polling | Collecting, error: TarashException, now: Moment
) -> Outcome[Generation]:
    passing = is_passing(error) or (
        isinstance(error, UnexpectedReplyError) and isinstance(stage, Polling)
    )
    doubts = stage.doubts if passing else stage.doubts + 1
    polls = stage.polls + 1 if isinstance(stage, Polling) else stage.polls
    asked = attrs.evolve(stage, polls=polls, faults=stage.faults + 1, doubts=doubts)
    later = attrs.evolve(generation, stage=asked, update=None)
    if stage.leaving is not None:
        return move_on(later, stage.leaving, now, cancellation="too_late")
    if not passing and doubts >= _BELIEVED:
        return leave(later, error, now)
    return wait(later, now, backoff(stage.faults, now.chance, _asked(error)), error)


def wait(
    generation: Generation, now: Moment, seconds: float, cause: TarashException | None = None
) -> Outcome[Generation]:
    """Return the generation due after ``seconds``, at the deadline at the latest.

    Errors:
        TimeoutError: The time or the polls are used up, and no config is left.
    """
    config, stage = generation.leg.target.config, generation.stage
    if isinstance(stage, Polling | Collecting) and stage.leaving is not None:
        return move_on(generation, stage.leaving, now, cancellation="too_late")
    polled_out = isinstance(generation.stage, Polling) and (
        generation.polls >= config.max_poll_attempts
    )
    if polled_out or now.monotonic >= generation.deadline:
        return leave(generation, _timeout(generation, now, cause), now)
    due = min(now.monotonic + seconds, generation.deadline)
    return Success(attrs.evolve(generation, due=due))


def _timeout(generation: Generation, now: Moment, cause: TarashException | None) -> TarashException:
    config = generation.leg.target.config
    waited = now.monotonic - generation.started.monotonic
    last = f"; the last answer was: {cause.message}" if cause is not None else ""
    return TimeoutError(
        message=f"the video was not finished after {waited:.0f} s and {generation.polls} polls: "
        "the job may still finish and be charged; raise timeout "
        f"({config.timeout:g} s) or max_poll_attempts ({config.max_poll_attempts})" + last,
        timeout_seconds=float(config.timeout),
        raw_response=cause.raw_response if cause is not None else None,
    )


def leave(generation: Generation, error: TarashException, now: Moment) -> Outcome[Generation]:
    """Cancel the job if the chain goes on without it, else end the attempt."""
    job, provider = generation.job, generation.leg.target.provider
    if job is None or not _goes_on(generation, error):
        return move_on(generation, error, now)
    if provider.cancel is None:
        return move_on(generation, error, now, cancellation="unsupported")
    stage = Leaving(job=job, polls=generation.polls, error=error)
    return Success(attrs.evolve(generation, stage=stage, due=now.monotonic, update=None))


def goes_on(error: TarashException, fallback_on: frozenset[str] | None = None) -> bool:
    """Tell whether the next config of the chain may be tried after ``error``.

    >>> from .exceptions import GenerationFailedError
    >>> goes_on(ValidationError(message="wrong")), goes_on(GenerationFailedError(message="bad"))
    (False, True)
    >>> goes_on(ContentModerationError(message="no"), frozenset({"moderation"}))
    True
    """
    if fallback_on is not None:
        return error.kind in fallback_on
    return not isinstance(error, _STAYS)


def _goes_on(generation: Generation, error: TarashException) -> bool:
    config = generation.leg.target.config
    return bool(generation.rest) and goes_on(error, config.fallback_on)


def move_on(  # noqa: PLR0913 - what an attempt's record has
    generation: Generation,
    error: TarashException,
    now: Moment,
    *,
    submission: Fate = "accepted",
    cancellation: Cancellation | None = None,
    verdict: bool = False,
) -> Outcome[Generation]:
    """End the attempt with ``error``; begin the next config's, or give up.

    Args:
        generation: The generation.
        error: Why the attempt ends.
        now: When it ends.
        submission: What is known of its submission.
        cancellation: What became of cancelling its job.
        verdict: Whether the provider said that the job itself failed: nothing is left of it.

    Errors:
        TarashException: The error, with its place and all attempts.
    """
    placed = located(generation, error)
    ended = attrs.evolve(
        attempt(generation, now, submission=submission, error=placed, request_id=placed.request_id),
        cancellation=cancellation,
        job_ended=verdict,
    )
    attempts = (*generation.attempts, ended)
    alive = generation.job is not None and not verdict and cancellation != "confirmed"
    left = generation.durable() if alive else generation.left
    # A job that may still be charged ends the chain, unless the caller chose otherwise: the next
    # config would be a second payment.
    chosen = generation.leg.target.config.fallback_on is not None
    if not _goes_on(generation, error) or (alive and not chosen):
        final = _final(placed, submission, attempts, left)
        ended_job = generation.durable() if generation.job is not None else None
        return Failure(attrs.evolve(final, generation=left or ended_job))
    following = generation.rest[0]
    warnings = (
        *generation.warnings,
        _fallback_warning(ended, following),
        *following.submission.warnings,
    )
    return Success(
        attrs.evolve(
            generation,
            leg=following,
            rest=generation.rest[1:],
            stage=Submitting(),
            started=now,
            due=now.monotonic,
            attempts=attempts,
            warnings=warnings,
            update=None,
            status="queued",
            left=left,
        )
    )


def _final(
    error: TarashException,
    submission: Fate,
    attempts: tuple[AttemptMetadata, ...],
    left: VideoGeneration | None,
) -> TarashException:
    """Return the error as it is raised: with all attempts, and the job to go on with."""
    if submission == "unknown":
        error = SubmissionUnknownError(
            message=f"{error.message}; whether a job was accepted is not known: look at the "
            "provider's dashboard before you send it again",
            provider=error.provider,
            model=error.model,
            raw_response=error.raw_response,
        )
    if left is None:
        return attrs.evolve(error, attempts=attempts)
    hint = f"job {left.request_id} of {left.provider} may go on: resume_video(error.generation)"
    return attrs.evolve(error, message=f"{error.message}; {hint}", attempts=attempts)


def _fallback_warning(ended: AttemptMetadata, following: Leg) -> str:
    paid = "; it may have been charged" if ended.may_have_been_paid else ""
    config = following.target.config
    return (
        f"{ended.provider}/{ended.model} failed ({ended.error_type}: {ended.error_message}){paid}; "
        f"{config.provider}/{config.model} was tried next"
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


def attempt(
    generation: Generation,
    now: Moment,
    *,
    submission: Fate,
    error: TarashException | None = None,
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
        is_retryable=None if error is None else goes_on(error, config.fallback_on),
    )
