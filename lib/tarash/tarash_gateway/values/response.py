"""The results of a generation: updates while it runs, and the response."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import attrs

from .. import _later
from .attempts import ExecutionMetadata
from .checks import as_dict
from .media import MediaContent
from .shown import Shown, keys
from .video_file import VideoFile

if TYPE_CHECKING:
    from . import in_html
    from .saved import VideoGeneration
else:
    # Only a notebook asks for it.
    (in_html,) = _later.modules(__package__, ".in_html")

StatusType: TypeAlias = Literal["queued", "processing", "completed", "failed"]
# What a call does: it sends the request's files, the provider works, or it fetches the video.
ProgressStage: TypeAlias = Literal["uploading", "generating", "downloading"]
STATUSES: Final[tuple[str, ...]] = get_args(StatusType)


@attrs.frozen(kw_only=True)
class VideoGenerationResponse(Shown):
    """A finished video and all that is known about it.

    Attributes:
        request_id: The provider's id of the job.
        video: URL of the video, or its bytes with their type.
        status: ``"completed"``.
        content_type: MIME type of the video, or None if it is not known.
        duration: Seconds that the video's file plays; where it could not be read, those that the
            provider reports, else those that were sent to it, else None.
        resolution: E.g. ``"1080p"``, by the shorter side, from the same sources.
        aspect_ratio: E.g. ``"16:9"`` for every picture within 3 % of it, from the same sources.
        is_mock: Whether the mock made it.
        warnings: One sentence for each value that was adapted or left out, with the reason.
        provider_metadata: Further fields of the reply.
        raw_response: The provider's JSON, unmodified.
        execution_metadata: The attempts, how long they took, and which may cost money.
        media: What the video's file is, and how that is known.
        path: Where the video was saved, or None.
        expires_at: When the provider stops offering the video: its URL, and the job's content where
            ``video`` has the bytes. Aware UTC time, as the provider says or documents, or None if
            it does neither.
        delivered: Whether the provider wrote the video into the caller's own storage, because the
            request asked for it. ``video`` then names the place, such as ``"gs://bucket/a.mp4"``,
            and the caller's own credentials are needed to read it: it is neither measured nor saved
            to a file.
        generation: The job that made it, without this response, or None where there was no job or
            the response comes from JSON: `save_video` asks for a fresh URL with it. Equality
            ignores this field.
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
    provider_metadata: Mapping[str, Any] = attrs.field(
        factory=dict, converter=as_dict, hash=False, repr=keys
    )
    raw_response: Mapping[str, Any] = attrs.field(
        factory=dict, converter=as_dict, hash=False, repr=keys
    )
    execution_metadata: ExecutionMetadata | None = None
    media: VideoFile = attrs.field(factory=VideoFile)
    path: Path | None = None
    expires_at: datetime | None = None
    delivered: bool = False
    generation: "VideoGeneration | None" = attrs.field(
        default=None, eq=False, repr=False, hash=False
    )

    def _repr_html_(self) -> str:
        """Return a player for a notebook."""
        length = "" if self.duration is None else f"{self.duration:g} s"
        measures = (length, self.resolution, self.aspect_ratio, self.is_mock and "mock")
        facts = ", ".join(text for text in measures if text)
        place = "" if self.path is None else f"saved as {self.path}"
        return in_html.player(self.video, self.path, (facts, place, *self.warnings))


@attrs.frozen(kw_only=True)
class VideoGenerationUpdate(Shown):
    """What a poll or a download reported.

    Attributes:
        request_id: The provider's id of the job.
        status: The job's status.
        progress_percent: 0 to 100, or None if the provider reports no number.
        queue_position: How many jobs are ahead, from 0, or None.
        logs: Lines the provider printed.
        update: The reply's JSON; of a download ``{"bytes": …, "size": …}``, where the size may be
            None.
        provider: Provider id.
        model: Model id.
        stage: What the call does: ``"uploading"``, ``"generating"`` or ``"downloading"``. Its
            percentage is the one of this stage.
    """

    request_id: str
    status: StatusType
    progress_percent: float | None = None
    queue_position: int | None = None
    logs: tuple[str, ...] = ()
    update: Mapping[str, Any] = attrs.field(factory=dict, converter=as_dict, hash=False, repr=False)
    provider: str | None = None
    model: str | None = None
    stage: ProgressStage = "generating"


SyncProgressCallback: TypeAlias = Callable[[VideoGenerationUpdate], None]
AsyncProgressCallback: TypeAlias = Callable[[VideoGenerationUpdate], Awaitable[None]]
# A function that a caller may pass as ``on_progress``: either of the two.
ProgressCallback: TypeAlias = Callable[[VideoGenerationUpdate], Awaitable[None] | None]
# What a caller may pass as ``on_progress``: a function, or the library's own bar on stderr.
OnProgress: TypeAlias = ProgressCallback | Literal["bar"]
