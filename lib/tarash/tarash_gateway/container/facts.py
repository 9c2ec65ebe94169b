"""What a video file is, by its own bytes."""

from typing import Literal, TypeAlias

import attrs

Presence: TypeAlias = Literal["present", "absent", "unknown"]


@attrs.frozen(kw_only=True)
class VideoFacts:
    """What a video file says about its picture and its sound.

    Attributes:
        width: Pixels across, as shown: a rotation of 90 degrees is applied.
        height: Pixels down, as shown.
        seconds: How long the picture plays, edit lists applied; None if the file does not say.
        fps: Frames a second, on average; None if the file does not say.
        codec: Such as ``"h264"``, ``"h265"``, ``"av1"``, ``"vp9"``, else the file's own name of it.
        audio: Whether it has a sound track.
        manifest: Whether it has a box for a C2PA manifest. Nothing is verified.
    """

    width: int
    height: int
    seconds: float | None = None
    fps: float | None = None
    codec: str | None = None
    audio: bool = False
    manifest: Presence = "unknown"
