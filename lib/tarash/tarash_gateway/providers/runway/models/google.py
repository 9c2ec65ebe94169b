"""Google's models at Runway: Veo 3 and 3.1, Gemini Omni Flash."""

from typing import Final

from ....catalog import soonest
from ....catalog.rows import Length, ModelRow
from .parts import (
    AUDIO,
    CROPS,
    FIRST_FRAME,
    FRAMES,
    FULL_HD,
    HD,
    IMAGE,
    TEXT,
    UHD,
    VIDEO,
    VIDEO_URI,
    Rows,
    ratio,
    references,
)

_THREE_TO_TEN: Final = Length(low=3, high=10)
_WIDE: Final = ratio(HD)
_VEO: Final = ratio(HD, FULL_HD, required=True)
_GEMINI_1_1: Final = ratio(HD, {"640:360": (640, 360), "360:640": (360, 640)}, FULL_HD, UHD)

_VEO_3_1: Final = {
    endpoint: ModelRow(
        prompt="promptText",
        length=Length(choices=(4, 6, 8)),
        size=_VEO,
        audio=AUDIO,
        negative_prompt="negativePrompt",
        seed="seed",
        images=images,
        frames=CROPS,
        soonest=soonest.VEO,
    )
    for endpoint, images in ((TEXT, ()), (IMAGE, FRAMES))
}

VEO: Final[dict[str, Rows]] = {"veo3.1": _VEO_3_1, "veo3.1_fast": _VEO_3_1}

# No longer in the official client: a comparison of its releases up to 5.24.0 (2026-11).
VEO_3: Final[dict[str, Rows]] = {
    "veo3": {
        endpoint: ModelRow(
            prompt="promptText",
            # The model requires a length, and this is the only one.
            length=Length(choices=(8,), default=8.0),
            size=_VEO,
            negative_prompt="negativePrompt",
            images=images,
            frames=CROPS,
            superseded_by="veo3.1",
            soonest=soonest.VEO,
        )
        for endpoint, images in ((TEXT, ()), (IMAGE, (FIRST_FRAME,)))
    }
}

GEMINI: Final[dict[str, Rows]] = {
    "gemini_omni_flash": {
        TEXT: ModelRow(prompt="promptText", length=_THREE_TO_TEN, size=_WIDE),
        IMAGE: ModelRow(
            prompt="promptText", length=_THREE_TO_TEN, size=_WIDE, images=(FIRST_FRAME,)
        ),
        VIDEO: ModelRow(prompt="promptText", images=(references(),), video=VIDEO_URI),
    },
    "gemini_omni_flash_1.1": {
        endpoint: ModelRow(
            prompt="promptText",
            length=_THREE_TO_TEN,
            size=_GEMINI_1_1,
            images=images,
            video=video,
        )
        for endpoint, images, video in (
            (TEXT, (references(),), None),
            (IMAGE, FRAMES, None),
            (VIDEO, (references(),), VIDEO_URI),
        )
    },
}
