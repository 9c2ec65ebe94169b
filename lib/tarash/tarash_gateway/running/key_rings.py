"""The key sets of providers, fetched when a message needs one and shared by the process."""

import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects, Http
from ..effects.receiving import receive
from ..exceptions import UnexpectedReplyError
from ..lifecycle.key_sets import LIMITS, KeySet, answered, request_of
from ..outcome import IOOutcome, Outcome, result_of


class KeyRing:
    """The key sets that were fetched with one HTTP effect, by their URLs.

    They are kept because a provider's keys change rarely and its messages are many. One request is
    under way at a time: threads that need it wait for its answer instead of asking, too.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._lock = threading.Lock()
        self._known: dict[str, KeySet] = {}

    def at_hand(self, url: str, now: float) -> Mapping[str, Any] | None:
        """Return the keys that are published at a URL, if they are known."""
        known = self._known.get(url)
        return None if known is None else known.usable(now)

    def fetched(
        self, url: str, longest: float, effects: Effects, tried: Mapping[str, Any] | None
    ) -> IOOutcome[Mapping[str, Any]]:
        """Return keys that may be newer than those that were ``tried``; fetch them if that may be.

        They are kept for ``longest`` seconds at most.

        Errors:
            HTTPConnectionError: The provider cannot be reached.
            UnexpectedReplyError: Its answer is no key set.
        """
        with self._lock:
            known = self._known.get(url)
            now = effects.clock.monotonic()
            current = None if known is None else known.usable(now)
            newer = current is not None and current is not tried
            if known is None or (not newer and known.may_ask(now)):
                reply = result_of(receive(effects.http, request_of(url), limits=LIMITS))
                now = effects.clock.monotonic()
                known = answered(known, reply, longest, now)
                self._known[url] = known
            return IOResult.from_result(_of(known, now))


def _of(known: KeySet, now: float) -> Outcome[Mapping[str, Any]]:
    keys = known.usable(now)
    if keys is not None:
        return Success(keys)
    return Failure(known.error or UnexpectedReplyError("the provider's key set is out of date"))


def key_ring_of(http: Http) -> KeyRing:
    """Return the key sets that were fetched with an HTTP effect."""
    rings = _rings(os.getpid())
    try:
        return rings.get(http) or rings.setdefault(http, KeyRing())
    except TypeError:
        # An effect of a user's that cannot be hashed or weakly referenced.
        return KeyRing()


@lru_cache(maxsize=1)
def _rings(_process: int) -> WeakKeyDictionary[Http, KeyRing]:
    # One per process: a lock that another thread holds at a fork is never released in the child.
    return WeakKeyDictionary()
