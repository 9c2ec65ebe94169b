"""One call, one frozen request, any provider of generated video."""

from .api import generate_video, generate_video_async, plan_video
from .exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    TimeoutError,
    UnexpectedReplyError,
    ValidationError,
    is_retryable_error,
)
from .models import (
    AttemptMetadata,
    ExecutionMetadata,
    ImageInput,
    MediaContent,
    MockConfig,
    MockPollingConfig,
    MockResponse,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
)
from .planning import VideoPlan
from .providers.base import Provider
from .registry import register_provider

__all__ = [
    "AttemptMetadata",
    "AuthenticationError",
    "ContentModerationError",
    "ExecutionMetadata",
    "GenerationFailedError",
    "HTTPConnectionError",
    "HTTPError",
    "ImageInput",
    "InsufficientCreditsError",
    "MediaContent",
    "MockConfig",
    "MockPollingConfig",
    "MockResponse",
    "NotFoundError",
    "Provider",
    "RateLimitError",
    "TarashException",
    "TimeoutError",
    "UnexpectedReplyError",
    "ValidationError",
    "VideoGenerationConfig",
    "VideoGenerationRequest",
    "VideoGenerationResponse",
    "VideoGenerationUpdate",
    "VideoPlan",
    "generate_video",
    "generate_video_async",
    "is_retryable_error",
    "plan_video",
    "register_provider",
]
