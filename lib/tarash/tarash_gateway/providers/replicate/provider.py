"""Replicate's predictions API, as pure functions between our values and its HTTP messages.

Sources: https://replicate.com/docs/reference/http (2026-11);
replicate/replicate-python-beta:src/replicate (2025-12-18), whose docstrings carry the reference.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
from returns.result import Failure, Success

from ... import _later
from ...catalog.mapping import Mapped, hints, map_request
from ...catalog.media_rules import for_model
from ...catalog.rows import ModelRow
from ...exceptions import ValidationError
from ...http.messages import HttpRequest, HttpResponse, JsonBody, Method
from ...http.reading import object_of, read
from ...outcome import Outcome
from ...values.attempts import Cancellation
from ...values.request import VideoGenerationRequest
from ...values.settings import SETTINGS
from ..base import Accepted, Job, KeyVariables, Polled, Progress, Provider, Submission, Target
from ..kit import Standing, bearer, created, offered, segment, standing, submission
from . import errors as replicate_errors
from .models import GENERIC, MODELS
from .output import video_of
from .places import Place, base_of, place_of
from .uploads import RULES, UPLOADS
from .webhooks import WEBHOOKS

if TYPE_CHECKING:
    from . import listing
else:
    # Only a submission that got lost is looked for.
    (listing,) = _later.modules(__package__, ".listing")

_BASE_URL: Final = "https://api.replicate.com/v1"
_HEADERS: Final = {"Accept": "application/json"}

# They stand beside the model's input: replicate.com/docs/reference/http, 2026-11.
_BESIDE: Final = ("webhook", "webhook_events_filter", "stream")
# Image fields whose schema is a plain text: they take http(s) URLs only.
_URL_ONLY: Final = frozenset({"start_image_url", "end_image_url", "frame_image_url"})
_DURATION: Final = re.compile(r"(?:[0-9]{1,9}[hms]){1,3}")


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    return place_of(target).bind(lambda place: _plan(target, place, request))


def _plan(target: Target, place: Place, request: VideoGenerationRequest) -> Outcome[Submission]:
    model, row = place.model, MODELS.get(place.model, GENERIC)
    return (
        offered(target, model, row)
        .bind(lambda _: map_request(model, row, request))
        .bind(lambda mapped: _check_urls(model, mapped))
        .bind(
            lambda mapped: _cancel_after(target).map(
                lambda headers: _submission(target, place, row, mapped, headers)
            )
        )
    )


def _submission(
    target: Target, place: Place, row: ModelRow, mapped: Mapped, headers: Mapping[str, str]
) -> Submission:
    version = {} if place.version is None else {"version": place.version}
    beside = {name: mapped.fields[name] for name in _BESIDE if name in mapped.fields}
    given = {name: value for name, value in mapped.fields.items() if name not in beside}
    request = HttpRequest(
        method="POST",
        url=f"{base_of(target)}{place.path}",
        headers={**_HEADERS, **headers},
        body=JsonBody(value={"input": given, **version, **beside}),
    )
    sent = submission(target, place.model, row, mapped, request)
    return attrs.evolve(sent, warnings=sent.warnings + hints(place.model, row, mapped))


def _check_urls(model: str, mapped: Mapped) -> Outcome[Mapped]:
    """Return the fields, unless one holds data where the model takes http(s) URLs only."""
    values = (str(mapped.fields[name]) for name in _URL_ONLY & mapped.fields.keys())
    if not any(value.startswith("data:") for value in values):
        return Success(mapped)
    message = f"image_list has an image without a URL, and {model} takes URLs only"
    return Failure(ValidationError(message=message, model=model))


def _cancel_after(target: Target) -> Outcome[Mapping[str, str]]:
    """Return the header that lets Replicate itself stop a job.

    Source: https://replicate.com/changelog, 2025-10-16, ``Cancel-After``.
    """
    given = target.config.provider_config.get("cancel_after")
    if given is None:
        return Success({})
    if isinstance(given, str) and _DURATION.fullmatch(given):
        return Success({"Cancel-After": given})
    message = f"provider_config['cancel_after'] must be like '30s' or '1h30m', not {given!r}"
    return Failure(ValidationError(message=message))


def _urls(target: Target, id_: str) -> dict[str, str]:
    prediction = f"{base_of(target)}/predictions/{segment(id_)}"
    return {"poll": prediction, "cancel": f"{prediction}/cancel"}


def _ask(method: Method, purpose: str, target: Target, job: Job) -> HttpRequest:
    url = job.urls.get(purpose) or _urls(target, job.id)[purpose]
    return HttpRequest(method=method, url=url, headers=_HEADERS)


def _accepted(target: Target, reply: HttpResponse) -> Outcome[Accepted]:
    return created("Replicate", reply).map(lambda found: _begin(target, found.value, found.payload))


def _begin(target: Target, id_: str, payload: dict[str, Any]) -> Accepted:
    # A server that waited (``Prefer: wait``) answers "processing" over a finished output.
    if payload.get("status") in ("processing", "succeeded"):
        video = video_of(id_, payload).value_or(None)
        if video is not None:
            return video
    urls = payload.get("urls")
    theirs = urls if isinstance(urls, dict) else {}
    named = {"poll": theirs.get("get"), "cancel": theirs.get("cancel")}
    # A URL elsewhere would get the key: then the URL is built instead.
    owned = {name: url for name, url in named.items() if isinstance(url, str) and target.owns(url)}
    return Job(id=id_, urls=_urls(target, id_) | owned)


@attrs.frozen
class _Prediction:
    status: str


def _polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    return read(reply, _Prediction).bind(
        lambda found: _state(job, found.value.status, found.payload)
    )


_STATUS: Final[Mapping[str, Standing]] = {
    "starting": "queued",
    "succeeded": "completed",
    "failed": "failed",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "aborted": "cancelled",
}


def _state(job: Job, status: str, payload: dict[str, Any]) -> Outcome[Polled]:
    match standing(status, _STATUS):
        case "completed":
            return video_of(job.id, payload)
        case "failed":
            return Failure(replicate_errors.of_prediction(payload))
        case "cancelled":
            return Failure(replicate_errors.of_end(status.strip().lower(), payload))
        case running:
            text = payload.get("logs")
            lines = text.splitlines() if isinstance(text, str) else ()
            logs = tuple(line.rstrip() for line in lines if line.strip())
            return Success(Progress(status=running, percent=_percent(logs), logs=logs, raw=payload))


_BAR: Final = re.compile(r"\s*(\d{1,3})%\s*\|[^|]*\|\s*\d+/\d+")


def _percent(logs: tuple[str, ...]) -> float | None:
    """Return the percent of the last progress bar in the logs.

    >>> _percent(("  4%|#  | 2/50 [00:00<00:02]", " 44%|##  | 22/50 [00:01<00:01]", "done"))
    44.0
    """
    bars = (found for line in reversed(logs) if (found := _BAR.match(line)))
    return next((min(float(bar[1]), 100.0) for bar in bars), None)


def _cancelled(reply: HttpResponse) -> Cancellation:
    """Read the answer to a cancel, which is the prediction."""
    status = object_of(reply).value_or({}).get("status")
    if reply.status not in range(200, 300) or not isinstance(status, str):
        return "failed"
    return "too_late" if status in {"succeeded", "failed"} else "confirmed"


PROVIDER: Final = Provider(
    name="replicate",
    base_url=_BASE_URL,
    keys=(KeyVariables(names=("REPLICATE_API_TOKEN",)),),
    authenticate=bearer,
    submit=_submit,
    accepted=_accepted,
    poll=partial(_ask, "GET", "poll"),
    polled=_polled,
    failure=replicate_errors.failure,
    cancel=partial(_ask, "POST", "cancel"),
    cancelled=_cancelled,
    # replicate.com/docs/topics/predictions/lifecycle, 2026-11: a prediction that started running
    # is billed for the time until it is canceled, one that did not start costs nothing.
    charged_when_cancelled=frozenset({"processing"}),
    base_url_variable="REPLICATE_BASE_URL",
    settings=SETTINGS["replicate"],
    media=lambda target: for_model(
        RULES, MODELS.get(place_of(target).map(lambda place: place.model).value_or(""))
    ),
    uploads=UPLOADS,
    listing=lambda _target: listing.LISTING,
    dashboard="https://replicate.com/predictions",
    key_page="https://replicate.com/account/api-tokens",  # 2026-11
    starter_model="google/veo-3-fast",
    webhooks=WEBHOOKS,
    models=MODELS,
)
