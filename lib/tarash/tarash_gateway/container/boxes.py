"""Files of boxes, which MP4, MOV, HEIF and AVIF are: each box has a size, a name and a content.

Source, read 2026-11: ISO/IEC 14496-12:2022, section 4.2.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from .pieces import BrokenError, Pieces

# Offsets of the first byte of a content and of the first byte after it.
Span: TypeAlias = tuple[int, int]
Box: TypeAlias = tuple[bytes, int, int]

# More than any real file has: a long list of empty boxes must not take minutes.
MOST_OUTER: Final = 20_000
_MOST_INNER: Final = 500
_HEAD: Final = 8


def outer(pieces: Pieces) -> Iterator[Box]:
    """Yield the outermost boxes of a file: name, and where the content begins and ends.

    Raises:
        BrokenError: A size contradicts the format.
        MissingError: A head is not known.
    """
    return _boxes(pieces, 0, None, MOST_OUTER)


def inner(pieces: Pieces, span: Span) -> Iterator[Box]:
    """Yield the boxes inside a box; raises as `outer` does."""
    return _boxes(pieces, *span, _MOST_INNER)


def by_name(pieces: Pieces, span: Span | None) -> Mapping[bytes, Span]:
    """Return the first box of each name inside a box; empty for None. Raises as `outer` does."""
    found: dict[bytes, Span] = {}
    for name, start, end in inner(pieces, span) if span else ():
        found.setdefault(name, (start, end))
    return found


def _boxes(pieces: Pieces, place: int, end: int | None, most: int) -> Iterator[Box]:
    for _ in range(most):
        if end is not None and place + _HEAD > end:
            return
        head = pieces.read(place, _HEAD)
        if len(head) < _HEAD:
            return
        size, name, start = int.from_bytes(head[:4], "big"), head[4:], place + _HEAD
        if size == 1:
            size, start = pieces.number(start, 8), start + 8
        if size == 0:
            # It extends to the end of what it is in.
            last = pieces.size if end is None else end
            if last is None:
                raise BrokenError
            size = last - place
        if place + size < start:
            raise BrokenError
        place += size
        yield name, start, place if end is None else min(place, end)
    raise BrokenError


def is_long(pieces: Pieces, start: int) -> bool:
    """Tell whether a box with a version has the longer form of its times."""
    return pieces.number(start, 1) == 1
