"""The mock as a provider of pure functions; `answers.MockHttp` answers its requests.

The choice among weighted outcomes and every id are digests of the seed and the request, so that
equal configs and requests give equal results.
"""

import hashlib
import json
from bisect import bisect
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import attrs
from returns.result import Success

from ..http.messages import HttpRequest, JsonBody
from ..outcome import Outcome
from ..providers.base import Job, Provider, Submission, Target
from ..values.media import MediaContent
from ..values.mock_config import MockResponse
from ..values.request import VideoGenerationRequest
from .replies import (
    BASE_URL,
    mock_of,
    outcome_at,
    read_cancel,
    read_clip,
    read_poll,
    read_refusal,
    read_submission,
)


def _submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
    mock, digest = mock_of(target), _digest(target, request)
    place = _choose(mock.responses, digest)
    outcome = outcome_at(mock, place)
    order = {
        "id": f"mock-{digest[:24]}",
        "outcome": place,
        "polled": mock.polling.enabled,
        "at_once": not mock.polling.enabled and _needs_clip(outcome),
        "clip": _clip_order(outcome, request) | {"seed": int(digest[:8], 16)},
        "model": target.config.model,
        "prompt": request.prompt,
    }
    silent = "generate_audio was left out: the mock's clips have no sound"
    warnings = (silent,) if request.generate_audio else ()
    sent = HttpRequest(method="POST", url=BASE_URL, body=JsonBody(value=order))
    return Success(Submission(request=sent, warnings=warnings, adjusted=warnings))


def _digest(target: Target, request: VideoGenerationRequest) -> str:
    # Only fields that count for equality: equal requests have equal clips.
    values = attrs.asdict(
        request, filter=lambda field, _: bool(field.eq), value_serializer=_hashable
    )
    text = json.dumps(
        [mock_of(target).seed, target.config.model, values], sort_keys=True, default=repr
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _hashable(_owner: object, _field: object, value: object) -> object:
    if isinstance(value, MediaContent):
        return [value.content_type, hashlib.sha256(value.content).hexdigest()]
    return value


def _choose(responses: tuple[MockResponse, ...], digest: str) -> int | None:
    """Return the place of the outcome that the digest selects by weight."""
    if not responses:
        return None
    sums = list(accumulate(response.weight for response in responses))
    point = int(digest, 16) / 16 ** len(digest) * sums[-1]
    return min(bisect(sums, point), len(responses) - 1)


def _needs_clip(outcome: MockResponse | None) -> bool:
    if outcome is None or isinstance(outcome.output_video, Path):
        return True
    return outcome.mock_response is None and outcome.output_video is None and outcome.error is None


def _clip_order(response: MockResponse | None, request: VideoGenerationRequest) -> dict[str, Any]:
    if response is not None and isinstance(response.output_video, Path):
        return {"path": str(response.output_video)}
    wanted = {
        "duration": request.duration_seconds,
        "resolution": request.resolution,
        "aspect_ratio": request.aspect_ratio,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _poll(target: Target, job: Job) -> HttpRequest:
    polling = mock_of(target).polling
    script = {
        "statuses": polling.status_sequence,
        "percentages": polling.progress_percentages,
        "updates": polling.custom_updates,
    }
    url = f"{BASE_URL}/{job.id}/status"
    return HttpRequest(method="GET", url=url, body=JsonBody(value=script))


PROVIDER: Final = Provider(
    name="mock",
    base_url=BASE_URL,
    authenticate=lambda _key: {},
    submit=_submit,
    accepted=read_submission,
    poll=_poll,
    polled=read_poll,
    collect=lambda _target, job: HttpRequest(method="GET", url=job.urls["content"]),
    collected=read_clip,
    cancel=lambda _target, job: HttpRequest(method="DELETE", url=f"{BASE_URL}/{job.id}"),
    cancelled=read_cancel,
    failure=read_refusal,
    submissions=1,
    exact_waits=True,
)
