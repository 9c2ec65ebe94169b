"""How a provider takes a file before the submission that uses it: pure functions, as all of it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, TypeAlias

import attrs
from returns.result import Failure, Success

from ..catalog.limits import size_of
from ..exceptions import UnexpectedReplyError
from ..http.messages import StreamBody
from ..outcome import Outcome
from ..values.files import MediaFile, UploadedMedia
from ..values.media import MediaContent


@attrs.frozen(kw_only=True)
class Upload:
    """A medium on its way to a provider's storage.

    Attributes:
        place: What the caller calls it: ``image_list[0]`` or ``video``.
        medium: The medium.
        replies: What the replies to its earlier exchanges said; empty before the first one.
        sent: How many of its bytes the provider has, where they are sent in several exchanges.
    """

    place: str
    medium: MediaContent | MediaFile = attrs.field(repr=False)
    replies: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)
    sent: int = 0

    @property
    def size(self) -> int:
        """Its bytes."""
        return size_of(self.medium)

    @property
    def content_type(self) -> str:
        """MIME type."""
        return self.medium.content_type

    @property
    def file_name(self) -> str:
        """A name without folders, in ASCII: the file's own suffix, or one for its type."""
        suffix = self.content_type.rpartition("/")[2].partition("+")[0]
        if isinstance(self.medium, MediaFile):
            own = PurePath(self.medium.path.name).suffix
            suffix = own[1:] if own.isascii() and own[1:].isalnum() else suffix
        return f"{self.place.translate(_PLAIN)}.{'jpg' if suffix == 'jpeg' else suffix}"

    def body(self, start: int = 0, length: int | None = None) -> StreamBody:
        """Return its bytes, or ``length`` of them from ``start`` on, as a body that streams."""
        size = self.size - start if length is None else min(length, self.size - start)
        medium = self.medium

        def pieces() -> Iterable[bytes]:
            if isinstance(medium, MediaFile):
                return medium.read(start, size)
            return (medium.content[start : start + size],)

        return StreamBody(chunks=pieces, length=size, content_type=self.content_type)


_PLAIN = str.maketrans({"[": "-", "]": None})

Stored: TypeAlias = Upload | UploadedMedia


def stored(upload: Upload, url: str) -> Outcome[Stored]:
    """Return the medium under the URL or the URI that the provider gave it.

    Errors:
        UnexpectedReplyError: It gave it none.
    """
    if not _NAME.fullmatch(url):
        message = f"the provider took {upload.place} and did not name it: upload it again"
        return Failure(UnexpectedReplyError(message))
    return Success(UploadedMedia(url=url, content_type=upload.content_type))


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
