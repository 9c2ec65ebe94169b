"""What fal's endpoints of LTX take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.limits import ANY_SIZE, MediaLimits
from ....catalog.rows import Choice, Frames, Length, ModelRow, Switch
from .parts import (
    AUDIO,
    END,
    EXPANSION,
    IMAGE,
    THREE_RATIOS,
    VIDEO,
    WIDE,
    WIDE_OR_AUTO,
    limited,
    lines,
    rows,
    seconds,
)

_LTX_19B_FRAMES: Final = Frames(fps=25, fps_field="fps")
_LTX_PRESETS: Final = {
    "16:9": "landscape_16_9",
    "9:16": "portrait_16_9",
    "4:3": "landscape_4_3",
    "3:4": "portrait_4_3",
    "1:1": "square_hd",
}

_ROWS: Final = {
    **rows(("fal-ai/ltx-video",), ModelRow(negative_prompt="negative_prompt", seed="seed")),
    **rows(
        ("fal-ai/ltx-video/image-to-video",),
        ModelRow(negative_prompt="negative_prompt", seed="seed", images=(IMAGE,)),
    ),
    **rows(
        ("fal-ai/ltxv-13b-098-distilled",),
        ModelRow(
            length=Frames(fps=24, fps_field="frame_rate"),
            aspect_ratio=THREE_RATIOS,
            resolution=lines(480, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=Switch(field="expand_prompt"),
        ),
    ),
    **rows(
        ("fal-ai/ltx-2/text-to-video", "fal-ai/ltx-2/text-to-video/fast"),
        ModelRow(length=seconds(6, 8, 10), resolution=lines(1080, 1440, 2160), audio=AUDIO),
    ),
    **rows(
        ("fal-ai/ltx-2/image-to-video", "fal-ai/ltx-2/image-to-video/fast"),
        ModelRow(
            length=seconds(6, 8, 10),
            resolution=lines(1080, 1440, 2160),
            audio=AUDIO,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/ltx-2.3/text-to-video",),
        ModelRow(
            length=seconds(6, 8, 10),
            aspect_ratio=WIDE,
            resolution=lines(1080, 1440, 2160),
            audio=AUDIO,
        ),
    ),
    **rows(
        ("fal-ai/ltx-2.3/text-to-video/fast",),
        ModelRow(
            length=seconds(*range(6, 21, 2)),
            aspect_ratio=WIDE,
            resolution=lines(1080, 1440, 2160),
            audio=AUDIO,
        ),
    ),
    **rows(
        ("fal-ai/ltx-2.3/image-to-video",),
        ModelRow(
            length=seconds(6, 8, 10),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(1080, 1440, 2160),
            audio=AUDIO,
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("fal-ai/ltx-2.3/image-to-video/fast",),
        ModelRow(
            length=seconds(*range(6, 21, 2)),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(1080, 1440, 2160),
            audio=AUDIO,
            images=(IMAGE, END),
        ),
    ),
    **rows(("fal-ai/ltx-2.3/extend-video",), ModelRow(length=Length(low=2, high=20), video=VIDEO)),
    **rows(("fal-ai/ltx-2.3/retake-video",), ModelRow(length=Length(), video=VIDEO)),
    **rows(
        ("fal-ai/ltx-2-19b/text-to-video",),
        ModelRow(
            length=_LTX_19B_FRAMES,
            aspect_ratio=Choice(field="video_size", values=tuple(_LTX_PRESETS), wire=_LTX_PRESETS),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
        ),
    ),
    **rows(
        ("fal-ai/ltx-2-19b/image-to-video",),
        ModelRow(
            length=_LTX_19B_FRAMES,
            aspect_ratio=Choice(
                field="video_size", values=("auto", *_LTX_PRESETS), wire=_LTX_PRESETS
            ),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=EXPANSION,
            images=(IMAGE, END),
        ),
    ),
}

LTX: Final = limited(
    _ROWS,
    MediaLimits(
        uploaded=ANY_SIZE,
        formats=(
            "image/png",
            "image/jpeg",
            "image/webp",
            "image/avif",
            "image/heif",
            "image/heic",
        ),
        source="fal-ai/fal-js:libs/client/src/types/endpoints.ts, 2026-08-02",
    ),
)
