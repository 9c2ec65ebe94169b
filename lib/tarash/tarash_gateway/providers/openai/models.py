"""What OpenAI's video models take, at OpenAI and at servers that speak its dialect: data.

Source: openai/openai-openapi, openapi.yaml (2026-08-21), and
developers.openai.com/api/docs/guides/video-generation (parameters, models, sizes);
MicrosoftDocs/azure-ai-docs, articles/foundry/openai/concepts/video-generation.md (2025-12-01: the
same model as a deployment); Wan-Video/Wan2.2, wan/configs/__init__.py (the sizes of Wan).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from ...catalog.marks import C2PA
from ...catalog.rows import ImageSlot, Length, ModelRow, Retirement, Size, VideoSlot
from ..kit import summary

_GONE: Final = Retirement(
    on=date(2026, 9, 24),
    successor="another provider: OpenAI names no successor",
    source="developers.openai.com/api/docs/deprecations, 2026-03-24",
)

# OpenAI's default is 720x1280. It stands first, so that a resolution alone means portrait too.
_720P: Final = {"720x1280": (720, 1280), "1280x720": (1280, 720)}
_PRO: Final = {
    **_720P,
    "1024x1792": (1024, 1792),
    "1792x1024": (1792, 1024),
    "1080x1920": (1080, 1920),
    "1920x1080": (1920, 1080),
}
# Sizes that servers with their own models may take.
_ANY: Final = {
    **_PRO,
    "720x720": (720, 720),
    "1080x1080": (1080, 1080),
    "480x480": (480, 480),
    "854x480": (854, 480),
    "480x854": (480, 854),
    "960x720": (960, 720),
    "720x960": (720, 960),
}
# Wan's own sizes, and the nearest sizes with sides that are multiples of 16 pixels.
_WAN: Final = {
    **_720P,
    "480x832": (480, 832),
    "832x480": (832, 480),
    "1088x1920": (1088, 1920),
    "1920x1088": (1920, 1088),
    "480x480": (480, 480),
    "720x720": (720, 720),
    "1088x1088": (1088, 1088),
    "640x480": (640, 480),
    "480x640": (480, 640),
    "960x720": (960, 720),
    "720x960": (720, 960),
}
# openapi.yaml lists 4, 8 and 12 only. The guide and the description of an extension also list 16
# and 20.
_LENGTH: Final = Length(field="seconds", choices=(4, 8, 12, 16, 20), form="text")
_FIRST_FRAME: Final = ImageSlot(field="input_reference", roles=("first_frame", "reference"))

_SORA_2: Final = ModelRow(
    length=_LENGTH,
    size=Size(field="size", sizes=_720P),
    images=(_FIRST_FRAME,),
    # "Inpaint image must match the requested width and height" is the answer to another picture:
    # developers.openai.com/api/docs/guides/video-generation and
    # help.apiyi.com/en/sora-2-api-inpaint-image-size-error-solution-en.html, 2026.
    frames="refuses",
    retires=_GONE,
    marks=(C2PA,),
)
_SORA_2_PRO: Final = attrs.evolve(_SORA_2, size=Size(field="size", sizes=_PRO))

CREATE: Final[Mapping[str, ModelRow]] = {
    "sora-2": _SORA_2,
    "sora-2-2025-12-08": _SORA_2,
    "sora-2-2025-10-06": _SORA_2,
    "sora-2-pro": _SORA_2_PRO,
    "sora-2-pro-2025-10-06": _SORA_2_PRO,
}
# Operations on a finished video. A remix names the video in its path.
REMIX: Final = ModelRow()
EDIT: Final = ModelRow(video=VideoSlot(field="video", required=True))
EXTENSION: Final = attrs.evolve(EDIT, length=_LENGTH)

# Another server's models, whose limits are not known.
_GENERIC: Final = ModelRow(
    length=Length(field="seconds", form="text"),
    size=Size(field="size", sizes=_ANY, free=True),
    images=(_FIRST_FRAME,),
    negative_prompt="negative_prompt",
    seed="seed",
    generic=True,
)
# Wan works in blocks of 16 pixels. A server refuses 854x480, or makes a video of another size.
_WAN_ROW: Final = attrs.evolve(
    _GENERIC, size=Size(field="size", sizes=_WAN, free=True, multiple_of=16)
)
_IS_WAN: Final = re.compile(r"(?<![a-z])(?:fast)?wanx?(?![a-z])", re.IGNORECASE)


def row_of(rows: Mapping[str, ModelRow], model: str) -> ModelRow:
    """Return the row of a model, or the row of its kind if the table does not have the model.

    >>> row_of({}, "Wan-AI/Wan2.2-T2V-A14B-Diffusers") is _WAN_ROW, row_of({}, "swan") is _GENERIC
    (True, True)
    """
    return rows.get(model) or (_WAN_ROW if _IS_WAN.search(model) else _GENERIC)


MODELS: Final[Mapping[str, ModelRow]] = {
    model: summary((row, EDIT, EXTENSION)) for model, row in CREATE.items()
}

# Azure's deployments. Microsoft documents fewer lengths.
AZURE: Final[Mapping[str, ModelRow]] = {
    "sora-2": attrs.evolve(
        _SORA_2,
        length=Length(field="seconds", choices=(4, 8, 12), form="text"),
        # Microsoft says "no earlier than 2026-09-15", region by region. Source:
        # MicrosoftDocs/azure-ai-docs, articles/foundry/openai/includes/retirement/models.md, 2026.
        retires=Retirement(
            on=date(2026, 11, 2),
            source="BerriAI/litellm 1.110.2, model_prices_and_context_window.json, 2026-11-25",
            published=False,
        ),
        # Microsoft declares Content Credentials for pictures only.
        marks=(),
    ),
}
