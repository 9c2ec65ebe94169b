"""The real effects: clock, environment, randomness, files, and the senders of requests."""

import importlib.util
import os
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

import attrs
from returns.io import IOFailure, IOResult

from .. import _later
from ..container.pictures import HEAD
from ..exceptions import ValidationError
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome, Outcome
from ..values.files import MediaFile
from ..values.media import content_type_of
from . import AsyncHttpReply, Effects, Http
from .disk import SystemDisk
from .google_tokens import GoogleTokens
from .names import SystemNames

if TYPE_CHECKING:
    import asyncio

    from . import aiohttp_http, urllib3_http
else:
    # A blocking call needs no event loop, and urllib3 opens a socket on import, to test for IPv6.
    asyncio, aiohttp_http, urllib3_http = _later.modules(
        __package__, "asyncio", ".aiohttp_http", ".urllib3_http"
    )

T = TypeVar("T")
_PIECE: Final = 1 << 18


class LiveAsyncHttp:
    """The sender of asyncio calls: `aiohttp_http.AiohttpHttp`, imported with the first exchange.

    Attributes:
        beside: The sender of the blocking calls; an `Effects` with another one has no use for this.
    """

    def __init__(self, beside: Http) -> None:
        """Import nothing yet."""
        self.beside = beside
        self._lock = threading.Lock()
        self._sender: aiohttp_http.AiohttpHttp | None = None

    async def open(self, request: HttpRequest, *, limits: Limits) -> Outcome[AsyncHttpReply]:
        """Send the request and return its reply: see `effects.AsyncHttp`."""
        return await (await self._loaded()).open(request, limits=limits)

    async def close(self) -> None:
        """Close the idle connections of the running loop; further requests can still be sent."""
        if self._sender is not None:
            await self._sender.close()

    async def _loaded(self) -> "aiohttp_http.AiohttpHttp":
        if self._sender is not None:
            return self._sender
        # Importing aiohttp takes longer than an event loop may stand still.
        return await asyncio.to_thread(self._load)

    def _load(self) -> "aiohttp_http.AiohttpHttp":
        with self._lock:
            if self._sender is None:
                self._sender = aiohttp_http.AiohttpHttp()
            return self._sender


@attrs.frozen
class SystemClock:
    """The machine's clocks."""

    monotonic = staticmethod(time.monotonic)

    def utc(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block the thread."""
        # A sleep of no time still gives the processor away.
        if seconds > 0:
            time.sleep(seconds)

    def sleep_async(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Return what suspends the task: one coroutine, for thousands of calls that wait."""
        return asyncio.sleep(seconds)


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
    """Random numbers of 128 bits."""

    def new(self) -> str:
        """Return 32 hexadecimal digits."""
        return os.urandom(16).hex()


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
    http = urllib3_http.Urllib3Http()
    return Effects(
        http=http,
        clock=SystemClock(),
        environment=SystemEnvironment(),
        randomness=SystemRandomness(),
        files=SystemFiles(),
        ids=RandomIds(),
        tokens=GoogleTokens(),
        disk=SystemDisk(),
        names=SystemNames(),
        async_http=LiveAsyncHttp(http) if importlib.util.find_spec("aiohttp") else None,
    )


def close_idle() -> None:
    """Close the idle connections of this process's blocking calls; further calls open new ones."""
    if _effects_of.cache_info().currsize:
        from .urllib3_http import Urllib3Http  # noqa: PLC0415 - it is loaded already

        http = live_effects().http
        if isinstance(http, Urllib3Http):
            http.close()


async def close_idle_async() -> None:
    """Close these, and the idle connections of the running event loop."""
    close_idle()
    if _effects_of.cache_info().currsize:
        http = live_effects().async_http
        if isinstance(http, LiveAsyncHttp):
            await http.close()
