"""The effects of a call, with the answers of the mock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import attrs

from ..effects import Effects
from ..effects.live import has_live_effects, live_effects
from ..mock.routing import MockHttp, with_mock

# The effects that stand in for the live ones, the newest last. They are those of the process: a
# context variable would not be seen by the threads of the library, of an executor or of a web
# server, and a call from one of them would spend money. One `_Stand` for each, so that the same
# effects may stand in twice and each end removes its own.
_STANDING: "Final[list[_Stand]]" = []


@attrs.frozen(eq=False)
class _Stand:
    effects: Effects


def world_of(effects: Effects | None) -> Effects:
    """Return these effects, or the default ones of this process, with the answers of the mock."""
    if effects is not None:
        return mocked(effects)
    # Calls may begin while another thread ends a stand: one look, not two.
    standing = _STANDING[-1:]
    return standing[0].effects if standing else _live(os.getpid())


def must_be_made(effects: Effects | None) -> bool:
    """Tell whether `world_of` will make the live effects, which loads urllib3."""
    return effects is None and not _STANDING and not has_live_effects()


@contextmanager
def standing_in(effects: Effects, *, last: bool = False) -> Iterator[None]:
    """Let effects stand in for the live ones of this process; the newest of several counts.

    A call has the effects that stood in when it began.

    Args:
        effects: The effects.
        last: Whether all others count before them, those that began earlier as well.
    """
    stand = _Stand(mocked(effects))
    _STANDING.insert(0 if last else len(_STANDING), stand)
    try:
        yield
    finally:
        _STANDING.remove(stand)


@lru_cache(maxsize=1)
def _live(_process: int) -> Effects:
    # Thousands of calls in flight share it; a forked child has its own, as `live_effects` do.
    return mocked(live_effects())


def mocked(effects: Effects) -> Effects:
    """Return effects whose ``http`` answers the requests of the mock itself."""
    if isinstance(effects.http, MockHttp):
        return effects
    return attrs.evolve(effects, http=with_mock(effects.http))
