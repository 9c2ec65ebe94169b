"""How the fault server calls the webhook of a job: by script, well or in any way badly."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs

import aiohttp
import attrs

from tarash.tarash_gateway.testing import SignedWebhook, signed_webhook

SECRET: Final = "whsec_b25seSBmb3IgdGVzdHM="
_ANOTHER: Final = "whsec_YW5vdGhlcg=="
# Seconds between two tries of a message that was not received, and how many there are.
_PAUSE: Final = 0.05
_TRIES: Final = 5
_LARGE: Final = 10_000_000
_GOOD: Final = 300

# What is sent about a job: "lost" is nothing, and "early" comes before the submission's reply.
WEBHOOKS: Final[Sequence[str]] = (
    *("lost", "valid", "early", "forged", "replayed", "late", "out of order"),
    *("duplicated", "unknown", "large", "garbled"),
)


def url_of(query: str, body: str) -> str | None:
    """Return the URL that a submission asks to be called, in fal's way or in Replicate's."""
    asked = parse_qs(query).get("fal_webhook")
    if asked:
        return asked[0]
    with suppress(ValueError):
        return _webhook_of(json.loads(body))
    # OpenAI takes a form.
    return None


def _webhook_of(body: Any) -> str | None:
    url = body.get("webhook") if isinstance(body, Mapping) else None
    return url if isinstance(url, str) else None


def key_set() -> Any:
    """Return the public keys with which fal's messages are signed here."""
    return _message("fal", "any", "OK").keys.key_set


def _message(
    provider: str, job: str, status: str, *, name: str = "", age: float = 0.0, secret: str = SECRET
) -> SignedWebhook:
    body = (
        {"request_id": job, "gateway_request_id": job, "status": status, "payload": {}}
        if provider == "fal"
        else {"id": job, "status": status, "output": None}
    )
    at = datetime.now(UTC) - timedelta(seconds=age)
    return signed_webhook(provider, body, id=name or job, secret=secret, sent_at=at)


def messages(kind: str, provider: str, job: str) -> Sequence[Sequence[SignedWebhook]]:
    """Return what is sent, one group after the other; those of a group are sent at once."""
    done, running = ("OK", "IN_PROGRESS") if provider == "fal" else ("succeeded", "processing")
    good = _message(provider, job, done)
    changed = attrs.evolve(good, body=good.body.replace(job.encode(), b"job-9"))
    groups: Mapping[str, Sequence[Sequence[SignedWebhook]]] = {
        "lost": [],
        "valid": [[good]],
        "early": [[good]],
        "forged": [[_message(provider, job, done, secret=_ANOTHER)], [changed]],
        "replayed": [[good], [good], [good]],
        "late": [[_message(provider, job, done, age=900)]],
        "out of order": [[good], [_message(provider, job, running, name=f"{job}-0")]],
        "duplicated": [[good] * 5],
        "unknown": [[_message(provider, "job-unknown", done)]],
        "large": [[attrs.evolve(good, body=good.body + b" " * _LARGE)]],
        "garbled": [[signed_webhook(provider, b"\x00\xff{'", secret=SECRET, id=job)]],
    }
    return groups[kind]


async def send(url: str, groups: Sequence[Sequence[SignedWebhook]], statuses: list[int]) -> None:
    """Send all groups of messages, each message until it is received or refused for good."""
    async with aiohttp.ClientSession() as session:
        for group in groups:
            await asyncio.gather(*(_send(session, url, each, statuses) for each in group))


async def _send(
    session: aiohttp.ClientSession, url: str, message: SignedWebhook, statuses: list[int]
) -> None:
    for _ in range(_TRIES):
        try:
            async with session.post(url, data=message.body, headers=message.headers) as reply:
                status = reply.status
        except aiohttp.ClientError:
            # A receiver that refuses a body unread closes the connection under it.
            status = 0
        statuses.append(status)
        if 0 < status < _GOOD:
            return
        await asyncio.sleep(_PAUSE)
