"""What a durable workflow does: steps whose results an engine records, and pauses that survive.

It is written once for all engines, and runs blocking or on an event loop as every call does. It
does nothing itself and reads no clock: run again, it takes the same way along the recorded results.
What a step finds is decided by `lifecycle.watched`, with the machine of every other call.
"""

from collections.abc import Callable
from typing import Final, Literal, Protocol, TypeAlias

import attrs
from returns.result import Failure

from ..exceptions import (
    JournalError,
    SaveError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
)
from ..outcome import failed
from ..running.tasks import Steps, Task, do
from .orders import Stored

StepName: TypeAlias = Literal["submit", "reconcile", "check", "deliver"]

# Seconds between the tries of what can be tried again without harm: nothing was submitted where
# the journal cannot be written, and a finished video is only fetched again.
_TRIES: Final = (1.0, 5.0, 30.0, 120.0)
# Seconds between two looks into the provider's list of jobs, where it is not known whether a
# submission became one.
_SEARCHES: Final = (5.0, 30.0, 60.0)
# A list that is later than this is left to the user: some take a day.
_LATEST: Final = 120.0


@attrs.frozen
class Do:
    """A step of a worker, by its name, and what it gets beside the order."""

    step: StepName
    last: Stored | None = None


class Engine(Protocol):
    """What records a workflow."""

    def step(self, what: Do) -> Task[Stored]:
        """Return the task of a step, whose result is recorded; an error is recorded, too."""

    def rest(self, seconds: float) -> Task[None]:
        """Return the task of a pause that survives the process; a message may end it."""


def story(engine: Engine) -> Steps[Stored]:
    """Make a video, and return its stored response."""
    found = yield from _submitted(engine)
    while not isinstance(found, Failure) and "response" not in (seen := found.unwrap()):
        if seen["left"]:
            # The job failed, or was cancelled at its deadline: the key leads to the next config.
            found = yield from _submitted(engine)
            continue
        yield from do(engine.rest(seen["wait"]))
        found = yield from do(engine.step(Do("check", seen)))
    if isinstance(found, Failure):
        return found
    return (yield from _patiently(engine, Do("deliver", found.unwrap()), _is_unsaved))


def _submitted(engine: Engine) -> Steps[Stored]:
    """Submit; where nobody knows whether that became a job, look for it at the provider."""
    found = yield from _patiently(engine, Do("submit"), _nothing_was_sent)
    if not (isinstance(found, Failure) and isinstance(found.failure(), SubmissionUnknownError)):
        return found
    for seconds in _SEARCHES:
        answer = yield from do(engine.step(Do("reconcile")))
        seen: Stored = {"state": "cannot_tell", "wait": 0.0}
        if not failed(answer):
            seen = answer.unwrap()
        if seen["state"] == "found":
            # The journal has the job now, and the key leads to it.
            return (yield from _patiently(engine, Do("submit"), _nothing_was_sent))
        if seen["wait"] is None or seen["wait"] > _LATEST:
            break
        yield from do(engine.rest(max(seconds, seen["wait"])))
    return found


def _nothing_was_sent(error: TarashException) -> bool:
    """Tell whether a submission may be tried again, because it did not come to be sent."""
    # Another process has the key, or is thought to be alive until its lease ends.
    waited = isinstance(error, TimeoutError) and not error.attempts
    return waited or isinstance(error, JournalError)


def _is_unsaved(error: TarashException) -> bool:
    return isinstance(error, SaveError)


def _patiently(
    engine: Engine, step: Do, passing: Callable[[TarashException], bool]
) -> Steps[Stored]:
    for seconds in _TRIES:
        done = yield from do(engine.step(step))
        if not (isinstance(done, Failure) and passing(done.failure())):
            return done
        yield from do(engine.rest(seconds))
    return (yield from do(engine.step(step)))
