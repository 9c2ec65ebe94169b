"""The name that a request to a chain has by its content, whoever asks for it."""

from ..lifecycle.fingerprint import fingerprint
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from .inputs import digests_of


def name_of(config: VideoGenerationConfig, request: VideoGenerationRequest) -> str:
    """Return the fingerprint of a request whose files are open, by all of their bytes.

    Raises:
        ValidationError: A file has changed since it was opened.
    """
    return fingerprint(config, request, digests_of(request))
