"""The first request of a call, to look at without sending it: pure."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import attrs

from ..http.messages import BytesBody, FormBody, JsonBody, encode
from ..outcome import Outcome
from ..providers.base import Provider, Target, Uploads
from ..providers.uploads import Upload
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from .generation import Leg
from .keys import authenticate_request, shown_key, with_key
from .links import is_mocked, links_of, with_place
from .planned import PlannedUpload, VideoPlan
from .prepare import in_shape, leg_to
from .slips import without_slips


def plan(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    today: date | None = None,
) -> Outcome[VideoPlan]:
    """Return what the first submission would be; no key is needed.

    Where the mock stands for a provider, it is the submission that this provider would get.

    Errors:
        ValidationError: As for `prepare`.
    """
    if is_mocked(config) and config.model != "mock":
        # The mock never refuses by date.
        config, today = attrs.evolve(config, mock=None), None
    return (
        without_slips(request, providers)
        .bind(lambda _: links_of((config,), providers, environment))
        .map(lambda links: with_key(links[0], shown_key(links[0].provider), environment, today))
        .bind(partial(leg_to, request=request))
        .bind(in_shape)
        .map(_plan_of)
        .alt(lambda error: with_place(error, config))
    )


def _plan_of(leg: Leg) -> VideoPlan:
    target, config = leg.target, leg.target.config
    route = target.provider.uploads
    request = authenticate_request(target, leg.submission.request)
    body = request.body
    headers = {**request.headers, **request.credential}
    if isinstance(body, JsonBody | BytesBody):
        headers["Content-Type"] = encode(body)[1]
    return VideoPlan(
        provider=config.provider,
        model=config.model,
        method=request.method,
        url=request.url,
        headers=headers,
        body=body.value if isinstance(body, JsonBody) else None,
        parts=body.parts if isinstance(body, FormBody) else None,
        warnings=leg.submission.warnings,
        key=None if target.key is None else target.key.reveal(),
        key_headers=tuple(request.credential),
        uploads=()
        if route is None
        else tuple(_planned(route, target, each) for each in leg.uploads),
        duration=leg.submission.duration,
        resolution=leg.submission.resolution,
        aspect_ratio=leg.submission.aspect_ratio,
    )


def _planned(route: Uploads, target: Target, upload: Upload) -> PlannedUpload:
    first = route.request(target, upload)
    return PlannedUpload(
        place=upload.place,
        file_name=upload.file_name,
        content_type=upload.content_type,
        size=upload.size,
        method=first.method,
        url=first.url,
        name=route.pending(target, upload),
    )
