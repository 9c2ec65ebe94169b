"""Replicate's webhooks: how a submission asks for one, and what it says.

Sources: https://replicate.com/docs/topics/webhooks/setup-webhook, receive-webhook and
verify-webhook (2026-11).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...http.messages import HttpRequest, JsonBody
from ...values.webhook import WebhookStatus
from ..webhooks import Told, Webhooks, standard

_STATUS: Final[Mapping[object, WebhookStatus]] = {
    "succeeded": "completed",
    "failed": "failed",
    "canceled": "failed",
    "aborted": "failed",
}


def _ask(request: HttpRequest, url: str) -> HttpRequest:
    body = request.body
    if not isinstance(body, JsonBody) or "webhook" in body.value:
        return request
    # Only its end is of use: by default, each line of its log is a message.
    value = {"webhook_events_filter": ["completed"], **body.value, "webhook": url}
    return attrs.evolve(request, body=JsonBody(value=value))


def _told(payload: Mapping[str, Any]) -> Told | None:
    # The message is the prediction.
    name, status = payload.get("id"), payload.get("status")
    if not isinstance(name, str) or not isinstance(status, str):
        return None
    return Told(request_id=name, status=_STATUS.get(status))


WEBHOOKS: Final = Webhooks(
    told=_told, signature=standard, ask=_ask, variables=("REPLICATE_WEBHOOK_SECRET",)
)
