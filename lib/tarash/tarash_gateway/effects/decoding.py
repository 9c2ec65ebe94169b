"""Taking the compression off a reply's body, never more at once than is wanted."""

import zlib
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS
_MEMBER: Final = b"\x1f\x8b"
_ZLIB_METHOD: Final = 8


class Plain:
    """Bytes that are not compressed, or in a way that was not asked for."""

    def __init__(self) -> None:
        """Begin."""
        self._pending = b""

    def feed(self, data: bytes) -> None:
        """Take bytes of the wire; all earlier ones were taken out."""
        self._pending = data

    def take(self, size: int) -> bytes:
        """Return at most ``size`` decoded bytes; none if more must be fed."""
        taken, self._pending = self._pending[:size], self._pending[size:]
        return taken

    def finish(self) -> None:
        """Say that nothing more comes."""


class Compressed:
    """A body in gzip (of one member or several) or deflate (with or without zlib's head)."""

    def __init__(self, *, gzip: bool) -> None:
        """Begin."""
        self._engine = zlib.decompressobj(_GZIP) if gzip else None
        self._gzip = gzip
        self._pending = b""
        # The last piece was as long as it might be: there may be more without further input.
        self._full = False
        self._begun = False

    def feed(self, data: bytes) -> None:
        """Take bytes of the wire; all earlier ones were taken out."""
        self._begun = True
        self._pending += data

    def take(self, size: int) -> bytes:
        """Return at most ``size`` decoded bytes; none if more must be fed.

        Raises:
            zlib.error: The bytes are not what they are said to be.
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
            # Some servers mean the bare stream by "deflate".
            bare = self._pending[0] & 0x0F != _ZLIB_METHOD
            self._engine = zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS)
        if self._engine.eof:
            if len(self._pending) < len(_MEMBER) and _MEMBER.startswith(self._pending):
                self._full = False
                return None
            if not (self._gzip and self._pending.startswith(_MEMBER)):
                # Padding behind the end, as gzip itself allows.
                self._pending, self._full = b"", False
                return None
            self._engine = zlib.decompressobj(_GZIP)
        return self._engine

    def finish(self) -> None:
        """Say that nothing more comes.

        Raises:
            zlib.error: The end is missing.
        """
        if self._begun and (self._engine is None or not self._engine.eof):
            message = "the compressed data has no end"
            raise zlib.error(message)


def decoder(encoding: str) -> Plain | Compressed:
    """Return what decodes a body of this ``Content-Encoding``.

    An encoding that nobody asked for stays as it is: storage services keep names there that say
    nothing of the bytes (``aws-chunked``).
    """
    match encoding.strip().lower():
        case "gzip" | "x-gzip":
            return Compressed(gzip=True)
        case "deflate":
            return Compressed(gzip=False)
        case _:
            return Plain()
