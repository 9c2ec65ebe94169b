"""How the simulated providers are asked: the fault server's dialects, for any model at any host.

Azure's jobs and Gemini Omni are here only: the fault server does not need them.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs
from benchmarks.jobs import for_official_clients
from tests.faults.dialects import (
    AZURE,
    FAL,
    GEMINI,
    OPENAI,
    REPLICATE,
    RUNWAY,
    VERTEX,
    VIDEO,
    Content,
    Dialect,
    Make,
    Route,
    Stage,
)


@attrs.frozen(kw_only=True)
class Way:
    """One kind of request to a provider.

    Attributes:
        dialect: Whose it is.
        stage: What it asks for.
        method: HTTP method.
        url: The whole URL without its query. The groups ``base``, ``model`` and ``job`` are what
            they say, where they are there.
    """

    dialect: Dialect
    stage: Stage
    method: str
    url: re.Pattern[str]


def _omni(status: str, **more: Any) -> Make:
    return lambda _base, job: Content(
        {"id": job, "object": "interaction", "status": status, "model": OMNI.model, **more}
    )


_PART: Final = {
    "type": "video",
    "mime_type": "video/mp4",
    "data": base64.b64encode(VIDEO).decode(),
}


# Source: as in providers/google/omni.py.
OMNI: Final = attrs.evolve(
    GEMINI,
    name="google (Omni)",
    model="gemini-omni-1.1-flash",
    accepted=_omni("in_progress"),
    running=_omni("in_progress"),
    done=_omni("completed", steps=[{"type": "model_output", "content": [_PART]}]),
    failed=_omni("failed", errors=[{"code": "x", "message": "x"}]),
    cancelled=_omni("cancelled"),
    too_late=_omni("completed"),
    routes=(
        Route(stage="submit", method="POST", path="/v1beta/interactions"),
        Route(stage="poll", method="GET", path="/v1beta/interactions/(?P<job>[^/]+)"),
        Route(stage="cancel", method="POST", path="/v1beta/interactions/(?P<job>[^/]+)/cancel"),
    ),
)


def _task(status: str, **more: Any) -> Make:
    return lambda _base, job: Content(
        {"id": job, "object": "video.generation.job", "status": status, **more}
    )


# Source: as in providers/azure_openai/jobs.py.
AZURE_JOBS: Final = attrs.evolve(
    AZURE,
    name="azure-openai (jobs)",
    model="sora",
    accepted=_task("queued", generations=[]),
    running=_task("running", generations=[]),
    done=lambda base, job: _task("succeeded", generations=[{"id": job}])(base, job),
    failed=_task("failed", failure_reason="internal_error"),
    routes=(
        Route(stage="submit", method="POST", path="/openai/v1/video/generations/jobs"),
        Route(stage="poll", method="GET", path="/openai/v1/video/generations/jobs/(?P<job>[^/]+)"),
        Route(
            stage="download",
            method="GET",
            path="/openai/v1/video/generations/(?P<job>[^/]+)/content/video",
        ),
    ),
    results={"download": lambda _base, _job: Content(body=VIDEO, content_type="video/mp4")},
)

_JOB: Final = r"(?P<job>[^/:]+)"
# Method and path of each stage, below any base URL and for any model; the first that fits is meant.
_PATHS: Final[Mapping[str, tuple[tuple[Stage, str, str], ...]]] = {
    "replicate": (
        (
            "submit",
            "POST",
            r"(?:/models/(?P<model>[^/]+/[^/]+)|/deployments/[^/]+/[^/]+)?/predictions",
        ),
        ("list", "GET", r"/predictions"),
        ("poll", "GET", rf"/predictions/{_JOB}"),
        ("cancel", "POST", rf"/predictions/{_JOB}/cancel"),
    ),
    "runway": (
        ("submit", "POST", r"/v1/(?:[a-z]+_to_video|video_upscale|character_performance)"),
        ("poll", "GET", rf"/v1/tasks/{_JOB}"),
        ("cancel", "DELETE", rf"/v1/tasks/{_JOB}"),
    ),
    "google (Vertex AI)": (
        (
            "submit",
            "POST",
            r"/v1(?:beta1)?/projects/.+/models/(?P<model>[^/:]+):predictLongRunning",
        ),
        ("poll", "POST", r"/v1(?:beta1)?/projects/.+/models/[^/:]+:fetchPredictOperation"),
    ),
    "google": (
        ("submit", "POST", r"/v1(?:beta)?/models/(?P<model>[^/:]+):predictLongRunning"),
        ("poll", "GET", rf"/v1(?:beta)?/models/[^/:]+/operations/{_JOB}"),
        ("download", "GET", rf"/v1(?:beta)?/files/{_JOB}:download"),
    ),
    "google (Omni)": (
        ("submit", "POST", r"/v1(?:beta\d?)?(?:/projects/.+)?/interactions"),
        ("poll", "GET", rf"/v1(?:beta\d?)?(?:/projects/.+)?/interactions/{_JOB}"),
        ("cancel", "POST", rf"/v1(?:beta\d?)?(?:/projects/.+)?/interactions/{_JOB}/cancel"),
    ),
    "azure-openai (jobs)": (
        ("submit", "POST", r"/openai/v1/video/generations/jobs"),
        ("poll", "GET", rf"/openai/v1/video/generations/jobs/{_JOB}"),
        ("download", "GET", rf"/openai/v1/video/generations/{_JOB}/content/video"),
    ),
    "openai": (
        ("submit", "POST", r"/videos(?:/.+)?"),
        ("list", "GET", r"/videos"),
        ("poll", "GET", rf"/videos/{_JOB}"),
        ("download", "GET", rf"/videos/{_JOB}/content"),
    ),
    "fal": (
        ("list", "GET", r"/v1/models/requests/by-endpoint"),
        ("poll", "GET", rf"/.+/requests/{_JOB}/status"),
        ("collect", "GET", rf"/.+/requests/{_JOB}"),
        ("cancel", "PUT", rf"/.+/requests/{_JOB}/cancel"),
        # Whatever else is posted: fal's models have paths of any length.
        ("submit", "POST", r"/(?P<model>[^/]+/.+)"),
    ),
}
_DIALECTS: Final = {
    each.name: for_official_clients(each)
    for each in (REPLICATE, RUNWAY, VERTEX, GEMINI, OMNI, AZURE_JOBS, OPENAI, FAL)
}
WAYS: Final = tuple(
    Way(
        dialect=_DIALECTS[name],
        stage=stage,
        method=method,
        # fal's list is at a host of its own, and its paths have no beginning of their own.
        url=re.compile(rf"(?P<base>https?://[^/]+{'' if name == 'fal' else '(?:/.*)?'}?){path}"),
    )
    for name, paths in _PATHS.items()
    for stage, method, path in paths
)
