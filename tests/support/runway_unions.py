"""The request types of Runway's official client, by endpoint."""

from collections.abc import Mapping
from typing import Any, Final

from runwayml.types import (
    character_performance_create_params,
    image_to_video_create_params,
    text_to_video_create_params,
    video_to_hdr_create_params,
    video_to_video_create_params,
    video_upscale_create_params,
)

UNIONS: Final[Mapping[str, Any]] = {
    "text_to_video": text_to_video_create_params.TextToVideoCreateParams,
    "image_to_video": image_to_video_create_params.ImageToVideoCreateParams,
    "video_to_video": video_to_video_create_params.VideoToVideoCreateParams,
    "character_performance": character_performance_create_params.CharacterPerformanceCreateParams,
    "video_upscale": video_upscale_create_params.VideoUpscaleCreateParams,
    "video_to_hdr": video_to_hdr_create_params.VideoToHdrCreateParams,
}
