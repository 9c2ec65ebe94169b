"""The steps of a durable workflow: a submission with a key, and one look at its job at a time."""

from functools import partial

import attrs
from returns.result import Failure, Success

from ..lifecycle.submission_keys import Decision, Submit
from ..lifecycle.watched import Look, again, begun, is_over, seen
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.saved import VideoGeneration
from .calls import Call
from .interpreters import begin_and_run, run
from .keyed import KeyedCall, job_of, settle
from .steps import submitted
from .tasks import Steps, do, work
from .watcher import moment


def submit(keyed: KeyedCall) -> Steps[Look]:
    """Return the accepted job of a submission key, as `start_video` does, and the first pause."""
    return (yield from settle(keyed, _submit))


def _submit(keyed: KeyedCall, decision: Decision) -> Steps[Look] | None:
    if isinstance(decision, Submit):
        return _begin(keyed, decision)
    known = job_of(keyed, decision)
    return None if known is None else _known(known)


def _begin(keyed: KeyedCall, order: Submit) -> Steps[Look]:
    ended = yield from begin_and_run(
        keyed.submit(order), on_interrupt=keyed.on_interrupt, until=submitted
    )
    return ended.map(lambda generation: begun(generation, moment(keyed.call.effects)))


def _known(steps: Steps[VideoGeneration]) -> Steps[Look]:
    return (yield from steps).map(lambda generation: Look(generation=generation))


def look(
    call: Call, last: Look, config: VideoGenerationConfig, request: VideoGenerationRequest
) -> Steps[Look]:
    """Look at a job once, and say when to look again.

    A look that brings no usable reply is a look, and no error. Past ``timeout``, the job is asked
    for once more in peace; if it runs on, it is left as a running call leaves it: cancelled where
    another config may follow, else with a TimeoutError that has it. Nothing is submitted.

    Args:
        call: Its effects, providers and watcher.
        last: The look before.
        config: The whole chain, with its keys.
        request: The request with all its media: a stored generation has only their URLs.
    """
    if last.generation.response is not None:
        return Success(last)
    # Another process may look at the same job while this one is thought to be gone.
    call.watcher.owning = False
    first = yield from _look(call, last, config, request, overdue=False)
    if isinstance(first, Failure):
        return first
    found, timeout = first.unwrap(), float(first.unwrap().generation.configs[0].timeout)
    waited = (call.effects.clock.utc() - found.generation.started_at).total_seconds()
    if found.left or found.generation.response is not None or waited < timeout:
        return Success(found)
    return (yield from _look(call, found, config, request, overdue=True))


def _look(
    call: Call,
    last: Look,
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    overdue: bool,
) -> Steps[Look]:
    saved = last.generation
    if saved.media_omitted and len(saved.configs) > 1:
        ready = yield from do(work(lambda: call.ready(request)))
        if isinstance(ready, Failure):
            return Failure(ready.failure())
        saved = attrs.evolve(saved, request=ready.unwrap(), media_omitted=False)
    revived = yield from do(work(lambda: call.revive(saved, config)))
    if isinstance(revived, Failure):
        return Failure(revived.failure())
    effects = call.effects
    before = again(revived.unwrap(), last, moment(effects), overdue=overdue)
    running = call.running(before)
    running.until = lambda after: after is not before and is_over(before, after, moment(effects))
    ended = yield from run(running)
    return ended.map(partial(seen, last, now=moment(effects)))
