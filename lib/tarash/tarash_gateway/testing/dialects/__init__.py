"""How the providers' APIs speak, for servers and scripts that play a provider."""

from collections.abc import Mapping
from typing import Final

from . import fal, google, openai, replicate, runway
from .base import (
    CLIP_URL,
    INLINE,
    VIDEO,
    Content,
    Dialect,
    Family,
    Make,
    Route,
    Stage,
    Taken,
)
from .replicate import REPLICATE_WITH_FILES

__all__ = [
    "CLIP_URL",
    "DIALECTS",
    "FAMILIES",
    "INLINE",
    "REPLICATE_WITH_FILES",
    "VIDEO",
    "Content",
    "Dialect",
    "Family",
    "Make",
    "Route",
    "Stage",
    "Taken",
]

# A dialect for each API, by its name.
DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        fal.FAL,
        openai.OPENAI,
        openai.AZURE,
        openai.AZURE_JOBS,
        runway.RUNWAY,
        google.GEMINI,
        google.VERTEX,
        google.OMNI,
        replicate.REPLICATE,
    )
}
# In the order in which a submission is compared with them.
FAMILIES: Final[tuple[Family, ...]] = (
    fal.FAMILY,
    runway.FAMILY,
    replicate.FAMILY,
    *google.FAMILIES,
    *openai.FAMILIES,
)
