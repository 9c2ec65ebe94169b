"""A world from which nothing is sent: for a guard over tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import attrs

from ..effects import Effects, HttpReply
from ..effects.live import live_effects
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome
from ..running.worlds import standing_in

# Servers of the test itself.
_OWN_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@attrs.define(eq=False)
class OfflineHttp:
    """Refuses every request but those to this machine.

    An AssertionError is raised at once, and by `check` once more, for code that catches everything.

    Attributes:
        refused: The requests that were not sent, by method and URL without its query.
    """

    refused: list[str] = attrs.field(factory=list)

    @property
    def effects(self) -> Effects:
        """The live effects with this sender."""
        return attrs.evolve(live_effects(), http=self, async_http=None)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Send a request to this machine.

        Raises:
            AssertionError: It is for another one.
        """
        if urlsplit(request.url).hostname in _OWN_HOSTS:
            return live_effects().http.open(request, limits=limits)
        self.refused.append(f"{request.method} {request.url.partition('?')[0]}")
        raise AssertionError(self._message(self.refused[-1]))

    def check(self) -> None:
        """Tell whether nothing was refused.

        Raises:
            AssertionError: Something was.
        """
        if self.refused:
            raise AssertionError(self._message(", ".join(self.refused)))

    @staticmethod
    def _message(refused: str) -> str:
        return (
            f"a test wanted to send {refused}: use the fixture scripted_video or replayed_video, "
            "mock=MockConfig() in the config, or effects of your own"
        )


@contextmanager
def offline() -> Iterator[OfflineHttp]:
    """Refuse requests where nothing else stands in for the live effects, whenever that began."""
    guard = OfflineHttp()
    with standing_in(guard.effects, last=True):
        yield guard
