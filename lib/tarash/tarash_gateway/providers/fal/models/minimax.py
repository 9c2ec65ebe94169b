"""What fal's endpoints of MiniMax Hailuo take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import Choice, ImageSlot, Length, ModelRow, Switch
from .parts import (
    END,
    IMAGE,
    REFERENCE_VIDEOS,
    REFERENCES,
    SIX_RATIOS,
    VIDEO,
    ratios,
    rows,
    seconds,
)

_OPTIMIZER: Final = Switch(field="prompt_optimizer")
_H3_LINES: Final = Choice(field="resolution", values=("2k",), wire={"2k": "2K"})

# Recast is not in the schemas of fal's client. Source: github.com/openpaths/openpaths,
# h3MaxRecastInput of its adapter for fal, and the test of it (read in 2026-11).
MINIMAX: Final = {
    **rows(
        (
            "fal-ai/minimax/video-01",
            "fal-ai/minimax/video-01-live",
            "fal-ai/minimax/video-01-director",
            "fal-ai/minimax/hailuo-02/pro/text-to-video",
            "fal-ai/minimax/hailuo-2.3/pro/text-to-video",
        ),
        ModelRow(enhance=_OPTIMIZER),
    ),
    **rows(
        (
            "fal-ai/minimax/video-01/image-to-video",
            "fal-ai/minimax/video-01-live/image-to-video",
            "fal-ai/minimax/video-01-director/image-to-video",
            "fal-ai/minimax/hailuo-2.3/pro/image-to-video",
            "fal-ai/minimax/hailuo-2.3-fast/pro/image-to-video",
        ),
        ModelRow(enhance=_OPTIMIZER, images=(IMAGE,)),
    ),
    **rows(
        ("fal-ai/minimax/video-01-subject-reference",),
        ModelRow(
            enhance=_OPTIMIZER,
            images=(
                ImageSlot(
                    field="subject_reference_image_url", roles=("reference", "asset"), required=True
                ),
            ),
        ),
    ),
    **rows(
        (
            "fal-ai/minimax/hailuo-02/standard/text-to-video",
            "fal-ai/minimax/hailuo-2.3/standard/text-to-video",
        ),
        ModelRow(length=seconds(6, 10, form="text"), enhance=_OPTIMIZER),
    ),
    **rows(
        ("fal-ai/minimax/hailuo-02/standard/image-to-video",),
        ModelRow(
            length=seconds(6, 10, form="text"),
            resolution=Choice(
                field="resolution", values=("512p", "768p"), wire={"512p": "512P", "768p": "768P"}
            ),
            enhance=_OPTIMIZER,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("fal-ai/minimax/hailuo-02/pro/image-to-video",),
        ModelRow(enhance=_OPTIMIZER, images=(IMAGE, END)),
    ),
    **rows(
        (
            "fal-ai/minimax/hailuo-02-fast/image-to-video",
            "fal-ai/minimax/hailuo-2.3/standard/image-to-video",
            "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video",
        ),
        ModelRow(length=seconds(6, 10, form="text"), enhance=_OPTIMIZER, images=(IMAGE,)),
    ),
    **rows(
        ("minimax/h3/text-to-video",),
        ModelRow(length=Length(), aspect_ratio=SIX_RATIOS, resolution=_H3_LINES),
    ),
    **rows(
        ("minimax/h3/image-to-video",),
        ModelRow(length=Length(), resolution=_H3_LINES, images=(IMAGE, END)),
    ),
    **rows(
        ("minimax/h3/reference-to-video",),
        ModelRow(
            length=Length(),
            aspect_ratio=ratios("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9"),
            resolution=_H3_LINES,
            images=(REFERENCES,),
            video=REFERENCE_VIDEOS,
        ),
    ),
    # One photo for each new person; the lengths and the shape are the video's.
    **rows(
        ("minimax/h3-max/recast",),
        ModelRow(
            resolution=Choice(
                field="resolution",
                values=("768p", "1080p"),
                wire={"768p": "768P", "1080p": "1080P"},
            ),
            seed="seed",
            images=(
                ImageSlot(
                    field="reference_image_urls",
                    roles=("first_frame", "reference", "asset"),
                    many=True,
                    required=True,
                    most=4,
                ),
            ),
            video=VIDEO,
        ),
    ),
}
