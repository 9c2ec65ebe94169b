"""Alibaba's models at Runway: HappyHorse and Wan 3."""

from typing import Final

from ....catalog.rows import Length, ModelRow, VideoSlot
from .parts import (
    AUDIO,
    FIRST_FRAME,
    FRAMES,
    FULL_HD,
    HD,
    IMAGE,
    SQUARE_720,
    SQUARE_1080,
    TEXT,
    THREE_TO_FIFTEEN,
    Rows,
    auto_ratio,
    lines,
    ratio,
    references,
)

_HAPPYHORSE_SIZES: Final = (
    HD
    | SQUARE_720
    | {"1108:832": (960, 720), "832:1108": (720, 960)}
    | FULL_HD
    | SQUARE_1080
    | {"1662:1248": (1440, 1080), "1248:1662": (1080, 1440)}
)
_WAN_SIZES: Final = (
    HD
    | {"1104:832": (960, 720), "832:1104": (720, 960)}
    | SQUARE_720
    | {
        "832:480": (853, 480),
        "720:544": (640, 480),
        "624:624": (480, 480),
        "544:720": (480, 640),
        "480:832": (480, 853),
    }
    | FULL_HD
    | {"1648:1248": (1440, 1080), "1248:1648": (1080, 1440)}
    | SQUARE_1080
)
_TWO_TO_THIRTY: Final = Length(low=2, high=30)
_REFERENCE_VIDEOS: Final = VideoSlot(field="referenceVideos", many=True)

HAPPYHORSE: Final[dict[str, Rows]] = {
    "happyhorse_1_0": {
        TEXT: ModelRow(prompt="promptText", length=THREE_TO_FIFTEEN, size=ratio(_HAPPYHORSE_SIZES)),
        IMAGE: ModelRow(
            prompt="promptText",
            length=THREE_TO_FIFTEEN,
            resolution=lines("720p", "1080p"),
            images=(FIRST_FRAME,),
        ),
    },
}

# Frames want a size that follows the first of them. Without an endpoint for videos, a video is a
# reference.
_WAN_3: Final = {
    TEXT: ModelRow(
        prompt="promptText",
        length=_TWO_TO_THIRTY,
        size=ratio(_WAN_SIZES),
        audio=AUDIO,
        images=(references(10),),
        video=_REFERENCE_VIDEOS,
    ),
    IMAGE: ModelRow(
        prompt="promptText",
        length=_TWO_TO_THIRTY,
        resolution=auto_ratio("480p", "720p", "1080p"),
        audio=AUDIO,
        images=FRAMES,
        video=_REFERENCE_VIDEOS,
    ),
}

WAN: Final[dict[str, Rows]] = {"wan3": _WAN_3, "wan3_prime": _WAN_3}
