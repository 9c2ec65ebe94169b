"""A host of one video on a real socket, which breaks off, redirects, expires or lies as told."""

import re
import socket
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Final, Self

import attrs
from tests.support.listener import Listener

_RANGE: Final = re.compile(rb"\r\nRange: bytes=(\d+)-(\d*)", re.IGNORECASE)
_IF_RANGE: Final = re.compile(rb"\r\nIf-Range: ([^\r]*)", re.IGNORECASE)
_PIECE: Final = 1 << 16


@attrs.define
class VideoHost:
    """Serves one file under every path.

    Attributes:
        content: The file, or a function from offset and end to its bytes.
        size: Its length.
        cuts: Offsets at which the next connections break off; after them none does.
        ranges: Whether it answers a request for a part with that part.
        tag: The file's ETag; empty for none.
        headers: Further headers of every reply.
        status: Status of the next replies instead of the file's.
        location: Where every path except ``/there`` redirects to; empty for nowhere.
        at_piece: Called before each piece: it may take its time, or advance a clock.
        asked: The offsets that were asked for so far, with the requests' heads.
    """

    content: bytes | Callable[[int, int], bytes]
    size: int
    cuts: list[int] = attrs.field(factory=list)
    ranges: bool = True
    tag: str = '"one"'
    headers: Sequence[str] = ()
    status: list[int] = attrs.field(factory=list)
    location: str = ""
    at_piece: Callable[[], None] = lambda: None
    piece: int = _PIECE
    asked: list[int] = attrs.field(factory=list)
    heads: list[bytes] = attrs.field(factory=list)
    _listener: Listener = attrs.field(init=False)

    def __enter__(self) -> Self:
        self._listener = Listener(self._serve)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()

    @property
    def url(self) -> str:
        """A URL of the video, with a signature in its query."""
        return f"http://127.0.0.1:{self._listener.port}/video.mp4?signature=secret"

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(_PIECE)
            if not more:
                return
            head += more
        self.heads.append(head)
        self._answer(connection, head)

    def _answer(self, connection: socket.socket, head: bytes) -> None:
        if self.location and b"/there" not in head.split(b"\r\n", 1)[0]:
            connection.sendall(
                f"HTTP/1.1 302 Found\r\nLocation: {self.location}\r\nContent-Length: 0\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            return
        if self.status:
            status = self.status.pop(0)
            connection.sendall(
                f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
            return
        found, condition = _RANGE.search(head), _IF_RANGE.search(head)
        same = condition is None or condition[1].decode() == self.tag
        partial = found is not None and self.ranges and same
        start = int(found[1]) if found is not None and partial else 0
        end = int(found[2]) + 1 if found is not None and partial and found[2] else self.size
        end = min(end, self.size)
        self.asked.append(start)
        lines = ["HTTP/1.1 206 Partial Content" if partial else "HTTP/1.1 200 OK", *self.headers]
        lines += [f"Content-Length: {end - start}", "Connection: close"]
        lines += [f"ETag: {self.tag}"] if self.tag else []
        lines += [f"Content-Range: bytes {start}-{end - 1}/{self.size}"] if partial else []
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        stop = min(end, self.cuts.pop(0)) if self.cuts else end
        for place in self._places(start, stop):
            self.at_piece()
            connection.sendall(self._bytes(place, min(place + self.piece, stop)))

    def _places(self, start: int, stop: int) -> Iterator[int]:
        yield from range(start, stop, self.piece)

    def _bytes(self, start: int, end: int) -> bytes:
        return self.content(start, end) if callable(self.content) else self.content[start:end]
