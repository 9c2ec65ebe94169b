"""A running call as an immutable value: everything known about it so far."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from ..exceptions import TarashException
from ..providers.base import Job, Provider, Submission, Target
from ..providers.uploads import Upload
from ..values.attempts import AttemptMetadata
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import EntryState, JournalEntry
from ..values.request import VideoGenerationRequest
from ..values.response import StatusType, VideoGenerationUpdate
from ..values.saved import VideoGeneration
from ..values.secrets import Secret
from ..values.settings import writable
from ..values.submission_key import KeyedAttempt
from .stages import Asking as Asking
from .stages import Collecting as Collecting
from .stages import Ear as Ear
from .stages import Finished as Finished
from .stages import Leaving as Leaving
from .stages import Polling as Polling
from .stages import Stage as Stage
from .stages import Submitting as Submitting
from .stages import Uploading as Uploading
from .stages import WithJob as WithJob


@attrs.frozen(kw_only=True)
class Moment:
    """The time of a step, as the clock effect reports it, and a random number.

    Attributes:
        monotonic: Seconds on a clock that never goes back.
        utc: Aware UTC time.
        chance: A number in [0, 1), for jitter.
    """

    monotonic: float
    utc: datetime
    chance: float = 0.0


@attrs.frozen(kw_only=True)
class Account:
    """An account and a model: two submissions to the same ones are charged to the same card.

    The base URL and the key are None where they are no longer known.
    """

    provider: str
    model: str
    base_url: str | None = None
    key: Secret | None = None

    def may_be(self, other: "Account") -> bool:
        """Tell whether both may be the same: a part that is not known may have any value."""
        pairs = zip(attrs.astuple(self), attrs.astuple(other), strict=True)
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


@attrs.frozen(kw_only=True)
class Leg:
    """One config of the chain, ready to be sent.

    Attributes:
        target: The provider with the config.
        submission: What is sent, once the ``uploads`` are done.
        position: Place of the config in the whole chain, from 0.
        uploads: The media that are uploaded first.
    """

    target: Target
    submission: Submission
    position: int = 0
    uploads: tuple[Upload, ...] = ()

    @property
    def account(self) -> Account:
        """The account that is charged."""
        target, config = self.target, self.target.config
        return Account(
            provider=config.provider, model=config.model, base_url=target.base_url, key=target.key
        )


@attrs.frozen(kw_only=True)
class Generation:
    """One call of ``generate_video``, between two exchanges.

    Attributes:
        request: What the caller wants.
        leg: The config being tried.
        rest: The configs still to try.
        stage: Where the attempt stands.
        started: When the attempt began.
        due: When the next exchange may go out: monotonic seconds.
        attempts: The attempts that ended.
        warnings: What the caller should know so far.
        configs: How many configs the chain had.
        update: What ``on_progress`` receives about the last exchange, or None.
        call: Our own id of the call, by which it owns jobs in a journal.
        entry: The id of the attempt if another call began it and this one continues it; else empty.
        keyed: The place of the attempt below a submission key, or None without a key.
        status: Where the job stood when the provider last reported it.
        left: An accepted job that was left behind and may still finish, or None.
        tried: The accounts of the attempts that ended.
        unknown: Those of this call's attempts whose submission may have been accepted unseen.
        media_omitted: Whether bytes of the request are missing.
    """

    request: VideoGenerationRequest
    leg: Leg
    rest: tuple[Leg, ...] = ()
    stage: Stage = attrs.field(factory=Submitting)
    started: Moment
    due: float
    attempts: tuple[AttemptMetadata, ...] = ()
    warnings: tuple[str, ...] = ()
    configs: int = 1
    update: VideoGenerationUpdate | None = None
    call: str = ""
    entry: str = ""
    keyed: KeyedAttempt | None = None
    status: StatusType = "queued"
    left: VideoGeneration | None = None
    tried: tuple[Account, ...] = ()
    unknown: tuple[JournalEntry, ...] = ()
    media_omitted: bool = False

    @property
    def id(self) -> str:
        """Our own id of the attempt: no other attempt, in any process, has the same."""
        if self.keyed is not None:
            return self.keyed.id
        return self.entry or f"{self.call}-{len(self.attempts) + 1}"

    @property
    def config(self) -> VideoGenerationConfig:
        """The config being tried."""
        return self.leg.target.config

    @property
    def provider(self) -> Provider:
        """The provider being asked."""
        return self.leg.target.provider

    @property
    def deadline(self) -> float:
        """When the attempt must be over: monotonic seconds."""
        return self.started.monotonic + self.config.timeout

    @property
    def job(self) -> Job | None:
        """The accepted job, or None."""
        return self.stage.job if isinstance(self.stage, WithJob) else None

    @property
    def polls(self) -> int:
        """How many times the job was polled."""
        return self.stage.polls if isinstance(self.stage, WithJob) else 0

    @property
    def leaving(self) -> TarashException | None:
        """The error for which the job was to be given up, during the last attempt to get it."""
        return self.stage.leaving if isinstance(self.stage, Asking) else None

    @property
    def ear(self) -> Ear:
        """What is known about the stream of the job."""
        return self.stage.ear if isinstance(self.stage, Asking) else Ear()

    def at(
        self, stage: Stage, now: Moment, update: VideoGenerationUpdate | None = None
    ) -> "Generation":
        """Return the generation at this stage; its next exchange is due now."""
        return attrs.evolve(self, stage=stage, due=now.monotonic, update=update)

    def with_warnings(self, warnings: Iterable[str]) -> "Generation":
        """Return the generation with more warnings for the caller."""
        return attrs.evolve(self, warnings=(*self.warnings, *warnings))

    def with_config(self, config: VideoGenerationConfig) -> "Generation":
        """Return the generation with another config, for the same provider and model."""
        target = attrs.evolve(self.leg.target, config=config)
        return attrs.evolve(self, leg=attrs.evolve(self.leg, target=target))

    def durable(self) -> VideoGeneration:
        """Return what another process needs to continue."""
        submission, stage = self.leg.submission, self.stage
        targets = tuple(leg.target for leg in (self.leg, *self.rest))
        done = isinstance(stage, Finished | Collecting)
        return VideoGeneration(
            id=self.id,
            request=self.request,
            configs=tuple(_alone(t.config) for t in targets),
            started_at=self.started.utc,
            status="completed" if done else self.status,
            position=self.leg.position,
            base_url=self.leg.target.base_url,
            job=self.job,
            ready=isinstance(stage, Collecting),
            polls=self.polls,
            doubts=stage.doubts if isinstance(stage, Asking) else 0,
            attempts=self.attempts,
            warnings=self.warnings,
            duration=submission.duration,
            resolution=submission.resolution,
            aspect_ratio=submission.aspect_ratio,
            response=stage.response if isinstance(stage, Finished) else None,
            media_omitted=self.media_omitted,
            uploading=isinstance(stage, Uploading),
            keyed=self.keyed,
            public_settings=tuple(
                writable(t.config.provider_config, t.provider.settings) for t in targets
            ),
        )

    def entry_as(self, state: EntryState, now: datetime) -> JournalEntry:
        """Return what a journal has of this attempt."""
        return JournalEntry(generation=self.durable(), state=state, updated_at=now)

    def resumable(self) -> VideoGeneration | None:
        """Return this attempt's job, or else the one that was left behind, or None."""
        return self.left if self.job is None else self.durable()


def _alone(config: VideoGenerationConfig) -> VideoGenerationConfig:
    """Return the config without its fallbacks, which follow it in a flat chain."""
    return (
        config if config.fallback_configs is None else attrs.evolve(config, fallback_configs=None)
    )


def first_stage(leg: Leg) -> Stage:
    """Return the stage at which a config's attempt begins."""
    if not leg.uploads:
        return Submitting()
    return Uploading(upload=leg.uploads[0], waiting=leg.uploads[1:])


def begin(
    request: VideoGenerationRequest,
    legs: tuple[Leg, ...],
    now: Moment,
    call: str = "",
    keyed: KeyedAttempt | None = None,
) -> Generation:
    """Return the generation that tries ``legs`` (at least one) in order.

    ``call`` names this call, and no other; ``keyed`` is its first attempt below a submission key.
    """
    return Generation(
        request=request,
        leg=legs[0],
        rest=legs[1:],
        stage=first_stage(legs[0]),
        started=now,
        due=now.monotonic,
        warnings=legs[0].submission.warnings,
        configs=len(legs),
        call=call,
        keyed=keyed,
    )
