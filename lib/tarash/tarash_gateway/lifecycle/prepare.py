"""From a config and a request to what will be sent: everything that can be known for free.

Pure: providers and environment variables are arguments.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import attrs
from returns.result import Failure, Success

from ..exceptions import AuthenticationError, TarashException, ValidationError
from ..http.messages import fixed, is_header_text
from ..outcome import Outcome, every, guarded
from ..providers.base import OAuth, Provider, Submission, Target
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.secrets import Secret
from ..values.spelling import did_you_mean
from .generation import Leg
from .slips import with_settings, without_slips


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
    return tuple(
        name
        for provider in providers.values()
        for name in (
            *(name for key in provider.keys for name in key.names),
            *provider.environment,
            *([provider.base_url_variable] if provider.base_url_variable else []),
        )
    )


def provider_of(
    config: VideoGenerationConfig,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> Outcome[Provider]:
    """Return the config's provider: the mock where it is enabled, else the variant it asks for.

    Errors:
        ValidationError: There is none of that name (the message lists the known ones), or an
            installed package's is broken.
    """
    name = "mock" if config.mock is not None and config.mock.enabled else config.provider
    provider = providers.get(name)
    if provider is None:
        known = ", ".join(sorted(providers))
        message = f"provider {config.provider!r} is not known: use one of {known}, or register it"
        meant = did_you_mean(config.provider, tuple(providers))
        return Failure(ValidationError(message=message + meant, provider=config.provider))
    if provider.broken is not None:
        return Failure(ValidationError(message=provider.broken, provider=config.provider))
    variant = provider.variant
    if variant is None:
        return Success(provider)
    return guarded(f"provider {config.provider!r}", lambda: Success(variant(config, environment)))


@attrs.frozen(kw_only=True)
class Link:
    """One config of a chain with the provider that it asks for.

    Attributes:
        config: The config.
        provider: The provider: the mock's, or the variant that the config asks for.
        position: Place of the config in the whole chain, from 0.
    """

    config: VideoGenerationConfig
    provider: Provider
    position: int


def links_of(
    configs: Sequence[VideoGenerationConfig],
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    first: int = 0,
) -> Outcome[tuple[Link, ...]]:
    """Return the configs of a chain with their providers.

    Args:
        configs: The configs, in order.
        providers: The providers by name.
        environment: The environment variables that are set.
        first: Place of the first config in the whole chain.

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


def prepare(
    links: Sequence[Link],
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    today: date | None = None,
) -> Outcome[tuple[Leg, ...]]:
    """Return the whole chain, ready to be sent.

    A fallback that would make a video of another shape is left out, and the first leg's warnings
    say so.

    Args:
        links: The configs of the chain with their providers, in order.
        request: What the caller wants.
        providers: The providers by name, whose native names are not slips.
        environment: The environment variables that are set.
        today: The date in UTC, or None where no date refuses a model.

    Errors:
        ValidationError: A keyword that is a slip of a field's name, a request that a model of the
            chain cannot take, or another shape than was asked for by the first.
        AuthenticationError: A key is missing; the message names its variable.
    """
    first, *others = links
    return (
        without_slips(request, providers)
        .alt(lambda error: with_place(error, first.config))
        .bind(lambda _: every(links, lambda link: leg_of(link, request, environment, today)))
        .bind(
            lambda legs: (
                in_shape(legs[0])
                .alt(lambda error: with_place(error, first.config))
                .map(lambda leg: _with_fallbacks(leg, tuple(zip(others, legs[1:], strict=True))))
            )
        )
    )


def _with_fallbacks(first: Leg, fallbacks: tuple[tuple[Link, Leg], ...]) -> tuple[Leg, ...]:
    shaped = [(link, in_shape(leg)) for link, leg in fallbacks]
    left_out = tuple(
        left_out_warning(link.config, leg.failure())
        for link, leg in shaped
        if isinstance(leg, Failure)
    )
    return (
        _warned(first, left_out),
        *(leg.unwrap() for _, leg in shaped if not isinstance(leg, Failure)),
    )


def _warned(first: Leg, sentences: tuple[str, ...]) -> Leg:
    warnings = first.submission.warnings + sentences
    return attrs.evolve(first, submission=attrs.evolve(first.submission, warnings=warnings))


def left_out_warning(link: VideoGenerationConfig, error: TarashException) -> str:
    """Return the warning about a fallback that is not tried."""
    return f"the fallback {link.provider}/{link.model} was left out: {error.message}"


def in_shape(ready: Leg) -> Outcome[Leg]:
    """Return the leg, unless its video would have another shape than was asked for.

    Such a video is paid for nothing: only ``unsupported="adapt"`` takes it.

    Errors:
        ValidationError: It would; the message lists what the model takes.
    """
    misshapen = ready.submission.misshapen
    if ready.target.config.unsupported == "adapt" or not misshapen:
        return Success(ready)
    message = f"{'; '.join(misshapen)} (unsupported='adapt' sends it all the same)"
    return Failure(ValidationError(message))


