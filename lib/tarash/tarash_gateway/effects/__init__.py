"""The effects that the library needs, as Protocols.

The docstring of a method is its contract. Tests pass other objects with the same methods.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from ..outcome import IOOutcome, Outcome
from ..values.files import MediaFile
from ..values.secrets import Secret

if TYPE_CHECKING:
    # Everybody who imports a verb needs the types of effects, and only a call needs requests.
    from ..http.messages import HttpRequest, Limits


class HttpReply(Protocol):
    """A reply whose head has arrived and whose body is read piece by piece."""

    @property
    def status(self) -> int:
        """HTTP status, 200 to 599."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers under lower-case names."""

    def read(self, size: int) -> IOOutcome[bytes]:
        """Return at most ``size`` (> 0) bytes of the decoded body, ``b""`` at its end.

        Errors:
            HTTPConnectionError: The body ended too early, or a time limit passed.
            UnexpectedReplyError: The body is larger than the limit.
        """

    def close(self) -> None:
        """Release the connection, which is used again only if the reply was read to its end."""


class Http(Protocol):
    """Sends one request."""

    def open(self, request: "HttpRequest", *, limits: "Limits") -> IOOutcome[HttpReply]:
        """Send the request and return the reply, whatever its status, before its body is read.

        The headers of ``request.credential`` are sent, too. Never retries, never follows a
        redirect. The caller closes the reply; `receiving.receive` reads and closes it.

        Errors:
            HTTPConnectionError: No reply came; ``request_sent`` tells whether anything was sent.
        """


class AsyncHttpReply(Protocol):
    """The same as `HttpReply` on an event loop."""

    @property
    def status(self) -> int:
        """HTTP status, 200 to 599."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers under lower-case names."""

    async def read(self, size: int) -> Outcome[bytes]:
        """Return what `HttpReply.read` returns, without blocking the loop."""

    async def close(self) -> None:
        """Release the connection; see `HttpReply.close`."""


class AsyncHttp(Protocol):
    """Sends one request on the running event loop.

    Its methods are coroutines of an `Outcome`, which is what a `FutureResult` wraps. Safe to share
    between loops, threads and forks. A task that is cancelled while it waits here releases the
    connection.
    """

    async def open(self, request: "HttpRequest", *, limits: "Limits") -> Outcome[AsyncHttpReply]:
        """Return what `Http.open` returns, with the same errors, without blocking the loop."""


class Clock(Protocol):
    """Tells the time, and waits."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""

    def utc(self) -> datetime:
        """Return the aware UTC time."""

    def sleep(self, seconds: float) -> None:
        """Block for ``seconds`` >= 0."""

    async def sleep_async(self, seconds: float) -> None:
        """Let other tasks run for ``seconds`` >= 0."""


class Environment(Protocol):
    """Reads environment variables."""

    def get(self, name: str) -> str | None:
        """Return the variable's value, or None if it is not set."""


class Randomness(Protocol):
    """Makes random numbers."""

    def chance(self) -> float:
        """Return a number in [0, 1)."""


class Ids(Protocol):
    """Makes unique names."""

    def new(self) -> str:
        """Return a name of letters and digits, different each time."""


class Tokens(Protocol):
    """Fetches OAuth access tokens for the machine's identity."""

    def fetch(self, scope: str, settings: Mapping[str, Any]) -> IOOutcome[Secret]:
        """Return a token that is still valid for a while.

        Args:
            scope: OAuth scope.
            settings: The config's ``provider_config``; ``credentials_path`` names a file.

        Errors:
            AuthenticationError: The machine has no identity, or the token was refused.
        """


class Files(Protocol):
    """Reads files that a request names."""

    def read(self, path: Path) -> IOOutcome[bytes]:
        """Return the file's bytes.

        Errors:
            ValidationError: The file cannot be read, or it is empty.
        """

    def open(self, path: Path) -> IOOutcome[MediaFile]:
        """Return the file, of which only the first bytes are read.

        Errors:
            ValidationError: The file cannot be read, or it is empty.
        """


class PartialFile(Protocol):
    """A file that is being written under a temporary name, beside the file that it becomes."""

    def write(self, content: bytes) -> IOOutcome[None]:
        """Append bytes.

        Errors:
            SaveError: The disk is full, or the file cannot be written.
        """

    def restart(self) -> IOOutcome[None]:
        """Make it empty again.

        Errors:
            SaveError: It cannot be written.
        """

    def read(self, start: int, length: int) -> bytes:
        """Return at most ``length`` bytes that were written from offset ``start`` on."""

    def finish(self, path: Path | None = None, *, overwrite: bool) -> IOOutcome[Path]:
        """Give the file its name at once, and return the name.

        Args:
            path: Another name in the same folder, or None for the one that it was created for.
            overwrite: Whether a file of that name is replaced. Otherwise the new file gets the
                first free name of the form ``name-2.mp4``, so that no video is lost.

        Errors:
            SaveError: It cannot be written.
        """

    def discard(self) -> None:
        """Remove it, unless it has its name already."""


class Disk(Protocol):
    """Writes videos to files."""

    def check(self, path: Path, *, overwrite: bool, free: int) -> IOOutcome[Path]:
        """Return the path of a file that can be written, its ``~`` replaced.

        Args:
            path: The file.
            overwrite: Whether an existing file may be replaced.
            free: Bytes that must be free on the disk.

        Errors:
            ValidationError: Its folder does not exist or cannot be written, it is a folder, it
                exists, or the disk is full; the message says what to do.
        """

    def is_folder(self, path: Path) -> bool:
        """Tell whether there is a folder of this name."""

    def create(self, path: Path) -> IOOutcome[PartialFile]:
        """Return a new partial file in the folder of ``path``.

        Errors:
            SaveError: It cannot be created.
        """


class Names(Protocol):
    """Resolves the names of hosts."""

    def addresses(self, host: str) -> IOOutcome[tuple[str, ...]]:
        """Return the addresses of a host, as IPv4 or IPv6 literals.

        Errors:
            HTTPConnectionError: The name cannot be resolved.
        """


@attrs.frozen(kw_only=True)
class Effects:
    """All effects of a call.

    ``async_http`` sends the requests of asyncio calls; without it, ``http`` does so in threads. It
    may have an attribute ``beside``, the ``http`` that it belongs to: whoever replaces that one
    (`attrs.evolve`) replaces both. An ``http`` that wraps another one has that as ``real``.
    ``randomness`` is for jitter, ``ids`` name calls, ``disk`` writes videos, and ``names`` resolves
    the names of hosts.
    """

    http: Http
    clock: Clock
    environment: Environment
    randomness: Randomness
    files: Files
    ids: Ids
    tokens: Tokens
    disk: Disk
    names: Names
    async_http: AsyncHttp | None = None

    def __attrs_post_init__(self) -> None:
        """Leave a sender out that belongs to another ``http``."""
        http = getattr(self.http, "real", self.http)
        if getattr(self.async_http, "beside", http) is not http:
            object.__setattr__(self, "async_http", None)
