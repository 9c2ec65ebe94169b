"""The public values: frozen, compared by value, refused when they are made wrong."""

from . import _later
from .catalog.info import ImageSlotInfo as ImageSlotInfo
from .catalog.info import ModelInfo as ModelInfo
from .catalog.info import ProviderInfo as ProviderInfo
from .catalog.info import Seconds as Seconds
from .providers.handling import ProviderHandler as ProviderHandler
from .values.attempts import AttemptMetadata as AttemptMetadata
from .values.attempts import ExecutionMetadata as ExecutionMetadata
from .values.config import Unsupported as Unsupported
from .values.config import VideoGenerationConfig as VideoGenerationConfig
from .values.files import UploadedMedia as UploadedMedia
from .values.known import KnownModel as KnownModel
from .values.known import KnownName as KnownName
from .values.known import KnownProvider as KnownProvider
from .values.media import ImageInput as ImageInput
from .values.media import ImageItem as ImageItem
from .values.media import ImageRole as ImageRole
from .values.media import ImageType as ImageType
from .values.media import MediaContent as MediaContent
from .values.media import MediaType as MediaType
from .values.mock_config import MockConfig as MockConfig
from .values.mock_config import MockPollingConfig as MockPollingConfig
from .values.mock_config import MockResponse as MockResponse
from .values.reconciliation import ListedJob as ListedJob
from .values.reconciliation import Reconciliation as Reconciliation
from .values.request import AspectRatio as AspectRatio
from .values.request import Resolution as Resolution
from .values.request import VideoGenerationRequest as VideoGenerationRequest
from .values.response import AsyncProgressCallback as AsyncProgressCallback
from .values.response import OnProgress as OnProgress
from .values.response import ProgressCallback as ProgressCallback
from .values.response import StatusType as StatusType
from .values.response import SyncProgressCallback as SyncProgressCallback
from .values.response import VideoGenerationResponse as VideoGenerationResponse
from .values.response import VideoGenerationUpdate as VideoGenerationUpdate
from .values.secrets import Secret as Secret
from .values.video_file import VideoFile as VideoFile
from .values.webhook import WebhookEvent as WebhookEvent
from .values.webhook import WebhookKeys as WebhookKeys
from .values.webhook import WebhookStatus as WebhookStatus

__dir__ = _later.public(__name__)
