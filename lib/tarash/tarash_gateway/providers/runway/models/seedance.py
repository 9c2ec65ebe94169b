"""ByteDance's Seedance at Runway."""

from typing import Final

from ....catalog.limits import MB, MediaLimits, at_most
from ....catalog.rows import Length, ModelRow, Size
from .parts import (
    AUDIO,
    FRAMES,
    FULL_HD,
    HD,
    IMAGE,
    PROMPT_VIDEO,
    SKILLS,
    SQUARE_720,
    SQUARE_1080,
    TEXT,
    UHD,
    VIDEO,
    Rows,
    ratio,
    references,
)

_480: Final = {
    "992:432": (1120, 480),
    "752:560": (640, 480),
    "640:640": (480, 480),
    "560:752": (480, 640),
}
_720: Final = (
    HD | {"1470:630": (1680, 720), "1112:834": (960, 720), "834:1112": (720, 960)} | SQUARE_720
)
_1080: Final = (
    FULL_HD
    | {"2206:946": (2520, 1080), "1664:1248": (1440, 1080), "1248:1664": (1080, 1440)}
    | SQUARE_1080
)
_4K: Final = UHD | {
    "3840:1646": (5040, 2160),
    "3840:2880": (2880, 2160),
    "2880:3840": (2160, 2880),
    "3840:3840": (2160, 2160),
}
_480_OF_2: Final = _480 | {"864:496": (853, 480), "496:864": (480, 853)}
_480_OF_2_5: Final = _480 | {"854:480": (853, 480), "480:854": (480, 853)}

_FOUR_TO_FIFTEEN: Final = Length(low=4, high=15)


def _seedance(
    size: Size, length: Length, most: int, video_limits: MediaLimits | None = None
) -> Rows:
    # Reference images go to the text endpoint: in the image endpoint's own list they exclude
    # frames, and no source states how many it takes.
    return {
        endpoint: ModelRow(
            prompt="promptText",
            length=length,
            size=size,
            audio=AUDIO,
            seed="seed",
            images=images,
            video=video,
            video_limits=video_limits,
        )
        for endpoint, images, video in (
            (TEXT, (references(most),), None),
            (IMAGE, FRAMES, None),
            (VIDEO, (references(most),), PROMPT_VIDEO),
        )
    }


_VIDEO_OF_2: Final = at_most(32 * MB, source=SKILLS)
_SMALL: Final = _seedance(ratio(_720, _480_OF_2), _FOUR_TO_FIFTEEN, 9, _VIDEO_OF_2)

SEEDANCE: Final[dict[str, Rows]] = {
    "seedance2": _seedance(ratio(_720, _480_OF_2, _1080, _4K), _FOUR_TO_FIFTEEN, 9, _VIDEO_OF_2),
    "seedance2_fast": _SMALL,
    "seedance2_mini": _SMALL,
    "seedance2_5": _seedance(ratio(_720, _480_OF_2_5, _1080), Length(low=4, high=30), 30),
}
