"""Decompress a reply's body, never more of it at once than the caller asks for."""

import zlib
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS
_MEMBER: Final = b"\x1f\x8b"
_ZLIB_METHOD: Final = 8


class Plain:
    """Bytes that are not compressed, or in an encoding that was not requested."""

    _pending: bytes = b""

    def feed(self, data: bytes) -> None:
        """Add encoded bytes; `take` must have returned all earlier ones."""
        self._pending += data

    def take(self, size: int) -> bytes:
        """Return at most ``size`` decoded bytes; ``b""`` if more must be fed."""
        piece, self._pending = self._pending[:size], self._pending[size:]
        return piece

    def finish(self) -> None:
        """Report the end of the body."""


class Compressed(Plain):
    """A body in gzip (one or more members) or deflate (with or without zlib's header).

    `take` and `finish` raise `zlib.error` if the data is damaged or incomplete.
    """

    def __init__(self, *, gzip: bool) -> None:
        """Begin."""
        self._gzip = gzip
        self._engine: zlib._Decompress | None = None
        # The last piece had the maximum size, so the engine may hold more without further input.
        self._full = False

    def take(self, size: int) -> bytes:
        """Return at most ``size`` decoded bytes; ``b""`` if more must be fed."""
        while (self._pending or self._full) and (engine := self._ready()) is not None:
            data = engine.decompress(self._pending, size)
            self._pending = engine.unconsumed_tail or engine.unused_data
            self._full = len(data) == size
            if data:
                return data
        return b""

    def _ready(self) -> "zlib._Decompress | None":
        """Return the engine for the pending bytes, or None if they do not continue the data."""
        if self._engine is not None and self._engine.eof:
            if self._gzip and self._pending.startswith(_MEMBER):
                self._engine = None
            else:
                # Bytes after the end are padding, which gzip allows, or a member's first byte.
                self._full = False
                self._pending = self._pending if self._pending == _MEMBER[:1] else b""
                return None
        if self._engine is None:
            # Some servers send "deflate" without zlib's header.
            bare = self._pending[0] & 0x0F != _ZLIB_METHOD
            deflate = -zlib.MAX_WBITS if bare else zlib.MAX_WBITS
            self._engine = zlib.decompressobj(_GZIP if self._gzip else deflate)
        return self._engine

    def finish(self) -> None:
        """Report the end of the body."""
        if self._engine is not None and not self._engine.eof:
            message = "the compressed data has no end"
            raise zlib.error(message)


def decoder(encoding: str) -> Plain:
    """Return the decoder of a body with this ``Content-Encoding``.

    Bodies with other encodings are returned unchanged: some storage services leave names there
    that do not describe the bytes, such as ``aws-chunked``.
    """
    match encoding.strip().lower():
        case "gzip" | "x-gzip":
            return Compressed(gzip=True)
        case "deflate":
            return Compressed(gzip=False)
        case _:
            return Plain()
