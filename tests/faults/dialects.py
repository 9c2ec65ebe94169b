"""How each provider's API speaks, for the fault server: the smallest replies that mean something.

Source: the wire notes of each provider, as in its module and its cassettes.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs

from tarash.tarash_gateway.mock.clips import packaged_clip

Stage: TypeAlias = Literal["submit", "poll", "collect", "download", "cancel", "list"]
VIDEO = packaged_clip("1:1").content


@attrs.frozen
class Content:
    """What the server answers: a JSON value or bytes."""

    value: Any = None
    status: int = 200
    body: bytes | None = None
    content_type: str = "application/json"

    @property
    def data(self) -> bytes:
        """The bytes on the wire."""
        return json.dumps(self.value).encode() if self.body is None else self.body


@attrs.frozen
class Taken:
    """A job that the server accepted: its id, the submission, when it came, and its end or None."""

    job: str
    body: Mapping[str, Any]
    at: datetime
    ended_at: datetime | None

    @property
    def sent_at(self) -> str:
        """When the submission came."""
        return self.at.isoformat().replace("+00:00", "Z")


# A list is made of the jobs of an account, in the order of their acceptance.
List: TypeAlias = Callable[[Sequence[Taken]], Any]
# A reply is made of the server's own base URL (with the case in it) and the job's id.
Make: TypeAlias = Callable[[str, str], Content]


@attrs.frozen(kw_only=True)
class Route:
    """Where a stage is asked for; the group ``job`` of the path names the job."""

    stage: Stage
    method: str
    path: str

    def match(self, method: str, path: str) -> re.Match[str] | None:
        """Return the match if this route is meant."""
        return re.fullmatch(self.path, path) if method == self.method else None


@attrs.frozen(kw_only=True)
class Dialect:
    """One provider's API.

    Attributes:
        name: Name of the API: one provider id may stand for several.
        provider: Provider id.
        model: A model of it.
        routes: Where each stage is asked for, tried in order.
        accepted: The reply to a submission.
        running: The reply to a poll of a running job.
        done: The reply to a poll of a finished job.
        failed: The reply to a poll of a failed job.
        moderated: The reply to a poll of a job refused for its content; a provider that says so
            in the result has it in ``results``.
        results: The replies to the other stages of a finished job.
        results_failed: Those of a failed job, by ``"failed"`` and ``"moderated"``.
        listed: The list of the account's jobs; None where the API has none.
        cancelled: The reply to a cancel.
        too_late: The reply to a cancel of a finished job.
        key: The header that carries the key.
        config: Further fields of the config.
    """

    name: str
    provider: str
    model: str
    routes: tuple[Route, ...]
    accepted: Make
    running: Make
    done: Make
    failed: Make
    moderated: Make
    results: Mapping[Stage, Make] = attrs.field(factory=dict)
    results_failed: Mapping[str, Make] = attrs.field(factory=dict)
    listed: List | None = None
    cancelled: Make | None = None
    too_late: Make | None = None
    key: str = "authorization"
    config: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of a generation without trouble, in order."""
        order: tuple[Stage, ...] = ("submit", "poll", "collect", "download")
        return tuple(s for s in order if any(route.stage == s for route in self.routes))


def _json(value: Any, status: int = 200) -> Make:
    return lambda _base, _job: Content(value, status)


def _with_job(make: Callable[[str, str], Any], status: int = 200) -> Make:
    return lambda base, job: Content(make(base, job), status)


def _video() -> Make:
    return lambda _base, _job: Content(body=VIDEO, content_type="video/mp4")


_CDN = "https://cdn.example/clip.mp4"
_POLICY = [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]


def _requests(jobs: Sequence[Taken]) -> Any:
    """Return fal's list: only requests that have ended, the last first.

    Source: https://fal.ai/docs/platform-apis/v1/models/requests/by-endpoint (2026-11).
    """
    items = [
        {
            "request_id": taken.job,
            "endpoint_id": "fal-ai/veo3",
            "sent_at": taken.sent_at,
            "ended_at": taken.ended_at.isoformat(),
            "status_code": 200,
            "json_input": taken.body,
        }
        for taken in reversed(jobs)
        if taken.ended_at is not None
    ]
    return {"items": items, "next_cursor": None, "has_more": False}


