"""What each of fal's video endpoints takes, one row an endpoint: data, no logic.

Source: wire/fal.md, section 6, read from fal's own schemas of 2026-04-07 and 2026-08-02.
Fields without a standard name are left to ``extra_params``; a row names them only where the
endpoint requires them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ...catalog.rows import (
    Choice,
    Frames,
    Ignored,
    ImageSlot,
    Length,
    ModelRow,
    Size,
    Switch,
    VideoSlot,
)
from .edits import EDITS


def _rows(ids: tuple[str, ...], row: ModelRow) -> dict[str, ModelRow]:
    return dict.fromkeys(ids, row)


# Aspect ratios that several families share.
_WIDE: Final = Choice(field="aspect_ratio", values=("16:9", "9:16"))
_WIDE_OR_AUTO: Final = Choice(field="aspect_ratio", values=("auto", "16:9", "9:16"))
_THREE_RATIOS: Final = Choice(field="aspect_ratio", values=("16:9", "9:16", "1:1"))
_THREE_RATIOS_OR_AUTO: Final = Choice(field="aspect_ratio", values=("auto", "16:9", "9:16", "1:1"))
_FIVE_RATIOS: Final = Choice(field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4"))
_SIX_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
)
_SIX_RATIOS_OR_AUTO: Final = Choice(
    field="aspect_ratio", values=("auto", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
)
_SIX_RATIOS_OR_ADAPTIVE: Final = Choice(
    field="aspect_ratio", values=("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
)
_SEVEN_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21")
)

# Resolutions.

_LINES_360_520_720_1080: Final = Choice(
    field="resolution", values=("360p", "520p", "720p", "1080p")
)
_LINES_360_540_720: Final = Choice(field="resolution", values=("360p", "540p", "720p"))
_LINES_360_540_720_1080: Final = Choice(
    field="resolution", values=("360p", "540p", "720p", "1080p")
)
_LINES_480: Final = Choice(field="resolution", values=("480p",))
_LINES_480_580_720: Final = Choice(field="resolution", values=("480p", "580p", "720p"))
_LINES_480_720: Final = Choice(field="resolution", values=("480p", "720p"))
_LINES_480_720_1080: Final = Choice(field="resolution", values=("480p", "720p", "1080p"))
_LINES_480_720_1080_4K: Final = Choice(field="resolution", values=("480p", "720p", "1080p", "4k"))
_LINES_540_720_1080: Final = Choice(field="resolution", values=("540p", "720p", "1080p"))
_LINES_580_720: Final = Choice(field="resolution", values=("580p", "720p"))
_LINES_720: Final = Choice(field="resolution", values=("720p",))
_LINES_720_1080: Final = Choice(field="resolution", values=("720p", "1080p"))
_LINES_720_1080_TRUE_1080: Final = Choice(
    field="resolution", values=("720p", "1080p", "true_1080p")
)
_LINES_720_1080_4K: Final = Choice(field="resolution", values=("720p", "1080p", "4k"))
_LINES_1080_1440_2160: Final = Choice(field="resolution", values=("1080p", "1440p", "2160p"))
_LINES_AUTO_480_720: Final = Choice(field="resolution", values=("auto", "480p", "720p"))
_LINES_AUTO_720: Final = Choice(field="resolution", values=("auto", "720p"))
_LINES_AUTO_720_1080_TRUE_1080: Final = Choice(
    field="resolution", values=("auto", "720p", "1080p", "true_1080p")
)

# Lengths: the JSON type is section 6.1's.

_TEXT_5_8: Final = Length(choices=(5, 8), form="text")
_TEXT_5_8_10: Final = Length(choices=(5, 8, 10), form="text")
_TEXT_5_10: Final = Length(choices=(5, 10), form="text")
_TEXT_5_10_15: Final = Length(choices=(5, 10, 15), form="text")
_TEXT_6_10: Final = Length(choices=(6, 10), form="text")
_TEXT_2_TO_12: Final = Length(choices=tuple(range(2, 13)), form="text")
_TEXT_3_TO_10: Final = Length(choices=tuple(range(3, 11)), form="text")
_TEXT_3_TO_15: Final = Length(choices=tuple(range(3, 16)), form="text")
_TEXT_4_TO_12: Final = Length(choices=tuple(range(4, 13)), form="text")
_TEXT_4_TO_15: Final = Length(choices=tuple(range(4, 16)), form="text")
_NUMBER_5_10: Final = Length(choices=(5, 10))
_NUMBER_2_TO_8: Final = Length(choices=tuple(range(2, 9)))
_NUMBER_2_TO_10: Final = Length(choices=tuple(range(2, 11)))
_NUMBER_2_TO_15: Final = Length(choices=tuple(range(2, 16)))
_NUMBER_3_TO_15: Final = Length(choices=tuple(range(3, 16)))
_SECONDS_5_9: Final = Length(choices=(5, 9), form="seconds")
_SECONDS_5_10: Final = Length(choices=(5, 10), form="seconds")
# The schema tells no range.
_ANY_LENGTH: Final = Length()

# Switches.

_AUDIO: Final = Switch(field="generate_audio")
_EXPANSION: Final = Switch(field="enable_prompt_expansion")

# Images. A subject is a picture that is not a frame; a bare image of a request may stand there.

_IMAGE: Final = ImageSlot(field="image_url", roles=("first_frame",), required=True)
_IMAGE_MAYBE: Final = ImageSlot(field="image_url", roles=("first_frame",))
_SUBJECT: Final = ImageSlot(field="image_url", roles=("first_frame", "reference"), required=True)
_SUBJECT_MAYBE: Final = ImageSlot(field="image_url", roles=("first_frame", "reference"))
_START: Final = ImageSlot(field="start_image_url", roles=("first_frame",), required=True)
_START_MAYBE: Final = ImageSlot(field="start_image_url", roles=("first_frame",))
_END: Final = ImageSlot(field="end_image_url", roles=("last_frame",))
_END_MUST: Final = ImageSlot(field="end_image_url", roles=("last_frame",), required=True)
_IMAGES: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True)
_REFERENCES: Final = ImageSlot(
    field="reference_image_urls", roles=("reference", "asset"), many=True
)
_REFERENCES_MUST: Final = ImageSlot(
    field="reference_image_urls", roles=("reference", "asset"), many=True, required=True
)

# Videos.

_VIDEO: Final = VideoSlot(required=True)
_VIDEO_MAYBE: Final = VideoSlot()
_VIDEOS: Final = VideoSlot(field="video_urls", many=True)
_VIDEOS_MUST: Final = VideoSlot(field="video_urls", many=True, required=True)
_REFERENCE_VIDEOS: Final = VideoSlot(field="reference_video_urls", many=True)


# Google Veo: wire/fal.md, section 6.4.
# fal's schema of 2026-08-02 no longer lists Veo 2 and Veo 3; the rows stay while it may serve them.
# `auto_fix` rewrites a prompt only after a refusal, so it is not `enhance_prompt`.

_VEO_LENGTH: Final = Length(choices=(4, 6, 8), form="seconds")
_VEO_2_LENGTH: Final = Length(choices=(5, 6, 7, 8), form="seconds")
_VEO_ONLY_8: Final = Length(choices=(8,), form="seconds")
_VEO_ONLY_7: Final = Length(choices=(7,), form="seconds")
_VEO_ENHANCE: Final = Switch(field="enhance_prompt")
_VEO_FIRST: Final = ImageSlot(field="first_frame_url", roles=("first_frame",), required=True)
_VEO_LAST: Final = ImageSlot(field="last_frame_url", roles=("last_frame",), required=True)
_VEO_REFERENCES: Final = ImageSlot(
    field="image_urls", roles=("reference", "asset"), many=True, required=True, most=3
)

_VEO: Final = {
    **_rows(
        ("fal-ai/veo2",),
        ModelRow(
            length=_VEO_2_LENGTH,
            aspect_ratio=_THREE_RATIOS,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_VEO_ENHANCE,
        ),
    ),
    **_rows(("fal-ai/veo2/image-to-video",), ModelRow(length=_VEO_2_LENGTH, images=(_IMAGE,))),
    **_rows(
        ("fal-ai/veo3", "fal-ai/veo3/fast", "fal-ai/veo3.1/lite"),
        ModelRow(
            length=_VEO_LENGTH,
            aspect_ratio=_WIDE,
            resolution=_LINES_720_1080,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **_rows(
        (
            "fal-ai/veo3/image-to-video",
            "fal-ai/veo3/fast/image-to-video",
            "fal-ai/veo3.1/lite/image-to-video",
        ),
        ModelRow(
            length=_VEO_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_720_1080,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/veo3.1", "fal-ai/veo3.1/fast"),
        ModelRow(
            length=_VEO_LENGTH,
            aspect_ratio=_WIDE,
            resolution=_LINES_720_1080_4K,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/veo3.1/image-to-video", "fal-ai/veo3.1/fast/image-to-video"),
        ModelRow(
            length=_VEO_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_720_1080_4K,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/veo3.1/first-last-frame-to-video", "fal-ai/veo3.1/fast/first-last-frame-to-video"),
        ModelRow(
            length=_VEO_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_720_1080_4K,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_VEO_FIRST, _VEO_LAST),
        ),
    ),
    **_rows(
        ("fal-ai/veo3.1/lite/first-last-frame-to-video",),
        ModelRow(
            length=_VEO_ONLY_8,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_720_1080,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_VEO_FIRST, _VEO_LAST),
        ),
    ),
    **_rows(
        ("fal-ai/veo3.1/reference-to-video",),
        ModelRow(
            length=_VEO_ONLY_8,
            aspect_ratio=_WIDE,
            resolution=_LINES_720_1080_4K,
            audio=_AUDIO,
            images=(_VEO_REFERENCES,),
        ),
    ),
    **_rows(
        ("fal-ai/veo3.1/extend-video", "fal-ai/veo3.1/fast/extend-video"),
        ModelRow(
            length=_VEO_ONLY_7,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_720,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            video=_VIDEO,
        ),
    ),
}


# OpenAI Sora 2: wire/fal.md, section 6.5.
# fal's schema of 2026-08-02 no longer lists Sora 2; the rows stay while it may serve them.

_SORA_LENGTH: Final = Length(choices=(4, 8, 12, 16, 20))

_SORA: Final = {
    **_rows(
        ("fal-ai/sora-2/text-to-video",),
        ModelRow(length=_SORA_LENGTH, aspect_ratio=_WIDE, resolution=_LINES_720),
    ),
    **_rows(
        ("fal-ai/sora-2/text-to-video/pro",),
        ModelRow(length=_SORA_LENGTH, aspect_ratio=_WIDE, resolution=_LINES_720_1080_TRUE_1080),
    ),
    **_rows(
        ("fal-ai/sora-2/image-to-video",),
        ModelRow(
            length=_SORA_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_AUTO_720,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/sora-2/image-to-video/pro",),
        ModelRow(
            length=_SORA_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_AUTO_720_1080_TRUE_1080,
            images=(_IMAGE,),
        ),
    ),
    **_rows(("fal-ai/sora-2/video-to-video/remix",), ModelRow(required=("video_id",))),
    **_rows(("fal-ai/sora-2/characters",), ModelRow(prompt=None, video=_VIDEO, required=("name",))),
}


# Kling 1.x and 2.x: wire/fal.md, section 6.6.

_KEEP_SOUND: Final = Switch(field="keep_original_sound")
_TAIL: Final = ImageSlot(field="tail_image_url", roles=("last_frame",))
_KLING_ELEMENTS: Final = ImageSlot(
    field="input_image_urls", roles=("reference", "asset"), many=True, required=True, most=4
)
_KLING_EFFECT_IMAGES: Final = ImageSlot(
    field="input_image_urls", roles=("first_frame", "reference", "asset"), many=True
)

_KLING: Final = {
    **_rows(
        (
            "fal-ai/kling-video/v1/standard/text-to-video",
            "fal-ai/kling-video/v1.5/pro/text-to-video",
            "fal-ai/kling-video/v1.6/standard/text-to-video",
            "fal-ai/kling-video/v1.6/pro/text-to-video",
            "fal-ai/kling-video/v2/master/text-to-video",
            "fal-ai/kling-video/v2.1/master/text-to-video",
            "fal-ai/kling-video/v2.5-turbo/pro/text-to-video",
        ),
        ModelRow(length=_TEXT_5_10, aspect_ratio=_THREE_RATIOS, negative_prompt="negative_prompt"),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v1/standard/image-to-video",
            "fal-ai/kling-video/v2.1/pro/image-to-video",
            "fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
        ),
        ModelRow(length=_TEXT_5_10, negative_prompt="negative_prompt", images=(_IMAGE, _TAIL)),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v1.5/pro/image-to-video",
            "fal-ai/kling-video/v1.6/pro/image-to-video",
        ),
        ModelRow(
            length=_TEXT_5_10,
            aspect_ratio=_THREE_RATIOS,
            negative_prompt="negative_prompt",
            images=(_IMAGE, _TAIL),
        ),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v1.6/standard/image-to-video",
            "fal-ai/kling-video/v2/master/image-to-video",
            "fal-ai/kling-video/v2.1/master/image-to-video",
            "fal-ai/kling-video/v2.1/standard/image-to-video",
            "fal-ai/kling-video/v2.5-turbo/standard/image-to-video",
        ),
        ModelRow(length=_TEXT_5_10, negative_prompt="negative_prompt", images=(_IMAGE,)),
    ),
    **_rows(
        ("fal-ai/kling-video/v1.6/standard/elements", "fal-ai/kling-video/v1.6/pro/elements"),
        ModelRow(
            length=_TEXT_5_10,
            aspect_ratio=_THREE_RATIOS,
            negative_prompt="negative_prompt",
            images=(_KLING_ELEMENTS,),
        ),
    ),
    **_rows(
        ("fal-ai/kling-video/v2.6/pro/text-to-video",),
        ModelRow(
            length=_TEXT_5_10,
            aspect_ratio=_THREE_RATIOS,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
        ),
    ),
    **_rows(
        ("fal-ai/kling-video/v2.6/pro/image-to-video",),
        ModelRow(
            length=_TEXT_5_10,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            images=(_START, _END),
        ),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v2.6/pro/motion-control",
            "fal-ai/kling-video/v2.6/standard/motion-control",
        ),
        ModelRow(
            audio=_KEEP_SOUND, images=(_SUBJECT,), video=_VIDEO, required=("character_orientation",)
        ),
    ),
    **_rows(
        ("fal-ai/kling-video/v1.6/standard/effects",),
        ModelRow(
            prompt=None,
            length=_TEXT_5_10,
            images=(_KLING_EFFECT_IMAGES,),
            required=("effect_scene",),
        ),
    ),
}


# Kling 3, O1, O3: wire/fal.md, section 6.7.
# O1 takes seven references in all, four beside a video; `elements` count too.

_KEEP_AUDIO: Final = Switch(field="keep_audio")
_IMAGES_4: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=4)
_IMAGES_7: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=7)

# fal refuses a prompt beside shots of their own.
_SHOTS: Final = (Ignored(name="prompt", beside=("multi_prompt",)),)

_KLING_3: Final = {
    **_rows(
        (
            "fal-ai/kling-video/v3/standard/text-to-video",
            "fal-ai/kling-video/v3/pro/text-to-video",
            "fal-ai/kling-video/v3/4k/text-to-video",
        ),
        ModelRow(
            length=_TEXT_3_TO_15,
            aspect_ratio=_THREE_RATIOS,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            rules=_SHOTS,
        ),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v3/standard/image-to-video",
            "fal-ai/kling-video/v3/pro/image-to-video",
            "fal-ai/kling-video/v3/4k/image-to-video",
        ),
        ModelRow(
            length=_TEXT_3_TO_15,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            images=(_START, _END),
            rules=_SHOTS,
        ),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v3/turbo/standard/text-to-video",
            "fal-ai/kling-video/v3/turbo/pro/text-to-video",
        ),
        ModelRow(length=_TEXT_3_TO_15, aspect_ratio=_THREE_RATIOS, rules=_SHOTS),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v3/turbo/pro/image-to-video",
            "fal-ai/kling-video/v3/turbo/standard/image-to-video",
        ),
        ModelRow(length=_TEXT_3_TO_15, images=(_IMAGE,), rules=_SHOTS),
    ),
    **_rows(
        (
            "fal-ai/kling-video/v3/pro/motion-control",
            "fal-ai/kling-video/v3/standard/motion-control",
        ),
        ModelRow(
            audio=_KEEP_SOUND, images=(_SUBJECT,), video=_VIDEO, required=("character_orientation",)
        ),
    ),
    **_rows(
        ("fal-ai/kling-video/o1/image-to-video", "fal-ai/kling-video/o1/standard/image-to-video"),
        ModelRow(length=_TEXT_3_TO_10, images=(_START, _END)),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o1/reference-to-video",
            "fal-ai/kling-video/o1/standard/reference-to-video",
        ),
        ModelRow(length=_TEXT_3_TO_10, aspect_ratio=_THREE_RATIOS, images=(_IMAGES_7,)),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o1/video-to-video/edit",
            "fal-ai/kling-video/o1/standard/video-to-video/edit",
        ),
        ModelRow(audio=_KEEP_AUDIO, images=(_IMAGES_4,), video=_VIDEO),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o1/video-to-video/reference",
            "fal-ai/kling-video/o1/standard/video-to-video/reference",
        ),
        ModelRow(
            length=_TEXT_3_TO_10,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            audio=_KEEP_AUDIO,
            images=(_IMAGES_4,),
            video=_VIDEO,
        ),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o3/standard/text-to-video",
            "fal-ai/kling-video/o3/pro/text-to-video",
            "fal-ai/kling-video/o3/4k/text-to-video",
        ),
        ModelRow(length=_TEXT_3_TO_15, aspect_ratio=_THREE_RATIOS, audio=_AUDIO, rules=_SHOTS),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o3/standard/image-to-video",
            "fal-ai/kling-video/o3/pro/image-to-video",
            "fal-ai/kling-video/o3/4k/image-to-video",
        ),
        ModelRow(length=_TEXT_3_TO_15, audio=_AUDIO, images=(_IMAGE, _END), rules=_SHOTS),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o3/standard/reference-to-video",
            "fal-ai/kling-video/o3/pro/reference-to-video",
            "fal-ai/kling-video/o3/4k/reference-to-video",
        ),
        ModelRow(
            length=_TEXT_3_TO_15,
            aspect_ratio=_THREE_RATIOS,
            audio=_AUDIO,
            images=(_START_MAYBE, _END, _IMAGES),
            rules=_SHOTS,
        ),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o3/pro/video-to-video/edit",
            "fal-ai/kling-video/o3/standard/video-to-video/edit",
        ),
        ModelRow(audio=_KEEP_AUDIO, images=(_IMAGES,), video=_VIDEO),
    ),
    **_rows(
        (
            "fal-ai/kling-video/o3/pro/video-to-video/reference",
            "fal-ai/kling-video/o3/standard/video-to-video/reference",
        ),
        ModelRow(
            length=_TEXT_3_TO_15,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            audio=_KEEP_AUDIO,
            images=(_IMAGES,),
            video=_VIDEO,
        ),
    ),
}


# MiniMax / Hailuo: wire/fal.md, section 6.8.

_OPTIMIZER: Final = Switch(field="prompt_optimizer")
_HAILUO_LINES: Final = Choice(
    field="resolution", values=("512p", "768p"), wire={"512p": "512P", "768p": "768P"}
)
_H3_LINES: Final = Choice(field="resolution", values=("2k",), wire={"2k": "2K"})
# Recast is in no schema of fal's client. Source: github.com/openpaths/openpaths, h3MaxRecastInput
# of its adapter for fal, and the test of it (read in 2026-11).
_RECAST_LINES: Final = Choice(
    field="resolution", values=("768p", "1080p"), wire={"768p": "768P", "1080p": "1080P"}
)
_RECAST_PEOPLE: Final = ImageSlot(
    field="reference_image_urls",
    roles=("first_frame", "reference", "asset"),
    many=True,
    required=True,
    most=4,
)
_MINIMAX_SUBJECT: Final = ImageSlot(
    field="subject_reference_image_url", roles=("reference", "asset"), required=True
)

_MINIMAX: Final = {
    **_rows(
        (
            "fal-ai/minimax/video-01",
            "fal-ai/minimax/video-01-live",
            "fal-ai/minimax/video-01-director",
            "fal-ai/minimax/hailuo-02/pro/text-to-video",
            "fal-ai/minimax/hailuo-2.3/pro/text-to-video",
        ),
        ModelRow(enhance=_OPTIMIZER),
    ),
    **_rows(
        (
            "fal-ai/minimax/video-01/image-to-video",
            "fal-ai/minimax/video-01-live/image-to-video",
            "fal-ai/minimax/video-01-director/image-to-video",
            "fal-ai/minimax/hailuo-2.3/pro/image-to-video",
            "fal-ai/minimax/hailuo-2.3-fast/pro/image-to-video",
        ),
        ModelRow(enhance=_OPTIMIZER, images=(_IMAGE,)),
    ),
    **_rows(
        ("fal-ai/minimax/video-01-subject-reference",),
        ModelRow(enhance=_OPTIMIZER, images=(_MINIMAX_SUBJECT,)),
    ),
    **_rows(
        (
            "fal-ai/minimax/hailuo-02/standard/text-to-video",
            "fal-ai/minimax/hailuo-2.3/standard/text-to-video",
        ),
        ModelRow(length=_TEXT_6_10, enhance=_OPTIMIZER),
    ),
    **_rows(
        ("fal-ai/minimax/hailuo-02/standard/image-to-video",),
        ModelRow(
            length=_TEXT_6_10, resolution=_HAILUO_LINES, enhance=_OPTIMIZER, images=(_IMAGE, _END)
        ),
    ),
    **_rows(
        ("fal-ai/minimax/hailuo-02/pro/image-to-video",),
        ModelRow(enhance=_OPTIMIZER, images=(_IMAGE, _END)),
    ),
    **_rows(
        (
            "fal-ai/minimax/hailuo-02-fast/image-to-video",
            "fal-ai/minimax/hailuo-2.3/standard/image-to-video",
            "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video",
        ),
        ModelRow(length=_TEXT_6_10, enhance=_OPTIMIZER, images=(_IMAGE,)),
    ),
    **_rows(
        ("minimax/h3/text-to-video",),
        ModelRow(length=_ANY_LENGTH, aspect_ratio=_SIX_RATIOS, resolution=_H3_LINES),
    ),
    **_rows(
        ("minimax/h3/image-to-video",),
        ModelRow(length=_ANY_LENGTH, resolution=_H3_LINES, images=(_IMAGE, _END)),
    ),
    **_rows(
        ("minimax/h3/reference-to-video",),
        ModelRow(
            length=_ANY_LENGTH,
            aspect_ratio=_SIX_RATIOS_OR_ADAPTIVE,
            resolution=_H3_LINES,
            images=(_REFERENCES,),
            video=_REFERENCE_VIDEOS,
        ),
    ),
    # One photo for each new person; the lengths and the shape are the video's.
    **_rows(
        ("minimax/h3-max/recast",),
        ModelRow(resolution=_RECAST_LINES, seed="seed", images=(_RECAST_PEOPLE,), video=_VIDEO),
    ),
}


# Wan: wire/fal.md, section 6.9.
# `edit-video` also takes a length of 0, "as the source": that is leaving it out.
# The plain image-to-video of 2.2 is not in fal's schema of 2026-08-02; its page has the frames:
# https://fal.ai/models/fal-ai/wan/v2.2-a14b/image-to-video/llms.txt (2026-11).

_WAN_1_FRAMES: Final = Frames(fps=16, fps_field="frames_per_second", low=81, high=100)
_WAN_2_A14B_FRAMES: Final = Frames(fps=16, fps_field="frames_per_second", low=17, high=161)
_WAN_2_5B_FRAMES: Final = Frames(fps=24, fps_field="frames_per_second", low=17, high=161)
_IMAGES_5: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=5)
_WAN_EDIT_REFERENCE: Final = ImageSlot(field="reference_image_url", roles=("reference", "asset"))

_WAN: Final = {
    **_rows(
        ("fal-ai/wan-t2v",),
        ModelRow(
            length=_WAN_1_FRAMES,
            aspect_ratio=_WIDE,
            resolution=_LINES_480_580_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/wan-i2v",),
        ModelRow(
            length=_WAN_1_FRAMES,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/wan-flf2v",),
        ModelRow(
            length=_WAN_1_FRAMES,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_START, _END_MUST),
        ),
    ),
    **_rows(("fal-ai/wan-pro/text-to-video",), ModelRow(seed="seed")),
    **_rows(("fal-ai/wan-pro/image-to-video",), ModelRow(seed="seed", images=(_IMAGE,))),
    **_rows(
        ("fal-ai/wan/v2.2-a14b/text-to-video",),
        ModelRow(
            length=_WAN_2_A14B_FRAMES,
            aspect_ratio=_THREE_RATIOS,
            resolution=_LINES_480_580_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.2-a14b/text-to-video/turbo",),
        ModelRow(
            aspect_ratio=_THREE_RATIOS,
            resolution=_LINES_480_580_720,
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        (
            "fal-ai/wan/v2.2-a14b/image-to-video",
            "fal-ai/wan/v2.2-a14b/image-to-video/lora",
        ),
        ModelRow(
            length=_WAN_2_A14B_FRAMES,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            resolution=_LINES_480_580_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.2-a14b/image-to-video/turbo",),
        ModelRow(
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            resolution=_LINES_480_580_720,
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.2-a14b/video-to-video",),
        ModelRow(
            length=_WAN_2_A14B_FRAMES,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            resolution=_LINES_480_580_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.2-5b/text-to-video",),
        ModelRow(
            length=_WAN_2_5B_FRAMES,
            aspect_ratio=_THREE_RATIOS,
            resolution=_LINES_580_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.2-5b/image-to-video",),
        ModelRow(
            length=_WAN_2_5B_FRAMES,
            aspect_ratio=_THREE_RATIOS_OR_AUTO,
            resolution=_LINES_580_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.2-14b/animate/move", "fal-ai/wan/v2.2-14b/animate/replace"),
        ModelRow(
            prompt=None,
            resolution=_LINES_480_580_720,
            seed="seed",
            images=(_SUBJECT,),
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("fal-ai/wan-25-preview/text-to-video",),
        ModelRow(
            length=_TEXT_5_10,
            aspect_ratio=_THREE_RATIOS,
            resolution=_LINES_480_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/wan-25-preview/image-to-video",),
        ModelRow(
            length=_TEXT_5_10,
            resolution=_LINES_480_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("wan/v2.6/text-to-video",),
        ModelRow(
            length=_TEXT_5_10_15,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("wan/v2.6/image-to-video",),
        ModelRow(
            length=_TEXT_5_10_15,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("wan/v2.6/image-to-video/flash",),
        ModelRow(
            length=_TEXT_5_10_15,
            resolution=_LINES_720_1080,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("wan/v2.6/reference-to-video",),
        ModelRow(
            length=_TEXT_5_10,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            video=_VIDEOS_MUST,
        ),
    ),
    **_rows(
        ("wan/v2.6/reference-to-video/flash",),
        ModelRow(
            length=_TEXT_5_10,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGES_5,),
            video=_VIDEOS,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.7/text-to-video",),
        ModelRow(
            length=_NUMBER_2_TO_15,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.7/image-to-video",),
        ModelRow(
            length=_NUMBER_2_TO_15,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE_MAYBE, _END),
            video=_VIDEO_MAYBE,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.7/reference-to-video",),
        ModelRow(
            length=_NUMBER_2_TO_10,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_REFERENCES,),
            video=_REFERENCE_VIDEOS,
        ),
    ),
    **_rows(
        ("fal-ai/wan/v2.7/edit-video",),
        ModelRow(
            length=_NUMBER_2_TO_10,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            seed="seed",
            images=(_WAN_EDIT_REFERENCE,),
            video=_VIDEO,
        ),
    ),
}


# ByteDance Seedance: wire/fal.md, section 6.10.
# Version 1 has `num_frames` beside `duration`; 2.0 has the length "auto", its default.

_IMAGES_9: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=9)
# Seedance 2.5: https://fal.ai/models/bytedance/seedance-2.5/{text,image,reference}-to-video/llms.txt
# (2026-10). The length "auto" is its default; an image decides the shape; 50 files in all.
_TEXT_4_TO_30: Final = Length(choices=tuple(range(4, 31)), form="text")
_IMAGES_30: Final = ImageSlot(field="image_urls", roles=("reference", "asset"), many=True, most=30)

_SEEDANCE: Final = {
    **_rows(
        ("fal-ai/bytedance/seedance/v1/lite/text-to-video",),
        ModelRow(
            length=_TEXT_2_TO_12,
            aspect_ratio=_SEVEN_RATIOS,
            resolution=_LINES_480_720_1080,
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/bytedance/seedance/v1/lite/image-to-video",),
        ModelRow(
            length=_TEXT_2_TO_12,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080,
            seed="seed",
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("fal-ai/bytedance/seedance/v1/lite/reference-to-video",),
        ModelRow(
            length=_TEXT_2_TO_12,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            seed="seed",
            images=(_REFERENCES_MUST,),
        ),
    ),
    **_rows(
        (
            "fal-ai/bytedance/seedance/v1/pro/text-to-video",
            "fal-ai/bytedance/seedance/v1/pro/fast/text-to-video",
        ),
        ModelRow(
            length=_TEXT_2_TO_12,
            aspect_ratio=_SIX_RATIOS,
            resolution=_LINES_480_720_1080,
            seed="seed",
        ),
    ),
    # pro also accepts `end_image_url`, and ignores it: no place for a last frame.
    **_rows(
        (
            "fal-ai/bytedance/seedance/v1/pro/image-to-video",
            "fal-ai/bytedance/seedance/v1/pro/fast/image-to-video",
        ),
        ModelRow(
            length=_TEXT_2_TO_12,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080,
            seed="seed",
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/bytedance/seedance/v1.5/pro/text-to-video",),
        ModelRow(
            length=_TEXT_4_TO_12,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080,
            audio=_AUDIO,
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/bytedance/seedance/v1.5/pro/image-to-video",),
        ModelRow(
            length=_TEXT_4_TO_12,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080,
            audio=_AUDIO,
            seed="seed",
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.0/text-to-video",),
        ModelRow(
            length=_TEXT_4_TO_15,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080_4K,
            audio=_AUDIO,
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.0/image-to-video",),
        ModelRow(
            length=_TEXT_4_TO_15,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080_4K,
            audio=_AUDIO,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.0/reference-to-video",),
        ModelRow(
            length=_TEXT_4_TO_15,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080_4K,
            audio=_AUDIO,
            images=(_IMAGES_9,),
            video=_VIDEOS,
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.0/fast/text-to-video", "bytedance/seedance-2.0/mini/text-to-video"),
        ModelRow(
            length=_TEXT_4_TO_15,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            audio=_AUDIO,
        ),
    ),
    **_rows(
        (
            "bytedance/seedance-2.0/fast/image-to-video",
            "bytedance/seedance-2.0/mini/image-to-video",
        ),
        ModelRow(
            length=_TEXT_4_TO_15,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            audio=_AUDIO,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        (
            "bytedance/seedance-2.0/fast/reference-to-video",
            "bytedance/seedance-2.0/mini/reference-to-video",
        ),
        ModelRow(
            length=_TEXT_4_TO_15,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            audio=_AUDIO,
            images=(_IMAGES_9,),
            video=_VIDEOS,
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.5/text-to-video",),
        ModelRow(
            length=_TEXT_4_TO_30,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080,
            audio=_AUDIO,
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.5/image-to-video",),
        ModelRow(
            length=_TEXT_4_TO_30,
            resolution=_LINES_480_720_1080,
            audio=_AUDIO,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("bytedance/seedance-2.5/reference-to-video",),
        ModelRow(
            length=_TEXT_4_TO_30,
            aspect_ratio=_SIX_RATIOS_OR_AUTO,
            resolution=_LINES_480_720_1080,
            audio=_AUDIO,
            seed="seed",
            images=(_IMAGES_30,),
            video=_VIDEOS,
        ),
    ),
}


# PixVerse: wire/fal.md, section 6.11.

_PIXVERSE_6_LENGTH: Final = Length(low=1, high=15)
_PIXVERSE_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4", "2:3", "3:2", "21:9")
)
_AUDIO_SWITCH: Final = Switch(field="generate_audio_switch")
_ORIGINAL_SOUND: Final = Switch(field="original_sound_switch")
_THINKING: Final = Switch(field="thinking_type", on="enabled", off="disabled")
_PIXVERSE_FIRST: Final = ImageSlot(field="first_image_url", roles=("first_frame",), required=True)

_PIXVERSE: Final = {
    **_rows(
        ("fal-ai/pixverse/v4.5/text-to-video", "fal-ai/pixverse/v5/text-to-video"),
        ModelRow(
            length=_TEXT_5_8,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v4.5/text-to-video/fast",),
        ModelRow(
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_360_540_720,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v4.5/image-to-video", "fal-ai/pixverse/v5/image-to-video"),
        ModelRow(
            length=_TEXT_5_8,
            resolution=_LINES_360_540_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v4.5/transition", "fal-ai/pixverse/v5/transition"),
        ModelRow(
            length=_TEXT_5_8,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_PIXVERSE_FIRST, _END_MUST),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v4.5/effects", "fal-ai/pixverse/v5/effects"),
        ModelRow(
            prompt=None,
            length=_TEXT_5_8,
            resolution=_LINES_360_540_720_1080,
            negative_prompt="negative_prompt",
            images=(_SUBJECT,),
            required=("effect",),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v5.5/text-to-video", "fal-ai/pixverse/v5.6/text-to-video"),
        ModelRow(
            length=_TEXT_5_8_10,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v5.5/image-to-video", "fal-ai/pixverse/v5.6/image-to-video"),
        ModelRow(
            length=_TEXT_5_8_10,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v5.5/transition", "fal-ai/pixverse/v5.6/transition"),
        ModelRow(
            length=_TEXT_5_8_10,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(_PIXVERSE_FIRST, _END_MUST),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v6/text-to-video",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            aspect_ratio=_PIXVERSE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v6/image-to-video",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v6/transition",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            aspect_ratio=_PIXVERSE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(_PIXVERSE_FIRST, _END_MUST),
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/extend",),
        ModelRow(
            length=_TEXT_5_8,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/swap",),
        ModelRow(
            prompt=None,
            resolution=_LINES_360_540_720,
            audio=_ORIGINAL_SOUND,
            seed="seed",
            images=(_SUBJECT,),
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/v6/extend",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            resolution=_LINES_360_540_720_1080,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("fal-ai/pixverse/extend/fast",),
        ModelRow(
            resolution=_LINES_360_540_720,
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            video=_VIDEO,
        ),
    ),
    **_rows(("fal-ai/pixverse/lipsync",), ModelRow(prompt=None, video=_VIDEO)),
    **_rows(("fal-ai/pixverse/sound-effects",), ModelRow(audio=_ORIGINAL_SOUND, video=_VIDEO)),
}


# Luma: wire/fal.md, section 6.12.
# `reframe` requires an aspect ratio.

_LUMA_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "4:3", "3:4", "21:9", "9:21")
)

_LUMA: Final = {
    **_rows(
        ("fal-ai/luma-dream-machine/ray-2", "fal-ai/luma-dream-machine/ray-2-flash"),
        ModelRow(length=_SECONDS_5_9, aspect_ratio=_LUMA_RATIOS, resolution=_LINES_540_720_1080),
    ),
    **_rows(
        (
            "fal-ai/luma-dream-machine/ray-2/image-to-video",
            "fal-ai/luma-dream-machine/ray-2-flash/image-to-video",
        ),
        ModelRow(
            length=_SECONDS_5_9,
            aspect_ratio=_LUMA_RATIOS,
            resolution=_LINES_540_720_1080,
            images=(_IMAGE_MAYBE, _END),
        ),
    ),
    **_rows(
        ("fal-ai/luma-dream-machine/ray-2/modify", "fal-ai/luma-dream-machine/ray-2-flash/modify"),
        ModelRow(images=(_SUBJECT_MAYBE,), video=_VIDEO),
    ),
    **_rows(
        (
            "fal-ai/luma-dream-machine/ray-2/reframe",
            "fal-ai/luma-dream-machine/ray-2-flash/reframe",
        ),
        ModelRow(
            aspect_ratio=_SEVEN_RATIOS,
            images=(_SUBJECT_MAYBE,),
            video=_VIDEO,
            needs=("aspect_ratio",),
        ),
    ),
    **_rows(
        ("luma/agent/ray/v3.2/text-to-video",),
        ModelRow(length=_SECONDS_5_10, aspect_ratio=_SIX_RATIOS, resolution=_LINES_540_720_1080),
    ),
    **_rows(
        ("luma/agent/ray/v3.2/image-to-video",),
        ModelRow(
            length=_SECONDS_5_10,
            aspect_ratio=_SIX_RATIOS,
            resolution=_LINES_540_720_1080,
            images=(_IMAGE_MAYBE, _END),
        ),
    ),
    **_rows(
        ("luma/agent/ray/v3.2/video-to-video",),
        ModelRow(
            length=_SECONDS_5_10,
            resolution=_LINES_540_720_1080,
            images=(_START_MAYBE,),
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("luma/agent/ray/v3.2/reframe",),
        ModelRow(
            aspect_ratio=_SIX_RATIOS,
            resolution=_LINES_540_720_1080,
            video=_VIDEO,
            needs=("aspect_ratio",),
        ),
    ),
}


# LTX: wire/fal.md, section 6.13.

_LTX_LENGTH: Final = Length(choices=(6, 8, 10))
_LTX_FAST_LENGTH: Final = Length(choices=tuple(range(6, 21, 2)))
_LTX_EXTEND_LENGTH: Final = Length(low=2, high=20)
_LTXV_FRAMES: Final = Frames(fps=24, fps_field="frame_rate")
_LTX_19B_FRAMES: Final = Frames(fps=25, fps_field="fps")
_LTXV_EXPANSION: Final = Switch(field="expand_prompt")
_LTX_PRESETS: Final = {
    "16:9": "landscape_16_9",
    "9:16": "portrait_16_9",
    "4:3": "landscape_4_3",
    "3:4": "portrait_4_3",
    "1:1": "square_hd",
}
_LTX_SIZES: Final = Choice(field="video_size", values=tuple(_LTX_PRESETS), wire=_LTX_PRESETS)
_LTX_SIZES_OR_AUTO: Final = Choice(
    field="video_size", values=("auto", *_LTX_PRESETS), wire=_LTX_PRESETS
)

_LTX: Final = {
    **_rows(("fal-ai/ltx-video",), ModelRow(negative_prompt="negative_prompt", seed="seed")),
    **_rows(
        ("fal-ai/ltx-video/image-to-video",),
        ModelRow(negative_prompt="negative_prompt", seed="seed", images=(_IMAGE,)),
    ),
    **_rows(
        ("fal-ai/ltxv-13b-098-distilled",),
        ModelRow(
            length=_LTXV_FRAMES,
            aspect_ratio=_THREE_RATIOS,
            resolution=_LINES_480_720,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_LTXV_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/ltx-2/text-to-video", "fal-ai/ltx-2/text-to-video/fast"),
        ModelRow(length=_LTX_LENGTH, resolution=_LINES_1080_1440_2160, audio=_AUDIO),
    ),
    **_rows(
        ("fal-ai/ltx-2/image-to-video", "fal-ai/ltx-2/image-to-video/fast"),
        ModelRow(
            length=_LTX_LENGTH, resolution=_LINES_1080_1440_2160, audio=_AUDIO, images=(_IMAGE,)
        ),
    ),
    **_rows(
        ("fal-ai/ltx-2.3/text-to-video",),
        ModelRow(
            length=_LTX_LENGTH, aspect_ratio=_WIDE, resolution=_LINES_1080_1440_2160, audio=_AUDIO
        ),
    ),
    **_rows(
        ("fal-ai/ltx-2.3/text-to-video/fast",),
        ModelRow(
            length=_LTX_FAST_LENGTH,
            aspect_ratio=_WIDE,
            resolution=_LINES_1080_1440_2160,
            audio=_AUDIO,
        ),
    ),
    **_rows(
        ("fal-ai/ltx-2.3/image-to-video",),
        ModelRow(
            length=_LTX_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_1080_1440_2160,
            audio=_AUDIO,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(
        ("fal-ai/ltx-2.3/image-to-video/fast",),
        ModelRow(
            length=_LTX_FAST_LENGTH,
            aspect_ratio=_WIDE_OR_AUTO,
            resolution=_LINES_1080_1440_2160,
            audio=_AUDIO,
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(("fal-ai/ltx-2.3/extend-video",), ModelRow(length=_LTX_EXTEND_LENGTH, video=_VIDEO)),
    **_rows(("fal-ai/ltx-2.3/retake-video",), ModelRow(length=_ANY_LENGTH, video=_VIDEO)),
    **_rows(
        ("fal-ai/ltx-2-19b/text-to-video",),
        ModelRow(
            length=_LTX_19B_FRAMES,
            aspect_ratio=_LTX_SIZES,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/ltx-2-19b/image-to-video",),
        ModelRow(
            length=_LTX_19B_FRAMES,
            aspect_ratio=_LTX_SIZES_OR_AUTO,
            audio=_AUDIO,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE, _END),
        ),
    ),
}


# Hunyuan Video: wire/fal.md, section 6.14.

_HUNYUAN_FRAMES: Final = Frames(fps=24, choices=(85, 129), form="text")
_HUNYUAN_IMAGE_FRAMES: Final = Frames(fps=24, choices=(129,), form="text")
_HUNYUAN_15_FRAMES: Final = Frames(fps=24)

_HUNYUAN: Final = {
    **_rows(
        ("fal-ai/hunyuan-video",),
        ModelRow(
            length=_HUNYUAN_FRAMES, aspect_ratio=_WIDE, resolution=_LINES_480_580_720, seed="seed"
        ),
    ),
    **_rows(
        ("fal-ai/hunyuan-video-image-to-video",),
        ModelRow(
            length=_HUNYUAN_IMAGE_FRAMES,
            aspect_ratio=_WIDE,
            resolution=_LINES_720,
            seed="seed",
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/hunyuan-video/video-to-video",),
        ModelRow(
            length=_HUNYUAN_FRAMES,
            aspect_ratio=_WIDE,
            resolution=_LINES_480_580_720,
            seed="seed",
            video=_VIDEO,
        ),
    ),
    **_rows(
        ("fal-ai/hunyuan-video-v1.5/text-to-video",),
        ModelRow(
            length=_HUNYUAN_15_FRAMES,
            aspect_ratio=_WIDE,
            resolution=_LINES_480,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
        ),
    ),
    **_rows(
        ("fal-ai/hunyuan-video-v1.5/image-to-video",),
        ModelRow(
            length=_HUNYUAN_15_FRAMES,
            aspect_ratio=_WIDE,
            resolution=_LINES_480,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_EXPANSION,
            images=(_IMAGE,),
        ),
    ),
}


# xAI Grok Imagine: wire/fal.md, section 6.15.
# The range of the length is mark C: the same model elsewhere.

_GROK_LENGTH: Final = Length(low=1, high=15)
_GROK_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3")
)
_GROK_RATIOS_OR_AUTO: Final = Choice(
    field="aspect_ratio", values=("auto", "16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3")
)
_GROK_REFERENCES: Final = ImageSlot(
    field="reference_image_urls", roles=("reference", "asset"), many=True, required=True, most=7
)

_GROK: Final = {
    **_rows(
        ("xai/grok-imagine-video/text-to-video",),
        ModelRow(length=_GROK_LENGTH, aspect_ratio=_GROK_RATIOS, resolution=_LINES_480_720),
    ),
    **_rows(
        ("xai/grok-imagine-video/image-to-video",),
        ModelRow(
            length=_GROK_LENGTH,
            aspect_ratio=_GROK_RATIOS_OR_AUTO,
            resolution=_LINES_480_720,
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("xai/grok-imagine-video/reference-to-video",),
        ModelRow(
            length=_GROK_LENGTH,
            aspect_ratio=_GROK_RATIOS,
            resolution=_LINES_480_720,
            images=(_GROK_REFERENCES,),
        ),
    ),
    **_rows(
        ("xai/grok-imagine-video/edit-video",),
        ModelRow(resolution=_LINES_AUTO_480_720, video=_VIDEO),
    ),
    **_rows(("xai/grok-imagine-video/extend-video",), ModelRow(length=_GROK_LENGTH, video=_VIDEO)),
    **_rows(
        ("xai/grok-imagine-video/v1.5/image-to-video",),
        ModelRow(length=_GROK_LENGTH, resolution=_LINES_480_720_1080, images=(_IMAGE,)),
    ),
}


# Others (Vidu, Pika, Happy Horse, Gemini Omni): wire/fal.md, section 6.16.

# The schema tells no range of Gemini Omni's length.
_OMNI_LENGTH: Final = Length(low=3, high=10)
_PIKA_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3")
)
_HORSE_RATIOS: Final = Choice(
    field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "5:4", "4:5")
)
_VIDU_AUDIO: Final = Switch(field="audio")
_IMAGES_MUST: Final = ImageSlot(
    field="image_urls", roles=("reference", "asset"), many=True, required=True
)
_PIKA_IMAGES: Final = ImageSlot(
    field="image_urls", roles=("first_frame", "reference", "asset"), many=True, required=True
)
_MAREY_SIZES: Final = Size(
    field="dimensions",
    sizes={
        "1920x1080": (1920, 1080),
        "1152x1152": (1152, 1152),
        "1536x1152": (1536, 1152),
        "1152x1536": (1152, 1536),
    },
)
_MAREY_IMAGE_SIZES: Final = Size(
    field="dimensions",
    sizes={
        "1920x1080": (1920, 1080),
        "1080x1920": (1080, 1920),
        "1152x1152": (1152, 1152),
        "1536x1152": (1536, 1152),
        "1152x1536": (1152, 1536),
    },
)

_OTHERS: Final = {
    **_rows(("fal-ai/vidu/q1/text-to-video",), ModelRow(aspect_ratio=_THREE_RATIOS, seed="seed")),
    **_rows(
        ("fal-ai/vidu/q2/text-to-video",),
        ModelRow(
            length=_NUMBER_2_TO_8,
            aspect_ratio=_THREE_RATIOS,
            resolution=_LINES_360_520_720_1080,
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/vidu/q3/text-to-video",),
        ModelRow(
            length=_ANY_LENGTH,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_360_540_720_1080,
            audio=_VIDU_AUDIO,
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/vidu/q3/image-to-video",),
        ModelRow(
            length=_ANY_LENGTH,
            resolution=_LINES_360_540_720_1080,
            audio=_VIDU_AUDIO,
            seed="seed",
            images=(_IMAGE, _END),
        ),
    ),
    **_rows(("fal-ai/vidu/q1/image-to-video",), ModelRow(seed="seed", images=(_IMAGE,))),
    **_rows(
        ("fal-ai/vidu/q1/start-end-to-video",), ModelRow(seed="seed", images=(_START, _END_MUST))
    ),
    **_rows(
        ("fal-ai/vidu/q1/reference-to-video",),
        ModelRow(aspect_ratio=_THREE_RATIOS, seed="seed", images=(_REFERENCES_MUST,)),
    ),
    **_rows(
        ("fal-ai/vidu/q2/image-to-video/pro",),
        ModelRow(
            length=_NUMBER_2_TO_8, resolution=_LINES_720_1080, seed="seed", images=(_IMAGE, _END)
        ),
    ),
    **_rows(
        ("fal-ai/pika/v2.2/text-to-video",),
        ModelRow(
            length=_NUMBER_5_10,
            aspect_ratio=_PIKA_RATIOS,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **_rows(
        ("fal-ai/pika/v2.2/image-to-video",),
        ModelRow(
            length=_NUMBER_5_10,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_IMAGE,),
        ),
    ),
    **_rows(
        ("fal-ai/pika/v2.2/pikaframes",),
        ModelRow(
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_PIKA_IMAGES,),
        ),
    ),
    **_rows(
        ("fal-ai/pika/v2.2/pikascenes",),
        ModelRow(
            length=_NUMBER_5_10,
            aspect_ratio=_PIKA_RATIOS,
            resolution=_LINES_720_1080,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_PIKA_IMAGES,),
        ),
    ),
    **_rows(
        ("alibaba/happy-horse/text-to-video",),
        ModelRow(
            length=_NUMBER_3_TO_15,
            aspect_ratio=_FIVE_RATIOS,
            resolution=_LINES_720_1080,
            seed="seed",
        ),
    ),
    **_rows(
        ("alibaba/happy-horse/image-to-video", "alibaba/happy-horse/v1.1/image-to-video"),
        ModelRow(length=_NUMBER_3_TO_15, resolution=_LINES_720_1080, seed="seed", images=(_IMAGE,)),
    ),
    **_rows(
        ("alibaba/happy-horse/v1.1/text-to-video",),
        ModelRow(
            length=_NUMBER_3_TO_15,
            aspect_ratio=_HORSE_RATIOS,
            resolution=_LINES_720_1080,
            seed="seed",
        ),
    ),
    **_rows(
        ("google/gemini-omni-flash/image-to-video",),
        ModelRow(length=_OMNI_LENGTH, aspect_ratio=_WIDE, images=(_IMAGE,)),
    ),
    **_rows(("google/gemini-omni-flash",), ModelRow(length=_OMNI_LENGTH, aspect_ratio=_WIDE)),
    **_rows(("google/gemini-omni-flash/edit",), ModelRow(video=_VIDEO)),
    **_rows(
        ("google/gemini-omni-flash/reference-to-video",),
        ModelRow(length=_OMNI_LENGTH, aspect_ratio=_WIDE, images=(_IMAGES_MUST,)),
    ),
    **_rows(
        ("moonvalley/marey/t2v",),
        ModelRow(
            length=_SECONDS_5_10, negative_prompt="negative_prompt", seed="seed", size=_MAREY_SIZES
        ),
    ),
    **_rows(
        ("moonvalley/marey/i2v",),
        ModelRow(
            length=_SECONDS_5_10,
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_IMAGE,),
            size=_MAREY_IMAGE_SIZES,
        ),
    ),
}


MODELS: Final[Mapping[str, ModelRow]] = MappingProxyType(
    {
        **_VEO,
        **_SORA,
        **_KLING,
        **_KLING_3,
        **_MINIMAX,
        **_WAN,
        **_SEEDANCE,
        **_PIXVERSE,
        **_LUMA,
        **_LTX,
        **_HUNYUAN,
        **_GROK,
        **_OTHERS,
        **EDITS,
    }
)

# For an endpoint that is not in the table: common names, any value, sent as given.
GENERIC: Final = ModelRow(
    length=Length(form="number"),
    aspect_ratio=Choice(field="aspect_ratio", values=()),
    resolution=Choice(field="resolution", values=()),
    audio=_AUDIO,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(_IMAGE_MAYBE, _END, _IMAGES),
    video=_VIDEO_MAYBE,
    generic=True,
)
