"""The activities: submit, wait, cancel, save. Each may be run again without a second payment."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

import attrs
from temporalio import activity

from ...api import cancel_video_async, start_video_async
from ...effects import Effects
from ...effects.journal import Journal
from ...exceptions import SubmissionUnknownError, TarashException
from ...lifecycle.chained import alone
from ...outcome import result_of, settle
from ...reconciling import reconcile_video_async
from ...running.following import Following
from ...running.options import Providers
from ...running.saving import destination
from ...running.tasks import begin
from ...running.worlds import world_of
from ...values.attempts import Cancellation
from ...values.config import VideoGenerationConfig
from ...values.media import MediaContent
from ...values.response import VideoGenerationResponse
from ...values.saved import VideoGeneration
from .failures import application_error
from .heartbeats import Heart, beating, job_of
from .orders import OnCancel, VideoOrder, key_of_workflow

T = TypeVar("T")
WithKeys = Callable[[VideoGenerationConfig], VideoGenerationConfig]

# Seconds before each look into a provider's list of jobs for one that it may not show at once. Most
# are there within seconds.
_LOOKS: Final = (0.0, 5.0, 30.0, 60.0)
# A list that may be later than this is left to the user: some take a day.
_LATEST: Final = timedelta(minutes=10)
_OMITTED: Final = (
    "the provider sent the video as bytes, which are not kept in a workflow's history: save_to of "
    "the order saves it, and the activity save_video fetches it again"
)


def _as_it_is(config: VideoGenerationConfig) -> VideoGenerationConfig:
    return config


@attrs.frozen(kw_only=True)
class VideoActivities:
    """The activities of one worker.

    Attributes:
        journal: Where submission keys are remembered. All workers of a task queue have to share it:
            `PostgresJournal`, or `SqliteJournal` where all of them run on one machine. Without a
            shared journal a submission that is made again is paid for again.
        effects: The effects to use; None for those of this process.
        providers: Further providers by name.
        with_keys: Returns a config with its credentials, where they are not in the worker's
            environment. It is called for each config of a chain.
    """

    journal: Journal = attrs.field(kw_only=False)
    effects: Effects | None = None
    providers: Providers = None
    with_keys: WithKeys = _as_it_is

    @property
    def all(self) -> list[Callable[..., Any]]:
        """The activities, for ``Worker(activities=...)``."""
        return [self.submit_video, self.wait_for_video, self.cancel_video, self.save_video]

    @activity.defn(name="submit_video")
    async def submit_video(self, order: VideoOrder) -> VideoGeneration:
        """Submit, and return the accepted job; under one key that happens once.

        Run again, or for another try of the workflow, it returns the job that there is. After a
        job that failed it submits the next config of the chain, or fails with the job's error.
        After a submission without an answer it asks the provider's list of jobs, where it has one.

        Raises:
            ApplicationError: Its type is the kind of the error: see `application_error`.
        """
        return await self._heard(self._submit(order), order.on_cancel, Heart())

    async def _submit(self, order: VideoOrder) -> VideoGeneration:
        if order.save_to is not None:
            found = await asyncio.to_thread(
                destination, order.save_to, world_of(self.effects), overwrite=order.overwrite
            )
            settle(result_of(found))
        config = self._chain_with_keys(order.config)
        start = partial(
            start_video_async,
            config,
            order.request,
            key=order.key or _key_here(),
            journal=self.journal,
            effects=self.effects,
            providers=self.providers,
        )
        try:
            job = await start()
        except SubmissionUnknownError as error:
            if not await self._is_found(error, config):
                raise
            # The journal has it now.
            job = await start()
        return _without_bytes(job)

    async def _is_found(self, error: SubmissionUnknownError, config: VideoGenerationConfig) -> bool:
        """Tell whether the provider's list has the job of a submission without an answer."""
        clock = world_of(self.effects).clock
        for seconds in _LOOKS:
            await clock.sleep_async(seconds)
            may_be_late = False
            for entry in error.unknown:
                with suppress(TarashException):
                    answer = await reconcile_video_async(
                        entry,
                        config=config,
                        journal=self.journal,
                        effects=self.effects,
                        providers=self.providers,
                    )
                    if answer.state == "found":
                        return True
                    again_at = answer.again_at
                    may_be_late |= again_at is not None and again_at - clock.utc() < _LATEST
            if not may_be_late:
                break
        return False

    @activity.defn(name="wait_for_video")
    async def wait_for_video(self, order: VideoOrder, job: VideoGeneration) -> VideoGeneration:
        """Wait for an accepted job, and return it with its response; nothing is ever submitted.

        Each heartbeat has the job, with which the next try goes on. The time limit is the config's
        ``timeout`` from the submission on, however many workers waited.

        Raises:
            ApplicationError: The attempt ended without a video. If the chain can go on, the
                message says so, and `submit_video` with the same key submits the next config.
        """
        tried = activity.info()
        last = job_of(tried.heartbeat_details, job)
        heart = Heart(last.to_json())
        following = Following(
            job=self._job_with_keys(last),
            request=order.request,
            seen=heart.see,
            journal=self.journal,
            effects=self.effects,
            providers=self.providers,
            save_to=order.save_to,
            # Before the submission it was checked that nothing is overwritten: what is there now is
            # of an earlier try.
            overwrite=True,
            download_timeout=order.download_timeout,
        )
        return await self._heard(_followed(following), order.on_cancel, heart)

    @activity.defn(name="cancel_video")
    async def cancel_video(self, job: VideoGeneration) -> Cancellation:
        """Ask the provider to stop a job; the result is that of `cancel_video` of the library."""
        return await self._heard(self._cancel(job), "keep", Heart())

    @activity.defn(name="save_video")
    async def save_video(
        self,
        job: VideoGeneration,
        path: str,
        overwrite: bool = False,  # noqa: FBT001, FBT002 - Temporal has no keyword arguments
    ) -> VideoGenerationResponse:
        """Save the video of a finished job to a file or a folder, and return its response.

        Nothing is submitted: a video that came as bytes, or whose URL has expired, is fetched from
        the provider again.
        """
        response = job.response
        here = job if response is not None and response.video else attrs.evolve(job, response=None)
        following = Following(
            job=alone(self._job_with_keys(here)),
            seen=lambda _: None,
            effects=self.effects,
            providers=self.providers,
            save_to=path,
            # A file that an earlier try has written is replaced.
            overwrite=overwrite or activity.info().attempt > 1,
        )
        saved = await self._heard(_followed(following), "keep", Heart())
        return settle_response(saved)

    async def _heard(self, work: Coroutine[Any, Any, T], on_cancel: OnCancel, heart: Heart) -> T:
        """Return the result of some work, with heartbeats until it ends.

        Raises:
            ApplicationError: In place of an error of the library.
        """
        try:
            async with beating(heart):
                return await work
        except TarashException as error:
            raise application_error(error) from error
        except asyncio.CancelledError as interruption:
            details = activity.cancellation_details()
            job: VideoGeneration | None = getattr(interruption, "generation", None)
            # A worker that shuts down, a pause or a lost heartbeat does not mean that nobody wants
            # the video.
            wanted = details is None or not details.cancel_requested
            if on_cancel == "cancel" and not wanted and job is not None and job.job is not None:
                await self._cancel(job)
            raise

    async def _cancel(self, job: VideoGeneration) -> Cancellation:
        return await cancel_video_async(
            self._job_with_keys(job),
            journal=self.journal,
            effects=self.effects,
            providers=self.providers,
        )

    def _chain_with_keys(self, config: VideoGenerationConfig) -> VideoGenerationConfig:
        fallbacks = config.fallback_configs
        own = self.with_keys(config)
        if fallbacks is None:
            return own
        return attrs.evolve(own, fallback_configs=tuple(map(self._chain_with_keys, fallbacks)))

    def _job_with_keys(self, job: VideoGeneration) -> VideoGeneration:
        return attrs.evolve(job, configs=tuple(map(self.with_keys, job.configs)))


def _key_here() -> str:
    info = activity.info()
    if info.workflow_id is None:
        return key_of_workflow(info.namespace, "", info.activity_id)
    return key_of_workflow(info.namespace, info.workflow_id, info.activity_id)


async def _followed(following: Following) -> VideoGeneration:
    return _without_bytes(settle(await begin(following.task)))


def _without_bytes(job: VideoGeneration) -> VideoGeneration:
    response = job.response
    if response is None or not isinstance(response.video, MediaContent):
        return job
    warnings = response.warnings if response.path else (*response.warnings, _OMITTED)
    return attrs.evolve(job, response=attrs.evolve(response, video="", warnings=warnings))


def settle_response(job: VideoGeneration) -> VideoGenerationResponse:
    """Return the response of a job that was followed to its end."""
    assert job.response is not None  # noqa: S101 - `Following` returns no other job
    return job.response
