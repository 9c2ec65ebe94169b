"""How Runway's API speaks."""

import re
from typing import Any, Final

from .base import CLIP_URL, Content, Dialect, Family, Make, Route, with_job

_SUBMIT: Final = (
    "/v1/(?:text_to_video|image_to_video|video_to_video|video_upscale|video_to_hdr"
    "|character_performance)"
)
_TASK: Final = "/v1/tasks/(?P<job>[^/]+)"


def _task(status: str, **more: Any) -> Make:
    return with_job(lambda _base, job: {"id": job, "status": status, **more})


RUNWAY: Final = Dialect(
    name="runway",
    provider="runway",
    model="gen4.5",
    routes=(
        Route(stage="submit", method="POST", path=_SUBMIT),
        Route(stage="poll", method="GET", path=_TASK),
        Route(stage="cancel", method="DELETE", path=_TASK),
    ),
    accepted=with_job(lambda _base, job: {"id": job}),
    running=_task("RUNNING", progress=0.5),
    done=_task("SUCCEEDED", output=[CLIP_URL]),
    failed=_task(
        "FAILED", failure="failed by the script", failureCode="INTERNAL.BAD_OUTPUT.CODE01"
    ),
    moderated=_task("FAILED", failure="failed by the script", failureCode="SAFETY.INPUT.TEXT"),
    refused=lambda _status, message: {"error": message},
    cancelled=lambda _base, _job: Content(status=204, body=b""),
)
FAMILY: Final = Family(submission=re.compile(rf"(?P<base>.+){_SUBMIT}"), dialect=lambda: RUNWAY)
