"""Checks a message to a webhook, for a provider that is named."""

from collections.abc import Mapping
from datetime import datetime

from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..lifecycle.links import unknown_provider
from ..lifecycle.webhooks import GivenHeaders, verify
from ..outcome import Outcome
from ..providers.base import Provider
from ..registry import known_providers
from ..values.checks import refuse
from ..values.known import KnownProvider
from ..values.webhook import WebhookEvent, WebhookKeys


def verify_webhook(  # noqa: PLR0913 - what a message is, and what it is checked by
    provider: KnownProvider | Provider,
    headers: GivenHeaders,
    body: bytes,
    keys: WebhookKeys,
    now: datetime,
    *,
    tolerance: float = 300.0,
) -> Outcome[WebhookEvent]:
    """Return what a message to a webhook says, if the provider sent it.

    It sends nothing and remembers nothing: the same message passes twice, so keep ``event.id`` for
    as long as ``tolerance``, and let a message only decide when to poll.

    Args:
        provider: The provider's id, or its record.
        headers: The headers of the HTTP request, in any case: a mapping, or pairs of strings or
            bytes.
        body: The body as it came, of 1 MiB at most. Parsed and written again, it fits no signature.
        keys: The secrets of the webhook, or the public keys of the provider.
        now: Aware UTC time.
        tolerance: Most seconds between the time of the signature and ``now``, before and after it.

    Raises:
        WebhookError: The message is not believed. Its ``reason`` is ``"unsigned"`` (a header of the
            signature is missing), ``"forged"`` (no signature fits a key), ``"late"`` or ``"early"``
            (it was signed too long ago, or in the future), ``"malformed"``, ``"too_large"``, or
            ``"no_key"`` (``keys`` has none for the kind of its signature, or Ed25519 signatures
            cannot be checked without the extra ``webhooks``): the message is not to blame for this
            last one.
        ValidationError: The provider is not known or sends no webhooks, or another argument is
            wrong.
    """
    return record_of(provider).bind(
        lambda found: verify(found, headers, body, keys, now, tolerance=tolerance)
    )


def record_of(provider: object, further: Mapping[str, Provider] | None = None) -> Outcome[Provider]:
    """Return the record of a provider that is named, of those known and the ``further`` ones.

    Errors:
        ValidationError: No provider has that name, or its package cannot be used.
    """
    if isinstance(provider, Provider):
        return Success(provider)
    if not isinstance(provider, str):
        return Failure(refuse("provider", provider, "a provider's id, or a Provider"))
    providers = known_providers(further)
    found = providers.get(provider)
    if found is None:
        return Failure(unknown_provider(provider, providers))
    if found.broken is not None:
        return Failure(ValidationError(found.broken, provider=provider))
    return Success(found)
