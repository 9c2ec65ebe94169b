"""Veo, as pure functions that both of Google's surfaces share: bodies and operations.

Source: googleapis/python-genai, google/genai/models.py, operations.py and
_operations_converters.py, 2.19.0, 2026-08; ai.google.dev/gemini-api/docs/video, 2026-07;
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import EncodeMedia, map_request
from ...catalog.rows import ModelRow
from ...exceptions import GenerationFailedError, UnexpectedReplyError
from ...http.messages import HttpResponse
from ...http.reading import object_of
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Job, Polled, Progress, Submission, Target, Video
from . import files, verdicts
from .media import Accepts, check_media, native_names, row_for
from .models import INSTANCE, STYLES, TOP, Rows

_PREFIX: Final = re.compile(r"^(publishers/google/models/|models/|google/)")
# The name of an operation is a path below the version. Its segments are quoted in URLs.
_OPERATION: Final = re.compile(r"(?:[^/\s]+/)*operations/[^/\s]+")
_UP: Final = frozenset({".", ".."})


@attrs.frozen(kw_only=True)
class Dialect:
    """What differs between the two surfaces of Veo.

    Attributes:
        rows: The models of this surface.
        generic: The rows for every other model.
        images: The forms in which the surface takes images.
        video: The forms in which the surface takes a video.
        encode: Returns the native form of a medium.
        url: Returns the URL of a model, without the verb.
        always: Parameters that are sent in every request.
    """

    rows: Mapping[str, Rows]
    generic: Rows
    images: Accepts
    video: Accepts
    encode: EncodeMedia
    url: Callable[[Target], str]
    always: Mapping[str, Any] = attrs.field(factory=dict, hash=False)


def model_of(config: VideoGenerationConfig) -> str:
    """Return the model's bare id.

    >>> model_of(VideoGenerationConfig(provider="google", model="models/veo-3.1-generate-001"))
    'veo-3.1-generate-001'
    """
    return _PREFIX.sub("", config.model.strip("/"))


def path(name: str) -> str:
    """Return a name of several segments quoted for a URL's path."""
    return quote(name, safe="/:~", errors="surrogatepass")


# Requests.


def submit(
    dialect: Dialect, target: Target, request: VideoGenerationRequest
) -> Outcome[Submission]:
    """Return the submission of a job.

    Errors:
        ValidationError: The model is retired, or it does not take one of the media.
    """
    model = model_of(target.config)
    rows = dialect.rows.get(model, dialect.generic)
    return native_names(request).bind(
        lambda native: _submission(dialect, target, model, row_for(rows, native), native)
    )


def _submission(
    dialect: Dialect, target: Target, model: str, row: ModelRow, request: VideoGenerationRequest
) -> Outcome[Submission]:
    return (
        kit.offered(target, model, row)
        .bind(lambda _: check_media(request, dialect.images, dialect.video))
        .bind(lambda _: map_request(model, row, request, dialect.encode))
        .map(
            lambda mapped: kit.submission(
                target,
                model,
                row,
                mapped,
                files.post(
                    f"{dialect.url(target)}:predictLongRunning",
                    _body(dialect, mapped.fields, request.extra_params),
                ),
            )
        )
    )


def _body(dialect: Dialect, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    native = {name: value for name, value in fields.items() if name != STYLES}
    if not (fields.keys() & extra.keys() & {"referenceImages"}):
        images = [
            *_references(fields, "referenceImages", "ASSET"),
            *_references(fields, STYLES, "STYLE"),
        ]
        native |= {"referenceImages": images} if images else {}
    instance = {name: value for name, value in native.items() if name in INSTANCE}
    top = {name: value for name, value in native.items() if name in TOP}
    parameters = dict(dialect.always) | {
        name: value for name, value in native.items() if name not in INSTANCE | TOP
    }
    return {"instances": [instance]} | ({"parameters": parameters} if parameters else {}) | top


def _references(fields: Mapping[str, Any], name: str, kind: str) -> list[dict[str, Any]]:
    return [{"image": image, "referenceType": kind} for image in fields.get(name, ())]


# Replies.


def accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    """Return the job that a reply to a submission names; `polled` reads its status."""
    return kit.created("Google", reply, "name").bind(lambda name: _job(name.value, name.payload))


def _job(name: str, payload: dict[str, Any]) -> Outcome[Job]:
    if _OPERATION.fullmatch(name) is None or _UP & set(name.split("/")):
        message = (
            f"Google accepted the job {name!r:.80}, which is not the name of an operation: look "
            "for the job in Google's console"
        )
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    return Success(Job(id=name))


def polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the state of an operation.

    Errors:
        TarashException: The job failed. The error wins over anything else in the reply.
        UnexpectedReplyError: The reply is not an operation.
    """
    return object_of(reply).bind(lambda payload: _operation_state(target, job, payload))


def collected(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return what a reply to a download means."""
    return files.collected(target, job, reply).map(_with_metadata)


def _operation_state(target: Target, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    done = payload.get("done")
    if done is True:
        return _result(target, job, payload).map(_with_metadata)
    # A running operation has neither "done" nor a percentage.
    if not isinstance(payload.get("name"), str) or not (done is None or done is False):
        message = (
            "Google's reply about the job is not an operation: it needs a name, and done must be "
            "true, false or missing"
        )
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))
    state = _object(payload, "metadata").get("state")
    waits = state in ("PENDING", "QUEUED")
    return Success(Progress(status="queued" if waits else "processing", raw=payload))


def _result(target: Target, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    error, response = payload.get("error"), _response(payload)
    if error:
        details = error if isinstance(error, dict) else {"message": error}
        return Failure(verdicts.of_operation(details, payload))
    samples = list(_samples(response))
    if samples:
        return files.result(target, job, samples[0], payload)
    reasons = response.get("raiMediaFilteredReasons")
    if _is_filtered(response):
        return Failure(verdicts.of_filter(reasons, payload))
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
        items = response.get(name)
        for item in items if isinstance(items, list) else []:
            part = (_object(item, "video") or item) if isinstance(item, dict) else {}
            if files.names_video(part):
                yield part


def _is_filtered(response: Mapping[str, Any]) -> bool:
    count = response.get("raiMediaFilteredCount")
    counted = type(count) is int and count > 0
    return counted or bool(response.get("raiMediaFilteredReasons"))


def _with_metadata(state: Polled) -> Polled:
    if not isinstance(state, Video):
        return state
    response = _response(state.raw)
    known = {"@type", "generateVideoResponse", "generatedSamples", "videos"}
    others = list(_samples(response))[1:]
    reasons = verdicts.reasons_of(response.get("raiMediaFilteredReasons"))
    return attrs.evolve(
        state,
        metadata={name: value for name, value in response.items() if name not in known}
        | ({"metadata": state.raw["metadata"]} if "metadata" in state.raw else {})
        | ({"other_videos": others} if others else {}),
        warnings=(f"Google's filter withheld some of the videos: {reasons or 'no reason given'}",)
        if _is_filtered(response)
        else (),
    )
