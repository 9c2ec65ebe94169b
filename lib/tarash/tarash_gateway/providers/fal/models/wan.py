"""What fal's endpoints of Wan take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.limits import ANY_SIZE, MB, MediaLimits
from ....catalog.rows import Frames, ImageSlot, ModelRow, VideoSlot
from .parts import (
    AUDIO,
    END,
    END_MUST,
    EXPANSION,
    FIVE_RATIOS,
    IMAGE,
    IMAGE_MAYBE,
    REFERENCE_VIDEOS,
    REFERENCES,
    START,
    SUBJECT,
    THREE_RATIOS,
    THREE_RATIOS_OR_AUTO,
    VIDEO,
    VIDEO_MAYBE,
    VIDEOS,
    WIDE,
    limited,
    lines,
    rows,
    seconds,
)

_WAN_1_FRAMES: Final = Frames(fps=16, fps_field="frames_per_second", low=81, high=100)
_WAN_2_A14B_FRAMES: Final = Frames(fps=16, fps_field="frames_per_second", low=17, high=161)
_WAN_2_5B_FRAMES: Final = Frames(fps=24, fps_field="frames_per_second", low=17, high=161)

# `edit-video` also takes a length of 0, "as the source": that is leaving it out.
# The plain image-to-video of 2.2 is not in fal's schema of 2026-08-02; its page has the frames:
# https://fal.ai/models/fal-ai/wan/v2.2-a14b/image-to-video/llms.txt (2026-11).
_ROWS: Final = {
    **rows(
        ("fal-ai/wan-t2v",),
        ModelRow(
            length=_WAN_1_FRAMES,
            aspect_ratio=WIDE,
            resolution=lines(480, 580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/wan-i2v",),
        ModelRow(
            length=_WAN_1_FRAMES,
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            resolution=lines(480, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/wan-flf2v",),
        ModelRow(
            length=_WAN_1_FRAMES,
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            resolution=lines(480, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(START, END_MUST),
        ),
    ),
    **rows(("fal-ai/wan-pro/text-to-video",), ModelRow(seed="seed")),
    **rows(("fal-ai/wan-pro/image-to-video",), ModelRow(seed="seed", images=(IMAGE,))),
    **rows(
        ("fal-ai/wan/v2.2-a14b/text-to-video",),
        ModelRow(
            length=_WAN_2_A14B_FRAMES,
            aspect_ratio=THREE_RATIOS,
            resolution=lines(480, 580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.2-a14b/text-to-video/turbo",),
        ModelRow(
            aspect_ratio=THREE_RATIOS,
            resolution=lines(480, 580, 720),
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        (
            "fal-ai/wan/v2.2-a14b/image-to-video",
            "fal-ai/wan/v2.2-a14b/image-to-video/lora",
        ),
        ModelRow(
            length=_WAN_2_A14B_FRAMES,
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            resolution=lines(480, 580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.2-a14b/image-to-video/turbo",),
        ModelRow(
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            resolution=lines(480, 580, 720),
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.2-a14b/video-to-video",),
        ModelRow(
            length=_WAN_2_A14B_FRAMES,
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            resolution=lines(480, 580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            video=VIDEO,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.2-5b/text-to-video",),
        ModelRow(
            length=_WAN_2_5B_FRAMES,
            aspect_ratio=THREE_RATIOS,
            resolution=lines(580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.2-5b/image-to-video",),
        ModelRow(
            length=_WAN_2_5B_FRAMES,
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            resolution=lines(580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.2-14b/animate/move", "fal-ai/wan/v2.2-14b/animate/replace"),
        ModelRow(
            prompt=None,
            resolution=lines(480, 580, 720),
            seed="seed",
            images=(SUBJECT,),
            video=VIDEO,
        ),
    ),
    **rows(
        ("fal-ai/wan-25-preview/text-to-video",),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=THREE_RATIOS,
            resolution=lines(480, 720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/wan-25-preview/image-to-video",),
        ModelRow(
            length=seconds(5, 10, form="text"),
            resolution=lines(480, 720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("wan/v2.6/text-to-video",),
        ModelRow(
            length=seconds(5, 10, 15, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("wan/v2.6/image-to-video",),
        ModelRow(
            length=seconds(5, 10, 15, form="text"),
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("wan/v2.6/image-to-video/flash",),
        ModelRow(
            length=seconds(5, 10, 15, form="text"),
            resolution=lines(720, 1080),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("wan/v2.6/reference-to-video",),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            video=VideoSlot(field="video_urls", many=True, required=True),
        ),
    ),
    **rows(
        ("wan/v2.6/reference-to-video/flash",),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(
                ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=5),
            ),
            video=VIDEOS,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.7/text-to-video",),
        ModelRow(
            length=seconds(*range(2, 16)),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.7/image-to-video",),
        ModelRow(
            length=seconds(*range(2, 16)),
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE_MAYBE, END),
            video=VIDEO_MAYBE,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.7/reference-to-video",),
        ModelRow(
            length=seconds(*range(2, 11)),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(REFERENCES,),
            video=REFERENCE_VIDEOS,
        ),
    ),
    **rows(
        ("fal-ai/wan/v2.7/edit-video",),
        ModelRow(
            length=seconds(*range(2, 11)),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            seed="seed",
            images=(ImageSlot(field="reference_image_url", roles=("reference", "asset")),),
            video=VIDEO,
        ),
    ),
}

# fal's descriptions of the fields, 2026-08-02. Only the continued video of 2.7 has a size there.
_SOURCE: Final = "fal-ai/fal-js:libs/client/src/types/endpoints.ts, 2026-08-02"
_IN_2_6: Final = MediaLimits(uploaded=ANY_SIZE, side=(240, 7680), source=_SOURCE)
_IN_2_7: Final = MediaLimits(
    uploaded=20 * MB,
    formats=("image/jpeg", "image/png", "image/bmp", "image/webp"),
    source=_SOURCE,
)
_CONTINUED: Final = MediaLimits(
    uploaded=100 * MB, formats=("video/mp4", "video/quicktime"), source=_SOURCE
)
WAN: Final = (
    _ROWS
    | limited({name: row for name, row in _ROWS.items() if "v2.6/" in name}, _IN_2_6)
    | limited({name: row for name, row in _ROWS.items() if "v2.7/" in name}, _IN_2_7)
    | limited(
        {name: _ROWS[name] for name in ("fal-ai/wan/v2.7/image-to-video",)}, _IN_2_7, _CONTINUED
    )
)
