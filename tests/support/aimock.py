"""aimock, a simulator that other people wrote, as a server of the tests, and what it noted."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import urllib3
from tests.faults.matrix import hurried
from tests.support import strangers

from tarash.tarash_gateway.effects import Effects, Http, HttpReply
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.http.messages import HttpRequest, Limits
from tarash.tarash_gateway.outcome import IOOutcome

_MODULE: Final = "node_modules/@copilotkit/aimock/dist/index.js"
_SCRIPT: Final = Path(__file__).with_suffix(".mjs")
# The seed of its dice: the same faults in each run.
_SEED: Final = 7


# It takes the hosts of fal under one path, and asks for the one that is meant.
_HOST: Final = {"x-fal-target-host": "queue.fal.run"}


@attrs.frozen
class _Labelled:
    """Adds the host to each request, as a proxy in front of aimock would do."""

    http: Http

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Send the request with the header."""
        labelled = attrs.evolve(request, headers={**request.headers, **_HOST})
        return self.http.open(labelled, limits=limits)


def labelled() -> Effects:
    """Return live effects that aimock can be asked with, whose pauses are short."""
    live = hurried(live_effects())
    return attrs.evolve(live, http=_Labelled(live.http))


@attrs.frozen
class Aimock:
    """A running aimock.

    Attributes:
        url: Where it listens.
    """

    url: str

    def answers(self, prompt: str, endpoint: str, response: Mapping[str, Any]) -> None:
        """Have it answer this prompt so; ``endpoint`` is ``"video"`` or ``"fal"``."""
        match = {"userMessage": prompt, "endpoint": endpoint}
        self._control("POST", "fixtures", {"fixtures": [{"match": match, "response": response}]})

    def chaos(self, **rates: float) -> None:
        """Have it fail at these rates, from now on."""
        self._control("POST", "chaos", rates)

    def journal(self) -> Sequence[Mapping[str, Any]]:
        """Return what it was asked, with the status of its answers, in order."""
        noted: list[dict[str, Any]] = self._control("GET", "journal")
        return noted

    def asked(self) -> list[tuple[str, str, int]]:
        """Return method, path and status of what it was asked."""
        return [(e["method"], e["path"], e["response"]["status"]) for e in self.journal()]

    def _control(self, method: str, path: str, body: object = None) -> Any:
        reply = urllib3.request(method, f"{self.url}/__aimock/{path}", json=body)
        assert reply.status == 200, reply.data
        return json.loads(reply.data)


@contextmanager
def aimock() -> Iterator[Aimock]:
    """Run it, without jobs and answers; where it is not installed the test is skipped, or fails."""
    place = strangers.needed("aimock")
    module = (place / _MODULE).as_uri()
    command = [str(strangers.node()), f"--random-seed={_SEED}", str(_SCRIPT), module]
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            url = program.stdout.readline().strip()
            assert url, "aimock did not start: see its error above"
            yield Aimock(url)
        finally:
            program.kill()
