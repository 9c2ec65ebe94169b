"""How OpenAI's videos API speaks, and Azure's two APIs beside it."""

import re
from collections.abc import Sequence
from typing import Any, Final

import attrs

from .base import Dialect, Family, Make, Route, Taken, the_video, with_job

_CREATE: Final = "/videos(?:/edits|/extensions|/[^/]+/remix)?"
_VIDEO: Final = "/videos/(?P<job>[^/]+)"
_CODES: Final = {
    401: "invalid_api_key",
    402: "insufficient_quota",
    404: "model_not_found",
    429: "rate_limit_exceeded",
}


def _sora(job: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": job, "object": "video", "status": status, "progress": 0, **more}


def _video(status: str, **more: Any) -> Make:
    return with_job(lambda _base, job: _sora(job, status, **more))


def _videos(jobs: Sequence[Taken]) -> Any:
    """Return OpenAI's list: openai/openai-openapi, openapi.yaml (2026-08-21), ``GET /videos``."""
    data = [
        _sora(
            taken.job,
            "in_progress" if taken.ended_at is None else "completed",
            created_at=int(taken.at.timestamp()),
            model=taken.body.get("model"),
            prompt=taken.body.get("prompt"),
            seconds=taken.body.get("seconds", "4"),
            size=taken.body.get("size", "720x1280"),
        )
        for taken in reversed(jobs)
    ]
    ids = [item["id"] for item in data]
    ends = {"first_id": ids[0], "last_id": ids[-1]} if ids else {"first_id": None, "last_id": None}
    return {"object": "list", "data": data, "has_more": False, **ends}


def _error(status: int, message: str) -> Any:
    code = _CODES.get(status)
    return {"error": {"message": message, "type": "error", "param": None, "code": code}}


def _told(job: str, done: bool) -> Any:  # noqa: FBT001 - what a `Tell` takes
    """Return OpenAI's message: developers.openai.com/api/docs/guides/webhooks (2026-11)."""
    kind = "video.completed" if done else "video.failed"
    event = {"id": f"evt_{job}", "object": "event", "created_at": 1_795_694_400, "type": kind}
    return {**event, "data": {"id": job}}


OPENAI: Final = Dialect(
    name="openai",
    provider="openai",
    model="sora-2",
    routes=(
        Route(stage="submit", method="POST", path=_CREATE),
        Route(stage="list", method="GET", path="/videos"),
        Route(stage="poll", method="GET", path=_VIDEO),
        Route(stage="download", method="GET", path=f"{_VIDEO}/content"),
    ),
    listed=_videos,
    accepted=_video("queued"),
    running=_video("in_progress", progress=50),
    done=_video("completed", progress=100),
    failed=_video("failed", error={"code": "internal_error", "message": "failed by the script"}),
    moderated=_video(
        "failed", error={"code": "moderation_blocked", "message": "failed by the script"}
    ),
    refused=_error,
    results={"download": the_video},
    told=_told,
)
AZURE: Final = attrs.evolve(
    OPENAI,
    told=None,
    name="azure-openai",
    provider="azure-openai",
    key="api-key",
    routes=tuple(attrs.evolve(route, path=f"/openai/v1{route.path}") for route in OPENAI.routes),
)

_JOBS: Final = "/openai/v1/video/generations/jobs"


def _job(status: str, **more: Any) -> Make:
    known = {"object": "video.generation.job", "generations": []}
    return with_job(lambda _base, job: {**known, "id": job, "status": status, **more})


AZURE_JOBS: Final = attrs.evolve(
    AZURE,
    name="azure-openai (jobs)",
    model="sora",
    routes=(
        Route(stage="submit", method="POST", path=_JOBS),
        Route(stage="poll", method="GET", path=f"{_JOBS}/(?P<job>[^/]+)"),
        Route(
            stage="download",
            method="GET",
            path="/openai/v1/video/generations/gen_(?P<job>[^/]+)/content/video",
        ),
    ),
    listed=None,
    accepted=_job("queued"),
    running=_job("running"),
    done=with_job(
        lambda _base, job: {
            "object": "video.generation.job",
            "id": job,
            "status": "succeeded",
            "generations": [{"object": "video.generation", "id": f"gen_{job}", "job_id": job}],
        }
    ),
    failed=_job("failed", failure_reason="internal_error"),
    moderated=_job("failed", failure_reason="output_moderation"),
)
FAMILIES: Final = (
    Family(submission=re.compile(rf"(?P<base>.+){_JOBS}"), dialect=lambda: AZURE_JOBS),
    Family(submission=re.compile(rf"(?P<base>.+)/openai/v1{_CREATE}"), dialect=lambda: AZURE),
    Family(submission=re.compile(rf"(?P<base>.+?){_CREATE}"), dialect=lambda: OPENAI),
)
