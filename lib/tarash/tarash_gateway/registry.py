"""The providers that a call may use: ours, registered ones, and those of entry points."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

from . import checks
from .exceptions import ValidationError
from .providers.base import Provider

GROUP: Final = "tarash_gateway.providers"

_MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fal": ".providers.fal",
        "openai": ".providers.openai",
        "azure-openai": ".providers.azure_openai",
        "runway": ".providers.runway",
        "google": ".providers.google",
        "replicate": ".providers.replicate",
        "mock": ".mock.provider",
    }
)
_REGISTERED: Final[dict[str, Provider]] = {}


class _BuiltIn(Mapping[str, Provider]):
    """Our own providers; a module is imported when its provider is looked up."""

    def __contains__(self, name: object) -> bool:
        return name in _MODULES

    def __getitem__(self, name: str) -> Provider:
        provider: Provider = import_module(_MODULES[name], __package__).PROVIDER
        return provider

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


BUILT_IN: Final[Mapping[str, Provider]] = _BuiltIn()


class _Known(Mapping[str, Provider]):
    """Several mappings as one; the first that has a name wins."""

    def __init__(self, *maps: Mapping[str, Provider]) -> None:
        """Look into these, in order."""
        self._maps = maps

    def __getitem__(self, name: str) -> Provider:
        for providers in self._maps:
            if name in providers:
                return providers[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for maps in reversed(self._maps) for name in maps))

    def __len__(self) -> int:
        return len(list(iter(self)))


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
    return _Known(more or {}, _REGISTERED, _installed(), BUILT_IN)
