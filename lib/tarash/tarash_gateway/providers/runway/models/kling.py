"""Kling at Runway: 2.5, 3.0, O3 and 4."""

from typing import Final

import attrs

from ....catalog.rows import ModelRow
from .parts import (
    ANY_LENGTH,
    AUDIO,
    FIVE_OR_TEN,
    FRAMES,
    FULL_HD,
    HD,
    IMAGE,
    PROMPT_VIDEO,
    SQUARE_720,
    SQUARE_1080,
    TEXT,
    THREE_TO_FIFTEEN,
    UHD,
    VIDEO,
    VIDEO_URI,
    Rows,
    Sizes,
    auto_ratio,
    ratio,
    references,
)

_STANDARD: Final = HD | SQUARE_720
_PRO: Final = FULL_HD | SQUARE_1080
_4K: Final = UHD | {"2880:2880": (2160, 2160)}
_KLING_4_SIZES: Final = (
    HD
    | {"940:940": (720, 720), "1460:624": (1680, 720)}
    | FULL_HD
    | SQUARE_1080
    | {"2200:940": (2520, 1080)}
)
_AUTO: Final = auto_ratio("720p", "1080p")


def _kling_3(sizes: Sizes) -> Rows:
    row = ModelRow(
        prompt="promptText",
        length=THREE_TO_FIFTEEN,
        size=ratio(sizes, required=True),
        audio=AUDIO,
    )
    return {TEXT: row, IMAGE: attrs.evolve(row, size=ratio(sizes), images=FRAMES)}


def _kling_o3(sizes: Sizes) -> Rows:
    rows = _kling_3(sizes)
    return {
        TEXT: rows[TEXT],
        IMAGE: attrs.evolve(rows[IMAGE], images=(*FRAMES, references(7))),
        VIDEO: ModelRow(prompt="promptText", images=(references(4),), video=PROMPT_VIDEO),
    }


KLING: Final[dict[str, Rows]] = {
    "kling2.5_turbo_pro": {
        TEXT: ModelRow(
            prompt="promptText",
            length=FIVE_OR_TEN,
            size=ratio(HD, {"720:720": (720, 720)}, FULL_HD, SQUARE_1080),
        ),
        IMAGE: ModelRow(prompt="promptText", length=FIVE_OR_TEN, images=FRAMES),
    },
    "kling3.0_standard": _kling_3(_STANDARD),
    "kling3.0_pro": _kling_3(_PRO),
    "kling3.0_4k": _kling_3(_4K),
    "klingO3_standard": _kling_o3(_STANDARD),
    "klingO3_pro": _kling_o3(_PRO),
    "klingO3_4k": _kling_o3(_4K),
    # Most images: runwayml/sdk-python 5.24.0, 2026-11.
    "kling_4": {
        TEXT: ModelRow(
            prompt="promptText",
            length=ANY_LENGTH,
            size=ratio(_KLING_4_SIZES),
            images=(references(10),),
            most_images=10,
        ),
        IMAGE: ModelRow(
            prompt="promptText",
            length=ANY_LENGTH,
            resolution=_AUTO,
            images=(*FRAMES, references(9)),
            most_images=10,
        ),
        VIDEO: ModelRow(
            prompt="promptText",
            resolution=_AUTO,
            images=(references(10),),
            most_images=10,
            video=VIDEO_URI,
        ),
    },
}
