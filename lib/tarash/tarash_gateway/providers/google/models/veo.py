"""What Veo takes with a key: data, no logic.

Source: ai.google.dev/gemini-api/docs/video, 2026-07; vercel/ai,
packages/google/src/google-video-model.ts, 2026 (seed, sampleCount).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from ....catalog.rows import LengthAt, ModelRow
from .parts import (
    ALWAYS_ENHANCE,
    ANY,
    ASSETS,
    DEPRECATIONS,
    ENHANCE,
    FRAMES,
    IMAGE,
    LAST_FRAME,
    RATIO,
    Rows,
    ends,
    extension,
    lines,
    rows,
    seconds,
    unknown,
    with_references,
)

_INSTEAD: Final = (
    "gemini-omni-1.2-flash, or veo-3.1-generate-001 on Vertex AI (provider_config={'project': ...})"
)
# The Gemini API makes 1080p and 4k in 8 seconds only.
_RULES: Final = (FRAMES, LengthAt(resolutions=("1080p", "4k"), choices=(8,)))
# Veo crops a picture that is neither 16:9 nor 9:16, as fal's schema of the same models describes:
# fal-ai/fal-js:libs/client/src/types/endpoints.ts, 2026-08-02.
_VEO_2: Final = ModelRow(
    length=seconds(5, 6, 8),
    aspect_ratio=RATIO,
    negative_prompt="negativePrompt",
    enhance=ENHANCE,
    images=(IMAGE, LAST_FRAME),
    frames="crops",
    rules=_RULES,
    retires=ends(date(2026, 6, 30), _INSTEAD, DEPRECATIONS),
)
_VEO_3: Final = ModelRow(
    length=seconds(4, 6, 8),
    aspect_ratio=RATIO,
    resolution=lines(720, 1080),
    negative_prompt="negativePrompt",
    seed="seed",
    images=(IMAGE,),
    frames="crops",
    rules=_RULES,
    retires=ends(date(2026, 6, 30), _INSTEAD, DEPRECATIONS),
)
_VEO_3_1: Final = attrs.evolve(
    _VEO_3,
    resolution=lines(720, 1080, "4k"),
    enhance=ALWAYS_ENHANCE,
    images=(IMAGE, LAST_FRAME),
    retires=ends(date(2026, 10, 22), _INSTEAD, DEPRECATIONS),
)
_VEO_3_1_ROWS: Final = rows(
    _VEO_3_1,
    with_references(_VEO_3_1, ASSETS),
    extension(_VEO_3_1, seconds(8), lines(720)),
)

VEO: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        "veo-3.1-generate-preview": _VEO_3_1_ROWS,
        "veo-3.1-fast-generate-preview": _VEO_3_1_ROWS,
        "veo-3.1-lite-generate-preview": rows(
            attrs.evolve(_VEO_3_1, resolution=lines(720, 1080), negative_prompt=None)
        ),
        "veo-3.0-generate-001": rows(_VEO_3),
        "veo-3.0-fast-generate-001": rows(_VEO_3),
        "veo-2.0-generate-001": rows(_VEO_2),
    }
)
VEO_GENERIC: Final = unknown(ANY, ASSETS)
