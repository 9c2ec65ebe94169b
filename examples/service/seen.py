"""What the page says of a failure: a sentence for each class of error.

The library's messages are for whoever runs the service: they name variables, settings and accounts.
"""

from collections.abc import Mapping
from typing import Final

_SEEN: Final[Mapping[str, str]] = {
    "ContentModerationError": "refused for its content: change the prompt",
    "GenerationCancelledError": "cancelled at the provider",
    "RateLimitError": "too many videos at the moment: ask again later",
    "SubmissionUnknownError": "whether a job was accepted is not known yet",
    "TimeoutError": "not finished in time",
    "ValidationError": "no video can be made of this: change the prompt",
}
_OTHER: Final = "the video could not be made: the log of the service says why"


def seen(error: str) -> str:
    """Return what everybody may know of an error, by the name of its class.

    >>> seen("ContentModerationError")
    'refused for its content: change the prompt'
    """
    return _SEEN.get(error, _OTHER)
