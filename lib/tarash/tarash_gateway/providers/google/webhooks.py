"""The Gemini API's webhooks: how a submission asks for one, and what it says.

One that a submission asks for is signed with a key of Google's, one that is set up for a project is
signed with a secret of its own. Vertex AI has none.

Sources: https://ai.google.dev/gemini-api/docs/webhooks (2026-11), for what is asked and said;
googleapis/python-genai, issue 2927 (2026-08), for the signature with a key, which that page
describes as a JSON Web Token; googleapis/python-genai, google/genai/models.py, 2.19.0, and
google/genai/_gaos/types/interactions/, 3.4.0, for the names of the fields.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import attrs

from ...http.messages import HttpRequest, JsonBody
from ...values.webhook import WebhookStatus
from ..webhooks import Told, Webhooks, standard

_STATUS: Final[Mapping[str, WebhookStatus]] = {
    "video.generated": "completed",
    "interaction.completed": "completed",
    "interaction.failed": "failed",
    "interaction.cancelled": "failed",
}


def _ask(field: str, request: HttpRequest, url: str) -> HttpRequest:
    body = request.body
    if not isinstance(body, JsonBody):
        return request
    given = body.value.get(field)
    wanted = given if isinstance(given, Mapping) else {}
    if "uris" in wanted or (given and not wanted):
        return request
    value = {**body.value, field: {**wanted, "uris": [url]}}
    return attrs.evolve(request, body=JsonBody(value=value))


def _told(payload: Mapping[str, Any]) -> Told | None:
    kind, data = payload.get("type"), payload.get("data")
    if not isinstance(kind, str) or not isinstance(data, dict):
        return None
    # One webhook may be for batches, too.
    if not kind.startswith(("video.", "interaction.")):
        return Told(request_id=None)
    name = data.get("id")
    return Told(request_id=name, status=_STATUS.get(kind)) if isinstance(name, str) else None


def _webhooks(ask: Callable[[HttpRequest, str], HttpRequest]) -> Webhooks:
    return Webhooks(
        told=_told,
        signature=standard,
        ask=ask,
        variables=("GEMINI_WEBHOOK_SECRET",),
        key_set_url="https://generativelanguage.googleapis.com/.well-known/jwks.json",
        # Google's page names no time.
        key_set_seconds=24 * 3600,
    )


VEO: Final = _webhooks(partial(_ask, "webhookConfig"))
OMNI: Final = _webhooks(partial(_ask, "webhook_config"))
