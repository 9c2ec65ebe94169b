"""Calls with a submission key, and processes that die in the middle of one."""

import os
from collections.abc import Callable
from typing import Any, Final

import attrs
from tests.support import fal_replies as fal
from tests.support.places import Wrapped

from tarash.tarash_gateway import Journal, JournalEntry, VideoGenerationResponse
from tarash.tarash_gateway.api import generate_video
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects

KEY: Final = "order-17/clip-1"
_DEAD: Final = 9
_names = iter(range(10**9))


@attrs.frozen
class _Ids:
    """Names that no other world of a test has, as in different processes."""

    prefix: str

    def new(self) -> str:
        return f"{self.prefix}{next(_names)}"


def world(*replies: Reply, clock: FakeClock | None = None) -> tuple[ScriptedHttp, Effects]:
    """Return the world of one caller, and its HTTP, which answers only with these replies."""
    http = ScriptedHttp(replies)
    effects = fake_effects(http=http, clock=clock, environment={"FAL_KEY": "k"})
    return http, attrs.evolve(effects, ids=_Ids(f"w{next(_names)}x"))


def generate(
    journal: Journal | None, *replies: Reply, **more: Any
) -> tuple[VideoGenerationResponse, ScriptedHttp]:
    """Generate with the key; return the response, and what was asked."""
    http, effects = world(*replies)
    options: dict[str, Any] = {"config": fal.config(), "request": fal.REQUEST, "key": KEY, **more}
    options.setdefault("effects", effects)
    return generate_video(**options, journal=journal), http


def entries(journal: Journal) -> list[JournalEntry]:
    """Return all entries below the key."""
    return list(result_of(journal.keyed(KEY, now=FakeClock().utc())).unwrap())


def states(journal: Journal) -> dict[str, str]:
    """Return the states of all entries, by their ids."""
    found = result_of(journal.entries(pending=False)).unwrap()
    return {entry.generation.id: entry.state for entry in found}


def submissions(http: ScriptedHttp) -> int:
    """Return how many submissions were sent."""
    return sum(map(is_submission, http.requests))


def is_submission(request: HttpRequest) -> bool:
    """Tell whether a request is a submission to fal."""
    return request.method == "POST" and request.url.startswith("https://queue.fal.run/")


class DyingJournal(Wrapped):
    """A journal whose process is killed around the writing of a state."""

    def __init__(self, inner: Journal, *, before: str = "", after: str = "") -> None:
        super().__init__(inner)
        self._before, self._after = before, after

    def put(self, entry: JournalEntry, **more: Any) -> Any:
        return self._around(entry, self.inner.put, **more)

    def reserve(self, entry: JournalEntry, **more: Any) -> Any:
        return self._around(entry, self.inner.reserve, **more)

    def _around(self, entry: JournalEntry, write: Callable[..., Any], **more: Any) -> Any:
        place = f"{entry.generation.id.rpartition('#')[2]} {entry.state}"
        if place == self._before:
            os._exit(_DEAD)
        done = write(entry, **more)
        if place == self._after:
            os._exit(_DEAD)
        return done


def die(_asked: HttpRequest) -> HttpResponse:
    """Die when the request has arrived, before any answer."""
    os._exit(_DEAD)


def in_a_process_that_dies(work: Callable[[], object]) -> None:
    """Run a function in a process of its own, which has to die in it."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == _DEAD
