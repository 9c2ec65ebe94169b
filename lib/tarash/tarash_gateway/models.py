"""The public values: frozen, compared by value, refused when they are made wrong."""

from .config import (
    MockConfig,
    MockPollingConfig,
    MockResponse,
    Unsupported,
    VideoGenerationConfig,
)
from .media import ImageInput, ImageRole, ImageType, MediaContent, MediaType
from .metadata import AttemptMetadata, ExecutionMetadata
from .request import VideoGenerationRequest
from .response import StatusType, VideoGenerationResponse, VideoGenerationUpdate
from .secrets import Secret

__all__ = [
    "AttemptMetadata",
    "ExecutionMetadata",
    "ImageInput",
    "ImageRole",
    "ImageType",
    "MediaContent",
    "MediaType",
    "MockConfig",
    "MockPollingConfig",
    "MockResponse",
    "Secret",
    "StatusType",
    "Unsupported",
    "VideoGenerationConfig",
    "VideoGenerationRequest",
    "VideoGenerationResponse",
    "VideoGenerationUpdate",
]
