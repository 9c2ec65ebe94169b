"""Kwai's Kling at Replicate. No Kling model has a seed."""

from typing import Final

import attrs

from ....catalog.limits import MB, at_most
from ....catalog.rows import Choice, ImageSlot, Length, ModelRow, Together, VideoSlot
from .parts import (
    ANY_RATIO,
    AUDIO,
    END,
    FIRST,
    FIVE_OR_TEN,
    START,
    THREE_RATIOS,
    ignored,
    references,
    rows,
)

_THREE_TO_FIFTEEN: Final = Length(low=3, high=15)
_MODE: Final = Choice(
    field="mode", values=("720p", "1080p"), wire={"720p": "standard", "1080p": "pro"}
)
_MODE_SHORT: Final = Choice(
    field="mode", values=("720p", "1080p"), wire={"720p": "std", "1080p": "pro"}
)
# "Ignored if start_image is provided": replicate.com/kwaivgi/NAME/api, 2025-12 to 2026-11.
_IMAGE_DECIDES_RATIO: Final = ignored("aspect_ratio", "start_image")
_KLING_3: Final = ModelRow(
    length=_THREE_TO_FIFTEEN,
    aspect_ratio=ANY_RATIO,
    resolution=_MODE,
    audio=AUDIO,
    negative_prompt="negative_prompt",
    images=(START,),
)
_KLING_16: Final = ModelRow(
    length=FIVE_OR_TEN,
    aspect_ratio=THREE_RATIOS,
    negative_prompt="negative_prompt",
    images=(START,),
    rules=(_IMAGE_DECIDES_RATIO,),
)
_MOTION: Final = ModelRow(
    resolution=_MODE_SHORT,
    images=(ImageSlot(field="image", roles=("first_frame", "reference"), required=True),),
    video=VideoSlot(field="video", required=True),
    video_limits=at_most(
        100 * MB,
        formats=("video/mp4", "video/quicktime"),
        source="replicate.com/kwaivgi/kling-v3-motion-control/api/schema, 2026",
    ),
)

KLING: Final = {
    **rows(
        (
            "kwaivgi/kling-v1.6-standard",
            "kwaivgi/kling-v2.0",
            "kwaivgi/kling-v2.1-master",
        ),
        _KLING_16,
    ),
    "kwaivgi/kling-v1.6-pro": attrs.evolve(
        _KLING_16,
        images=(START, END, references(4)),
        rules=(
            _IMAGE_DECIDES_RATIO,
            Together(
                field="prompt",
                beside=("start_image", "end_image"),
                only_warns=True,
                message="{model} wants a first_frame or a last_frame in image_list",
            ),
        ),
    ),
    "kwaivgi/kling-v2.1": ModelRow(
        length=FIVE_OR_TEN,
        resolution=_MODE,
        negative_prompt="negative_prompt",
        images=(ImageSlot(field="start_image", roles=FIRST, required=True), END),
        rules=(
            Together(
                field="end_image",
                beside=("mode",),
                of=("pro",),
                default="standard",
                message="image_list has a last_frame image, and {model} takes one only with "
                "resolution='1080p'",
            ),
        ),
    ),
    "kwaivgi/kling-v2.5-turbo-pro": attrs.evolve(_KLING_16, images=(START, END)),
    # No page names the ratios of v2.6 and v3-video: any is sent.
    "kwaivgi/kling-v2.6": attrs.evolve(_KLING_16, aspect_ratio=ANY_RATIO, audio=AUDIO),
    "kwaivgi/kling-v3-video": _KLING_3,
    "kwaivgi/kling-v3-omni-video": ModelRow(
        length=_THREE_TO_FIFTEEN, resolution=_MODE, images=(references(),)
    ),
    **rows(("kwaivgi/kling-v3-motion-control", "kwaivgi/kling-v2.6-motion-control"), _MOTION),
    # It takes `video_url` or `video_id` (an extra parameter), so neither is required here, and
    # `text` or `audio_file` (another one).
    "kwaivgi/kling-lip-sync": ModelRow(
        prompt="text",
        video=VideoSlot(field="video_url"),
        # "If not using audio": replicate.com/kwaivgi/kling-lip-sync/api/schema, 2026-09.
        rules=(ignored("prompt", "audio_file"),),
    ),
}
