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
from .deadline import backoff, credible, last_start, pause
from .fallback import Move, Verdict, ending, is_chosen, locate, may_go_on, move_on
from .fates import fate, hint_of, is_passing, may_resend
from .generation import (
    Collecting,
    Finished,
    Generation,
    Leaving,
    Moment,
    Polling,
    Submitting,
    Uploading,
)
from .uploads import may_upload_again

# A refusal of a poll is believed after so many in a row: providers are known to refuse single polls
# of a healthy job.
_BELIEVED: Final = 3


def recover(
    generation: Generation, objection: TarashException | Verdict, now: Moment
) -> Outcome[Generation]:
    """Return how the call goes on after an error, or after a verdict that nothing changes.

    Errors:
        TarashException: Nothing is left to try: the error, with every attempt in it.
    """
    if isinstance(objection, Verdict):
        return Failure(objection.error)
    return _after_error(generation, objection, now).alt(lambda verdict: verdict.error)


def _after_error(generation: Generation, error: TarashException, now: Moment) -> Move:
    if isinstance(error, JournalError | JobInUseError):
        # What cannot be written down is not submitted, here or elsewhere; the job that another call
        # waits for is left to that call.
        error, left = locate(generation, error), generation.resumable()
        return Failure(Verdict(ending(error, generation.attempts, left, generation.unknown)))
    match generation.stage:
        case Uploading() as stage:
            return _after_upload(generation, stage, error, now)
        case Submitting(tries=tries):
            return _after_submission(generation, tries, error, now)
        case Polling() | Collecting() as stage:
            return _after_asking(generation, stage, error, now)
        case Leaving(looking=True) as stage:
            return after_look(generation, stage, None, now)
        case Leaving(error=reason):
            return move_on(generation, reason, now, cancellation="failed")
        case Finished():
            return Failure(Verdict(error))


def _after_upload(
    generation: Generation, stage: Uploading, error: TarashException, now: Moment
) -> Move:
    due = now.monotonic + backoff(stage.tries, now.chance, hint_of(error))
    if not may_upload_again(error, stage.tries + 1) or due >= generation.deadline:
        return move_on(generation, error, now, submission="not_sent")
    # A signed URL may serve for one try only, so the upload begins again.
    upload = attrs.evolve(stage.upload, replies={}, sent=0)
    again = attrs.evolve(stage, upload=upload, tries=stage.tries + 1)
    return Success(attrs.evolve(generation, stage=again, due=due, update=None))


def _after_submission(
    generation: Generation, tries: int, error: TarashException, now: Moment
) -> Move:
    due = now.monotonic + backoff(tries, now.chance, hint_of(error))
    # Where no time is left to send it again, this error says why, and a timeout would not.
    again = tries + 1 < generation.provider.submissions and due <= last_start(generation)
    if again and may_resend(error):
        return Success(
            attrs.evolve(generation, stage=Submitting(tries=tries + 1), due=due, update=None)
        )
    # A job that was accepted and ended in an error is over.
    known = fate(error)
    return move_on(generation, error, now, submission=known, verdict=known == "accepted")


def _after_asking(
    generation: Generation, stage: Polling | Collecting, error: TarashException, now: Moment
) -> Move:
    polling = isinstance(stage, Polling)
    passing = is_passing(error) or (polling and isinstance(error, UnexpectedReplyError))
    doubts = stage.doubts + (not passing)
    next_stage = attrs.evolve(
        stage, polls=stage.polls + polling, faults=stage.faults + 1, doubts=doubts
    )
    if isinstance(next_stage, Collecting) and next_stage.url is not None:
        # The host behind a redirect failed, not the provider: a signed URL may have expired, and
        # the provider is asked for a fresh one.
        next_stage = attrs.evolve(next_stage, url=None, redirects=0)
    later = generation.at(next_stage, now)
    if not passing and doubts >= _BELIEVED and stage.leaving is None:
        return leave(later, error, now)
    seconds = backoff(stage.faults, now.chance, credible(hint_of(error)))
    return wait(later, now, seconds, cause=error)


