"""The three pure functions that move a generation.

outgoing(generation)             what to send next
incoming(generation, reply, now) what the reply means
recover(generation, error, now)  retry, fall back, or give up
"""

from typing import Any, Final, assert_never

import attrs
from returns.result import Failure, Success

from .exceptions import HTTPError, TarashException, UnexpectedReplyError
from .generation import (
    Collecting,
    Finished,
    Generation,
    Leaving,
    Moment,
    Polling,
    Submitting,
)
from .messages import MOST_REDIRECTS, REDIRECTS, HttpRequest, HttpResponse, followed
from .metadata import ExecutionMetadata
from .outcome import Outcome
from .providers.base import Job, Polled, Progress, Ready, Refusal, ReplyTo, Target, Video
from .recovery import attempt, leave, move_on, recover, wait
from .response import VideoGenerationResponse, VideoGenerationUpdate

__all__ = ["allowance", "incoming", "outgoing", "recover"]

# The last look at the deadline, and cancelling a job that is left, get this much time.
_LAST_LOOK: Final = 0.5
_CANCEL: Final = 5.0


def outgoing(generation: Generation) -> Outcome[HttpRequest]:
    """Return what to send next.

    Errors:
        UnexpectedReplyError: Nothing can be sent at this stage.
    """
    target, stage = generation.leg.target, generation.stage
    match stage:
        case Submitting():
            return Success(authenticated(target, generation.leg.submission.request))
        case Polling(job=job):
            return Success(authenticated(target, target.provider.poll(target, job)))
        case Collecting(url=str() as url):
            return Success(authenticated(target, HttpRequest(method="GET", url=url)))
        case Collecting(job=job):
            return _maybe(target, target.provider.collect, job)
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
    return Success(authenticated(target, request(target, job)))


def authenticated(target: Target, request: HttpRequest) -> HttpRequest:
    """Return the request with the key, if it goes to the provider's own origin."""
    if target.key is None or not target.owns(request.url):
        return request
    return attrs.evolve(request, credential=target.provider.authenticate(target.key))


def allowance(generation: Generation, now: Moment) -> float:
    """Return how many seconds the next exchange may take."""
    limit = generation.leg.target.config.request_timeout
    if isinstance(generation.stage, Leaving) or _leaving(generation) is not None:
        return min(limit, _CANCEL)
    return min(limit, max(generation.deadline - now.monotonic, _LAST_LOOK))


def incoming(generation: Generation, reply: HttpResponse, now: Moment) -> Outcome[Generation]:
    """Return the generation after ``reply``.

    Errors:
        TarashException: What the reply objects to; `recover` decides what follows.
    """
    target, stage = generation.leg.target, generation.stage
    provider, good = target.provider, reply.status in range(200, 300)
    match stage:
        case Submitting() if good:
            return provider.accepted(target, reply).bind(lambda a: _accepted(generation, a, now))
        case Polling(job=job) if good:
            return _judged(generation, provider.polled(target, job, reply), now)
        case Collecting() if reply.status in REDIRECTS and "location" in reply.headers:
            return _redirected(generation, stage, reply.headers["location"], now)
        case Collecting(job=job) if good and provider.collected is not None:
            return _judged(generation, provider.collected(target, job, reply), now)
        case Leaving(error=error):
            return _cancelled(generation, stage.job, error, reply, now)
        case Finished():
            return Success(generation)
        case _:
            return _refused(generation, provider.failure(target, reply, _asked(stage)), now)


def _asked(stage: object) -> ReplyTo:
    match stage:
        case Submitting():
            return "submit"
        case Polling():
            return "poll"
        case _:
            return "collect"


def _refused(generation: Generation, refusal: Refusal, now: Moment) -> Outcome[Generation]:
    if refusal.of == "job" and generation.job is not None:
        return move_on(generation, refusal.error, now, verdict=True)
    if refusal.of == "too_early" and isinstance(generation.stage, Collecting):
        stage = Polling(
            job=generation.stage.job, polls=generation.polls, leaving=generation.stage.leaving
        )
        back = attrs.evolve(generation, stage=stage, update=None)
        return wait(back, now, generation.leg.target.config.poll_interval)
    return Failure(refusal.error)


def _accepted(generation: Generation, accepted: Job | Video, now: Moment) -> Outcome[Generation]:
    if isinstance(accepted, Video):
        return Success(_finished(generation, accepted, now))
    config = generation.leg.target.config
    update = VideoGenerationUpdate(
        request_id=accepted.id, status="queued", provider=config.provider, model=config.model
    )
    pause = config.poll_interval if accepted.wait is None else accepted.wait
    running = attrs.evolve(generation, stage=Polling(job=accepted), update=update)
    return wait(running, now, pause)


