"""How Replicate's API speaks."""

import re
from collections.abc import Sequence
from typing import Any, Final

import attrs

from .base import CLIP_URL, Dialect, Family, Route, Taken, the_video, with_job

_SUBMIT: Final = "(?:/(?:models|deployments)/[^/]+/[^/]+)?/predictions"
_PREDICTION: Final = "/predictions/(?P<job>[^/]+)"


def prediction(job: str, status: str, **more: Any) -> dict[str, Any]:
    """Return a prediction."""
    return {"id": job, "status": status, "output": None, "error": None, "logs": "", **more}


def _predictions(jobs: Sequence[Taken]) -> Any:
    """Return Replicate's list: replicate.com/docs/reference/http, "List predictions" (2026-11)."""
    results = [
        prediction(
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


REPLICATE: Final = Dialect(
    name="replicate",
    provider="replicate",
    model="minimax/video-01",
    routes=(
        Route(stage="submit", method="POST", path=_SUBMIT),
        Route(stage="list", method="GET", path="/predictions"),
        Route(stage="poll", method="GET", path=_PREDICTION),
        Route(stage="cancel", method="POST", path=f"{_PREDICTION}/cancel"),
    ),
    listed=_predictions,
    accepted=with_job(lambda _base, job: prediction(job, "starting"), 201),
    running=with_job(lambda _base, job: prediction(job, "processing")),
    done=with_job(lambda _base, job: prediction(job, "succeeded", output=CLIP_URL)),
    failed=with_job(lambda _base, job: prediction(job, "failed", error="CUDA out of memory")),
    moderated=with_job(
        lambda _base, job: prediction(
            job, "failed", error="The input or output was flagged as sensitive. (E005)"
        )
    ),
    refused=lambda status, message: {"detail": message, "status": status},
    cancelled=with_job(lambda _base, job: prediction(job, "canceled")),
    too_late=with_job(lambda _base, job: prediction(job, "succeeded", output=CLIP_URL)),
    # The message is the prediction: replicate.com/docs/topics/webhooks/receive-webhook (2026-11).
    told=lambda job, done: (
        prediction(job, "succeeded", output=CLIP_URL)
        if done
        else prediction(job, "failed", error="CUDA out of memory")
    ),
)
# With the files of its videos: for programs that save them.
REPLICATE_WITH_FILES: Final = attrs.evolve(
    REPLICATE,
    name="replicate with files",
    routes=(*REPLICATE.routes, Route(stage="download", method="GET", path="/files/(?P<job>[^/]+)")),
    done=with_job(lambda base, job: prediction(job, "succeeded", output=f"{base}/files/{job}")),
    results={"download": the_video},
)
FAMILY: Final = Family(submission=re.compile(rf"(?P<base>.+?){_SUBMIT}"), dialect=lambda: REPLICATE)
