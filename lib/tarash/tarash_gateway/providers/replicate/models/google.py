"""Google's Veo at Replicate. The fields of veo-2 are not in any of the sources."""

from typing import Final

import attrs

from ....catalog import soonest
from ....catalog.rows import ImageSlot, Length, ModelRow, Together
from .parts import AUDIO, IMAGE, LAST, LINES_720_1080, WIDE, last_needs_first, references, rows

_VEO_LAST: Final = ImageSlot(field="last_frame", roles=LAST)
_LAST_NEEDS_FIRST: Final = last_needs_first("last_frame")
_VEO_3: Final = ModelRow(
    length=Length(choices=(4, 6, 8)),
    aspect_ratio=WIDE,
    resolution=LINES_720_1080,
    audio=AUDIO,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(IMAGE,),
    # fal's schema of the same models, 2026-08-02: other pictures than 16:9 and 9:16 are cropped.
    frames="crops",
    soonest=soonest.VEO,
)
_VEO_31: Final = attrs.evolve(_VEO_3, images=(IMAGE, _VEO_LAST))

GOOGLE: Final = {
    "google/veo-3.1": attrs.evolve(
        _VEO_31,
        images=(IMAGE, _VEO_LAST, references(3)),
        rules=(
            _LAST_NEEDS_FIRST,
            Together(
                field="reference_images",
                beside=("aspect_ratio",),
                of=("16:9",),
                default="16:9",
                message="aspect_ratio must be 16:9 where image_list has references for {model}",
            ),
            Together(
                field="reference_images",
                beside=("duration",),
                of=(8,),
                default=8,
                message="duration_seconds must be 8 where image_list has references for {model}",
            ),
        ),
    ),
    "google/veo-3.1-fast": attrs.evolve(_VEO_31, rules=(_LAST_NEEDS_FIRST,)),
    "google/veo-3.1-lite": _VEO_31,
    # replicate.com/google/veo-3-fast/api/schema, 2026-10: the length and the sound of 3.1.
    **rows(("google/veo-3", "google/veo-3-fast"), _VEO_3),
}
