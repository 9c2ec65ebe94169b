"""What fal's endpoints of PixVerse take: data, no logic; the package names the source."""

from typing import Final

from ....catalog.rows import ImageSlot, Length, ModelRow, Switch
from .parts import END_MUST, FIVE_RATIOS, IMAGE, SUBJECT, VIDEO, lines, ratios, rows, seconds

_PIXVERSE_6_LENGTH: Final = Length(low=1, high=15)
_PIXVERSE_RATIOS: Final = ratios("16:9", "9:16", "1:1", "4:3", "3:4", "2:3", "3:2", "21:9")
_AUDIO_SWITCH: Final = Switch(field="generate_audio_switch")
_ORIGINAL_SOUND: Final = Switch(field="original_sound_switch")
_THINKING: Final = Switch(field="thinking_type", on="enabled", off="disabled")
_PIXVERSE_FIRST: Final = ImageSlot(field="first_image_url", roles=("first_frame",), required=True)

PIXVERSE: Final = {
    **rows(
        ("fal-ai/pixverse/v4.5/text-to-video", "fal-ai/pixverse/v5/text-to-video"),
        ModelRow(
            length=seconds(5, 8, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v4.5/text-to-video/fast",),
        ModelRow(
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(360, 540, 720),
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v4.5/image-to-video", "fal-ai/pixverse/v5/image-to-video"),
        ModelRow(
            length=seconds(5, 8, form="text"),
            resolution=lines(360, 540, 720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v4.5/transition", "fal-ai/pixverse/v5/transition"),
        ModelRow(
            length=seconds(5, 8, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_PIXVERSE_FIRST, END_MUST),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v4.5/effects", "fal-ai/pixverse/v5/effects"),
        ModelRow(
            prompt=None,
            length=seconds(5, 8, form="text"),
            resolution=lines(360, 540, 720, 1080),
            negative_prompt="negative_prompt",
            images=(SUBJECT,),
            required=("effect",),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v5.5/text-to-video", "fal-ai/pixverse/v5.6/text-to-video"),
        ModelRow(
            length=seconds(5, 8, 10, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v5.5/image-to-video", "fal-ai/pixverse/v5.6/image-to-video"),
        ModelRow(
            length=seconds(5, 8, 10, form="text"),
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v5.5/transition", "fal-ai/pixverse/v5.6/transition"),
        ModelRow(
            length=seconds(5, 8, 10, form="text"),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(_PIXVERSE_FIRST, END_MUST),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v6/text-to-video",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            aspect_ratio=_PIXVERSE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v6/image-to-video",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v6/transition",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            aspect_ratio=_PIXVERSE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=_THINKING,
            images=(_PIXVERSE_FIRST, END_MUST),
        ),
    ),
    **rows(
        ("fal-ai/pixverse/extend",),
        ModelRow(
            length=seconds(5, 8, form="text"),
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            video=VIDEO,
        ),
    ),
    **rows(
        ("fal-ai/pixverse/swap",),
        ModelRow(
            prompt=None,
            resolution=lines(360, 540, 720),
            audio=_ORIGINAL_SOUND,
            seed="seed",
            images=(SUBJECT,),
            video=VIDEO,
        ),
    ),
    **rows(
        ("fal-ai/pixverse/v6/extend",),
        ModelRow(
            length=_PIXVERSE_6_LENGTH,
            resolution=lines(360, 540, 720, 1080),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            video=VIDEO,
        ),
    ),
    **rows(
        ("fal-ai/pixverse/extend/fast",),
        ModelRow(
            resolution=lines(360, 540, 720),
            audio=_AUDIO_SWITCH,
            negative_prompt="negative_prompt",
            seed="seed",
            video=VIDEO,
        ),
    ),
    **rows(("fal-ai/pixverse/lipsync",), ModelRow(prompt=None, video=VIDEO)),
    **rows(("fal-ai/pixverse/sound-effects",), ModelRow(audio=_ORIGINAL_SOUND, video=VIDEO)),
}
