"""A job that is only looked at: pure."""

import sys

import attrs

from ..values.saved import VideoGeneration
from .generation import Collecting, Generation, Polling


def alone(generation: Generation, doubts: int) -> Generation:
    """Return the generation as `check_video` runs it; ``doubts`` are those of the checks before."""
    # A check submits nothing: the rest of the chain waits for `resume_video`. It does not count
    # against max_poll_attempts. Refused polls add up over checks, because a job counts as lost
    # only after several of them in a row.
    stage = generation.stage
    if isinstance(stage, Polling | Collecting):
        generation = attrs.evolve(generation, stage=attrs.evolve(stage, doubts=doubts))
    patient = attrs.evolve(generation.config, max_poll_attempts=sys.maxsize)
    return attrs.evolve(generation.with_config(patient), rest=())


def checked(after: Generation, generation: VideoGeneration) -> VideoGeneration:
    """Return a saved generation after a check, with the chain that it had before."""
    now = after.durable()
    return attrs.evolve(
        now,
        configs=generation.configs,
        public_settings=generation.public_settings,
        polls=now.polls + generation.polls,
        # A finished generation can be asked for its video again.
        job=now.job or generation.job,
        id=generation.id,
    )
