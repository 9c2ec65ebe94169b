"""What every entry point begins with: the world, the providers, who watches, the generation."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

import attrs
from returns.future import FutureResult
from returns.io import IOFailure, IOResult, IOSuccess
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..effects.live import live_effects
from ..exceptions import TarashException, UnexpectedReplyError, ValidationError
from ..lifecycle.generation import Collecting, Finished, Generation, Polling, begin
from ..lifecycle.links import Link, chain, links_of, variables
from ..lifecycle.prepare import prepare
from ..lifecycle.revive import configs_of, revive
from ..mock.answers import with_mock
from ..outcome import FutureOutcome, IOOutcome, Outcome, nothing, opened
from ..providers.base import Provider
from ..registry import known_providers
from ..values.attempts import Cancellation
from ..values.checks import refuse
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import Claim
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from .inputs import with_files, with_tokens
from .interpreters import OnInterrupt, Until, abandon, finished, run, run_async
from .progress import Listener, ProgressCallback
from .threads import Work, in_thread
from .watcher import Watcher, in_use, moment

P = ParamSpec("P")
T = TypeVar("T")

Providers = Mapping[str, Provider] | None


def contained(function: Callable[P, IOOutcome[T]]) -> Callable[P, IOOutcome[T]]:
    """Make a function return what it would raise: nothing raises, whatever it is given."""

    @wraps(function)
    def safe(*arguments: P.args, **options: P.kwargs) -> IOOutcome[T]:
        try:
            return function(*arguments, **options)
        except AssertionError:
            # It belongs to a test.
            raise
        except TarashException as error:
            return IOResult.from_failure(error)
        except Exception as bug:  # noqa: BLE001 - the last line of defence
            failed = TarashException(
                f"{type(bug).__name__}: {bug}; nothing was sent: check the types of the arguments"
            )
            failed.__cause__ = bug
            return IOResult.from_failure(failed)

    return safe


@attrs.frozen
class Begun:
    """A generation with the world that it runs in."""

    generation: Generation
    call: "Call"

    def run(
        self, *, until: Until = finished, on_interrupt: OnInterrupt = "keep"
    ) -> IOOutcome[Generation]:
        """Block until ``until`` holds."""
        call = self.call
        return run(
            self.generation, call.effects, call.watcher, until=until, on_interrupt=on_interrupt
        )

    def run_async(
        self, *, until: Until = finished, on_interrupt: OnInterrupt = "keep"
    ) -> FutureOutcome[Generation]:
        """Do the same without blocking the event loop."""
        call = self.call
        return run_async(
            self.generation, call.effects, call.watcher, until=until, on_interrupt=on_interrupt
        )


@attrs.frozen
class Call:
    """What one call has: its world, the providers that it knows, and who watches it."""

    effects: Effects
    known: Mapping[str, Provider]
    watcher: Watcher

    @property
    def today(self) -> date:
        """The date in UTC, by the clock effect."""
        return self.effects.clock.utc().date()

    def environment(self, links: Sequence[VideoGenerationConfig]) -> Mapping[str, str]:
        """Return the variables that are set, of those that the chain's providers want."""
        used = {link.provider for link in links} & set(self.known)
        wanted = variables({name: self.known[name] for name in used})
        found = {name: self.effects.environment.get(name) for name in wanted}
        return {name: value for name, value in found.items() if value}

    def linked(
        self, configs: Sequence[VideoGenerationConfig], first: int = 0
    ) -> IOOutcome[tuple[Link, ...]]:
        """Return the configs with their providers, and with an access token where one lacks it."""
        links = links_of(configs, self.known, self.environment(configs), first)
        return IOResult.from_result(links).bind(
            lambda found: with_tokens(found, self.effects.tokens)
        )

    @staticmethod
    def checked(config: object, request: object) -> IOOutcome[None]:
        """Refuse arguments of another kind.

        Errors:
            ValidationError: One is of another kind; perhaps they were swapped.
        """
        wrong = _wrong_kind("config", config, VideoGenerationConfig) or _wrong_kind(
            "request", request, VideoGenerationRequest
        )
        return IOFailure(wrong) if wrong else nothing()

    def begun(
        self, config: VideoGenerationConfig, request: VideoGenerationRequest
    ) -> IOOutcome[Begun]:
        """Return the generation before its first exchange."""

        def began(ready: VideoGenerationRequest) -> IOOutcome[Generation]:
            return self.linked(chain(config)).bind_result(
                lambda links: prepare(
                    links, ready, self.known, self.environment(chain(config)), self.today
                ).map(lambda legs: begin(ready, legs, moment(self.effects), self.effects.ids.new()))
            )

        return (
            self.checked(config, request)
            .bind(lambda _: with_files(request, self.effects.files))
            .bind(began)
            .map(self.watcher.begun)
            .map(lambda generation: Begun(generation, self))
        )

    def revived(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> IOOutcome[Generation]:
        """Return the generation that goes on with a job.

        Errors:
            ValidationError: The config is not that of the job, or an argument is of another kind.
            AuthenticationError: A key is missing.
        """
        wrong = _wrong_kind("generation", generation, VideoGeneration) or (
            config is not None and _wrong_kind("config", config, VideoGenerationConfig)
        )
        if wrong:
            return IOFailure(wrong)

        def going_on(configs: tuple[VideoGenerationConfig, ...]) -> IOOutcome[Generation]:
            # A fallback without a provider or a token must not keep a paid job from being fetched.
            rest = (
                opened(self.linked((other,), generation.position + after)).value_or(())
                for after, other in enumerate(configs[1:], 1)
            )
            return self.linked(configs[:1], generation.position).bind_result(
                lambda first: revive(
                    generation,
                    (*first, *(link for links in rest for link in links)),
                    self.environment(configs),
                    moment(self.effects),
                    self.effects.ids.new(),
                )
            )

        return IOResult.from_result(configs_of(generation, config)).bind(going_on)

    def taken_over(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> IOOutcome[Begun]:
        """Return the generation that goes on with a job, and owns it where there is a journal.

        Errors:
            JobInUseError: Another call owns it.
        """
        return self.revived(generation, config).bind(
            lambda revived: self.watcher.take_over(revived).bind_result(
                lambda claim: self._owned(revived, claim)
            )
        )

    def _owned(self, revived: Generation, claim: Claim) -> Outcome[Begun]:
        if claim == "in_use":
            return Failure(attrs.evolve(in_use(revived), generation=revived.durable()))
        if claim == "owned" and self.watcher.has_journal:
            return Success(Begun(revived, self))
        # Without an owner the rest of the chain could be paid for twice: the job goes on alone.
        self.watcher.owning = False
        reason = (
            "the job went on alone, without the configs after it: give the journal that it was "
            "started with to go on along the chain"
        )
        warnings = (*revived.warnings, reason) if revived.rest else revived.warnings
        return Success(Begun(attrs.evolve(revived, rest=(), warnings=warnings), self))


def _wrong_kind(name: str, value: object, kind: type) -> ValidationError | None:
    return None if isinstance(value, kind) else refuse(name, value, f"a {kind.__name__}")


def response_in(generation: object) -> VideoGenerationResponse | None:
    """Return the response of a saved generation that has it already."""
    return generation.response if isinstance(generation, VideoGeneration) else None


def make_call(
    effects: Effects | None,
    providers: Providers,
    journal: Journal | None = None,
    on_progress: ProgressCallback | None = None,
) -> IOOutcome[Call]:
    """Return what a call has; the defaults are made on first use."""
    given = effects or live_effects()
    world = attrs.evolve(given, http=with_mock(given.http))
    return IOSuccess(
        Call(
            effects=world,
            known=known_providers(providers),
            watcher=Watcher(world, Listener(on_progress), journal),
        )
    )


def begun_apart(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    make: Callable[[], IOOutcome[Call]],
) -> FutureOutcome[Begun]:
    """Return the generation before its first exchange, without blocking the event loop."""
    return threaded(lambda: make().bind(lambda call: call.begun(config, request)))


def threaded(work: Callable[[], IOOutcome[T]]) -> FutureOutcome[T]:
    """Do what blocks (files, tokens, an exchange) without blocking the event loop."""
    return FutureResult(_in_thread(contained(work)))


async def _in_thread(work: Callable[[], IOOutcome[T]]) -> Outcome[T]:
    return await in_thread(Work(lambda: opened(work())))


def response_of(generation: Generation) -> Outcome[VideoGenerationResponse]:
    """Return the response of a generation that has ended.

    Errors:
        UnexpectedReplyError: It has not.
    """
    if isinstance(generation.stage, Finished):
        return Success(generation.stage.response)
    return Failure(UnexpectedReplyError(message="the generation stopped before its end"))


def checked(
    call: Call, generation: VideoGeneration, config: VideoGenerationConfig | None
) -> IOOutcome[VideoGeneration]:
    """Return a job after one exchange."""
    if response_in(generation) is not None:
        return IOSuccess(generation)
    call.watcher.owning = False

    def once(revived: Generation) -> IOOutcome[VideoGeneration]:
        alone = _alone(revived, generation.doubts)
        return run(alone, call.effects, call.watcher, until=lambda now: now is not alone).map(
            lambda checked: _saved(checked, generation)
        )

    return call.revived(generation, config).bind(once)


def cancelled(
    call: Call, generation: VideoGeneration, config: VideoGenerationConfig | None
) -> IOOutcome[Cancellation]:
    """Return what came of cancelling a job."""
    if response_in(generation) is not None:
        return IOSuccess("too_late")
    call.watcher.owning = False
    return call.revived(generation, config).map(
        lambda revived: abandon(revived, call.effects, call.watcher)
    )


def _alone(generation: Generation, doubts: int) -> Generation:
    # A check is not a submission: what comes next in the chain waits for `resume_video`. Nor is it
    # the end of the caller's patience. Refusals add up over checks, or none would ever be believed.
    stage = generation.stage
    if isinstance(stage, Polling | Collecting):
        generation = attrs.evolve(generation, stage=attrs.evolve(stage, doubts=doubts))
    target = generation.leg.target
    patient = attrs.evolve(target.config, max_poll_attempts=sys.maxsize)
    leg = attrs.evolve(generation.leg, target=attrs.evolve(target, config=patient))
    return attrs.evolve(generation, leg=leg, rest=())


def _saved(checked: Generation, generation: VideoGeneration) -> VideoGeneration:
    now = checked.durable()
    return attrs.evolve(
        now,
        configs=generation.configs,
        public_settings=generation.public_settings,
        polls=now.polls + generation.polls,
        id=generation.id,
    )
