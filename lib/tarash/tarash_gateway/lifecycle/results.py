"""What the caller gets: updates on the way, and the response. Pure."""

from collections.abc import Container
from typing import Any

from ..catalog.marks import marks_of
from ..providers.base import Video
from ..providers.expiry import earliest, expiry_of_url
from ..providers.uploads import Upload
from ..values.attempts import ExecutionMetadata
from ..values.response import StatusType, VideoGenerationResponse, VideoGenerationUpdate
from ..values.video_file import Source, VideoFile
from .fallback import attempt
from .generation import Finished, Generation, Moment


def update_of(
    generation: Generation, request_id: str, status: StatusType, **more: Any
) -> VideoGenerationUpdate:
    """Return what ``on_progress`` receives about a job."""
    config = generation.config
    return VideoGenerationUpdate(
        request_id=request_id, status=status, provider=config.provider, model=config.model, **more
    )


def update_of_upload(
    generation: Generation, upload: Upload, done: Container[str], sent: int
) -> VideoGenerationUpdate:
    """Return what ``on_progress`` receives when ``sent`` bytes of an upload have arrived.

    ``done`` are the places of the media that were uploaded before.
    """
    uploads = generation.leg.uploads
    before = sum(each.size for each in uploads if each.place in done)
    total = sum(each.size for each in uploads)
    return update_of(
        generation,
        generation.id,
        "queued",
        stage="uploading",
        progress_percent=100.0 * min(before + sent, total) / max(total, 1),
        update={"uploading": upload.place, "sent": sent, "bytes": upload.size},
    )


def finish(generation: Generation, video: Video, now: Moment) -> Generation:
    """Return the generation at its end, with the response."""
    submission = generation.leg.submission
    success = attempt(
        generation, now, submission="accepted", request_id=video.request_id, job_ended=True
    )
    response = VideoGenerationResponse(
        request_id=video.request_id,
        video=video.video,
        content_type=video.content_type,
        duration=video.duration or submission.duration,
        resolution=video.resolution or submission.resolution,
        aspect_ratio=video.aspect_ratio or submission.aspect_ratio,
        is_mock=video.is_mock,
        warnings=(*generation.warnings, *video.warnings),
        provider_metadata=video.metadata,
        raw_response=video.raw,
        execution_metadata=ExecutionMetadata(
            attempts=(*generation.attempts, success), configs_in_chain=generation.configs
        ),
        media=VideoFile(
            duration_source=_source(video.duration),
            resolution_source=_source(video.resolution),
            aspect_ratio_source=_source(video.aspect_ratio),
            declared_marks=_marks(generation, video),
        ),
        expires_at=earliest(video.expires_at, expiry_of_url(video.video)),
        delivered=video.delivered,
        generation=None if generation.job is None else generation.durable(),
    )
    update = update_of(
        generation,
        video.request_id,
        "completed",
        progress_percent=100.0,
        update=video.raw if video.update is None else video.update,
    )
    return generation.at(Finished(response=response), now, update)


def _marks(generation: Generation, video: Video) -> tuple[str, ...]:
    if video.marks or video.is_mock:
        return video.marks
    target = generation.leg.target
    return marks_of(target.provider.models, target.config.model)


def _source(reported: object) -> Source:
    return "unknown" if reported is None else "reported"
