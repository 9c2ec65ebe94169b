"""The pure functions that move a generation.

outgoing(generation)             what to send next
incoming(generation, reply, now) what the reply means
recover(generation, error, now)  retry, fall back, or give up
"""

from typing import Final, TypeAlias, assert_never

import attrs
from returns.result import Failure, Result, Success

from ..exceptions import HTTPError, TarashException, UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse
from ..http.reading import retry_after
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..outcome import Outcome, failed
from ..providers.base import Job, Polled, Progress, Ready, Refusal, ReplyTo, Video
from ..providers.uploads import Upload
from ..values.attempts import Cancellation
from .fallback import Verdict, move_on
from .fates import hint_of, is_refusal
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
from .keys import authenticate_request
from .prepare import leg_to
from .recovery import after_look, leave, recover, wait
from .results import finish, update_of, update_of_upload
from .uploads import after_upload_reply, upload_request, with_stored

__all__ = ["incoming", "outgoing", "recover"]


def outgoing(generation: Generation) -> Outcome[HttpRequest]:
    """Return what to send next.

    Errors:
        UnexpectedReplyError: Nothing can be sent at this stage.
    """
    target, provider, stage = generation.leg.target, generation.provider, generation.stage
    request: HttpRequest | None
    match stage:
        case Uploading(upload=upload):
            request = upload_request(target, upload)
            return Success(request) if request else _nothing_to_send(generation)
        case Submitting():
            request = generation.leg.submission.request
        case Collecting(url=str() as url):
            request = HttpRequest(method="GET", url=url)
        case Collecting(job=job):
            request = provider.collect and provider.collect(target, job)
        case Leaving(job=job, looking=False):
            request = provider.cancel and provider.cancel(target, job)
        case Polling(job=job) | Leaving(job=job):
            request = provider.poll(target, job)
        case Finished():
            request = None
        case _:
            assert_never(stage)
    if request is None:
        return _nothing_to_send(generation)
    return Success(authenticate_request(target, request))


def _nothing_to_send(generation: Generation) -> Outcome[HttpRequest]:
    message = (
        f"provider {generation.provider.name} has no request for the stage "
        f"{type(generation.stage).__name__}: a provider that reports a job as Ready has to define "
        "collect"
    )
    return Failure(UnexpectedReplyError(message))


Judgement: TypeAlias = Result[Generation, TarashException | Verdict]

_REPLY_TO: Final[dict[type, ReplyTo]] = {Submitting: "submit", Polling: "poll"}


def incoming(  # noqa: PLR0911 - one case for each stage and kind of reply
    generation: Generation, reply: HttpResponse, now: Moment
) -> Judgement:
    """Return the generation after ``reply``.

    Errors:
        TarashException: The reply reports an error; `recover` decides what follows.
        Verdict: The error that ends the call.
    """
    target, provider, stage = generation.leg.target, generation.provider, generation.stage
    good = reply.status in range(200, 300)
    match stage:
        case Uploading():
            return _after_upload(generation, stage, reply, now)
        case Submitting() if good:
            accepted = provider.accepted(target, reply)
            if failed(accepted):
                return Failure(_with_status(accepted.failure(), reply))
            return _after_acceptance(generation, accepted.unwrap(), reply, now)
        case Polling(job=job) | Leaving(job=job, looking=True) if good:
            report = _with_hint(provider.polled(target, job, reply), reply)
            return _after_report(generation, job, report, now)
        case Collecting() if reply.status in REDIRECTS and "location" in reply.headers:
            return _redirect(generation, stage, reply.headers["location"], now)
        case Collecting(job=job) if good and provider.collected is not None:
            report = _with_hint(provider.collected(target, job, reply), reply)
            return _after_report(generation, job, report, now)
        case Collecting(url=str()):
            # The host behind a redirect is not the provider: its 403 is about a signed URL, not
            # about the account, and its words are not in the provider's language.
            message = (
                f"the host to which the result was redirected answered HTTP {reply.status}: the "
                "link may have expired; the provider is asked for a fresh one"
            )
            return Failure(HTTPError(message, status_code=reply.status))
        case Leaving(looking=False):
            return _after_cancel(generation, stage, reply, now)
        case Finished():
            return Success(generation)
        case _:
            refusal = provider.failure(target, reply, _REPLY_TO.get(type(stage), "collect"))
            return _after_refusal(generation, refusal, reply, now)


def _after_upload(
    generation: Generation, stage: Uploading, reply: HttpResponse, now: Moment
) -> Judgement:
    outcome = after_upload_reply(generation.leg.target, stage.upload, reply)
    if isinstance(outcome, Failure):
        return Failure(_with_status(outcome.failure(), reply))
    stored = outcome.unwrap()
    if isinstance(stored, Upload):
        update = update_of_upload(generation, stored, stage.done, stored.sent)
        return Success(generation.at(attrs.evolve(stage, upload=stored), now, update))
    update = update_of_upload(generation, stage.upload, stage.done, stage.upload.size)
    done = {**stage.done, stage.upload.place: stored}
    if stage.waiting:
        following, *waiting = stage.waiting
        later = Uploading(upload=following, waiting=tuple(waiting), done=done)
        return Success(generation.at(later, now, update))
    named = leg_to(generation.leg.target, with_stored(generation.request, done))
    if isinstance(named, Failure):
        return move_on(generation, named.failure(), now, submission="not_sent")
    # Its warnings are those of the submission that was made before the uploads.
    submission = attrs.evolve(generation.leg.submission, request=named.unwrap().submission.request)
    leg = attrs.evolve(generation.leg, submission=submission)
    return Success(attrs.evolve(generation.at(Submitting(), now, update), leg=leg))


