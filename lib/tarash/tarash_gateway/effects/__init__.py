"""The effects that the library needs, as Protocols.

The docstring of a method is its contract. Tests pass other objects with the same methods.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import attrs

from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome
from ..values.secrets import Secret


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

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Send the request and return the reply, whatever its status, before its body is read.

        The headers of ``request.credential`` are sent, too. Never retries, never follows a
        redirect. The caller closes the reply; `receiving.receive` reads and closes it.

        Errors:
            HTTPConnectionError: No reply came; ``request_sent`` tells whether anything was sent.
        """


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
            ValidationError: The file cannot be read.
        """


@attrs.frozen(kw_only=True)
class Effects:
    """All effects of a call; ``randomness`` is for jitter, and ``ids`` name calls."""

    http: Http
    clock: Clock
    environment: Environment
    randomness: Randomness
    files: Files
    ids: Ids
    tokens: Tokens
