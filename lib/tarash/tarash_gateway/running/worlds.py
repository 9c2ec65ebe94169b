"""The effects of a call, with the answers of the mock."""

import os
from functools import lru_cache

import attrs

from ..effects import Effects
from ..effects.live import live_effects
from ..mock.routing import with_mock


def world_of(effects: Effects | None) -> Effects:
    """Return these effects, or the live ones of this process, with the answers of the mock."""
    return _live(os.getpid()) if effects is None else mocked(effects)


@lru_cache(maxsize=1)
def _live(_process: int) -> Effects:
    # Thousands of calls in flight share it; a forked child has its own, as `live_effects` do.
    return mocked(live_effects())


def mocked(effects: Effects) -> Effects:
    """Return effects whose ``http`` answers the requests of the mock itself."""
    return attrs.evolve(effects, http=with_mock(effects.http))
