"""A job that nobody waits for any more: it is named, and cancelled if the caller wants that."""

from contextlib import suppress
from typing import Final

import attrs
from returns.result import Failure

from ..effects import Effects
from ..exceptions import TarashException, TimeoutError
from ..lifecycle.generation import Generation, Leaving
from ..lifecycle.recovery import must_look
from ..outcome import Outcome, result_of
from ..values.attempts import Cancellation
from .steps import exchange
from .watcher import Watcher

# A cancel is a look, the cancel, and a look at what it left.
_EXCHANGES_OF_A_CANCEL: Final = 4


def mark(interruption: BaseException, generation: Generation) -> None:
    """Put the generation onto what interrupts it: an attribute, and a note that says so."""
    saved = generation.durable()
    # Some exceptions take no attributes; a note is better than nothing.
    with suppress(AttributeError):
        interruption.generation = saved  # type: ignore[attr-defined]  # any exception may be marked
    if saved.job is None:
        note = "no video job was known to be accepted; a submission under way may have been"
    else:
        note = (
            f"video job {saved.request_id} of {saved.provider} goes on: "
            "resume_video(error.generation) asks for it"
        )
    interruption.add_note(note)


def abandon(generation: Generation, effects: Effects, watcher: Watcher) -> Cancellation:
    """Cancel the job of a generation that nobody waits for, and return what came of it."""
    job, provider = generation.job, generation.leg.target.provider
    if job is None or provider.cancel is None:
        return "unsupported"
    config = generation.leg.target.config
    reason = TimeoutError("cancelled by the caller", timeout_seconds=float(config.timeout))
    stage = Leaving(
        job=job,
        polls=generation.polls,
        error=reason,
        looking=must_look(generation),
        by_caller=True,
    )
    leaving = attrs.evolve(generation, stage=stage, rest=())
    for _ in range(_EXCHANGES_OF_A_CANCEL):
        outcome = result_of(exchange(leaving, effects, watcher))
        if isinstance(outcome, Failure):
            return _came_of(leaving, outcome, watcher)
        leaving = outcome.unwrap()
        if not isinstance(leaving.stage, Leaving):
            break
    # The provider says that it is finished: whoever asks for it may have it.
    return "too_late"


def _came_of(leaving: Generation, outcome: Outcome[Generation], watcher: Watcher) -> Cancellation:
    watcher.after(leaving, outcome)
    error: TarashException = outcome.failure()
    ended = error.attempts[-1] if error.attempts else None
    if ended is None:
        return "failed"
    return "too_late" if ended.job_ended else ended.cancellation or "failed"
