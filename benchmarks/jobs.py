"""The jobs of the simulator: how long each takes, and what was seen of it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs
from tests.faults.dialects import DIALECTS, Content, Dialect, Make

_EPOCH: Final = "2026-01-01T00:00:00Z"


@attrs.define
class Job:
    """One job. Times are seconds of `time.monotonic`, which all processes of a machine share.

    Attributes:
        submitted: When it was accepted.
        completed: When it is finished, which may be in the future.
        unfinished: When the last poll found it running, or None.
        seen: When the first poll that found it finished came in, or None.
        requests: How many requests were about it, with its submission.
    """

    submitted: float
    completed: float
    unfinished: float | None = None
    seen: float | None = None
    requests: int = 1


def _fal_accepted(base: str, job: str) -> Content:
    url = f"{base}/fal-ai/veo3/requests/{job}"
    urls = {"response_url": url, "status_url": f"{url}/status", "cancel_url": f"{url}/cancel"}
    return Content({"status": "IN_QUEUE", "request_id": job, "queue_position": 0, **urls})


def _with_more(make: Make, more: Mapping[str, Any]) -> Make:
    def made(base: str, job: str) -> Content:
        content = make(base, job)
        return attrs.evolve(content, value={**content.value, **more})

    return made


# The official clients refuse a reply that lacks one of these fields.
_PREDICTION: Final = {
    "model": "minimax/video-01",
    "version": "hidden",
    "input": {},
    "metrics": {},
    "created_at": _EPOCH,
}
_TASK: Final = {"createdAt": _EPOCH}
_GOOGLE: Final = "https://generativelanguage.googleapis.com"


def for_official_clients(dialect: Dialect) -> Dialect:
    """Return the dialect with the fields without which the official clients refuse a reply."""
    match dialect.name:
        case "fal":
            done = _with_more(dialect.done, {"logs": None, "metrics": {"inference_time": 1.5}})
            return attrs.evolve(dialect, accepted=_fal_accepted, done=done)
        case "google":
            # The official client knows a file by this host only, and asks the base URL for it.
            return attrs.evolve(dialect, done=lambda _base, job: dialect.done(_GOOGLE, job))
        case "replicate":
            return attrs.evolve(
                dialect,
                # The official client puts the version behind whatever base URL it is given.
                routes=tuple(attrs.evolve(r, path=f"(?:/v1)?{r.path}") for r in dialect.routes),
                accepted=_with_more(dialect.accepted, _PREDICTION),
                running=_with_more(dialect.running, _PREDICTION),
                done=_with_more(dialect.done, _PREDICTION),
            )
        case "runway":
            return attrs.evolve(
                dialect,
                running=_with_more(dialect.running, _TASK),
                done=_with_more(dialect.done, _TASK),
            )
        case _:
            return dialect


# Fal with its stream of events about a job, which is refused under the name "fal".
STREAMING: Final = "fal-stream"
_DIALECTS: Final = {
    **{name: for_official_clients(dialect) for name, dialect in DIALECTS.items()},
    STREAMING: for_official_clients(DIALECTS["fal"]),
}
_STREAM: Final = re.compile(rf"(/{STREAMING}/[^/]+/[^/]+)/.*/requests/([^/]+)/status/stream")
_UNKNOWN: Final = Content({"detail": "not found"}, 404)


@attrs.define
class Case:
    """The jobs of one measurement.

    Attributes:
        dialect: Whose API is spoken.
        seconds: How long each job takes.
        jobs: The jobs by their ids.
        requests: How many requests came in.
    """

    dialect: Dialect
    seconds: float
    jobs: dict[str, Job] = attrs.field(factory=dict)
    requests: int = 0

    def answer(self, base: str, method: str, path: str, now: float) -> Content:
        """Answer a request as the provider would.

        Args:
            base: The base URL that the client was given.
            method: The HTTP method.
            path: The path below the base URL, without its query.
            now: Seconds of `time.monotonic`.
        """
        self.requests += 1
        found = ((r, m) for r in self.dialect.routes if (m := r.match(method, path)))
        route, match = next(found, (None, None))
        if route is None or match is None:
            return _UNKNOWN
        if route.stage == "submit":
            return self._accept(base, now)
        name = match.groupdict().get("job", "")
        job = self.jobs.get(name)
        if job is not None:
            job.requests += 1
        if route.stage == "poll":
            return self._poll(base, name, job, now)
        if route.stage == "cancel":
            return self.dialect.cancelled(base, name) if self.dialect.cancelled else _UNKNOWN
        return self.dialect.results[route.stage](base, name)

    def _accept(self, base: str, now: float) -> Content:
        name = f"job{len(self.jobs) + 1:06}"
        self.jobs[name] = Job(submitted=now, completed=now + self.seconds)
        return self.dialect.accepted(base, name)

    def _poll(self, base: str, name: str, job: Job | None, now: float) -> Content:
        if job is None:
            return _UNKNOWN
        if now < job.completed:
            job.unfinished = now
            return self.dialect.running(base, name)
        job.seen = now if job.seen is None else job.seen
        return self.dialect.done(base, name)


@attrs.define
class World:
    """All cases of a simulator, each under a path ``/DIALECT/SECONDS/NAME``."""

    cases: dict[str, Case] = attrs.field(factory=dict)
    requests: int = 0

    def answer(self, host: str, method: str, target: str, now: float) -> Content:
        """Answer a request to any case; the first request makes the case."""
        self.requests += 1
        _, dialect, seconds, name, rest = target.partition("?")[0].split("/", 4)
        prefix = f"/{dialect}/{seconds}/{name}"
        case = self.cases.get(prefix)
        if case is None:
            case = self.cases[prefix] = Case(_DIALECTS[dialect], float(seconds))
        return case.answer(f"http://{host}{prefix}", method, f"/{rest}", now)

    def streamed(self, target: str) -> Job | None:
        """Return the job whose events a request asks for, if its case has such streams."""
        match = _STREAM.match(target) if "/stream" in target else None
        case = self.cases.get(match[1]) if match else None
        job = case.jobs.get(match[2]) if match and case else None
        if case is not None and job is not None:
            self.requests += 1
            case.requests += 1
            job.requests += 1
        return job

    def seen(self, prefix: str) -> dict[str, Any]:
        """Return what was seen of a case, as JSON."""
        case = self.cases.get(prefix)
        if case is None:
            return {"requests": 0, "jobs": {}}
        jobs = {name: attrs.asdict(job) for name, job in case.jobs.items()}
        return {"requests": case.requests, "jobs": jobs}


def encoded(content: Content) -> bytes:
    """Return a reply as the bytes on the wire."""
    body = json.dumps(content.value).encode() if content.body is None else content.body
    head = (
        f"HTTP/1.1 {content.status} -\r\nContent-Type: {content.content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
