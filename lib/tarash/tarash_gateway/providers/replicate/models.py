"""What each of Replicate's video models takes, one row a model: data, no logic.

Sources: the pages replicate.com/OWNER/NAME/versions/VERSION/api (2025-12 to 2026-11); the schemas
in the npm package all-the-public-replicate-models 1.352.0 (2025-01-15); the classes made from them
in nodetool-ai/nodetool-replicate:src/nodetool/nodes/replicate/video/generate.py (2026-04). Models
of which only the name is published have no row: `GENERIC` serves them, with a warning. Fields
without a standard name are left to ``extra_params``; a row names them only where the model
requires them.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from ...catalog.rows import (
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
from .rules import RULES


def _rows(names: tuple[str, ...], row: ModelRow) -> dict[str, ModelRow]:
    return dict.fromkeys(names, row)


def _ratios(*values: str) -> Choice:
    return Choice(field="aspect_ratio", values=values)


def _lines(*values: str) -> Choice:
    return Choice(field="resolution", values=values)


_WIDE: Final = _ratios("16:9", "9:16")
_THREE_RATIOS: Final = _ratios("16:9", "9:16", "1:1")
_ANY_RATIO: Final = _ratios()
_720_1080: Final = _lines("720p", "1080p")
_480_720: Final = _lines("480p", "720p")
_480_720_1080: Final = _lines("480p", "720p", "1080p")

_5_10: Final = Length(choices=(5, 10))
_6_10: Final = Length(choices=(6, 10))
_5_8: Final = Length(choices=(5, 8))
_3_TO_15: Final = Length(low=3, high=15)
_2_TO_15: Final = Length(low=2, high=15)

_AUDIO: Final = Switch(field="generate_audio")

_FIRST: Final = ("first_frame",)
_LAST: Final = ("last_frame",)
_REFERENCE: Final = ("reference", "asset")

_IMAGE: Final = ImageSlot(field="image", roles=_FIRST)
_IMAGE_MUST: Final = ImageSlot(field="image", roles=_FIRST, required=True)
_START: Final = ImageSlot(field="start_image", roles=_FIRST)
_START_MUST: Final = ImageSlot(field="start_image", roles=_FIRST, required=True)
_END: Final = ImageSlot(field="end_image", roles=_LAST)
_LAST_IMAGE: Final = ImageSlot(field="last_frame_image", roles=_LAST)


def _references(most: int | None = None) -> ImageSlot:
    return ImageSlot(field="reference_images", roles=_REFERENCE, many=True, most=most)


# google. The fields of veo-2 are not in any of the sources.

_VEO_LENGTH: Final = Length(choices=(4, 6, 8))
_VEO_LAST: Final = ImageSlot(field="last_frame", roles=_LAST)
_VEO_31_FAST: Final = ModelRow(
    length=_VEO_LENGTH,
    aspect_ratio=_WIDE,
    resolution=_720_1080,
    audio=_AUDIO,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(_IMAGE, _VEO_LAST),
)

_GOOGLE: Final = {
    "google/veo-3.1": attrs.evolve(_VEO_31_FAST, images=(_IMAGE, _VEO_LAST, _references(3))),
    **_rows(("google/veo-3.1-fast", "google/veo-3.1-lite"), _VEO_31_FAST),
    # replicate.com/google/veo-3-fast/api/schema, 2026-10: the length and the sound of 3.1.
    **_rows(
        ("google/veo-3", "google/veo-3-fast"),
        attrs.evolve(_VEO_31_FAST, images=(_IMAGE,)),
    ),
}


# kwaivgi. No Kling model has a seed.

_MODE: Final = Choice(
    field="mode", values=("720p", "1080p"), wire={"720p": "standard", "1080p": "pro"}
)
_MODE_SHORT: Final = Choice(
    field="mode", values=("720p", "1080p"), wire={"720p": "std", "1080p": "pro"}
)
_KLING_16: Final = ModelRow(
    length=_5_10,
    aspect_ratio=_THREE_RATIOS,
    negative_prompt="negative_prompt",
    images=(_START,),
)
_KLING_MOTION: Final = ModelRow(
    resolution=_MODE_SHORT,
    images=(ImageSlot(field="image", roles=("first_frame", "reference"), required=True),),
    video=VideoSlot(field="video", required=True),
)

_KLING: Final = {
    **_rows(
        (
            "kwaivgi/kling-v1.6-standard",
            "kwaivgi/kling-v2.0",
            "kwaivgi/kling-v2.1-master",
        ),
        _KLING_16,
    ),
    "kwaivgi/kling-v1.6-pro": attrs.evolve(_KLING_16, images=(_START, _END, _references(4))),
    "kwaivgi/kling-v2.1": ModelRow(
        length=_5_10,
        resolution=_MODE,
        negative_prompt="negative_prompt",
        images=(_START_MUST, _END),
    ),
    "kwaivgi/kling-v2.5-turbo-pro": attrs.evolve(_KLING_16, images=(_START, _END)),
    # No page names the ratios of these two: any is sent.
    "kwaivgi/kling-v2.6": attrs.evolve(_KLING_16, aspect_ratio=_ANY_RATIO, audio=_AUDIO),
    "kwaivgi/kling-v3-video": attrs.evolve(
        _KLING_16, length=_3_TO_15, aspect_ratio=_ANY_RATIO, resolution=_MODE, audio=_AUDIO
    ),
    "kwaivgi/kling-v3-omni-video": ModelRow(
        length=_3_TO_15, resolution=_MODE, images=(_references(),)
    ),
    **_rows(
        ("kwaivgi/kling-v3-motion-control", "kwaivgi/kling-v2.6-motion-control"), _KLING_MOTION
    ),
    # It takes `video_url` or `video_id` (an extra parameter), so neither is required here, and
    # `text` or `audio_file` (another one): its rules have that.
    "kwaivgi/kling-lip-sync": ModelRow(prompt="text", video=VideoSlot(field="video_url")),
}


# minimax. With an image, the video takes the image's ratio.

_OPTIMIZER: Final = Switch(field="prompt_optimizer")
_MINIMAX_FIRST: Final = ImageSlot(field="first_frame_image", roles=_FIRST)
_MINIMAX_FIRST_MUST: Final = ImageSlot(field="first_frame_image", roles=_FIRST, required=True)

_MINIMAX: Final = {
    "minimax/video-01": ModelRow(
        enhance=_OPTIMIZER,
        images=(_MINIMAX_FIRST, ImageSlot(field="subject_reference", roles=_REFERENCE)),
    ),
    "minimax/video-01-live": ModelRow(enhance=_OPTIMIZER, images=(_MINIMAX_FIRST_MUST,)),
    "minimax/video-01-director": ModelRow(enhance=_OPTIMIZER, images=(_MINIMAX_FIRST,)),
    "minimax/hailuo-02": ModelRow(
        length=_6_10,
        resolution=_lines("512p", "768p", "1080p"),
        enhance=_OPTIMIZER,
        images=(_MINIMAX_FIRST, _LAST_IMAGE),
    ),
    "minimax/hailuo-02-fast": ModelRow(
        length=_6_10,
        resolution=_lines("512p"),
        enhance=_OPTIMIZER,
        images=(_MINIMAX_FIRST_MUST,),
    ),
    "minimax/hailuo-2.3": ModelRow(
        length=_6_10,
        resolution=_lines("768p", "1080p"),
        enhance=_OPTIMIZER,
        images=(_MINIMAX_FIRST,),
    ),
    "minimax/hailuo-2.3-fast": ModelRow(
        length=_6_10,
        resolution=_lines("768p", "1080p"),
        enhance=_OPTIMIZER,
        images=(_MINIMAX_FIRST_MUST,),
    ),
}


# bytedance.

_SEEDANCE_RATIOS: Final = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21")
_SEEDANCE_1: Final = ModelRow(
    length=Length(low=2, high=12),
    aspect_ratio=_ratios(*_SEEDANCE_RATIOS),
    resolution=_480_720_1080,
    seed="seed",
    images=(_IMAGE, _LAST_IMAGE),
)

_SEEDANCE: Final = {
    "bytedance/seedance-1-lite": attrs.evolve(
        _SEEDANCE_1, images=(_IMAGE, _LAST_IMAGE, _references(4))
    ),
    "bytedance/seedance-1-pro": _SEEDANCE_1,
    "bytedance/seedance-1-pro-fast": attrs.evolve(_SEEDANCE_1, images=(_IMAGE,)),
    "bytedance/seedance-1.5-pro": attrs.evolve(
        _SEEDANCE_1, aspect_ratio=_ANY_RATIO, resolution=None, audio=_AUDIO
    ),
    # Its -1 for "the model chooses" goes in as an extra parameter.
    "bytedance/seedance-2.0": ModelRow(
        length=Length(high=15),
        aspect_ratio=_ratios(*_SEEDANCE_RATIOS, "adaptive"),
        resolution=_480_720_1080,
        audio=_AUDIO,
        seed="seed",
        images=(_IMAGE, _LAST_IMAGE, _references(9)),
        video=VideoSlot(field="reference_videos", many=True),
    ),
}


# wan-video and wavespeedai. `audio` of 2.5 and later is a sound file and not a switch.

_EXPANSION: Final = Switch(field="enable_prompt_expansion")
_WAN_SIZE: Final = Size(
    field="size",
    sizes=MappingProxyType(
        {
            "1280*720": (1280, 720),
            "720*1280": (720, 1280),
            "832*480": (832, 480),
            "480*832": (480, 832),
            "1920*1080": (1920, 1080),
            "1080*1920": (1080, 1920),
        }
    ),
)
_WAN_25: Final = ModelRow(
    length=_5_10, negative_prompt="negative_prompt", seed="seed", enhance=_EXPANSION
)
_WAN_26: Final = attrs.evolve(_WAN_25, length=Length(choices=(5, 10, 15)))
_WAN_27: Final = ModelRow(
    length=_2_TO_15,
    aspect_ratio=_ANY_RATIO,
    resolution=_720_1080,
    negative_prompt="negative_prompt",
    seed="seed",
    enhance=_EXPANSION,
)
_WAN_22: Final = ModelRow(
    length=Frames(fps=16, fps_field="frames_per_second", low=81, high=121),
    aspect_ratio=_WIDE,
    resolution=_480_720,
    seed="seed",
    enhance=Switch(field="optimize_prompt"),
)
_WAN_21: Final = ModelRow(aspect_ratio=_WIDE, negative_prompt="negative_prompt", seed="seed")

_WAN: Final = {
    **_rows(
        ("wan-video/wan-2.5-t2v", "wan-video/wan-2.5-t2v-fast"),
        attrs.evolve(_WAN_25, size=_WAN_SIZE),
    ),
    **_rows(
        ("wan-video/wan-2.5-i2v", "wan-video/wan-2.5-i2v-fast"),
        attrs.evolve(_WAN_25, resolution=_480_720_1080, images=(_IMAGE_MUST,)),
    ),
    "wan-video/wan-2.6-t2v": attrs.evolve(_WAN_26, size=_WAN_SIZE),
    "wan-video/wan-2.6-i2v": attrs.evolve(_WAN_26, resolution=_lines(), images=(_IMAGE_MUST,)),
    "wan-video/wan-2.7-t2v": _WAN_27,
    "wan-video/wan-2.7-r2v": attrs.evolve(
        _WAN_27,
        length=Length(low=2, high=10),
        enhance=None,
        images=(_references(),),
        video=VideoSlot(field="reference_videos", many=True),
    ),
    "wan-video/wan-2.7-i2v": ModelRow(
        length=_2_TO_15,
        images=(
            ImageSlot(field="first_frame", roles=_FIRST),
            ImageSlot(field="last_frame", roles=_LAST),
        ),
    ),
    "wan-video/wan-2.2-t2v-fast": _WAN_22,
    "wan-video/wan-2.2-i2v-fast": attrs.evolve(
        _WAN_22,
        aspect_ratio=None,
        images=(_IMAGE_MUST, ImageSlot(field="last_image", roles=_LAST)),
    ),
    "wan-video/wan-2.1-1.3b": ModelRow(
        length=Frames(field="frame_num", fps=16, choices=(17, 33, 49, 65, 81)),
        aspect_ratio=_WIDE,
        resolution=_lines("480p"),
        seed="seed",
    ),
    **_rows(
        ("wavespeedai/wan-2.1-i2v-480p", "wavespeedai/wan-2.1-i2v-720p"),
        attrs.evolve(_WAN_21, images=(_IMAGE_MUST,)),
    ),
    **_rows(("wavespeedai/wan-2.1-t2v-480p", "wavespeedai/wan-2.1-t2v-720p"), _WAN_21),
}


# luma. Of ray-3.2, modify-video and reframe-video the sources name no field except `video`.

_RAY_RATIOS: Final = _ratios("16:9", "1:1", "3:4", "4:3", "9:16", "9:21", "21:9")

_LUMA: Final = {
    "luma/ray": ModelRow(
        aspect_ratio=_RAY_RATIOS,
        images=(
            ImageSlot(field="start_image_url", roles=_FIRST),
            ImageSlot(field="end_image_url", roles=_LAST),
        ),
    ),
    **_rows(
        (
            "luma/ray-2-720p",
            "luma/ray-2-540p",
            "luma/ray-flash-2-720p",
            "luma/ray-flash-2-540p",
        ),
        ModelRow(length=Length(choices=(5, 9)), aspect_ratio=_RAY_RATIOS, images=(_START, _END)),
    ),
}


# openai, pixverse, runwayml, xai and others.

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
    length=_5_8,
    aspect_ratio=_THREE_RATIOS,
    resolution=_PIXVERSE_QUALITY,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(_IMAGE, _LAST_IMAGE),
)
# v5.6 and v6 have an audio switch, whose native name no source has.
_PIXVERSE_56: Final = attrs.evolve(
    _PIXVERSE_5, length=Length(choices=(5, 8, 10)), aspect_ratio=None
)
_RUNWAY: Final = ModelRow(
    length=_5_10,
    aspect_ratio=_ratios("16:9", "9:16", "4:3", "3:4", "1:1", "21:9"),
    seed="seed",
    images=(_IMAGE,),
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

_OTHERS: Final = {
    "openai/sora-2": _SORA_2,
    "openai/sora-2-pro": attrs.evolve(
        _SORA_2,
        resolution=Choice(
            field="resolution",
            values=("720p", "1080p"),
            wire={"720p": "standard", "1080p": "high"},
        ),
    ),
    "pixverse/pixverse-v5": _PIXVERSE_5,
    **_rows(
        ("pixverse/pixverse-v4", "pixverse/pixverse-v4.5"),
        attrs.evolve(_PIXVERSE_5, audio=Switch(field="sound_effect_switch")),
    ),
    "pixverse/pixverse-v5.6": _PIXVERSE_56,
    "pixverse/pixverse-v6": attrs.evolve(_PIXVERSE_56, length=Length(low=1, high=15)),
    "runwayml/gen4-turbo": attrs.evolve(_RUNWAY, images=(_IMAGE_MUST,)),
    "runwayml/gen-4.5": _RUNWAY,
    "runwayml/gen4-aleph": attrs.evolve(
        _RUNWAY,
        length=None,
        images=(ImageSlot(field="reference_image", roles=_REFERENCE),),
        video=VideoSlot(field="video", required=True),
    ),
    "xai/grok-imagine-video": ModelRow(
        length=Length(low=1, high=15),
        aspect_ratio=_ratios("auto", "16:9", "4:3", "1:1", "9:16", "3:4", "3:2", "2:3"),
        resolution=_480_720,
        images=(_IMAGE,),
        video=VideoSlot(field="video"),
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
        aspect_ratio=_ratios(
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
        images=(_IMAGE,),
    ),
    "haiper-ai/haiper-video-2": ModelRow(
        length=Length(choices=(4, 6)),
        aspect_ratio=_ratios("16:9", "21:9", "9:16", "3:4", "4:3", "1:1"),
        resolution=Choice(
            field="resolution", values=("720p", "1080p"), wire={"720p": 720, "1080p": 1080}
        ),
        negative_prompt="negative_prompt",
        seed="seed",
        enhance=Switch(field="use_prompt_enhancer"),
        images=(ImageSlot(field="frame_image_url", roles=_FIRST),),
    ),
}


_ROWS: Final = {**_GOOGLE, **_KLING, **_MINIMAX, **_SEEDANCE, **_WAN, **_LUMA, **_OTHERS}
MODELS: Final[Mapping[str, ModelRow]] = MappingProxyType(
    {model: attrs.evolve(row, rules=RULES.get(model, ())) for model, row in _ROWS.items()}
)

# For a model that is not in the table: the most common names, any value, sent as given.
GENERIC: Final = ModelRow(
    length=Length(),
    aspect_ratio=_ANY_RATIO,
    resolution=_lines(),
    audio=_AUDIO,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(_IMAGE, _LAST_IMAGE, _references()),
    video=VideoSlot(field="video"),
    generic=True,
)
