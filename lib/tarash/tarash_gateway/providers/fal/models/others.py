"""What fal's endpoints of Vidu, Pika, Happy Horse, Gemini Omni and Marey take: data, no logic.

The package names the source.
"""

from typing import Final

from ....catalog.limits import MB, MediaLimits
from ....catalog.marks import SYNTHID, with_marks
from ....catalog.rows import ImageSlot, Length, ModelRow, Size, Switch
from .parts import (
    END,
    END_MUST,
    FIVE_RATIOS,
    IMAGE,
    REFERENCES_MUST,
    START,
    THREE_RATIOS,
    VIDEO,
    WIDE,
    lines,
    ratios,
    rows,
    seconds,
)

# fal's schema has no range for Gemini Omni's length: this one is Google's.
_OMNI_LENGTH: Final = Length(low=3, high=10)
_PIKA_RATIOS: Final = ratios("16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3")
_VIDU_AUDIO: Final = Switch(field="audio")
_PIKA_IMAGES: Final = ImageSlot(
    field="image_urls", roles=("first_frame", "reference", "asset"), many=True, required=True
)

_OMNI: Final = {
    **rows(
        ("google/gemini-omni-flash/image-to-video",),
        ModelRow(length=_OMNI_LENGTH, aspect_ratio=WIDE, images=(IMAGE,)),
    ),
    **rows(("google/gemini-omni-flash",), ModelRow(length=_OMNI_LENGTH, aspect_ratio=WIDE)),
    **rows(("google/gemini-omni-flash/edit",), ModelRow(video=VIDEO)),
    **rows(
        ("google/gemini-omni-flash/reference-to-video",),
        ModelRow(
            length=_OMNI_LENGTH,
            aspect_ratio=WIDE,
            images=(
                ImageSlot(
                    field="image_urls", roles=("reference", "asset"), many=True, required=True
                ),
            ),
        ),
    ),
}

OTHERS: Final = {
    **rows(("fal-ai/vidu/q1/text-to-video",), ModelRow(aspect_ratio=THREE_RATIOS, seed="seed")),
    **rows(
        ("fal-ai/vidu/q2/text-to-video",),
        ModelRow(
            length=seconds(*range(2, 9)),
            aspect_ratio=THREE_RATIOS,
            resolution=lines(360, 520, 720, 1080),
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/vidu/q3/text-to-video",),
        ModelRow(
            length=Length(),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(360, 540, 720, 1080),
            audio=_VIDU_AUDIO,
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/vidu/q3/image-to-video",),
        ModelRow(
            length=Length(),
            resolution=lines(360, 540, 720, 1080),
            audio=_VIDU_AUDIO,
            seed="seed",
            images=(IMAGE, END),
        ),
    ),
    **rows(("fal-ai/vidu/q1/image-to-video",), ModelRow(seed="seed", images=(IMAGE,))),
    **rows(("fal-ai/vidu/q1/start-end-to-video",), ModelRow(seed="seed", images=(START, END_MUST))),
    **rows(
        ("fal-ai/vidu/q1/reference-to-video",),
        ModelRow(aspect_ratio=THREE_RATIOS, seed="seed", images=(REFERENCES_MUST,)),
    ),
    **rows(
        ("fal-ai/vidu/q2/image-to-video/pro",),
        ModelRow(
            length=seconds(*range(2, 9)),
            resolution=lines(720, 1080),
            seed="seed",
            images=(IMAGE, END),
        ),
    ),
    **rows(
        ("fal-ai/pika/v2.2/text-to-video",),
        ModelRow(
            length=seconds(5, 10),
            aspect_ratio=_PIKA_RATIOS,
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
        ),
    ),
    **rows(
        ("fal-ai/pika/v2.2/image-to-video",),
        ModelRow(
            length=seconds(5, 10),
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(IMAGE,),
        ),
    ),
    **rows(
        ("fal-ai/pika/v2.2/pikaframes",),
        ModelRow(
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_PIKA_IMAGES,),
        ),
    ),
    **rows(
        ("fal-ai/pika/v2.2/pikascenes",),
        ModelRow(
            length=seconds(5, 10),
            aspect_ratio=_PIKA_RATIOS,
            resolution=lines(720, 1080),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_PIKA_IMAGES,),
        ),
    ),
    **rows(
        ("alibaba/happy-horse/text-to-video",),
        ModelRow(
            length=seconds(*range(3, 16)),
            aspect_ratio=FIVE_RATIOS,
            resolution=lines(720, 1080),
            seed="seed",
        ),
    ),
    **rows(
        ("alibaba/happy-horse/image-to-video", "alibaba/happy-horse/v1.1/image-to-video"),
        ModelRow(
            length=seconds(*range(3, 16)),
            resolution=lines(720, 1080),
            seed="seed",
            images=(IMAGE,),
            image_limits=MediaLimits(
                uploaded=10 * MB,
                side=(300, None),
                ratio=(0.4, 2.5),
                source="fal-ai/fal-js:libs/client/src/types/endpoints.ts, 2026-08-02",
            ),
        ),
    ),
    **rows(
        ("alibaba/happy-horse/v1.1/text-to-video",),
        ModelRow(
            length=seconds(*range(3, 16)),
            aspect_ratio=ratios("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "5:4", "4:5"),
            resolution=lines(720, 1080),
            seed="seed",
        ),
    ),
    **with_marks(_OMNI, SYNTHID),
    **rows(
        ("moonvalley/marey/t2v",),
        ModelRow(
            length=seconds(5, 10, form="seconds"),
            negative_prompt="negative_prompt",
            seed="seed",
            size=Size(
                field="dimensions",
                sizes={
                    "1920x1080": (1920, 1080),
                    "1152x1152": (1152, 1152),
                    "1536x1152": (1536, 1152),
                    "1152x1536": (1152, 1536),
                },
            ),
        ),
    ),
    **rows(
        ("moonvalley/marey/i2v",),
        ModelRow(
            length=seconds(5, 10, form="seconds"),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(IMAGE,),
            size=Size(
                field="dimensions",
                sizes={
                    "1920x1080": (1920, 1080),
                    "1080x1920": (1080, 1920),
                    "1152x1152": (1152, 1152),
                    "1536x1152": (1536, 1152),
                    "1152x1536": (1152, 1536),
                },
            ),
        ),
    ),
}