def _judged(generation: Generation, outcome: Outcome[Polled], now: Moment) -> Outcome[Generation]:
    """Go on with what a reply says; a failed job is a verdict, a garbled reply is not."""
    if isinstance(outcome, Failure):
        error: TarashException = outcome.failure()
        if isinstance(error, UnexpectedReplyError):
            return Failure(error)
        return move_on(generation, error, now, verdict=True)
    return _state(generation, outcome.unwrap(), now)


def _state(generation: Generation, state: Polled, now: Moment) -> Outcome[Generation]:
    match state:
        case Progress():
            return _progressed(generation, state, now)
        case Ready(job=job):
            stage = Collecting(
                job=job, polls=_polls_after(generation), leaving=_leaving(generation)
            )
            return Success(attrs.evolve(generation, stage=stage, due=now.monotonic, update=None))
        case Video():
            return Success(_finished(generation, state, now))


def _leaving(generation: Generation) -> TarashException | None:
    stage = generation.stage
    return stage.leaving if isinstance(stage, Polling | Collecting) else None


def _cancelled(
    generation: Generation, job: Job, error: TarashException, reply: HttpResponse, now: Moment
) -> Outcome[Generation]:
    cancelled = generation.leg.target.provider.cancelled
    answer = "failed" if cancelled is None else cancelled(reply)
    if answer != "too_late":
        return move_on(generation, error, now, cancellation=answer)
    # It is finished, and paid for: a look is cheaper than the next config.
    stage = Polling(job=job, polls=generation.polls, leaving=error)
    return Success(attrs.evolve(generation, stage=stage, due=now.monotonic, update=None))


def _polls_after(generation: Generation) -> int:
    return generation.polls + (1 if isinstance(generation.stage, Polling) else 0)


def _progressed(generation: Generation, progress: Progress, now: Moment) -> Outcome[Generation]:
    config, job = generation.leg.target.config, generation.job
    if job is None:
        return Failure(UnexpectedReplyError(message="progress without a job"))
    update = VideoGenerationUpdate(
        request_id=job.id,
        status=progress.status,
        progress_percent=progress.percent,
        queue_position=progress.queue_position,
        logs=progress.logs,
        update=progress.raw,
        provider=config.provider,
        model=config.model,
    )
    stage = Polling(job=job, polls=_polls_after(generation), leaving=_leaving(generation))
    pause = config.poll_interval if progress.wait is None else progress.wait
    moved = attrs.evolve(generation, stage=stage, update=update, status=progress.status)
    return wait(moved, now, pause)


def _redirected(
    generation: Generation, stage: Collecting, location: str, now: Moment
) -> Outcome[Generation]:
    request = outgoing(generation)
    base = request.map(lambda r: r.url).value_or("")
    url = followed(base, location)
    if stage.redirects >= MOST_REDIRECTS or url is None:
        error = HTTPError(message="the result redirects without end", status_code=310)
        return leave(generation, error, now)
    moved = attrs.evolve(stage, url=url, redirects=stage.redirects + 1)
    return Success(attrs.evolve(generation, stage=moved, due=now.monotonic, update=None))


def _finished(generation: Generation, video: Video, now: Moment) -> Generation:
    config, submission = generation.leg.target.config, generation.leg.submission
    counted = attrs.evolve(
        generation,
        stage=attrs.evolve(generation.stage, polls=_polls_after(generation))
        if isinstance(generation.stage, Polling)
        else generation.stage,
    )
    success = attrs.evolve(
        attempt(counted, now, submission="accepted", request_id=video.request_id),
        job_ended=True,
    )
    response = VideoGenerationResponse(
        request_id=video.request_id,
        video=video.video,
        content_type=video.content_type,
        duration=video.duration or submission.duration,
        resolution=video.resolution or submission.resolution,
        aspect_ratio=video.aspect_ratio or submission.aspect_ratio,
        is_mock=video.is_mock,
        warnings=(*generation.warnings, *video.warnings),
        provider_metadata=video.metadata,
        raw_response=video.raw,
        execution_metadata=ExecutionMetadata(
            attempts=(*generation.attempts, success), configs_in_chain=generation.configs
        ),
    )
    update = VideoGenerationUpdate(
        request_id=video.request_id,
        status="completed",
        progress_percent=100.0,
        update=video.raw if video.update is None else video.update,
        provider=config.provider,
        model=config.model,
    )
    return attrs.evolve(
        generation, stage=Finished(response=response), due=now.monotonic, update=update
    )
