"""An interrupted call: its job is named, and cancelled if the caller wants that."""

from contextlib import suppress
from typing import Final

import attrs
from returns.result import Failure, Success

from ..effects import Effects
from ..exceptions import TarashException, TimeoutError
from ..lifecycle.generation import Generation, Leaving
from ..lifecycle.recovery import must_look
from ..values.attempts import Cancellation
from .steps import exchange, written_down
from .tasks import Steps
from .watcher import Watcher

# A cancel is a look, the cancel, and a look at what it left.
_EXCHANGES_OF_A_CANCEL: Final = 4


def mark(interruption: BaseException, generation: Generation) -> None:
    """Attach the generation to the exception that interrupts it, as an attribute and a note."""
    saved = generation.durable()
    # Some exceptions take no attributes; a note is better than nothing.
    with suppress(AttributeError):
        interruption.generation = saved  # type: ignore[attr-defined]  # any exception may be marked
    if saved.job is not None:
        note = (
            f"video job {saved.request_id} of {saved.provider} goes on: "
            "resume_video(error.generation) asks for it"
        )
    elif saved.uploading:
        note = "no video job was submitted: the media of the request were still being uploaded"
    else:
        note = "no video job was known to be accepted; a submission under way may have been"
    interruption.add_note(note)


def abandon(generation: Generation, effects: Effects, watcher: Watcher) -> Steps[Cancellation]:
    """Cancel the job of a generation for the caller, and return the result."""
    job, target = generation.job, generation.leg.target
    if job is None or target.provider.cancel is None:
        return Success("unsupported")
    timeout = float(target.config.timeout)
    stage = Leaving(
        job=job,
        polls=generation.polls,
        error=TimeoutError("cancelled by the caller", timeout_seconds=timeout),
        looking=must_look(generation),
        by_caller=True,
    )
    leaving = attrs.evolve(generation, stage=stage, rest=())
    for _ in range(_EXCHANGES_OF_A_CANCEL):
        outcome = yield from exchange(leaving, effects, watcher)
        if isinstance(outcome, Failure):
            yield from written_down(leaving, outcome, watcher)
            return Success(_result_of(outcome.failure()))
        leaving = outcome.unwrap()
        if not isinstance(leaving.stage, Leaving):
            break
    # The provider says that the job is finished: `resume_video` can still fetch its video.
    return Success("too_late")


def _result_of(error: TarashException) -> Cancellation:
    if not error.attempts:
        return "failed"
    ended = error.attempts[-1]
    return "too_late" if ended.job_ended else ended.cancellation or "failed"
