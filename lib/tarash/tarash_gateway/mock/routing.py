"""An HTTP effect that answers the mock provider's requests and passes on all others."""

import os
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import attrs
from returns.io import IOResult

from .. import _later
from ..effects import Http, HttpReply
from ..effects.receiving import WholeReply
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome
from .jobs import SCHEME, Jobs

if TYPE_CHECKING:
    from . import answers
else:
    # Most processes never ask the mock, and every call may.
    (answers,) = _later.modules(__package__, ".answers")


@attrs.frozen(eq=False)
class MockHttp:
    """Answers the mock's submissions, polls, cancels and fetches; sends everything else.

    It counts the polls of running jobs. Safe to share between threads.

    Attributes:
        real: What sends everything else.
    """

    real: Http
    _jobs: Jobs

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Return the reply: see `effects.Http`."""
        if not request.url.startswith(SCHEME):
            return self.real.open(request, limits=limits)
        reply = answers.answer(self._jobs, request)
        return IOResult.from_value(WholeReply(reply, limits))


def with_mock(http: Http) -> Http:
    """Return the effect with the mock's answers; calls with the same effect share its jobs."""
    jobs_by_effect = _jobs_by_effect(os.getpid())
    try:
        jobs = jobs_by_effect.get(http) or jobs_by_effect.setdefault(http, Jobs())
    except TypeError:
        # The effect cannot be hashed or weakly referenced: its jobs exist for one call only.
        jobs = Jobs()
    return MockHttp(http, jobs)


@lru_cache(maxsize=1)
def _jobs_by_effect(_process: int) -> "WeakKeyDictionary[Http, Jobs]":
    # One per process: a lock that another thread holds at a fork is never released in the child.
    return WeakKeyDictionary()
