"""What to do about an error: ask again, cancel, fall back, or give up. Pure.

Source: the rules about money in docs/architecture.md.
"""

from typing import Final

import attrs
from returns.result import Failure, Success

from ..exceptions import (
    JobInUseError,
    JournalError,
    TarashException,
    TimeoutError,
    UnexpectedReplyError,
)
from ..outcome import Outcome
from ..values.response import StatusType
from .deadline import backoff, clamp, credible
from .fallback import Move, Verdict, ending, is_chosen, locate, may_go_on, move_on
from .fates import asked, fate, is_passing, may_resend
from .generation import Collecting, Finished, Generation, Leaving, Moment, Polling, Submitting

# A refusal of a poll is believed after so many in a row: providers' notes know strays of each.
_BELIEVED: Final = 3


def recover(
    generation: Generation, objection: TarashException | Verdict, now: Moment
) -> Outcome[Generation]:
    """Say how the call goes on after an error, or after a verdict that nothing changes.

    Errors:
        TarashException: Nothing is left to try: the error, with every attempt in it.
    """
    if isinstance(objection, Verdict):
        return Failure(objection.error)
    return _recovered(generation, objection, now).alt(lambda verdict: verdict.error)


def _recovered(generation: Generation, error: TarashException, now: Moment) -> Move:
    if isinstance(error, JournalError | JobInUseError):
        # What cannot be written down is not submitted, here or elsewhere; what another call waits
        # for is left to it.
        final = ending(locate(generation, error), generation.attempts, generation.resumable())
        return Failure(Verdict(final))
    match generation.stage:
        case Submitting() as stage:
            return _after_submission(generation, stage, error, now)
        case Polling() | Collecting() as stage:
            return _after_asking(generation, stage, error, now)
        case Leaving(looking=True):
            return after_look(generation, None, now)
        case Leaving(error=reason):
            return move_on(generation, reason, now, cancellation="failed")
        case Finished():
            return Failure(Verdict(error))


# Submissions.


def _after_submission(
    generation: Generation, stage: Submitting, error: TarashException, now: Moment
) -> Move:
    due = now.monotonic + backoff(stage.tries, now.chance, asked(error))
    again = stage.tries + 1 < generation.leg.target.provider.submissions
    if may_resend(error) and again and due < generation.deadline:
        return Success(
            attrs.evolve(generation, stage=Submitting(tries=stage.tries + 1), due=due, update=None)
        )
    # A job that was accepted and ended in an error is over.
    known = fate(error)
    return move_on(generation, error, now, submission=known, verdict=known == "accepted")


# Polls and results.


def _after_asking(
    generation: Generation, stage: Polling | Collecting, error: TarashException, now: Moment
) -> Move:
    passing = is_passing(error) or (
        isinstance(error, UnexpectedReplyError) and isinstance(stage, Polling)
    )
    doubts = stage.doubts if passing else stage.doubts + 1
    polls = stage.polls + 1 if isinstance(stage, Polling) else stage.polls
    next_stage = attrs.evolve(stage, polls=polls, faults=stage.faults + 1, doubts=doubts)
    if isinstance(next_stage, Collecting) and next_stage.url is not None:
        # The host behind a redirect failed, not the provider: a signed URL may have expired, and
        # the provider is asked for a fresh one.
        next_stage = attrs.evolve(next_stage, url=None, redirects=0)
    later = attrs.evolve(generation, stage=next_stage, update=None)
    if stage.leaving is not None:
        return move_on(later, stage.leaving, now, cancellation="too_late")
    if not passing and doubts >= _BELIEVED:
        return leave(later, error, now)
    pause = backoff(stage.faults, now.chance, credible(asked(error)))
    return wait(later, now, pause, cause=error)


