"""Models of OpenAI, PixVerse, Runway, xAI and others at Replicate."""

from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from ....catalog.limits import ANY_SIZE, MB, MediaLimits, at_most
from ....catalog.rows import (
    Choice,
    Frames,
    ImageSlot,
    Length,
    ModelRow,
    Retirement,
    Size,
    Switch,
    VideoSlot,
)
from .parts import (
    FIRST,
    FIVE_OR_TEN,
    IMAGE,
    IMAGE_MUST,
    LAST_IMAGE,
    LINES_480_720,
    REFERENCE,
    THREE_RATIOS,
    ignored,
    last_needs_first,
    ratios,
    rows,
)

_SORA_GONE: Final = Retirement(
    on=date(2026, 9, 24),
    successor="google/veo-3.1 or bytedance/seedance-2.0",
    source="developers.openai.com/api/docs/deprecations, 2026-03-24: OpenAI's own models behind it",
)
_SORA_2: Final = ModelRow(
    length=Length(field="seconds", choices=(4, 8, 12)),
    aspect_ratio=Choice(
        field="aspect_ratio",
        values=("16:9", "9:16"),
        wire={"16:9": "landscape", "9:16": "portrait"},
    ),
    images=(ImageSlot(field="input_reference", roles=("first_frame", "reference")),),
    retires=_SORA_GONE,
)
_PIXVERSE_QUALITY: Final = Choice(field="quality", values=("360p", "540p", "720p", "1080p"))
_PIXVERSE_5: Final = ModelRow(
    length=Length(choices=(5, 8)),
    aspect_ratio=THREE_RATIOS,
    resolution=_PIXVERSE_QUALITY,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(IMAGE, LAST_IMAGE),
)
# v5.6 and v6 have an audio switch, whose native name no source has.
_PIXVERSE_56: Final = attrs.evolve(
    _PIXVERSE_5, length=Length(choices=(5, 8, 10)), aspect_ratio=None
)
_RUNWAY: Final = ModelRow(
    length=FIVE_OR_TEN,
    aspect_ratio=ratios("16:9", "9:16", "4:3", "3:4", "1:1", "21:9"),
    seed="seed",
    images=(IMAGE,),
    # docs.dev.runwayml.com/assets/inputs, 2026-11: a picture of another ratio is cropped.
    frames="crops",
)
# Multiples of 16 up to 1280; the first is the model's own default.
_HUNYUAN_SIZE: Final = Size(
    field="width",
    height_field="height",
    sizes=MappingProxyType(
        {
            "864x480": (864, 480),
            "480x864": (480, 864),
            "640x480": (640, 480),
            "480x640": (480, 640),
            "480x480": (480, 480),
            "1280x720": (1280, 720),
            "720x1280": (720, 1280),
            "960x720": (960, 720),
            "720x960": (720, 960),
            "720x720": (720, 720),
        }
    ),
)

_GROK: Final = "replicate.com/xai/grok-imagine-video/api/schema, 2026"

OTHERS: Final = {
    "openai/sora-2": _SORA_2,
    "openai/sora-2-pro": attrs.evolve(
        _SORA_2,
        resolution=Choice(
            field="resolution",
            values=("720p", "1080p"),
            wire={"720p": "standard", "1080p": "high"},
        ),
    ),
    "pixverse/pixverse-v5": attrs.evolve(
        _PIXVERSE_5, rules=(last_needs_first("last_frame_image"),)
    ),
    **rows(
        ("pixverse/pixverse-v4", "pixverse/pixverse-v4.5"),
        attrs.evolve(_PIXVERSE_5, audio=Switch(field="sound_effect_switch")),
    ),
    "pixverse/pixverse-v5.6": _PIXVERSE_56,
    "pixverse/pixverse-v6": attrs.evolve(_PIXVERSE_56, length=Length(low=1, high=15)),
    "runwayml/gen4-turbo": attrs.evolve(_RUNWAY, images=(IMAGE_MUST,)),
    "runwayml/gen-4.5": _RUNWAY,
    "runwayml/gen4-aleph": attrs.evolve(
        _RUNWAY,
        length=None,
        images=(ImageSlot(field="reference_image", roles=REFERENCE),),
        video=VideoSlot(field="video", required=True),
        video_limits=at_most(16 * MB, source="replicate.com/runwayml/gen4-aleph/api/schema, 2026"),
    ),
    "xai/grok-imagine-video": ModelRow(
        length=Length(low=1, high=15),
        aspect_ratio=ratios("auto", "16:9", "4:3", "1:1", "9:16", "3:4", "3:2", "2:3"),
        resolution=LINES_480_720,
        images=(IMAGE,),
        image_limits=MediaLimits(
            formats=("image/jpeg", "image/png", "image/webp"), uploaded=ANY_SIZE, source=_GROK
        ),
        video=VideoSlot(field="video"),
        video_limits=MediaLimits(
            formats=("video/mp4", "video/quicktime", "video/webm"), uploaded=ANY_SIZE, source=_GROK
        ),
        # An edit keeps the measures of its video.
        rules=(
            ignored("duration_seconds", "video"),
            ignored("aspect_ratio", "video"),
            ignored("resolution", "video"),
        ),
    ),
    "tencent/hunyuan-video": ModelRow(
        # 4k + 1 frames.
        length=Frames(
            field="video_length", fps=24, fps_field="fps", choices=tuple(range(1, 201, 4))
        ),
        size=_HUNYUAN_SIZE,
        seed="seed",
    ),
    # `target_size` measures no side of the video, so it is left to extra_params.
    "lightricks/ltx-video": ModelRow(
        # No source names the frame rate: 25 is that of LTX's other releases.
        length=Frames(field="length", fps=25, choices=(97, 129, 161, 193, 225, 257)),
        aspect_ratio=ratios(
            "3:2",
            "1:1",
            "1:2",
            "2:1",
            "2:3",
            "3:4",
            "4:3",
            "4:5",
            "5:4",
            "9:16",
            "16:9",
            "9:21",
            "21:9",
        ),
        negative_prompt="negative_prompt",
        seed="seed",
        images=(IMAGE,),
    ),
    "haiper-ai/haiper-video-2": ModelRow(
        length=Length(choices=(4, 6)),
        aspect_ratio=ratios("16:9", "21:9", "9:16", "3:4", "4:3", "1:1"),
        resolution=Choice(
            field="resolution", values=("720p", "1080p"), wire={"720p": 720, "1080p": 1080}
        ),
        negative_prompt="negative_prompt",
        seed="seed",
        enhance=Switch(field="use_prompt_enhancer"),
        images=(ImageSlot(field="frame_image_url", roles=FIRST),),
        # Its schema has a plain text here, which takes http(s) URLs only.
        image_limits=MediaLimits(
            inline=0,
            formats=("image/jpeg", "image/png", "image/webp"),
            source="replicate.com/haiper-ai/haiper-video-2/api/schema, 2026",
        ),
    ),
}
