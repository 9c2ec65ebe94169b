"""Azure OpenAI's video APIs: OpenAI's dialect at the caller's resource, or the older jobs API.

The config chooses the API, and either a key or a token of Microsoft Entra ID.

Source: Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1 (URLs, keys, versions);
MicrosoftDocs/azure-ai-docs, articles/foundry/openai/concepts/video-generation.md (2025-12-01).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import attrs
from returns.result import Failure

from ... import _later
from ...exceptions import ValidationError
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.settings import SETTINGS
from ...values.urls import origin
from ..base import KeyVariables, Provider, Target
from ..kit import bearer
from ..openai import provider as openai
from ..openai import requests as openai_requests
from ..openai.limits import AZURE_JOBS_RULES, AZURE_RULES
from ..openai.models import AZURE
from . import jobs

if TYPE_CHECKING:
    from ..openai import listing
else:
    # Only a submission that got lost is looked for.
    (listing,) = _later.modules(__package__, "..openai.listing")

# Each resource has its own host, so there is no default. This name never resolves.
_NOWHERE: Final = "https://endpoint-is-missing.invalid"
_ENDPOINT: Final = "AZURE_OPENAI_ENDPOINT"
_TOKEN: Final = "AZURE_OPENAI_AD_TOKEN"  # noqa: S105 - a variable's name
_VERSION: Final = "OPENAI_API_VERSION"
_VERSIONS: Final = frozenset({"v1", "preview"})
_DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}.*", re.DOTALL)
# The part of a base URL that this module replaces. The host itself may be called "openai" too.
_ROUTE: Final = re.compile(r"(?<=[^:/])/openai(/.*)?$", re.DOTALL)
_SETTINGS: Final = {"video_api": ("videos", "jobs"), "auth": ("api-key", "bearer")}


def _root(target: Target) -> str:
    """Return the URL of the resource's API, whichever part of it the config names."""
    base = target.base_url.partition("?")[0].rstrip("/")
    return f"{_ROUTE.sub('', base)}/openai/v1"


def _named_version(config: VideoGenerationConfig, base_url: str | None) -> str | None:
    """Return the API version that the config names in its field or in its base URL."""
    query = (base_url or "").partition("?")[2]
    return config.api_version or dict(parse_qsl(query)).get("api-version")


def _query(target: Target) -> Mapping[str, str]:
    """Return the API version to send, if it is one of the two of this route."""
    named = _named_version(target.config, target.base_url) or target.environment.get(_VERSION)
    return {"api-version": named} if named in _VERSIONS else {}


def _jobs_query(target: Target) -> Mapping[str, str]:
    # All of Microsoft's samples send "preview". Source: MicrosoftDocs/azure-ai-docs,
    # articles/ai-foundry/openai/concepts/video-generation.md, 2025-09-16.
    return {"api-version": "preview", **_query(target)}


def _check(target: Target) -> Outcome[tuple[str, ...]]:
    given = origin(target.base_url)
    if given is None or given == origin(_NOWHERE) or "#" in target.base_url:
        message = (
            "base_url must be the resource's endpoint, such as https://NAME.openai.azure.com: "
            f"set it in the config or in {_ENDPOINT}"
        )
        return Failure(ValidationError(message=message))
    named = _named_version(target.config, target.base_url)
    unknown = named is not None and named not in _VERSIONS
    notes = (f"api_version {named!r} was omitted: this route takes v1 or preview",)
    return openai_requests.check_settings(target, _SETTINGS).map(lambda _: notes if unknown else ())


_DIALECT: Final = openai_requests.Dialect(
    title="Azure OpenAI",
    rows=AZURE,
    root=_root,
    query=_query,
    check=_check,
    edits=False,
    content={"variant": "video"},
)
_VIDEOS: Final = attrs.evolve(
    openai.record(_DIALECT),
    name="azure-openai",
    base_url=_NOWHERE,
    base_url_variable=_ENDPOINT,
    keys=(KeyVariables(names=("AZURE_OPENAI_API_KEY",)),),
    environment=(_VERSION,),
    authenticate=lambda key: {"api-key": key.reveal()},
    settings=SETTINGS["azure-openai"],
    media=lambda _target: AZURE_RULES,
    # A video names a model, and the request a deployment.
    listing=lambda _target: listing.listing_of(
        _DIALECT, keeps=timedelta(hours=24), is_whole=True, has_models=False
    ),
    models=AZURE,
)
_JOBS_DIALECT: Final = attrs.evolve(_DIALECT, rows=jobs.MODELS, query=_jobs_query)
_JOBS: Final = attrs.evolve(
    _VIDEOS,
    submit=partial(jobs.submit, _JOBS_DIALECT),
    poll=partial(jobs.poll, _JOBS_DIALECT),
    polled=partial(jobs.polled, _DIALECT.title),
    collect=partial(jobs.collect, _JOBS_DIALECT),
    collected=partial(jobs.collected, _DIALECT.title),
    media=lambda _target: AZURE_JOBS_RULES,
    listing=lambda _target: listing.listing_of_jobs(_JOBS_DIALECT, jobs.LIST, jobs.SHOWN),
    models=jobs.MODELS,
)


def _variant(config: VideoGenerationConfig, environment: Mapping[str, str]) -> Provider:
    record = _JOBS if _is_for_jobs(config, environment) else _VIDEOS
    auth = config.provider_config.get("auth")
    has_token = config.api_key is None and bool(environment.get(_TOKEN))
    if auth == "bearer" or (auth is None and has_token):
        # Azure accepts the key as a bearer token too.
        keys = (KeyVariables(names=(_TOKEN,)), *_VIDEOS.keys)
        return attrs.evolve(record, keys=keys, authenticate=bearer)
    return record


def _is_for_jobs(config: VideoGenerationConfig, environment: Mapping[str, str]) -> bool:
    """Tell whether a config is for the jobs API: by its setting, its model, or its version.

    >>> config = VideoGenerationConfig(provider="azure-openai", model="mine")
    >>> dated = attrs.evolve(config, api_version="2025-02-15-preview")
    >>> _is_for_jobs(config, {}), _is_for_jobs(dated, {})
    (False, True)
    """
    api = config.provider_config.get("video_api")
    if api is not None:
        return bool(api == "jobs")
    model = openai_requests.model_of(config)
    named = _named_version(config, config.base_url or environment.get(_ENDPOINT)) or ""
    # A dated version is older than the videos API, and Sora 2 is offered there only.
    is_dated = _DATED.fullmatch(named) is not None and model not in AZURE
    return is_dated or model in jobs.MODELS


PROVIDER: Final = attrs.evolve(
    _VIDEOS,
    variant=_variant,
    # The variables of all variants: they are read before the variant is chosen.
    environment=(_VERSION, _TOKEN),
    key_page="https://portal.azure.com",  # 2026-11
    needs_address="It needs the address of your resource in Azure.",
    models={**AZURE, **jobs.MODELS},
)
