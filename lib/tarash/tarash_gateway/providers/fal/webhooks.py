"""fal's webhooks: how a submission asks for one, how it is signed, and what it says.

Source: https://fal.ai/docs/model-apis/webhooks (2026-11).
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

import attrs

from ...http.messages import HttpRequest
from ...outcome import Outcome
from ...values.webhook import WebhookStatus
from ..webhooks import Headers, Signed, Told, Webhooks, seconds, words

_HEADER: Final = "x-fal-webhook-"
_STATUS: Final[Mapping[object, WebhookStatus]] = {"OK": "completed", "ERROR": "failed"}


def _ask(request: HttpRequest, url: str) -> HttpRequest:
    query = urlsplit(request.url).query
    if "fal_webhook" in parse_qs(query, keep_blank_values=True):
        return request
    asked = f"{request.url}{'&' if query else '?'}fal_webhook={quote(url, safe='')}"
    return attrs.evolve(request, url=asked)


def _signature(headers: Headers, body: bytes) -> Outcome[Signed]:
    """Return what the headers say: an Ed25519 signature in hex over three of them and a digest."""
    names = ("request-id", "user-id", "timestamp", "signature")
    return words(headers, *(f"{_HEADER}{name}" for name in names)).bind(
        lambda found: _signed(body, *found)
    )


def _signed(body: bytes, request: str, user: str, time: str, signature: str) -> Outcome[Signed]:
    content = "\n".join((request, user, time, sha256(body).hexdigest())).encode()
    return seconds(f"{_HEADER}timestamp", time).map(
        # A message that is sent again has another time, and the request's id.
        lambda at: Signed(id=request, sent_at=at, content=content, ed25519=(_of_hex(signature),))
    )


def _of_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _told(payload: Mapping[str, Any]) -> Told | None:
    # The other id, gateway_request_id, is of the last of fal's own tries.
    name, status = payload.get("request_id"), payload.get("status")
    if not isinstance(name, str):
        return None
    return Told(request_id=name, status=_STATUS.get(status) if isinstance(status, str) else None)


WEBHOOKS: Final = Webhooks(
    told=_told,
    signature=_signature,
    ask=_ask,
    key_set_url="https://rest.fal.ai/.well-known/jwks.json",
    key_set_seconds=24 * 3600,
)
