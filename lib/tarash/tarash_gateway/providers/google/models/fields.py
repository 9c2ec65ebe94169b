"""Where the native fields of Veo and of Omni stand in a body: data, no logic."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Veo's fields inside "instances" and beside it; every other field goes into "parameters".
# Source: googleapis/python-genai, google/genai/models.py, 2.19.0, 2026-08; Vertex AI's model
# reference, 2026 (cameraControl).
INSTANCE: Final = frozenset(
    {"prompt", "image", "lastFrame", "referenceImages", "video", "mask", "cameraControl"}
)
TOP: Final = frozenset({"labels", "webhookConfig"})
# Our own field name: Veo takes style images in referenceImages, with the type STYLE.
STYLES: Final = "styleImages"
# The official client's parameter names, which extra_params may use too.
SPELLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "person_generation": "personGeneration",
        "number_of_videos": "sampleCount",
        "output_gcs_uri": "storageUri",
        "storage_uri": "storageUri",
        "compression_quality": "compressionQuality",
        "resize_mode": "resizeMode",
        "pubsub_topic": "pubsubTopic",
        "webhook_config": "webhookConfig",
    }
)

# The objects that contain Omni's fields; every other field stands at the top of the body.
# Source: googleapis/python-genai, google/genai/_gaos/types/interactions/, 3.4.0, 2026-11.
PLACES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "aspect_ratio": ("response_format",),
        "resolution": ("response_format",),
        "duration": ("response_format",),
        "delivery": ("response_format",),
        "gcs_uri": ("response_format",),
        "seed": ("generation_config",),
        "task": ("generation_config", "video_config"),
    }
)
# Fields that become parts of Omni's input, in the order of the parts.
FIRST: Final = "first_frame"
LAST: Final = "last_frame"
REFERENCES: Final = "references"