def _with_status(error: TarashException, reply: HttpResponse) -> TarashException:
    return attrs.evolve(error, status_code=error.status_code or reply.status)


def _after_refusal(
    generation: Generation, refusal: Refusal, reply: HttpResponse, now: Moment
) -> Judgement:
    stage, error = generation.stage, _with_status(refusal.error, reply)
    match refusal.of, stage:
        case _, Submitting():
            if isinstance(error, HTTPError) or is_refusal(reply.status, retry_after=hint_of(error)):
                return Failure(error)
            # Behind a 5xx, a 408, a 499 or a 1xx a job may exist, whatever the body says.
            raw = error.raw_response
            return Failure(HTTPError(error.message, status_code=reply.status, raw_response=raw))
        case "job", _:
            return move_on(generation, error, now, verdict=True)
        case "too_early", Collecting(job=job, leaving=leaving):
            polling = Polling(job=job, polls=generation.polls, leaving=leaving, ear=generation.ear)
            return wait(generation.at(polling, now), now, None)
        case _:
            return Failure(error)


def _after_acceptance(
    generation: Generation, accepted: Job | Video, reply: HttpResponse, now: Moment
) -> Judgement:
    if isinstance(accepted, Video):
        return Success(finish(generation, accepted, now))
    update = update_of(generation, accepted.id, "queued")
    polling = attrs.evolve(generation, stage=Polling(job=accepted), update=update)
    # Most providers answer a submission as they answer a poll: the job may be over already.
    report = generation.provider.polled(generation.leg.target, accepted, reply)
    if isinstance(report, Failure) and isinstance(report.failure(), UnexpectedReplyError):
        return wait(polling, now, retry_after(reply) if accepted.wait is None else accepted.wait)
    return _after_report(polling, accepted, _with_hint(report, reply), now, first=True)


def _with_hint(report: Outcome[Polled], reply: HttpResponse) -> Outcome[Polled]:
    """Return the report with the reply's ``Retry-After``, unless a field of it asks for a wait."""
    state, asked = report.value_or(None), retry_after(reply)
    if not isinstance(state, Progress) or state.wait is not None or asked is None:
        return report
    return Success(attrs.evolve(state, wait=asked))


def _after_report(
    generation: Generation, job: Job, report: Outcome[Polled], now: Moment, *, first: bool = False
) -> Judgement:
    """Return the generation after what a reply reports about the job.

    A failed job ends the attempt; a reply that cannot be understood says nothing about the job.
    The ``first`` report is in the reply to the submission, and does not count as a poll.
    """
    if failed(report):
        error: TarashException = report.failure()
        if isinstance(error, UnexpectedReplyError):
            return Failure(error)
        return move_on(generation, error, now, verdict=True)
    state, stage, leaving = report.unwrap(), generation.stage, generation.leaving
    if isinstance(stage, Leaving):
        if isinstance(state, Progress):
            return after_look(generation, stage, state.status, now)
        # The job is finished and paid for: fetching its video is cheaper than the next config.
        leaving = stage.error
    polls, ear = generation.polls + (isinstance(stage, Polling) and not first), generation.ear
    if isinstance(state, Ready):
        collecting = Collecting(job=state.job, polls=polls, leaving=leaving, ear=ear)
        return Success(generation.at(collecting, now))
    polling = Polling(job=job, polls=polls, leaving=leaving, ear=ear)
    match state:
        case Video():
            return Success(finish(attrs.evolve(generation, stage=polling), state, now))
        case Progress(status=status, wait=hint):
            update = update_of(
                generation,
                job.id,
                status,
                progress_percent=state.percent,
                queue_position=state.queue_position,
                logs=state.logs,
                update=state.raw,
            )
            moved = attrs.evolve(generation, stage=polling, update=update, status=status)
            seconds = job.wait if first and hint is None else hint
            return wait(moved, now, seconds, status=status)


def _after_cancel(
    generation: Generation, stage: Leaving, reply: HttpResponse, now: Moment
) -> Judgement:
    cancelled = generation.provider.cancelled
    answer: Cancellation = "failed" if cancelled is None else cancelled(reply)
    if answer == "too_late":
        # The job is finished and paid for: fetching its video is cheaper than the next config.
        polling = Polling(job=stage.job, polls=generation.polls, leaving=stage.error)
        return Success(generation.at(polling, now))
    if answer == "confirmed" and stage.charged:
        answer = "charged"
    return move_on(generation, stage.error, now, cancellation=answer)


def _redirect(generation: Generation, stage: Collecting, location: str, now: Moment) -> Judgement:
    url = outgoing(generation).map(lambda request: followed(request.url, location)).value_or(None)
    if stage.redirects >= MOST_REDIRECTS or url is None:
        error = HTTPError("the result redirects without end", status_code=310)
        return leave(generation, error, now)
    return Success(generation.at(attrs.evolve(stage, url=url, redirects=stage.redirects + 1), now))
