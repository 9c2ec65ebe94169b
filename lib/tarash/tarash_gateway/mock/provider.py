"""The mock as a provider of pure functions; `routing.MockHttp` answers its requests.

Where it stands for another provider, it asks that provider's own ``submit`` what the model would
make of the request: what is refused, what is rounded, how long and how large the video becomes.

The choice among weighted outcomes and every id are digests of the seed and the request, so that
equal configs and requests give equal results.
"""

import base64
import hashlib
import json
from bisect import bisect
from collections.abc import Mapping
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import attrs
from returns.result import Success

from ..catalog.nearest import ratio_of
from ..http.messages import HttpRequest, JsonBody, fixed
from ..lifecycle.keys import shown_key
from ..outcome import Outcome
from ..providers.base import Job, Provider, Submission, Target
from ..values.media import MediaContent
from ..values.mock_config import MockResponse
from ..values.request import VideoGenerationRequest
from . import story
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
    asked = Submission(
        request=HttpRequest(method="POST", url=BASE_URL),
        duration=request.duration_seconds,
        resolution=request.resolution,
        aspect_ratio=request.aspect_ratio,
    )
    return Success(attrs.evolve(asked, request=_order(target, request, asked)))


def _submit_as(
    real: Provider, target: Target, request: VideoGenerationRequest
) -> Outcome[Submission]:
    """Return the mock's submission, adapted as the provider that it stands for adapts its own."""
    if target.config.model == "mock":
        return _submit(target, request)
    stood_for = attrs.evolve(
        target,
        provider=real,
        key=target.config.api_key or shown_key(real),
        environment={**_account(real), **target.environment},
        # A retired model is still mocked.
        today=None,
    )
    return (
        real.submit(stood_for, request)
        .bind(lambda sent: fixed(sent.request).map(lambda _: sent))
        .map(lambda sent: attrs.evolve(sent, request=_order(target, request, _in_a_ratio(sent))))
    )


def _in_a_ratio(sent: Submission) -> Submission:
    """Return the submission without a word such as "auto", which lets the model choose a ratio."""
    ratio = sent.aspect_ratio if ratio_of(sent.aspect_ratio or "") else None
    return attrs.evolve(sent, aspect_ratio=ratio)


def _account(real: Provider) -> Mapping[str, str]:
    """Return what stands for the variables of an account: a mock needs none, as it needs no key."""
    if real.name == "azure-openai":
        return {"AZURE_OPENAI_ENDPOINT": "https://mock.openai.azure.com"}
    # Only Vertex AI has access tokens; its express mode has neither tokens nor a project.
    return {"GOOGLE_CLOUD_PROJECT": "mock"} if real.oauth else {}


def _order(target: Target, request: VideoGenerationRequest, sent: Submission) -> HttpRequest:
    """Return the request for a clip as ``sent`` asks for it."""
    mock, digest = mock_of(target), _digest(target, request)
    place = _choose(mock.responses, digest)
    outcome = outcome_at(mock, place)
    shown = story.story_of(target.config, request, sent)
    order = {
        "id": f"mock-{digest[:24]}",
        "outcome": place,
        "polled": mock.polling.enabled,
        "at_once": not mock.polling.enabled and _needs_clip(outcome),
        "clip": _clip_order(outcome, sent) | {"seed": int(digest[:8], 16)} | story.to_query(shown),
        "pictures": [
            {"role": picture.role, "content": base64.b64encode(picture.content).decode()}
            for picture in shown.pictures
        ],
        "model": target.config.model,
        "prompt": request.prompt,
    }
    return HttpRequest(method="POST", url=BASE_URL, body=JsonBody(value=order))


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


def _clip_order(response: MockResponse | None, sent: Submission) -> dict[str, Any]:
    if response is not None and isinstance(response.output_video, Path):
        return {"path": str(response.output_video)}
    wanted = {
        "duration": sent.duration,
        "resolution": sent.resolution,
        "aspect_ratio": sent.aspect_ratio,
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


def _standing_for(real: Provider) -> Provider:
    variable = (real.base_url_variable,) if real.base_url_variable else ()
    return attrs.evolve(
        PROVIDER,
        name=real.name,
        submit=partial(_submit_as, real),
        settings=real.settings,
        environment=(*real.environment, *variable),
    )


PROVIDER: Final[Provider] = Provider(
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
    stands_for=lambda real: PROVIDER if real.stands_for else _standing_for(real),
)
