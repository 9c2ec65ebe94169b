"""Google's video models on Vertex AI: its hosts, its paths, its token.

Source: wire/google-vertex.md: sections 1 (hosts and credentials), 2 (exchanges), 5 (models).
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ..config import VideoGenerationConfig
from ..exceptions import ValidationError
from ..messages import HttpRequest, JsonBody
from ..outcome import Outcome
from ..request import VideoGenerationRequest
from ..secrets import Secret
from ..settings import SETTINGS
from . import common, google_errors, google_files, google_interactions, google_veo
from .base import Job, Provider, Submission, Target
from .google_media import BYTES_OR_BUCKET, for_vertex
from .google_models import OMNI_VERTEX, VERTEX, VERTEX_GENERIC

# The later one wins: section 1.2.
SWITCHES: Final = ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE")
BASE_URL_VARIABLE: Final = "GOOGLE_VERTEX_BASE_URL"
_PROJECT: Final = "GOOGLE_CLOUD_PROJECT"
_LOCATION: Final = "GOOGLE_CLOUD_LOCATION"
ENVIRONMENT: Final = (_PROJECT, _LOCATION)
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_SETTINGS: Final = ("project", "location", "access_token", "credentials_path")
_GLOBAL_URL: Final = "https://aiplatform.googleapis.com"
_GLOBAL: Final = "global"
_MULTI: Final = frozenset({"us", "eu"})
# Veo's model cards name no other region: section 1.1.
_VEO_LOCATION: Final = "us-central1"
_IS_LOCATION: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STABLE: Final = "-001"


def is_meant(config: VideoGenerationConfig, environment: Mapping[str, str]) -> bool:
    """Tell whether a config is for Vertex AI: by its settings, else by the environment.

    >>> config = VideoGenerationConfig(provider="google", model="m")
    >>> is_meant(config, {}), is_meant(config, {"GOOGLE_GENAI_USE_VERTEXAI": "True"})
    (False, True)
    """
    settings = config.provider_config
    asked = settings.get("vertexai")
    if isinstance(asked, bool):
        return asked
    said = [environment[name] for name in SWITCHES if name in environment]
    switched = bool(said) and said[-1].strip().lower() in {"true", "1"}
    return switched or any(settings.get(name) for name in _SETTINGS)


# Places.


def _setting(target: Target, name: str, variable: str) -> Any:
    return target.config.provider_config.get(name) or target.environment.get(variable)


def _location(target: Target) -> str:
    given = _setting(target, "location", _LOCATION)
    usable = isinstance(given, str) and _IS_LOCATION.fullmatch(given) is not None
    if not google_interactions.is_omni(target.config):
        return given if usable else _VEO_LOCATION
    return given if usable and given in _MULTI else _GLOBAL


def _host(target: Target) -> str:
    location = _location(target)
    if location == _GLOBAL:
        return _GLOBAL_URL
    if location in _MULTI:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _root(target: Target) -> str:
    # Stable models are refused on v1beta1 now and then: section 1.1.
    stable = google_veo.model_of(target.config).endswith(_STABLE)
    return f"{target.base_url}/{target.config.api_version or ('v1' if stable else 'v1beta1')}"


def _place(target: Target) -> str:
    project = quote(str(_setting(target, "project", _PROJECT)), safe=":")
    return f"{_root(target)}/projects/{project}/locations/{_location(target)}"


def _placed(target: Target) -> Outcome[Target]:
    """Return the target, if it names a project, and a location that can be one.

    Errors:
        ValidationError: It does not; else the token might go to a host of any name.
    """
    project, location = (
        _setting(target, "project", _PROJECT),
        _setting(target, "location", _LOCATION),
    )
    if not isinstance(project, str) or not project.strip():
        message = f"Vertex AI needs a project: give provider_config['project'], or set {_PROJECT}"
        return Failure(ValidationError(message=message))
    if location and not (isinstance(location, str) and _IS_LOCATION.fullmatch(location)):
        message = f"location must be one of Google's, such as {_VEO_LOCATION!r}, not {location!r}"
        return Failure(ValidationError(message=message))
    return Success(target)


# Veo.


def _model_url(target: Target) -> str:
    model = quote(google_veo.model_of(target.config), safe="")
    return f"{_place(target)}/publishers/google/models/{model}"


_DIALECT: Final = google_veo.Dialect(
    rows=VERTEX,
    generic=VERTEX_GENERIC,
    images=BYTES_OR_BUCKET,
    video=BYTES_OR_BUCKET,
    encode=for_vertex,
    url=_model_url,
    # Pages disagree on the default, and each video is paid for: section 5.2.
    always={"sampleCount": 1},
)


def _submit_veo(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return _placed(target).bind(lambda ours: google_veo.submit(_DIALECT, ours, request))


def _poll_veo(target: Target, job: Job) -> HttpRequest:
    resource, mark, _ = job.id.rpartition("/operations/")
    url = f"{_root(target)}/{google_veo.path(resource)}" if mark else _model_url(target)
    return HttpRequest(
        method="POST",
        url=f"{url}:fetchPredictOperation",
        headers=google_files.JSON,
        body=JsonBody(value={"operationName": job.id}),
    )


# Omni.


def _interactions_url(target: Target) -> str:
    return f"{_place(target)}/interactions"


_HOME: Final = google_interactions.Home(
    rows=OMNI_VERTEX, url=_interactions_url, media=BYTES_OR_BUCKET
)


def _submit_omni(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return (
        _placed(target)
        .bind(lambda ours: google_interactions.submit(_HOME, ours, request))
        .map(lambda submission: _moved(target, submission))
    )


def _moved(target: Target, submission: Submission) -> Submission:
    """Return the submission with a warning, if it goes to another location than was asked for."""
    given, taken = _setting(target, "location", _LOCATION), _location(target)
    if not given or given == taken:
        return submission
    told = f"location {given!r} became {taken!r}: Omni models are in global, us and eu only"
    return attrs.evolve(
        submission,
        warnings=(*submission.warnings, told),
        adjusted=(*submission.adjusted, told),
    )


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key.reveal()}"}


VEO: Final = Provider(
    name="google",
    base_url=_GLOBAL_URL,
    base_url_variable=BASE_URL_VARIABLE,
    base_url_of=_host,
    environment=ENVIRONMENT,
    oauth_scope=_SCOPE,
    authenticate=_authenticate,
    submit=_submit_veo,
    accepted=google_veo.accepted,
    poll=_poll_veo,
    polled=google_veo.polled,
    collect=google_files.collect,
    collected=google_veo.collected,
    settings=SETTINGS["google"],
    failure=google_errors.failure,
    models=common.summaries(VERTEX),
)
OMNI: Final = attrs.evolve(
    VEO,
    submit=_submit_omni,
    accepted=google_interactions.accepted,
    poll=partial(google_interactions.poll, _HOME),
    polled=google_interactions.polled,
    collected=google_interactions.collected,
    cancel=partial(google_interactions.cancel, _HOME),
    cancelled=google_interactions.cancelled,
    models=common.summaries(OMNI_VERTEX),
)
