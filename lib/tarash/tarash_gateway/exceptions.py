"""Every way in which a generation ends badly, one class for each thing a caller can do.

An error is a frozen value (in a ``Failure``) and an exception (once raised). Two errors of the
same kind and content are equal; an error survives pickling.

    TarashException
    ├── ValidationError (ValueError)          fix the request or the config
    ├── AuthenticationError                   fix the key
    ├── InsufficientCreditsError              top up the account
    ├── NotFoundError                         fix the model or the job id
    ├── RateLimitError                        wait ``retry_after`` seconds
    ├── HTTPError                             the provider's server failed
    ├── HTTPConnectionError (ConnectionError) the network failed
    │   └── SubmissionUnknownError            look whether a job exists before you try again
    ├── TimeoutError (builtin TimeoutError)   wait longer
    ├── GenerationFailedError                 try again, or elsewhere
    ├── GenerationCancelledError              somebody cancelled the job
    ├── ContentModerationError                change the prompt or the images
    ├── UnexpectedReplyError                  report it: the reply cannot be understood
    ├── JobInUseError                         another call waits for this job: let it
    └── JournalError                          make the journal writable
"""

import builtins
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from .values.attempts import AttemptMetadata

if TYPE_CHECKING:
    from .values.saved import VideoGeneration

__all__ = [
    "AuthenticationError",
    "ContentModerationError",
    "GenerationCancelledError",
    "GenerationFailedError",
    "HTTPConnectionError",
    "HTTPError",
    "InsufficientCreditsError",
    "JobInUseError",
    "JournalError",
    "NotFoundError",
    "RateLimitError",
    "SubmissionUnknownError",
    "TarashException",
    "TimeoutError",
    "UnexpectedReplyError",
    "ValidationError",
    "is_retryable_error",
]

# A field cannot be set anew, other names can: debuggers, command lines and test runners leave
# marks on exceptions.
_FROZEN = attrs.setters.frozen


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class TarashException(Exception):  # noqa: N818 - the public name is documented
    """Base of every failure.

    Attributes:
        message: What went wrong and what to do, in one sentence; never a credential.
        provider: Provider id, or None before one was chosen.
        model: Model id, or None.
        request_id: The provider's id of the job, or None if none was accepted.
        status_code: HTTP status of the reply that the error comes from, 100 to 599, or None if it
            comes from no reply.
        raw_response: The provider's reply as JSON (or text), unmodified, or None.
        attempts: Every attempt of the call so far, the failed one included.
        generation: The job that was accepted, or None. Unless the provider said that the job
            is over, the message names ``resume_video(error.generation)``, which goes on with
            it. Two errors may be equal with different ones.
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
        where = "/".join(part for part in (self.provider, self.model) if part)
        job = f" (request {self.request_id})" if self.request_id else ""
        return f"{where}: {self.message}{job}" if where else f"{self.message}{job}"

    def __reduce__(self) -> tuple[Any, ...]:  # keyword-only fields defeat Exception's pickling
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        return partial(type(self), **values), ()


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class ValidationError(TarashException, ValueError):
    """The request or the config is wrong: ours to say, or the provider's 400 or 422."""

    kind: ClassVar[str] = "validation"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class AuthenticationError(TarashException):
    """The key is missing, wrong, or may not do this (401, 403)."""

    kind: ClassVar[str] = "authentication"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class InsufficientCreditsError(TarashException):
    """The account has no credit or no quota left."""

    kind: ClassVar[str] = "insufficient_credits"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class NotFoundError(TarashException):
    """The model, the deployment or the job does not exist (any more)."""

    kind: ClassVar[str] = "not_found"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class RateLimitError(TarashException):
    """Too many requests (429).

    Attributes:
        retry_after: Seconds the provider asks to wait, or None if it does not say.
    """

    kind: ClassVar[str] = "rate_limit"

    retry_after: float | None = None


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class HTTPError(TarashException):
    """The provider's server answered with an error status that has no better class.

    Attributes:
        retry_after: Seconds the provider asks to wait, or None.
    """

    kind: ClassVar[str] = "http"

    retry_after: float | None = None


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class HTTPConnectionError(TarashException, ConnectionError):
    """No reply came.

    Attributes:
        request_sent: Whether the request may have reached the provider. False (connection
            refused, DNS, TLS, proxy) means for certain that nothing was accepted.
    """

    kind: ClassVar[str] = "connection"

    request_sent: bool = True


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class SubmissionUnknownError(HTTPConnectionError):
    """The submission left, and nothing tells whether a job was accepted.

    It is never sent again by itself: providers honour no idempotency key. Look at the
    provider's dashboard, or accept that the next try may be a second job.
    """

    kind: ClassVar[str] = "submission_unknown"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class TimeoutError(TarashException, builtins.TimeoutError):
    """The generation was not finished within ``timeout`` or ``max_poll_attempts``.

    Attributes:
        timeout_seconds: Seconds that were allowed, or None where the error does not say.
    """

    kind: ClassVar[str] = "timeout"

    timeout_seconds: float | None = None


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class GenerationFailedError(TarashException):
    """The provider accepted the job and says that it failed."""

    kind: ClassVar[str] = "generation_failed"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class GenerationCancelledError(TarashException):
    """The provider says that somebody cancelled the job.

    No other config of the chain is tried: whoever cancelled it does not want another one paid for.
    """

    kind: ClassVar[str] = "cancelled"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
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


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class JobInUseError(TarashException):
    """Another call, perhaps in another process, waits for this job: the journal says so.

    Nothing was sent. Its lease ends by itself if that process is gone.
    """

    kind: ClassVar[str] = "job_in_use"


@attrs.define(kw_only=True, auto_exc=False, slots=False, unsafe_hash=True, on_setattr=_FROZEN)
class JournalError(TarashException):
    """The journal cannot be read or written; nothing was submitted."""

    kind: ClassVar[str] = "journal"


_SERVER_ERROR = 500
_RETRYABLE = (
    RateLimitError,
    HTTPConnectionError,
    TimeoutError,
    GenerationFailedError,
    UnexpectedReplyError,
    JobInUseError,
)


def is_retryable_error(error: BaseException) -> bool:
    """Tell whether the same call may succeed later, or at another provider.

    False while a job of the call is unknown or may still run: the same call would pay for a second
    one. ``error.generation`` is the job to go on with.

    >>> is_retryable_error(RateLimitError(message="slow down", retry_after=2.0))
    True
    >>> is_retryable_error(HTTPError(message="teapot", status_code=418))
    False
    >>> is_retryable_error(ValueError("no"))
    False
    """
    if isinstance(error, TarashException) and any(a.may_still_run for a in error.attempts):
        return False
    if isinstance(error, HTTPError):
        status = error.status_code
        return status is not None and (status >= _SERVER_ERROR or status in {408, 425})
    return isinstance(error, _RETRYABLE) and not isinstance(error, SubmissionUnknownError)