FAL = Dialect(
    name="fal",
    provider="fal",
    model="fal-ai/veo3",
    routes=(
        Route(stage="submit", method="POST", path="/fal-ai/veo3"),
        Route(stage="poll", method="GET", path="/fal-ai/veo3/requests/(?P<job>[^/]+)/status"),
        Route(stage="collect", method="GET", path="/fal-ai/veo3/requests/(?P<job>[^/]+)"),
        Route(stage="cancel", method="PUT", path="/fal-ai/veo3/requests/(?P<job>[^/]+)/cancel"),
        Route(stage="list", method="GET", path="/v1/models/requests/by-endpoint"),
    ),
    listed=_requests,
    accepted=_with_job(lambda _base, job: {"status": "IN_QUEUE", "request_id": job}),
    running=_json({"status": "IN_PROGRESS", "logs": []}, 202),
    done=_json({"status": "COMPLETED"}),
    failed=_json({"status": "COMPLETED", "error": "x", "error_type": "runner_disconnected"}),
    moderated=_json({"status": "COMPLETED"}),
    results={"collect": _json({"video": {"url": _CDN}})},
    results_failed={"moderated": _json({"detail": _POLICY}, 422)},
    cancelled=_json({"status": "CANCELLATION_REQUESTED"}, 202),
    too_late=_json({"status": "ALREADY_COMPLETED"}, 400),
)

RUNWAY = Dialect(
    name="runway",
    provider="runway",
    model="gen4.5",
    routes=(
        Route(stage="submit", method="POST", path="/v1/text_to_video"),
        Route(stage="poll", method="GET", path="/v1/tasks/(?P<job>[^/]+)"),
        Route(stage="cancel", method="DELETE", path="/v1/tasks/(?P<job>[^/]+)"),
    ),
    accepted=_with_job(lambda _base, job: {"id": job}),
    running=_with_job(lambda _base, job: {"id": job, "status": "RUNNING", "progress": 0.5}),
    done=_with_job(lambda _base, job: {"id": job, "status": "SUCCEEDED", "output": [_CDN]}),
    failed=_with_job(
        lambda _base, job: {
            "id": job,
            "status": "FAILED",
            "failure": "x",
            "failureCode": "INTERNAL.BAD_OUTPUT.CODE01",
        }
    ),
    moderated=_with_job(
        lambda _base, job: {
            "id": job,
            "status": "FAILED",
            "failure": "x",
            "failureCode": "SAFETY.INPUT.TEXT",
        }
    ),
    cancelled=lambda _base, _job: Content(status=204, body=b""),
)


def _prediction(job: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": job, "status": status, "output": None, "error": None, "logs": "", **more}


def _predictions(jobs: Sequence[Taken]) -> Any:
    """Return Replicate's list: replicate.com/docs/reference/http, "List predictions" (2026-11)."""
    results = [
        _prediction(
            taken.job,
            "processing" if taken.ended_at is None else "succeeded",
            model="minimax/video-01",
            created_at=taken.sent_at,
            input={**taken.body["input"], "prompt_optimizer": True},
            source="api",
        )
        for taken in reversed(jobs)
    ]
    return {"next": None, "previous": None, "results": results}


REPLICATE = Dialect(
    name="replicate",
    provider="replicate",
    model="minimax/video-01",
    routes=(
        Route(stage="submit", method="POST", path="/models/minimax/video-01/predictions"),
        Route(stage="list", method="GET", path="/predictions"),
        Route(stage="poll", method="GET", path="/predictions/(?P<job>[^/]+)"),
        Route(stage="cancel", method="POST", path="/predictions/(?P<job>[^/]+)/cancel"),
    ),
    listed=_predictions,
    accepted=_with_job(lambda _base, job: _prediction(job, "starting"), 201),
    running=_with_job(lambda _base, job: _prediction(job, "processing")),
    done=_with_job(lambda _base, job: _prediction(job, "succeeded", output=_CDN)),
    failed=_with_job(lambda _base, job: _prediction(job, "failed", error="CUDA out of memory")),
    moderated=_with_job(
        lambda _base, job: _prediction(
            job, "failed", error="The input or output was flagged as sensitive. (E005)"
        )
    ),
    cancelled=_with_job(lambda _base, job: _prediction(job, "canceled")),
    too_late=_with_job(lambda _base, job: _prediction(job, "succeeded", output=_CDN)),
)

_GEMINI_MODEL = "veo-3.1-generate-preview"


def _operation(prefix: str, **more: Any) -> Make:
    return _with_job(lambda _base, job: {"name": f"{prefix}/operations/{job}", **more})


def _gemini(**more: Any) -> Make:
    return _operation(f"models/{_GEMINI_MODEL}", done=True, **more)


def _gemini_done(base: str, job: str) -> Content:
    uri = f"{base}/v1beta/files/{job.replace('-', '')}:download?alt=media"
    samples = {"generatedSamples": [{"video": {"uri": uri}}]}
    return _gemini(response={"generateVideoResponse": samples})(base, job)


_FILTERED = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["violates the guidelines"]}
_INTERNAL = {"code": 13, "message": "Video generation failed due to an internal server issue."}

