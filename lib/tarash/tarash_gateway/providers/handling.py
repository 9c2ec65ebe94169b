"""What an object is that may stand for a provider: a handler."""

from typing import Protocol

from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.response import ProgressCallback, VideoGenerationResponse


class ProviderHandler(Protocol):
    """What `register_provider` takes besides a `Provider`.

    A handler keeps ``config.timeout`` by itself, reads its key by ``config.api_key.reveal()``, and
    may call ``on_progress`` as often as it likes. It raises one of our errors: a
    `GenerationFailedError` for a job that failed, a `TimeoutError` for one that may still run. Any
    other exception means that nobody knows whether a job was accepted.
    """

    def generate_video(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        on_progress: ProgressCallback | None = None,
    ) -> VideoGenerationResponse:
        """Return the finished video.

        Raises:
            TarashException: The generation did not bring a video.
        """
        ...

    async def generate_video_async(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        on_progress: ProgressCallback | None = None,
    ) -> VideoGenerationResponse:
        """Return the same without blocking the caller's event loop, in which it runs.

        Raises:
            TarashException: The generation did not bring a video.
        """
        ...
