"""Where a prediction is made, by the name of a model, a version or a deployment.

Source: https://replicate.com/docs/reference/http (2026-11).
"""

import re
from typing import Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ...exceptions import ValidationError
from ...outcome import Outcome
from ..base import Target

_MODEL: Final = re.compile(r"([^/:\s]+/[^/:\s]+)(?::(\S+))?")
_NAME: Final = re.compile(r"[^/:\s]+/[^/:\s]+")
_VERSION: Final = re.compile(r"[0-9a-f]{64}")
_FORMS: Final = (
    "'owner/name', 'owner/name:version', a version of 64 hex digits or 'deployments/owner/name'"
)


@attrs.frozen(kw_only=True)
class Place:
    """Where a prediction is made: the path after the base URL, and the version that the body names.

    The model's id is for its row and for messages.
    """

    path: str
    model: str
    version: str | None = None


def place_of(target: Target) -> Outcome[Place]:
    """Return where to make the prediction.

    A deployment is given as ``model="deployments/owner/name"`` (a path of the API), or as
    ``provider_config={"deployment": "owner/name"}`` beside the model that it runs, whose fields
    are then known.
    """
    model = target.config.model.strip().strip("/")
    deployment = target.config.provider_config.get("deployment")
    name, version = named.groups() if (named := _MODEL.fullmatch(model)) else ("", None)
    if deployment is not None:
        return _deployment(deployment, model, runs_model=bool(name) and version is None)
    if is_version(model):
        return Success(Place(path="/predictions", model=model, version=model))
    if model.startswith("deployments/") and _NAME.fullmatch(rest := model[12:]):
        return Success(Place(path=_path("deployments", rest), model=model))
    if not name or name.startswith("deployments/"):
        return Failure(ValidationError(message=f"model must be {_FORMS}, not {model!r}"))
    if version is not None:
        return Success(Place(path="/predictions", model=name, version=version))
    return Success(Place(path=_path("models", model), model=model))


def _deployment(deployment: object, model: str, *, runs_model: bool) -> Outcome[Place]:
    if not isinstance(deployment, str) or not _NAME.fullmatch(deployment):
        message = f"provider_config['deployment'] must be 'owner/name', not {deployment!r}"
    elif not runs_model:
        message = (
            f"model must be the 'owner/name' that the deployment {deployment} runs, not {model!r}"
        )
    else:
        return Success(Place(path=_path("deployments", deployment), model=model))
    return Failure(ValidationError(message=message))


def _path(kind: str, name: str) -> str:
    return f"/{kind}/{quote(name, safe='/', errors='surrogatepass')}/predictions"


def is_version(text: str) -> bool:
    """Tell whether a text is the digest of a version."""
    return _VERSION.fullmatch(text) is not None


def base_of(target: Target) -> str:
    """Return the URL of the API, with its version."""
    # REPLICATE_BASE_URL of one official client ends in /v1, that of the other does not.
    host_and_path = target.base_url.partition("://")[2]
    return target.base_url if "/" in host_and_path else f"{target.base_url}/v1"
