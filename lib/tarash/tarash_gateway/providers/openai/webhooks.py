"""OpenAI's webhooks, which are set up for a project: what they say.

Sources: https://developers.openai.com/api/docs/guides/webhooks and
https://developers.openai.com/api/docs/guides/video-generation (2026-11);
openai/openai-python:src/openai/lib/_webhooks.py, 3.54.0.
"""

from collections.abc import Mapping
from typing import Any, Final

from ...values.webhook import WebhookStatus
from ..webhooks import Told, Webhooks, standard

_STATUS: Final[Mapping[str, WebhookStatus]] = {
    "video.completed": "completed",
    "video.failed": "failed",
}


def _told(payload: Mapping[str, Any]) -> Told | None:
    kind, data = payload.get("type"), payload.get("data")
    if not isinstance(kind, str) or not isinstance(data, dict):
        return None
    # One webhook may be for several of OpenAI's products.
    if not kind.startswith("video."):
        return Told(request_id=None)
    name = data.get("id")
    return Told(request_id=name, status=_STATUS.get(kind)) if isinstance(name, str) else None


WEBHOOKS: Final = Webhooks(
    told=_told,
    signature=standard,
    site="for a project, on OpenAI's site or with its API",
    # The one that OpenAI's client reads.
    variables=("OPENAI_WEBHOOK_SECRET",),
)
