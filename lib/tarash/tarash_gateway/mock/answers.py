"""What the mock answers to its requests: a job, where it stands, its clip."""

import base64
import json
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ..http.messages import HttpRequest, HttpResponse, JsonBody
from ..values.media import content_type_of
from .clips import SECONDS, Clip, packaged_clip
from .jobs import Jobs
from .render import can_render, frame_size, render_clip
from .replies import content_url, order_of
from .story import Picture, from_query

# Beyond these limits rendering would take minutes, so the packaged clip is used.
_LONGEST: Final = 600.0
_LARGEST: Final = 4320
# The pictures of older jobs are forgotten: their clips have empty tiles.
_MOST_JOBS: Final = 32
_MOST_BYTES: Final = 128 * 2**20


def answer(jobs: Jobs, request: HttpRequest) -> HttpResponse:
    """Return the mock's reply to one of its requests."""
    value = request.body.value if isinstance(request.body, JsonBody) else {}
    match request.method, *urlsplit(request.url).path.split("/")[1:]:
        case ["POST"]:
            return _create(jobs, value)
        case ["GET", job_id, "status"]:
            return _status(jobs, job_id, value)
        case ["GET", job_id, "content"]:
            return _content(request.url, _pictures_of(jobs, job_id))
        case ["DELETE", job_id]:
            return _delete(jobs, job_id)
        case _:
            return _json(404, {"error": f"{request.method} {request.url}"})


def _create(jobs: Jobs, order: Mapping[str, Any]) -> HttpResponse:
    pictures = _pictures(order["pictures"])
    if order["at_once"]:
        url = content_url(order["id"], order["clip"], order["outcome"])
        return _content(url, pictures)
    with jobs.lock:
        # Ids are digests, so equal requests need different ids while both are running.
        names = chain([order["id"]], (f"{order['id']}-{number}" for number in count(2)))
        name = next(name for name in names if name not in jobs.polls)
        if order["polled"]:
            jobs.polls[name] = 0
        _remember(jobs, name, pictures)
    reply = {key: order[key] for key in ("outcome", "clip", "model", "prompt")}
    return _json(201, reply | {"id": name, "status": "queued"})


def _remember(jobs: Jobs, name: str, pictures: tuple[Picture, ...]) -> None:
    """Store the pictures of a job, and forget those of the oldest jobs."""
    stored = jobs.pictures
    stored.pop(name, None)
    if pictures:
        stored[name] = pictures
    while len(stored) > _MOST_JOBS or sum(map(_size, stored.values())) > _MOST_BYTES:
        del stored[next(iter(stored))]


def _pictures_of(jobs: Jobs, name: str) -> tuple[Picture, ...]:
    with jobs.lock:
        return jobs.pictures.get(name, ())


def _status(jobs: Jobs, job_id: str, script: Mapping[str, Any]) -> HttpResponse:
    statuses, percentages = script["statuses"], script["percentages"]
    with jobs.lock:
        place = jobs.polls.get(job_id, 0)
        if place >= len(statuses) or statuses[place] in {"completed", "failed"}:
            jobs.polls.pop(job_id, None)
        else:
            jobs.polls[job_id] = place + 1
    if place >= len(statuses):
        return _json(200, {"id": job_id, "status": "completed", "progress": 100.0})
    default = 100.0 * place / max(1, len(statuses) - 1)
    progress = percentages[place] if percentages else default
    reply = {"id": job_id, "status": statuses[place], "progress": progress}
    return _json(200, {**reply, **(script["updates"][place] if script["updates"] else {})})


def _delete(jobs: Jobs, job_id: str) -> HttpResponse:
    with jobs.lock:
        running = jobs.polls.pop(job_id, None) is not None
    return _json(200 if running else 409, {"id": job_id})


def _json(status: int, value: Mapping[str, Any]) -> HttpResponse:
    body = json.dumps(value, default=repr).encode()
    return HttpResponse(status=status, headers={"Content-Type": "application/json"}, body=body)


def _pictures(sent: Sequence[Mapping[str, Any]]) -> tuple[Picture, ...]:
    return tuple(
        Picture(role=each["role"], content=base64.b64decode(each["content"])) for each in sent
    )


def _size(pictures: Sequence[Picture]) -> int:
    return sum(len(picture.content) for picture in pictures)


def _content(url: str, pictures: tuple[Picture, ...]) -> HttpResponse:
    order = order_of(url)
    if "path" in order:
        return _file(Path(order["path"]), url)
    clip = _clip(order, pictures)
    headers = {
        "Content-Type": "video/mp4",
        "X-Mock-Content": url,
        "X-Mock-Duration": f"{clip.duration:g}",
        "X-Mock-Width": str(clip.width),
        "X-Mock-Height": str(clip.height),
        "X-Mock-Aspect-Ratio": clip.aspect_ratio,
        "X-Mock-Sound": str(int(clip.sound)),
    }
    return HttpResponse(status=200, headers=headers, body=clip.content)


def _file(path: Path, url: str) -> HttpResponse:
    try:
        content = path.expanduser().read_bytes()
    except OSError as error:
        why = error.strerror or error
        message = f"output_video: the file {path.name} cannot be read ({why}): check its name"
        return _json(422, {"error": message})
    kind = content_type_of(path.name, content)
    headers = {"Content-Type": kind, "X-Mock-Content": url}
    return HttpResponse(status=200, headers=headers, body=content)


def _clip(order: Mapping[str, str], pictures: tuple[Picture, ...]) -> Clip:
    duration = float(order.get("duration", SECONDS))
    resolution, ratio = order.get("resolution"), order.get("aspect_ratio")
    width, height = frame_size(resolution, ratio)
    feasible = duration <= _LONGEST and max(width, height) <= 2 * _LARGEST
    if feasible and min(width, height) <= _LARGEST and can_render():
        return render_clip(
            duration=duration,
            resolution=resolution,
            aspect_ratio=ratio,
            seed=int(order.get("seed", 0)),
            story=from_query(order, pictures),
        )
    return packaged_clip(ratio)
