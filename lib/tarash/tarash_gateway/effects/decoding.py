"""Decompress a reply's body, never more of it at once than the caller asks for."""

import zlib
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS
_MEMBER: Final = b"\x1f\x8b"
_ZLIB_METHOD: Final = 8


class Plain:
    """Bytes that are not compressed, or in an encoding that was not requested."""

    def __init__(self) -> None:
        """Begin."""
        self._pending = b""

    def feed(self, data: bytes) -> None:
        """Add encoded bytes; `take` must have returned all earlier ones."""
        self._pending = data

    def take(self, size: int) -> bytes:
        """Return at most ``size`` decoded bytes; ``b""`` if more must be fed."""
        piece, self._pending = self._pending[:size], self._pending[size:]
        return piece

    def finish(self) -> None:
        """Report the end of the body."""


class Compressed:
    """A body in gzip (one or more members) or deflate (with or without zlib's header)."""

    def __init__(self, *, gzip: bool) -> None:
        """Begin."""
        self._engine = zlib.decompressobj(_GZIP) if gzip else None
        self._gzip = gzip
        self._pending = b""
        # The last piece had the maximum size, so the engine may hold more without further input.
        self._full = False
        self._begun = False

    def feed(self, data: bytes) -> None:
        """Add encoded bytes; `take` must have returned all earlier ones."""
        self._begun = True
        self._pending += data

    def take(self, size: int) -> bytes:
        """Return at most ``size`` decoded bytes; ``b""`` if more must be fed.

        Raises:
            zlib.error: The bytes are not in the declared encoding.
        """
        while self._pending or self._full:
            engine = self._ready()
            if engine is None:
                return b""
            data = engine.decompress(self._pending, size)
            self._pending = engine.unconsumed_tail or engine.unused_data
            self._full = len(data) == size
            if data:
                return data
        return b""

    def _ready(self) -> "zlib._Decompress | None":
        if self._engine is None:
            # Some servers send "deflate" without zlib's header.
            bare = self._pending[0] & 0x0F != _ZLIB_METHOD
            self._engine = zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS)
        if self._engine.eof:
            if len(self._pending) < len(_MEMBER) and _MEMBER.startswith(self._pending):
                self._full = False
                return None
            if not (self._gzip and self._pending.startswith(_MEMBER)):
                # Bytes after the end are padding, which gzip allows.
                self._pending, self._full = b"", False
                return None
            self._engine = zlib.decompressobj(_GZIP)
        return self._engine

    def finish(self) -> None:
        """Report the end of the body.

        Raises:
            zlib.error: The compressed data is incomplete.
        """
        if self._begun and (self._engine is None or not self._engine.eof):
            message = "the compressed data has no end"
            raise zlib.error(message)


def decoder(encoding: str) -> Plain | Compressed:
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
