"""What fal's endpoints of Luma take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import ModelRow
from .parts import (
    END,
    IMAGE_MAYBE,
    SIX_RATIOS,
    START_MAYBE,
    SUBJECT_MAYBE,
    VIDEO,
    lines,
    ratios,
    rows,
    seconds,
)

_LUMA_RATIOS: Final = ratios("16:9", "9:16", "4:3", "3:4", "21:9", "9:21")

# `reframe` requires an aspect ratio.
LUMA: Final = {
    **rows(
        ("fal-ai/luma-dream-machine/ray-2", "fal-ai/luma-dream-machine/ray-2-flash"),
        ModelRow(
            length=seconds(5, 9, form="seconds"),
            aspect_ratio=_LUMA_RATIOS,
            resolution=lines(540, 720, 1080),
        ),
    ),
    **rows(
        (
            "fal-ai/luma-dream-machine/ray-2/image-to-video",
            "fal-ai/luma-dream-machine/ray-2-flash/image-to-video",
        ),
        ModelRow(
            length=seconds(5, 9, form="seconds"),
            aspect_ratio=_LUMA_RATIOS,
            resolution=lines(540, 720, 1080),
            images=(IMAGE_MAYBE, END),
        ),
    ),
    **rows(
        ("fal-ai/luma-dream-machine/ray-2/modify", "fal-ai/luma-dream-machine/ray-2-flash/modify"),
        ModelRow(images=(SUBJECT_MAYBE,), video=VIDEO),
    ),
    **rows(
        (
            "fal-ai/luma-dream-machine/ray-2/reframe",
            "fal-ai/luma-dream-machine/ray-2-flash/reframe",
        ),
        ModelRow(
            aspect_ratio=ratios("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"),
            images=(SUBJECT_MAYBE,),
            video=VIDEO,
            needs=("aspect_ratio",),
        ),
    ),
    **rows(
        ("luma/agent/ray/v3.2/text-to-video",),
        ModelRow(
            length=seconds(5, 10, form="seconds"),
            aspect_ratio=SIX_RATIOS,
            resolution=lines(540, 720, 1080),
        ),
    ),
    **rows(
        ("luma/agent/ray/v3.2/image-to-video",),
        ModelRow(
            length=seconds(5, 10, form="seconds"),
            aspect_ratio=SIX_RATIOS,
            resolution=lines(540, 720, 1080),
            images=(IMAGE_MAYBE, END),
        ),
    ),
    **rows(
        ("luma/agent/ray/v3.2/video-to-video",),
        ModelRow(
            length=seconds(5, 10, form="seconds"),
            resolution=lines(540, 720, 1080),
            images=(START_MAYBE,),
            video=VIDEO,
        ),
    ),
    **rows(
        ("luma/agent/ray/v3.2/reframe",),
        ModelRow(
            aspect_ratio=SIX_RATIOS,
            resolution=lines(540, 720, 1080),
            video=VIDEO,
            needs=("aspect_ratio",),
        ),
    ),
}
