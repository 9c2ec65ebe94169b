"""What fal's endpoints of ByteDance Seedance take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.limits import MB, MediaLimits
from ....catalog.rows import ImageSlot, ModelRow
from .parts import (
    AUDIO,
    END,
    IMAGE,
    REFERENCES_MUST,
    SIX_RATIOS,
    SIX_RATIOS_OR_AUTO,
    VIDEOS,
    limited,
    lines,
    ratios,
    rows,
    seconds,
)

_IMAGES_9: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=9)
# Seedance 2.5: https://fal.ai/models/bytedance/seedance-2.5/{text,image,reference}-to-video/llms.txt
# (2026-10). The length "auto" is its default; an image decides the shape; 50 files in all.
_TEXT_4_TO_30: Final = seconds(*range(4, 31), form="text")

# Version 1 has `num_frames` beside `duration`; 2.0 has the length "auto", its default.
_ROWS: Final = {
    **rows(
        ("fal-ai/bytedance/seedance/v1/lite/text-to-video",),
        ModelRow(
            length=seconds(*range(2, 13), form="text"),
            aspect_ratio=ratios("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"),
            resolution=lines(480, 720, 1080),
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/bytedance/seedance/v1/lite/image-to-video",),
        ModelRow(
            length=seconds(*range(2, 13), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080),
            seed="seed",
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("fal-ai/bytedance/seedance/v1/lite/reference-to-video",),
        ModelRow(
            length=seconds(*range(2, 13), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720),
            seed="seed",
            images=(REFERENCES_MUST,),
        ),
    ),
    **rows(
        (
            "fal-ai/bytedance/seedance/v1/pro/text-to-video",
            "fal-ai/bytedance/seedance/v1/pro/fast/text-to-video",
        ),
        ModelRow(
            length=seconds(*range(2, 13), form="text"),
            aspect_ratio=SIX_RATIOS,
            resolution=lines(480, 720, 1080),
            seed="seed",
        ),
    ),
    # pro also accepts `end_image_url`, and ignores it: no place for a last frame.
    **rows(
        (
            "fal-ai/bytedance/seedance/v1/pro/image-to-video",
            "fal-ai/bytedance/seedance/v1/pro/fast/image-to-video",
        ),
        ModelRow(
            length=seconds(*range(2, 13), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080),
            seed="seed",
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/bytedance/seedance/v1.5/pro/text-to-video",),
        ModelRow(
            length=seconds(*range(4, 13), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080),
            audio=AUDIO,
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/bytedance/seedance/v1.5/pro/image-to-video",),
        ModelRow(
            length=seconds(*range(4, 13), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080),
            audio=AUDIO,
            seed="seed",
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("bytedance/seedance-2.0/text-to-video",),
        ModelRow(
            length=seconds(*range(4, 16), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080, "4k"),
            audio=AUDIO,
        ),
    ),
    **rows(
        ("bytedance/seedance-2.0/image-to-video",),
        ModelRow(
            length=seconds(*range(4, 16), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080, "4k"),
            audio=AUDIO,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("bytedance/seedance-2.0/reference-to-video",),
        ModelRow(
            length=seconds(*range(4, 16), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080, "4k"),
            audio=AUDIO,
            images=(_IMAGES_9,),
            video=VIDEOS,
        ),
    ),
    **rows(
        ("bytedance/seedance-2.0/fast/text-to-video", "bytedance/seedance-2.0/mini/text-to-video"),
        ModelRow(
            length=seconds(*range(4, 16), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720),
            audio=AUDIO,
        ),
    ),
    **rows(
        (
            "bytedance/seedance-2.0/fast/image-to-video",
            "bytedance/seedance-2.0/mini/image-to-video",
        ),
        ModelRow(
            length=seconds(*range(4, 16), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720),
            audio=AUDIO,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        (
            "bytedance/seedance-2.0/fast/reference-to-video",
            "bytedance/seedance-2.0/mini/reference-to-video",
        ),
        ModelRow(
            length=seconds(*range(4, 16), form="text"),
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720),
            audio=AUDIO,
            images=(_IMAGES_9,),
            video=VIDEOS,
        ),
    ),
    **rows(
        ("bytedance/seedance-2.5/text-to-video",),
        ModelRow(
            length=_TEXT_4_TO_30,
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080),
            audio=AUDIO,
        ),
    ),
    **rows(
        ("bytedance/seedance-2.5/image-to-video",),
        ModelRow(
            length=_TEXT_4_TO_30,
            resolution=lines(480, 720, 1080),
            audio=AUDIO,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("bytedance/seedance-2.5/reference-to-video",),
        ModelRow(
            length=_TEXT_4_TO_30,
            aspect_ratio=SIX_RATIOS_OR_AUTO,
            resolution=lines(480, 720, 1080),
            audio=AUDIO,
            seed="seed",
            images=(
                ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=30),
            ),
            video=VIDEOS,
        ),
    ),
}

# fal's descriptions of the fields of version 2.0, 2026-08-02.
_SOURCE: Final = "fal-ai/fal-js:libs/client/src/types/endpoints.ts, 2026-08-02"
_WITH_REFERENCES: Final = {
    name: row for name, row in _ROWS.items() if "seedance-2.0/" in name and "/reference-" in name
}
SEEDANCE: Final = _ROWS | limited(
    _WITH_REFERENCES,
    MediaLimits(
        uploaded=30 * MB, formats=("image/jpeg", "image/png", "image/webp"), source=_SOURCE
    ),
    MediaLimits(uploaded=50 * MB, formats=("video/mp4", "video/quicktime"), source=_SOURCE),
)
