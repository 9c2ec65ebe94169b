"""The real effects except HTTP: clock, environment, randomness, files."""

import asyncio
import os
import random
import time
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import attrs
from returns.io import IOFailure, IOResult

from ..exceptions import ValidationError
from ..outcome import IOOutcome
from . import Effects
from .disk import SystemDisk
from .google_tokens import GoogleTokens
from .names import SystemNames


@attrs.frozen
class SystemClock:
    """The machine's clocks."""

    monotonic = staticmethod(time.monotonic)

    def utc(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block the thread."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Suspend the task."""
        await asyncio.sleep(seconds)


@attrs.frozen
class SystemEnvironment:
    """The process's environment variables."""

    def get(self, name: str) -> str | None:
        """Return the variable, or None."""
        return os.environ.get(name)


@attrs.frozen
class SystemRandomness:
    """The interpreter's random numbers: good enough for jitter."""

    chance = staticmethod(random.random)


@attrs.frozen
class RandomIds:
    """UUIDs of version 4."""

    def new(self) -> str:
        """Return 32 hexadecimal digits."""
        return uuid.uuid4().hex


@attrs.frozen
class SystemFiles:
    """The file system."""

    def read(self, path: Path) -> IOOutcome[bytes]:
        """Return the file's bytes, or a ValidationError that names it."""
        why = "is empty: name another file"
        try:
            if content := path.expanduser().read_bytes():
                return IOResult.from_value(content)
        except (OSError, RuntimeError, ValueError) as error:
            # An unknown home folder raises RuntimeError, a name with a NUL raises ValueError.
            why = f"cannot be read ({getattr(error, 'strerror', None) or error}): check its name"
        return IOFailure(ValidationError(message=f"the file {path.name} {why}"))


def live_effects() -> Effects:
    """Return the effects of this process, created on first use; a forked child gets its own."""
    return _effects_of(os.getpid())


@lru_cache(maxsize=1)
def _effects_of(_process: int) -> Effects:
    # The import is here because urllib3 opens a socket on import, to test for IPv6.
    from .urllib3_http import Urllib3Http  # noqa: PLC0415

    return Effects(
        http=Urllib3Http(),
        clock=SystemClock(),
        environment=SystemEnvironment(),
        randomness=SystemRandomness(),
        files=SystemFiles(),
        ids=RandomIds(),
        tokens=GoogleTokens(),
        disk=SystemDisk(),
        names=SystemNames(),
    )
