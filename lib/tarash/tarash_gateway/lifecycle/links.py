"""A chain of configs as a flat sequence of links, each with its provider: pure."""

from __future__ import annotations  # those of inner functions are not made at each call

from collections.abc import Mapping, Sequence

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..outcome import Outcome, catch_bugs, every
from ..providers.base import Provider
from ..values.config import VideoGenerationConfig
from ..values.spelling import did_you_mean


def chain(config: VideoGenerationConfig) -> tuple[VideoGenerationConfig, ...]:
    """Return the config and its fallbacks, nested ones after the config they belong to."""
    links: list[VideoGenerationConfig] = []
    waiting = [config]
    # A loop, because a chain may be nested deeper than Python's stack.
    while waiting:
        link = waiting.pop()
        links.append(link)
        waiting.extend(reversed(link.fallback_configs or ()))
    return tuple(links)


def variables(providers: Mapping[str, Provider]) -> tuple[str, ...]:
    """Return every environment variable that the providers want."""
    names: list[str] = []
    for provider in providers.values():
        for key in provider.keys:
            names += key.names
        names += provider.environment
        if provider.base_url_variable:
            names.append(provider.base_url_variable)
    return tuple(names)


def provider_of(
    config: VideoGenerationConfig, providers: Mapping[str, Provider], environment: Mapping[str, str]
) -> Outcome[Provider]:
    """Return the config's provider, in the variant that it asks for.

    Where the mock is enabled, this is the record of the mock that stands for that provider.

    Errors:
        ValidationError: No provider has that name (the message lists the known ones), or the
            installed package that has it cannot be used.
    """
    found = _by_name(config, providers, environment)
    if not is_mocked(config):
        return found
    stands_for = providers["mock"].stands_for
    return found.map(lambda real: providers["mock"] if stands_for is None else stands_for(real))


def is_mocked(config: VideoGenerationConfig) -> bool:
    """Tell whether the mock answers in place of the config's provider."""
    return config.mock is not None and config.mock.enabled


def _by_name(
    config: VideoGenerationConfig, providers: Mapping[str, Provider], environment: Mapping[str, str]
) -> Outcome[Provider]:
    provider = providers.get(config.provider)
    if provider is None:
        return Failure(unknown_provider(config.provider, providers))
    if provider.broken is not None:
        return Failure(ValidationError(provider.broken, provider=config.provider))
    variant = provider.variant
    if variant is None:
        return Success(provider)
    return catch_bugs(
        f"provider {config.provider!r}", lambda: Success(variant(config, environment))
    )


def unknown_provider(name: str, providers: Mapping[str, Provider]) -> ValidationError:
    """Return the error for a name that no provider has; it lists those that there are."""
    known = ", ".join(sorted(providers))
    message = f"provider {name!r} is not known: use one of {known}, or register it"
    meant = did_you_mean(name.partition(":")[0], tuple(providers))
    return ValidationError(message + meant, provider=name)


@attrs.frozen(kw_only=True)
class Link:
    """A config with its provider (see `provider_of`) and its place in the whole chain, from 0."""

    config: VideoGenerationConfig
    provider: Provider
    position: int


def links_of(
    configs: Sequence[VideoGenerationConfig],
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    first: int = 0,
) -> Outcome[tuple[Link, ...]]:
    """Return the configs with their providers; the first has the place ``first`` in its chain.

    Errors:
        ValidationError: A provider is not known.
    """

    def link(item: tuple[int, VideoGenerationConfig]) -> Outcome[Link]:
        position, config = item
        return (
            provider_of(config, providers, environment)
            .map(lambda provider: Link(config=config, provider=provider, position=position))
            .alt(lambda error: with_place(error, config))
        )

    return every(enumerate(configs, first), link)


def with_place(error: TarashException, config: VideoGenerationConfig) -> TarashException:
    """Return the error with the provider and the model of the config."""
    return attrs.evolve(error, provider=config.provider, model=config.model)
