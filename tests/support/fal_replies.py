"""fal's replies for scripted tests: the smallest ones that mean something."""

from typing import Any

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import json_reply

REQUEST = VideoGenerationRequest(prompt="a kite over the sea")
URL = "https://v3.fal.media/files/kite.mp4"


def config(**changes: Any) -> VideoGenerationConfig:
    """Return a config for fal with a key."""
    return VideoGenerationConfig(
        **{"provider": "fal", "model": "fal-ai/veo3", "api_key": "id:secret", **changes}
    )


def queued(job: str = "job-1") -> HttpResponse:
    """Return the reply to an accepted submission."""
    return json_reply(200, {"status": "IN_QUEUE", "request_id": job})


def running(**more: Any) -> HttpResponse:
    """Return the reply to a poll of a running job."""
    return json_reply(202, {"status": "IN_PROGRESS", **more})


def waiting() -> HttpResponse:
    """Return the reply to a poll of a job that waits in the queue: a cancel costs nothing yet."""
    return json_reply(202, {"status": "IN_QUEUE", "queue_position": 2})


def completed() -> HttpResponse:
    """Return the reply to the last poll."""
    return json_reply(200, {"status": "COMPLETED"})


def failed() -> HttpResponse:
    """Return the reply to the last poll of a job that the platform lost."""
    return json_reply(
        200, {"status": "COMPLETED", "error": "gone", "error_type": "runner_disconnected"}
    )


def result() -> HttpResponse:
    """Return the reply with the video."""
    return json_reply(200, {"video": {"url": URL}})


def success(job: str = "job-1") -> list[HttpResponse]:
    """Return the replies of a generation without trouble."""
    return [queued(job), completed(), result()]
