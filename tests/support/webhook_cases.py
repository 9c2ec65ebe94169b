"""Messages to webhooks, and a journal that knows their jobs."""

from typing import Any

from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    Journal,
    VideoGeneration,
    VideoGenerationConfig,
    start_video,
)
from tarash.tarash_gateway.testing import (
    ScriptedHttp,
    SignedWebhook,
    fake_effects,
    json_reply,
    signed_webhook,
)

SECRET = "whsec_b25seSBmb3IgdGVzdHM="
REPLICATE = VideoGenerationConfig(
    provider="replicate", model="minimax/video-01", api_key="r8_secret"
)


def started(journal: Journal | None, job: str = "job-1", **changes: Any) -> VideoGeneration:
    """Return a job of Replicate's that was accepted."""
    reply = json_reply(201, {"id": job, "status": "starting"})
    return start_video(
        VideoGenerationConfig(**{"provider": "replicate", "model": "minimax/video-01", **changes}),
        fal.REQUEST,
        effects=fake_effects(
            http=ScriptedHttp([reply]), environment={"REPLICATE_API_TOKEN": "r8_secret"}
        ),
        journal=journal,
    )


def started_at_fal(journal: Journal | None, job: str = "job-1") -> VideoGeneration:
    """Return a job of fal's that was accepted."""
    effects = fake_effects(http=ScriptedHttp([fal.queued(job)]))
    return start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal)


def message(job: str = "job-1", **parts: Any) -> SignedWebhook:
    """Return a message of Replicate's about a job that is done."""
    body = {"id": job, "status": "succeeded", "output": "https://replicate.delivery/kite.mp4"}
    return signed_webhook("replicate", body, **{"secret": SECRET, **parts})


def message_of_fal(job: str = "job-1", **parts: Any) -> SignedWebhook:
    """Return a message of fal's about a job that is done."""
    body = {"request_id": job, "gateway_request_id": job, "status": "OK", "payload": {}}
    return signed_webhook("fal", body, **{"id": job, "secret": SECRET, **parts})
