"""What fal's endpoints of Google Veo take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import ImageSlot, ModelRow, Switch
from .parts import AUDIO, IMAGE, THREE_RATIOS, VIDEO, WIDE, WIDE_OR_AUTO, lines, rows, seconds

_VEO_2_LENGTH: Final = seconds(5, 6, 7, 8, form="seconds")
_VEO_FIRST: Final = ImageSlot(field="first_frame_url", roles=("first_frame",), required=True)
_VEO_LAST: Final = ImageSlot(field="last_frame_url", roles=("last_frame",), required=True)

# fal's schema of 2026-08-02 no longer lists Veo 2 and Veo 3; the rows stay while it may serve them.
# A picture that is neither 16:9 nor 9:16 is cropped: fal's schema, 2026-08-02, of `image_url`.
# `auto_fix` rewrites a prompt only after a refusal, so it is not `enhance_prompt`.
VEO: Final = {
    **rows(
        ("fal-ai/veo2",),
        ModelRow(
            length=_VEO_2_LENGTH,
            aspect_ratio=THREE_RATIOS,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=Switch(field="enhance_prompt"),
        ),
    ),
    **rows(("fal-ai/veo2/image-to-video",), ModelRow(length=_VEO_2_LENGTH, images=(IMAGE,))),
    **rows(
        ("fal-ai/veo3", "fal-ai/veo3/fast", "fal-ai/veo3.1/lite"),
        ModelRow(
            length=seconds(4, 6, 8, form="seconds"),
            aspect_ratio=WIDE,
            resolution=lines(720, 1080),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **rows(
        (
            "fal-ai/veo3/image-to-video",
            "fal-ai/veo3/fast/image-to-video",
            "fal-ai/veo3.1/lite/image-to-video",
        ),
        ModelRow(
            length=seconds(4, 6, 8, form="seconds"),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(720, 1080),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(IMAGE,),
            frames="crops",
        ),
    ),
    **rows(
        ("fal-ai/veo3.1", "fal-ai/veo3.1/fast"),
        ModelRow(
            length=seconds(4, 6, 8, form="seconds"),
            aspect_ratio=WIDE,
            resolution=lines(720, 1080, "4k"),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/veo3.1/image-to-video", "fal-ai/veo3.1/fast/image-to-video"),
        ModelRow(
            length=seconds(4, 6, 8, form="seconds"),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(720, 1080, "4k"),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(IMAGE,),
            frames="crops",
        ),
    ),
    **rows(
        ("fal-ai/veo3.1/first-last-frame-to-video", "fal-ai/veo3.1/fast/first-last-frame-to-video"),
        ModelRow(
            length=seconds(4, 6, 8, form="seconds"),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(720, 1080, "4k"),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_VEO_FIRST, _VEO_LAST),
            frames="crops",
        ),
    ),
    **rows(
        ("fal-ai/veo3.1/lite/first-last-frame-to-video",),
        ModelRow(
            length=seconds(8, form="seconds"),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(720, 1080),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_VEO_FIRST, _VEO_LAST),
            frames="crops",
        ),
    ),
    **rows(
        ("fal-ai/veo3.1/reference-to-video",),
        ModelRow(
            length=seconds(8, form="seconds"),
            aspect_ratio=WIDE,
            resolution=lines(720, 1080, "4k"),
            audio=AUDIO,
            images=(
                ImageSlot(
                    field="image_urls",
                    roles=("reference", "asset"),
                    many=True,
                    required=True,
                    most=3,
                ),
            ),
        ),
    ),
    **rows(
        ("fal-ai/veo3.1/extend-video", "fal-ai/veo3.1/fast/extend-video"),
        ModelRow(
            length=seconds(7, form="seconds"),
            aspect_ratio=WIDE_OR_AUTO,
            resolution=lines(720),
            audio=AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            video=VIDEO,
        ),
    ),
}
