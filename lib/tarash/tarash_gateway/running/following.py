"""One accepted job, followed to the end of its attempt: nothing is ever submitted here.

A durable engine writes down each submission as a step of its own, so whoever follows a job for one
must leave the next submission to it. The lifecycle is that of `resume_video`; only where it ends
differs: where the chain would go on with the next config, whose submission the next call with the
same submission key makes.
"""

from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any, Final

import attrs
from returns.result import Failure

from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import ERRORS, GenerationFailedError, TarashException
from ..lifecycle.checking import checked
from ..lifecycle.generation import Finished, Generation, Moment
from ..outcome import failed
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from .calls import Call, response_in
from .delivery import Delivery, delivery
from .inputs import with_files
from .interpreters import run
from .making import with_call
from .options import Place, Providers
from .tasks import Steps, Task, do, sequence, work
from .watcher import moment

Seen = Callable[[VideoGeneration], None]

_GOES_ON: Final = "the chain can go on with its next config: submit with the same key again"


@attrs.frozen(kw_only=True)
class Following:
    """What is followed, and how.

    Attributes:
        job: The accepted job; its configs have their keys, or the environment has.
        request: The request with its images and video, where the job's JSON does not have them:
            without them the chain ends with this attempt.
        seen: Called with the job before the first exchange and after each one, until it ends.
        journal: Where the job is owned and its end is written; without one it goes on alone.
        effects: The effects to use; None for those of this process.
        providers: Further providers by name.
        save_to: A file or folder to save the video in, or None.
        overwrite: Whether an existing file is replaced.
        download_timeout: Seconds that saving may take, or None.
    """

    job: VideoGeneration
    seen: Seen
    request: VideoGenerationRequest | None = None
    journal: Journal | None = None
    effects: Effects | None = None
    providers: Providers = None
    save_to: Place | None = None
    overwrite: bool = False
    download_timeout: float | None = None

    def task(self) -> Task[VideoGeneration]:
        """Return the task that waits for the video, then saves or measures it.

        Its result is the job with its response. Time counts from the job's submission, whoever
        waited for it before.

        Errors:
            JobInUseError: Another call waits for the job.
            SaveError: The video is finished and could not be saved.
            TarashException: The attempt ended without a video. If the chain can go on, the message
                says so.
        """
        return sequence(
            lambda: with_call(
                {"effects": self.effects, "providers": self.providers, "journal": self.journal},
                self._steps,
            )
        )

    def _steps(self, call: Call) -> Steps[VideoGeneration]:
        prepared = yield from do(
            work(
                lambda: delivery(
                    call,
                    self.save_to,
                    overwrite=self.overwrite,
                    download_timeout=self.download_timeout,
                )
            )
        )
        if failed(prepared):
            return Failure(prepared.failure())
        response = response_in(self.job)
        if response is not None:
            return (yield from _delivered(prepared.unwrap(), self.job, response))
        waited = yield from self._wait(call)
        if failed(waited):
            return Failure(waited.failure())
        after = waited.unwrap()
        if not isinstance(after.stage, Finished):
            return Failure(_left(after))
        job = checked(after, self.job)
        return (yield from _delivered(prepared.unwrap(), job, after.stage.response))

    def _wait(self, call: Call) -> Steps[Generation]:
        job = yield from self._with_media(call)
        begun = yield from do(call.take_over(job, None))
        if failed(begun):
            return Failure(begun.failure())
        running = begun.unwrap()
        now = moment(call.effects)
        running.generation = _begun_at(running.generation, self.job.started_at, now)
        attempts = len(running.generation.attempts)

        def is_over(generation: Generation) -> bool:
            over = isinstance(generation.stage, Finished) or len(generation.attempts) > attempts
            if not over:
                self.seen(generation.durable())
            return over

        running.until = is_over
        return (yield from run(running))

    def _with_media(self, call: Call) -> Generator[Task[Any], Any, VideoGeneration]:
        request = self.request
        if request is None or not self.job.media_omitted or len(self.job.configs) == 1:
            return self.job
        read = yield from do(work(lambda: with_files(request, call.effects.files)))
        # A file that is not here must not keep a paid job from being fetched.
        return attrs.evolve(
            self.job,
            request=read.value_or(self.job.request),
            media_omitted=failed(read),
        )


def _begun_at(generation: Generation, submitted: datetime, now: Moment) -> Generation:
    """Return the generation with the deadline that it had when it was submitted."""
    elapsed = max(0.0, (now.utc - submitted).total_seconds())
    begun = attrs.evolve(generation.started, monotonic=now.monotonic - elapsed)
    return attrs.evolve(generation, started=begun)


def _delivered(
    to: Delivery, job: VideoGeneration, response: VideoGenerationResponse
) -> Steps[VideoGeneration]:
    delivered = yield from to.deliver(response)
    return delivered.map(
        lambda final: attrs.evolve(
            job, response=attrs.evolve(final, generation=None), status="completed"
        )
    )


def _left(after: Generation) -> TarashException:
    """Return the error of the attempt after which the chain goes on."""
    ended = after.attempts[-1]
    kind = ERRORS.get(ended.error_type or "", GenerationFailedError)
    return kind(
        f"{ended.error_message or 'the job ended without a video'}; {_GOES_ON}",
        provider=ended.provider,
        model=ended.model,
        request_id=ended.request_id,
        attempts=after.attempts,
    )
