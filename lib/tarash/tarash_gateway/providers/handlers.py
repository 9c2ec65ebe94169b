"""A provider as an object with two methods: a handler, which submits, waits and fetches by itself.

It becomes a `Provider` whose only exchange is the call of the handler. What the library does
around exchanges (fallback, attempts, journal, files of the request) is done around it too; what it
does between them (polling, deadlines, cancelling, resuming) the handler does by itself.
"""

import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeGuard
from urllib.parse import quote

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..exceptions import (
    GenerationFailedError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    UnexpectedReplyError,
)
from ..http.messages import HttpRequest, HttpResponse
from ..outcome import IOOutcome, Outcome
from ..values.checks import preview
from ..values.config import VideoGenerationConfig
from ..values.job import Job
from ..values.media import MediaContent, as_media
from ..values.request import VideoGenerationRequest
from ..values.response import ProgressCallback, VideoGenerationResponse
from ..values.secrets import HIDDEN
from .base import Accepted, Polled, Provider, Refusal, ReplyTo, Submission, Target, Video
from .handling import ProviderHandler as ProviderHandler


@attrs.frozen(kw_only=True)
class HandlerCall(HttpRequest):
    """The exchange with a handler: a call within this process, which no HTTP effect sees."""

    handler: ProviderHandler = attrs.field(eq=False, repr=False)
    config: VideoGenerationConfig = attrs.field(repr=False)
    request: VideoGenerationRequest = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class HandlerReply(HttpResponse):
    """The reply of a handler that returned a finished video."""

    video: Video = attrs.field(repr=False)


def is_handler(value: object) -> TypeGuard[ProviderHandler]:
    """Tell whether ``value`` has the methods of a `ProviderHandler`. A class is not a handler."""
    methods = ("generate_video", "generate_video_async")
    return not isinstance(value, type) and all(
        callable(getattr(value, name, None)) for name in methods
    )


def provider_from(name: str, handler: ProviderHandler) -> Provider:
    """Return the provider whose only exchange is the call of ``handler``."""
    url = f"handler://{quote(name, safe='')}"

    def submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
        sent = Submission(
            request=HandlerCall(
                method="POST", url=url, handler=handler, config=target.config, request=request
            ),
            duration=request.duration_seconds,
            resolution=request.resolution,
            aspect_ratio=request.aspect_ratio,
        )
        return Success(sent)

    return Provider(
        name=name,
        base_url=url,
        authenticate=lambda _key: {},
        submit=submit,
        accepted=_accepted,
        poll=lambda _target, _job: HttpRequest(method="GET", url=url),
        polled=_polled,
        failure=_failure,
        # The handler knows better than we do what may be sent again.
        submissions=1,
    )


def _accepted(_target: Target, reply: HttpResponse) -> Outcome[Accepted]:
    if isinstance(reply, HandlerReply):
        return Success(reply.video)
    return Failure(UnexpectedReplyError(message="a handler was not called"))


def _polled(target: Target, _job: Job, _reply: HttpResponse) -> Outcome[Polled]:
    message = f"the handler of {target.provider.name} keeps its jobs to itself: start anew"
    return Failure(UnexpectedReplyError(message=message))


def _failure(_target: Target, reply: HttpResponse, _to: ReplyTo) -> Refusal:
    return Refusal(error=UnexpectedReplyError(f"a handler was answered HTTP {reply.status}"))


def ask(call: HandlerCall, on_progress: ProgressCallback | None) -> IOOutcome[HttpResponse]:
    """Call the handler, and block until it returns. What it raises becomes one of our errors."""
    try:
        returned = call.handler.generate_video(call.config, call.request, on_progress=on_progress)
    except Exception as error:  # noqa: BLE001 - whatever a user's code raises
        return IOFailure(_error_of(error, call))
    return IOResult.from_result(_answer(returned, call))


async def ask_async(
    call: HandlerCall, on_progress: ProgressCallback | None
) -> Outcome[HttpResponse]:
    """Do the same in the caller's event loop."""
    try:
        pending: Any = call.handler.generate_video_async(
            call.config, call.request, on_progress=on_progress
        )
        returned = await pending if inspect.isawaitable(pending) else pending
    except Exception as error:  # noqa: BLE001 - whatever a user's code raises
        return Failure(_error_of(error, call))
    return _answer(returned, call)


def _error_of(error: Exception, call: HandlerCall) -> TarashException:
    """Return what a handler raised as an error of this call, not of another that it made."""
    name = call.config.provider
    match error:
        case TimeoutError():
            return SubmissionUnknownError(
                message=f"the handler of {name} gave up waiting: {error.message}",
                request_id=error.request_id,
                raw_response=error.raw_response,
            )
        case TarashException():
            return attrs.evolve(error, attempts=(), generation=None)
        case _:
            text, key = f"{type(error).__name__}: {error}", call.config.api_key
            text = text if key is None else text.replace(key.reveal(), HIDDEN)
            return UnexpectedReplyError(
                message=f"the handler of {name} raised {text}; a handler raises TarashException"
            )


def _answer(returned: object, call: HandlerCall) -> Outcome[HttpResponse]:
    name = call.config.provider
    if not isinstance(returned, VideoGenerationResponse):
        wanted = "it has to return a VideoGenerationResponse"
        message = f"the handler of {name} returned {preview(returned)}: {wanted}"
        return Failure(UnexpectedReplyError(message=message))
    # A handler's code may not be type-checked, so its status may be any value.
    if str(returned.status) != "completed":
        message = f"the handler of {name} says that the job is {preview(returned.status)}"
        job, raw = returned.request_id, returned.raw_response
        return Failure(GenerationFailedError(message=message, request_id=job, raw_response=raw))
    return _medium(returned.video, name).map(
        lambda video: HandlerReply(
            status=200,
            video=Video(
                request_id=returned.request_id,
                video=video,
                content_type=returned.content_type,
                duration=returned.duration,
                resolution=returned.resolution,
                aspect_ratio=returned.aspect_ratio,
                metadata=returned.provider_metadata,
                raw=returned.raw_response,
                warnings=returned.warnings,
                is_mock=returned.is_mock,
            ),
        )
    )


def _medium(video: object, name: str) -> Outcome[str | MediaContent]:
    if isinstance(video, str | MediaContent):
        return Success(video)
    with suppress(TarashException):
        content = as_media("video", video) if isinstance(video, Mapping) else None
        if isinstance(content, MediaContent):
            return Success(content)
    message = (
        f"the handler of {name} returned {preview(video)} as video: it has to be a URL, a "
        "MediaContent, or {'content': bytes, 'content_type': str}"
    )
    return Failure(UnexpectedReplyError(message=message))
