"""The size of a picture, by the first bytes of its file.

Sources, read 2026-11: W3C PNG (Third Edition), section 11.2.1; ITU-T T.81, annex B.2 (JPEG); the
GIF89a specification, section 18; RFC 9649 (WebP); ISO/IEC 23008-12, section 6.5 (``ispe`` and
``irot`` of HEIF and AVIF); CIPA DC-008 (Exif), tag 0x0112.
"""

from collections.abc import Mapping
from typing import Final, Literal

from .boxes import Span, by_name, inner, outer
from .pieces import BrokenError, MissingError, Pieces

# Every camera's JPEG has its size within these bytes: a thumbnail and a colour profile precede it.
HEAD: Final = 256 * 1024

_NO_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_NOT_FRAMES: Final = frozenset({0xC4, 0xC8, 0xCC})
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - _NOT_FRAMES
_EXIF: Final = 0xE1
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_ORIENTATION: Final = 0x0112
_MOST: Final = 1_000
_ORDERS: Final[Mapping[bytes, Literal["little", "big"]]] = {b"II": "little", b"MM": "big"}


def picture_size(head: bytes) -> tuple[int, int] | None:
    """Return the width and height in pixels of a picture as it is shown, or None.

    It is total: any bytes give a size or None. A rotation that the file declares is applied.

    Args:
        head: The first bytes of the file, `HEAD` of them where it has so many.

    >>> picture_size(b"GIF89a" + bytes([64, 1, 180, 0]))
    (320, 180)
    """
    try:
        size = _size(Pieces(parts=((0, head),)), head)
    except (MissingError, BrokenError):
        return None
    return size if size is not None and min(size) > 0 else None


def _size(pieces: Pieces, head: bytes) -> tuple[int, int] | None:
    if head[:4] == b"\x89PNG":
        return pieces.number(16, 4), pieces.number(20, 4)
    if head[:4] == b"GIF8":
        return _little(pieces, 6, 2), _little(pieces, 8, 2)
    if head[:3] == b"\xff\xd8\xff":
        return _jpeg(pieces)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(pieces)
    return _heif(pieces) if head[4:8] == b"ftyp" else None


def _little(pieces: Pieces, start: int, length: int) -> int:
    return int.from_bytes(pieces.read(start, length), "little")


def _jpeg(pieces: Pieces) -> tuple[int, int] | None:
    place, sideways = 2, False
    for _ in range(_MOST):
        if pieces.number(place, 1) != 0xFF:  # noqa: PLR2004 - every marker begins with it
            return None
        marker = pieces.number(place + 1, 1)
        if marker == 0xFF:  # noqa: PLR2004 - a filling byte before a marker
            place += 1
        elif marker in _NO_LENGTH:
            place += 2
        elif marker in _FRAMES:
            height, width = pieces.number(place + 5, 2), pieces.number(place + 7, 2)
            return (height, width) if sideways else (width, height)
        else:
            length = pieces.number(place + 2, 2)
            if marker == _EXIF:
                sideways |= _lies_sideways(pieces.read(place + 4, max(0, length - 2)))
            place += 2 + max(2, length)
    return None


def _lies_sideways(exif: bytes) -> bool:
    """Tell whether an Exif segment says that the picture is shown turned by 90 or 270 degrees."""
    tiff = exif[6:] if exif[:6] == b"Exif\0\0" else b""
    order = _ORDERS.get(tiff[:2])
    if order is None:
        return False

    def number(place: int, length: int) -> int:
        return int.from_bytes(tiff[place : place + length], order)

    directory = number(4, 4)
    entries = range(directory + 2, directory + 2 + 12 * min(number(directory, 2), _MOST), 12)
    return any(number(e, 2) == _ORIENTATION and number(e + 8, 2) in _SIDEWAYS for e in entries)


def _webp(pieces: Pieces) -> tuple[int, int] | None:
    match pieces.read(12, 4):
        case b"VP8X":
            return _little(pieces, 24, 3) + 1, _little(pieces, 27, 3) + 1
        case b"VP8L":
            bits = _little(pieces, 21, 4)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _little(pieces, 26, 2) & 0x3FFF, _little(pieces, 28, 2) & 0x3FFF
        case _:
            return None


def _heif(pieces: Pieces) -> tuple[int, int] | None:
    """Return the size of the largest picture in the file: its tiles and thumbnails are smaller."""
    meta = next((span for name, *span in outer(pieces) if name == b"meta"), None)
    if meta is None:
        return None
    # A version and flags precede the boxes inside.
    parts = by_name(pieces, (meta[0] + 4, meta[1]))
    properties = by_name(pieces, parts.get(b"iprp")).get(b"ipco", (0, 0))
    sizes = [_extent(pieces, (a, b)) for n, a, b in inner(pieces, properties) if n == b"ispe"]
    turns = [pieces.number(a, 1) & 1 for n, a, _ in inner(pieces, properties) if n == b"irot"]
    if not sizes:
        return None
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return (height, width) if any(turns) else (width, height)


def _extent(pieces: Pieces, span: Span) -> tuple[int, int]:
    return pieces.number(span[0] + 4, 4), pieces.number(span[0] + 8, 4)
