"""Media that are not in memory: files that are streamed, and files that a provider has already."""

from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from .shown import Shown


@attrs.frozen(kw_only=True)
class MediaFile(Shown):
    """A file too large to be read into memory; the interpreter makes it from a path.

    Attributes:
        path: The file.
        size: Its bytes.
        content_type: MIME type, by its first bytes.
        head: Its first bytes, which have the size of a picture.
        read: Returns so many bytes from an offset on, piece by piece; raises a ValidationError
            if the file has changed.
    """

    path: Path
    size: int
    content_type: str
    head: bytes = attrs.field(default=b"", eq=False, repr=False)
    read: Callable[[int, int], Iterable[bytes]] = attrs.field(eq=False, repr=False)


@attrs.frozen(kw_only=True)
class UploadedMedia(Shown):
    """A medium that a provider's own storage has.

    Attributes:
        url: How the provider names it: a URL, or a URI such as ``runway://...``.
        content_type: MIME type.
        pixels: Width and height of an image as it is shown, or None if they are not known.
    """

    url: str
    content_type: str
    pixels: tuple[int, int] | None = attrs.field(default=None, eq=False, repr=False)
