"""How Google speaks: Veo on the Gemini API and on Vertex AI, and Gemini Omni."""

import re
from typing import Any, Final

from .base import INLINE, Content, Dialect, Family, Make, Route, the_video, with_job

_FILTERED: Final = {
    "raiMediaFilteredCount": 1,
    "raiMediaFilteredReasons": ["violates the guidelines"],
}
_INTERNAL: Final = {
    "code": 13,
    "message": "Video generation failed due to an internal server issue.",
}
# The names of the statuses: googleapis/googleapis, google/rpc/code.proto (2026-08).
_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
_FILE: Final = Route(stage="download", method="GET", path=r"/v1\w*/files/(?P<file>[^/:]+):download")


def _error(status: int, message: str) -> Any:
    name = _STATUSES.get(status, "INTERNAL")
    return {"error": {"code": status, "message": message, "status": name}}


def _operation(prefix: str, **more: Any) -> Make:
    return with_job(lambda _base, job: {"name": f"{prefix}/operations/{job}", **more})


def gemini(model: str) -> Dialect:
    """Return how the Gemini API speaks about a model of Veo."""
    place = f"models/{model}"

    def finished(**more: Any) -> Make:
        return _operation(place, done=True, **more)

    def done(base: str, job: str) -> Content:
        uri = f"{base}/v1beta/files/{job.replace('-', '')}:download?alt=media"
        samples = {"generatedSamples": [{"video": {"uri": uri}}]}
        return finished(response={"generateVideoResponse": samples})(base, job)

    at = rf"/v1\w*/{re.escape(place)}"
    return Dialect(
        name="google",
        provider="google",
        model=model,
        key="x-goog-api-key",
        routes=(
            Route(stage="submit", method="POST", path=f"{at}:predictLongRunning"),
            Route(stage="poll", method="GET", path=f"{at}/operations/(?P<job>[^/]+)"),
            _FILE,
        ),
        accepted=_operation(place),
        running=_operation(place),
        done=done,
        failed=finished(error=_INTERNAL),
        moderated=finished(response={"generateVideoResponse": _FILTERED}),
        refused=_error,
        results={"download": the_video},
        # There is one kind of message about Veo, whatever became of the job.
        told=lambda job, _done: _event("video.generated", f"{place}/operations/{job}"),
    )


def vertex(place: str) -> Dialect:
    """Return how Vertex AI speaks about a model of Veo, by the path of the model."""
    inline = {"bytesBase64Encoded": INLINE, "mimeType": "video/mp4"}
    at = rf"/v1\w*/{re.escape(place)}"
    return Dialect(
        name="google (Vertex AI)",
        provider="google",
        model=place.rpartition("/")[2],
        config={"provider_config": {"project": "p", "location": "us-central1"}},
        routes=(
            Route(stage="submit", method="POST", path=f"{at}:predictLongRunning"),
            Route(stage="poll", method="POST", path=f"{at}:fetchPredictOperation"),
        ),
        accepted=_operation(place),
        running=_operation(place),
        done=_operation(place, done=True, response={"videos": [inline]}),
        failed=_operation(place, done=True, error=_INTERNAL),
        moderated=_operation(place, done=True, response=_FILTERED),
        refused=_error,
    )


def _event(kind: str, name: str) -> Any:
    """Return Google's message: https://ai.google.dev/gemini-api/docs/webhooks (2026-11)."""
    return {"type": kind, "version": "v1", "data": {"id": name}}


def _interaction(status: str, **more: Any) -> Make:
    known = {"object": "interaction", "status": status}
    return with_job(lambda _base, job: {"id": job, **known, **more})


def _output(**part: str) -> dict[str, Any]:
    video = {"type": "video", "mime_type": "video/mp4", **part}
    return {"steps": [{"type": "model_output", "content": [video]}]}


_INTERACTION: Final = r"(?:/v1\w*(?:/projects/[^/]+/locations/[^/]+)?)/interactions"
OMNI: Final = Dialect(
    name="google (Omni)",
    provider="google",
    model="gemini-omni-1.1-flash",
    key="x-goog-api-key",
    routes=(
        Route(stage="submit", method="POST", path=_INTERACTION),
        Route(stage="poll", method="GET", path=f"{_INTERACTION}/(?P<job>[^/]+)"),
        Route(stage="cancel", method="POST", path=f"{_INTERACTION}/(?P<job>[^/]+)/cancel"),
    ),
    accepted=_interaction("in_progress"),
    running=_interaction("in_progress"),
    done=_interaction("completed", **_output(data=INLINE)),
    failed=_interaction("failed", errors=[_INTERNAL]),
    # It completes without a video.
    moderated=_interaction("completed", steps=[]),
    refused=_error,
    cancelled=_interaction("cancelled"),
    too_late=_interaction("completed"),
    told=lambda job, done: _event("interaction.completed" if done else "interaction.failed", job),
)
GEMINI: Final = gemini("veo-3.1-generate-preview")
VERTEX: Final = vertex(
    "projects/p/locations/us-central1/publishers/google/models/veo-3.1-generate-001"
)
_PLACE: Final = "(?:projects/[^/]+/locations/[^/]+/)?publishers/google/models/[^/:]+"
FAMILIES: Final = (
    Family(
        submission=re.compile(rf"(?P<base>.+)/v1\w*/(?P<place>{_PLACE}):predictLongRunning"),
        dialect=vertex,
    ),
    Family(
        submission=re.compile(r"(?P<base>.+)/v1\w*/models/(?P<model>[^/:]+):predictLongRunning"),
        dialect=gemini,
    ),
    Family(submission=re.compile(rf"(?P<base>.+?){_INTERACTION}"), dialect=lambda: OMNI),
)
