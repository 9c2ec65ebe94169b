"""What forms are made of."""

from collections.abc import Callable, Iterable

import attrs


def shown_length(content: bytes | None) -> str:
    """Return what stands for bytes where they are shown."""
    return "None" if content is None else f"<{len(content)} bytes>"


@attrs.frozen(kw_only=True)
class StreamBody:
    """A body that is read while it is sent, so that it never has to fit in memory.

    Attributes:
        chunks: Returns the bytes piece by piece; called again for each try.
        length: Total number of bytes.
        content_type: Media type.
    """

    chunks: Callable[[], Iterable[bytes]] = attrs.field(repr=False)
    length: int
    content_type: str


def _shown(content: bytes | StreamBody | None) -> str:
    if isinstance(content, StreamBody):
        return f"<a stream of {content.length} bytes>"
    return shown_length(content)


@attrs.frozen(kw_only=True)
class FormPart:
    """One part of a form: a text (``value``), or a file (``content``, in memory or as a stream)."""

    name: str
    value: str | None = None
    filename: str | None = None
    content_type: str | None = None
    content: bytes | StreamBody | None = attrs.field(default=None, repr=_shown)