def wait(
    generation: Generation,
    now: Moment,
    seconds: float | None,
    *,
    cause: TarashException | None = None,
    status: StatusType | None = None,
) -> Move:
    """Return the generation due after ``seconds``, at the deadline at the latest.

    What a provider asks for is clamped: a hint of a millisecond would burn all polls in a moment,
    and one of an hour would sleep past a job that is finished.

    Args:
        generation: The generation.
        now: The time.
        seconds: Seconds to wait, or None for the usual interval.
        cause: The error that makes it wait, or None.
        status: Where the job stands as the provider has just said, or None if it has not.

    Errors:
        Verdict: The time or the polls are used up, and no config is left.
    """
    config, stage = generation.leg.target.config, generation.stage
    if generation.leaving is not None:
        return move_on(generation, generation.leaving, now, cancellation="too_late")
    limit = config.poll_limit
    polled_out = isinstance(stage, Polling) and limit is not None and generation.polls >= limit
    if polled_out or now.monotonic >= generation.deadline:
        return leave(generation, _timeout(generation, now, cause), now, status=status)
    pause = clamp(seconds, config.poll_interval, least=cause is None)
    if seconds is not None and generation.leg.target.provider.exact_waits:
        pause = seconds
    due = min(now.monotonic + pause, generation.deadline)
    return Success(attrs.evolve(generation, due=due))


def _timeout(generation: Generation, now: Moment, cause: TarashException | None) -> TarashException:
    config = generation.leg.target.config
    waited = now.monotonic - generation.started.monotonic
    last = f"; the last answer was: {cause.message}" if cause is not None else ""
    limit = config.poll_limit
    polls = f" or max_poll_attempts ({limit})" if limit is not None else ""
    return TimeoutError(
        message=f"the video was not finished after {waited:.0f} s and {generation.polls} polls: "
        f"the job may still finish and be charged; raise timeout ({config.timeout:g} s){polls}"
        + last,
        timeout_seconds=float(config.timeout),
        raw_response=cause.raw_response if cause is not None else None,
    )


# Leaving a job behind.


def leave(
    generation: Generation, error: TarashException, now: Moment, *, status: StatusType | None = None
) -> Move:
    """Look at the job and cancel it if the chain goes on without it, else end the attempt.

    Args:
        generation: The generation.
        error: Why the job is left.
        now: The time.
        status: Where the job stands as the provider has just said, or None if it has not.
    """
    job, provider = generation.job, generation.leg.target.provider
    if job is None or not may_go_on(generation, error, "accepted"):
        return move_on(generation, error, now)
    if provider.cancel is None:
        return move_on(generation, error, now, cancellation="unsupported")
    looking = must_look(generation) and status is None
    stage = Leaving(job=job, polls=generation.polls, error=error, looking=looking)
    leaving = attrs.evolve(generation, stage=stage, due=now.monotonic, update=None)
    return Success(leaving) if looking else after_look(leaving, status, now)


def must_look(generation: Generation) -> bool:
    """Tell whether a job has to be seen before it may be cancelled.

    A cancel may delete a finished video, or leave the charge for a running job: a look tells.
    """
    provider = generation.leg.target.provider
    return provider.cancel_destroys or bool(provider.charged_when_cancelled)


def after_look(generation: Generation, status: StatusType | None, now: Moment) -> Move:
    """Return what follows when an unfinished job was looked at before its cancel.

    Args:
        generation: The generation, at its stage `Leaving`.
        status: Where the job stands, or None if it could not be seen.
        now: The time.
    """
    stage, provider = generation.stage, generation.leg.target.provider
    if not isinstance(stage, Leaving):
        return Success(generation)
    charged = must_look(generation) and (
        status is None or status in provider.charged_when_cancelled
    )
    if not stage.by_caller:
        if charged and not is_chosen(generation, stage.error.kind):
            # The next config would be a second payment. The job is the caller's, who may resume it.
            return move_on(generation, stage.error, now)
        if charged and status is not None and provider.refunds_nothing:
            return move_on(generation, stage.error, now, cancellation="left_running")
    if status is None and provider.cancel_destroys:
        return move_on(generation, stage.error, now, cancellation="failed")
    cancelling = attrs.evolve(stage, looking=False, charged=charged)
    return Success(attrs.evolve(generation, stage=cancelling, due=now.monotonic, update=None))
