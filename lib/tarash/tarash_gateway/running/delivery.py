"""What becomes of a finished video: it is saved, or it is measured where it is."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs
from returns.io import IOFailure, IOResult, IOSuccess
from returns.result import Failure, Success

from .. import _later
from ..container.facts import VideoFacts
from ..effects import Effects
from ..effects.unscripted import UnscriptedError, is_unscripted
from ..exceptions import TarashException, UnexpectedReplyError, ValidationError
from ..lifecycle.measured import with_facts, with_failure
from ..outcome import IOOutcome, Outcome, result_of
from ..values.checks import refuse
from ..values.config import VideoGenerationConfig
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse as Response
from ..values.response import VideoGenerationUpdate
from ..values.saved import VideoGeneration
from .calls import Call
from .hosts import is_private
from .measuring import measure_content, measure_url
from .options import Place
from .progress import Listener
from .tasks import Steps, Task, block, do, work
from .threads import in_own_thread
from .watcher import Watcher

if TYPE_CHECKING:
    import asyncio

    from . import fetching, meter, saving
else:
    # Most videos are not saved by the call that makes them; a blocking call needs no event loop.
    asyncio, fetching, meter, saving = _later.modules(
        __package__, "asyncio", ".fetching", ".meter", ".saving"
    )

# Exchanges that a fresh URL may take: a look at the job, its result, and one more.
_EXCHANGES: Final = 3
# Seconds that a cancelled task waits for its download to end.
_GRACE: Final = 1.0
# Most bytes of a video where its config is not known.
_LARGEST: Final = 4 * 2**30


class _StoppedError(Exception):
    """The task that waits for a download was cancelled."""


@attrs.frozen(kw_only=True)
class Delivery:
    """What to do with a finished video.

    Attributes:
        call: The effects and the providers; nothing is written to its journal.
        to: Where the video is saved, or None.
        measure: Whether it is measured.
        config: The config given again, with its key, or None.
        download_timeout: Seconds that a download may take, or None.
        max_bytes: Most bytes that are saved, or None for those of the config.
    """

    call: Call
    to: "saving.Destination | None"
    measure: bool = True
    config: VideoGenerationConfig | None = None
    download_timeout: float | None = None
    max_bytes: int | None = None

    def deliver(self, response: Response) -> Steps[Response]:
        """Save or measure a video, and return its response."""
        if self.to is None and not self._is_measurable(response):
            return Success(response)
        try:
            if self.to is None:
                return (yield from self._measure(response))
            return (yield from do(self._saving(response, self.to)))
        except GeneratorExit:
            raise
        except BaseException as interruption:
            _mark(interruption, response)
            raise

    def _saving(self, response: Response, to: "saving.Destination") -> Task[Response]:
        listener = self.call.watcher.listener
        return Task(
            lambda: self._contain(response, to, listener.tell),
            partial(self._save_async, response, to, listener),
        )

    def _is_measurable(self, response: Response) -> bool:
        if not self.measure or response.delivered or _is_measured(response):
            return False
        video = response.video
        # The mock touches no network, whatever URL a test makes it return.
        return isinstance(video, MediaContent) or (
            video.startswith(("http://", "https://")) and not response.is_mock
        )

    async def _save_async(
        self, response: Response, to: "saving.Destination", listener: Listener
    ) -> Outcome[Response]:
        loop, updates = asyncio.get_running_loop(), asyncio.Queue[VideoGenerationUpdate | None]()
        stopped = False

        def proceed() -> None:
            if stopped:
                raise _StoppedError

        def tell(update: VideoGenerationUpdate) -> None:
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(updates.put_nowait, update)

        work = in_own_thread(lambda: result_of(self._contain(response, to, tell, proceed)))
        work.add_done_callback(lambda _: updates.put_nowait(None))
        try:
            while (update := await updates.get()) is not None:
                await listener.tell_async(update)
            return await work
        except BaseException:
            stopped = True
            # The thread removes its partial file, unless its host is silent.
            await asyncio.wait({work}, timeout=_GRACE)
            raise

    def _contain(
        self,
        response: Response,
        to: "saving.Destination",
        tell: "meter.TellUpdate",
        proceed: Callable[[], None] = lambda: None,
    ) -> IOOutcome[Response]:
        """Return the final response, or an error that has the video: nothing is lost by a bug."""
        try:
            reports = meter.Meter(response, self.call.effects, tell, proceed)
            return self._save(response, to, reports)
        except (AssertionError, _StoppedError):
            # The first belongs to a test.
            raise
        except Exception as bug:  # noqa: BLE001 - whatever it is, the video must not be lost
            error = UnexpectedReplyError(
                f"{type(bug).__name__}: {bug}; this is a bug in an effect or in the library"
            )
            error.__cause__ = bug
            return IOFailure(saving.not_saved(response, error))

    def _save(
        self, response: Response, to: "saving.Destination", reports: "meter.Meter"
    ) -> IOOutcome[Response]:
        effects, job = self.call.effects, response.generation
        known = job.configs[0].max_video_bytes if job else _LARGEST
        limits = fetching.FetchLimits(
            total=self.download_timeout,
            size=self.max_bytes or known,
            size_setting="max_video_bytes" if self.max_bytes is None else "max_bytes",
        )
        work = saving.Saving(
            to=to,
            effects=effects,
            limits=limits,
            measure=self.measure,
            fresh=partial(self._fresh, job) if job else None,
            private=lambda: bool(job and job.base_url and is_private(job.base_url, effects)),
            tell=reports,
        )
        saved = work.save(response)
        reports.flush()
        return saved

    def _fresh(self, generation: VideoGeneration) -> IOOutcome[Response]:
        """Ask the provider for the video of a finished job again; nothing is submitted."""
        call = attrs.evolve(self.call, watcher=Watcher(self.call.effects, Listener(None)))
        for _ in range(_EXCHANGES):
            checked = block(call.check(generation, self.config))
            if isinstance(checked, Failure):
                return IOResult.from_result(checked)
            generation = checked.unwrap()
            if generation.response is not None:
                return IOSuccess(generation.response)
        message = (
            "the video's URL has expired, and the provider gave no fresh one in "
            f"{_EXCHANGES} exchanges: try again later"
        )
        return IOFailure(UnexpectedReplyError(message))

    def _measure(self, response: Response) -> Steps[Response]:
        measured = yield from _facts(response, self.call.effects)
        if not isinstance(measured, Failure):
            return Success(with_facts(response, measured.unwrap()))
        error = measured.failure()
        # The bytes of a mock are whatever its user wants to test with.
        if is_unscripted(error) or response.is_mock:
            return Success(response)
        return Success(with_failure(response, error.message))


def delivery(  # noqa: PLR0913 - the options of the verbs
    call: Call,
    save_to: Place | None,
    *,
    overwrite: bool,
    measure: bool = True,
    download_timeout: float | None,
    max_bytes: int | None = None,
    config: VideoGenerationConfig | None = None,
) -> IOOutcome[Delivery]:
    """Return what to do with a video, after every check that is possible before it is paid for.

    Errors:
        ValidationError: An option is wrong, or the file cannot be written.
    """
    made = partial(
        Delivery,
        call=call,
        measure=measure,
        config=config,
        download_timeout=download_timeout,
        max_bytes=max_bytes,
    )
    if wrong := _wrong(download_timeout, max_bytes):
        return IOFailure(wrong)
    if save_to is None:
        return IOSuccess(made(to=None))
    return saving.destination(save_to, call.effects, overwrite=overwrite).map(
        lambda to: made(to=to)
    )


def _wrong(download_timeout: object, max_bytes: object) -> ValidationError | None:
    if download_timeout is not None and not (_is_number(download_timeout)):
        return refuse("download_timeout", download_timeout, "a number of seconds above 0")
    if max_bytes is not None and not (isinstance(max_bytes, int) and _is_number(max_bytes)):
        return refuse("max_bytes", max_bytes, "a whole number above 0")
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _facts(response: Response, effects: Effects) -> Steps[VideoFacts]:
    video = response.video
    try:
        if isinstance(video, MediaContent):
            content = video.content
            return (yield from do(work(lambda: IOResult.from_result(measure_content(content)))))
        return (yield from measure_url(video, effects))
    except Exception as bug:  # noqa: BLE001 - an effect of the caller's may raise anything
        if is_unscripted(bug):
            return Failure(UnscriptedError(str(bug)))
        return Failure(TarashException(f"{type(bug).__name__}: {bug}"))


def _is_measured(response: Response) -> bool:
    return response.media.resolution_source == "measured"


def _mark(interruption: BaseException, response: Response) -> None:
    """Attach the finished video to the exception that interrupts its delivery."""
    # Some exceptions take no attributes; a note is better than nothing.
    with suppress(AttributeError):
        interruption.response = response  # type: ignore[attr-defined]  # any exception may be marked
        interruption.generation = response.generation  # type: ignore[attr-defined]  # the same
    interruption.add_note(
        f"the video of job {response.request_id} is finished: save_video(error.response, ...) "
        "fetches it"
    )
