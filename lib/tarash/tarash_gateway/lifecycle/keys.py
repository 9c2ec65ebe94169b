"""Which key a config is sent with: its own, the environment's, or an access token. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

import attrs
from returns.result import Failure, Success

from ..exceptions import AuthenticationError
from ..http.messages import HttpRequest, is_header_text
from ..outcome import Outcome
from ..providers.base import KeyVariables, OAuth, Provider, Target
from ..values.config import VideoGenerationConfig
from ..values.secrets import Secret
from ..values.urls import origin
from .links import Link


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
    if (found := key_in_environment(provider, environment)) is not None:
        return Success(found)
    wanted = ", or ".join(" and ".join(key.names) for key in provider.keys)
    message = f"no key for {provider.name}: set {wanted}, or give api_key in the config"
    return Failure(AuthenticationError(message))


def key_in_environment(provider: Provider, environment: Mapping[str, str]) -> Secret | None:
    """Return the key of the first variables that are all set, or None."""
    key = variables_that_are_set(provider.keys, environment)
    if key is None:
        return None
    return Secret(key.join.join(environment[name].strip() for name in key.names))


def variables_that_are_set(
    choices: Iterable[KeyVariables], environment: Mapping[str, str]
) -> KeyVariables | None:
    """Return the first variables that are all set, of several that may hold a key, or None.

    >>> fal = (KeyVariables(names=("FAL_KEY",)), KeyVariables(names=("KEY_ID", "KEY_SECRET")))
    >>> variables_that_are_set(fal, {"FAL_KEY": " ", "KEY_ID": "a", "KEY_SECRET": "b"}).names
    ('KEY_ID', 'KEY_SECRET')
    """
    return next(
        (key for key in choices if all(environment.get(name, "").strip() for name in key.names)),
        None,
    )


def _access_token(config: VideoGenerationConfig, oauth: OAuth) -> Outcome[Secret | None]:
    token = config.provider_config.get(oauth.setting)
    if config.api_key is not None:
        return Success(config.api_key)
    if isinstance(token, str) and token.strip():
        return Success(Secret(token))
    message = f"no access token: give provider_config[{oauth.setting!r}] or api_key in the config"
    return Failure(AuthenticationError(message))


def lacks_token(link: Link) -> OAuth | None:
    """Return how to get the access token that a config lacks, or None if it lacks none."""
    oauth = link.provider.oauth
    lacks = oauth is not None and isinstance(_access_token(link.config, oauth), Failure)
    return oauth if lacks else None


def target_of(
    link: Link, environment: Mapping[str, str], today: date | None = None
) -> Outcome[Target]:
    """Return the config with its provider and its key.

    Errors:
        AuthenticationError: The key is missing, or no HTTP header can carry it.
    """
    return (
        key_of(link.config, link.provider, environment)
        .bind(_check_text)
        .map(lambda key: with_key(link, key, environment, today))
    )


def shown_key(provider: Provider) -> Secret | None:
    """Return what a plan shows in place of the key, or None where no key is needed."""
    if provider.oauth is not None:
        return Secret(provider.oauth.shown)
    return next((Secret(variables.text) for variables in provider.keys), None)


def _check_text(key: Secret | None) -> Outcome[Secret | None]:
    if key is None or is_header_text(key.reveal()):
        return Success(key)
    message = (
        "the key has a line break, a control character or a character outside of latin-1, which no "
        "HTTP header can carry: copy it anew"
    )
    return Failure(AuthenticationError(message))


def with_key(
    link: Link, key: Secret | None, environment: Mapping[str, str], today: date | None = None
) -> Target:
    """Return the config with its provider and this key."""
    provider = link.provider
    names = {*provider.environment, provider.base_url_variable}
    return Target(
        provider=provider,
        config=link.config,
        key=key,
        environment={name: value for name, value in environment.items() if name in names},
        today=today,
    )


def is_own(target: Target, request: HttpRequest, *more: str) -> bool:
    """Tell whether the provider itself gets a request, and not somebody else with a URL of its own.

    Its origin is that of the base URL, or of one of the ``more`` URLs.
    """
    if request.keyless:
        return False
    place = origin(request.url)
    return place is not None and (place == target.origin or place in map(origin, more))


def authenticate_request(target: Target, request: HttpRequest, *more: str) -> HttpRequest:
    """Return the request with the key, if the provider itself gets it: see `is_own`."""
    if target.key is None or not is_own(target, request, *more):
        return request
    return attrs.evolve(request, credential=target.provider.authenticate(target.key))
