"""The providers that a call may use: built-in, registered, and from entry points."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final

from .providers.base import Provider, broken
from .providers.handlers import ProviderHandler, is_handler, provider_from
from .values import checks

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
    """The built-in providers; a module is imported when its provider is looked up."""

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


class _Installed(Mapping[str, Provider]):
    """The providers of installed packages; a package is imported when its provider is looked up.

    A provider that cannot be loaded is replaced by one whose calls fail with the reason, so that
    calls to other providers still work.
    """

    def __init__(self, points: Mapping[str, EntryPoint]) -> None:
        """Load providers from these entry points."""
        self._points = points
        self._loaded: dict[str, Provider] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._points

    def __getitem__(self, name: str) -> Provider:
        if name not in self._loaded:
            self._loaded[name] = _load(name, self._points[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)


def _load(name: str, point: EntryPoint) -> Provider:
    where = f"provider {name!r} is installed (entry point {point.value!r} of {GROUP})"
    remedy = "update or uninstall its package"
    try:
        found: object = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - another package's code may raise anything
        why = f"{where} but cannot be loaded: {type(error).__name__}: {error}; {remedy}"
        return broken(name, why)
    provider = _as_provider(name, found)
    if provider is None:
        why = f"{where} but is {checks.preview(found)}, not a Provider or a handler; {remedy}"
        return broken(name, why)
    return provider


class _Known(Mapping[str, Provider]):
    """Several mappings as one; the first one that contains a name is used."""

    def __init__(self, *maps: Mapping[str, Provider]) -> None:
        """Look names up in these mappings, in order."""
        self._maps = maps

    def __getitem__(self, name: str) -> Provider:
        for providers in self._maps:
            if name in providers:
                return providers[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in providers for providers in self._maps)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for maps in reversed(self._maps) for name in maps))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _as_provider(name: str, value: object) -> Provider | None:
    if isinstance(value, Provider):
        return value
    return provider_from(name, value) if is_handler(value) else None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def register_provider(name: str, provider: Provider | ProviderHandler) -> None:
    """Register a provider as ``name``, replacing any other of that name.

    Args:
        name: The provider's id in configs.
        provider: A record of pure functions, for which the library polls, retries, cancels and
            resumes; or a handler, an object with ``generate_video`` and ``generate_video_async``
            that does all of this itself.

    Raises:
        ValidationError: It is neither of them, or the name is empty.
    """
    if not _is_name(name):
        raise checks.refuse("name", name, "a non-empty string")
    found = _as_provider(name, provider)
    if found is None:
        allowed = (
            "a Provider, or an object (not a class) with the methods generate_video and "
            "generate_video_async"
        )
        raise checks.refuse("provider", provider, allowed)
    _REGISTERED[name] = found


@cache
def _installed() -> Mapping[str, Provider]:
    return _Installed({point.name: point for point in entry_points(group=GROUP)})


def known_providers(more: Mapping[str, Provider] | None = None) -> Mapping[str, Provider]:
    """Return every provider by name; ``more`` precedes registered, installed and built-in ones."""
    return _Known(more or {}, _REGISTERED, _installed(), BUILT_IN)
