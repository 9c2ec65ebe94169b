"""What a verb does with its arguments: a call with its effects, providers and watcher."""

from __future__ import annotations  # those of inner functions are not made at each call

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from .. import _later
from ..effects import Effects
from ..effects.journal import Journal
from ..effects.live import has_live_effects as has_live_effects
from ..exceptions import UnexpectedReplyError
from ..lifecycle.checking import alone, checked
from ..lifecycle.generation import Finished, Generation, begin
from ..lifecycle.links import Link, chain, links_of, variables
from ..lifecycle.planned import VideoPlan
from ..lifecycle.prepare import left_out_warning, prepare
from ..lifecycle.preview import plan
from ..lifecycle.revive import configs_of, revive
from ..outcome import IOOutcome, Outcome, result_of
from ..providers.base import Provider
from ..registry import known_providers
from ..values.attempts import Cancellation
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import Claim
from ..values.request import VideoGenerationRequest
from ..values.response import ProgressCallback, VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.short import ConfigLike, RequestLike
from .abandon import abandon
from .arguments import Given, given, wrong_options
from .arguments import wrong_kind as wrong_kind
from .inputs import takes_time, with_files, with_tokens
from .interpreters import Running, run
from .progress import Listener
from .tasks import Steps, Task, do, instant, work
from .watcher import Watcher, in_use, moment
from .worlds import world_of

if TYPE_CHECKING:
    from ..lifecycle import chained
    from ..lifecycle.submission_keys import Submit
else:
    # Only a call with a submission key needs it.
    (chained,) = _later.modules(__package__, "..lifecycle.chained")


