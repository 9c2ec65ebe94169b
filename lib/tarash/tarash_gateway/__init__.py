"""One call, one frozen request, any provider of generated video."""

from typing import TYPE_CHECKING

from . import _later

# Old module paths are found in this folder, until 0.3.
__path__.append(f"{__path__[0]}/_moved")

if TYPE_CHECKING:
    from . import functional as functional
    from . import providers as providers
    from .api import cancel_video as cancel_video
    from .api import cancel_video_async as cancel_video_async
    from .api import check_video as check_video
    from .api import check_video_async as check_video_async
    from .api import fingerprint_video as fingerprint_video
    from .api import generate_video as generate_video
    from .api import generate_video_async as generate_video_async
    from .api import generate_videos as generate_videos
    from .api import generate_videos_async as generate_videos_async
    from .api import list_configs as list_configs
    from .api import list_models as list_models
    from .api import list_providers as list_providers
    from .api import load_config as load_config
    from .api import pending_videos as pending_videos
    from .api import plan_video as plan_video
    from .api import receive_webhook as receive_webhook
    from .api import receive_webhook_async as receive_webhook_async
    from .api import reconcile_video as reconcile_video
    from .api import reconcile_video_async as reconcile_video_async
    from .api import resume_video as resume_video
    from .api import resume_video_async as resume_video_async
    from .api import save_video as save_video
    from .api import save_video_async as save_video_async
    from .api import start_video as start_video
    from .api import start_video_async as start_video_async
    from .api import verify_webhook as verify_webhook
    from .api import wait_for_webhook as wait_for_webhook
    from .api import wait_for_webhook_async as wait_for_webhook_async
    from .catalog.info import ModelInfo as ModelInfo
    from .catalog.info import ProviderInfo as ProviderInfo
    from .effects.journal import Journal as Journal
    from .effects.postgres_journal import PostgresJournal as PostgresJournal
    from .effects.sqlite_journal import SqliteJournal as SqliteJournal
    from .exceptions import AuthenticationError as AuthenticationError
    from .exceptions import BatchStoppedError as BatchStoppedError
    from .exceptions import ContentModerationError as ContentModerationError
    from .exceptions import GenerationCancelledError as GenerationCancelledError
    from .exceptions import GenerationFailedError as GenerationFailedError
    from .exceptions import GenerationInterruptedError as GenerationInterruptedError
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
    from .exceptions import WebhookError as WebhookError
    from .exceptions import is_retryable_error as is_retryable_error
    from .lifecycle.planned import VideoPlan as VideoPlan
    from .providers.base import Provider as Provider
    from .providers.handling import ProviderHandler as ProviderHandler
    from .registry import register_provider as register_provider
    from .running.batch_runs import AsyncVideoBatch as AsyncVideoBatch
    from .running.batch_runs import VideoBatch as VideoBatch
    from .running.closing import connections as connections
    from .values.attempts import AttemptMetadata as AttemptMetadata
    from .values.attempts import ExecutionMetadata as ExecutionMetadata
    from .values.batch import BatchItem as BatchItem
    from .values.batch import BatchSummary as BatchSummary
    from .values.config import VideoGenerationConfig as VideoGenerationConfig
    from .values.journal_entry import JournalEntry as JournalEntry
    from .values.media import ImageInput as ImageInput
    from .values.media import ImageType as ImageType
    from .values.media import MediaContent as MediaContent
    from .values.mock_config import MockConfig as MockConfig
    from .values.mock_config import MockPollingConfig as MockPollingConfig
    from .values.mock_config import MockResponse as MockResponse
    from .values.received import Webhook as Webhook
    from .values.reconciliation import ListedJob as ListedJob
    from .values.reconciliation import Reconciliation as Reconciliation
    from .values.request import AspectRatio as AspectRatio
    from .values.request import Resolution as Resolution
    from .values.request import VideoGenerationRequest as VideoGenerationRequest
    from .values.response import AsyncProgressCallback as AsyncProgressCallback
    from .values.response import OnProgress as OnProgress
    from .values.response import ProgressCallback as ProgressCallback
    from .values.response import SyncProgressCallback as SyncProgressCallback
    from .values.response import VideoGenerationResponse as VideoGenerationResponse
    from .values.response import VideoGenerationUpdate as VideoGenerationUpdate
    from .values.saved import VideoGeneration as VideoGeneration
    from .values.video_file import VideoFile as VideoFile
    from .values.webhook import WebhookEvent as WebhookEvent
    from .values.webhook import WebhookKeys as WebhookKeys

    __version__: str
