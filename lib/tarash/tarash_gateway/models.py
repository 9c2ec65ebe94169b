"""The public values: frozen, compared by value, refused when they are made wrong."""

from .config import (
    MockConfig,
    MockPollingConfig,
    MockResponse,
    Unsupported,
    VideoGenerationConfig,
)
from .handlers import ProviderHandler
from .media import ImageInput, ImageItem, ImageRole, ImageType, MediaContent, MediaType
from .metadata import AttemptMetadata, ExecutionMetadata
from .request import AspectRatio, Resolution, VideoGenerationRequest
from .response import (
    AsyncProgressCallback,
    ProgressCallback,
    StatusType,
    SyncProgressCallback,
    VideoGenerationResponse,
    VideoGenerationUpdate,
)
from .secrets import Secret

__all__ = [
    "AspectRatio",
    "AsyncProgressCallback",
    "AttemptMetadata",
    "ExecutionMetadata",
    "ImageInput",
    "ImageItem",
    "ImageRole",
    "ImageType",
    "MediaContent",
    "MediaType",
    "MockConfig",
    "MockPollingConfig",
    "MockResponse",
    "ProgressCallback",
    "ProviderHandler",
    "Resolution",
    "Secret",
    "StatusType",
    "SyncProgressCallback",
    "Unsupported",
    "VideoGenerationConfig",
    "VideoGenerationRequest",
    "VideoGenerationResponse",
    "VideoGenerationUpdate",
]
