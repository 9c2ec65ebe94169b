"""Gemini Omni's Interactions API, as pure functions that both of Google's surfaces share.

Source: googleapis/python-genai, google/genai/_gaos/types/interactions/, 3.4.0, 2026-11 (fields,
statuses, URLs); ai.google.dev/gemini-api/docs/omni, 2026-11; google-gemini/gemini-skills,
skills/gemini-omni-flash-api/SKILL.md, 2026-08 (image roles in the prompt, a filtered result);
TanStack/ai, issue 871, 2026-07 (replies of the live API).
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ...exceptions import GenerationFailedError, InsufficientCreditsError, TarashException
from ...http.events import EVENTS
from ...http.messages import HttpRequest, HttpResponse, Method
from ...http.reading import object_of, read
from ...outcome import Outcome
from ...values.attempts import Cancellation
from ...values.config import VideoGenerationConfig
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Job, Polled, Progress, Provider, Stream, Submission, Target, Video
from ..errors import Complaint
from . import errors, events, files
from .events import WORDS
from .models.fields import FIRST, LAST, PLACES, REFERENCES
from .surface import Surface, model_of, submission, with_note

_MARKS: Final = {FIRST: "<FIRST_FRAME>", LAST: "<LAST_FRAME>"}
_REFERENCE_MARK: Final = "<IMAGE_REF_"
_INPUT: Final = frozenset({"prompt", "video", FIRST, LAST, REFERENCES})


def is_omni(config: VideoGenerationConfig) -> bool:
    """Tell whether the config's model uses the Interactions API.

    >>> is_omni(VideoGenerationConfig(provider="google", model="gemini-omni-1.2-flash"))
    True
    """
    return model_of(config).startswith("gemini-")


def submit(
    surface: Surface, target: Target, request: VideoGenerationRequest
) -> Outcome[Submission]:
    """Return the submission of a job that runs in the background."""
    model, url = model_of(target.config), _interactions(surface, target)
    send = partial(submission, surface, target, url=url, body=partial(_body, model))
    if request.negative_prompt is None:
        return send(request)
    prompt = f"{request.prompt}\n\nAvoid: {request.negative_prompt}"
    note = f"negative_prompt was moved into the prompt: {model} has no field for it"
    bare = attrs.evolve(request, prompt=prompt, negative_prompt=None)
    return send(bare).map(lambda done: with_note(done, note))


def _body(model: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "background": True,
        "input": _input({name: value for name, value in fields.items() if name in _INPUT}),
        "response_modalities": ["video"],
    }
    for name, value in fields.items():
        if name not in _INPUT:
            # An object in extra_params, such as a whole response_format, is merged into ours.
            body = _set(body, (*PLACES.get(name, ()), name), value)
    form = body.get("response_format")
    if isinstance(form, dict):
        by_bucket = {"delivery": "uri"} if "gcs_uri" in form else {}
        body["response_format"] = {"type": "video", **by_bucket, **form}
    return body


def _set(tree: Mapping[str, Any], way: tuple[str, ...], value: Any) -> dict[str, Any]:
    name, *deeper = way
    old = tree.get(name)
    if deeper:
        inner = old if isinstance(old, dict) else {}
        return {**tree, name: _set(inner, tuple(deeper), value)}
    both = isinstance(old, dict) and isinstance(value, Mapping)
    return {**tree, name: {**old, **value} if both and old else value}


def _input(fields: Mapping[str, Any]) -> Any:
    frames = {name: fields[name] for name in _MARKS if name in fields}
    references = fields.get(REFERENCES, ())
    text = _prompt(fields["prompt"], [_MARKS[name] for name in frames], len(references))
    images = [{"type": "image", **image} for image in (*frames.values(), *references)]
    video = [{"type": "video", **fields["video"]}] if "video" in fields else []
    if not images and not video:
        return text
    return [{"type": "user_input", "content": [{"type": "text", "text": text}, *images, *video]}]


def _prompt(prompt: Any, frames: list[str], references: int) -> Any:
    """Return the prompt, preceded by the roles of the images unless it already names roles."""
    if any(mark in str(prompt) for mark in (*_MARKS.values(), _REFERENCE_MARK)):
        return prompt
    marks = [*frames, *(f"{_REFERENCE_MARK}{place}>" for place in range(references))]
    words = [f"{mark}@Image{place}" for place, mark in enumerate(marks, 1)]
    groups = (("Sources", words[: len(frames)]), ("References", words[len(frames) :]))
    return " ".join([*(f"[# {name} {' '.join(w)}]" for name, w in groups if w), prompt])


def _interactions(surface: Surface, target: Target) -> str:
    return f"{surface.root(target)}/interactions"


def _job_request(
    method: Method, end: str, surface: Surface, target: Target, job: Job
) -> HttpRequest:
    url = f"{_interactions(surface, target)}/{kit.segment(job.id)}{end}"
    return HttpRequest(method=method, url=url, headers=files.JSON)


def _listen(surface: Surface, target: Target, job: Job, place: str) -> HttpRequest:
    query = "?stream=true" + (f"&last_event_id={kit.segment(place)}" if place else "")
    request = _job_request("GET", query, surface, target, job)
    return attrs.evolve(request, headers={"Accept": EVENTS})


@attrs.frozen
class _Interaction:
    status: str


def accepted(target: Target, reply: HttpResponse) -> Outcome[Job]:
    """Return the job that a reply to a submission names; `polled` reads its status."""
    return kit.created("Google", reply).map(lambda name: Job(id=name.value))


def polled(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return the state of an interaction."""
    return read(reply, _Interaction).bind(
        lambda found: _state(target, job, found.value.status, found.payload)
    )


