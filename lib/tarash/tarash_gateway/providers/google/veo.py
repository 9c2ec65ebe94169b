"""Veo, as pure functions that both of Google's surfaces share: bodies and operations.

Source: googleapis/python-genai, google/genai/models.py, operations.py and
_operations_converters.py, 2.19.0, 2026-08; ai.google.dev/gemini-api/docs/video, 2026-07;
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ...exceptions import GenerationFailedError, UnexpectedReplyError, ValidationError
from ...http.messages import HttpResponse
from ...http.reading import object_of
from ...outcome import Outcome
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Job, Polled, Progress, Submission, Target, Video
from ..errors import Complaint
from . import errors, files
from .models.fields import INSTANCE, SPELLED, STYLES, TOP
from .surface import Surface, model_of, submission

# The name of an operation is a path below the version. Its segments are quoted in URLs.
_OPERATION: Final = re.compile(r"(?:[^/\s]+/)*operations/[^/\s]+")


def path(name: str) -> str:
    """Return a name of several segments quoted for a URL's path."""
    return quote(name, safe="/:~", errors="surrogatepass")


def model_url(surface: Surface, target: Target) -> str:
    """Return the URL of a model, without the verb."""
    return f"{surface.root(target)}/models/{quote(model_of(target.config), safe='')}"


# Requests.


def submit(
    surface: Surface, target: Target, request: VideoGenerationRequest
) -> Outcome[Submission]:
    """Return the submission of a job; ``extra_params`` may use the official client's names."""
    url = f"{model_url(surface, target)}:predictLongRunning"
    return _with_native_names(request).bind(
        lambda native: submission(
            surface, target, native, url, partial(_body, surface.always, native.extra_params)
        )
    )


def _with_native_names(request: VideoGenerationRequest) -> Outcome[VideoGenerationRequest]:
    """Return the request with the official client's parameter names translated to native ones."""
    extra = {SPELLED.get(name, name): value for name, value in request.extra_params.items()}
    if len(extra) < len(request.extra_params):
        twice = sorted(name for name in request.extra_params if name in SPELLED)
        message = f"extra_params has one parameter under two names: leave out {', '.join(twice)}"
        return Failure(ValidationError(message=message))
    return Success(attrs.evolve(request, extra_params=extra))


def _body(
    always: Mapping[str, Any], extra: Mapping[str, Any], fields: Mapping[str, Any]
) -> dict[str, Any]:
    native = {name: value for name, value in fields.items() if name != STYLES}
    if "referenceImages" not in extra:
        images = [
            {"image": image, "referenceType": kind}
            for name, kind in (("referenceImages", "ASSET"), (STYLES, "STYLE"))
            for image in fields.get(name, ())
        ]
        native |= {"referenceImages": images} if images else {}
    instance = {name: value for name, value in native.items() if name in INSTANCE}
    top = {name: value for name, value in native.items() if name in TOP}
    parameters = {**always, **{n: v for n, v in native.items() if n not in INSTANCE | TOP}}
    return {"instances": [instance]} | ({"parameters": parameters} if parameters else {}) | top


# Replies.


def accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    """Return the job that a reply to a submission names; `polled` reads its status."""
    return kit.created("Google", reply, "name").bind(lambda name: _job(name.value, name.payload))


def _job(name: str, payload: dict[str, Any]) -> Outcome[Job]:
    if _OPERATION.fullmatch(name) is None or {".", ".."} & set(name.split("/")):
        message = (
            f"Google accepted the job {name!r:.80}, which is not the name of an operation: look "
            "for the job in Google's console"
        )
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    return Success(Job(id=name))


def polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the state of an operation; its error wins over anything else in the reply."""
    return object_of(reply).bind(partial(_state, target, job))


def _state(target: Target, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    done = payload.get("done")
    if done is True:
        return _result(target, job, payload).map(with_metadata)
    # A running operation has neither "done" nor a percentage.
    if not isinstance(payload.get("name"), str) or not (done is None or done is False):
        message = (
            "Google's reply about the job is not an operation: it needs a name, and done must be "
            "true, false or missing"
        )
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    waits = _object(payload, "metadata").get("state") in ("PENDING", "QUEUED")
    return Success(Progress(status="queued" if waits else "processing", raw=payload))


def _result(target: Target, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    error, response = payload.get("error"), _response(payload)
    if error:
        details = error if isinstance(error, dict) else {"message": error}
        return Failure(errors.of_operation(details, payload))
    sample = next(_samples(response), None)
    if sample is not None:
        return files.result(target, job, sample, payload)
    if _is_filtered(response):
        return Failure(errors.of_content(Complaint(text=_reasons(response), raw=payload)))
    message = "Google finished the job without a video and without a reason: submit it again"
    return Failure(GenerationFailedError(message=message, raw_response=payload))


def _object(payload: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _response(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the response without the envelope that the Gemini API puts around it."""
    response = _object(payload, "response")
    return response | _object(response, "generateVideoResponse")


def _samples(response: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the videos of a response in any of its shapes, without empty entries."""
    for name in ("generatedSamples", "videos"):
        for item in errors.objects(response.get(name)):
            part = _object(item, "video") or item
            if files.names_video(part):
                yield part


def _is_filtered(response: Mapping[str, Any]) -> bool:
    count = response.get("raiMediaFilteredCount")
    counted = type(count) is int and count > 0
    return counted or bool(response.get("raiMediaFilteredReasons"))


def _reasons(response: Mapping[str, Any]) -> str:
    """Return the filter's sentences as one text; other values are ignored."""
    reasons = response.get("raiMediaFilteredReasons")
    items = reasons if isinstance(reasons, list) else []
    return " ".join(item.strip() for item in items if isinstance(item, str))


def with_metadata(state: Polled) -> Polled:
    """Return the state; a video gets the rest of the reply and a warning about the filter."""
    if not isinstance(state, Video):
        return state
    response = _response(state.raw)
    known = {"@type", "generateVideoResponse", "generatedSamples", "videos"}
    others = list(_samples(response))[1:]
    reasons = _reasons(response) or "no reason given"
    return attrs.evolve(
        state,
        metadata={name: value for name, value in response.items() if name not in known}
        | ({"metadata": state.raw["metadata"]} if "metadata" in state.raw else {})
        | ({"other_videos": others} if others else {}),
        warnings=(f"Google's filter withheld some of the videos: {reasons}",)
        if _is_filtered(response)
        else (),
    )
