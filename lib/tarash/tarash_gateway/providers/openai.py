"""OpenAI's Videos API at OpenAI itself, or at a compatible server behind another base URL.

Source: wire/openai.md: sections 1 (headers, environment) and 8 (the shutdown).
"""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode

from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..messages import origin
from ..outcome import Outcome
from ..secrets import Secret
from ..settings import SETTINGS
from . import openai_errors, openai_replies, openai_requests
from .base import KeyVariables, Provider, Target
from .openai_models import CREATE, GENERIC, MODELS


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key.reveal()}"}


def _url(target: Target, path: str, query: Mapping[str, str]) -> str:
    mark = "?" if query else ""
    return f"{target.base_url}/{path}{mark}{urlencode(query)}"


# Header, setting and environment variable: section 1.
_WHO: Final = (
    ("OpenAI-Organization", "organization", "OPENAI_ORG_ID"),
    ("OpenAI-Project", "project", "OPENAI_PROJECT_ID"),
)


def _headers(target: Target) -> Mapping[str, str]:
    found = {
        header: target.config.provider_config.get(setting) or target.environment.get(variable)
        for header, setting, variable in _WHO
    }
    return {header: str(value) for header, value in found.items() if _is_name(value)}


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable()


def _checked(target: Target) -> Outcome[tuple[str, ...]]:
    url = target.base_url
    if origin(url) is None or "?" in url or "#" in url:
        message = "base_url must be an http(s) URL without a password, a query or a fragment"
        return Failure(ValidationError(message=message))
    for _, setting, _ in _WHO:
        value = target.config.provider_config.get(setting)
        if value is not None and not _is_name(value):
            message = f"provider_config[{setting!r}] must be a text of ASCII letters"
            return Failure(ValidationError(message=message))
    return Success(())


_TITLE: Final = "OpenAI"
_DIALECT: Final = openai_requests.Dialect(
    title=_TITLE, rows=CREATE, generic=GENERIC, url=_url, headers=_headers, checked=_checked
)

PROVIDER: Final = Provider(
    name="openai",
    base_url="https://api.openai.com/v1",
    base_url_variable="OPENAI_BASE_URL",
    keys=(KeyVariables(names=("OPENAI_API_KEY",)),),
    environment=tuple(variable for _, _, variable in _WHO),
    authenticate=_authenticate,
    submit=partial(openai_requests.submit, _DIALECT),
    accepted=partial(openai_replies.accepted, _TITLE),
    poll=partial(openai_requests.poll, _DIALECT),
    polled=partial(openai_replies.polled, _TITLE),
    collect=partial(openai_requests.collect, _DIALECT),
    collected=partial(openai_replies.collected, _TITLE),
    failure=partial(openai_errors.failure, _TITLE),
    settings=SETTINGS["openai"],
    models=MODELS,
)
