"""Google's video models: the Gemini API with a key, or Vertex AI where the config says so.

A config chooses one of four records: Veo or Omni, on the Gemini API or on Vertex AI.

Source: wire/google.md: sections 1 (hosts, keys, headers), 2 (Veo), 3 (Omni), 5 (models).
"""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

import attrs

from ...catalog.rows import ModelRow
from ...exceptions import NotFoundError
from ...http.messages import HttpRequest, HttpResponse
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.request import VideoGenerationRequest
from ...values.settings import SETTINGS
from ...values.urls import origin
from .. import kit
from ..base import Job, KeyVariables, Provider, Refusal, ReplyTo, Submission, Target
from . import (
    errors as google_errors,
)
from . import (
    files as google_files,
)
from . import (
    omni as google_interactions,
)
from . import (
    veo as google_veo,
)
from . import (
    vertex as google_vertex,
)
from .media import BYTES, BYTES_OR_FILE, FILE, for_veo
from .models import OMNI, VEO, VEO_GENERIC

# Veo.

# Google shut down the last Veo model here on 2026-10-22, and sells it on Vertex AI alone.
# Source: ai.google.dev/gemini-api/docs/deprecations, 2026-10.
_ON_VERTEX: Final = (
    "Google offers Veo on Vertex AI, and not to a key of the Gemini API: name your Google Cloud "
    "project, provider_config={'project': ...}"
)


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


def _submit_veo(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return google_veo.submit(_DIALECT, target, request).map(partial(_advised, target))


def _advised(target: Target, submission: Submission) -> Submission:
    """Return the submission with a warning, if it goes to the host that has no Veo."""
    if origin(target.base_url) != origin(google_files.GEMINI_URL):
        return submission
    told = f"{google_veo.model_of(target.config)} may not be found: {_ON_VERTEX}"
    return attrs.evolve(submission, warnings=(*submission.warnings, told))


def _veo_failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    refusal = google_errors.failure(target, reply, to)
    if to != "submit" or not isinstance(refusal.error, NotFoundError):
        return refusal
    message = f"{refusal.error.message}; {_ON_VERTEX}"
    return attrs.evolve(refusal, error=attrs.evolve(refusal.error, message=message))


def _poll_veo(target: Target, job: Job) -> HttpRequest:
    url = f"{google_files.gemini_root(target)}/{google_veo.path(job.id)}"
    return HttpRequest(method="GET", url=url, headers=google_files.JSON)


_VEO: Final = Provider(
    name="google",
    base_url=google_files.GEMINI_URL,
    base_url_variable="GOOGLE_GEMINI_BASE_URL",
    keys=(KeyVariables(names=("GOOGLE_API_KEY",)), KeyVariables(names=("GEMINI_API_KEY",))),
    authenticate=google_files.with_key,
    submit=_submit_veo,
    accepted=google_veo.accepted,
    poll=_poll_veo,
    polled=google_veo.polled,
    collect=google_files.collect,
    collected=google_veo.collected,
    settings=SETTINGS["google"],
    failure=_veo_failure,
    models=kit.summaries(VEO),
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
    charged_when_cancelled=google_interactions.CHARGED_WHEN_CANCELLED,
    failure=google_errors.failure,
    models=kit.summaries(OMNI),
)

# The choice.


def _variant(config: VideoGenerationConfig, environment: Mapping[str, str]) -> Provider:
    omni = google_interactions.is_omni(config)
    if google_vertex.is_meant(config, environment):
        return google_vertex.record(config, environment)
    return _OMNI if omni else _VEO


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return _variant(target.config, target.environment).submit(target, request)


WITH_KEY: Final[Mapping[str, ModelRow]] = {**_VEO.models, **_OMNI.models}
ON_VERTEX: Final[Mapping[str, ModelRow]] = {
    **google_vertex.VEO.models,
    **google_vertex.OMNI.models,
}
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
    # Of a model that is on both, the row with a key: the variants have their own tables.
    models={**WITH_KEY, **{m: row for m, row in ON_VERTEX.items() if m not in WITH_KEY}},
)
