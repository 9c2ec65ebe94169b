"""The real effects except HTTP: clock, environment, randomness, files."""

import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

import attrs
from returns.io import IOFailure, IOResult

from .. import _later
from ..container.pictures import HEAD
from ..exceptions import ValidationError
from ..outcome import IOOutcome
from ..values.files import MediaFile
from ..values.media import content_type_of
from . import Effects
from .disk import SystemDisk
from .google_tokens import GoogleTokens
from .names import SystemNames

if TYPE_CHECKING:
    import asyncio
else:
    # A blocking call needs no event loop.
    (asyncio,) = _later.modules(None, "asyncio")

T = TypeVar("T")
_PIECE: Final = 1 << 18


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
        return _reading(path, lambda found: found.read_bytes())

    def open(self, path: Path) -> IOOutcome[MediaFile]:
        """Return the file, or a ValidationError that names it."""
        return _reading(path, _media_file)


def _reading(path: Path, read: Callable[[Path], T | None]) -> IOOutcome[T]:
    why = "is empty: name another file"
    try:
        if found := read(path.expanduser()):
            return IOResult.from_value(found)
    except (OSError, RuntimeError, ValueError) as error:
        # An unknown home folder raises RuntimeError, a name with a NUL raises ValueError.
        why = f"cannot be read ({getattr(error, 'strerror', None) or error}): check its name"
    return IOFailure(ValidationError(f"the file {path.name} {why}"))


def _media_file(path: Path) -> MediaFile | None:
    """Return the file, or None for an empty one."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        state = _state(file)
    size, _ = state
    if not size:
        return None
    return MediaFile(
        path=path,
        size=size,
        content_type=content_type_of(path.name, head),
        head=head,
        read=partial(_pieces, path, state),
    )


def _state(file: BinaryIO) -> tuple[int, int]:
    """Return the size of an open file, and when it was last written to."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def _pieces(path: Path, state: tuple[int, int], start: int, length: int) -> Iterator[bytes]:
    changed = ValidationError(
        f"the file {path.name} changed while it was uploaded: start again when it is complete"
    )
    try:
        with path.open("rb") as file:
            if _state(file) != state:
                raise changed
            file.seek(start)
            while length > 0:
                piece = file.read(min(length, _PIECE))
                if not piece:
                    raise changed
                length -= len(piece)
                yield piece
    except OSError as error:
        why = error.strerror or error
        message = f"the file {path.name} cannot be read any more ({why}): put it back and try again"
        raise ValidationError(message) from error


def live_effects() -> Effects:
    """Return the effects of this process, created on first use; a forked child gets its own."""
    return _effects_of(os.getpid())


def has_live_effects() -> bool:
    """Tell whether they were made: making them loads urllib3."""
    return _effects_of.cache_info().currsize > 0


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
