"""The public values: frozen, compared by value, refused when they are made wrong."""

from .providers.handlers import ProviderHandler
from .values.attempts import AttemptMetadata, ExecutionMetadata
from .values.config import Unsupported, VideoGenerationConfig
from .values.media import ImageInput, ImageItem, ImageRole, ImageType, MediaContent, MediaType
from .values.mock_config import MockConfig, MockPollingConfig, MockResponse
from .values.request import AspectRatio, Resolution, VideoGenerationRequest
from .values.response import (
    AsyncProgressCallback,
    ProgressCallback,
    StatusType,
    SyncProgressCallback,
    VideoGenerationResponse,
    VideoGenerationUpdate,
)
from .values.secrets import Secret

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
