"""Which key a config is sent with: its own, the environment's, or an access token. Pure."""

from collections.abc import Mapping
from datetime import date

from returns.result import Failure, Success

from ..exceptions import AuthenticationError
from ..http.messages import is_header_text
from ..outcome import Outcome
from ..providers.base import OAuth, Provider, Target
from ..values.config import VideoGenerationConfig
from ..values.secrets import Secret
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
