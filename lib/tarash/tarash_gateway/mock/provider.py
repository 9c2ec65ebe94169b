"""The mock as a provider of pure functions; `answers.MockHttp` answers its requests.

The choice among weighted outcomes and every id are digests of the seed and the request, so that
equal configs and requests give equal results.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import attrs
from returns.result import Failure, Success

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
from ..http.messages import HttpRequest, HttpResponse, JsonBody
from ..http.reading import object_of, read
from ..outcome import Outcome
from ..providers.base import (
    Accepted,
    Job,
    Polled,
    Progress,
    Provider,
    Ready,
    Refusal,
    ReplyTo,
    Submission,
    Target,
    Video,
)
from ..providers.measures import aspect_ratio_of
from ..values.attempts import Cancellation
from ..values.media import MediaContent
from ..values.mock_config import MockConfig, MockResponse
from ..values.request import VideoGenerationRequest
from ..values.response import StatusType
from .render import frame_size

# The scheme of the mock's base URL; requests with it do not leave the process.
SCHEME: Final = "mock:"
_BASE_URL: Final = f"{SCHEME}//videos"
_JOB_ERRORS: Final = (GenerationFailedError, ContentModerationError, TimeoutError)

# Requests.


def _mock(target: Target) -> MockConfig:
    return target.config.mock or MockConfig()


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    mock, digest = _mock(target), _digest(target, request)
    place = _choose(mock.responses, digest)
    outcome = _outcome(mock, place)
    order = {
        "id": f"mock-{digest[:24]}",
        "outcome": place,
        "polled": mock.polling.enabled,
        "at_once": not mock.polling.enabled and _needs_clip(outcome),
        "clip": _clip_order(outcome, request) | {"seed": int(digest[:8], 16)},
    }
    silent = "generate_audio was left out: the mock's clips have no sound"
    warnings = (silent,) if request.generate_audio else ()
    body = JsonBody(value=order | {"model": target.config.model, "prompt": request.prompt})
    return Success(
        Submission(
            request=HttpRequest(method="POST", url=_BASE_URL, body=body),
            warnings=warnings,
            adjusted=warnings,
        )
    )


def _digest(target: Target, request: VideoGenerationRequest) -> str:
    # Only fields that count for equality: equal requests have equal clips.
    values = attrs.asdict(
        request, filter=lambda field, _: bool(field.eq), value_serializer=_hashable
    )
    text = json.dumps(
        [_mock(target).seed, target.config.model, values], sort_keys=True, default=repr
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _hashable(_owner: object, _field: object, value: object) -> object:
    if isinstance(value, MediaContent):
        return [value.content_type, hashlib.sha256(value.content).hexdigest()]
    return value


def _choose(responses: tuple[MockResponse, ...], digest: str) -> int | None:
    """Return the place of the outcome that the digest selects by weight."""
    if not responses:
        return None
    point = int(digest, 16) / 16 ** len(digest) * sum(response.weight for response in responses)
    for place, response in enumerate(responses):
        point -= response.weight
        if point < 0:
            return place
    return len(responses) - 1


def _needs_clip(outcome: MockResponse | None) -> bool:
    if outcome is None or isinstance(outcome.output_video, Path):
        return True
    return outcome.mock_response is None and outcome.output_video is None and outcome.error is None


def _clip_order(response: MockResponse | None, request: VideoGenerationRequest) -> dict[str, Any]:
    if response is not None and isinstance(response.output_video, Path):
        return {"path": str(response.output_video)}
    wanted = {
        "duration": request.duration_seconds,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _poll(target: Target, job: Job) -> HttpRequest:
    polling = _mock(target).polling
    script = {
        "statuses": list(polling.status_sequence),
        "percentages": None
        if polling.progress_percentages is None
        else list(polling.progress_percentages),
        "updates": None if polling.custom_updates is None else list(polling.custom_updates),
    }
    url = f"{_BASE_URL}/{job.id}/status"
    return HttpRequest(method="GET", url=url, body=JsonBody(value=script))


def _collect(_target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="GET", url=job.urls["content"])


def _cancel(_target: Target, job: Job) -> HttpRequest:
    return HttpRequest(method="DELETE", url=f"{_BASE_URL}/{job.id}")


# Replies.


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
    query = {**clip} if outcome is None else {**clip, "outcome": outcome}
    return f"{_BASE_URL}/{job_id}/content?{urlencode(query)}"


def order_of(url: str) -> dict[str, str]:
    """Return what `content_url` put into a URL."""
    return dict(parse_qsl(url.partition("?")[2]))


def _read_submission(target: Target, reply: HttpResponse) -> Outcome[Accepted]:
    if "x-mock-content" in reply.headers:
        url = reply.headers["x-mock-content"]
        name = url.removeprefix(f"{_BASE_URL}/").partition("/")[0]
        return Success(_clip_video(Job(id=name, urls={"content": url}), reply))
    return read(reply, _Created).bind(lambda created: _start(target, *created))


def _start(target: Target, created: _Created, payload: dict[str, Any]) -> Outcome[Accepted]:
    mock = _mock(target)
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


def _outcome(mock: MockConfig, place: int | None) -> MockResponse | None:
    if place is None or not 0 <= place < len(mock.responses):
        return None
    return mock.responses[place]


def _error(mock: MockConfig, place: int | None) -> TarashException | None:
    outcome = _outcome(mock, place)
    if outcome is None or outcome.error is None:
        return None
    # An error that comes from another call carries the attempts of that call.
    return attrs.evolve(outcome.error, attempts=())


def _read_poll(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return read(reply, _Status).bind(lambda found: _state(target, job, *found))


_RUNNING: Final[Mapping[str, StatusType]] = {"queued": "queued", "processing": "processing"}


def _state(target: Target, job: Job, reply: _Status, payload: dict[str, Any]) -> Outcome[Polled]:
    mock = _mock(target)
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
    error = _error(mock, _place(job))
    if error is not None:
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
    outcome = _outcome(mock, _place(job))
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
    if isinstance(outcome.output_video, str | MediaContent):
        video = outcome.output_video
        kind = video.content_type if isinstance(video, MediaContent) else None
        return Video(request_id=job.id, video=video, content_type=kind, raw=payload, is_mock=True)
    return None


def _read_clip(_target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return Success(_clip_video(job, reply))


def _clip_video(job: Job, reply: HttpResponse) -> Video:
    headers = reply.headers
    kind = headers.get("content-type", "video/mp4")
    order = order_of(job.urls["content"])
    duration = _number(headers.get("x-mock-duration"))
    width, height = (
        int(_number(headers.get(f"x-mock-{side}")) or 0) for side in ("width", "height")
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
        warnings=_differences(order, duration, width, height) if width and height else (),
        is_mock=True,
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _differences(
    order: Mapping[str, str], duration: float | None, width: int, height: int
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
    if not different:
        return ()
    hint = "the mock returned a packaged clip; install tarash-gateway[mock] for an exact one"
    return (f"{'; '.join(different)}: {hint}",)


def _failure(_target: Target, reply: HttpResponse, _to: ReplyTo) -> Refusal:
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


def _read_cancel(reply: HttpResponse) -> Cancellation:
    return "confirmed" if reply.status in range(200, 300) else "too_late"


PROVIDER: Final = Provider(
    name="mock",
    base_url=_BASE_URL,
    authenticate=lambda _key: {},
    submit=_submit,
    accepted=_read_submission,
    poll=_poll,
    polled=_read_poll,
    collect=_collect,
    collected=_read_clip,
    cancel=_cancel,
    cancelled=_read_cancel,
    failure=_failure,
    submissions=1,
    exact_waits=True,
)
