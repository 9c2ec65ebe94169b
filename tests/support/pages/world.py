"""Providers that take every job of a page and make a video of it: the second poll finds it done."""

import base64
import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import attrs
from returns.io import IOFailure, IOResult
from tests.faults.dialects import VIDEO, Content, Dialect, Taken
from tests.support.pages.clips import Wanted, wanted
from tests.support.pages.speech import WAYS, Way

from tarash.tarash_gateway.effects import HttpReply
from tarash.tarash_gateway.effects.receiving import WholeReply
from tarash.tarash_gateway.effects.unscripted import unscripted_error
from tarash.tarash_gateway.http.events import EVENTS
from tarash.tarash_gateway.http.messages import (
    FormBody,
    HttpRequest,
    HttpResponse,
    JsonBody,
    Limits,
)
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import FakeClock, json_reply

# The day on which the pages are read: models that have ended by then are refused on them.
NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
_CDN: Final = "https://cdn.example/clip.mp4"
_FILE: Final = re.compile(r"https://cdn\.example/([^/]+)\.mp4")
_INLINE: Final = base64.b64encode(VIDEO).decode()
_RUNNING: Final = 1
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")


@attrs.define(eq=False)
class _Job:
    """A job, with the requests for its state so far, and its end."""

    dialect: Dialect
    base: str
    model: str
    wanted: Wanted
    body: Mapping[str, Any]
    at: datetime
    polls: int = 0
    ended_at: datetime | None = None
    cancelled: bool = False


