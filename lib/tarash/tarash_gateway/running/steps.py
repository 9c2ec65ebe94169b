"""One step of a generation: an exchange, and what it leaves in the log and the journal."""

from functools import partial

from returns.io import IOResult
from returns.result import Failure

from ..effects import Effects
from ..effects.receiving import received
from ..exceptions import TarashException, TimeoutError
from ..http.messages import HttpRequest, HttpResponse, without_key
from ..lifecycle.deadline import is_late, limits
from ..lifecycle.exchange import incoming, outgoing, recover
from ..lifecycle.generation import Generation, Submitting
from ..outcome import IOOutcome, Outcome, catch_bugs, result_of
from ..providers.handlers import HandlerCall, ask, ask_async
from .threads import Work, in_thread
from .watcher import Watcher, moment


def submitted(generation: Generation) -> bool:
    """Tell whether a job was accepted."""
    return not isinstance(generation.stage, Submitting)


def _send(
    generation: Generation, effects: Effects, watcher: Watcher, request: HttpRequest
) -> IOOutcome[HttpResponse]:
    if isinstance(request, HandlerCall):
        answer = partial(ask, request, watcher.listener.blocking)
        return watcher.before(generation).bind(lambda _: answer())

    def sent(_: None) -> IOOutcome[HttpResponse]:
        now = moment(effects)
        if is_late(generation, now):
            return IOResult.from_failure(too_late(generation))
        return received(effects.http, request, limits=limits(generation, now))

    return (
        watcher.before(generation)
        .bind(sent)
        .map(partial(_without_key, generation))
        .map(partial(watcher.exchanged, generation, request))
    )


def too_late(generation: Generation) -> TarashException:
    """Return the error of a submission that no time is left for: nothing was sent."""
    timeout = float(generation.leg.target.config.timeout)
    message = (
        f"nothing was sent within timeout ({timeout:g} s): raise it, or start fewer calls at once"
    )
    return TimeoutError(message, timeout_seconds=timeout)


def _without_key(generation: Generation, reply: HttpResponse) -> HttpResponse:
    """Return the reply without the key: error pages echo the headers of a request."""
    key = generation.leg.target.key
    return reply if key is None else without_key(reply, key.reveal())


def exchange(generation: Generation, effects: Effects, watcher: Watcher) -> IOOutcome[Generation]:
    """Send one request, and take in the reply or recover."""
    name = f"provider {generation.leg.target.provider.name!r}"
    answer = IOResult.from_result(catch_bugs(name, lambda: outgoing(generation))).bind(
        partial(_send, generation, effects, watcher)
    )
    return IOResult.from_result(_taken_in(generation, result_of(answer), effects))


def _taken_in(
    generation: Generation, answer: Outcome[HttpResponse], effects: Effects
) -> Outcome[Generation]:
    """Return the generation after a reply, or after the error that came instead."""
    now = moment(effects)
    if isinstance(answer, Failure):
        return recover(generation, answer.failure(), now)
    whose = f"provider {generation.leg.target.provider.name!r}"
    reply = answer.unwrap()
    return catch_bugs(whose, lambda: incoming(generation, reply, now)).lash(
        lambda objection: recover(generation, objection, now)
    )


def step(generation: Generation, effects: Effects, watcher: Watcher) -> Outcome[Generation]:
    """Make one exchange, log it and write it down."""
    # What was accepted is written down here, and not where a coroutine goes on: a cancelled one
    # would lose an accepted job.
    return watcher.after(generation, result_of(exchange(generation, effects, watcher)))


def handler_call(generation: Generation) -> HandlerCall | None:
    """Return the handler's call that is due next, or None where HTTP is due."""
    request = generation.leg.submission.request
    return request if isinstance(request, HandlerCall) and not submitted(generation) else None


async def handled(
    call: HandlerCall, generation: Generation, effects: Effects, watcher: Watcher
) -> Outcome[Generation]:
    """Await a handler in the caller's loop, where its sessions live; otherwise as `step`."""
    written = await in_thread(Work(lambda: result_of(watcher.before(generation))))
    answer: Outcome[HttpResponse] = (
        Failure(written.failure())
        if isinstance(written, Failure)
        else await ask_async(call, watcher.listener.awaiting)
    )
    outcome = _taken_in(generation, answer, effects)
    return await in_thread(Work(lambda: watcher.after(generation, outcome)))
