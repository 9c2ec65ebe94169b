"""HTTP replies by a script, and the effects of a test that are made of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from returns.io import IOFailure, IOResult

from ..effects import Clock, Effects, Http, HttpReply
from ..effects.memory import FakeDisk, FakeNames
from ..effects.receiving import WholeReply
from ..effects.unscripted import unscripted_error
from ..exceptions import TarashException
from ..http.events import EVENTS
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..outcome import IOOutcome
from .fakes import CountedIds, FakeClock, FakeEnvironment, FakeFiles, FakeTokens, FixedRandomness

Reply: TypeAlias = HttpResponse | TarashException | Callable[[HttpRequest], HttpResponse]


class ScriptedHttp:
    """Answers requests with a list of replies, in order.

    Requests that nothing depends on, such as those that measure a finished video, take no reply and
    are not among ``requests``, unless ``optional=True``. Those for a stream of events get none in
    any case: a scripted job is polled.

    Attributes:
        requests: Every request so far.
        timeouts: The total time limit of each, in seconds.
    """

    def __init__(self, replies: Sequence[Reply], *, optional: bool = False) -> None:
        """Take the replies: responses, errors to fail with, or functions of the request."""
        self._replies = list(replies)
        self._optional = optional
        self.requests: list[HttpRequest] = []
        self.timeouts: list[float] = []

    @property
    def unused(self) -> int:
        """How many replies are left."""
        return len(self._replies)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Return the next reply, or an error without one for an optional request.

        Raises:
            AssertionError: No reply is left.
        """
        stream = request.headers.get("Accept") == EVENTS
        if request.optional and (stream or not self._optional):
            return IOFailure(unscripted_error(request))
        self.requests.append(request)
        self.timeouts.append(limits.total)
        if not self._replies:
            asked = f"{request.method} {request.url}"
            message = f"no reply is left for {asked}: add one to the ScriptedHttp"
            raise AssertionError(message)
        reply = self._replies.pop(0)
        if isinstance(reply, TarashException):
            return IOFailure(reply)
        whole = reply if isinstance(reply, HttpResponse) else reply(request)
        return IOResult.from_value(WholeReply(whole, limits))


def json_reply(status: int, value: Any, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a reply with a JSON body."""
    return HttpResponse(
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
        body=json.dumps(value).encode(),
    )


def fake_effects(
    *,
    http: Http | None = None,
    clock: Clock | None = None,
    environment: Mapping[str, str] | None = None,
    files: Mapping[Path, bytes] | None = None,
) -> Effects:
    """Return fake effects: by default no replies, a fake clock, no variables and no files."""
    return Effects(
        http=http or ScriptedHttp([]),
        clock=clock or FakeClock(),
        environment=FakeEnvironment(environment or {}),
        randomness=FixedRandomness(),
        files=FakeFiles(files or {}),
        ids=CountedIds(),
        tokens=FakeTokens(),
        disk=FakeDisk(),
        names=FakeNames(),
    )
