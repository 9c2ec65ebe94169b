"""One call, one frozen request, any provider of generated video."""

from typing import TYPE_CHECKING

from . import providers
from .api import (
    cancel_video,
    cancel_video_async,
    check_video,
    check_video_async,
    generate_video,
    generate_video_async,
    generate_videos,
    generate_videos_async,
    pending_videos,
    plan_video,
    resume_video,
    resume_video_async,
    save_video,
    save_video_async,
    start_video,
    start_video_async,
)
from .effects.journal import Journal
from .effects.sqlite_journal import SqliteJournal
from .exceptions import (
    AuthenticationError,
    BatchStoppedError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    GenerationInterruptedError,
    HTTPConnectionError,
    HTTPError,
    InsufficientCreditsError,
    JobInUseError,
    JournalError,
    NotFoundError,
    RateLimitError,
    SaveError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    UnexpectedReplyError,
    ValidationError,
    is_retryable_error,
)
from .lifecycle.preview import VideoPlan
from .models import (
    AspectRatio,
    AsyncProgressCallback,
    AttemptMetadata,
    ExecutionMetadata,
    ImageInput,
    ImageType,
    MediaContent,
    MockConfig,
    MockPollingConfig,
    MockResponse,
    ProgressCallback,
    ProviderHandler,
    Resolution,
    SyncProgressCallback,
    VideoFile,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
)
from .providers.base import Provider
from .registry import register_provider
from .running.batch_runs import AsyncVideoBatch, VideoBatch
from .values.batch import BatchItem, BatchSummary
from .values.journal_entry import JournalEntry
from .values.saved import VideoGeneration

# Old module paths are found in these folders, for one release.
__path__.append(f"{__path__[0]}/_moved")
providers.__path__.append(f"{__path__[0]}/_moved/providers")

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name: str) -> str:
        """Return the version: it is read when it is asked for, and not at import."""
        if name != "__version__":
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import metadata  # noqa: PLC0415 - it is not needed at import

        try:
            return metadata.version("tarash-gateway")
        except metadata.PackageNotFoundError as error:
            message = f"{name} is not known: tarash-gateway is not installed, only imported"
            raise AttributeError(message) from error


__all__ = [
    "AspectRatio",
    "AsyncProgressCallback",
    "AsyncVideoBatch",
    "AttemptMetadata",
    "AuthenticationError",
    "BatchItem",
    "BatchStoppedError",
    "BatchSummary",
    "ContentModerationError",
    "ExecutionMetadata",
    "GenerationCancelledError",
    "GenerationFailedError",
    "GenerationInterruptedError",
    "HTTPConnectionError",
    "HTTPError",
    "ImageInput",
    "ImageType",
    "InsufficientCreditsError",
    "JobInUseError",
    "Journal",
    "JournalEntry",
    "JournalError",
    "MediaContent",
    "MockConfig",
    "MockPollingConfig",
    "MockResponse",
    "NotFoundError",
    "ProgressCallback",
    "Provider",
    "ProviderHandler",
    "RateLimitError",
    "Resolution",
    "SaveError",
    "SqliteJournal",
    "SubmissionUnknownError",
    "SyncProgressCallback",
    "TarashException",
    "TimeoutError",
    "UnexpectedReplyError",
    "ValidationError",
    "VideoBatch",
    "VideoFile",
    "VideoGeneration",
    "VideoGenerationConfig",
    "VideoGenerationRequest",
    "VideoGenerationResponse",
    "VideoGenerationUpdate",
    "VideoPlan",
    "cancel_video",
    "cancel_video_async",
    "check_video",
    "check_video_async",
    "generate_video",
    "generate_video_async",
    "generate_videos",
    "generate_videos_async",
    "is_retryable_error",
    "pending_videos",
    "plan_video",
    "register_provider",
    "resume_video",
    "resume_video_async",
    "save_video",
    "save_video_async",
    "start_video",
    "start_video_async",
]