else:
    # The module of each name, which is loaded when the name is first used.
    _PLACES = {
        "AspectRatio": "values.request",
        "AsyncProgressCallback": "values.response",
        "AsyncVideoBatch": "running.batch_runs",
        "AttemptMetadata": "values.attempts",
        "AuthenticationError": "exceptions",
        "BatchItem": "values.batch",
        "BatchStoppedError": "exceptions",
        "BatchSummary": "values.batch",
        "ContentModerationError": "exceptions",
        "ExecutionMetadata": "values.attempts",
        "GenerationCancelledError": "exceptions",
        "GenerationFailedError": "exceptions",
        "GenerationInterruptedError": "exceptions",
        "HTTPConnectionError": "exceptions",
        "HTTPError": "exceptions",
        "ImageInput": "values.media",
        "ImageType": "values.media",
        "InsufficientCreditsError": "exceptions",
        "JobInUseError": "exceptions",
        "Journal": "effects.journal",
        "JournalEntry": "values.journal_entry",
        "JournalError": "exceptions",
        "ListedJob": "values.reconciliation",
        "MediaContent": "values.media",
        "MockConfig": "values.mock_config",
        "MockPollingConfig": "values.mock_config",
        "MockResponse": "values.mock_config",
        "ModelInfo": "catalog.info",
        "NotFoundError": "exceptions",
        "OnProgress": "values.response",
        "PostgresJournal": "effects.postgres_journal",
        "ProgressCallback": "values.response",
        "Provider": "providers.base",
        "ProviderHandler": "providers.handling",
        "ProviderInfo": "catalog.info",
        "RateLimitError": "exceptions",
        "Reconciliation": "values.reconciliation",
        "Resolution": "values.request",
        "SaveError": "exceptions",
        "SqliteJournal": "effects.sqlite_journal",
        "SubmissionUnknownError": "exceptions",
        "SyncProgressCallback": "values.response",
        "TarashException": "exceptions",
        "TimeoutError": "exceptions",
        "UnexpectedReplyError": "exceptions",
        "ValidationError": "exceptions",
        "VideoBatch": "running.batch_runs",
        "VideoFile": "values.video_file",
        "VideoGeneration": "values.saved",
        "VideoGenerationConfig": "values.config",
        "VideoGenerationRequest": "values.request",
        "VideoGenerationResponse": "values.response",
        "VideoGenerationUpdate": "values.response",
        "VideoPlan": "lifecycle.planned",
        "Webhook": "values.received",
        "WebhookError": "exceptions",
        "WebhookEvent": "values.webhook",
        "WebhookKeys": "values.webhook",
        "cancel_video": "api",
        "cancel_video_async": "api",
        "check_video": "api",
        "check_video_async": "api",
        "connections": "running.closing",
        "fingerprint_video": "api",
        "generate_video": "api",
        "generate_video_async": "api",
        "generate_videos": "api",
        "generate_videos_async": "api",
        "is_retryable_error": "exceptions",
        "list_configs": "api",
        "list_models": "api",
        "list_providers": "api",
        "load_config": "api",
        "pending_videos": "api",
        "plan_video": "api",
        "receive_webhook": "api",
        "receive_webhook_async": "api",
        "reconcile_video": "api",
        "reconcile_video_async": "api",
        "register_provider": "registry",
        "resume_video": "api",
        "resume_video_async": "api",
        "save_video": "api",
        "save_video_async": "api",
        "start_video": "api",
        "start_video_async": "api",
        "verify_webhook": "api",
        "wait_for_webhook": "api",
        "wait_for_webhook_async": "api",
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
