"""Waiting for a provider's webhook between two polls: pure.

A webhook decides when a job is asked for, and nothing else: what became of the job, a reply to a
poll says. It may be lost, so the job is also polled now and then.
"""

from datetime import datetime
from typing import Final

import attrs
from attrs.validators import optional

from ..values import checks
from .generation import Asking, Ear, Generation, Moment, Polling

# Seconds between two looks into the journal. A look is one read of an index; a webhook that is
# noticed a second later costs nobody anything.
_LOOK: Final = 1.0


@attrs.frozen(kw_only=True)
class Patience:
    """How long a webhook is waited for.

    Attributes:
        every: Most seconds between two polls, > 0.
        timeout: Seconds to wait for the video, > 0, or None for ``timeout`` of the config.
    """

    every: float = attrs.field(validator=checks.number("seconds"))
    timeout: float | None = attrs.field(default=None, validator=optional(checks.number("seconds")))


def attentive(generation: Generation, patience: Patience, came: datetime | None) -> Generation:
    """Return the generation that waits for webhooks about its job from now on.

    Its first poll goes out when it would without them: a webhook may have come before.

    Args:
        generation: The generation.
        patience: How long it waits.
        came: When the newest webhook came so far, or None.
    """
    stage = generation.stage
    if isinstance(stage, Asking):
        ear = Ear(every=patience.every, came=came)
        generation = attrs.evolve(generation, stage=attrs.evolve(stage, ear=ear))
    if patience.timeout is None:
        return generation
    return generation.with_config(attrs.evolve(generation.config, timeout=patience.timeout))


def between(generation: Generation) -> float | None:
    """Return the most seconds until the next poll while a webhook is waited for, or None."""
    stage = generation.stage
    # The job is asked for at the beginning, and again soon after an answer that was of no use.
    settled = (
        isinstance(stage, Polling) and stage.polls > 0 and not stage.faults and not stage.leaving
    )
    return generation.ear.every if settled else None


def about(provider: str, request_id: str) -> str:
    """Return the name under which a journal remembers the webhooks about a job.

    >>> about("fal", "job-1")
    'fal:job-1'
    """
    return f"{provider}:{request_id}"


def is_news(generation: Generation, came: datetime | None) -> bool:
    """Tell whether the newest webhook came after the last one that was followed by a poll."""
    last = generation.ear.came
    return came is not None and (last is None or came > last)


def ask_now(generation: Generation, came: datetime | None, now: Moment) -> Generation:
    """Return the generation whose next exchange is due, because a webhook came or for a while none.

    ``came`` is when the newest webhook came, or None.
    """
    stage = generation.stage
    if came is not None and isinstance(stage, Asking):
        ear = attrs.evolve(generation.ear, came=came)
        stage = attrs.evolve(stage, ear=ear)
    return attrs.evolve(generation, stage=stage, due=now.monotonic)


def until_look(left: float) -> float:
    """Return the seconds until the next look, of those that are left until the next exchange.

    >>> until_look(60.0), until_look(0.25), until_look(-1.0)
    (1.0, 0.25, 0.0)
    """
    return min(_LOOK, max(0.0, left))
