"""The mock's replies, read as jobs, progress and videos."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import attrs
from returns.result import Failure, Success, safe

from ..catalog.nearest import ratio_of
from ..exceptions import (
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    NotFoundError,
    TarashException,
    TimeoutError,
    ValidationError,
)
from ..http.messages import HttpResponse
from ..http.reading import object_of, read
from ..outcome import Outcome
from ..providers.base import (
    Accepted,
    Job,
    Polled,
    Progress,
    Ready,
    Refusal,
    ReplyTo,
    Target,
    Video,
)
from ..providers.kit import aspect_ratio_of
from ..values.attempts import Cancellation
from ..values.extras import how_to_install
from ..values.media import MediaContent
from ..values.mock_config import MockConfig, MockResponse
from ..values.response import StatusType
from .jobs import SCHEME
from .render import frame_size

BASE_URL: Final = f"{SCHEME}//videos"
_JOB_ERRORS: Final = (GenerationFailedError, ContentModerationError, TimeoutError)


def mock_of(target: Target) -> MockConfig:
    """Return the mock's config of a call."""
    return target.config.mock or MockConfig()


@attrs.frozen
class _Created:
    id: str
    clip: dict[str, Any]
    outcome: int | None = None


@attrs.frozen
class _Status:
    status: str
    progress: float | None = None
    queue_position: int | None = None
    logs: list[str] = attrs.field(factory=list)


def content_url(job_id: str, clip: Mapping[str, Any], outcome: int | None) -> str:
    """Return the URL of a job's clip; its query holds all that is needed to make the clip."""
    place = {} if outcome is None else {"outcome": outcome}
    # A prompt may be any text, halves of a UTF-16 pair included.
    return f"{BASE_URL}/{job_id}/content?{urlencode({**clip, **place}, errors='replace')}"


def order_of(url: str) -> dict[str, str]:
    """Return what `content_url` put into a URL."""
    return dict(parse_qsl(url.partition("?")[2]))


def read_submission(target: Target, reply: HttpResponse) -> Outcome[Accepted]:
    """Return the job of a submission, or its video if the config answers at once."""
    if "x-mock-content" in reply.headers:
        url = reply.headers["x-mock-content"]
        name = url.removeprefix(f"{BASE_URL}/").partition("/")[0]
        return Success(_clip_video(Job(id=name, urls={"content": url}), reply))
    return read(reply, _Created).bind(lambda created: _start(target, *created))


def _start(target: Target, created: _Created, payload: dict[str, Any]) -> Outcome[Accepted]:
    mock = mock_of(target)
    error = _error(mock, created.outcome)
    if error is not None and not (mock.polling.enabled and isinstance(error, _JOB_ERRORS)):
        return Failure(error)
    job = Job(
        id=created.id,
        wait=mock.polling.delay_between_updates if mock.polling.enabled else 0.0,
        urls={"content": content_url(created.id, created.clip, created.outcome)},
    )
    video = None if mock.polling.enabled else _video_of_config(mock, job, payload)
    return Success(video or job)


def outcome_at(mock: MockConfig, place: int | None) -> MockResponse | None:
    """Return an outcome of the config by its place, or None if it has none there."""
    if place is None or not 0 <= place < len(mock.responses):
        return None
    return mock.responses[place]


def _error(mock: MockConfig, place: int | None) -> TarashException | None:
    outcome = outcome_at(mock, place)
    if outcome is None or outcome.error is None:
        return None
    # An error that comes from another call carries the attempts of that call.
    return attrs.evolve(outcome.error, attempts=())