def wait(
    generation: Generation,
    now: Moment,
    seconds: float | None,
    *,
    cause: TarashException | None = None,
    status: StatusType | None = None,
) -> Move:
    """Return the generation due after ``seconds``, at the deadline at the latest.

    A provider's hint is limited: one of a millisecond would use up all polls in a moment, and one
    of an hour would sleep past a finished job.

    Without ``seconds``, the pause is the config's interval, or before the first poll the least time
    that the model takes: see `pause`. ``cause`` is the error that makes it wait; ``status`` is
    where the job stands if the provider has just reported it.

    Errors:
        Verdict: The time or the polls are used up, and no config is left.
    """
    config = generation.config
    if generation.leaving is not None:
        return move_on(generation, generation.leaving, now, cancellation="too_late")
    limit, polling = config.poll_limit, isinstance(generation.stage, Polling)
    polled_out = polling and limit is not None and generation.polls >= limit
    if polled_out or now.monotonic >= generation.deadline:
        return leave(generation, _timeout(generation, now, cause), now, status=status)
    seconds = pause(generation, seconds, now, least=cause is None)
    due = min(now.monotonic + seconds, generation.deadline)
    return Success(attrs.evolve(generation, due=due))


def _timeout(generation: Generation, now: Moment, cause: TarashException | None) -> TarashException:
    timeout, limit = generation.config.timeout, generation.config.poll_limit
    waited = now.monotonic - generation.started.monotonic
    polls = "" if limit is None else f" or max_poll_attempts ({limit})"
    asked = f"{generation.polls} poll{'' if generation.polls == 1 else 's'}"
    last = "" if cause is None else f"; the last answer was: {cause.message}"
    return TimeoutError(
        f"the video was not finished after {waited:.0f} s and {asked}: "
        f"the job may still finish and be charged; raise timeout ({timeout:g} s){polls}{last}",
        timeout_seconds=float(timeout),
        raw_response=None if cause is None else cause.raw_response,
    )


def leave(
    generation: Generation, error: TarashException, now: Moment, *, status: StatusType | None = None
) -> Move:
    """Give the job up for ``error``: cancel it if the chain goes on without it.

    ``status`` is where the job stands if the provider has just reported it.
    """
    job = generation.job
    if job is None or not may_go_on(generation, error, "accepted"):
        return move_on(generation, error, now)
    if generation.provider.cancel is None:
        return move_on(generation, error, now, cancellation="unsupported")
    looking = must_look(generation) and status is None
    stage = Leaving(job=job, polls=generation.polls, error=error, looking=looking)
    leaving = generation.at(stage, now)
    return Success(leaving) if looking else after_look(leaving, stage, status, now)


def must_look(generation: Generation) -> bool:
    """Tell whether the provider has to report where a job stands before it may be cancelled.

    A cancel may delete a finished video, or leave the charge for a running job.
    """
    return generation.provider.cancel_destroys or bool(generation.provider.charged_when_cancelled)


def after_look(
    generation: Generation, stage: Leaving, status: StatusType | None, now: Moment
) -> Move:
    """Return what follows when the provider was asked about an unfinished job before its cancel.

    ``status`` is where the job stands, or None if the provider did not report it.
    """
    provider = generation.provider
    charged = must_look(generation) and status in {None, *provider.charged_when_cancelled}
    if charged and not stage.by_caller:
        if not is_chosen(generation, stage.error.kind):
            # The next config would be a second payment. The job is the caller's, who may resume it.
            return move_on(generation, stage.error, now)
        if status is not None and provider.refunds_nothing:
            return move_on(generation, stage.error, now, cancellation="left_running")
    if status is None and provider.cancel_destroys:
        return move_on(generation, stage.error, now, cancellation="failed")
    cancelling = attrs.evolve(stage, looking=False, charged=charged)
    return Success(generation.at(cancelling, now))
