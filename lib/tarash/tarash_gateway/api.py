"""The entry points that raise: one line each over `functional`."""

from . import functional
from .effects import Effects
from .effects.journal import Journal
from .lifecycle.preview import VideoPlan
from .outcome import opened, settle
from .running.calls import Providers
from .running.interpreters import OnInterrupt
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


def generate_video(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    on_progress: ProgressCallback | None = None,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> VideoGenerationResponse:
    """Generate a video and wait for it.

    Args:
        config: Where to generate, how long to wait, and what to do if that fails.
        request: What to generate.
        on_progress: Called with a `VideoGenerationUpdate` after every exchange that tells
            something; plain or async. Its exceptions are logged once and change nothing.
        effects: The world to use; by default this process's, made on first use.
        providers: Further providers by name, for this call only.
        journal: Where the intent, the accepted job and the outcome are kept over a crash.
        on_interrupt: What becomes of an accepted job at a KeyboardInterrupt or a cancelled
            task: ``"keep"`` leaves it, ``"cancel"`` cancels it. Either way the exception has
            it as ``.generation``.

    Returns:
        The finished video. ``warnings`` says what was adapted; ``execution_metadata`` what was
        tried.

    Raises:
        ValidationError: The request or the config is wrong; nothing was sent, or the provider
            refused it.
        AuthenticationError: A key is missing (nothing was sent), or the provider refuses it.
        InsufficientCreditsError: The account has no credit left.
        NotFoundError: The model does not exist.
        RateLimitError: The provider asks to slow down, longer than ``timeout`` allows.
        HTTPError: The provider's server failed.
        HTTPConnectionError: The network failed.
        SubmissionUnknownError: The submission left, and no answer tells whether a job exists.
        TimeoutError: The video was not finished in time.
        GenerationFailedError: The provider says that the job failed.
        ContentModerationError: The provider refuses the content.
        UnexpectedReplyError: A reply cannot be understood.
        JournalError: The journal cannot be written; nothing was submitted.

        Raised after a job was accepted that may still finish, an error has it as
        ``.generation``.
    """
    return settle(
        opened(
            functional.generate_video(
                config,
                request,
                on_progress=on_progress,
                effects=effects,
                providers=providers,
                journal=journal,
                on_interrupt=on_interrupt,
            )
        )
    )


async def generate_video_async(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    on_progress: ProgressCallback | None = None,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> VideoGenerationResponse:
    """Generate a video without blocking the event loop: otherwise as `generate_video`."""
    return settle(
        opened(
            await functional.generate_video_async(
                config,
                request,
                on_progress=on_progress,
                effects=effects,
                providers=providers,
                journal=journal,
                on_interrupt=on_interrupt,
            )
        )
    )


def start_video(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> VideoGeneration:
    """Submit, and return the accepted job; its polling is left to `resume_video`.

    The arguments and errors are those of `generate_video`.
    """
    return settle(
        opened(
            functional.start_video(
                config,
                request,
                effects=effects,
                providers=providers,
                journal=journal,
                on_interrupt=on_interrupt,
            )
        )
    )


async def start_video_async(  # noqa: PLR0913 - each by its name
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> VideoGeneration:
    """Submit without blocking the event loop: otherwise as `start_video`."""
    return settle(
        opened(
            await functional.start_video_async(
                config,
                request,
                effects=effects,
                providers=providers,
                journal=journal,
                on_interrupt=on_interrupt,
            )
        )
    )


def resume_video(  # noqa: PLR0913 - each by its name
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> VideoGenerationResponse:
    """Go on with an accepted job to its end, in this process or another.

    Time and polls are counted anew. If the job fails, the rest of its chain is tried.

    Args:
        generation: From `start_video`, an error's ``.generation``, a journal, or its JSON.
        config: The config given again, where its keys are not in the environment.
        on_progress: As for `generate_video`; so are the further arguments.
        effects: As for `generate_video`.
        providers: As for `generate_video`.
        journal: As for `generate_video`.
        on_interrupt: As for `generate_video`.

    Raises:
        ValidationError: No job of it is known to be accepted; it is not submitted again.
        TarashException: As for `generate_video`.
    """
    return settle(
        opened(
            functional.resume_video(
                generation,
                config=config,
                on_progress=on_progress,
                effects=effects,
                providers=providers,
                journal=journal,
                on_interrupt=on_interrupt,
            )
        )
    )


async def resume_video_async(  # noqa: PLR0913 - each by its name
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
    on_interrupt: OnInterrupt = "keep",
) -> VideoGenerationResponse:
    """Go on without blocking the event loop: otherwise as `resume_video`."""
    return settle(
        opened(
            await functional.resume_video_async(
                generation,
                config=config,
                on_progress=on_progress,
                effects=effects,
                providers=providers,
                journal=journal,
                on_interrupt=on_interrupt,
            )
        )
    )


def check_video(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> VideoGeneration:
    """Make one exchange for an accepted job, and return where it stands.

    ``response`` of what is returned has the video once it is finished. Nothing is submitted: if
    the job failed, its error is raised.

    Raises:
        TarashException: As for `resume_video`.
    """
    return settle(
        opened(
            functional.check_video(
                generation, config=config, effects=effects, providers=providers, journal=journal
            )
        )
    )


async def check_video_async(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> VideoGeneration:
    """Check without blocking the event loop: otherwise as `check_video`."""
    return settle(
        opened(
            await functional.check_video_async(
                generation, config=config, effects=effects, providers=providers, journal=journal
            )
        )
    )


def cancel_video(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> Cancellation:
    """Ask the provider to stop an accepted job.

    Returns:
        ``"confirmed"``: it stops, or at least said so; ``"too_late"``: it is finished, and
        `resume_video` has it; ``"unsupported"``: the provider cannot; ``"failed"``: it did not
        answer so.

    Raises:
        ValidationError: No job of it is known to be accepted.
        AuthenticationError: A key is missing.
    """
    return settle(
        opened(
            functional.cancel_video(
                generation, config=config, effects=effects, providers=providers, journal=journal
            )
        )
    )


async def cancel_video_async(
    generation: VideoGeneration,
    *,
    config: VideoGenerationConfig | None = None,
    effects: Effects | None = None,
    providers: Providers = None,
    journal: Journal | None = None,
) -> Cancellation:
    """Cancel without blocking the event loop: otherwise as `cancel_video`."""
    return settle(
        opened(
            await functional.cancel_video_async(
                generation, config=config, effects=effects, providers=providers, journal=journal
            )
        )
    )


def pending_videos(journal: Journal) -> tuple[JournalEntry, ...]:
    """Return what a journal has of accepted jobs to resume, and of unknown submissions.

    An entry in state ``"unknown"`` left this machine, or was about to, and no answer was
    written down: nothing submits it again by itself.

    Raises:
        JournalError: The journal cannot be read.
    """
    return settle(opened(functional.pending_videos(journal)))


def plan_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Providers = None,
) -> VideoPlan:
    """Return what ``generate_video`` would send first; nothing is sent and no key is needed.

    Only files that the request names by a ``pathlib.Path`` are read.

    Raises:
        ValidationError: The request or the config is wrong.
    """
    return settle(
        opened(functional.plan_video(config, request, effects=effects, providers=providers))
    )
