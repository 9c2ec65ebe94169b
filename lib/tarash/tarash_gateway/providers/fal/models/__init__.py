"""What each of fal's video endpoints takes, one row an endpoint: data, no logic.

Source: fal-ai/fal-js:libs/client/src/types/endpoints.ts, fal's own schemas, of 2026-04-07 and
2026-08-02, unless a family names another one. Fields without a standard name are left to
``extra_params``; a row names them only where the endpoint requires them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ....catalog.marks import SYNTHID, with_marks
from ....catalog.rows import Length, ModelRow
from .edits import EDITS
from .grok import GROK
from .hunyuan import HUNYUAN
from .kling import KLING
from .kling_3 import KLING_3
from .ltx import LTX
from .luma import LUMA
from .minimax import MINIMAX
from .others import OTHERS
from .parts import AUDIO, END, IMAGE_MAYBE, IMAGES, VIDEO_MAYBE, lines, ratios
from .pixverse import PIXVERSE
from .seedance import SEEDANCE
from .sora import SORA
from .veo import VEO
from .wan import WAN

MODELS: Final[Mapping[str, ModelRow]] = MappingProxyType(
    {
        **with_marks(VEO, SYNTHID),
        **SORA,
        **KLING,
        **KLING_3,
        **MINIMAX,
        **WAN,
        **SEEDANCE,
        **PIXVERSE,
        **LUMA,
        **LTX,
        **HUNYUAN,
        **GROK,
        **OTHERS,
        **EDITS,
    }
)

# For an endpoint that is not in the table: common names, any value, sent as given.
GENERIC: Final = ModelRow(
    length=Length(form="number"),
    aspect_ratio=ratios(),
    resolution=lines(),
    audio=AUDIO,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(IMAGE_MAYBE, END, IMAGES),
    video=VIDEO_MAYBE,
    generic=True,
)
