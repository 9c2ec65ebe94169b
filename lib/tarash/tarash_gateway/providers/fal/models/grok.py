"""What fal's endpoints of xAI Grok Imagine take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import ImageSlot, Length, ModelRow
from .parts import IMAGE, VIDEO, lines, ratios, rows

# fal's schema has no range for the length: this one is of the same model elsewhere.
_GROK_LENGTH: Final = Length(low=1, high=15)
_GROK_RATIOS: Final = ratios("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3")

GROK: Final = {
    **rows(
        ("xai/grok-imagine-video/text-to-video",),
        ModelRow(length=_GROK_LENGTH, aspect_ratio=_GROK_RATIOS, resolution=lines(480, 720)),
    ),
    **rows(
        ("xai/grok-imagine-video/image-to-video",),
        ModelRow(
            length=_GROK_LENGTH,
            aspect_ratio=ratios("auto", "16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3"),
            resolution=lines(480, 720),
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("xai/grok-imagine-video/reference-to-video",),
        ModelRow(
            length=_GROK_LENGTH,
            aspect_ratio=_GROK_RATIOS,
            resolution=lines(480, 720),
            images=(
                ImageSlot(
                    field="reference_image_urls",
                    roles=("reference", "asset"),
                    many=True,
                    required=True,
                    most=7,
                ),
            ),
        ),
    ),
    **rows(
        ("xai/grok-imagine-video/edit-video",),
        ModelRow(resolution=lines("auto", 480, 720), video=VIDEO),
    ),
    **rows(("xai/grok-imagine-video/extend-video",), ModelRow(length=_GROK_LENGTH, video=VIDEO)),
    **rows(
        ("xai/grok-imagine-video/v1.5/image-to-video",),
        ModelRow(length=_GROK_LENGTH, resolution=lines(480, 720, 1080), images=(IMAGE,)),
    ),
}
