"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

import sys
from collections.abc import Mapping

import attrs
from returns.future import FutureResult
from returns.io import IOSuccess
from returns.result import Failure, Success

from .config import VideoGenerationConfig
from .durable import VideoGeneration
from .effects import Effects
from .effects.live import live_effects
from .exceptions import UnexpectedReplyError
from .files import with_files, with_tokens
from .generation import Finished, Generation, begin
from .interpreters import (
    OnInterrupt,
    abandon,
    finished,
    in_thread,
    moment,
    run,
    run_async,
    submitted,
)
from .journaling import Journal, JournalEntry
from .listening import Listener, ProgressCallback
from .metadata import Cancellation
from .outcome import FutureOutcome, IOOutcome, Outcome, opened
from .planning import VideoPlan, chain, plan, prepare, revive, variables
from .providers.base import Provider
from .registry import known_providers
from .request import VideoGenerationRequest
from .response import VideoGenerationResponse
from .watching import Watcher

__all__ = [
    "cancel_video",
    "cancel_video_async",
    "check_video",
    "check_video_async",
    "generate_video",
    "generate_video_async",
    "pending_videos",
    "plan_video",
    "resume_video",
    "resume_video_async",
    "start_video",
    "start_video_async",
]

Providers = Mapping[str, Provider] | None


