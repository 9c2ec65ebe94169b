"""MiniMax's models at Replicate. With an image, the video takes the image's ratio."""

from typing import Final

from ....catalog.rows import ImageSlot, Length, ModelRow, Switch, Together
from .parts import FIRST, LAST_IMAGE, REFERENCE, lines

_SIX_OR_TEN: Final = Length(choices=(6, 10))
_OPTIMIZER: Final = Switch(field="prompt_optimizer")
_FIRST_IMAGE: Final = ImageSlot(field="first_frame_image", roles=FIRST)
_FIRST_IMAGE_MUST: Final = ImageSlot(field="first_frame_image", roles=FIRST, required=True)

MINIMAX: Final = {
    "minimax/video-01": ModelRow(
        enhance=_OPTIMIZER,
        images=(_FIRST_IMAGE, ImageSlot(field="subject_reference", roles=REFERENCE)),
    ),
    "minimax/video-01-live": ModelRow(enhance=_OPTIMIZER, images=(_FIRST_IMAGE_MUST,)),
    "minimax/video-01-director": ModelRow(enhance=_OPTIMIZER, images=(_FIRST_IMAGE,)),
    "minimax/hailuo-02": ModelRow(
        length=_SIX_OR_TEN,
        resolution=lines("512p", "768p", "1080p"),
        enhance=_OPTIMIZER,
        images=(_FIRST_IMAGE, LAST_IMAGE),
        rules=(
            Together(
                field="duration",
                value=10,
                beside=("resolution",),
                of=("768p",),
                default="1080p",
                message="duration_seconds 10 goes only with resolution='768p' in {model}",
            ),
        ),
    ),
    "minimax/hailuo-02-fast": ModelRow(
        length=_SIX_OR_TEN,
        resolution=lines("512p"),
        enhance=_OPTIMIZER,
        images=(_FIRST_IMAGE_MUST,),
    ),
    "minimax/hailuo-2.3": ModelRow(
        length=_SIX_OR_TEN,
        resolution=lines("768p", "1080p"),
        enhance=_OPTIMIZER,
        images=(_FIRST_IMAGE,),
    ),
    "minimax/hailuo-2.3-fast": ModelRow(
        length=_SIX_OR_TEN,
        resolution=lines("768p", "1080p"),
        enhance=_OPTIMIZER,
        images=(_FIRST_IMAGE_MUST,),
    ),
}
