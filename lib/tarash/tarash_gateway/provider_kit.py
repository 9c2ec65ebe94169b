"""What somebody needs who writes a provider, under one name.

The guide "Adding a provider" builds a whole one with it.
"""

from returns.result import Failure as Failure
from returns.result import Success as Success

from . import _later
from .catalog.limits import MediaLimits as MediaLimits
from .catalog.limits import MediaRules as MediaRules
from .catalog.limits import at_most as at_most
from .catalog.mapping import Mapped as Mapped
from .catalog.mapping import map_request as map_request
from .catalog.media_rules import for_model as for_model
from .catalog.rows import Choice as Choice
from .catalog.rows import Frames as Frames
from .catalog.rows import Ignored as Ignored
from .catalog.rows import ImageSlot as ImageSlot
from .catalog.rows import Length as Length
from .catalog.rows import LengthAt as LengthAt
from .catalog.rows import ModelRow as ModelRow
from .catalog.rows import Retirement as Retirement
from .catalog.rows import Rule as Rule
from .catalog.rows import Size as Size
from .catalog.rows import Switch as Switch
from .catalog.rows import Together as Together
from .catalog.rows import VideoSlot as VideoSlot
from .exceptions import AuthenticationError as AuthenticationError
from .exceptions import ContentModerationError as ContentModerationError
from .exceptions import GenerationCancelledError as GenerationCancelledError
from .exceptions import GenerationFailedError as GenerationFailedError
from .exceptions import HTTPError as HTTPError
from .exceptions import InsufficientCreditsError as InsufficientCreditsError
from .exceptions import NotFoundError as NotFoundError
from .exceptions import RateLimitError as RateLimitError
from .exceptions import TarashException as TarashException
from .exceptions import UnexpectedReplyError as UnexpectedReplyError
from .exceptions import ValidationError as ValidationError
from .exceptions import WebhookError as WebhookError
from .http.events import Event as Event
from .http.messages import BytesBody as BytesBody
from .http.messages import FormBody as FormBody
from .http.messages import FormPart as FormPart
from .http.messages import HttpRequest as HttpRequest
from .http.messages import HttpResponse as HttpResponse
from .http.messages import JsonBody as JsonBody
from .http.reading import Parsed as Parsed
from .http.reading import json_of as json_of
from .http.reading import object_of as object_of
from .http.reading import read as read
from .http.reading import retry_after as retry_after
from .http.reading import shape_of as shape_of
from .http.reading import text_of as text_of
from .outcome import Outcome as Outcome
from .providers.base import Accepted as Accepted
from .providers.base import Heard as Heard
from .providers.base import Job as Job
from .providers.base import KeyVariables as KeyVariables
from .providers.base import Listing as Listing
from .providers.base import Polled as Polled
from .providers.base import Progress as Progress
from .providers.base import Provider as Provider
from .providers.base import Ready as Ready
from .providers.base import Refusal as Refusal
from .providers.base import ReplyTo as ReplyTo
from .providers.base import Setting as Setting
from .providers.base import Stream as Stream
from .providers.base import Submission as Submission
from .providers.base import Target as Target
from .providers.base import Video as Video
from .providers.errors import Complaint as Complaint
from .providers.errors import ErrorWords as ErrorWords
from .providers.errors import complaint_of as complaint_of
from .providers.errors import error_for as error_for
from .providers.errors import failure as failure
from .providers.errors import http_error as http_error
from .providers.errors import message_of as message_of
from .providers.errors import moderation as moderation
from .providers.expiry import time_of as time_of
from .providers.kit import Standing as Standing
from .providers.kit import aspect_ratio_of as aspect_ratio_of
from .providers.kit import bearer as bearer
from .providers.kit import created as created
from .providers.kit import id_of as id_of
from .providers.kit import offered as offered
from .providers.kit import percent as percent
from .providers.kit import resolution_of as resolution_of
from .providers.kit import result_bytes as result_bytes
from .providers.kit import result_video as result_video
from .providers.kit import seconds_or_none as seconds_or_none
from .providers.kit import segment as segment
from .providers.kit import standing as standing
from .providers.kit import submission as submission
from .providers.kit import with_reply as with_reply
from .providers.listing import ListedJob as ListedJob
from .providers.listing import Page as Page
from .providers.listing import items_of as items_of
from .providers.reports import heard as heard
from .providers.webhooks import Signed as Signed
from .providers.webhooks import Told as Told
from .providers.webhooks import Webhooks as Webhooks
from .providers.webhooks import standard as _standard
from .values.attempts import Cancellation as Cancellation
from .values.media import MediaContent as MediaContent
from .values.request import VideoGenerationRequest as VideoGenerationRequest
from .values.secrets import Secret as Secret

# Its short name says nothing here.
standard_webhooks = _standard

__dir__ = _later.public(__name__)
