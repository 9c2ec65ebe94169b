"""OpenAI's Videos API at OpenAI itself, or at a compatible server behind another base URL.

Source: openai/openai-openapi, openapi.yaml (2026-08-21); openai-python 3.54.0, _client.py (headers,
environment variables) and _data_residency.py (regional hosts).
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeGuard, get_args

import attrs
from returns.result import Failure

from ... import _later
from ...catalog.limits import MediaRules
from ...exceptions import ValidationError
from ...outcome import Outcome
from ...values.settings import SETTINGS
from ...values.urls import origin
from ..base import KeyVariables, Provider, Target
from ..kit import bearer
from . import errors, replies, requests
from .forms import BodyForm, Manner, UrlForm
from .limits import FOREIGN_RULES, FORM_RULES, JSON_RULES
from .models import CREATE, MODELS
from .webhooks import WEBHOOKS

if TYPE_CHECKING:
    from ..base import Listing
    from . import listing
else:
    # Only a submission that got lost is looked for.
    (listing,) = _later.modules(__package__, ".listing")

# How long a video is offered at least: see `listing`.
_KEEPS: Final = timedelta(hours=1)
# Each header with its setting and its environment variable.
_WHO: Final = (
    ("OpenAI-Organization", "organization", "OPENAI_ORG_ID"),
    ("OpenAI-Project", "project", "OPENAI_PROJECT_ID"),
)


def _headers(target: Target) -> Mapping[str, str]:
    settings, environment = target.config.provider_config, target.environment
    found = {header: settings.get(name) or environment.get(key) for header, name, key in _WHO}
    return {header: value for header, value in found.items() if _is_name(value)}


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable()


def _check(target: Target) -> Outcome[tuple[str, ...]]:
    url = target.base_url
    if origin(url) is None or "?" in url or "#" in url:
        # The URL is not shown: it may contain a password.
        message = "base_url is refused: use an http(s) URL without a password, query or fragment"
        return Failure(ValidationError(message=message))
    for _, setting, _ in _WHO:
        value = target.config.provider_config.get(setting)
        if value is not None and not _is_name(value):
            message = f"provider_config[{setting!r}] is not printable ASCII text: correct it"
            return Failure(ValidationError(message=message))
    choices = {"body": get_args(BodyForm), "image_url": get_args(UrlForm)}
    return requests.check_settings(target, choices).map(lambda _: ())


def _manner(target: Target) -> Manner:
    settings = target.config.provider_config
    place = origin(target.base_url)
    # A region's host is a subdomain, such as eu.api.openai.com.
    is_home = place is not None and f".{place[1]}".endswith(".api.openai.com")
    body, image_url = settings.get("body"), settings.get("image_url")
    return Manner(body=body, image_url=image_url, is_foreign=not is_home)


def _media(target: Target) -> MediaRules:
    manner = _manner(target)
    if manner.is_foreign:
        return FOREIGN_RULES
    return JSON_RULES if manner.body == "json" else FORM_RULES


def _listing(dialect: requests.Dialect, target: Target) -> "Listing":
    is_home = not _manner(target).is_foreign
    # Nobody knows what another server's list leaves out, and how it names its models.
    return listing.listing_of(dialect, keeps=_KEEPS, is_whole=is_home, has_models=is_home)


def record(dialect: requests.Dialect) -> Provider:
    """Return OpenAI's record for a dialect. Another provider changes its name, host and key."""
    return Provider(
        name="openai",
        base_url="https://api.openai.com/v1",
        base_url_variable="OPENAI_BASE_URL",
        keys=(KeyVariables(names=("OPENAI_API_KEY",)),),
        environment=tuple(variable for _, _, variable in _WHO),
        authenticate=bearer,
        submit=partial(requests.submit, dialect),
        accepted=partial(replies.accepted, dialect.title),
        poll=partial(requests.poll, dialect),
        polled=partial(replies.polled, dialect.title),
        collect=partial(requests.collect, dialect),
        collected=partial(replies.collected, dialect.title),
        failure=partial(errors.failure, dialect.title),
        settings=SETTINGS["openai"],
        listing=partial(_listing, dialect),
        media=_media,
        models=MODELS,
    )


PROVIDER: Final = attrs.evolve(
    record(
        requests.Dialect(
            title="OpenAI", rows=CREATE, headers=_headers, check=_check, manner=_manner
        )
    ),
    webhooks=WEBHOOKS,
    # There is no page for keys: they come from whoever runs the server at the address.
    needs_address="OpenAI itself makes no videos any more, but other servers speak its API.",
)
