"""Effects for tests of code that uses the library: without a network and without waiting.

    http = ScriptedHttp([json_reply(200, {"request_id": "1"}), ...])
    response = generate_video(config, request, effects=fake_effects(http=http))
    assert http.requests[0].method == "POST"

To test without scripted replies, use ``mock=MockConfig()`` in the config instead.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import attrs
from returns.io import IOFailure, IOResult

from . import _later
from .effects import Clock, Effects, Http, HttpReply
from .effects.memory import FakeDisk, FakeNames
from .effects.receiving import WholeReply
from .effects.signing import SignedWebhook, signed
from .effects.unscripted import WithoutOptional, unscripted_error
from .exceptions import TarashException, ValidationError
from .http.events import EVENTS
from .http.messages import HttpRequest, HttpResponse, Limits
from .outcome import IOOutcome, settle
from .providers.base import Provider
from .running.webhook_check import record_of
from .values.files import MediaFile
from .values.media import content_type_of
from .values.secrets import Secret

__all__ = [
    "CountedIds",
    "FakeClock",
    "FakeDisk",
    "FakeEnvironment",
    "FakeFiles",
    "FakeNames",
    "FakeTokens",
    "FixedRandomness",
    "ScriptedHttp",
    "SignedWebhook",
    "WholeReply",
    "fake_effects",
    "json_reply",
    "replay",
    "signed_webhook",
]
__dir__ = _later.public(__name__)

_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)


@attrs.define(eq=False, slots=False)
class FakeClock:
    """A clock that only sleeps advance; they return at once.

    It starts at ``monotonic`` seconds, by default 0, and at ``utc``, by default 2026-01-01.

    Attributes:
        slept: The seconds of every sleep so far.
    """

    _monotonic: float = 0.0
    _utc: datetime = _EPOCH
    slept: list[float] = attrs.field(factory=list, init=False)

    def monotonic(self) -> float:
        """Return the seconds."""
        return self._monotonic

    def utc(self) -> datetime:
        """Return the aware UTC time."""
        return self._utc

    def advance(self, seconds: float) -> None:
        """Advance the clock without a sleep, as a slow exchange would."""
        self._monotonic += seconds
        self._utc += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """Record the sleep, and advance the clock at once."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Record the sleep, and advance the clock at once."""
        self.sleep(seconds)


@attrs.frozen
class FakeEnvironment:
    """Environment variables from a mapping."""

    variables: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    def get(self, name: str) -> str | None:
        """Return the variable, or None."""
        return self.variables.get(name)


@attrs.frozen
class FakeFiles:
    """Files from a mapping of paths to bytes."""

    contents: Mapping[Path, bytes] = attrs.field(factory=dict, repr=False)

    def read(self, path: Path) -> IOOutcome[bytes]:
        """Return the bytes, or a ValidationError that names the file."""
        if path not in self.contents:
            return IOFailure(ValidationError(message=f"the file {path.name} cannot be read"))
        return IOResult.from_value(self.contents[path])

    def open(self, path: Path) -> IOOutcome[MediaFile]:
        """Return the file, or a ValidationError that names it."""
        return self.read(path).map(
            lambda content: MediaFile(
                path=path,
                size=len(content),
                content_type=content_type_of(path.name, content),
                head=content,
                read=lambda start, length: (content[start : start + length],),
            )
        )


@attrs.frozen
class FixedRandomness:
    """Always returns the same number in [0, 1); with the default, backoff has no jitter."""

    number: float = 0.5

    def chance(self) -> float:
        """Return the number."""
        return self.number


@attrs.frozen
class FakeTokens:
    """Always returns the same access token."""

    token: str = attrs.field(default="fake-access-token", repr=False)

    def fetch(self, scope: str, settings: Mapping[str, Any]) -> IOOutcome[Secret]:  # noqa: ARG002
        """Return the token."""
        return IOResult.from_value(Secret(self.token))


class CountedIds:
    """The names ``call1``, ``call2`` and so on."""

    def __init__(self) -> None:
        """Begin with 1."""
        self._numbers = count(1)

    def new(self) -> str:
        """Return the next name."""
        return f"call{next(self._numbers)}"


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


def signed_webhook(  # noqa: PLR0913 - the parts of a message, and who signs it
    provider: str | Provider,
    body: object,
    *,
    id: str = "msg_1",  # noqa: A002 - the name of the event's field
    sent_at: datetime = _EPOCH,
    secret: str = "whsec_b25seSBmb3IgdGVzdHM=",  # noqa: S107 - it is for tests
    by: Literal["secret", "key"] | None = None,
) -> SignedWebhook:
    """Return a message to a webhook, signed as the provider would sign it.

    Where it signs with a key of its own, that key is made of ``secret``: needs cryptography.

    Args:
        provider: The provider's id, or its record.
        body: The bytes, or a JSON value.
        id: The name of the message; fal takes it for the request's id, too.
        sent_at: When it is signed: by default, the time at which a `FakeClock` starts.
        secret: The webhook's signing secret.
        by: Google signs with the secret of a project's webhook, or with its own key what a
            submission asked for (the default).

    Raises:
        ValidationError: The provider is not known, or its messages have another signature, or none.
    """
    record = settle(record_of(provider))
    return signed(record, body, secret=secret, by=by, name=id, at=sent_at)


_MATCH_ON: Final = ("method", "scheme", "host", "port", "path", "query", "body")


@contextmanager
def replay(cassette: Path, *, environment: Mapping[str, str] | None = None) -> Iterator[Effects]:
    """Yield effects whose HTTP replies come from a VCR cassette, with a fake clock.

    Requests must equal the recorded ones in method, URL and body, and every recorded
    interaction must be played. Videos are not measured. Needs vcrpy.

    Raises:
        AssertionError: An interaction was not played.
    """
    import vcr  # noqa: PLC0415 - only tests install it

    from .effects.urllib3_http import Urllib3Http  # noqa: PLC0415 - it opens a socket

    recorder = vcr.VCR(record_mode="none", match_on=_MATCH_ON)
    with recorder.use_cassette(str(cassette)) as tape:
        yield fake_effects(http=WithoutOptional(Urllib3Http()), environment=environment)
    if not tape.all_played:
        message = (
            f"{cassette.name}: only {tape.play_count} of {len(tape)} interactions were played: "
            "remove the others, or make the missing requests"
        )
        raise AssertionError(message)
