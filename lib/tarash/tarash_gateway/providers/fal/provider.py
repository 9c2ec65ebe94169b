"""fal's queue API, as pure functions between our values and its HTTP messages: the requests.

Sources: fal-ai/fal:projects/fal_client/src/fal_client/client.py and
fal-ai/fal-js:libs/client/src/queue.ts (2026-08); fal.ai/docs, "Queue" and "Platform Headers"
(2026).
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import Mapped, map_request
from ...catalog.rows import ModelRow
from ...exceptions import ValidationError
from ...http.messages import HttpRequest, JsonBody
from ...outcome import Outcome
from ...values.request import VideoGenerationRequest
from ...values.secrets import Secret
from ...values.settings import SETTINGS
from .. import kit
from ..base import Job, KeyVariables, Provider, Submission, Target
from . import errors as fal_errors
from . import replies as fal_replies
from .models import GENERIC, MODELS

_BASE_URL: Final = "https://queue.fal.run"
_HEADERS: Final = {"Accept": "application/json"}


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"Authorization": f"Key {key.reveal()}"}


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    model = target.config.model.strip("/")
    if model.count("/") < 1 or any(not part for part in model.split("/")):
        message = f"model must be a fal endpoint id such as 'fal-ai/veo3', not {model!r}"
        return Failure(ValidationError(message=message))
    return _query(request.extra_params).bind(
        lambda query: (
            kit.offered(target, model, _row(model))
            .bind(lambda row: map_request(model, row, _without_query(request)))
            .map(lambda mapped: _submission(target, model, query, mapped))
        )
    )


def _row(model: str) -> ModelRow:
    return MODELS.get(model, GENERIC)


def _submission(target: Target, model: str, query: str, mapped: Mapped) -> Submission:
    asked = HttpRequest(
        method="POST",
        url=f"{target.base_url}/{model}{query}",
        headers=_HEADERS | _control_headers(target),
        body=JsonBody(value=dict(mapped.fields)),
    )
    return kit.submission(target, model, _row(model), mapped, asked)


# Parameters of the queue: they stand in the URL, and the model's input does not know them.
# Source: fal-ai/fal-js:libs/client/src/queue.ts (2026-08) for `fal_webhook`; fal.ai/docs, "Queue"
# (2026) for both.
_WEBHOOK: Final = "fal_webhook"
_LONGEST_QUEUE: Final = "fal_max_queue_length"


def _query(extra: Mapping[str, Any]) -> Outcome[str]:
    """Return the query of the URL, with its question mark, or nothing.

    Errors:
        ValidationError: A parameter has a value that fal cannot take.
    """
    webhook, length = extra.get(_WEBHOOK), extra.get(_LONGEST_QUEUE)
    if webhook is not None and not _is_url(webhook):
        message = f"{_WEBHOOK} must be a URL such as 'https://example.com/hook', not {webhook!r}"
        return Failure(ValidationError(message=message))
    if length is not None and not (type(length) is int and length >= 0):
        message = f"{_LONGEST_QUEUE} must be a whole number of jobs, 0 or more, not {length!r}"
        return Failure(ValidationError(message=message))
    given = {_WEBHOOK: webhook, _LONGEST_QUEUE: length}
    pairs = [f"{name}={_quoted(value)}" for name, value in given.items() if value is not None]
    return Success("?" + "&".join(pairs) if pairs else "")


def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _quoted(value: object) -> str:
    return quote(str(value), safe="", errors="surrogatepass")


def _without_query(request: VideoGenerationRequest) -> VideoGenerationRequest:
    native = {
        name: value
        for name, value in request.extra_params.items()
        if name not in {_WEBHOOK, _LONGEST_QUEUE}
    }
    return attrs.evolve(request, extra_params=native)


def _control_headers(target: Target) -> dict[str, str]:
    """Return the ``X-Fal-*`` headers out of ``provider_config["headers"]``.

    Source: fal.ai/docs/documentation/model-apis/common-parameters (2026).
    """
    given = target.config.provider_config.get("headers", {})
    headers = given if isinstance(given, Mapping) else {}
    return {
        str(name): str(value)
        for name, value in headers.items()
        if str(name).lower().startswith(("x-fal-", "x-app-fal-"))
    }


def _poll(target: Target, job: Job) -> HttpRequest:
    url = fal_replies.url_of(target, job, "poll")
    mark = "&" if "?" in url else "?"
    return HttpRequest(method="GET", url=f"{url}{mark}logs=1", headers=_HEADERS)


def _collect(target: Target, job: Job) -> HttpRequest:
    return HttpRequest(
        method="GET", url=fal_replies.url_of(target, job, "result"), headers=_HEADERS
    )


def _cancel(target: Target, job: Job) -> HttpRequest:
    url = fal_replies.url_of(target, job, "cancel")
    return HttpRequest(method="PUT", url=url, headers=_HEADERS)


PROVIDER: Final = Provider(
    name="fal",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("FAL_KEY",)), KeyVariables(names=("FAL_KEY_ID", "FAL_KEY_SECRET"))),
    authenticate=_authenticate,
    submit=_submit,
    accepted=fal_replies.accepted,
    poll=_poll,
    polled=fal_replies.polled,
    collect=_collect,
    collected=fal_replies.collected,
    cancel=_cancel,
    cancelled=fal_replies.cancelled,
    # A queued job is removed. A running one is asked to stop, which its app may ignore: it may
    # finish, and be charged. A cancel deletes nothing.
    # Source: https://fal.ai/docs/inference-api/queue/cancel and
    # https://fal.ai/docs/documentation/development/handle-cancellations (2026-11).
    charged_when_cancelled=frozenset({"processing"}),
    failure=fal_errors.failure,
    settings=SETTINGS["fal"],
    models=MODELS,
)