GEMINI = Dialect(
    name="google",
    provider="google",
    model=_GEMINI_MODEL,
    key="x-goog-api-key",
    routes=(
        Route(
            stage="submit",
            method="POST",
            path=f"/v1beta/models/{_GEMINI_MODEL}:predictLongRunning",
        ),
        Route(
            stage="poll",
            method="GET",
            path=f"/v1beta/models/{_GEMINI_MODEL}/operations/(?P<job>[^/]+)",
        ),
        Route(stage="download", method="GET", path="/v1beta/files/[^/]+:download"),
    ),
    accepted=_operation(f"models/{_GEMINI_MODEL}"),
    running=_operation(f"models/{_GEMINI_MODEL}"),
    done=_gemini_done,
    failed=_gemini(error=_INTERNAL),
    moderated=_gemini(response={"generateVideoResponse": _FILTERED}),
    results={"download": _video()},
)

_VERTEX_MODEL = "veo-3.1-generate-001"
_PLACE = f"projects/p/locations/us-central1/publishers/google/models/{_VERTEX_MODEL}"
_INLINE = {"bytesBase64Encoded": base64.b64encode(VIDEO).decode(), "mimeType": "video/mp4"}

VERTEX = Dialect(
    name="google (Vertex AI)",
    provider="google",
    model=_VERTEX_MODEL,
    config={"provider_config": {"project": "p", "location": "us-central1"}},
    routes=(
        Route(stage="submit", method="POST", path=f"/v1/{_PLACE}:predictLongRunning"),
        Route(stage="poll", method="POST", path=f"/v1/{_PLACE}:fetchPredictOperation"),
    ),
    accepted=_operation(_PLACE),
    running=_operation(_PLACE),
    done=_operation(_PLACE, done=True, response={"videos": [_INLINE]}),
    failed=_operation(_PLACE, done=True, error=_INTERNAL),
    moderated=_operation(_PLACE, done=True, response=_FILTERED),
)


def _sora(job: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": job, "object": "video", "status": status, "progress": 0, **more}


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


OPENAI = Dialect(
    name="openai",
    provider="openai",
    model="sora-2",
    routes=(
        Route(stage="submit", method="POST", path="/videos"),
        Route(stage="list", method="GET", path="/videos"),
        Route(stage="poll", method="GET", path="/videos/(?P<job>[^/]+)"),
        Route(stage="download", method="GET", path="/videos/(?P<job>[^/]+)/content"),
    ),
    listed=_videos,
    accepted=_with_job(lambda _base, job: _sora(job, "queued")),
    running=_with_job(lambda _base, job: _sora(job, "in_progress", progress=50)),
    done=_with_job(lambda _base, job: _sora(job, "completed", progress=100)),
    failed=_with_job(
        lambda _base, job: _sora(job, "failed", error={"code": "internal_error", "message": "x"})
    ),
    moderated=_with_job(
        lambda _base, job: _sora(
            job, "failed", error={"code": "moderation_blocked", "message": "x"}
        )
    ),
    results={"download": _video()},
)
AZURE = attrs.evolve(
    OPENAI,
    name="azure-openai",
    provider="azure-openai",
    key="api-key",
    routes=tuple(attrs.evolve(route, path=f"/openai/v1{route.path}") for route in OPENAI.routes),
)

DIALECTS: Mapping[str, Dialect] = {
    d.name: d for d in (FAL, OPENAI, AZURE, RUNWAY, GEMINI, VERTEX, REPLICATE)
}
# Replicate with the files of its videos: for programs that save them.
REPLICATE_WITH_FILES = attrs.evolve(
    REPLICATE,
    name="replicate with files",
    routes=(*REPLICATE.routes, Route(stage="download", method="GET", path="/files/(?P<job>[^/]+)")),
    done=_with_job(lambda base, job: _prediction(job, "succeeded", output=f"{base}/files/{job}")),
    results={"download": _video()},
)
SERVED: Mapping[str, Dialect] = {**DIALECTS, REPLICATE_WITH_FILES.name: REPLICATE_WITH_FILES}
