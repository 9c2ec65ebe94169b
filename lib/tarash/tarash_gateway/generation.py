"""A running call as an immutable value: everything known about it so far."""

from datetime import datetime
from typing import TypeAlias

import attrs

from .durable import VideoGeneration
from .exceptions import TarashException
from .metadata import AttemptMetadata
from .providers.base import Job, Submission, Target
from .request import VideoGenerationRequest
from .response import StatusType, VideoGenerationResponse, VideoGenerationUpdate


@attrs.frozen(kw_only=True)
class Moment:
    """When a step happens, as the effects say.

    Attributes:
        monotonic: Seconds on a clock that never goes back.
        utc: Aware UTC time.
        chance: A number in [0, 1), for jitter.
    """

    monotonic: float
    utc: datetime
    chance: float = 0.0


@attrs.frozen(kw_only=True)
class Leg:
    """One config of the chain, ready to be sent."""

    target: Target
    submission: Submission


@attrs.frozen(kw_only=True)
class Submitting:
    """The submission goes out.

    Attributes:
        tries: How often it went out before, each time surely in vain.
    """

    tries: int = 0


@attrs.frozen(kw_only=True)
class Polling:
    """A job was accepted and is asked for.

    Attributes:
        job: The job.
        polls: How often it was asked for.
        faults: How many of the last polls in a row found nothing usable.
        doubts: How many of the last polls in a row were refused.
        leaving: Why the job was to be left, where the provider answered to the cancel that it
            is finished already: this is the last try to get it.
    """

    job: Job
    polls: int = 0
    faults: int = 0
    doubts: int = 0
    leaving: TarashException | None = None


@attrs.frozen(kw_only=True)
class Collecting:
    """The job is done, and its result is fetched.

    Attributes:
        job: The job.
        polls: How often the job was asked for.
        faults: How many tries in a row brought nothing.
        doubts: How many tries in a row were refused or not understood.
        redirects: How many redirects were followed.
        url: Where a redirect leads, or None.
        leaving: As for `Polling`.
    """

    job: Job
    polls: int
    faults: int = 0
    doubts: int = 0
    redirects: int = 0
    url: str | None = None
    leaving: TarashException | None = None


@attrs.frozen(kw_only=True)
class Leaving:
    """A job is cancelled before the chain goes on.

    Attributes:
        job: The job.
        polls: How often it was asked for.
        error: Why it is left.
    """

    job: Job
    polls: int
    error: TarashException


@attrs.frozen(kw_only=True)
class Finished:
    """The end: a response."""

    response: VideoGenerationResponse


Stage: TypeAlias = Submitting | Polling | Collecting | Leaving | Finished


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
        update: What the last exchange told the caller's ``on_progress``, or None.
        call: Our own id of the call.
        status: Where the job stood when it was last asked for.
        left: An accepted job that was left behind and may still finish, or None.
    """

    request: VideoGenerationRequest
    leg: Leg
    rest: tuple[Leg, ...] = ()
    stage: Stage = Submitting()
    started: Moment
    due: float
    attempts: tuple[AttemptMetadata, ...] = ()
    warnings: tuple[str, ...] = ()
    configs: int = 1
    update: VideoGenerationUpdate | None = None
    call: str = ""
    status: StatusType = "queued"
    left: VideoGeneration | None = None

    @property
    def deadline(self) -> float:
        """When the attempt must be over: monotonic seconds."""
        return self.started.monotonic + self.leg.target.config.timeout

    @property
    def job(self) -> Job | None:
        """The accepted job, if there is one."""
        stage = self.stage
        return stage.job if isinstance(stage, Polling | Collecting | Leaving) else None

    @property
    def polls(self) -> int:
        """How often the job was asked for."""
        stage = self.stage
        return stage.polls if isinstance(stage, Polling | Collecting | Leaving) else 0

    def durable(self) -> VideoGeneration:
        """Return what another process needs to go on."""
        asked, stage = self.leg.submission, self.stage
        return VideoGeneration(
            id=f"{self.call}-{len(self.attempts) + 1}",
            request=self.request,
            configs=tuple(
                attrs.evolve(leg.target.config, fallback_configs=None)
                for leg in (self.leg, *self.rest)
            ),
            started_at=self.started.utc,
            status="completed" if isinstance(stage, Finished) else self.status,
            job=self.job,
            ready=isinstance(stage, Collecting),
            polls=self.polls,
            attempts=self.attempts,
            warnings=self.warnings,
            duration=asked.duration,
            resolution=asked.resolution,
            aspect_ratio=asked.aspect_ratio,
            response=stage.response if isinstance(stage, Finished) else None,
        )


def begin(
    request: VideoGenerationRequest, legs: tuple[Leg, ...], now: Moment, call: str = ""
) -> Generation:
    """Return the generation that tries ``legs`` (at least one) in order."""
    return Generation(
        request=request,
        leg=legs[0],
        rest=legs[1:],
        started=now,
        due=now.monotonic,
        warnings=legs[0].submission.warnings,
        configs=len(legs),
        call=call,
    )
