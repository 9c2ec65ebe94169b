"""The dialects that the fault server speaks."""

from collections.abc import Mapping

from tarash.tarash_gateway.testing.dialects import (
    DIALECTS as ALL,
)
from tarash.tarash_gateway.testing.dialects import (
    REPLICATE_WITH_FILES,
    VIDEO,
    Content,
    Dialect,
    Make,
    Stage,
    Taken,
)

__all__ = ["DIALECTS", "SERVED", "VIDEO", "Content", "Dialect", "Make", "Stage", "Taken"]

# One for each way in which an API differs for the faults of the wire.
_NAMES = (
    "fal",
    "openai",
    "azure-openai",
    "runway",
    "google",
    "google (Vertex AI)",
    "replicate",
)
DIALECTS: Mapping[str, Dialect] = {name: ALL[name] for name in _NAMES}
SERVED: Mapping[str, Dialect] = {**DIALECTS, REPLICATE_WITH_FILES.name: REPLICATE_WITH_FILES}
