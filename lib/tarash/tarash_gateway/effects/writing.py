"""Prepare a request for sending: check its headers, and make its body a file."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import metadata
from typing import IO, Any, Final, cast

import attrs
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError, ValidationError
from ..http.messages import HttpRequest, StreamBody, as_stream
from ..outcome import Outcome

# Bodies up to this many bytes are sent as they are, longer ones as a file.
SMALL: Final = 1 << 16
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# One line of latin-1, as http.client encodes it.
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_LINES: Final = re.compile(rf"(?:{_TOKEN.pattern}\0{_VALUE.pattern}\n)*")


@attrs.frozen(kw_only=True)
class PreparedRequest:
    """A request that is ready to be sent.

    Attributes:
        method: HTTP method.
        headers: All headers except ``Host``, unless the caller gives one.
        body: What is sent, or None.
        names_host: Whether the caller gives the ``Host``.
    """

    method: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: StreamBody | None
    names_host: bool = False


def write(request: HttpRequest) -> Outcome[PreparedRequest]:
    """Return the request ready to be sent.

    Errors:
        HTTPConnectionError: It cannot be sent; the message never shows the value of a header.
    """
    given = {name.lower() for name in request.headers}
    own = {"Accept-Encoding": "identity", "User-Agent": _user_agent()}
    headers = {name: value for name, value in own.items() if name.lower() not in given}
    headers |= request.headers
    body = None
    if request.body is not None:
        try:
            body = as_stream(request.body)
        except (TypeError, ValueError, RecursionError) as error:
            name = type(error).__name__
            return not_sent(f"the body of the request is not JSON ({name}): check extra_params")
        headers |= {"Content-Type": body.content_type, "Content-Length": str(body.length)}
    elif request.method in {"POST", "PUT"}:
        headers["Content-Length"] = "0"
    headers |= request.credential
    if not _are_valid(headers):
        return _wrong_header(headers)
    return Success(
        PreparedRequest(
            method=request.method, headers=headers, body=body, names_host="host" in given
        )
    )


def _are_valid(headers: Mapping[str, str]) -> bool:
    r"""Tell whether all names and values can be sent: one search takes less time than many.

    >>> _are_valid({"A": "b", "C": "d"}), _are_valid({"A": "b\nC\0d"}), _are_valid({"A:b": "c"})
    (True, False, False)
    """
    lines = "".join([f"{name}\0{value}\n" for name, value in headers.items()])
    # Neither a name nor a value may have the marks in it.
    return lines.count("\n") == len(headers) and _LINES.fullmatch(lines) is not None


def _wrong_header(headers: Mapping[str, str]) -> Outcome[Any]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            return not_sent("the name of a header is not valid: check the headers in the config")
        # The message does not show the value, which may be a key.
        if not _VALUE.fullmatch(value):
            what = f"the header {name} has a line break or a character that is not latin-1"
            return not_sent(f"{what}: check the key, or the setting that the header comes from")
    return not_sent("a header cannot be sent: check the headers in the config")


@cache
def _user_agent() -> str:
    try:
        version = metadata.version("tarash-gateway")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"tarash-gateway/{version} (python)"


def head_of(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    r"""Return the head of a request whose headers were checked.

    >>> head_of("GET", "/a", {"Host": "b"})
    b'GET /a HTTP/1.1\r\nHost: b\r\n\r\n'
    """
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def pieces(ready: PreparedRequest) -> Iterator[bytes]:
    """Yield the body piece by piece; a small one is one piece."""
    if ready.body is not None:
        upload = Upload(ready.body)
        yield from iter(partial(upload.read, SMALL), b"")


def content(ready: PreparedRequest) -> bytes | IO[bytes] | None:
    """Return the body in the form that urllib3 sends."""
    if ready.body is None:
        # Cassettes distinguish an empty body from a missing one.
        return b"" if "Content-Length" in ready.headers else None
    upload = Upload(ready.body)
    # Of a file's methods, urllib3 uses only `read`.
    return upload.read() if ready.body.length <= SMALL else cast("IO[bytes]", upload)


class Upload:
    """A body as a file, which urllib3 sends piece by piece and vcrpy records and compares."""

    def __init__(self, body: StreamBody) -> None:
        """Begin at the first byte."""
        self._pieces = iter(body.chunks())
        self._rest = memoryview(b"")
        self._missing = body.length

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; all if it is negative.

        Raises:
            OSError: The body cannot be read, or does not have the declared length.
            ValidationError: It is a file of the caller's that has changed.
        """
        if size < 0:
            return b"".join(iter(partial(self.read, SMALL), b""))
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            if self._missing:
                message = f"the body ended {self._missing} bytes before its declared length"
                raise OSError(message) from None
            return b""
        except ValidationError:
            raise
        except Exception as error:
            message = f"the body cannot be read ({type(error).__name__})"
            raise OSError(message) from error
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._missing -= len(piece)
        if self._missing < 0:
            message = "the body is longer than its declared length"
            raise OSError(message)
        return bytes(piece)


def not_sent(what: str) -> Outcome[Any]:
    """Return the failure of a request that was not sent."""
    return Failure(HTTPConnectionError(message=f"{what}; nothing was sent", request_sent=False))
