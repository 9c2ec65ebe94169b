"""A job that is asked for again and again by a durable workflow, between pauses: pure.

Each look is one poll, with what follows it without a pause: its result is fetched, or the job is
left. The machine is the one of a running call; only the pauses and the next submission belong to
the workflow, which has to survive there.
"""

from datetime import datetime

import attrs

from ..values.saved import VideoGeneration
from .generation import Collecting, Finished, Generation, Moment, Polling


@attrs.frozen(kw_only=True)
class Look:
    """Where a job stood when it was looked at.

    Attributes:
        generation: The job, or its finished generation.
        wait: Seconds until it is worth to look again: what the provider asked for, the least time
            that the model takes, or the config's interval.
        faults: How many looks in a row, up to this one, brought no usable reply.
        left: Whether the job ended without a video, or was cancelled at its deadline, and the chain
            goes on: a call with the same submission key submits the next config.
    """

    generation: VideoGeneration
    wait: float = 0.0
    faults: int = 0
    left: bool = False


def begun(generation: Generation, now: Moment) -> Look:
    """Return the first look at a job that was accepted just now."""
    return Look(generation=generation.durable(), wait=_wait(generation, now))


def again(revived: Generation, last: Look, now: Moment, *, overdue: bool) -> Generation:
    """Return the generation of the next look.

    Args:
        revived: The job, with the configs still to try.
        last: The look before.
        now: Now.
        overdue: Whether ``timeout`` is over: if the job runs on, it is left as a running call
            leaves it. Before, the deadline is that of this look alone, because the process may have
            been down for longer.
    """
    stage, saved = revived.stage, last.generation
    if isinstance(stage, Polling | Collecting):
        stage = attrs.evolve(stage, polls=saved.polls, faults=last.faults, doubts=saved.doubts)
    waited = float(revived.config.timeout) if overdue else 0.0
    started = attrs.evolve(revived.started, monotonic=now.monotonic - waited)
    return attrs.evolve(revived, stage=stage, started=started)


def is_over(before: Generation, after: Generation, now: Moment) -> bool:
    """Tell whether a look is over: there is a video, a pause, or a submission to be made."""
    if isinstance(after.stage, Finished) or after.id != before.id:
        return True
    # What is due at once belongs to the look, except another poll.
    polled = isinstance(after.stage, Polling) and after.polls > before.polls
    return polled or (isinstance(after.stage, Collecting) and after.due > now.monotonic)


def seen(last: Look, after: Generation, now: Moment) -> Look:
    """Return the look that ended with a generation."""
    saved = last.generation
    if after.id != saved.id:
        return attrs.evolve(last, left=True)
    found, stage = after.durable(), after.stage
    kept = attrs.evolve(
        found,
        # A config that lacks its key at this worker may have it at the next one.
        configs=saved.configs,
        public_settings=saved.public_settings,
        warnings=saved.warnings,
        # A finished generation can be asked for its video again.
        job=found.job or saved.job,
    )
    faults = stage.faults if isinstance(stage, Polling | Collecting) else 0
    return Look(generation=kept, wait=_wait(after, now), faults=faults)


def paced(look: Look, now: datetime, *, least: float = 0.0) -> Look:
    """Return the look with the pause that its workflow makes.

    Args:
        look: The look.
        now: Aware UTC time.
        least: Seconds that the pause takes at least, where a message may end it. The deadline of
            the job ends every pause.
    """
    saved = look.generation
    left = float(saved.configs[0].timeout) - (now - saved.started_at).total_seconds()
    return attrs.evolve(look, wait=min(max(look.wait, least), max(0.0, left)))


def _wait(generation: Generation, now: Moment) -> float:
    return max(0.0, generation.due - now.monotonic)
