"""What a finished video's file is, and how that is known."""

from typing import Literal, TypeAlias

import attrs

from ..container.facts import Presence
from .shown import Shown

Source: TypeAlias = Literal["measured", "reported", "unknown"]


@attrs.frozen(kw_only=True)
class VideoFile(Shown):
    """What the file of a video is, as far as its head was read.

    Attributes:
        width: Pixels across, as shown, or None.
        height: Pixels down, as shown, or None.
        seconds: How long the picture plays, or None.
        fps: Frames a second on average, or None.
        codec: Such as ``"h264"``, or None.
        audio: Whether it has a sound track, or None.
        size: Bytes of the file, or None.
        sha256: Its SHA-256 digest in hexadecimal digits, where all its bytes were seen, or None.
        duration_source: Where the response's ``duration`` comes from. ``"measured"``: the file;
            ``"reported"``: the provider; ``"unknown"``: it is only what was asked for, or None.
        resolution_source: The same for ``resolution``.
        aspect_ratio_source: The same for ``aspect_ratio``.
        content_credentials: Whether the file has a box for a C2PA manifest. The manifest is not
            verified: see the extra ``c2pa``.
        declared_marks: Invisible marks that the provider declares, such as ``"SynthID"``.
    """

    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    fps: float | None = None
    codec: str | None = None
    audio: bool | None = None
    size: int | None = None
    sha256: str | None = None
    duration_source: Source = "unknown"
    resolution_source: Source = "unknown"
    aspect_ratio_source: Source = "unknown"
    content_credentials: Presence = "unknown"
    declared_marks: tuple[str, ...] = ()
