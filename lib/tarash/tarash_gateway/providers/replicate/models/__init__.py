"""What each of Replicate's video models takes, one row a model: data, no logic.

Sources: the pages replicate.com/OWNER/NAME/versions/VERSION/api and replicate.com/OWNER/NAME/api
with their schemas (2025-12 to 2026-11); the schemas in the npm package
all-the-public-replicate-models 1.352.0 (2025-01-15); the classes made from them in
nodetool-ai/nodetool-replicate:src/nodetool/nodes/replicate/video/generate.py (2026-04). Models of
which only the name is published have no row: `GENERIC` serves them, with a warning. Fields without
a standard name are left to ``extra_params``; a row names them only where the model requires them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ....catalog.marks import SYNTHID, with_marks
from ....catalog.rows import Length, ModelRow, VideoSlot
from .google import GOOGLE
from .kling import KLING
from .luma import LUMA
from .minimax import MINIMAX
from .others import OTHERS
from .parts import ANY_RATIO, AUDIO, IMAGE, LAST_IMAGE, lines, references
from .seedance import SEEDANCE
from .wan import WAN

MODELS: Final[Mapping[str, ModelRow]] = MappingProxyType(
    {**with_marks(GOOGLE, SYNTHID), **KLING, **MINIMAX, **SEEDANCE, **WAN, **LUMA, **OTHERS}
)

# For a model that is not in the table: the most common names, any value, sent as given.
GENERIC: Final = ModelRow(
    length=Length(),
    aspect_ratio=ANY_RATIO,
    resolution=lines(),
    audio=AUDIO,
    negative_prompt="negative_prompt",
    seed="seed",
    images=(IMAGE, LAST_IMAGE, references()),
    video=VideoSlot(field="video"),
    generic=True,
)
