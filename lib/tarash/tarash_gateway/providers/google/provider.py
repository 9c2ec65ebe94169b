"""Google's video models: the Gemini API with a key, or Vertex AI where the config says so.

A config chooses one of four records: Veo or Omni, on the Gemini API or on Vertex AI.

Source: googleapis/python-genai, google/genai/_api_client.py and _base_url.py (host, version, key,
variables), models.py and operations.py (Veo), 2.19.0, 2026-08.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

import attrs

from ...catalog.rows import ModelRow
from ...exceptions import NotFoundError
from ...http.messages import HttpRequest, HttpResponse
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.request import VideoGenerationRequest
from ...values.urls import origin
from .. import kit
from ..base import Job, KeyVariables, Provider, Refusal, ReplyTo, Submission, Target
from . import errors, files, omni, veo, vertex, webhooks
from .models import OMNI, OMNI_GENERIC, VEO, VEO_GENERIC
from .surface import BYTES, BYTES_OR_FILE, FILE, Surface, for_omni, for_veo, model_of
from .uploads import OMNI_RULES, UPLOADS, VEO_RULES

# Google shut down the last Veo model on this host on 2026-10-22 and sells Veo on Vertex AI only.
# Source: ai.google.dev/gemini-api/docs/deprecations, 2026-10.
_ON_VERTEX: Final = (
    "Google offers Veo on Vertex AI only, not with a Gemini API key: name your Google Cloud "
    "project in provider_config={'project': ...}"
)
_VEO_SURFACE: Final = Surface(
    rows=VEO,
    generic=VEO_GENERIC,
    images=BYTES,
    video=FILE,
    encode=for_veo,
    root=files.gemini_root,
)


def _submit_veo(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return veo.submit(_VEO_SURFACE, target, request).map(partial(_warn, target))


def _warn(target: Target, submission: Submission) -> Submission:
    """Return the submission with a warning if it goes to Google's own host, which lost Veo."""
    if origin(target.base_url) != origin(files.GEMINI_URL):
        return submission
    warning = f"{model_of(target.config)} may not be found: {_ON_VERTEX}"
    return attrs.evolve(submission, warnings=(*submission.warnings, warning))


def _veo_failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    refusal = errors.failure(target, reply, to)
    if to != "submit" or not isinstance(refusal.error, NotFoundError):
        return refusal
    message = f"{refusal.error.message}; {_ON_VERTEX}"
    return attrs.evolve(refusal, error=attrs.evolve(refusal.error, message=message))


def _poll_veo(target: Target, job: Job) -> HttpRequest:
    url = f"{files.gemini_root(target)}/{veo.path(job.id)}"
    return HttpRequest(method="GET", url=url, headers=files.JSON)


_VEO: Final = attrs.evolve(
    vertex.VEO,
    base_url=files.GEMINI_URL,
    base_url_variable="GOOGLE_GEMINI_BASE_URL",
    base_url_of=None,
    environment=(),
    keys=(KeyVariables(names=("GOOGLE_API_KEY",)), KeyVariables(names=("GEMINI_API_KEY",))),
    oauth=None,
    authenticate=files.with_key,
    submit=_submit_veo,
    poll=_poll_veo,
    failure=_veo_failure,
    media=lambda _target: VEO_RULES,
    webhooks=webhooks.VEO,
    models=kit.summaries(VEO),
)
_OMNI: Final = omni.record(
    attrs.evolve(_VEO, media=lambda _target: OMNI_RULES, uploads=UPLOADS, webhooks=webhooks.OMNI),
    Surface(
        rows=OMNI,
        generic=OMNI_GENERIC,
        images=BYTES_OR_FILE,
        video=BYTES_OR_FILE,
        encode=for_omni,
        root=files.gemini_root,
    ),
)


def _variant(config: VideoGenerationConfig, environment: Mapping[str, str]) -> Provider:
    if vertex.is_meant(config, environment):
        return vertex.record(config, environment)
    return _OMNI if omni.is_omni(config) else _VEO


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return _variant(target.config, target.environment).submit(target, request)


WITH_KEY: Final[Mapping[str, ModelRow]] = {**_VEO.models, **_OMNI.models}
ON_VERTEX: Final[Mapping[str, ModelRow]] = {**vertex.VEO.models, **vertex.OMNI.models}
PROVIDER: Final = attrs.evolve(
    _VEO,
    submit=_submit,
    variant=_variant,
    # The variables of all variants: they are read before the variant is chosen.
    environment=(*vertex.SWITCHES, *vertex.ENVIRONMENT, vertex.BASE_URL_VARIABLE),
    key_page="https://aistudio.google.com/apikey",  # 2026-11
    starter_model="gemini-omni-1.2-flash",
    # A model on both surfaces is shown with its row of the Gemini API. Each variant uses its own
    # table.
    models={**WITH_KEY, **{m: row for m, row in ON_VERTEX.items() if m not in WITH_KEY}},
)
