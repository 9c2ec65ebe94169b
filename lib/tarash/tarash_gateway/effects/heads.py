"""The head of a reply: its status, its headers, and where its body ends. Pure.

Source: RFC 9112 (HTTP/1.1), sections 4 (status line), 5 (field lines) and 6.3 (length of a body).
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from http.client import BadStatusLine
from typing import Final

import attrs

# The bound of curl, CURL_MAX_HTTP_HEADER in include/curl/curl.h, three times.
LONGEST_HEAD: Final = 300 * 1024
_END: Final = re.compile(rb"\n\r?\n")
_START: Final = b"HTTP/"
_SWITCHING: Final = 101
_STATUS_LINE: Final = re.compile(r"HTTP/(1\.[0-9]|0\.9)[ \t]+([1-9][0-9]{2})(?:[ \t].*)?")
# A header may go on in lines that begin with white space.
_FOLD: Final = re.compile(r"\n[ \t]+")
_LENGTH: Final = re.compile(r"[0-9]+")
_WITHOUT_BODY: Final = frozenset({204, 304})


@attrs.frozen
class Head:
    """The head of a reply.

    Attributes:
        status: HTTP status, 100 to 999.
        headers: Headers under lower-case names; several of one name are joined by commas.
        chunked: Whether the body comes in chunks, and ends with the last of them.
        length: Bytes of the body otherwise, or None if it ends with the connection.
        keeps_open: Whether the connection can be used again after the body.
        is_clean: Whether every line was a header. Other lines are left out: a reply to a
            submission is worth money, however strange its head is.
    """

    status: int
    headers: Mapping[str, str]
    chunked: bool
    length: int | None
    keeps_open: bool
    is_clean: bool

    @property
    def is_interim(self) -> bool:
        """Whether another head follows. The status 101 ends HTTP."""
        return self.status < HTTPStatus.OK and self.status != _SWITCHING


def end_of_head(received: bytes, looked: int = 0) -> int | None:
    r"""Return where the head that is being received ends, or None if more must come.

    Args:
        received: All that has come.
        looked: How many of these bytes were looked at before.

    Raises:
        BadStatusLine: It does not begin like a reply of HTTP/1.
        ValueError: It is too long.

    >>> end_of_head(b"HTTP/1.1 200 OK\r\n\r\nhello"), end_of_head(b"HTTP/1.1 200 OK\r\n")
    (19, None)
    """
    # The end may have arrived in part.
    found = _END.search(received, max(0, looked - 2))
    if found is not None:
        return found.end()
    if not _START.startswith(received[: len(_START)]):
        raise BadStatusLine(repr(received[:20]))
    if len(received) > LONGEST_HEAD:
        message = "the head of the reply is too long"
        raise ValueError(message)
    return None


def parse_head(head: bytes) -> Head:
    r"""Return a head, given with the empty line at its end or without it.

    Raises:
        BadStatusLine: It does not begin like a reply of HTTP/1.
        ValueError: It declares two lengths.

    >>> parse_head(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").length
    2
    """
    first, _, rest = head.decode("latin-1").replace("\r\n", "\n").rstrip("\n").partition("\n")
    found = _STATUS_LINE.fullmatch(first)
    if found is None:
        raise BadStatusLine(first)
    headers, is_clean = _fields(rest)
    status = int(found[2])
    chunked, length = _framing(status, headers)
    delimited = chunked or length is not None
    return Head(
        status=status,
        headers=headers,
        chunked=chunked,
        length=length,
        keeps_open=is_clean and delimited and _keeps_open(found[1], headers),
        is_clean=is_clean,
    )


def _fields(text: str) -> tuple[dict[str, str], bool]:
    """Return the headers in these lines, and whether there is nothing else in them."""
    headers: dict[str, str] = {}
    is_clean = True
    # A line break alone is no end of a line here, and must not be one for whoever reads on.
    unfolded = _FOLD.sub(" ", text.replace("\r", " "))
    for line in unfolded.split("\n") if text else ():
        left, colon, value = line.partition(":")
        if not colon or not left.isascii() or not left.isprintable() or " " in left or not left:
            is_clean = False
            continue
        name, value = left.lower(), value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers, is_clean


def _framing(status: int, headers: Mapping[str, str]) -> tuple[bool, int | None]:
    """Return whether the body is chunked, and its length if it is known and not chunked."""
    if status < 200 or status in _WITHOUT_BODY:  # noqa: PLR2004 - interim replies
        return False, 0
    if coding := headers.get("transfer-encoding", ""):
        return coding.rpartition(",")[2].strip().lower() == "chunked", None
    if "content-length" not in headers:
        return False, None
    lengths = {part.strip() for part in headers["content-length"].split(",")}
    if not all(map(_LENGTH.fullmatch, lengths)):
        return False, None
    if len(set(map(int, lengths))) > 1:
        message = "the head of the reply declares two lengths"
        raise ValueError(message)
    return False, int(lengths.pop())


def _keeps_open(version: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a server leaves its connection open.

    >>> _keeps_open("1.1", {}), _keeps_open("1.1", {"connection": "Close"}), _keeps_open("1.0", {})
    (True, False, False)
    """
    wish = headers.get("connection", "").lower()
    if version in ("1.0", "0.9"):
        return "keep-alive" in wish
    return "close" not in wish


def framing(head: Head) -> bytes:
    r"""Return a plain head for a body that ends as the body of ``head`` does.

    >>> framing(parse_head(b"HTTP/1.1 404 Not Found\nContent-Length: 3, 3\n\n"))
    b'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n'
    """
    lines = ["HTTP/1.1 200 OK"]
    if head.chunked:
        lines.append("Transfer-Encoding: chunked")
    elif head.length is not None:
        lines.append(f"Content-Length: {head.length}")
    if not head.keeps_open:
        lines.append("Connection: close")
    return "\r\n".join((*lines, "", "")).encode()
