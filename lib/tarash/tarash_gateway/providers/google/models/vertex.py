"""What Veo takes on Vertex AI: data, no logic.

Source: cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026,
and the model cards of docs.cloud.google.com, 2026.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from ....catalog import soonest
from ....catalog.rows import ModelRow, Switch
from .parts import (
    ALWAYS_ENHANCE,
    ANY,
    ASSETS,
    ENHANCE,
    FRAMES,
    IMAGE,
    LAST_FRAME,
    LITELLM,
    RATIO,
    STYLE,
    Rows,
    ends,
    extension,
    lines,
    rows,
    seconds,
    unknown,
    with_references,
)

_AUDIO: Final = Switch(field="generateAudio")
_SUCCESSOR: Final = "veo-3.1-generate-001"
# Google lists the end of the preview and experimental models on the model card, and the end of
# the stable models on the page of model versions.
_CARD: Final = (
    "docs.cloud.google.com/gemini-enterprise-agent-platform/models/veo/2-0-generate, 2026-06"
)
_VERSIONS: Final = (
    "docs.cloud.google.com/gemini-enterprise-agent-platform/models/model-versions, 2026-10"
)

_VEO_2: Final = ModelRow(
    length=seconds(5, 6, 7, 8),
    aspect_ratio=RATIO,
    negative_prompt="negativePrompt",
    seed="seed",
    enhance=ENHANCE,
    images=(IMAGE, LAST_FRAME),
    rules=(FRAMES,),
    soonest=soonest.VEO,
)
_VEO_2_STABLE: Final = attrs.evolve(_VEO_2, retires=ends(date(2026, 6, 30), _SUCCESSOR, _VERSIONS))
_VEO_2_TRIAL: Final = attrs.evolve(_VEO_2, retires=ends(date(2026, 4, 2), _SUCCESSOR, _CARD))
_VEO_3_1: Final = attrs.evolve(
    _VEO_2,
    length=seconds(4, 6, 8),
    resolution=lines(720, 1080, "4k"),
    audio=_AUDIO,
    enhance=ALWAYS_ENHANCE,
    # `resizeMode` is "pad" by default, and may be "crop".
    frames="pads",
)
# Google has not announced a date. It promises one year from the release on 2025-11-17, so the date
# that LiteLLM names is the earliest possible end. It causes a warning, never a refusal.
_VEO_3_1_STABLE: Final = attrs.evolve(
    _VEO_3_1,
    retires=ends(
        date(2026, 11, 17),
        "",
        f"{LITELLM}; Google: not before that day, {_VERSIONS}",
        published=False,
    ),
)
_VEO_3_1_ROWS: Final = rows(
    _VEO_3_1_STABLE,
    with_references(_VEO_3_1_STABLE, ASSETS),
    extension(_VEO_3_1_STABLE, seconds(7), lines(720, 1080, "4k")),
)
_VEO_3: Final = attrs.evolve(
    _VEO_3_1,
    resolution=lines(720, 1080),
    images=(IMAGE,),
    retires=ends(date(2026, 6, 30), _SUCCESSOR, _VERSIONS),
)
_PREVIEW: Final = rows(
    attrs.evolve(_VEO_3_1, retires=ends(date(2026, 4, 2), _SUCCESSOR, _CARD)),
)

VERTEX: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        "veo-3.1-generate-001": _VEO_3_1_ROWS,
        # The model card and the price list disagree on 4k here, and on last frames for lite. The
        # API decides.
        "veo-3.1-fast-generate-001": _VEO_3_1_ROWS,
        "veo-3.1-lite-generate-001": rows(attrs.evolve(_VEO_3_1, resolution=lines(720, 1080))),
        "veo-2.0-generate-001": rows(
            _VEO_2_STABLE, extension=extension(_VEO_2_STABLE, seconds(7), None)
        ),
        "veo-2.0-generate-exp": rows(
            _VEO_2_TRIAL,
            with_references(_VEO_2_TRIAL, ASSETS, STYLE),
            extension(_VEO_2_TRIAL, seconds(7), None),
        ),
        "veo-2.0-generate-preview": rows(
            _VEO_2_TRIAL, extension=extension(_VEO_2_TRIAL, seconds(7), None)
        ),
        "veo-3.1-generate-preview": _PREVIEW,
        "veo-3.1-fast-generate-preview": _PREVIEW,
        "veo-3.0-generate-001": rows(_VEO_3),
        "veo-3.0-fast-generate-001": rows(_VEO_3),
    }
)
VERTEX_GENERIC: Final = unknown(attrs.evolve(ANY, audio=_AUDIO), ASSETS, STYLE)
