"""Pictures by their heads alone: what of a file says its format and its size."""

import struct

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(width: int, height: int, *, size: int = 0) -> bytes:
    """Return the head of a PNG of so many pixels, filled up to ``size`` bytes."""
    header = struct.pack(">I4sIIBBBBBI", 13, b"IHDR", width, height, 8, 2, 0, 0, 0, 0)
    return (_SIGNATURE + header).ljust(size, b"\0")


def gif(width: int, height: int) -> bytes:
    """Return the head of a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)
