"""The entry points for functional code bases: nothing raises, everything is in the type.

from tarash.tarash_gateway import functional

functional.generate_video(config, request)        # IOResult[Response, TarashException]
functional.generate_video_async(config, request)  # FutureResult[Response, TarashException]
"""

import attrs
from returns.future import FutureResult
from returns.io import IOSuccess

from .effects import Effects
from .effects.journal import Journal
from .lifecycle.generation import Generation
from .lifecycle.links import chain
from .lifecycle.preview import VideoPlan, plan
from .outcome import FutureOutcome, IOOutcome
from .running.calls import (
    Call,
    Providers,
    begun_apart,
    cancelled,
    checked,
    contained,
    make_call,
    response_in,
    response_of,
    threaded,
)
from .running.inputs import with_files
from .running.interpreters import OnInterrupt, submitted
from .running.progress import ProgressCallback
from .values.attempts import Cancellation
from .values.config import VideoGenerationConfig
from .values.journal_entry import JournalEntry
from .values.request import VideoGenerationRequest
from .values.response import VideoGenerationResponse
from .values.saved import VideoGeneration

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


@contained
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
    return (
        make_call(effects, providers, journal, on_progress)
        .bind(lambda call: call.begun(config, request))
        .bind(lambda begun: begun.run(on_interrupt=on_interrupt))
        .bind_result(response_of)
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
    return (
        begun_apart(config, request, lambda: make_call(effects, providers, journal, on_progress))
        .bind(lambda begun: begun.run_async(on_interrupt=on_interrupt))
        .bind_result(response_of)
    )


@contained
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
    return (
        make_call(effects, providers, journal)
        .bind(lambda call: call.begun(config, request))
        .bind(lambda begun: begun.run(until=submitted, on_interrupt=on_interrupt))
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
    return (
        begun_apart(config, request, lambda: make_call(effects, providers, journal))
        .bind(lambda begun: begun.run_async(until=submitted, on_interrupt=on_interrupt))
        .map(Generation.durable)
    )


@contained
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
    if (response := response_in(generation)) is not None:
        return IOSuccess(response)
    return (
        make_call(effects, providers, journal, on_progress)
        .bind(lambda call: call.taken_over(generation, config))
        .bind(lambda revived: revived.run(on_interrupt=on_interrupt))
        .bind_result(response_of)
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
    if (response := response_in(generation)) is not None:
        return FutureResult.from_value(response)
    return (
        threaded(
            lambda: make_call(effects, providers, journal, on_progress).bind(
                lambda call: call.taken_over(generation, config)
            )
        )
        .bind(lambda revived: revived.run_async(on_interrupt=on_interrupt))
        .bind_result(response_of)
    )


@contained
def check_video(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> IOOutcome[VideoGeneration]:
    """Return a job after one exchange: see `tarash.tarash_gateway.check_video`."""
    return make_call(effects, providers, journal).bind(
        lambda call: checked(call, generation, config)
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
    return threaded(
        lambda: check_video(
            generation, config=config, effects=effects, providers=providers, journal=journal
        )
    )


@contained
def cancel_video(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> IOOutcome[Cancellation]:
    """Return what came of cancelling a job: see `tarash.tarash_gateway.cancel_video`."""
    return make_call(effects, providers, journal).bind(
        lambda call: cancelled(call, generation, config)
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
    return threaded(
        lambda: cancel_video(
            generation, config=config, effects=effects, providers=providers, journal=journal
        )
    )


@contained
def pending_videos(journal: Journal) -> IOOutcome[tuple[JournalEntry, ...]]:
    """Return what a journal has to resume: see `tarash.tarash_gateway.pending_videos`."""
    return journal.entries().map(
        lambda entries: tuple(
            # A submission that is under way has an owner; without one it is unknown.
            attrs.evolve(entry, state="unknown")
            if entry.state == "intended" and not entry.in_use
            else entry
            for entry in entries
        )
    )


@contained
def plan_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
) -> IOOutcome[VideoPlan]:
    """Return what would be sent: see `tarash.tarash_gateway.plan_video`."""

    def shown(call: Call) -> IOOutcome[VideoPlan]:
        return (
            call.checked(config, request)
            .bind(lambda _: with_files(request, call.effects.files))
            .bind_result(
                lambda ready: plan(
                    config, ready, call.known, call.environment(chain(config)), call.today
                )
            )
        )

    return make_call(effects, providers).bind(shown)
