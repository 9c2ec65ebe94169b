"""What fal's endpoints of Kling 1.x and 2.x take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import ImageSlot, ModelRow
from .parts import AUDIO, END, IMAGE, KEEP_SOUND, START, SUBJECT, THREE_RATIOS, VIDEO, rows, seconds

_TAIL: Final = ImageSlot(field="tail_image_url", roles=("last_frame",))

KLING: Final = {
    **rows(
        (
            "fal-ai/kling-video/v1/standard/text-to-video",
            "fal-ai/kling-video/v1.5/pro/text-to-video",
            "fal-ai/kling-video/v1.6/standard/text-to-video",
            "fal-ai/kling-video/v1.6/pro/text-to-video",
            "fal-ai/kling-video/v2/master/text-to-video",
            "fal-ai/kling-video/v2.1/master/text-to-video",
            "fal-ai/kling-video/v2.5-turbo/pro/text-to-video",
        ),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=THREE_RATIOS,
            negative_prompt="negative_prompt",
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v1/standard/image-to-video",
            "fal-ai/kling-video/v2.1/pro/image-to-video",
            "fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
        ),
        ModelRow(
            length=seconds(5, 10, form="text"),
            negative_prompt="negative_prompt",
            images=(IMAGE, _TAIL),
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v1.5/pro/image-to-video",
            "fal-ai/kling-video/v1.6/pro/image-to-video",
        ),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=THREE_RATIOS,
            negative_prompt="negative_prompt",
            images=(IMAGE, _TAIL),
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v1.6/standard/image-to-video",
            "fal-ai/kling-video/v2/master/image-to-video",
            "fal-ai/kling-video/v2.1/master/image-to-video",
            "fal-ai/kling-video/v2.1/standard/image-to-video",
            "fal-ai/kling-video/v2.5-turbo/standard/image-to-video",
        ),
        ModelRow(
            length=seconds(5, 10, form="text"), negative_prompt="negative_prompt", images=(IMAGE,)
        ),
    ),
    **rows(
        ("fal-ai/kling-video/v1.6/standard/elements", "fal-ai/kling-video/v1.6/pro/elements"),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=THREE_RATIOS,
            negative_prompt="negative_prompt",
            images=(
                ImageSlot(
                    field="input_image_urls",
                    roles=("reference", "asset"),
                    many=True,
                    required=True,
                    most=4,
                ),
            ),
        ),
    ),
    **rows(
        ("fal-ai/kling-video/v2.6/pro/text-to-video",),
        ModelRow(
            length=seconds(5, 10, form="text"),
            aspect_ratio=THREE_RATIOS,
            audio=AUDIO,
            negative_prompt="negative_prompt",
        ),
    ),
    **rows(
        ("fal-ai/kling-video/v2.6/pro/image-to-video",),
        ModelRow(
            length=seconds(5, 10, form="text"),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            images=(START, END),
        ),
    ),
    **rows(
        (
            "fal-ai/kling-video/v2.6/pro/motion-control",
            "fal-ai/kling-video/v2.6/standard/motion-control",
        ),
        ModelRow(
            audio=KEEP_SOUND, images=(SUBJECT,), video=VIDEO, required=("character_orientation",)
        ),
    ),
    **rows(
        ("fal-ai/kling-video/v1.6/standard/effects",),
        ModelRow(
            prompt=None,
            length=seconds(5, 10, form="text"),
            images=(
                ImageSlot(
                    field="input_image_urls", roles=("first_frame", "reference", "asset"), many=True
                ),
            ),
            required=("effect_scene",),
        ),
    ),
}
