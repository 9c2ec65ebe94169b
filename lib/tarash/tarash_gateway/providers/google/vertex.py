"""Google's video models on Vertex AI: its hosts, its paths, its token.

Source: googleapis/python-genai, google/genai/_api_client.py (hosts, credentials, variables) and
operations.py (polling), 2.19.0, 2026-08;
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ...exceptions import ValidationError
from ...http.messages import HttpRequest
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.request import VideoGenerationRequest
from ...values.settings import SETTINGS
from .. import kit
from ..base import Job, KeyVariables, OAuth, Provider, Submission, Target
from . import errors, files, omni, veo
from .models import OMNI_GENERIC, OMNI_VERTEX, VERTEX, VERTEX_GENERIC
from .surface import BYTES_OR_BUCKET, Surface, for_omni, for_vertex, model_of, with_note
from .uploads import VERTEX_OMNI_RULES, VERTEX_RULES

# If both are set, the second one decides. Source: googleapis/python-genai,
# google/genai/_api_client.py, 3.4.0, 2026-11.
SWITCHES: Final = ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE")
BASE_URL_VARIABLE: Final = "GOOGLE_VERTEX_BASE_URL"
_PROJECT: Final = "GOOGLE_CLOUD_PROJECT"
_LOCATION: Final = "GOOGLE_CLOUD_LOCATION"
ENVIRONMENT: Final = (_PROJECT, _LOCATION)
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
# vertexcover-io/tarash calls the project "gcp_project".
_PROJECT_SETTINGS: Final = ("project", "gcp_project")
_TOKEN_SETTINGS: Final = ("access_token", "credentials_path")
_SETTINGS: Final = (*_PROJECT_SETTINGS, "location", *_TOKEN_SETTINGS)
_KEY_VARIABLE: Final = "GOOGLE_API_KEY"
# API keys begin with AIza, and the newer authorization keys with "AQ."; an access token begins
# with "ya29." or is a JWT. Source: calesthio/generative-media-skills,
# skills/providers/video-generation/google-veo/SKILL.md, 2026-07.
_KEY_MARKS: Final = ("AIza", "AQ.")
_GLOBAL_URL: Final = "https://aiplatform.googleapis.com"
_GLOBAL: Final = "global"
_MULTI: Final = frozenset({"us", "eu"})
# The only region on Veo's model cards. Source: docs.cloud.google.com, Veo 3.1's card, 2026.
_VEO_LOCATION: Final = "us-central1"
_IS_LOCATION: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_meant(config: VideoGenerationConfig, environment: Mapping[str, str]) -> bool:
    """Tell whether a config is for Vertex AI: by its settings, else by the environment.

    >>> config = VideoGenerationConfig(provider="google", model="m")
    >>> is_meant(config, {}), is_meant(config, {"GOOGLE_GENAI_USE_VERTEXAI": "True"})
    (False, True)
    """
    settings = config.provider_config
    asked = settings.get("vertexai")
    if isinstance(asked, bool | int | str):
        return _is_yes(str(asked))
    values = [environment[name] for name in SWITCHES if name in environment]
    switched = bool(values) and _is_yes(values[-1])
    return switched or any(settings.get(name) for name in _SETTINGS)


def _is_yes(text: str) -> bool:
    return text.strip().lower() in {"true", "1"}


def _has_key(config: VideoGenerationConfig, environment: Mapping[str, str]) -> bool:
    """Tell whether the credential is an API key rather than an access token.

    Like the official client, this uses the API key of the environment if there is neither a
    credential nor a project. Source: googleapis/python-genai, google/genai/_api_client.py, 2.19.0,
    2026-08.
    """
    if config.api_key is not None:
        return config.api_key.reveal().startswith(_KEY_MARKS)
    named = (*_PROJECT_SETTINGS, *_TOKEN_SETTINGS)
    given = any(config.provider_config.get(name) for name in named) or environment.get(_PROJECT)
    return not given and bool(environment.get(_KEY_VARIABLE, "").strip())


def _setting(target: Target, variable: str, *names: str) -> Any:
    given = filter(None, map(target.config.provider_config.get, names))
    return next(given, None) or target.environment.get(variable)


def _project(target: Target) -> Any:
    return _setting(target, _PROJECT, *_PROJECT_SETTINGS)


def _is_express(target: Target) -> bool:
    """Tell whether this is the express mode, in which the API key implies the project."""
    return target.provider.oauth is None and not _project(target)


def _location(target: Target) -> str:
    given = _setting(target, _LOCATION, "location")
    usable = isinstance(given, str) and _IS_LOCATION.fullmatch(given) is not None
    if not omni.is_omni(target.config):
        return given if usable else _VEO_LOCATION
    return given if usable and given in _MULTI else _GLOBAL


def _host(target: Target) -> str:
    location = _location(target)
    if location == _GLOBAL or _is_express(target):
        return _GLOBAL_URL
    if location in _MULTI:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _root(target: Target) -> str:
    # v1beta1 sometimes refuses stable models. Source: googleapis/python-genai, issue 2079, read in
    # 2026-11.
    stable = model_of(target.config).endswith("-001")
    return f"{target.base_url}/{target.config.api_version or ('v1' if stable else 'v1beta1')}"


def _place(target: Target) -> str:
    if _is_express(target):
        return _root(target)
    project = quote(str(_project(target)), safe=":")
    return f"{_root(target)}/projects/{project}/locations/{_location(target)}"


def _check_place(target: Target) -> Outcome[Target]:
    """Return the target if it names exactly one project and a well-formed location.

    The location is a part of the host name, so a wrong one could send the token to another host.
    """
    project, location = _project(target), _setting(target, _LOCATION, "location")
    both = [target.config.provider_config.get(name) for name in _PROJECT_SETTINGS]
    if all(both) and both[0] != both[1]:
        message = (
            f"provider_config names two projects, {both[0]!r:.80} and {both[1]!r:.80}: keep one"
        )
        return Failure(ValidationError(message=message))
    # The express mode does not offer interactions. Source: vercel/ai, packages/google-vertex, 2026.
    express = _is_express(target) and not omni.is_omni(target.config)
    if not express and (not isinstance(project, str) or not project.strip()):
        message = f"Vertex AI needs a project: set provider_config['project'] or {_PROJECT}"
        return Failure(ValidationError(message=message))
    if location and not (isinstance(location, str) and _IS_LOCATION.fullmatch(location)):
        message = f"location {location!r} is malformed: use a region such as {_VEO_LOCATION!r}"
        return Failure(ValidationError(message=message))
    return Success(target)


_VEO_SURFACE: Final = Surface(
    rows=VERTEX,
    generic=VERTEX_GENERIC,
    images=BYTES_OR_BUCKET,
    video=BYTES_OR_BUCKET,
    encode=for_vertex,
    root=lambda target: f"{_place(target)}/publishers/google",
    # Google's pages name 1, 2 and 4 as the default, and every video is charged. Source:
    # cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026.
    always={"sampleCount": 1},
)


def _submit_veo(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return _check_place(target).bind(lambda ours: veo.submit(_VEO_SURFACE, ours, request))


def _poll_veo(target: Target, job: Job) -> HttpRequest:
    resource, mark, _ = job.id.rpartition("/operations/")
    url = f"{_root(target)}/{veo.path(resource)}" if mark else veo.model_url(_VEO_SURFACE, target)
    return files.post(f"{url}:fetchPredictOperation", {"operationName": job.id})


_OMNI_SURFACE: Final = Surface(
    rows=OMNI_VERTEX,
    generic=OMNI_GENERIC,
    images=BYTES_OR_BUCKET,
    video=BYTES_OR_BUCKET,
    encode=for_omni,
    root=_place,
)


def _submit_omni(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    """Return the submission, with a note if its location is not the one that the config names."""
    submission = _check_place(target).bind(lambda ours: omni.submit(_OMNI_SURFACE, ours, request))
    given, taken = _setting(target, _LOCATION, "location"), _location(target)
    if not given or given == taken:
        return submission
    note = f"location {given!r} became {taken!r}: Omni models are in global, us and eu only"
    return submission.map(lambda done: with_note(done, note))


VEO: Final = Provider(
    name="google",
    base_url=_GLOBAL_URL,
    base_url_variable=BASE_URL_VARIABLE,
    base_url_of=_host,
    environment=ENVIRONMENT,
    oauth=OAuth(scope=_SCOPE, shown="$(gcloud auth print-access-token)"),
    authenticate=kit.bearer,
    submit=_submit_veo,
    accepted=veo.accepted,
    poll=_poll_veo,
    polled=veo.polled,
    collect=files.collect,
    collected=partial(files.collected, veo.with_metadata),
    settings=SETTINGS["google"],
    failure=errors.failure,
    media=lambda _target: VERTEX_RULES,
    models=kit.summaries(VERTEX),
)
OMNI: Final = attrs.evolve(
    omni.record(VEO, _OMNI_SURFACE),
    submit=_submit_omni,
    media=lambda _target: VERTEX_OMNI_RULES,
)


def record(config: VideoGenerationConfig, environment: Mapping[str, str]) -> Provider:
    """Return the record for a config of Vertex AI, chosen by its model and its credential."""
    chosen = OMNI if omni.is_omni(config) else VEO
    if not _has_key(config, environment):
        return chosen
    return attrs.evolve(
        chosen,
        keys=(KeyVariables(names=(_KEY_VARIABLE,)),),
        oauth=None,
        authenticate=files.with_key,
    )
