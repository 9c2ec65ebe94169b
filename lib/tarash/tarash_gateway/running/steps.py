"""One step of a generation: an exchange, its log lines, and its entry in the journal."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from returns.io import IOResult
from returns.result import Failure, Result, Success

from ..effects import Effects
from ..exceptions import TarashException, TimeoutError
from ..http.messages import HttpRequest, HttpResponse
from ..http.redacting import without_key
from ..lifecycle.deadline import is_late, limits
from ..lifecycle.exchange import incoming, outgoing, recover
from ..lifecycle.fallback import Verdict
from ..lifecycle.generation import Generation, Submitting, Uploading
from ..outcome import Outcome, catch_bugs, failed
from ..providers.handlers import HandlerCall, ask, ask_async
from .seats import Seat
from .sending import exchange_of
from .stopping import until_set
from .tasks import Steps, Task, do, work
from .watcher import Watcher, moment

T = TypeVar("T")
# Bytes of a reply whose JSON takes an event loop too long to read.
_LARGE: Final = 1 << 18


def submitted(generation: Generation) -> bool:
    """Tell whether a job was accepted."""
    return not isinstance(generation.stage, Uploading | Submitting)


def _uploads(generation: Generation) -> bool:
    return isinstance(generation.stage, Uploading)


def submitting(generation: Generation) -> bool:
    """Tell whether the next exchange is the submission, whose answer is worth money."""
    return isinstance(generation.stage, Submitting)


def _send(
    generation: Generation,
    effects: Effects,
    watcher: Watcher,
    seat: Seat | None,
    request: HttpRequest,
) -> Steps[HttpResponse]:
    if watcher.has_journal:
        ready = yield from do(work(lambda: watcher.before(generation)))
        if failed(ready):
            return Failure(ready.failure())
    if isinstance(request, HandlerCall):
        return (yield from do(_ask(request, watcher)))
    if seat is not None and seat.denial is not None:
        return Failure(seat.denial)
    now = moment(effects)
    if is_late(generation, now):
        return Failure(too_late(generation))
    sent = request
    if _uploads(generation):
        sent = until_set(request, watcher.gone)
    bounds = limits(generation, now)
    # All threads may be busy: a call that waits for one keeps its deadline too.
    patience = max(0.0, generation.deadline - now.monotonic)
    if submitted(generation):
        patience += bounds.total
    reply = yield from do(
        exchange_of(effects, sent, bounds, patience, lambda: too_late(generation))
    )
    if failed(reply):
        return reply
    whole = _without_key(generation, reply.unwrap())
    return Success(watcher.log_exchange(generation, request, whole))


def _ask(call: HandlerCall, watcher: Watcher) -> Task[HttpResponse]:
    """Return the task of a handler's call; it is awaited in the loop where its sessions live."""
    listener = watcher.listener
    return Task(
        lambda: ask(call, listener.blocking),
        partial(ask_async, call, listener.awaiting),
    )


def too_late(generation: Generation) -> TarashException:
    """Return the error of an exchange that no time or no thread was left for: it was not sent."""
    timeout = float(generation.leg.target.config.timeout)
    # An upload takes several exchanges, and is repeated: some of them may have been sent.
    missed = "the upload was not finished" if _uploads(generation) else "nothing was sent"
    problem = f"{missed} within timeout ({timeout:g} s): raise it, or"
    if submitted(generation):
        problem = "no thread was free to ask for the job:"
    return TimeoutError(f"{problem} start fewer calls at once", timeout_seconds=timeout)


def _without_key(generation: Generation, reply: HttpResponse) -> HttpResponse:
    # Error pages repeat the headers of a request, and Replicate's replies the webhook's URL.
    key, hook = generation.leg.target.key, generation.leg.target.config.webhook_url
    if key is not None:
        reply = without_key(reply, key.reveal())
    return reply if hook is None else without_key(reply, hook.partition("?")[2])


def exchange(
    generation: Generation, effects: Effects, watcher: Watcher, seat: Seat | None = None
) -> Steps[Generation]:
    """Send one request, and take in the reply or recover.

    A submission has a ``seat``, which learns what became of it.
    """
    request = catch_bugs(_provider(generation), lambda: outgoing(generation))
    if failed(request):
        return _take_in(generation, Failure(request.failure()), effects, seat)
    answer = yield from _send(generation, effects, watcher, seat, request.unwrap())
    if isinstance(answer, Success) and len(answer.unwrap().body) > _LARGE:
        return (yield from do(_apart(lambda: _take_in(generation, answer, effects, seat))))
    return _take_in(generation, answer, effects, seat)


def _apart(function: Callable[[], Outcome[T]]) -> Task[T]:
    return work(lambda: IOResult.from_result(function()))


def _provider(generation: Generation) -> str:
    return f"provider {generation.leg.target.provider.name!r}"


def _take_in(
    generation: Generation, answer: Outcome[HttpResponse], effects: Effects, seat: Seat | None
) -> Outcome[Generation]:
    """Return the generation after a reply, or after the error that came instead."""
    now = moment(effects)
    judged: Result[Generation, TarashException | Verdict] = (
        Failure(answer.failure())
        if failed(answer)
        else catch_bugs(_provider(generation), lambda: incoming(generation, answer.unwrap(), now))
    )
    if seat is not None and submitting(generation):
        seat.answered(judged, now)
    return judged.lash(lambda objection: recover(generation, objection, now))


def step(
    generation: Generation, effects: Effects, watcher: Watcher, seat: Seat
) -> Steps[Generation]:
    """Make one exchange, log it and write it down."""
    outcome = yield from exchange(generation, effects, watcher, seat)
    return (yield from written_down(generation, outcome, watcher))


def written_down(
    before: Generation, outcome: Outcome[Generation], watcher: Watcher
) -> Steps[Generation]:
    """Log what an exchange changed, and write it into the journal: see `Watcher.after`."""
    if watcher.has_journal:
        return (yield from do(_apart(lambda: watcher.after(before, outcome))))
    return watcher.after(before, outcome)


def handler_call(generation: Generation) -> HandlerCall | None:
    """Return the handler's call that is due next, or None where HTTP is due."""
    request = generation.leg.submission.request
    return request if isinstance(request, HandlerCall) and submitting(generation) else None
