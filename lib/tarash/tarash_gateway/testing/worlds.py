"""The effects of scripted and replayed worlds: real files, and a key for each provider."""

import attrs

from ..effects import Clock, Effects, Environment, Http
from ..effects.disk import SystemDisk
from ..effects.live import RandomIds, SystemEnvironment, SystemFiles
from ..registry import known_providers
from .scripts import fake_effects
from .webhooks import TEST_SECRET

_KEY = "test-key-of-no-account"
# A provider whose own URL depends on the account has none of its own.
_PLACES = {"AZURE_OPENAI_ENDPOINT": "https://resource.openai.azure.com"}


@attrs.frozen
class EnvironmentWithKeys:
    """The process's environment, with a key for each provider that has none there.

    Secrets of webhooks are those of `signed_webhook`, unless they are set.

    Attributes:
        real: The environment.
    """

    real: Environment = attrs.field(factory=SystemEnvironment)

    def get(self, name: str) -> str | None:
        """Return the variable, or a key that no provider takes."""
        found = self.real.get(name)
        if found is not None:
            return found
        return self._lent().get(name)

    def _lent(self) -> dict[str, str]:
        lent = dict(_PLACES)
        for provider in known_providers().values():
            ways = provider.keys
            if ways and not any(all(map(self.real.get, way.names)) for way in ways):
                lent |= dict.fromkeys(ways[0].names, _KEY)
            if provider.webhooks is not None:
                lent |= dict.fromkeys(provider.webhooks.variables, TEST_SECRET)
        return lent


def scripted_effects(*, http: Http, clock: Clock) -> Effects:
    """Return effects that take requests and time from a test, and files from the disk."""
    return attrs.evolve(
        fake_effects(http=http, clock=clock),
        environment=EnvironmentWithKeys(),
        files=SystemFiles(),
        disk=SystemDisk(),
        ids=RandomIds(),
    )