def cancelled(reply: HttpResponse) -> Cancellation:
    """Return the outcome of a cancel. The reply is the interaction in its current state.

    Only the status "cancelled" confirms it: an interaction that still runs may finish and be
    charged.
    """
    status = object_of(reply).value_or({}).get("status")
    standing = kit.standing(status if isinstance(status, str) else "", WORDS)
    if reply.status not in range(200, 300):
        return "failed"
    if standing == "cancelled":
        return "confirmed"
    return "too_late" if standing in {"completed", "failed"} else "failed"


def _state(target: Target, job: Job, status: str, payload: dict[str, Any]) -> Outcome[Polled]:
    match kit.standing(status, WORDS):
        case "completed":
            return _video(target, job, payload).map(_with_metadata)
        case "failed":
            return Failure(_failed(status.strip().lower(), payload))
        case "cancelled":
            return Failure(errors.of_cancel(Complaint(text=f"status {status}", raw=payload)))
        case running:
            return Success(Progress(status=running, raw=payload))


def _failed(word: str, payload: dict[str, Any]) -> TarashException:
    if word == "budget_exceeded":
        message = "the Google account has used up its budget (budget_exceeded): raise the budget"
        return InsufficientCreditsError(message=message, raw_response=payload)
    if word != "failed":
        message = f"Google stopped the job before its end (status {word}): submit it again"
        return GenerationFailedError(message=message, raw_response=payload)
    steps = [step.get("error") for step in errors.objects(payload.get("steps"))]
    found = errors.objects([*steps, *errors.objects(payload.get("errors")), payload.get("error")])
    return errors.of_operation(next(filter(None, found), {}), payload)


def _video(target: Target, job: Job, payload: dict[str, Any]) -> Outcome[Polled]:
    parts = list(_videos(payload))
    if parts:
        named = (part for part in parts if files.names_video(part))
        return files.result(target, job, next(named, parts[0]), payload)
    # Either the filter withheld the video, or the caller is in a region where Google does not edit
    # uploaded videos. The reply is the same. Source: google-gemini/gemini-skills,
    # skills/gemini-omni-flash-api/SKILL.md, 2026-08.
    return Failure(errors.of_content(Complaint(text="it completed without a video", raw=payload)))


def _videos(payload: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for step in reversed(errors.objects(payload.get("steps"))):
        if step.get("type") == "model_output":
            parts = errors.objects(step.get("content"))
            yield from (part for part in parts if part.get("type") == "video")


def _with_metadata(state: Polled) -> Polled:
    if not isinstance(state, Video):
        return state
    known = {"id", "object", "status", "steps", "input"}
    others = {name: value for name, value in state.raw.items() if name not in known}
    return attrs.evolve(state, metadata=others)


def record(veo: Provider, surface: Surface) -> Provider:
    """Return the record of Omni on a surface, made from the record of Veo at the same host."""
    return attrs.evolve(
        veo,
        submit=partial(submit, surface),
        accepted=accepted,
        poll=partial(_job_request, "GET", "?stream=false", surface),
        polled=polled,
        stream=Stream(request=partial(_listen, surface), heard=events.heard),
        failure=errors.failure,
        collected=partial(files.collected, _with_metadata),
        cancel=partial(_job_request, "POST", "/cancel", surface),
        cancelled=cancelled,
        # Google charges video by the output token. No source states whether the tokens made before
        # a cancel are charged (googleapis.github.io/js-genai, interactionsCancel, 2026-11), so we
        # assume that they are.
        charged_when_cancelled=frozenset({"processing"}),
        models=kit.summaries(surface.rows),
    )
