"""The errors of the library, with one class for each reaction of a caller.

An error is a frozen value in a ``Failure``, and an exception when it is raised. It can be pickled.

    TarashException
    ├── ValidationError (ValueError)          fix the request or the config
    ├── AuthenticationError                   fix the key
    ├── InsufficientCreditsError              top up the account
    ├── NotFoundError                         fix the model or the job id
    ├── RateLimitError                        wait ``retry_after`` seconds
    ├── HTTPError                             the provider's server failed
    ├── HTTPConnectionError (ConnectionError) the network failed
    │   └── SubmissionUnknownError            check whether a job exists before you try again
    ├── TimeoutError (builtin TimeoutError)   wait longer
    ├── GenerationFailedError                 try again, or another provider
    ├── GenerationCancelledError              somebody cancelled the job
    ├── ContentModerationError                change the prompt or the images
    ├── UnexpectedReplyError                  report it: the reply cannot be understood
    ├── JobInUseError                         let the other call wait for this job
    ├── SaveError                             fetch the video again: it is finished and paid
    ├── GenerationInterruptedError            resume the job of a batch that was interrupted
    ├── BatchStoppedError                     look at what failed, then go on with the rest
    ├── WebhookError                          refuse the message, or correct the webhook's keys
    └── JournalError                          make the journal writable
"""

import builtins
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import attrs

from . import _later
from .values.attempts import AttemptMetadata
from .values.shown import Shown

if TYPE_CHECKING:
    from .values.journal_entry import JournalEntry
    from .values.response import VideoGenerationResponse
    from .values.saved import VideoGeneration

__all__ = [
    "AuthenticationError",
    "BatchStoppedError",
    "ContentModerationError",
    "GenerationCancelledError",
    "GenerationFailedError",
    "GenerationInterruptedError",
    "HTTPConnectionError",
    "HTTPError",
    "InsufficientCreditsError",
    "JobInUseError",
    "JournalError",
    "NotFoundError",
    "RateLimitError",
    "SaveError",
    "SubmissionUnknownError",
    "TarashException",
    "TimeoutError",
    "UnexpectedReplyError",
    "ValidationError",
    "WebhookError",
    "is_retryable_error",
]
__dir__ = _later.public(__name__)


# Debuggers and test runners set attributes. A class without fields of its own inherits all of this.
_FROZEN = attrs.setters.frozen
_Reason = Literal["unsigned", "forged", "late", "early", "malformed", "too_large", "no_key"]


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class TarashException(Shown, Exception):  # noqa: N818 - the public name is documented
    """Base of every failure.

    Attributes:
        message: What went wrong and what to do, in one sentence; never a credential.
        provider: Provider id, or None before one was chosen.
        model: Model id, or None.
        request_id: The provider's id of the job, or None if no job was accepted.
        status_code: HTTP status of the reply that caused the error, 100 to 599, or None.
        raw_response: The provider's reply as JSON (or text), unmodified, or None.
        attempts: Every attempt of the call so far, including the failed one.
        generation: The job that was accepted, or None. Where it may go on, the message names
            ``resume_video(error.generation)``. Equality ignores this field.
    """

    kind: ClassVar[str] = "error"

    message: str = attrs.field(kw_only=False)
    provider: str | None = None
    model: str | None = None
    request_id: str | None = None
    status_code: int | None = None
    raw_response: Any = attrs.field(default=None, repr=False, hash=False)
    attempts: tuple[AttemptMetadata, ...] = attrs.field(default=(), repr=False)
    generation: "VideoGeneration | None" = attrs.field(default=None, repr=False, eq=False)

    def __str__(self) -> str:
        place = "/".join(part for part in (self.provider, self.model) if part)
        job = f" (request {self.request_id})" if self.request_id else ""
        return f"{place}: {self.message}{job}" if place else f"{self.message}{job}"

    def __reduce__(self) -> tuple[Any, ...]:  # keyword-only fields defeat Exception's pickling
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        return partial(type(self), **values), ()


class ValidationError(TarashException, ValueError):
    """The request or the config is wrong, by our checks or by the provider's (400, 422)."""

    kind: ClassVar[str] = "validation"


class AuthenticationError(TarashException):
    """The key is missing, wrong, or lacks a permission (401, 403)."""

    kind: ClassVar[str] = "authentication"


class InsufficientCreditsError(TarashException):
    """The account has no credit or no quota left."""

    kind: ClassVar[str] = "insufficient_credits"


