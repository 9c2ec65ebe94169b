"""A request as it is sent: its headers checked, its body as a file."""

import re
from collections.abc import Mapping
from functools import cache, partial
from importlib import metadata
from typing import IO, Any, Final, cast

import attrs
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError
from ..http.messages import HttpRequest, StreamBody, streamed
from ..outcome import Outcome

# Bodies up to this many bytes are sent as they are, longer ones as a file.
SMALL: Final = 1 << 16
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@attrs.frozen(kw_only=True)
class Written:
    """A request as it is sent."""

    method: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: StreamBody | None


def written(request: HttpRequest) -> Outcome[Written]:
    """Return the request as it is sent.

    Errors:
        HTTPConnectionError: It cannot be sent, and was not; a header is named, never shown.
    """
    headers, body = {"User-Agent": _user_agent(), **request.headers}, None
    if request.body is not None:
        try:
            body = streamed(request.body)
        except (TypeError, ValueError, RecursionError) as error:
            return not_sent(f"the body of the request is not JSON ({type(error).__name__})")
        headers |= {"Content-Type": body.content_type, "Content-Length": str(body.length)}
    elif request.method in {"POST", "PUT"}:
        headers["Content-Length"] = "0"
    headers |= request.credential
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            return not_sent("the name of a header is not a token: check the config")
        # The value is not shown: it may be a key.
        if _CONTROLS.search(value) or not _is_latin(value):
            what = f"the header {name} has a line break or a character that is not latin-1"
            return not_sent(f"{what}: check the key, or where else it comes from")
    return Success(Written(method=request.method, headers=headers, body=body))


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)  # noqa: PLR2004 - latin-1's


@cache
def _user_agent() -> str:
    try:
        version = metadata.version("tarash-gateway")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"tarash-gateway/{version} (python)"


def content(ready: Written) -> bytes | IO[bytes] | None:
    """Return what urllib3 is given as the body."""
    if ready.body is None:
        # An empty body, and no body: cassettes tell them apart.
        return b"" if "Content-Length" in ready.headers else None
    upload = Upload(ready.body)
    # urllib3 asks a file for nothing but `read`.
    return upload.read() if ready.body.length <= SMALL else cast("IO[bytes]", upload)


class Upload:
    """A body as a file: what urllib3 sends piece by piece, and vcrpy records and compares."""

    def __init__(self, body: StreamBody) -> None:
        """Begin at the first byte."""
        self._pieces = iter(body.chunks())
        self._rest = memoryview(b"")
        self._missing = body.length

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; all if it is negative.

        Raises:
            OSError: The body cannot be read, or is not as long as it says.
        """
        if size < 0:
            return b"".join(iter(partial(self.read, SMALL), b""))
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            if self._missing:
                message = "the body is shorter than it says"
                raise OSError(message) from None
            return b""
        except Exception as error:
            message = f"the body cannot be read ({type(error).__name__})"
            raise OSError(message) from error
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._missing -= len(piece)
        if self._missing < 0:
            message = "the body is longer than it says"
            raise OSError(message)
        return bytes(piece)


def not_sent(what: str) -> Outcome[Any]:
    """Return the failure of a request that was not sent."""
    return Failure(HTTPConnectionError(message=f"{what}; nothing was sent", request_sent=False))
