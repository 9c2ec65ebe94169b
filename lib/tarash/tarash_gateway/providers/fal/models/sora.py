"""What fal's endpoints of OpenAI Sora 2 take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import ModelRow
from .parts import IMAGE, VIDEO, WIDE, WIDE_OR_AUTO, lines, rows, seconds

# fal's schema of 2026-08-02 no longer lists Sora 2; the rows stay while it may serve them.
SORA: Final = {
    **rows(
        ("fal-ai/sora-2/text-to-video",),
        ModelRow(length=seconds(4, 8, 12, 16, 20), aspect_ratio=WIDE, resolution=lines(720)),
    ),
    **rows(
        ("fal-ai/sora-2/text-to-video/pro",),
        ModelRow(
            length=seconds(4, 8, 12, 16, 20),
            aspect_ratio=WIDE,
            resolution=lines(720, 1080, "true_1080p"),
        ),
    ),
    **rows(
        ("fal-ai/sora-2/image-to-video",),
        ModelRow(
            length=seconds(4, 8, 12, 16, 20),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines("auto", 720),
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/sora-2/image-to-video/pro",),
        ModelRow(
            length=seconds(4, 8, 12, 16, 20),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines("auto", 720, 1080, "true_1080p"),
            images=(IMAGE,),
        ),
    ),
    **rows(("fal-ai/sora-2/video-to-video/remix",), ModelRow(required=("video_id",))),
    **rows(("fal-ai/sora-2/characters",), ModelRow(prompt=None, video=VIDEO, required=("name",))),
}
