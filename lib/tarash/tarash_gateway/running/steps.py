"""One step of a generation: an exchange, its log lines, and its entry in the journal."""

from functools import partial

from returns.io import IOResult
from returns.result import Failure

from ..effects import Effects
from ..effects.receiving import receive
from ..exceptions import TarashException, TimeoutError
from ..http.messages import HttpRequest, HttpResponse, without_key
from ..lifecycle.deadline import is_late, limits
from ..lifecycle.exchange import incoming, outgoing, recover
from ..lifecycle.generation import Generation, Submitting, Uploading
from ..outcome import IOOutcome, Outcome, catch_bugs, result_of
from ..providers.handlers import HandlerCall, ask, ask_async
from .threads import in_thread
from .watcher import Watcher, moment


def submitted(generation: Generation) -> bool:
    """Tell whether a job was accepted."""
    return not isinstance(generation.stage, Uploading | Submitting)


def submitting(generation: Generation) -> bool:
    """Tell whether the next exchange is the submission, whose answer is worth money."""
    return isinstance(generation.stage, Submitting)


def _send(
    generation: Generation, effects: Effects, watcher: Watcher, request: HttpRequest
) -> IOOutcome[HttpResponse]:
    def send(_: None) -> IOOutcome[HttpResponse]:
        now = moment(effects)
        if is_late(generation, now):
            return IOResult.from_failure(too_late(generation))
        return receive(effects.http, request, limits=limits(generation, now))

    ready = watcher.before(generation)
    if isinstance(request, HandlerCall):
        return ready.bind(lambda _: ask(request, watcher.listener.blocking))
    return (
        ready.bind(send)
        .map(partial(_without_key, generation))
        .map(partial(watcher.log_exchange, generation, request))
    )


def too_late(generation: Generation) -> TarashException:
    """Return the error of an exchange that no time or no thread was left for: nothing was sent."""
    timeout = float(generation.leg.target.config.timeout)
    problem = f"nothing was sent within timeout ({timeout:g} s): raise it, or"
    if submitted(generation):
        problem = "no thread was free to ask for the job:"
    return TimeoutError(f"{problem} start fewer calls at once", timeout_seconds=timeout)


def _without_key(generation: Generation, reply: HttpResponse) -> HttpResponse:
    # Error pages repeat the headers of a request.
    key = generation.leg.target.key
    return reply if key is None else without_key(reply, key.reveal())


def exchange(generation: Generation, effects: Effects, watcher: Watcher) -> IOOutcome[Generation]:
    """Send one request, and take in the reply or recover."""
    request = catch_bugs(_provider(generation), lambda: outgoing(generation))
    answer = IOResult.from_result(request).bind(partial(_send, generation, effects, watcher))
    return IOResult.from_result(_take_in(generation, result_of(answer), effects))


def _provider(generation: Generation) -> str:
    return f"provider {generation.leg.target.provider.name!r}"


def _take_in(
    generation: Generation, answer: Outcome[HttpResponse], effects: Effects
) -> Outcome[Generation]:
    """Return the generation after a reply, or after the error that came instead."""
    now = moment(effects)
    if isinstance(answer, Failure):
        return recover(generation, answer.failure(), now)
    return catch_bugs(
        _provider(generation), lambda: incoming(generation, answer.unwrap(), now)
    ).lash(lambda objection: recover(generation, objection, now))


def step(generation: Generation, effects: Effects, watcher: Watcher) -> Outcome[Generation]:
    """Make one exchange, log it and write it down."""
    # An accepted job is written down here, and not where a coroutine goes on: a cancelled one
    # would lose the job.
    return watcher.after(generation, result_of(exchange(generation, effects, watcher)))


def handler_call(generation: Generation) -> HandlerCall | None:
    """Return the handler's call that is due next, or None where HTTP is due."""
    request = generation.leg.submission.request
    return request if isinstance(request, HandlerCall) and submitting(generation) else None


async def step_handler(
    call: HandlerCall, generation: Generation, effects: Effects, watcher: Watcher
) -> Outcome[Generation]:
    """Do the same as `step`, but await a handler in the caller's loop, where its sessions live."""
    ready = await in_thread(lambda: result_of(watcher.before(generation)))
    answer: Outcome[HttpResponse] = (
        Failure(ready.failure())
        if isinstance(ready, Failure)
        else await ask_async(call, watcher.listener.awaiting)
    )
    outcome = _take_in(generation, answer, effects)
    return await in_thread(lambda: watcher.after(generation, outcome))
