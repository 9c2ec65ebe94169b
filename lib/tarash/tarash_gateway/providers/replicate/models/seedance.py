"""ByteDance's Seedance at Replicate."""

from typing import Final

import attrs

from ....catalog.rows import Length, ModelRow, Together, VideoSlot
from .parts import (
    ANY_RATIO,
    AUDIO,
    IMAGE,
    LAST_IMAGE,
    LINES_480_720_1080,
    NO_FRAMES_WITH_REFERENCES,
    last_needs_first,
    ratios,
    references,
)

_SEEDANCE_RATIOS: Final = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21")
_SEEDANCE_1: Final = ModelRow(
    length=Length(low=2, high=12),
    aspect_ratio=ratios(*_SEEDANCE_RATIOS),
    resolution=LINES_480_720_1080,
    seed="seed",
    images=(IMAGE, LAST_IMAGE),
)

SEEDANCE: Final = {
    "bytedance/seedance-1-lite": attrs.evolve(
        _SEEDANCE_1,
        images=(IMAGE, LAST_IMAGE, references(4)),
        rules=(
            NO_FRAMES_WITH_REFERENCES,
            Together(
                field="reference_images",
                beside=("resolution",),
                of=("480p", "720p"),
                default="720p",
                message="resolution must be 480p or 720p where image_list has references for "
                "{model}",
            ),
        ),
    ),
    "bytedance/seedance-1-pro": _SEEDANCE_1,
    "bytedance/seedance-1-pro-fast": attrs.evolve(_SEEDANCE_1, images=(IMAGE,)),
    "bytedance/seedance-1.5-pro": attrs.evolve(
        _SEEDANCE_1, aspect_ratio=ANY_RATIO, resolution=None, audio=AUDIO
    ),
    # Its -1 for "the model chooses" goes in as an extra parameter.
    "bytedance/seedance-2.0": ModelRow(
        length=Length(high=15),
        aspect_ratio=ratios(*_SEEDANCE_RATIOS, "adaptive"),
        resolution=LINES_480_720_1080,
        audio=AUDIO,
        seed="seed",
        images=(IMAGE, LAST_IMAGE, references(9)),
        video=VideoSlot(field="reference_videos", many=True),
        rules=(NO_FRAMES_WITH_REFERENCES, last_needs_first("last_frame_image")),
    ),
}
