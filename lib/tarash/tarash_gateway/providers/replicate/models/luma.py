"""Luma's Ray at Replicate.

Of ray-3.2, modify-video and reframe-video the sources name no field except `video`.
"""

from typing import Final

from ....catalog.limits import MediaLimits
from ....catalog.rows import ImageSlot, Length, ModelRow
from .parts import END, FIRST, LAST, START, ignored, ratios, rows

_RAY_RATIOS: Final = ratios("16:9", "1:1", "3:4", "4:3", "9:16", "9:21", "21:9")

LUMA: Final = {
    "luma/ray": ModelRow(
        aspect_ratio=_RAY_RATIOS,
        images=(
            ImageSlot(field="start_image_url", roles=FIRST),
            ImageSlot(field="end_image_url", roles=LAST),
        ),
        # Its schema has plain texts here, which take http(s) URLs only.
        image_limits=MediaLimits(inline=0, source="replicate.com/luma/ray/api/schema, 2026"),
        rules=(ignored("aspect_ratio", "start_image_url", "end_image_url"),),
    ),
    **rows(
        (
            "luma/ray-2-720p",
            "luma/ray-2-540p",
            "luma/ray-flash-2-720p",
            "luma/ray-flash-2-540p",
        ),
        ModelRow(
            length=Length(choices=(5, 9)),
            aspect_ratio=_RAY_RATIOS,
            images=(START, END),
            rules=(ignored("aspect_ratio", "start_image", "end_image"),),
        ),
    ),
}
