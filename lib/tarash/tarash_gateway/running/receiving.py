"""What is done with a message to a webhook, before a handler of the program's sees it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import attrs
from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import TarashException, WebhookError
from ..lifecycle.remembering import Memory, known, memory_of
from ..lifecycle.webhooks import GivenHeaders, verify
from ..outcome import IOOutcome, Outcome, failed
from ..providers.base import Provider
from ..providers.webhooks import Webhooks
from ..registry import known_providers
from ..values.received import Webhook
from ..values.secrets import Secret
from ..values.webhook import WebhookEvent, WebhookKeys
from .key_rings import KeyRing, key_ring_of
from .tasks import Steps, do, work
from .webhook_check import record_of
from .worlds import world_of

# Most seconds between the time of a signature and now: what Standard Webhooks' libraries take.
TOLERANCE: Final = 300.0
# A key of the provider's may fit where these were the reasons.
_OF_KEYS: Final = frozenset({"forged", "no_key"})


@attrs.frozen(kw_only=True)
class Receiver:
    """What messages of one provider are received with.

    Attributes:
        name: The provider's id, as the program's configs have it.
        provider: Its record.
        keys: Keys that the caller gave, or None: then the environment has the secrets.
        journal: What remembers messages and knows jobs, or None.
        effects: The world.
        ring: The key sets that were fetched.
    """

    name: str
    provider: Provider
    keys: WebhookKeys | None
    journal: Journal | None
    effects: Effects
    ring: KeyRing

    @classmethod
    def of(
        cls,
        name: str,
        keys: WebhookKeys | None,
        journal: Journal | None,
        effects: Effects | None,
        providers: Mapping[str, Provider] | None,
    ) -> Outcome["Receiver"]:
        """Return what receives the messages of a provider.

        Errors:
            ValidationError: No provider has that name, or it cannot be used.
        """
        known = known_providers(providers)
        world = world_of(effects)
        return record_of(known[name] if name in known else name).map(
            lambda provider: cls(
                name=name,
                provider=provider,
                keys=keys,
                journal=journal,
                effects=world,
                ring=key_ring_of(world.http),
            )
        )

    def given_keys(self) -> WebhookKeys:
        """Return the caller's keys, or the secrets of the environment."""
        if self.keys is not None:
            return self.keys
        names = () if self.provider.webhooks is None else self.provider.webhooks.variables
        found = (self.effects.environment.get(name) for name in names)
        return WebhookKeys(secrets=[Secret(value) for value in found if value])

    def verified(
        self, headers: GivenHeaders, body: bytes, keys: WebhookKeys
    ) -> Outcome[WebhookEvent]:
        """Return what a message says, checked with these keys."""
        now = self.effects.clock.utc()
        return verify(self.provider, headers, body, keys, now, tolerance=TOLERANCE).map(
            lambda event: attrs.evolve(event, provider=self.name)
        )
