"""Wan at Replicate. `audio` of 2.5 and later is a sound file and not a switch."""

from types import MappingProxyType
from typing import Final

import attrs

from ....catalog.rows import Frames, ImageSlot, Length, ModelRow, Size, Switch, VideoSlot
from .parts import (
    ANY_RATIO,
    FIRST,
    FIVE_OR_TEN,
    IMAGE_MUST,
    LAST,
    LINES_480_720,
    LINES_480_720_1080,
    LINES_720_1080,
    WIDE,
    lines,
    references,
    rows,
)

_TWO_TO_FIFTEEN: Final = Length(low=2, high=15)
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
    length=FIVE_OR_TEN, negative_prompt="negative_prompt", seed="seed", enhance=_EXPANSION
)
_WAN_26: Final = attrs.evolve(_WAN_25, length=Length(choices=(5, 10, 15)))
_WAN_27: Final = ModelRow(
    length=_TWO_TO_FIFTEEN,
    aspect_ratio=ANY_RATIO,
    resolution=LINES_720_1080,
    negative_prompt="negative_prompt",
    seed="seed",
    enhance=_EXPANSION,
)
_WAN_22: Final = ModelRow(
    length=Frames(fps=16, fps_field="frames_per_second", low=81, high=121),
    aspect_ratio=WIDE,
    resolution=LINES_480_720,
    seed="seed",
    enhance=Switch(field="optimize_prompt"),
)
_WAN_21: Final = ModelRow(aspect_ratio=WIDE, negative_prompt="negative_prompt", seed="seed")

WAN: Final = {
    **rows(
        ("wan-video/wan-2.5-t2v", "wan-video/wan-2.5-t2v-fast"),
        attrs.evolve(_WAN_25, size=_WAN_SIZE),
    ),
    **rows(
        ("wan-video/wan-2.5-i2v", "wan-video/wan-2.5-i2v-fast"),
        attrs.evolve(_WAN_25, resolution=LINES_480_720_1080, images=(IMAGE_MUST,)),
    ),
    "wan-video/wan-2.6-t2v": attrs.evolve(_WAN_26, size=_WAN_SIZE),
    "wan-video/wan-2.6-i2v": attrs.evolve(_WAN_26, resolution=lines(), images=(IMAGE_MUST,)),
    "wan-video/wan-2.7-t2v": _WAN_27,
    "wan-video/wan-2.7-r2v": attrs.evolve(
        _WAN_27,
        length=Length(low=2, high=10),
        enhance=None,
        images=(references(),),
        video=VideoSlot(field="reference_videos", many=True),
    ),
    "wan-video/wan-2.7-i2v": ModelRow(
        length=_TWO_TO_FIFTEEN,
        images=(
            ImageSlot(field="first_frame", roles=FIRST),
            ImageSlot(field="last_frame", roles=LAST),
        ),
    ),
    "wan-video/wan-2.2-t2v-fast": _WAN_22,
    "wan-video/wan-2.2-i2v-fast": attrs.evolve(
        _WAN_22,
        aspect_ratio=None,
        enhance=None,
        images=(IMAGE_MUST, ImageSlot(field="last_image", roles=LAST)),
    ),
    "wan-video/wan-2.1-1.3b": ModelRow(
        length=Frames(field="frame_num", fps=16, choices=(17, 33, 49, 65, 81)),
        aspect_ratio=WIDE,
        resolution=lines("480p"),
        seed="seed",
    ),
    **rows(
        ("wavespeedai/wan-2.1-i2v-480p", "wavespeedai/wan-2.1-i2v-720p"),
        attrs.evolve(_WAN_21, images=(IMAGE_MUST,)),
    ),
    **rows(("wavespeedai/wan-2.1-t2v-480p", "wavespeedai/wan-2.1-t2v-720p"), _WAN_21),
}
