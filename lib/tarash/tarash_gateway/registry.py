"""The providers that a call may use: ours, registered ones, and those of entry points."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

from . import checks
from .exceptions import ValidationError
from .mock.provider import PROVIDER as MOCK
from .providers.azure_openai import PROVIDER as AZURE_OPENAI
from .providers.base import Provider
from .providers.fal import PROVIDER as FAL
from .providers.google import PROVIDER as GOOGLE
from .providers.openai import PROVIDER as OPENAI
from .providers.replicate import PROVIDER as REPLICATE
from .providers.runway import PROVIDER as RUNWAY

BUILT_IN: Final[Mapping[str, Provider]] = MappingProxyType(
    {
        provider.name: provider
        for provider in (FAL, OPENAI, AZURE_OPENAI, RUNWAY, GOOGLE, REPLICATE, MOCK)
    }
)
GROUP: Final = "tarash_gateway.providers"

_REGISTERED: Final[dict[str, Provider]] = {}


def register_provider(name: str, provider: Provider) -> None:
    """Make ``provider`` known under ``name``, over any other of that name.

    Raises:
        ValidationError: If it is no `Provider`.
    """
    if not name.strip():
        raise checks.refuse("name", name, "a non-empty string")
    if not isinstance(provider, Provider):
        raise checks.refuse("provider", provider, "a Provider")
    _REGISTERED[name] = provider


@cache
def _installed() -> Mapping[str, Provider]:
    """Return the providers that installed packages offer; their modules are loaded here."""
    found: dict[str, Provider] = {}
    for point in entry_points(group=GROUP):
        provider = point.load()
        if not isinstance(provider, Provider):
            message = f"the entry point {point.name!r} of {GROUP} must name a Provider"
            raise ValidationError(message=message)
        found[point.name] = provider
    return found


def known_providers(more: Mapping[str, Provider] | None = None) -> Mapping[str, Provider]:
    """Return every provider by name; ``more`` wins over registered, installed and our own."""
    return {**BUILT_IN, **_installed(), **_REGISTERED, **(more or {})}
