"""Google's video models: the Gemini API with a key, or Vertex AI where the config says so.

A config chooses one of four records: Veo or Omni, on the Gemini API or on Vertex AI.

Source: wire/google.md: sections 1 (hosts, keys, headers), 2 (Veo), 3 (Omni), 5 (models).
"""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

import attrs

from ..config import VideoGenerationConfig
from ..messages import HttpRequest
from ..outcome import Outcome
from ..request import VideoGenerationRequest
from ..secrets import Secret
from ..settings import SETTINGS
from . import common, google_errors, google_files, google_interactions, google_veo, google_vertex
from .base import Job, KeyVariables, Provider, Submission, Target
from .google_media import BYTES, BYTES_OR_FILE, FILE, for_veo
from .google_models import OMNI, VEO, VEO_GENERIC


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"x-goog-api-key": key.reveal()}


# Veo.


def _model_url(target: Target) -> str:
    model = quote(google_veo.model_of(target.config), safe="")
    return f"{google_files.gemini_root(target)}/models/{model}"


_DIALECT: Final = google_veo.Dialect(
    rows=VEO,
    generic=VEO_GENERIC,
    images=BYTES,
    video=FILE,
    encode=for_veo,
    url=_model_url,
    long_lines=frozenset({"1080p", "4k"}),
)


def _poll_veo(target: Target, job: Job) -> HttpRequest:
    url = f"{google_files.gemini_root(target)}/{google_veo.path(job.id)}"
    return HttpRequest(method="GET", url=url, headers=google_files.JSON)


_VEO: Final = Provider(
    name="google",
    base_url=google_files.GEMINI_URL,
    base_url_variable="GOOGLE_GEMINI_BASE_URL",
    keys=(KeyVariables(names=("GOOGLE_API_KEY",)), KeyVariables(names=("GEMINI_API_KEY",))),
    authenticate=_authenticate,
    submit=partial(google_veo.submit, _DIALECT),
    accepted=google_veo.accepted,
    poll=_poll_veo,
    polled=google_veo.polled,
    collect=google_files.collect,
    collected=google_veo.collected,
    settings=SETTINGS["google"],
    failure=google_errors.failure,
    models=common.summaries(VEO),
)

# Omni.


def _interactions_url(target: Target) -> str:
    return f"{google_files.gemini_root(target)}/interactions"


_HOME: Final = google_interactions.Home(rows=OMNI, url=_interactions_url, media=BYTES_OR_FILE)
_OMNI: Final = attrs.evolve(
    _VEO,
    submit=partial(google_interactions.submit, _HOME),
    accepted=google_interactions.accepted,
    poll=partial(google_interactions.poll, _HOME),
    polled=google_interactions.polled,
    collected=google_interactions.collected,
    cancel=partial(google_interactions.cancel, _HOME),
    cancelled=google_interactions.cancelled,
    models=common.summaries(OMNI),
)

# The choice.


def _variant(config: VideoGenerationConfig, environment: Mapping[str, str]) -> Provider:
    omni = google_interactions.is_omni(config)
    if google_vertex.is_meant(config, environment):
        return google_vertex.OMNI if omni else google_vertex.VEO
    return _OMNI if omni else _VEO


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return _variant(target.config, target.environment).submit(target, request)


PROVIDER: Final = attrs.evolve(
    _VEO,
    submit=_submit,
    variant=_variant,
    # What a variant wants has to be read before it is known.
    environment=(
        *google_vertex.SWITCHES,
        *google_vertex.ENVIRONMENT,
        google_vertex.BASE_URL_VARIABLE,
    ),
    models={**_VEO.models, **_OMNI.models},
)
