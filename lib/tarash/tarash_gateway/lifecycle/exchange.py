"""The three pure functions that move a generation.

outgoing(generation)             what to send next
incoming(generation, reply, now) what the reply means
recover(generation, error, now)  retry, fall back, or give up
"""

from typing import Any, TypeAlias, assert_never

import attrs
from returns.result import Failure, Result, Success

from ..exceptions import HTTPError, RateLimitError, TarashException, UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..outcome import Outcome
from ..providers.base import Job, Polled, Progress, Ready, Refusal, ReplyTo, Target, Video
from ..values.attempts import Cancellation
from .fallback import Verdict, move_on
from .fates import is_refusal
from .generation import Collecting, Finished, Generation, Leaving, Moment, Polling, Submitting
from .recovery import after_look, leave, recover, wait
from .results import finished, update_of

__all__ = ["incoming", "outgoing", "recover"]


def outgoing(generation: Generation) -> Outcome[HttpRequest]:
    """Return what to send next.

    Errors:
        UnexpectedReplyError: Nothing can be sent at this stage.
    """
    target, stage = generation.leg.target, generation.stage
    match stage:
        case Submitting():
            return Success(authenticate_request(target, generation.leg.submission.request))
        case Polling(job=job):
            return Success(authenticate_request(target, target.provider.poll(target, job)))
        case Collecting(url=str() as url):
            return Success(authenticate_request(target, HttpRequest(method="GET", url=url)))
        case Collecting(job=job):
            return _maybe(target, target.provider.collect, job)
        case Leaving(job=job, looking=True):
            return Success(authenticate_request(target, target.provider.poll(target, job)))
        case Leaving(job=job):
            return _maybe(target, target.provider.cancel, job)
        case Finished():
            return Failure(UnexpectedReplyError(message="the generation is finished already"))
        case _:
            assert_never(stage)


def _maybe(target: Target, request: Any, job: Job) -> Outcome[HttpRequest]:
    if request is None:
        message = (
            f"provider {target.provider.name} says that a job is ready, and not how to fetch it"
        )
        return Failure(UnexpectedReplyError(message=message))
    return Success(authenticate_request(target, request(target, job)))


def authenticate_request(target: Target, request: HttpRequest) -> HttpRequest:
    """Return the request with the key, if it goes to the provider's own origin."""
    if target.key is None or not target.owns(request.url):
        return request
    return attrs.evolve(request, credential=target.provider.authenticate(target.key))


Judged: TypeAlias = Result[Generation, TarashException | Verdict]


def incoming(  # noqa: PLR0911 - one for each stage and kind of reply
    generation: Generation, reply: HttpResponse, now: Moment
) -> Judged:
    """Return the generation after ``reply``.

    Errors:
        TarashException: What the reply objects to; `recover` decides what follows.
        Verdict: The error that ends the call.
    """
    target, stage = generation.leg.target, generation.stage
    provider, good = target.provider, reply.status in range(200, 300)
    match stage:
        case Submitting() if good:
            accepted = provider.accepted(target, reply)
            if isinstance(accepted, Failure):
                return Failure(_from(reply, accepted.failure()))
            return _accepted(generation, accepted.unwrap(), reply, now)
        case Polling(job=job) if good:
            return _judged(generation, provider.polled(target, job, reply), now)
        case Collecting() if reply.status in REDIRECTS and "location" in reply.headers:
            return _redirected(generation, stage, reply.headers["location"], now)
        case Collecting(job=job) if good and provider.collected is not None:
            return _judged(generation, provider.collected(target, job, reply), now)
        case Collecting(url=str()):
            return Failure(_elsewhere(reply))
        case Leaving(job=job, looking=True) if good:
            return _looked(generation, stage, provider.polled(target, job, reply), now)
        case Leaving(looking=False):
            return _cancelled(generation, stage, reply, now)
        case Finished():
            return Success(generation)
        case _:
            return _refused(generation, provider.failure(target, reply, _asked(stage)), reply, now)


def _from(reply: HttpResponse, error: TarashException) -> TarashException:
    """Return the error with the status of the reply that it comes from."""
    return attrs.evolve(error, status_code=error.status_code or reply.status)


def _elsewhere(reply: HttpResponse) -> TarashException:
    # The host behind a redirect is not the provider: its 403 is about a signed URL, not about the
    # account, and its words are not in the provider's language.
    message = (
        f"the host to which the result was redirected answered HTTP {reply.status}: the link may "
        "have expired; the provider is asked for a fresh one"
    )
    return HTTPError(message=message, status_code=reply.status)


def _asked(stage: object) -> ReplyTo:
    match stage:
        case Submitting():
            return "submit"
        case Polling():
            return "poll"
        case _:
            return "collect"


def _refused(generation: Generation, refusal: Refusal, reply: HttpResponse, now: Moment) -> Judged:
    stage, error = generation.stage, _from(reply, refusal.error)
    if isinstance(stage, Submitting):
        return Failure(_submission_error(reply, error))
    if refusal.of == "job" and generation.job is not None:
        return move_on(generation, error, now, verdict=True)
    if isinstance(stage, Leaving):
        return after_look(generation, None, now)
    if refusal.of == "too_early" and isinstance(stage, Collecting):
        polling = Polling(job=stage.job, polls=generation.polls, leaving=stage.leaving)
        return wait(attrs.evolve(generation, stage=polling, update=None), now, None)
    return Failure(error)