@attrs.define(eq=False)
class World:
    """An HTTP effect, which may be asked from any thread.

    Attributes:
        clock: The clock of the calls.
    """

    clock: FakeClock = attrs.field(factory=lambda: FakeClock(utc=NOW))
    _jobs: dict[str, _Job] = attrs.field(factory=dict, init=False)
    _uploads: int = attrs.field(default=0, init=False)
    _lock: threading.RLock = attrs.field(factory=threading.RLock, init=False)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Answer a request; there are no streams of events."""
        if request.headers.get("Accept") == EVENTS:
            return IOFailure(unscripted_error(request))
        reply = self.answer(request.method, request.url, request.headers, _body_of(request))
        return IOResult.from_value(WholeReply(reply, limits))

    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> HttpResponse:
        """Return the reply to any request of any provider, or 404."""
        with self._lock:
            path = url.partition("?")[0]
            if method == "GET" and (found := _FILE.fullmatch(path)):
                return _partial(self._video(found[1]), headers)
            if method == "POST" and (reply := self._upload(path)):
                return reply
            if method == "PUT" and "/requests/" not in path:
                return HttpResponse(status=200)
            for way in WAYS:
                if way.method == method and (match := way.url.fullmatch(path)):
                    return self._reply(way, match.groupdict(), body)
        return json_reply(404, {"detail": f"no simulated provider has {method} {path}"})

    def _video(self, job: str) -> HttpResponse:
        if job not in self._jobs:
            return HttpResponse(status=404)
        content = self._jobs[job].wanted.content
        return HttpResponse(status=200, headers={"Content-Type": "video/mp4"}, body=content)

    def _reply(self, way: Way, named: Mapping[str, Any], body: Mapping[str, Any]) -> HttpResponse:
        if way.stage == "submit":
            return self._accept(way.dialect, named, body)
        if way.stage == "list":
            assert way.dialect.listed is not None
            return json_reply(200, way.dialect.listed(self._taken(way.dialect)))
        name = named.get("job") or str(body.get("operationName", "")).rpartition("/")[2]
        job = self._jobs.get(name)
        if job is None:
            return json_reply(404, {"detail": "not found"})
        return _encoded(self._content(way, job, name), job, name)

    def _accept(
        self, dialect: Dialect, named: Mapping[str, Any], body: Mapping[str, Any]
    ) -> HttpResponse:
        name = f"job{len(self._jobs) + 1}"
        model = named.get("model") or str(body.get("model", dialect.model))
        # fal answers under the first two parts of a model's id.
        model = "/".join(model.split("/")[:2]) if dialect.provider == "fal" else model
        job = self._jobs[name] = _Job(
            dialect=dialect,
            base=str(named["base"]),
            model=model,
            wanted=wanted(body),
            body=body,
            at=self.clock.utc(),
        )
        return _encoded(dialect.accepted(job.base, name), job, name)

    def _taken(self, dialect: Dialect) -> list[Taken]:
        return [
            Taken(name, job.body, job.at, job.ended_at)
            for name, job in self._jobs.items()
            if job.dialect is dialect
        ]

    def _content(self, way: Way, job: _Job, name: str) -> Content:
        dialect = job.dialect
        if way.stage == "cancel":
            too_late = job.ended_at is not None and dialect.too_late is not None
            job.ended_at = job.ended_at or self.clock.utc()
            made = dialect.too_late if too_late else dialect.cancelled
            assert made is not None, f"{dialect.name} has no cancel"
            return made(job.base, name)
        if way.stage == "poll":
            job.polls += 1
            if job.polls <= _RUNNING:
                return dialect.running(job.base, name)
            job.ended_at = job.ended_at or self.clock.utc()
            return dialect.done(job.base, name)
        return dialect.results[way.stage](job.base, name)

    def _upload(self, path: str) -> HttpResponse | None:
        """Return the reply to an exchange of an upload: as in tests/support/upload_cases.py."""
        self._uploads += 1
        number, host = self._uploads, path.partition("//")[2].partition("/")[0]
        put = f"https://uploads.example/{number}"
        if path.endswith("/storage/upload/initiate"):
            stored = f"https://v3b.fal.media/files/b/{number}"
            return json_reply(200, {"upload_url": put, "file_url": stored})
        if path.endswith("/v1/uploads"):
            slot = {"uploadUrl": put, "fields": {"key": f"ephemeral/{number}"}}
            return json_reply(200, {**slot, "runwayUri": f"runway://upload-{number}"})
        if host == "uploads.example":
            return HttpResponse(status=204)
        if path.endswith("/upload/v1beta/files"):
            file = {"name": f"files/up{number}", "uri": f"https://{host}/v1beta/files/up{number}"}
            headers = {"x-goog-upload-url": f"https://{host}{'/upload/v1beta/files'}"}
            return json_reply(200, {"file": file}, {**headers, "x-goog-upload-status": "final"})
        if path.endswith("/files"):
            return json_reply(201, {"id": f"file-{number}", "urls": {"get": f"{path}/{number}"}})
        return None


def _body_of(request: HttpRequest) -> Mapping[str, Any]:
    match request.body:
        case JsonBody(value=dict() as value):
            return value
        case FormBody(parts=parts):
            return {part.name: part.value for part in parts if part.value is not None}
        case _:
            return {}


def _encoded(content: Content, job: _Job, name: str) -> HttpResponse:
    """Return a reply about the job: with its own model and its own video in the dialect's words."""
    if content.body == VIDEO:
        headers = {"Content-Type": "video/mp4"}
        return HttpResponse(status=200, headers=headers, body=job.wanted.content)
    if content.body is not None:
        return HttpResponse(status=content.status, body=content.body)
    value = content.value
    if value.get("object") == "video":
        size = f"{job.wanted.width}x{job.wanted.height}"
        more = {"model": job.model, "seconds": f"{job.wanted.seconds:g}", "size": size}
        value = {**value, "created_at": int(job.at.timestamp()), **more}
    text = json.dumps(value).replace(job.dialect.model, job.model)
    text = text.replace(_CDN, f"https://cdn.example/{name}.mp4")
    if _INLINE in text:
        text = text.replace(_INLINE, base64.b64encode(job.wanted.content).decode())
    return json_reply(content.status, json.loads(text))


def _partial(whole: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    """Return the part of a file that a request asks for."""
    found = _RANGE.fullmatch({k.lower(): v for k, v in headers.items()}.get("range", ""))
    if found is None or whole.status != 200:
        return whole
    size, start = len(whole.body), int(found[1])
    end = min(size, int(found[2]) + 1) if found[2] else size
    if start >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    shown = {**whole.headers, "Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return HttpResponse(status=206, headers=shown, body=whole.body[start:end])