def leg_of(
    link: Link,
    request: VideoGenerationRequest,
    environment: Mapping[str, str],
    today: date | None = None,
) -> Outcome[Leg]:
    """Return one config of a chain, ready to be sent.

    Errors:
        ValidationError: The model cannot take the request.
        AuthenticationError: The key is missing, or no HTTP header can carry it.
    """
    return (
        target_of(link, environment, today)
        .bind(partial(leg_to, request=request, position=link.position))
        .alt(lambda error: with_place(error, link.config))
    )


def with_place(error: TarashException, config: VideoGenerationConfig) -> TarashException:
    """Return the error with the provider and the model of the config."""
    return attrs.evolve(error, provider=config.provider, model=config.model)


def key_of(
    config: VideoGenerationConfig, provider: Provider, environment: Mapping[str, str]
) -> Outcome[Secret | None]:
    """Return the key: the config's, else the environment's; None where none is needed.

    Errors:
        AuthenticationError: A key is needed and missing.
    """
    if provider.oauth is not None:
        return _access_token(config, provider.oauth)
    if config.api_key is not None or not provider.keys:
        return Success(config.api_key if provider.keys else None)
    for variables_ in provider.keys:
        values = [environment.get(name, "").strip() for name in variables_.names]
        if all(values):
            return Success(Secret(variables_.join.join(values)))
    wanted = ", or ".join(" and ".join(key.names) for key in provider.keys)
    message = f"no key for {provider.name}: set {wanted}, or give api_key in the config"
    return Failure(AuthenticationError(message=message))


def _access_token(config: VideoGenerationConfig, oauth: OAuth) -> Outcome[Secret | None]:
    given = config.provider_config.get(oauth.setting)
    if config.api_key is not None:
        return Success(config.api_key)
    if isinstance(given, str) and given.strip():
        return Success(Secret(given))
    message = f"no access token: give provider_config[{oauth.setting!r}] or api_key in the config"
    return Failure(AuthenticationError(message))


def lacks_token(link: Link) -> OAuth | None:
    """Return how to have the access token that a config lacks, or None if it lacks none."""
    oauth = link.provider.oauth
    if oauth is None or not isinstance(_access_token(link.config, oauth), Failure):
        return None
    return oauth


def target_of(
    link: Link, environment: Mapping[str, str], today: date | None = None
) -> Outcome[Target]:
    """Return the config with its provider and its key.

    Errors:
        AuthenticationError: The key is missing, or no HTTP header can carry it.
    """
    config, provider = link.config, link.provider
    return (
        key_of(config, provider, environment)
        .bind(_carried)
        .map(lambda key: keyed(config, provider, key, environment, today))
    )


def _carried(key: Secret | None) -> Outcome[Secret | None]:
    if key is None or is_header_text(key.reveal()):
        return Success(key)
    message = (
        "the key has a line break, a control character or a character outside of latin-1, which no "
        "HTTP header can carry: copy it anew"
    )
    return Failure(AuthenticationError(message))


def keyed(
    config: VideoGenerationConfig,
    provider: Provider,
    key: Secret | None,
    environment: Mapping[str, str],
    today: date | None = None,
) -> Target:
    """Return the config with its provider and this key."""
    wanted = {*provider.environment, provider.base_url_variable}
    return Target(
        provider=provider,
        config=config,
        key=key,
        environment={name: value for name, value in environment.items() if name in wanted},
        today=today,
    )


def leg_to(target: Target, request: VideoGenerationRequest, position: int = 0) -> Outcome[Leg]:
    """Return what is sent to a target.

    Errors:
        ValidationError: The model cannot take the request, or HTTP cannot carry it.
    """
    return (
        guarded(
            f"provider {target.config.provider!r}",
            lambda: target.provider.submit(target, request).map(
                lambda submission: with_settings(target, submission)
            ),
        )
        .bind(lambda submission: _strict(target, submission))
        .bind(_fixed)
        .map(lambda submission: Leg(target=target, submission=submission, position=position))
    )


def _strict(target: Target, submission: Submission) -> Outcome[Submission]:
    if target.config.unsupported == "error" and submission.adjusted:
        message = f"{'; '.join(submission.adjusted)} (unsupported='error' refuses this)"
        return Failure(ValidationError(message=message))
    return Success(submission)


def _fixed(submission: Submission) -> Outcome[Submission]:
    headers = submission.request.headers
    wrong = [name for name, value in headers.items() if not is_header_text(f"{name}{value}")]
    if wrong:
        message = (
            f"the header {wrong[0]!r} has a line break, a control character or a character outside "
            "of latin-1, which HTTP cannot carry: correct the setting that it comes from"
        )
        return Failure(ValidationError(message))
    return fixed(submission.request).map(lambda request: attrs.evolve(submission, request=request))
