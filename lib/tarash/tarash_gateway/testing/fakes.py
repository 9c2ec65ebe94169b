"""Fake effects: a clock that does not wait, and an environment, files and names that are given."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import attrs
from returns.io import IOFailure, IOResult

from ..exceptions import ValidationError
from ..outcome import IOOutcome
from ..values.files import MediaFile
from ..values.media import content_type_of
from ..values.secrets import Secret

# When the clock of a test starts.
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)


@attrs.define(eq=False, slots=False)
class FakeClock:
    """A clock that only sleeps advance; they return at once.

    It starts at ``monotonic`` seconds, by default 0, and at ``utc``, by default 2026-01-01.

    Attributes:
        slept: The seconds of every sleep so far.
    """

    _monotonic: float = 0.0
    _utc: datetime = EPOCH
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