def read_poll(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the state of a job."""
    return read(reply, _Status).bind(lambda found: _state(target, job, found.value, found.payload))


_RUNNING: Final[Mapping[str, StatusType]] = {"queued": "queued", "processing": "processing"}


def _state(target: Target, job: Job, reply: _Status, payload: dict[str, Any]) -> Outcome[Polled]:
    mock = mock_of(target)
    if reply.status in _RUNNING:
        return Success(
            Progress(
                status=_RUNNING[reply.status],
                percent=reply.progress,
                queue_position=reply.queue_position,
                logs=tuple(reply.logs),
                raw=payload,
                wait=mock.polling.delay_between_updates,
            )
        )
    if (error := _error(mock, _place(job))) is not None:
        return Failure(error)
    if reply.status == "failed":
        message = "the mock's job failed, as its status_sequence says"
        return Failure(GenerationFailedError(message=message, raw_response=payload))
    # The clip is only bytes, so the job carries the JSON of this poll to the response.
    ready = Ready(job=attrs.evolve(job, told=payload), raw=payload)
    return Success(_video_of_config(mock, job, payload) or ready)


def _place(job: Job) -> int | None:
    place = order_of(job.urls["content"]).get("outcome", "")
    return int(place) if place.isdecimal() else None


def _video_of_config(mock: MockConfig, job: Job, payload: dict[str, Any]) -> Video | None:
    """Return the video that the config holds, or None if it holds none."""
    outcome = outcome_at(mock, _place(job))
    if outcome is None:
        return None
    if outcome.mock_response is not None:
        response = outcome.mock_response
        return Video(
            request_id=job.id,
            video=response.video,
            content_type=response.content_type,
            duration=response.duration,
            resolution=response.resolution,
            aspect_ratio=response.aspect_ratio,
            metadata=response.provider_metadata,
            raw=response.raw_response or payload,
            update=payload,
            warnings=response.warnings,
            is_mock=True,
        )
    video = outcome.output_video
    if not isinstance(video, str | MediaContent):
        return None
    kind = video.content_type if isinstance(video, MediaContent) else None
    return Video(request_id=job.id, video=video, content_type=kind, raw=payload, is_mock=True)


def read_clip(_target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the clip of a job as its video."""
    return Success(_clip_video(job, reply))


def _clip_video(job: Job, reply: HttpResponse) -> Video:
    headers = reply.headers
    kind = headers.get("content-type", "video/mp4")
    order = order_of(job.urls["content"])
    duration = _number(headers.get("x-mock-duration", "")).value_or(None)
    width, height = (
        int(_number(headers.get(f"x-mock-{side}", "")).value_or(0)) for side in ("width", "height")
    )
    return Video(
        request_id=job.id,
        video=MediaContent(reply.body, kind),
        content_type=kind,
        duration=duration,
        resolution=f"{min(width, height)}p" if width and height else None,
        aspect_ratio=headers.get("x-mock-aspect-ratio"),
        metadata={"width": width, "height": height} if width and height else {},
        raw={"id": job.id, "status": "completed", "clip": order},
        update={"id": job.id, "status": "completed", "clip": order, **job.told},
        warnings=_differences(order, headers, duration, width, height) if width and height else (),
        is_mock=True,
    )


_number = safe(exceptions=(ValueError,))(float)


def _differences(
    order: Mapping[str, str],
    headers: Mapping[str, str],
    duration: float | None,
    width: int,
    height: int,
) -> tuple[str, ...]:
    """Return one sentence about the differences between the clip and the order, or nothing."""
    different = []
    seconds = order.get("duration")
    if seconds is not None and duration is not None and abs(float(seconds) - duration) > 0.001:  # noqa: PLR2004 - a millisecond
        different.append(f"duration_seconds {float(seconds):g} became {duration:g}")
    resolution, ratio = order.get("resolution"), order.get("aspect_ratio")
    wanted = frame_size(resolution, ratio)
    if resolution is not None and min(wanted) != min(width, height):
        different.append(f"resolution {resolution!r} became '{min(width, height)}p'")
    if ratio is not None and aspect_ratio_of(*wanted) != aspect_ratio_of(width, height):
        different.append(f"aspect_ratio {ratio!r} became {aspect_ratio_of(width, height)!r}")
    if ratio is not None and ratio_of(ratio) is None:
        different.append(f"aspect_ratio {ratio!r} is not a ratio")
    if order.get("sound") == "1" and headers.get("x-mock-sound") == "0":
        different.append("generate_audio was left out")
    if not different:
        return ()
    hint = f"the mock returned a packaged clip; for an exact one, {how_to_install('mock')}"
    return (f"{'; '.join(different)}: {hint}",)


def read_refusal(_target: Target, reply: HttpResponse, _to: ReplyTo) -> Refusal:
    """Return the error that a reply reports."""
    reason = str(object_of(reply).value_or({}).get("error", "no reason given"))
    match reply.status:
        case 404:
            message = f"the mock does not know this job ({reason}): check its id"
            return Refusal(error=NotFoundError(message=message))
        case 422:
            return Refusal(error=ValidationError(message=reason), of="job")
        case status:
            message = f"the mock answered HTTP {status}: {reason}"
            return Refusal(error=HTTPError(message=message, status_code=status))


def read_cancel(reply: HttpResponse) -> Cancellation:
    """Return whether a job was still running when it was cancelled."""
    return "confirmed" if reply.status in range(200, 300) else "too_late"
