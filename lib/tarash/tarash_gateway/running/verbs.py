"""What each entry point does, once: `api` and `functional` make the public functions from it."""

from typing import Unpack

import attrs
from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Success

from ..effects.journal import Journal
from ..lifecycle.preview import VideoPlan
from ..values.attempts import Cancellation
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import JournalEntry
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from .calls import Call, make_call, response_in, response_of
from .faces import verb
from .options import JobOptions, JournalOptions, ResumeOptions, SubmitOptions, WorldOptions
from .progress import ProgressCallback
from .steps import submitted
from .tasks import Task, loop, work


def _call(options: JournalOptions, on_progress: ProgressCallback | None = None) -> Call:
    return make_call(options["effects"], options["providers"], options["journal"], on_progress)


@verb
def generate_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    on_progress: ProgressCallback | None = None,
    **options: Unpack[SubmitOptions],
) -> Task[VideoGenerationResponse]:
    """Generate a video and wait for it.

    Args:
        config: Where to generate, how long to wait, and what to do if that fails.
        request: What to generate.
        on_progress: Called with a `VideoGenerationUpdate` after every exchange that brings news;
            plain or async. Its exceptions are logged once and change nothing.
        effects: The effects to use; by default those of this process, created on first use.
        providers: Further providers by name, for this call only.
        journal: Stores the intent, the accepted job and the outcome, so that they survive a crash.
        on_interrupt: What a KeyboardInterrupt, or cancelling the task, does to an accepted job:
            ``"keep"`` lets it run, ``"cancel"`` cancels it. The exception has it as
            ``.generation`` in both cases.

    Returns:
        The finished video. ``warnings`` lists what was adapted; ``execution_metadata`` lists what
            was tried.

    Raises:
        ValidationError: The request or the config is wrong; nothing was sent, or the provider
            refused it.
        AuthenticationError: A key is missing (nothing was sent), or the provider refuses it.
        InsufficientCreditsError: The account has no credit left.
        NotFoundError: The model does not exist.
        RateLimitError: The provider asks to slow down, longer than ``timeout`` allows.
        HTTPError: The provider's server failed.
        HTTPConnectionError: The network failed.
        SubmissionUnknownError: The submission was sent, and no answer says whether a job exists.
        TimeoutError: The video was not finished in time.
        GenerationFailedError: The provider says that the job failed.
        ContentModerationError: The provider refuses the content.
        UnexpectedReplyError: A reply cannot be understood.
        JournalError: The journal cannot be written; nothing was submitted.

        If an accepted job may still finish, the error has it as ``.generation``.
    """
    return loop(
        lambda: _call(options, on_progress).begin(config, request),
        response_of,
        on_interrupt=options["on_interrupt"],
    )


@verb
def start_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    **options: Unpack[SubmitOptions],
) -> Task[VideoGeneration]:
    """Submit, and return the accepted job; its polling is left to `resume_video`.

    The arguments and errors are those of `generate_video`.
    """
    return loop(
        lambda: _call(options).begin(config, request),
        lambda generation: Success(generation.durable()),
        on_interrupt=options["on_interrupt"],
        until=submitted,
    )


@verb
def resume_video(
    generation: VideoGeneration,
    **options: Unpack[ResumeOptions],
) -> Task[VideoGenerationResponse]:
    """Go on with an accepted job to its end, in this process or another.

    Time and polls are counted anew. If the job fails, the rest of its chain is tried.

    ``generation`` comes from `start_video`, an error's ``.generation``, a journal, or its JSON.
    ``config`` is the config given again, where its keys are not in the environment. The other
    arguments are those of `generate_video`.

    Raises:
        ValidationError: It is not known that a job was accepted; nothing is submitted again.
        TarashException: As for `generate_video`.
    """
    if (response := response_in(generation)) is not None:
        return Task(
            lambda: IOResult.from_value(response), lambda: FutureResult.from_value(response)
        )
    return loop(
        lambda: _call(options, options["on_progress"]).take_over(generation, options["config"]),
        response_of,
        on_interrupt=options["on_interrupt"],
    )


@verb
def check_video(
    generation: VideoGeneration,
    **options: Unpack[JobOptions],
) -> Task[VideoGeneration]:
    """Make one exchange for an accepted job, and return where it stands.

    ``response`` of the returned value has the video once it is finished. Nothing is submitted: if
    the job failed, its error is raised.

    Raises:
        TarashException: As for `resume_video`.
    """
    return work(lambda: _call(options).check(generation, options["config"]))


@verb
def cancel_video(
    generation: VideoGeneration,
    **options: Unpack[JobOptions],
) -> Task[Cancellation]:
    """Ask the provider to stop an accepted job.

    Returns:
        ``"confirmed"``: the provider says that it stops; ``"charged"``: it stops, and the provider
            may charge for it; ``"too_late"``: it is finished, and `resume_video` fetches it;
            ``"unsupported"``: the provider cannot cancel; ``"failed"``: it did not confirm.

    Raises:
        ValidationError: It is not known that a job was accepted.
        AuthenticationError: A key is missing.
    """
    return work(lambda: _call(options).cancel(generation, options["config"]))


@verb
def pending_videos(journal: Journal) -> Task[tuple[JournalEntry, ...]]:
    """Return the accepted jobs of a journal that can be resumed, and its unknown submissions.

    An entry in state ``"unknown"`` was sent, or was about to be sent, and no answer was stored:
    the library never submits it again by itself.

    Raises:
        JournalError: The journal cannot be read.
    """
    return work(
        lambda: journal.entries().map(
            lambda entries: tuple(
                # A submission that is being sent has an owner; without one its fate is unknown.
                attrs.evolve(entry, state="unknown")
                if entry.state == "intended" and not entry.in_use
                else entry
                for entry in entries
            )
        )
    )


@verb
def plan_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    **options: Unpack[WorldOptions],
) -> Task[VideoPlan]:
    """Return what ``generate_video`` would send first; nothing is sent and no key is needed.

    Only files that the request names by a ``pathlib.Path`` are read.

    Raises:
        ValidationError: The request or the config is wrong.
    """
    return work(lambda: _call({"journal": None, **options}).plan(config, request))
