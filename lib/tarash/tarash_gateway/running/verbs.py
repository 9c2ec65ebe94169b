"""What each entry point does, once: `api` and `functional` make the public functions from it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Unpack

from returns.result import Failure, Success

from .. import _later
from ..effects.journal import Journal
from ..lifecycle.planned import VideoPlan
from ..outcome import IOOutcome, failed
from ..values.attempts import Cancellation
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import JournalEntry
from ..values.response import OnProgress, ProgressCallback, VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.short import ConfigLike, RequestLike
from .faces import verb
from .making import call_of, making, showing, with_call
from .options import (
    GenerateOptions,
    JobOptions,
    OnInterrupt,
    ResumeOptions,
    SubmitOptions,
    WaitOptions,
    WorldOptions,
)
from .save_verb import save_video as save_video
from .tasks import Steps, Task, do, sequence, work

if TYPE_CHECKING:
    from . import calls, delivery, interpreters, keyed, pending, steps
else:
    # The verbs are made of what their signatures name; the rest is loaded by the first call.
    calls, delivery, interpreters, keyed, pending, steps = _later.modules(
        __package__, ".calls", ".delivery", ".interpreters", ".keyed", ".pending", ".steps"
    )


def deliver(
    options: WaitOptions,
    on_progress: OnProgress | None,
    wait: "Callable[[calls.Call], Steps[VideoGenerationResponse]]",
    config: VideoGenerationConfig | None = None,
) -> Task[VideoGenerationResponse]:
    """Return the task that checks the file, waits for the video, and saves or measures it."""

    def prepare(callback: ProgressCallback | None) -> "IOOutcome[delivery.Delivery]":
        return delivery.delivery(
            call_of(options, callback),
            options["save_to"],
            overwrite=options["overwrite"],
            measure=options["measure"],
            download_timeout=options["download_timeout"],
            config=config,
        )

    # In quotes: an annotation of an inner function is made anew at each call.
    def all_steps(callback: ProgressCallback | None) -> "Steps[VideoGenerationResponse]":
        make = partial(prepare, callback)
        prepared = yield from do(
            making(options, make) if options["save_to"] is None else work(make)
        )
        if failed(prepared):
            return Failure(prepared.failure())
        found = prepared.unwrap()
        waited = yield from wait(found.call)
        if failed(waited):
            return waited
        return (yield from found.deliver(waited.unwrap()))

    return sequence(lambda: showing(on_progress, options, all_steps))


def video_of(
    begin: "Task[interpreters.Running]", on_interrupt: OnInterrupt
) -> Steps[VideoGenerationResponse]:
    """Return the steps of a generation to its end, and its video."""
    ended = yield from interpreters.begin_and_run(begin, on_interrupt=on_interrupt)
    return ended.bind(calls.response_of)


@verb
def generate_video(
    config: ConfigLike,
    request: RequestLike,
    on_progress: OnProgress | None = None,
    **options: Unpack[GenerateOptions],
) -> Task[VideoGenerationResponse]:
    """Generate a video and wait for it.

    Args:
        config: Where to generate, how long to wait, and what to do if that fails; or only
            ``"PROVIDER:MODEL"``, such as ``"fal:fal-ai/veo3"``.
        request: What to generate, or only the prompt.
        on_progress: Called with a `VideoGenerationUpdate` after every exchange that brings news;
            plain or async. Its exceptions are logged once and change nothing. ``"bar"`` shows a
            progress bar on stderr instead; without a terminal, or without rich, lines of text.
        effects: The effects to use; by default those of this process, created on first use.
        providers: Further providers by name, for this call only.
        journal: Stores the intent, the accepted job and the outcome, so that they survive a crash.
        on_interrupt: What a KeyboardInterrupt, or cancelling the task, does to an accepted job:
            ``"keep"`` lets it run, ``"cancel"`` cancels it. The exception has it as
            ``.generation`` in both cases.
        key: A submission key: your own name for this video, such as ``"order-17/clip-1"``. Under
            one key and one ``journal`` at most one job is paid for, however often and from
            however many processes the call is made: while another call has the key it is waited
            for, and afterwards its job goes on, or its result is returned.
        save_to: A file to save the video in, or a folder (one that exists, or a text that ends in
            a slash) in which it is named after its job. Whether it can be written is checked
            before anything is sent.
        overwrite: Whether an existing file is replaced.
        download_timeout: Seconds that saving may take, or None without a limit; ``timeout`` ends
            with the completion of the job.
        measure: Whether the video's file is read to find out what it is: all of it where it is
            saved, at most 256 KiB of it otherwise. What cannot be measured is a warning.

    Returns:
        The finished video. ``warnings`` lists what was adapted; ``execution_metadata`` lists what
            was tried; ``media`` has what the file is, and ``path`` where it was saved.

    Raises:
        ValidationError: The request or the config is wrong; nothing was sent, or the provider
            refused it. Or the ``key`` belongs to another request, or there is no journal.
        AuthenticationError: A key is missing (nothing was sent), or the provider refuses it.
        InsufficientCreditsError: The account has no credit left.
        NotFoundError: The model does not exist.
        RateLimitError: The provider asks to slow down, longer than ``timeout`` allows.
        HTTPError: The provider's server failed.
        HTTPConnectionError: The network failed.
        SubmissionUnknownError: The submission was sent, and no answer says whether a job exists;
            or it was perhaps sent by an earlier call with the ``key``.
        TimeoutError: The video was not finished in time, here or by another call with the ``key``.
        GenerationFailedError: The provider says that the job failed.
        ContentModerationError: The provider refuses the content.
        UnexpectedReplyError: A reply cannot be understood.
        SaveError: The video is finished and could not be saved; the error has it as
            ``.response``.
        JournalError: The journal cannot be written; nothing was submitted.

        If an accepted job may still finish, the error has it as ``.generation``.
    """

    def wait(call: "calls.Call") -> "Steps[VideoGenerationResponse]":
        given = call.given(config, request)
        if failed(given):
            return Failure(given.failure())
        whole = given.unwrap()
        if options["key"] is None:
            return (yield from video_of(call.begin(*whole), options["on_interrupt"]))
        return (yield from keyed.video_of_key(keyed.KeyedCall.of(call, *whole, options)))

    return deliver(options, on_progress, wait)


@verb
def start_video(
    config: ConfigLike,
    request: RequestLike,
    **options: Unpack[SubmitOptions],
) -> Task[VideoGeneration]:
    """Submit, and return the accepted job at once; `resume_video` waits for its video.

    The options are those of `generate_video`, without those about the finished video.

    Args:
        config: Where to generate, whole or as ``"PROVIDER:MODEL"``.
        request: What to generate, or only the prompt.

    Returns:
        The job, for `check_video`, `resume_video` and `cancel_video`. ``to_json()`` stores it.

    Raises:
        TarashException: As for `generate_video`, without the errors about the finished video.
    """

    def submit(call: "calls.Call") -> Steps[VideoGeneration]:
        given = call.given(config, request)
        if failed(given):
            return Failure(given.failure())
        whole = given.unwrap()
        if options["key"] is not None:
            return (yield from keyed.job_of_key(keyed.KeyedCall.of(call, *whole, options)))
        ended = yield from interpreters.begin_and_run(
            call.begin(*whole),
            on_interrupt=options["on_interrupt"],
            until=steps.submitted,
        )
        return ended.map(lambda generation: generation.durable())

    return sequence(lambda: with_call(options, submit))


@verb
def resume_video(
    generation: VideoGeneration,
    **options: Unpack[ResumeOptions],
) -> Task[VideoGenerationResponse]:
    """Go on with an accepted job to its end, in this process or another.

    Time and polls are counted anew. If the job fails, the rest of its chain is tried. The other
    options are those of `generate_video`.

    Args:
        generation: From `start_video`, an error's ``.generation``, a journal, or its JSON.
        config: The config given again, where its keys are not in the environment.

    Returns:
        The finished video. Where ``generation`` has it already, the provider is not asked.

    Raises:
        ValidationError: It is not known that a job was accepted; nothing is submitted again.
        TarashException: As for `generate_video`.
    """
    config = options["config"]

    def wait(call: "calls.Call") -> "Steps[VideoGenerationResponse]":
        if (response := calls.response_in(generation)) is not None:
            return Success(response)
        return (yield from video_of(call.take_over(generation, config), options["on_interrupt"]))

    return deliver(options, options["on_progress"], wait, config)


@verb
def check_video(
    generation: VideoGeneration,
    **options: Unpack[JobOptions],
) -> Task[VideoGeneration]:
    """Make one exchange for an accepted job, and return where it stands; nothing is submitted.

    Args:
        generation: The job, as for `resume_video`.
        config: The config given again, where its keys are not in the environment.

    Returns:
        The job as it is now. ``response`` has the video once it is finished, and is None before.

    Raises:
        TarashException: The job failed, and this is its error; or as for `resume_video`.
    """
    return sequence(
        lambda: with_call(options, lambda call: call.check(generation, options["config"]))
    )


@verb
def cancel_video(
    generation: VideoGeneration,
    **options: Unpack[JobOptions],
) -> Task[Cancellation]:
    """Ask the provider to stop an accepted job; it is safe to call this twice.

    Args:
        generation: The job, as for `resume_video`.
        config: The config given again, where its keys are not in the environment.

    Returns:
        ``"confirmed"``: the provider says that it stops; ``"charged"``: it stops, and the provider
            may charge for it; ``"too_late"``: it is finished, and `resume_video` fetches it;
            ``"unsupported"``: the provider cannot cancel; ``"failed"``: it did not confirm.

    Raises:
        ValidationError: It is not known that a job was accepted.
        AuthenticationError: A key is missing.
    """
    return sequence(
        lambda: with_call(options, lambda call: call.cancel(generation, options["config"]))
    )


@verb
def pending_videos(journal: Journal) -> Task[tuple[JournalEntry, ...]]:
    """Return the accepted jobs of a journal that can be resumed, and its unknown submissions.

    An entry in state ``"unknown"`` was sent, or was about to be sent, and no answer was stored:
    the library never submits it again by itself.

    Raises:
        JournalError: The journal cannot be read.
    """
    return work(lambda: pending.pending(journal))


@verb
def plan_video(
    config: ConfigLike,
    request: RequestLike,
    **options: Unpack[WorldOptions],
) -> Task[VideoPlan]:
    """Return what ``generate_video`` would send first; nothing is sent and no key is needed.

    The arguments are those of `start_video`. Only files named by a ``pathlib.Path`` are read.

    Raises:
        ValidationError: The request or the config is wrong.
    """
    return work(lambda: call_of({"journal": None, **options}).plan(config, request))
