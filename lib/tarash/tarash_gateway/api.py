"""The entry points that raise: one line each over `functional`."""

from collections.abc import Mapping

from . import functional
from .config import VideoGenerationConfig
from .effects import Effects
from .interpreters import opened
from .listening import ProgressCallback
from .outcome import settle
from .planning import VideoPlan
from .providers.base import Provider
from .request import VideoGenerationRequest
from .response import VideoGenerationResponse


def generate_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> VideoGenerationResponse:
    """Generate a video and wait for it.

    Args:
        config: Where to generate, how long to wait, and what to do if that fails.
        request: What to generate.
        on_progress: Called with a `VideoGenerationUpdate` after every exchange that tells
            something; plain or async. Its exceptions are logged once and change nothing.
        effects: The world to use; by default this process's, made on first use.
        providers: Further providers by name, for this call only.

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
        TimeoutError: The video was not finished in time; ``request_id`` names the job.
        GenerationFailedError: The provider says that the job failed.
        ContentModerationError: The provider refuses the content.
        UnexpectedReplyError: A reply cannot be understood.
    """
    return settle(
        opened(
            functional.generate_video(
                config, request, on_progress=on_progress, effects=effects, providers=providers
            )
        )
    )


async def generate_video_async(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    on_progress: ProgressCallback | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> VideoGenerationResponse:
    """Generate a video without blocking the event loop: otherwise as `generate_video`."""
    return settle(
        opened(
            await functional.generate_video_async(
                config, request, on_progress=on_progress, effects=effects, providers=providers
            )
        )
    )


def plan_video(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    *,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> VideoPlan:
    """Return what ``generate_video`` would send first; nothing is sent and no key is needed.

    Only files that the request names by a ``pathlib.Path`` are read.

    Raises:
        ValidationError: The request or the config is wrong.
    """
    return settle(
        opened(functional.plan_video(config, request, effects=effects, providers=providers))
    )
