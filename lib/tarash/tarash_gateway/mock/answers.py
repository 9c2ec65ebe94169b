"""An HTTP effect that answers the mock provider's requests and passes on all others."""

import base64
import json
import os
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import attrs
from returns.io import IOResult

from ..effects import Http, HttpReply
from ..effects.receiving import WholeReply
from ..http.messages import HttpRequest, HttpResponse, JsonBody, Limits
from ..outcome import IOOutcome
from ..values.media import content_type_of
from .clips import SECONDS, Clip, packaged_clip
from .render import can_render, frame_size, render_clip
from .replies import SCHEME, content_url, order_of
from .story import Picture, from_query

# Beyond these limits rendering would take minutes, so the packaged clip is used.
_LONGEST: Final = 600.0
_LARGEST: Final = 4320
# The pictures of older jobs are forgotten: their clips have empty tiles.
_MOST_JOBS: Final = 32
_MOST_BYTES: Final = 128 * 2**20


@attrs.frozen(eq=False)
class _Jobs:
    """The polls of running jobs, and the pictures of the last ones, by the job's id."""

    polls: dict[str, int] = attrs.field(factory=dict)
    pictures: dict[str, tuple[Picture, ...]] = attrs.field(factory=dict)
    lock: threading.Lock = attrs.field(factory=threading.Lock)


@attrs.frozen(eq=False)
class MockHttp:
    """Answers the mock's submissions, polls, cancels and fetches; sends everything else.

    It counts the polls of running jobs. Safe to share between threads.

    Attributes:
        real: What sends everything else.
    """

    real: Http
    _jobs: _Jobs

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Return the reply: see `effects.Http`."""
        if not request.url.startswith(SCHEME):
            return self.real.open(request, limits=limits)
        return IOResult.from_value(WholeReply(self._answer(request), limits))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        value = request.body.value if isinstance(request.body, JsonBody) else {}
        match request.method, *urlsplit(request.url).path.split("/")[1:]:
            case ["POST"]:
                return self._create(value)
            case ["GET", job_id, "status"]:
                return self._status(job_id, value)
            case ["GET", job_id, "content"]:
                return _content(request.url, self._pictures_of(job_id))
            case ["DELETE", job_id]:
                return self._delete(job_id)
            case _:
                return _json(404, {"error": f"{request.method} {request.url}"})

    def _create(self, order: Mapping[str, Any]) -> HttpResponse:
        pictures = _pictures(order["pictures"])
        if order["at_once"]:
            url = content_url(order["id"], order["clip"], order["outcome"])
            return _content(url, pictures)
        with self._jobs.lock:
            # Ids are digests, so equal requests need different ids while both are running.
            names = chain([order["id"]], (f"{order['id']}-{number}" for number in count(2)))
            name = next(name for name in names if name not in self._jobs.polls)
            if order["polled"]:
                self._jobs.polls[name] = 0
            self._remember(name, pictures)
        reply = {key: order[key] for key in ("outcome", "clip", "model", "prompt")}
        return _json(201, reply | {"id": name, "status": "queued"})

    def _remember(self, name: str, pictures: tuple[Picture, ...]) -> None:
        """Store the pictures of a job, and forget those of the oldest jobs."""
        stored = self._jobs.pictures
        stored.pop(name, None)
        if pictures:
            stored[name] = pictures
        while len(stored) > _MOST_JOBS or sum(map(_size, stored.values())) > _MOST_BYTES:
            del stored[next(iter(stored))]

    def _pictures_of(self, name: str) -> tuple[Picture, ...]:
        with self._jobs.lock:
            return self._jobs.pictures.get(name, ())

    def _status(self, job_id: str, script: Mapping[str, Any]) -> HttpResponse:
        statuses, percentages = script["statuses"], script["percentages"]
        with self._jobs.lock:
            place = self._jobs.polls.get(job_id, 0)
            if place >= len(statuses) or statuses[place] in {"completed", "failed"}:
                self._jobs.polls.pop(job_id, None)
            else:
                self._jobs.polls[job_id] = place + 1
        if place >= len(statuses):
            return _json(200, {"id": job_id, "status": "completed", "progress": 100.0})
        default = 100.0 * place / max(1, len(statuses) - 1)
        progress = percentages[place] if percentages else default
        reply = {"id": job_id, "status": statuses[place], "progress": progress}
        return _json(200, {**reply, **(script["updates"][place] if script["updates"] else {})})

    def _delete(self, job_id: str) -> HttpResponse:
        with self._jobs.lock:
            running = self._jobs.polls.pop(job_id, None) is not None
        return _json(200 if running else 409, {"id": job_id})


def with_mock(http: Http) -> Http:
    """Return the effect with the mock's answers; calls with the same effect share its jobs."""
    jobs_by_effect = _jobs_by_effect(os.getpid())
    try:
        jobs = jobs_by_effect.setdefault(http, _Jobs())
    except TypeError:
        # The effect cannot be hashed or weakly referenced: its jobs exist for one call only.
        jobs = _Jobs()
    return MockHttp(http, jobs)


@lru_cache(maxsize=1)
def _jobs_by_effect(_process: int) -> "WeakKeyDictionary[Http, _Jobs]":
    # One per process: a lock that another thread holds at a fork is never released in the child.
    return WeakKeyDictionary()


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
