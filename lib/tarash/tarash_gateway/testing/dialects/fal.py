"""How fal's queue speaks."""

import re
from collections.abc import Sequence
from typing import Any, Final

from .base import CLIP_URL, Dialect, Family, Route, Taken, fixed_json, with_job

_POLICY: Final = [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]
_REQUEST: Final = "/.+/requests/(?P<job>[^/]+)"


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


def _told(job: str, done: bool) -> Any:  # noqa: FBT001 - what a `Tell` takes
    """Return fal's message: https://fal.ai/docs/model-apis/webhooks (2026-11)."""
    known = {"request_id": job, "gateway_request_id": job}
    if done:
        return {**known, "status": "OK", "payload": {"video": {"url": CLIP_URL}}}
    return {**known, "status": "ERROR", "error": "failed by the script", "payload": None}


FAL: Final = Dialect(
    name="fal",
    provider="fal",
    model="fal-ai/veo3",
    routes=(
        Route(stage="list", method="GET", path="/v1/models/requests/by-endpoint"),
        Route(stage="submit", method="POST", path="/[^/]+/.+"),
        Route(stage="poll", method="GET", path=f"{_REQUEST}/status"),
        Route(stage="collect", method="GET", path=_REQUEST),
        Route(stage="cancel", method="PUT", path=f"{_REQUEST}/cancel"),
    ),
    listed=_requests,
    accepted=with_job(lambda _base, job: {"status": "IN_QUEUE", "request_id": job}),
    running=fixed_json({"status": "IN_PROGRESS", "logs": []}, 202),
    done=fixed_json({"status": "COMPLETED"}),
    failed=fixed_json(
        {
            "status": "COMPLETED",
            "error": "failed by the script",
            "error_type": "runner_disconnected",
        }
    ),
    moderated=fixed_json({"status": "COMPLETED"}),
    refused=lambda _status, message: {"detail": message},
    results={"collect": fixed_json({"video": {"url": CLIP_URL}})},
    results_failed={"moderated": fixed_json({"detail": _POLICY}, 422)},
    cancelled=fixed_json({"status": "CANCELLATION_REQUESTED"}, 202),
    too_late=fixed_json({"status": "ALREADY_COMPLETED"}, 400),
    told=_told,
)
FAMILY: Final = Family(
    submission=re.compile(r"(?P<base>https?://[^/]+)/[^/]+/.+"),
    dialect=lambda: FAL,
    # Any URL has the form of one of fal's models.
    header=("Authorization", "Key "),
)
