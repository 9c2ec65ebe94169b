"""Messages to webhooks, signed as providers sign them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from ..effects import Effects
from ..effects.signing import SignedWebhook, signed
from ..outcome import settle
from ..providers.base import Provider
from ..registry import known_providers
from ..running.webhook_check import record_of
from ..values.known import KnownProvider
from .fakes import EPOCH

# Of no account: for tests.
TEST_SECRET: Final = "whsec_b25seSBmb3IgdGVzdHM="  # noqa: S105 - as said


def signed_webhook(  # noqa: PLR0913 - the parts of a message, and who signs it
    provider: KnownProvider | Provider,
    body: object,
    *,
    id: str = "msg_1",  # noqa: A002 - the name of the event's field
    sent_at: datetime = EPOCH,
    secret: str = TEST_SECRET,
    by: Literal["secret", "key"] | None = None,
) -> SignedWebhook:
    """Return a message to a webhook, signed as the provider would sign it.

    Where it signs with a key of its own, that key is made of ``secret``: needs cryptography.

    Args:
        provider: The provider's id, or its record.
        body: The bytes, or a JSON value.
        id: The name of the message; fal takes it for the request's id, too.
        sent_at: When it is signed: by default, the time at which a `FakeClock` starts.
        secret: The webhook's signing secret.
        by: Google signs with the secret of a project's webhook, or with its own key what a
            submission asked for (the default).

    Raises:
        ValidationError: The provider is not known, or its messages have another signature, or none.
    """
    record = settle(record_of(provider))
    return signed(record, body, secret=secret, by=by, name=id, at=sent_at)


def key_set_at(url: str) -> Mapping[str, Any] | None:
    """Return the key set that fits `signed_webhook`, if a provider has its own at this URL."""
    for provider in known_providers().values():
        webhooks = provider.webhooks
        if webhooks is not None and webhooks.key_set_url == url:
            return signed_webhook(provider, {}, by="key").keys.key_set
    return None


def webhook_about(
    job: str, told: object, provider: str, effects: Effects, secret: str | None
) -> SignedWebhook:
    """Return a provider's message about a job, with a signature that fits a world.

    Args:
        job: The job's id.
        told: The JSON of the message.
        provider: Provider id.
        effects: The world, whose environment may have the secret.
        secret: Another secret, or None.
    """
    webhooks = settle(record_of(provider)).webhooks
    signs_itself = webhooks is None or webhooks.key_set_url is not None
    found = None if webhooks is None or signs_itself else _secret(webhooks.variables, effects)
    return signed_webhook(
        provider,
        told,
        id=job if provider == "fal" else f"msg_{job}",
        sent_at=effects.clock.utc(),
        secret=secret or found or TEST_SECRET,
    )


def _secret(variables: Sequence[str], effects: Effects) -> str | None:
    words = (effects.environment.get(name) or "" for name in variables)
    return next((found.split()[0] for found in words if found), None)
