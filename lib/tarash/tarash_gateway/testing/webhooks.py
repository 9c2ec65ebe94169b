"""Messages to webhooks, signed as providers sign them."""

from datetime import datetime
from typing import Literal

from ..effects.signing import SignedWebhook, signed
from ..outcome import settle
from ..providers.base import Provider
from ..running.webhook_check import record_of
from ..values.known import KnownProvider
from .fakes import EPOCH


def signed_webhook(  # noqa: PLR0913 - the parts of a message, and who signs it
    provider: KnownProvider | Provider,
    body: object,
    *,
    id: str = "msg_1",  # noqa: A002 - the name of the event's field
    sent_at: datetime = EPOCH,
    secret: str = "whsec_b25seSBmb3IgdGVzdHM=",  # noqa: S107 - it is for tests
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
