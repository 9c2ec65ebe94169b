"""Replies from a socket within the time limits: the head, then the body piece by piece.

http.client reads a head with the parser for e-mails, which takes longer than everything else that
an exchange does here, and urllib3 wraps its replies twice.
"""

import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from http.client import IncompleteRead, RemoteDisconnected
from typing import Final, Protocol

from .heads import LONGEST_HEAD, Head, end_of_head, parse_head
from .timing import Timer

_PIECE: Final = 1 << 16
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,16}")


class RawReply(Protocol):
    """A reply whose body is not decoded."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers under lower-case names."""

    def read1(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes of the body, ``b""`` at its end."""

    def close(self) -> None:
        """End the reading."""


class Source:
    """The bytes that a socket receives.

    Attributes:
        rest: What has arrived and was not taken yet.
    """

    def __init__(self, sock: socket.socket, timer: Timer) -> None:
        """Begin with the next byte."""
        self._sock = sock
        self._timer = timer
        self.rest = b""

    def more(self) -> bool:
        """Wait for more bytes; return False at the end of the connection."""
        self._sock.settimeout(self._timer.patience())
        data = self._sock.recv(_PIECE)
        self._timer.count(len(data))
        self.rest += data
        return bool(data)

    def take(self, size: int) -> bytes:
        """Return at most ``size`` of the bytes that have arrived."""
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

    def head(self) -> Head:
        """Return the next head that is not of an interim reply.

        Raises:
            HTTPException: There is none.
            ValueError: It declares two lengths.
        """
        while (head := parse_head(self._head())).is_interim:
            pass
        return head

    def _head(self) -> bytes:
        looked = 0
        while (end := end_of_head(self.rest, looked)) is None:
            looked = len(self.rest)
            if not self.more():
                message = "the connection ended before a reply"
                raise RemoteDisconnected(message)
        return self.take(end)

    def line(self) -> bytes:
        """Return the next line without its end.

        Raises:
            IncompleteRead: The connection ended.
        """
        looked = 0
        while (end := self.rest.find(b"\n", looked)) < 0:
            looked = len(self.rest)
            if looked > _PIECE or not self.more():
                raise IncompleteRead(self.rest)
        return self.take(end + 1).rstrip(b"\r\n")


class IncomingReply:
    """A reply whose head has arrived.

    Attributes:
        status: HTTP status.
        headers: Headers under lower-case names.
        is_clean: Whether every line of the head was a header.
    """

    def __init__(self, source: Source, head: Head) -> None:
        """Begin before the first byte of the body."""
        self.status = head.status
        self.headers = head.headers
        self.is_clean = head.is_clean
        self._source = source
        self._head = head
        # Bytes that are left of the body, or of the chunk; None until the connection ends.
        self._left = 0 if head.chunked else head.length
        self._chunks = 0
        self._ended = False

    @property
    def is_spent(self) -> bool:
        """Whether the connection can be used again: the body was read, and nothing follows it."""
        return self._ended and self._head.keeps_open and not self._source.rest

    def read1(self, size: int, /) -> bytes:
        """Return at most ``size`` (> 0) bytes of the body, ``b""`` at its end.

        Raises:
            IncompleteRead: The connection ended before the body.
            ValueError: A chunk has no size.
        """
        if self._head.chunked and not self._left and not self._ended:
            self._left = self._next_chunk()
        if self._left == 0 or self._ended:
            self._ended = True
            return b""
        if not self._source.rest and not self._source.more():
            if self._left is not None:
                raise IncompleteRead(b"", self._left)
            self._ended = True
            return b""
        piece = self._source.take(size if self._left is None else min(size, self._left))
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def _next_chunk(self) -> int:
        """Return the size of the next chunk; 0 after the last one, whose trailer is left out."""
        source = self._source
        if self._chunks and source.line():
            message = "a chunk is longer than its size"
            raise ValueError(message)
        self._chunks += 1
        size = source.line().partition(b";")[0].strip()
        if not _SIZE.fullmatch(size):
            message = "a chunk has no size"
            raise ValueError(message)
        if int(size, 16) == 0:
            self._skip_trailer()
        return int(size, 16)

    def _skip_trailer(self) -> None:
        allowed = LONGEST_HEAD
        # Some servers end the connection instead.
        with suppress(IncompleteRead):
            while line := self._source.line():
                allowed -= len(line) + 2
                if allowed < 0:
                    message = "the trailer of the reply is too long"
                    raise ValueError(message)

    def close(self) -> None:
        """Do nothing: the connection is closed by its owner."""
