"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import attrs
from returns.future import FutureResult
from returns.io import IOResult, IOSuccess
from returns.result import Failure

from .config import VideoGenerationConfig
from .effects import Effects
from .effects.live import live_effects
from .generation import Generation, begin
from .interpreters import moment, opened, run, run_async
from .listening import Listener, ProgressCallback
from .media import ImageInput, Media, MediaContent, content_type_of
from .outcome import FutureOutcome, IOOutcome
from .planning import VideoPlan, plan, prepare, variables
from .providers.base import Provider
from .registry import known_providers
from .request import VideoGenerationRequest
from .response import VideoGenerationResponse

__all__ = ["generate_video", "generate_video_async", "plan_video"]


def generate_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> IOOutcome[VideoGenerationResponse]:
    """Return the finished video, or the error: see `tarash.tarash_gateway.generate_video`."""
    world = effects or live_effects()
    return _begun(config, request, world, providers).bind(
        lambda generation: run(generation, world, Listener(on_progress))
    )


def generate_video_async(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> FutureOutcome[VideoGenerationResponse]:
    """Return the same without blocking the event loop."""
    world = effects or live_effects()
    return FutureResult.from_ioresult(_begun(config, request, world, providers)).bind(
        lambda generation: run_async(generation, world, Listener(on_progress))
    )


def plan_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> IOOutcome[VideoPlan]:
    """Return what would be sent: see `tarash.tarash_gateway.plan_video`."""
    known = known_providers(providers)
    environment = _environment(effects or live_effects(), known)
    return with_files(request, effects).bind_result(
        lambda ready: plan(config, ready, known, environment)
    )


def _begun(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    effects: Effects,
    providers: Mapping[str, Provider] | None,
) -> IOOutcome[Generation]:
    known = known_providers(providers)
    environment = _environment(effects, known)
    return (
        with_files(request, effects)
        .bind_result(
            lambda ready: prepare(config, ready, known, environment).map(lambda legs: (ready, legs))
        )
        .map(lambda both: begin(both[0], both[1], moment(effects)))
    )


def _environment(effects: Effects, known: Mapping[str, Provider]) -> Mapping[str, str]:
    found = {name: effects.environment.get(name) for name in variables(known)}
    return {name: value for name, value in found.items() if value}


def with_files(
    request: VideoGenerationRequest, effects: Effects | None = None
) -> IOOutcome[VideoGenerationRequest]:
    """Return the request with the bytes of every file that it names.

    Errors:
        ValidationError: A file cannot be read.
    """
    named = [request.video, *(item.image for item in request.image_list)]
    if not any(isinstance(medium, Path) for medium in named):
        return IOSuccess(request)
    read = partial(_read, effects or live_effects())
    images: list[ImageInput] = []
    for item in request.image_list:
        image = opened(read(item.image))
        if isinstance(image, Failure):
            return IOResult.from_result(image)
        images.append(attrs.evolve(item, image=image.unwrap()))
    video = opened(read(request.video) if request.video is not None else IOSuccess(None))
    if isinstance(video, Failure):
        return IOResult.from_result(video)
    changed = {**attrs.asdict(request, recurse=False), "image_list": images}
    return IOSuccess(VideoGenerationRequest(**{**changed, "video": video.unwrap()}))


def _read(effects: Effects, medium: Media) -> IOOutcome[Media]:
    if not isinstance(medium, Path):
        return IOSuccess(medium)
    return effects.files.read(medium).map(
        lambda content: MediaContent(content, content_type_of(medium.name, content))
    )
