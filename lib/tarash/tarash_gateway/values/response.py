"""What comes of a generation: updates on the way, and the response."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from .attempts import ExecutionMetadata
from .media import MediaContent

StatusType: TypeAlias = Literal["queued", "processing", "completed", "failed"]
STATUSES: Final = ("queued", "processing", "completed", "failed")


def _copy(value: Mapping[str, Any]) -> dict[str, Any]:
    return dict(value)


@attrs.frozen(kw_only=True)
class VideoGenerationResponse:
    """A finished video and all that is known about it.

    Attributes:
        request_id: The provider's id of the job.
        video: URL of the video, or its bytes with their type.
        status: ``"completed"``.
        content_type: MIME type of the video, or None if it is not known.
        duration: Seconds: what the provider reports, else what was sent to it, else None.
        resolution: E.g. ``"1080p"``, likewise.
        aspect_ratio: E.g. ``"16:9"``, likewise.
        is_mock: Whether the mock made it.
        warnings: What was adapted or left out, and why: one sentence each.
        provider_metadata: What the reply says beyond these fields.
        raw_response: The provider's JSON, unmodified.
        execution_metadata: What was tried, how long it took, what may have been paid.
    """

    request_id: str
    video: str | MediaContent
    status: Literal["completed"] = "completed"
    content_type: str | None = None
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    is_mock: bool = False
    warnings: tuple[str, ...] = ()
    provider_metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=_copy, hash=False)
    raw_response: Mapping[str, Any] = attrs.field(factory=dict, converter=_copy, hash=False)
    execution_metadata: ExecutionMetadata | None = None


@attrs.frozen(kw_only=True)
class VideoGenerationUpdate:
    """What a poll found.

    Attributes:
        request_id: The provider's id of the job.
        status: Where the job stands.
        progress_percent: 0 to 100, or None where the provider gives no number.
        queue_position: Jobs ahead, from 0, or None.
        logs: Lines the provider printed.
        update: The reply's JSON.
        provider: Provider id.
        model: Model id.
    """

    request_id: str
    status: StatusType
    progress_percent: float | None = None
    queue_position: int | None = None
    logs: tuple[str, ...] = ()
    update: Mapping[str, Any] = attrs.field(factory=dict, converter=_copy, hash=False, repr=False)
    provider: str | None = None
    model: str | None = None


SyncProgressCallback: TypeAlias = Callable[[VideoGenerationUpdate], None]
AsyncProgressCallback: TypeAlias = Callable[[VideoGenerationUpdate], Awaitable[None]]
# What a caller may give as ``on_progress``: either of the two.
ProgressCallback: TypeAlias = Callable[[VideoGenerationUpdate], Awaitable[None] | None]