class NotFoundError(TarashException):
    """The model, the deployment or the job does not exist, or no longer exists."""

    kind: ClassVar[str] = "not_found"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class RateLimitError(TarashException):
    """Too many requests (429).

    Attributes:
        retry_after: Seconds that the provider asks to wait, or None if it gives no number.
        concurrent: Whether the provider says that too many jobs run at once: the end of one makes
            room.
    """

    kind: ClassVar[str] = "rate_limit"

    retry_after: float | None = None
    concurrent: bool = False


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class HTTPError(TarashException):
    """The provider's server answered with an error status that no other class describes.

    Attributes:
        retry_after: Seconds that the provider asks to wait, or None.
    """

    kind: ClassVar[str] = "http"
    retry_after: float | None = None


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class HTTPConnectionError(TarashException, ConnectionError):
    """No reply came.

    Attributes:
        request_sent: Whether the request may have reached the provider. False (connection
            refused, DNS, TLS, proxy) means that it certainly did not.
    """

    kind: ClassVar[str] = "connection"

    request_sent: bool = True


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class SubmissionUnknownError(HTTPConnectionError):
    """Nobody knows whether a job was accepted; ``reconcile_video`` takes each of ``unknown``."""

    kind: ClassVar[str] = "submission_unknown"

    unknown: "tuple[JournalEntry, ...]" = attrs.field(default=(), repr=False, eq=False)


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class TimeoutError(TarashException, builtins.TimeoutError):
    """The generation was not finished within ``timeout`` or ``max_poll_attempts``.

    Attributes:
        timeout_seconds: The limit in seconds, or None if it is not known.
    """

    kind: ClassVar[str] = "timeout"
    timeout_seconds: float | None = None


class GenerationFailedError(TarashException):
    """The provider accepted the job and reports that it failed."""

    kind: ClassVar[str] = "generation_failed"


class GenerationCancelledError(TarashException):
    """Somebody cancelled the job at the provider: no other config is tried, which would be paid."""

    kind: ClassVar[str] = "cancelled"


class ContentModerationError(TarashException):
    """The provider refuses the content: the prompt, an image, or the result."""

    kind: ClassVar[str] = "moderation"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class UnexpectedReplyError(TarashException):
    """A reply that cannot be understood.

    Attributes:
        problems: What is wrong with it, each with its JSON path.
    """

    kind: ClassVar[str] = "unexpected_reply"

    problems: tuple[str, ...] = ()


class JobInUseError(TarashException):
    """The journal says that another call waits for this job; its lease ends with its process."""

    kind: ClassVar[str] = "job_in_use"


class JournalError(TarashException):
    """The journal cannot be read or written; nothing was submitted."""

    kind: ClassVar[str] = "journal"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class SaveError(TarashException):
    """The video is finished, and it could not be saved.

    Attributes:
        response: The finished video, or None if the caller has it already. ``save_video`` fetches
            it again. Equality ignores this field.
    """

    kind: ClassVar[str] = "save"

    response: "VideoGenerationResponse | None" = attrs.field(default=None, repr=False, eq=False)


class GenerationInterruptedError(TarashException):
    """Its batch was left before it came to its end; ``generation`` has the job, if there is one."""

    kind: ClassVar[str] = "interrupted"


class BatchStoppedError(TarashException):
    """A batch ended before its requests; ``__cause__`` is what their iterator raised, if it did."""

    kind: ClassVar[str] = "batch_stopped"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class WebhookError(TarashException):
    """A message to a webhook is not believed; `verify_webhook` lists what ``reason`` may be."""

    kind: ClassVar[str] = "webhook"
    reason: _Reason = "malformed"


# Every class, by its name.
ERRORS: Final[Mapping[str, type[TarashException]]] = {
    name: cls
    for name, cls in tuple(globals().items())
    if isinstance(cls, type) and issubclass(cls, TarashException)
}
_SERVER_ERROR = 500
_PASSING = RateLimitError | HTTPConnectionError | TimeoutError | GenerationFailedError
_RETRYABLE = _PASSING | UnexpectedReplyError | JobInUseError


def is_retryable_error(error: BaseException) -> bool:
    """Tell whether the same call may succeed later, or with another provider.

    False while a job of the call may still run: resume ``error.generation`` instead.

    >>> errors = (RateLimitError("slow down"), HTTPError("teapot", status_code=418), ValueError())
    >>> [is_retryable_error(error) for error in errors]
    [True, False, False]
    """
    if isinstance(error, TarashException) and any(a.may_still_run for a in error.attempts):
        return False
    if isinstance(error, HTTPError):
        return (status := error.status_code or 0) >= _SERVER_ERROR or status in {408, 425}
    return isinstance(error, _RETRYABLE) and not isinstance(error, SubmissionUnknownError)
