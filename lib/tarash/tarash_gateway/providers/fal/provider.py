"""fal's queue API, as pure functions between our values and its HTTP messages: the requests.

Sources: fal-ai/fal:projects/fal_client/src/fal_client/client.py and
fal-ai/fal-js:libs/client/src/queue.ts (2026-08); fal.ai/docs, "Queue" and "Platform Headers"
(2026).
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import attrs
from returns.result import Failure, Success

from ... import _later
from ...catalog.mapping import map_request
from ...catalog.media_rules import for_model
from ...exceptions import ValidationError
from ...http.events import EVENTS
from ...http.messages import HttpRequest, JsonBody, Method
from ...outcome import Outcome
from ...values.request import VideoGenerationRequest
from ...values.secrets import Secret
from ...values.settings import SETTINGS
from .. import kit
from ..base import Job, KeyVariables, Provider, Stream, Submission, Target
from . import errors as fal_errors
from . import replies as fal_replies
from .models import GENERIC, MODELS
from .uploads import RULES, UPLOADS
from .webhooks import WEBHOOKS

if TYPE_CHECKING:
    from . import listing
else:
    # Only a submission that got lost is looked for.
    (listing,) = _later.modules(__package__, ".listing")

_BASE_URL: Final = "https://queue.fal.run"
_HEADERS: Final = {"Accept": "application/json"}


def _authenticate(key: Secret) -> Mapping[str, str]:
    return {"Authorization": f"Key {key.reveal()}"}


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    model = target.config.model.strip("/")
    if "/" not in model or not all(model.split("/")):
        message = f"model must be a fal endpoint id such as 'fal-ai/veo3', not {model!r}"
        return Failure(ValidationError(message=message))
    row = MODELS.get(model, GENERIC)
    native = _without_query(request)
    return _query(request.extra_params).bind(
        lambda query: (
            kit.offered(target, model, row)
            .bind(lambda _: map_request(model, row, native))
            .map(
                lambda mapped: kit.submission(
                    target,
                    model,
                    row,
                    mapped,
                    HttpRequest(
                        method="POST",
                        url=f"{target.base_url}/{model}{query}",
                        headers=_HEADERS | _control_headers(target),
                        body=JsonBody(value=dict(mapped.fields)),
                    ),
                )
            )
        )
    )


def _without_query(request: VideoGenerationRequest) -> VideoGenerationRequest:
    """Return the request without the parameters of the queue."""
    if request.extra_params.keys().isdisjoint(_QUERY):
        return request
    native = {name: value for name, value in request.extra_params.items() if name not in _QUERY}
    return attrs.evolve(request, extra_params=native)


def _query(extra: Mapping[str, Any]) -> Outcome[str]:
    """Return the query of the URL, with its question mark, or nothing."""
    given = {name: extra[name] for name in _QUERY if extra.get(name) is not None}
    if not given:
        return Success("")
    for name, value in given.items():
        is_valid, form = _QUERY[name]
        if not is_valid(value):
            return Failure(ValidationError(message=f"{name} must be {form}, not {value!r}"))
    query = urlencode(given, quote_via=quote, errors="surrogatepass")
    return Success(f"?{query}")


def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


# Parameters of the queue: they stand in the URL, and the model's input does not know them. Each has
# its check, and the words for what passes it.
# Source: fal-ai/fal-js:libs/client/src/queue.ts (2026-08) for `fal_webhook`; fal.ai/docs, "Queue"
# (2026) for both.
_QUERY: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "fal_webhook": (_is_url, "a URL such as 'https://example.com/hook'"),
    "fal_max_queue_length": (_is_count, "a whole number of jobs, 0 or more"),
}


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


def _ask(method: Method, purpose: fal_replies.Purpose, target: Target, job: Job) -> HttpRequest:
    url = fal_replies.url_of(target, job, purpose)
    return HttpRequest(method=method, url=url, headers=_HEADERS)


def _poll(target: Target, job: Job) -> HttpRequest:
    url = fal_replies.url_of(target, job, "poll")
    return HttpRequest(
        method="GET", url=f"{url}{'&' if '?' in url else '?'}logs=1", headers=_HEADERS
    )


def _listen(target: Target, job: Job, place: str) -> HttpRequest:
    """Return the request for the events of a job.

    Source: https://fal.ai/docs/inference-api/queue/status-stream (2026-11). fal's own JavaScript
    client polls by default "until status streaming is stable": fal-ai/fal-js, pull request 72.
    """
    path, mark, query = fal_replies.url_of(target, job, "poll").partition("?")
    url = f"{path}/stream?{query}{mark and '&'}logs=1"
    return HttpRequest(method="GET", url=url, headers={"Accept": EVENTS})


PROVIDER: Final = Provider(
    name="fal",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("FAL_KEY",)), KeyVariables(names=("FAL_KEY_ID", "FAL_KEY_SECRET"))),
    authenticate=_authenticate,
    submit=_submit,
    accepted=fal_replies.accepted,
    poll=_poll,
    polled=fal_replies.polled,
    stream=Stream(request=_listen, heard=fal_replies.heard),
    collect=partial(_ask, "GET", "result"),
    collected=fal_replies.collected,
    cancel=partial(_ask, "PUT", "cancel"),
    cancelled=fal_replies.cancelled,
    # A queued job is removed. A running one is asked to stop, which its app may ignore: it may
    # finish, and be charged. A cancel deletes nothing.
    # Source: https://fal.ai/docs/inference-api/queue/cancel and
    # https://fal.ai/docs/documentation/development/handle-cancellations (2026-11).
    charged_when_cancelled=frozenset({"processing"}),
    failure=fal_errors.failure,
    settings=SETTINGS["fal"],
    media=lambda target: for_model(RULES, MODELS.get(target.config.model.strip("/"))),
    uploads=UPLOADS,
    listing=lambda _target: listing.LISTING,
    dashboard="https://fal.ai/dashboard",
    key_page="https://fal.ai/dashboard/keys",  # 2026-11
    starter_model="fal-ai/veo3/fast",
    webhooks=WEBHOOKS,
    models=MODELS,
)
