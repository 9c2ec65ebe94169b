"""MiniMax's models at Runway: Hailuo 3 and H3 Max."""

from typing import Final

from ....catalog.limits import MediaLimits
from ....catalog.rows import Choice, Length, ModelRow, Switch
from .parts import FRAMES, IMAGE, PROMPT_VIDEO, SDK, TEXT, VIDEO, Rows, lines, references

_FIVE_TO_FIFTEEN: Final = Length(low=5, high=15)

MINIMAX: Final[dict[str, Rows]] = {
    "hailuo3": {
        endpoint: ModelRow(
            prompt="promptText",
            length=_FIVE_TO_FIFTEEN,
            aspect_ratio=Choice(
                field="ratio", values=("adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
            ),
            resolution=lines("768p", "2k"),
            images=images,
            video=video,
        )
        for endpoint, images, video in (
            (TEXT, (references(9),), None),
            (IMAGE, FRAMES, None),
            (VIDEO, (references(9),), PROMPT_VIDEO),
        )
    },
    "h3_max": {
        endpoint: ModelRow(
            prompt="promptText",
            length=_FIVE_TO_FIFTEEN,
            resolution=lines("480p", "768p"),
            seed="seed",
            enhance=Switch(field="promptExpansionMode", on="balanced", off="disabled"),
            images=images,
            image_limits=MediaLimits(side=(256, None), source=SDK),
        )
        for endpoint, images in ((TEXT, ()), (IMAGE, FRAMES))
    },
}
