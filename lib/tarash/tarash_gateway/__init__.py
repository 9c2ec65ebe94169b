"""One call, one frozen request, any provider of generated video."""

from typing import TYPE_CHECKING

from . import _later

# Old module paths are found in this folder, for one release.
__path__.append(f"{__path__[0]}/_moved")

if TYPE_CHECKING:
    from . import functional as functional
    from . import providers as providers
    from .api import cancel_video as cancel_video
    from .api import cancel_video_async as cancel_video_async
    from .api import check_video as check_video
    from .api import check_video_async as check_video_async
    from .api import generate_video as generate_video
    from .api import generate_video_async as generate_video_async
    from .api import pending_videos as pending_videos
    from .api import plan_video as plan_video
    from .api import resume_video as resume_video
    from .api import resume_video_async as resume_video_async
    from .api import save_video as save_video
    from .api import save_video_async as save_video_async
    from .api import start_video as start_video
    from .api import start_video_async as start_video_async
    from .effects.journal import Journal as Journal
    from .effects.sqlite_journal import SqliteJournal as SqliteJournal
    from .exceptions import AuthenticationError as AuthenticationError
    from .exceptions import ContentModerationError as ContentModerationError
    from .exceptions import GenerationCancelledError as GenerationCancelledError
    from .exceptions import GenerationFailedError as GenerationFailedError
    from .exceptions import HTTPConnectionError as HTTPConnectionError
    from .exceptions import HTTPError as HTTPError
    from .exceptions import InsufficientCreditsError as InsufficientCreditsError
    from .exceptions import JobInUseError as JobInUseError
    from .exceptions import JournalError as JournalError
    from .exceptions import NotFoundError as NotFoundError
    from .exceptions import RateLimitError as RateLimitError
    from .exceptions import SaveError as SaveError
    from .exceptions import SubmissionUnknownError as SubmissionUnknownError
    from .exceptions import TarashException as TarashException
    from .exceptions import TimeoutError as TimeoutError
    from .exceptions import UnexpectedReplyError as UnexpectedReplyError
    from .exceptions import ValidationError as ValidationError
    from .exceptions import is_retryable_error as is_retryable_error
    from .lifecycle.planned import VideoPlan as VideoPlan
    from .models import AspectRatio as AspectRatio
    from .models import AsyncProgressCallback as AsyncProgressCallback
    from .models import AttemptMetadata as AttemptMetadata
    from .models import ExecutionMetadata as ExecutionMetadata
    from .models import ImageInput as ImageInput
    from .models import ImageType as ImageType
    from .models import MediaContent as MediaContent
    from .models import MockConfig as MockConfig
    from .models import MockPollingConfig as MockPollingConfig
    from .models import MockResponse as MockResponse
    from .models import ProgressCallback as ProgressCallback
    from .models import ProviderHandler as ProviderHandler
    from .models import Resolution as Resolution
    from .models import SyncProgressCallback as SyncProgressCallback
    from .models import VideoFile as VideoFile
    from .models import VideoGenerationConfig as VideoGenerationConfig
    from .models import VideoGenerationRequest as VideoGenerationRequest
    from .models import VideoGenerationResponse as VideoGenerationResponse
    from .models import VideoGenerationUpdate as VideoGenerationUpdate
    from .providers.base import Provider as Provider
    from .registry import register_provider as register_provider
    from .values.journal_entry import JournalEntry as JournalEntry
    from .values.saved import VideoGeneration as VideoGeneration

    __version__: str
else:
    # The module of each name, which is loaded when the name is first used.
    _PLACES = {
        "AspectRatio": "models",
        "AsyncProgressCallback": "models",
        "AttemptMetadata": "models",
        "AuthenticationError": "exceptions",
        "ContentModerationError": "exceptions",
        "ExecutionMetadata": "models",
        "GenerationCancelledError": "exceptions",
        "GenerationFailedError": "exceptions",
        "HTTPConnectionError": "exceptions",
        "HTTPError": "exceptions",
        "ImageInput": "models",
        "ImageType": "models",
        "InsufficientCreditsError": "exceptions",
        "JobInUseError": "exceptions",
        "Journal": "effects.journal",
        "JournalEntry": "values.journal_entry",
        "JournalError": "exceptions",
        "MediaContent": "models",
        "MockConfig": "models",
        "MockPollingConfig": "models",
        "MockResponse": "models",
        "NotFoundError": "exceptions",
        "ProgressCallback": "models",
        "Provider": "providers.base",
        "ProviderHandler": "models",
        "RateLimitError": "exceptions",
        "Resolution": "models",
        "SaveError": "exceptions",
        "SqliteJournal": "effects.sqlite_journal",
        "SubmissionUnknownError": "exceptions",
        "SyncProgressCallback": "models",
        "TarashException": "exceptions",
        "TimeoutError": "exceptions",
        "UnexpectedReplyError": "exceptions",
        "ValidationError": "exceptions",
        "VideoFile": "models",
        "VideoGeneration": "values.saved",
        "VideoGenerationConfig": "models",
        "VideoGenerationRequest": "models",
        "VideoGenerationResponse": "models",
        "VideoGenerationUpdate": "models",
        "VideoPlan": "lifecycle.planned",
        "cancel_video": "api",
        "cancel_video_async": "api",
        "check_video": "api",
        "check_video_async": "api",
        "generate_video": "api",
        "generate_video_async": "api",
        "is_retryable_error": "exceptions",
        "pending_videos": "api",
        "plan_video": "api",
        "register_provider": "registry",
        "resume_video": "api",
        "resume_video_async": "api",
        "save_video": "api",
        "save_video_async": "api",
        "start_video": "api",
        "start_video_async": "api",
    }
    # What else ``import tarash.tarash_gateway`` makes known.
    _ROOMS = frozenset(
        {
            "api",
            "codec",
            "exceptions",
            "functional",
            "models",
            "provider_kit",
            "providers",
            "registry",
            "testing",
        }
    )
    __all__ = list(_PLACES)
    _find, __dir__ = _later.names(__name__, _PLACES, _ROOMS)

    def __getattr__(name: str) -> object:
        """Return what is loaded when it is first asked for, and the version, which is read then."""
        if name != "__version__":
            return _find(name)
        from importlib import metadata  # noqa: PLC0415 - it is not needed at import

        try:
            return metadata.version("tarash-gateway")
        except metadata.PackageNotFoundError as error:
            message = f"{name} is not known: tarash-gateway is not installed, only imported"
            raise AttributeError(message) from error
