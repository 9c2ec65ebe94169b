"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

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

T = TypeVar("T")

Providers = Mapping[str, Provider] | None


def generate_video(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    on_progress: ProgressCallback | None = None,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> IOOutcome[VideoGenerationResponse]:
    """Return the finished video, or the error: see `tarash.tarash_gateway.generate_video`."""
    call = _call(effects, providers, journal, on_progress)
    return (
        call.begun(config, request)
        .bind(lambda begun: run(begun, call.effects, call.watcher, on_interrupt=on_interrupt))
        .bind_result(_response)
    )


def generate_video_async(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    on_progress: ProgressCallback | None = None,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> FutureOutcome[VideoGenerationResponse]:
    """Return the same without blocking the event loop."""
    call = _call(effects, providers, journal, on_progress)
    return (
        _threaded(lambda: call.begun(config, request))
        .bind(lambda begun: run_async(begun, call.effects, call.watcher, on_interrupt=on_interrupt))
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
    call = _call(effects, providers, journal)
    return (
        call.begun(config, request)
        .bind(
            lambda begun: run(
                begun, call.effects, call.watcher, until=submitted, on_interrupt=on_interrupt
            )
        )
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
    call = _call(effects, providers, journal)
    return (
        _threaded(lambda: call.begun(config, request))
        .bind(
            lambda begun: run_async(
                begun, call.effects, call.watcher, until=submitted, on_interrupt=on_interrupt
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
    call = _call(effects, providers, journal, on_progress)
    return (
        call.revived(generation, config)
        .bind(lambda revived: run(revived, call.effects, call.watcher, on_interrupt=on_interrupt))
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
    call = _call(effects, providers, journal, on_progress)
    return (
        _threaded(lambda: call.revived(generation, config))
        .bind(
            lambda revived: run_async(
                revived, call.effects, call.watcher, on_interrupt=on_interrupt
            )
        )
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
    call = _call(effects, providers, journal)
    return (
        call.revived(generation, config)
        .map(_alone)
        .bind(
            lambda alone: run(alone, call.effects, call.watcher, until=lambda now: now is not alone)
        )
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
    return _threaded(
        lambda: check_video(
            generation, config=config, effects=effects, providers=providers, journal=journal
        )
    )


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
    call = _call(effects, providers, journal)
    return call.revived(generation, config).map(
        lambda revived: abandon(revived, call.effects, call.watcher)
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
    return _threaded(
        lambda: cancel_video(
            generation, config=config, effects=effects, providers=providers, journal=journal
        )
    )


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
    call = _call(effects, providers)
    return with_files(request, call.effects.files).bind_result(
        lambda ready: plan(config, ready, call.known, call.environment(config))
    )


@attrs.frozen
class _Call:
    """What one call has: its world, the providers that it knows, and who watches it."""

    effects: Effects
    known: Mapping[str, Provider]
    watcher: Watcher

    def environment(self, config: VideoGenerationConfig) -> Mapping[str, str]:
        """Return the variables that are set, of those that the chain's providers want."""
        used = {link.provider for link in chain(config)} & set(self.known)
        wanted = variables({name: self.known[name] for name in used})
        found = {name: self.effects.environment.get(name) for name in wanted}
        return {name: value for name, value in found.items() if value}

    def begun(
        self, config: VideoGenerationConfig, request: VideoGenerationRequest
    ) -> IOOutcome[Generation]:
        """Return the generation before its first exchange."""
        environment = self.environment(config)

        def began(
            ready: VideoGenerationRequest, keyed: VideoGenerationConfig
        ) -> Outcome[Generation]:
            return prepare(keyed, ready, self.known, environment).map(
                lambda legs: begin(ready, legs, moment(self.effects), self.effects.ids.new())
            )

        return (
            with_files(request, self.effects.files)
            .bind(
                lambda ready: with_tokens(
                    config, self.known, environment, self.effects.tokens
                ).bind_result(lambda keyed: began(ready, keyed))
            )
            .map(self.watcher.begun)
        )

    def revived(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> IOOutcome[Generation]:
        """Return the generation that goes on with a job."""
        again = generation.again(config)
        environment = self.environment(again)
        return with_tokens(again, self.known, environment, self.effects.tokens).bind_result(
            lambda keyed: revive(generation, keyed, self.known, environment, moment(self.effects))
        )


def _call(
    effects: Effects | None,
    providers: Providers,
    journal: Journal | None = None,
    on_progress: ProgressCallback | None = None,
) -> _Call:
    world = effects or live_effects()
    return _Call(
        effects=world,
        known=known_providers(providers),
        watcher=Watcher(world, Listener(on_progress), journal),
    )


def _threaded(work: Callable[[], IOOutcome[T]]) -> FutureOutcome[T]:
    """Do what blocks (files, tokens, an exchange) without blocking the event loop."""
    return FutureResult(in_thread(lambda: opened(work())))


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


def _kept(checked: Generation, generation: VideoGeneration) -> VideoGeneration:
    now = checked.durable()
    return attrs.evolve(
        now, configs=generation.configs, polls=now.polls + generation.polls, id=generation.id
    )