def _submission_error(reply: HttpResponse, error: TarashException) -> TarashException:
    """Return what an error reply to a submission means, whatever its words say.

    Behind a 5xx, a 408, a 499 or a 1xx a job may exist: no word in the body makes it a refusal.
    """
    wait_asked = error.retry_after if isinstance(error, HTTPError | RateLimitError) else None
    if isinstance(error, HTTPError) or is_refusal(reply.status, retry_after=wait_asked):
        return error
    return HTTPError(
        message=error.message, status_code=reply.status, raw_response=error.raw_response
    )


def _accepted(
    generation: Generation, accepted: Job | Video, reply: HttpResponse, now: Moment
) -> Judged:
    if isinstance(accepted, Video):
        return Success(finished(generation, accepted, now))
    target = generation.leg.target
    update = update_of(generation, accepted.id, "queued")
    running = attrs.evolve(generation, stage=Polling(job=accepted), update=update)
    # Most providers answer a submission as they answer a poll: the job may be over already.
    state = target.provider.polled(target, accepted, reply)
    if isinstance(state, Failure) and isinstance(state.failure(), UnexpectedReplyError):
        return wait(running, now, accepted.wait)
    hinted = state.map(lambda found: _hinted(found, accepted.wait))
    return _judged(running, hinted, now, counted=False)


def _hinted(state: Polled, seconds: float | None) -> Polled:
    if not isinstance(state, Progress) or state.wait is not None:
        return state
    return attrs.evolve(state, wait=seconds)


def _judged(
    generation: Generation, outcome: Outcome[Polled], now: Moment, *, counted: bool = True
) -> Judged:
    """Go on with what a reply says; a failed job is a verdict, a garbled reply is not.

    Args:
        generation: The generation.
        outcome: What the reply says about the job.
        now: The time.
        counted: Whether the reply answers a poll; the reply to a submission does not.
    """
    if isinstance(outcome, Failure):
        error: TarashException = outcome.failure()
        if isinstance(error, UnexpectedReplyError):
            return Failure(error)
        return move_on(generation, error, now, verdict=True)
    stage = generation.stage
    if isinstance(stage, Polling) and counted:
        generation = attrs.evolve(generation, stage=attrs.evolve(stage, polls=stage.polls + 1))
    return _state(generation, outcome.unwrap(), now)


def _state(generation: Generation, state: Polled, now: Moment) -> Judged:
    match state:
        case Progress():
            return _progressed(generation, state, now)
        case Ready(job=job):
            stage = Collecting(job=job, polls=generation.polls, leaving=generation.leaving)
            return Success(attrs.evolve(generation, stage=stage, due=now.monotonic, update=None))
        case Video():
            return Success(finished(generation, state, now))


def _looked(
    generation: Generation, stage: Leaving, outcome: Outcome[Polled], now: Moment
) -> Judged:
    """Go on with what a look before a cancel found."""
    if isinstance(outcome, Failure):
        error: TarashException = outcome.failure()
        if isinstance(error, UnexpectedReplyError):
            return after_look(generation, None, now)
        return move_on(generation, error, now, verdict=True)
    state = outcome.unwrap()
    if isinstance(state, Progress):
        return after_look(generation, state.status, now)
    # It is finished, and paid for: taking it is cheaper than the next config.
    polling = Polling(job=stage.job, polls=generation.polls, leaving=stage.error)
    return _state(attrs.evolve(generation, stage=polling), state, now)


def _cancelled(generation: Generation, stage: Leaving, reply: HttpResponse, now: Moment) -> Judged:
    cancelled = generation.leg.target.provider.cancelled
    answer: Cancellation = "failed" if cancelled is None else cancelled(reply)
    if answer == "confirmed" and stage.charged:
        answer = "charged"
    if answer != "too_late":
        return move_on(generation, stage.error, now, cancellation=answer)
    # It is finished, and paid for: a look is cheaper than the next config.
    polling = Polling(job=stage.job, polls=generation.polls, leaving=stage.error)
    return Success(attrs.evolve(generation, stage=polling, due=now.monotonic, update=None))


def _progressed(generation: Generation, progress: Progress, now: Moment) -> Judged:
    job = generation.job
    if job is None:
        return Failure(UnexpectedReplyError(message="progress without a job"))
    update = update_of(
        generation,
        job.id,
        progress.status,
        progress_percent=progress.percent,
        queue_position=progress.queue_position,
        logs=progress.logs,
        update=progress.raw,
    )
    stage = Polling(job=job, polls=generation.polls, leaving=generation.leaving)
    moved = attrs.evolve(generation, stage=stage, update=update, status=progress.status)
    return wait(moved, now, progress.wait, status=progress.status)


def _redirected(generation: Generation, stage: Collecting, location: str, now: Moment) -> Judged:
    request = outgoing(generation)
    base = request.map(lambda r: r.url).value_or("")
    url = followed(base, location)
    if stage.redirects >= MOST_REDIRECTS or url is None:
        error = HTTPError(message="the result redirects without end", status_code=310)
        return leave(generation, error, now)
    moved = attrs.evolve(stage, url=url, redirects=stage.redirects + 1)
    return Success(attrs.evolve(generation, stage=moved, due=now.monotonic, update=None))
