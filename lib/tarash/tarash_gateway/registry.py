"""The providers that a call may use: built-in, registered, and from entry points."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from itertools import chain
from typing import Final

from . import _later
from .providers.base import Provider
from .providers.handlers import ProviderHandler, is_handler, provider_from
from .providers.unusable import broken
from .values import checks

GROUP: Final = "tarash_gateway.providers"

_REGISTERED: Final[dict[str, Provider]] = {}
# Names of those that were loaded before, so that an event loop may look them up.
_LOADED: Final[set[str]] = set()


class _Providers(Mapping[str, Provider]):
    """Providers by name: those at hand, then those that are loaded when they are looked up."""

    def __init__(
        self, loaders: Mapping[str, Callable[[], Provider]], *at_hand: Mapping[str, Provider]
    ) -> None:
        self._loaders = loaders
        self._at_hand = at_hand

    def __getitem__(self, name: str) -> Provider:
        for providers in self._at_hand:
            if name in providers:
                return providers[name]
        provider = self._loaders[name]()
        _LOADED.add(name)
        return provider

    def is_at_hand(self, name: str) -> bool:
        """Tell whether looking up a name, known or not, loads nothing."""
        return (
            name in _LOADED
            or name not in self._loaders
            or any(name in providers for providers in self._at_hand)
        )

    def __contains__(self, name: object) -> bool:
        # The method of the base class would load the provider.
        return any(name in names for names in (*self._at_hand, self._loaders))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(chain(self._loaders, *reversed(self._at_hand))))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _import(module: str) -> Provider:
    provider: Provider = _later.load(f"{__package__}{module}").PROVIDER
    return provider


_BUILT_IN: Final[Mapping[str, Callable[[], Provider]]] = {
    # Python looks for a module again at each import.
    name: cache(partial(_import, module))
    for name, module in {
        "fal": ".providers.fal",
        "openai": ".providers.openai",
        "azure-openai": ".providers.azure_openai",
        "runway": ".providers.runway",
        "google": ".providers.google",
        "replicate": ".providers.replicate",
        "mock": ".mock.provider",
    }.items()
}
BUILT_IN: Final[Mapping[str, Provider]] = _Providers(_BUILT_IN)


def _load(point: EntryPoint) -> Provider:
    """Return an installed provider; calls of one that cannot be loaded fail with the reason."""
    where = f"provider {point.name!r} is installed (entry point {point.value!r} of {GROUP})"
    remedy = "update or uninstall its package"
    try:
        found: object = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - another package's code may raise anything
        why = f"{where} but cannot be loaded: {type(error).__name__}: {error}; {remedy}"
        return broken(point.name, why)
    provider = _as_provider(point.name, found)
    if provider is not None:
        return provider
    why = f"{where} but is {checks.preview(found)}, not a Provider or a handler; {remedy}"
    return broken(point.name, why)


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
def _installed() -> Mapping[str, Callable[[], Provider]]:
    """Return how each provider is loaded; thousands of calls in flight share the mapping."""
    found = {point.name: cache(partial(_load, point)) for point in entry_points(group=GROUP)}
    return {**_BUILT_IN, **found}


def known_providers(more: Mapping[str, Provider] | None = None) -> Mapping[str, Provider]:
    """Return every provider by name; ``more`` precedes registered, installed and built-in ones."""
    return _Providers(_installed(), more or {}, _REGISTERED)


def is_at_hand(providers: Mapping[str, Provider], name: str) -> bool:
    """Tell whether looking up a name in what `known_providers` returned loads nothing."""
    return not isinstance(providers, _Providers) or providers.is_at_hand(name)
