"""What fal's endpoints of Hunyuan Video take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import Frames, ModelRow
from .parts import EXPANSION, IMAGE, VIDEO, WIDE, lines, rows

_HUNYUAN_FRAMES: Final = Frames(fps=24, choices=(85, 129), form="text")
_HUNYUAN_15_FRAMES: Final = Frames(fps=24)

HUNYUAN: Final = {
    **rows(
        ("fal-ai/hunyuan-video",),
        ModelRow(
            length=_HUNYUAN_FRAMES, aspect_ratio=WIDE, resolution=lines(480, 580, 720), seed="seed"
        ),
    ),
    **rows(
        ("fal-ai/hunyuan-video-image-to-video",),
        ModelRow(
            length=Frames(fps=24, choices=(129,), form="text"),
            aspect_ratio=WIDE,
            resolution=lines(720),
            seed="seed",
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/hunyuan-video/video-to-video",),
        ModelRow(
            length=_HUNYUAN_FRAMES,
            aspect_ratio=WIDE,
            resolution=lines(480, 580, 720),
            seed="seed",
            video=VIDEO,
        ),
    ),
    **rows(
        ("fal-ai/hunyuan-video-v1.5/text-to-video",),
        ModelRow(
            length=_HUNYUAN_15_FRAMES,
            aspect_ratio=WIDE,
            resolution=lines(480),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/hunyuan-video-v1.5/image-to-video",),
        ModelRow(
            length=_HUNYUAN_15_FRAMES,
            aspect_ratio=WIDE,
            resolution=lines(480),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE,),
        ),
    ),
}