def generate_video(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> IOOutcome[VideoGenerationResponse]:
    """Return the finished video, or the error: see `tarash.tarash_gateway.generate_video`."""
    world = effects or live_effects()
    watcher = Watcher(world, Listener(on_progress), journal)
    return (
        _begun(config, request, world, providers, watcher)
        .bind(lambda begun: run(begun, world, watcher, on_interrupt=on_interrupt))
        .bind_result(_response)
    )


def generate_video_async(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> FutureOutcome[VideoGenerationResponse]:
    """Return the same without blocking the event loop."""
    world = effects or live_effects()
    watcher = Watcher(world, Listener(on_progress), journal)
    return (
        FutureResult.from_ioresult(_begun(config, request, world, providers, watcher))
        .bind(lambda begun: run_async(begun, world, watcher, on_interrupt=on_interrupt))
        .bind_result(_response)
    )


def start_video(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> IOOutcome[VideoGeneration]:
    """Return the accepted job: see `tarash.tarash_gateway.start_video`."""
    world = effects or live_effects()
    watcher = Watcher(world, Listener(None), journal)
    return (
        _begun(config, request, world, providers, watcher)
        .bind(lambda begun: run(begun, world, watcher, until=submitted, on_interrupt=on_interrupt))
        .map(Generation.durable)
    )


def start_video_async(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> FutureOutcome[VideoGeneration]:
    """Return the same without blocking the event loop."""
    world = effects or live_effects()
    watcher = Watcher(world, Listener(None), journal)
    return (
        FutureResult.from_ioresult(_begun(config, request, world, providers, watcher))
        .bind(
            lambda begun: run_async(
                begun, world, watcher, until=submitted, on_interrupt=on_interrupt
            )
        )
        .map(Generation.durable)
    )


def resume_video(  # noqa: PLR0913 - each by its name
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> IOOutcome[VideoGenerationResponse]:
    """Return the finished video of a job: see `tarash.tarash_gateway.resume_video`."""
    if generation.response is not None:
        return IOSuccess(generation.response)
    world = effects or live_effects()
    watcher = Watcher(world, Listener(on_progress), journal)
    return (
        _revived(generation, config, world, providers)
        .bind(lambda revived: run(revived, world, watcher, on_interrupt=on_interrupt))
        .bind_result(_response)
    )


def resume_video_async(  # noqa: PLR0913 - each by its name
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> FutureOutcome[VideoGenerationResponse]:
    """Return the same without blocking the event loop."""
    if generation.response is not None:
        return FutureResult.from_value(generation.response)
    world = effects or live_effects()
    watcher = Watcher(world, Listener(on_progress), journal)
    return (
        FutureResult.from_ioresult(_revived(generation, config, world, providers))
        .bind(lambda revived: run_async(revived, world, watcher, on_interrupt=on_interrupt))
        .bind_result(_response)
    )


def check_video(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> IOOutcome[VideoGeneration]:
    """Return a job after one exchange: see `tarash.tarash_gateway.check_video`."""
    if generation.response is not None:
        return IOSuccess(generation)
    world = effects or live_effects()
    watcher = Watcher(world, Listener(None), journal)
    return (
        _revived(generation, config, world, providers)
        .bind(lambda revived: run(_alone(revived), world, watcher, until=_once()))
        .map(lambda checked: _kept(checked, generation))
    )


def check_video_async(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> FutureOutcome[VideoGeneration]:
    """Return the same without blocking the event loop."""

    async def check() -> Outcome[VideoGeneration]:
        return await in_thread(
            lambda: opened(
                check_video(
                    generation,
                    config=config,
                    effects=effects,
                    providers=providers,
                    journal=journal,
                )
            )
        )

    return FutureResult(check())


def cancel_video(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> IOOutcome[Cancellation]:
    """Return what came of cancelling a job: see `tarash.tarash_gateway.cancel_video`."""
    if generation.response is not None:
        return IOSuccess("too_late")
    world = effects or live_effects()
    watcher = Watcher(world, Listener(None), journal)
    return _revived(generation, config, world, providers).map(
        lambda revived: abandon(revived, world, watcher)
    )


def cancel_video_async(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> FutureOutcome[Cancellation]:
    """Return the same without blocking the event loop."""

    async def cancel() -> Outcome[Cancellation]:
        return await in_thread(
            lambda: opened(
                cancel_video(
                    generation,
                    config=config,
                    effects=effects,
                    providers=providers,
                    journal=journal,
                )
            )
        )

    return FutureResult(cancel())


def pending_videos(journal: Journal) -> IOOutcome[tuple[JournalEntry, ...]]:
    """Return what a journal has to resume: see `tarash.tarash_gateway.pending_videos`."""
    return journal.entries().map(
        lambda entries: tuple(
            attrs.evolve(entry, state="unknown") if entry.state == "intended" else entry
            for entry in entries
        )
    )


def plan_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
) -> IOOutcome[VideoPlan]:
    """Return what would be sent: see `tarash.tarash_gateway.plan_video`."""
    known = known_providers(providers)
    world = effects or live_effects()
    environment = _environment(config, world, known)
    return with_files(request, world.files).bind_result(
        lambda ready: plan(config, ready, known, environment)
    )


def _begun(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    effects: Effects,
    providers: Providers,
    watcher: Watcher,
) -> IOOutcome[Generation]:
    known = known_providers(providers)
    environment = _environment(config, effects, known)

    def began(ready: VideoGenerationRequest, keyed: VideoGenerationConfig) -> Outcome[Generation]:
        return prepare(keyed, ready, known, environment).map(
            lambda legs: begin(ready, legs, moment(effects), effects.ids.new())
        )

    return (
        with_files(request, effects.files)
        .bind(
            lambda ready: with_tokens(config, known, environment, effects.tokens).bind_result(
                lambda keyed: began(ready, keyed)
            )
        )
        .map(watcher.begun)
    )


def _environment(
    config: VideoGenerationConfig, effects: Effects, known: Mapping[str, Provider]
) -> Mapping[str, str]:
    used = {link.provider for link in chain(config)} & set(known)
    wanted = variables({name: known[name] for name in used})
    found = {name: effects.environment.get(name) for name in wanted}
    return {name: value for name, value in found.items() if value}


def _revived(
    generation: VideoGeneration,
    config: VideoGenerationConfig | None,
    effects: Effects,
    providers: Providers,
) -> IOOutcome[Generation]:
    known = known_providers(providers)
    again = generation.again(config)
    environment = _environment(again, effects, known)
    return with_tokens(again, known, environment, effects.tokens).bind_result(
        lambda keyed: revive(generation, keyed, known, environment, moment(effects))
    )


def _response(generation: Generation) -> Outcome[VideoGenerationResponse]:
    if isinstance(generation.stage, Finished):
        return Success(generation.stage.response)
    return Failure(UnexpectedReplyError(message="the generation stopped before its end"))


def _alone(generation: Generation) -> Generation:
    # A check is no submission: what comes next in the chain waits for `resume_video`. Nor is it
    # the end of the caller's patience.
    target = generation.leg.target
    patient = attrs.evolve(target.config, max_poll_attempts=sys.maxsize)
    leg = attrs.evolve(generation.leg, target=attrs.evolve(target, config=patient))
    return attrs.evolve(generation, leg=leg, rest=())


class _once:  # noqa: N801 - a function with a memory
    """Hold from the second time on."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self, generation: Generation) -> bool:
        again, self._asked = self._asked, True
        return again or finished(generation)


def _kept(checked: Generation, generation: VideoGeneration) -> VideoGeneration:
    now = checked.durable()
    return attrs.evolve(
        now, configs=generation.configs, polls=now.polls + generation.polls, id=generation.id
    )
