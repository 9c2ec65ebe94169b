"""What each of Runway's video models takes, one row an endpoint of a model: data, no logic.

Source: runwayml/sdk-python 5.24.0, src/runwayml/types/*_create_params.py (2026-11).
Fields without a standard name (``contentModeration``, ``outputFormat``, ``providerSettings``,
``referenceAudio``, ``mode`` and the like) are left to ``extra_params``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ....catalog.marks import SYNTHID, with_marks
from ....catalog.rows import ModelRow
from .alibaba import HAPPYHORSE, WAN
from .gen4 import GEN4, GEN4_SIZES, RETIRED, TOOLS
from .google import GEMINI, VEO, VEO_3
from .grok import GROK
from .kling import KLING
from .minimax import MINIMAX
from .parts import (
    ANY_LENGTH,
    AUDIO,
    FRAMES,
    FULL_HD,
    IMAGE,
    KEYFRAMES,
    LAST,
    OBJECTS,
    SQUARE_1080,
    TEXT,
    UHD,
    VIDEO,
    VIDEO_URI,
    Rows,
    ratio,
    references,
)
from .seedance import SEEDANCE

__all__ = ["ENDPOINTS", "GENERIC", "KEYFRAMES", "LAST", "OBJECTS"]


def _of_google(models: Mapping[str, Rows]) -> dict[str, Rows]:
    return {model: with_marks(rows, SYNTHID) for model, rows in models.items()}


ENDPOINTS: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        **GEN4,
        **_of_google(VEO),
        **SEEDANCE,
        **HAPPYHORSE,
        **KLING,
        **MINIMAX,
        **WAN,
        **_of_google(GEMINI),
        **GROK,
        **TOOLS,
        **RETIRED,
        **_of_google(VEO_3),
    }
)

# Fields that most models share, for a model that is not in the table.
GENERIC: Final[Rows] = MappingProxyType(
    {
        endpoint: ModelRow(
            prompt="promptText",
            length=ANY_LENGTH,
            size=ratio(GEN4_SIZES, FULL_HD, SQUARE_1080, UHD),
            audio=AUDIO,
            negative_prompt="negativePrompt",
            seed="seed",
            images=images,
            video=video,
            generic=True,
        )
        for endpoint, images, video in (
            (TEXT, (references(),), None),
            (IMAGE, FRAMES, None),
            (VIDEO, (references(),), VIDEO_URI),
        )
    }
)
