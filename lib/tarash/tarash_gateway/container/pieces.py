"""Parts of a file, of which only some bytes are known: the parsers ask for more as they need it."""

from typing import Final

import attrs

from ..exceptions import UnexpectedReplyError

# Most bytes of a file that are read to measure it, and how many come with one read.
BUDGET: Final = 256 * 1024
WINDOW: Final = 64 * 1024


@attrs.frozen
class Wanted:
    """The bytes that a parser needs next.

    Attributes:
        start: Offset of the first one.
        length: How many, > 0.
    """

    start: int
    length: int


class MissingError(Exception):
    """Raised inside the parsers where bytes are needed that are not known."""

    def __init__(self, start: int, length: int) -> None:
        """Keep the place."""
        super().__init__(start, length)
        self.start, self.length = start, length


class BrokenError(Exception):
    """Raised inside the parsers where a file contradicts its own format."""


@attrs.frozen
class Pieces:
    """The known bytes of a file.

    Attributes:
        parts: Offset and bytes of each part, in any order.
        size: Length of the whole file in bytes, or None if it is not known.
        budget: Most bytes that may be known before the parsers stop asking for more.
    """

    parts: tuple[tuple[int, bytes], ...] = ()
    size: int | None = None
    budget: int = BUDGET

    @classmethod
    def of(cls, content: bytes) -> "Pieces":
        """Return the pieces of a file that is known as a whole."""
        return cls(parts=((0, content),), size=len(content))

    def read(self, start: int, length: int) -> bytes:
        """Return ``length`` bytes from ``start``; fewer only at the end of the file.

        Raises:
            MissingError: They are not known.
        """
        if self.size is not None:
            length = min(length, self.size - start)
        if length <= 0:
            return b""
        for offset, content in self.parts:
            if offset <= start and start + length <= offset + len(content):
                return content[start - offset : start - offset + length]
        raise MissingError(start, length)

    def number(self, start: int, length: int) -> int:
        """Return a big-endian number.

        Raises:
            BrokenError: The file ends before it.
            MissingError: Its bytes are not known.
        """
        raw = self.read(start, length)
        if len(raw) < length:
            raise BrokenError
        return int.from_bytes(raw, "big")

    def wanted(self, missing: MissingError) -> Wanted | None:
        """Return what to read next for a place that is missing; None when the budget is used up."""
        left = self.budget - sum(len(content) for _, content in self.parts)
        length = max(missing.length, min(WINDOW, left))
        if length > left:
            return None
        if self.size is not None:
            length = min(length, self.size - missing.start)
        return Wanted(missing.start, length)

    def with_part(self, start: int, content: bytes, size: int | None) -> "Pieces":
        """Return the pieces with one more part, and the size of the file if it is now known."""
        return attrs.evolve(
            self,
            parts=(*self.parts, (start, content)),
            size=self.size if size is None else size,
        )


def unreadable(what: str) -> UnexpectedReplyError:
    """Return the error about a file that cannot be measured."""
    return UnexpectedReplyError(f"the file is not a video that can be measured: {what}")
