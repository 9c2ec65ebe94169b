"""What fal's endpoints of Kling 3, O1 and O3 take: data, no logic; the package names the source."""

from typing import Final

import attrs

from ....catalog.limits import ANY_SIZE, MB, MediaLimits
from ....catalog.rows import Ignored, ImageSlot, ModelRow, Switch
from .parts import (
    AUDIO,
    END,
    IMAGE,
    IMAGES,
    KEEP_SOUND,
    START,
    START_MAYBE,
    SUBJECT,
    THREE_RATIOS,
    THREE_RATIOS_OR_AUTO,
    VIDEO,
    limited,
    rows,
    seconds,
)

_KEEP_AUDIO: Final = Switch(field="keep_audio")
_IMAGES_4: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=4)
# fal refuses a prompt beside shots of their own.
_SHOTS: Final = (Ignored(name="prompt", beside=("multi_prompt",)),)

# O1 takes seven references in all, four beside a video; `elements` count too.
_ROWS: Final = {
    **rows(
        (
            "fal-ai/kling-video/v3/standard/text-to-video",
            "fal-ai/kling-video/v3/pro/text-to-video",
            "fal-ai/kling-video/v3/4k/text-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"),
            aspect_ratio=THREE_RATIOS,
            audio=AUDIO,
            negative_prompt="negative_prompt",
            rules=_SHOTS,
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v3/standard/image-to-video",
            "fal-ai/kling-video/v3/pro/image-to-video",
            "fal-ai/kling-video/v3/4k/image-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            images=(START, END),
            rules=_SHOTS,
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v3/turbo/standard/text-to-video",
            "fal-ai/kling-video/v3/turbo/pro/text-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"), aspect_ratio=THREE_RATIOS, rules=_SHOTS
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v3/turbo/pro/image-to-video",
            "fal-ai/kling-video/v3/turbo/standard/image-to-video",
        ),
        ModelRow(length=seconds(*range(3, 16), form="text"), images=(IMAGE,), rules=_SHOTS),
    ),
    **rows(
        (
            "fal-ai/kling-video/v3/pro/motion-control",
            "fal-ai/kling-video/v3/standard/motion-control",
        ),
        ModelRow(
            audio=KEEP_SOUND, images=(SUBJECT,), video=VIDEO, required=("character_orientation",)
        ),
    ),
    **rows(
        ("fal-ai/kling-video/o1/image-to-video", "fal-ai/kling-video/o1/standard/image-to-video"),
        ModelRow(length=seconds(*range(3, 11), form="text"), images=(START, END)),
    ),
    **rows(
        (
            "fal-ai/kling-video/o1/reference-to-video",
            "fal-ai/kling-video/o1/standard/reference-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 11), form="text"),
            aspect_ratio=THREE_RATIOS,
            images=(
                ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=7),
            ),
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/o1/video-to-video/edit",
            "fal-ai/kling-video/o1/standard/video-to-video/edit",
        ),
        ModelRow(audio=_KEEP_AUDIO, images=(_IMAGES_4,), video=VIDEO),
    ),
    **rows(
        (
            "fal-ai/kling-video/o1/video-to-video/reference",
            "fal-ai/kling-video/o1/standard/video-to-video/reference",
        ),
        ModelRow(
            length=seconds(*range(3, 11), form="text"),
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            audio=_KEEP_AUDIO,
            images=(_IMAGES_4,),
            video=VIDEO,
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/o3/standard/text-to-video",
            "fal-ai/kling-video/o3/pro/text-to-video",
            "fal-ai/kling-video/o3/4k/text-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"),
            aspect_ratio=THREE_RATIOS,
            audio=AUDIO,
            rules=_SHOTS,
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/o3/standard/image-to-video",
            "fal-ai/kling-video/o3/pro/image-to-video",
            "fal-ai/kling-video/o3/4k/image-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"),
            audio=AUDIO,
            images=(IMAGE, END),
            rules=_SHOTS,
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/o3/standard/reference-to-video",
            "fal-ai/kling-video/o3/pro/reference-to-video",
            "fal-ai/kling-video/o3/4k/reference-to-video",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"),
            aspect_ratio=THREE_RATIOS,
            audio=AUDIO,
            images=(START_MAYBE, END, IMAGES),
            rules=_SHOTS,
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/o3/pro/video-to-video/edit",
            "fal-ai/kling-video/o3/standard/video-to-video/edit",
        ),
        ModelRow(audio=_KEEP_AUDIO, images=(IMAGES,), video=VIDEO),
    ),
    **rows(
        (
            "fal-ai/kling-video/o3/pro/video-to-video/reference",
            "fal-ai/kling-video/o3/standard/video-to-video/reference",
        ),
        ModelRow(
            length=seconds(*range(3, 16), form="text"),
            aspect_ratio=THREE_RATIOS_OR_AUTO,
            audio=_KEEP_AUDIO,
            images=(IMAGES,),
            video=VIDEO,
        ),
    ),
}

# fal's descriptions of the fields, 2026-08-02: each side of a picture, its ratio, and the sizes.
_SOURCE: Final = "fal-ai/fal-js:libs/client/src/types/endpoints.ts, 2026-08-02"
_PICTURES: Final = MediaLimits(
    uploaded=ANY_SIZE, side=(300, None), ratio=(0.4, 2.5), source=_SOURCE
)
_FORMATS: Final = ("image/jpeg", "image/png")
_O1: Final = attrs.evolve(_PICTURES, uploaded=10 * MB, formats=_FORMATS)
_TURBO: Final = attrs.evolve(_PICTURES, uploaded=50 * MB, formats=_FORMATS)
_VIDEOS: Final = MediaLimits(
    uploaded=200 * MB, formats=("video/mp4", "video/quicktime"), source=_SOURCE
)

KLING_3: Final = (
    limited(_ROWS, _PICTURES, _VIDEOS)
    | limited({name: row for name, row in _ROWS.items() if "/o1/" in name}, _O1, _VIDEOS)
    | limited({name: row for name, row in _ROWS.items() if "/turbo/" in name}, _TURBO)
)