@attrs.frozen
class Call:
    """What one call works with: its effects, the providers that it knows, and its watcher."""

    effects: Effects
    known: Mapping[str, Provider]
    watcher: Watcher

    @property
    def _today(self) -> date:
        return self.effects.clock.utc().date()

    def environment(self, links: Sequence[VideoGenerationConfig]) -> Mapping[str, str]:
        """Return the variables that are set, of those that the chain's providers want."""
        used = {link.provider for link in links if link.provider in self.known}
        wanted = variables({name: self.known[name] for name in used})
        get = self.effects.environment.get
        return {name: value for name in wanted if (value := get(name))}

    def links(
        self,
        configs: Sequence[VideoGenerationConfig],
        environment: Mapping[str, str],
        first: int = 0,
    ) -> IOOutcome[tuple[Link, ...]]:
        """Return the configs with their providers, and with an access token where one lacks it."""
        links = links_of(configs, self.known, environment, first)
        return IOResult.from_result(links).bind(
            lambda found: with_tokens(found, self.effects.tokens)
        )

    def given(self, config: ConfigLike, request: RequestLike) -> Outcome[Given]:
        """Return the config and the request of a verb, each of which may be in its short form."""
        return given(config, request, self.known)

    def ready(self, request: VideoGenerationRequest) -> IOOutcome[VideoGenerationRequest]:
        """Return the request with the bytes of its files.

        Errors:
            ValidationError: A file cannot be read.
        """
        return with_files(request, self.effects.files)

    def plan(self, config: ConfigLike, request: RequestLike) -> IOOutcome[VideoPlan]:
        """Return what would be sent first."""

        def plan_of(whole: Given) -> IOOutcome[VideoPlan]:
            config, request = whole
            environment = self.environment(chain(config))
            return self.ready(request).bind_result(
                lambda ready: plan(config, ready, self.known, environment, self._today)
            )

        return IOResult.from_result(self.given(config, request)).bind(plan_of)

    def begin(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        order: Submit | None = None,
    ) -> Task[Running]:
        """Return the task that makes the generation, before its first exchange.

        With a submission key, the ``order`` says which attempt below it this is.
        """
        begin = partial(self._begin, config, request, order)
        if takes_time(chain(config), request, self.known):
            return work(begin)
        return instant(begin)

    def _begin(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        order: Submit | None,
    ) -> IOOutcome[Running]:
        def begin_with(ready: VideoGenerationRequest) -> IOOutcome[Generation]:
            configs = chain(config)
            environment = self.environment(configs)
            legs = self.links(configs, environment).bind_result(
                lambda links: prepare(links, ready, self.known, environment, self._today)
            )
            now, name = moment(self.effects), self.effects.ids.new()
            if order is not None:
                return legs.bind_result(
                    lambda found: chained.begin_below(ready, found, order, now, name)
                )
            return legs.map(lambda found: begin(ready, found, now, name))

        return (
            self.ready(request).bind(begin_with).map(self.watcher.log_beginning).map(self.running)
        )

    def running(self, generation: Generation) -> Running:
        """Return a generation, to be run."""
        return Running(generation, self.effects, self.watcher)

    def revive(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> IOOutcome[Generation]:
        """Return the generation that goes on with a job.

        Errors:
            ValidationError: The config is not that of the job, or an argument is of another kind.
            AuthenticationError: A key is missing.
        """
        wrong = wrong_kind("generation", generation, VideoGeneration) or (
            config is not None and wrong_kind("config", config, VideoGenerationConfig)
        )
        if wrong:
            return IOFailure(wrong)

        def revive_along(configs: tuple[VideoGenerationConfig, ...]) -> IOOutcome[Generation]:
            environment = self.environment(configs)
            rest: list[Link] = []
            left_out: list[str] = []
            for position, other in enumerate(configs[1:], generation.position + 1):
                linked = result_of(self.links((other,), environment, position))
                if isinstance(linked, Failure):
                    # A fallback without its token must not keep a paid job from being fetched.
                    left_out.append(left_out_warning(other, linked.failure()))
                else:
                    rest.extend(linked.unwrap())
            return self.links(configs[:1], environment, generation.position).bind_result(
                lambda first: revive(
                    generation,
                    (*first, *rest),
                    environment,
                    moment(self.effects),
                    self.effects.ids.new(),
                ).map(lambda revived: revived.with_warnings(left_out))
            )

        return IOResult.from_result(configs_of(generation, config)).bind(revive_along)

    def check(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> Steps[VideoGeneration]:
        """Return a job after one exchange."""
        if response_in(generation) is not None:
            return Success(generation)
        self.watcher.owning = False
        revived = yield from self._revived(generation, config)
        if isinstance(revived, Failure):
            return Failure(revived.failure())
        looked = alone(revived.unwrap(), generation.doubts)
        running = attrs.evolve(self.running(looked), until=lambda now: now is not looked)
        return (yield from run(running)).map(lambda after: checked(after, generation))

    def cancel(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> Steps[Cancellation]:
        """Cancel a job, and return the result."""
        if response_in(generation) is not None:
            return Success("too_late")
        self.watcher.owning = False
        revived = yield from self._revived(generation, config)
        if isinstance(revived, Failure):
            return Failure(revived.failure())
        return (yield from abandon(revived.unwrap(), self.effects, self.watcher))

    def _revived(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> Steps[Generation]:
        return (yield from do(work(lambda: self.revive(generation, config))))

    def take_over(
        self, generation: VideoGeneration, config: VideoGenerationConfig | None
    ) -> Task[Running]:
        """Return the task that goes on with a job, and owns it where there is a journal.

        Errors:
            JobInUseError: Another call owns it.
        """
        return work(
            lambda: self.revive(generation, config).bind(
                lambda revived: self.watcher.take_over(revived).bind_result(
                    lambda claim: self._after_claim(claim, revived)
                )
            )
        )

    def _after_claim(self, claim: Claim, revived: Generation) -> Outcome[Running]:
        if claim == "in_use":
            return Failure(attrs.evolve(in_use(revived), generation=revived.durable()))
        if claim == "owned" and self.watcher.has_journal:
            return Success(self.running(revived))
        # Without an owner the rest of the chain could be paid for twice: the job goes on alone.
        self.watcher.owning = False
        reason = (
            "the job went on alone, without the configs after it: give the journal that it was "
            "started with to go on along the chain"
        )
        warnings = (*revived.warnings, reason) if revived.rest else revived.warnings
        return Success(self.running(attrs.evolve(revived, rest=(), warnings=warnings)))


def response_in(generation: object) -> VideoGenerationResponse | None:
    """Return the response of a saved generation that has it already, with that generation."""
    if not isinstance(generation, VideoGeneration):
        return None
    response = generation.response
    if response is None or response.generation is not None or generation.job is None:
        return response
    # The JSON of a response has no generation.
    return attrs.evolve(response, generation=attrs.evolve(generation, response=None))


def make_call(
    effects: Effects | None,
    providers: Mapping[str, Provider] | None,
    journal: Journal | None = None,
    on_progress: ProgressCallback | None = None,
    on_interrupt: object = "keep",
) -> Call:
    """Return the call of a verb with these options; the live effects are made on first use.

    Raises:
        ValidationError: An option is of another kind.
    """
    if wrong := wrong_options(effects, providers, journal, on_progress, on_interrupt):
        raise wrong
    world = world_of(effects)
    return Call(world, known_providers(providers), Watcher(world, Listener(on_progress), journal))


def response_of(generation: Generation) -> Outcome[VideoGenerationResponse]:
    """Return the response of a generation that has ended.

    Errors:
        UnexpectedReplyError: It has not.
    """
    if isinstance(generation.stage, Finished):
        return Success(generation.stage.response)
    return Failure(UnexpectedReplyError(message="the generation stopped before its end"))
