"""How an attempt below a submission key ended, as a journal stores it."""

import json
from typing import TYPE_CHECKING

import attrs

from .. import _later
from ..exceptions import TarashException
from .attempts import AttemptMetadata
from .response import VideoGenerationResponse
from .shown import Shown

if TYPE_CHECKING:
    from . import json_forms
else:
    # Only what a journal stores is written as JSON, by cattrs.
    (json_forms,) = _later.modules(__package__, ".json_forms")


@attrs.frozen(kw_only=True)
class Ending(Shown):
    """What another call with the key needs in order to return the same, or to go on.

    Attributes:
        attempt: The record of the attempt.
        response: The finished video, or None. Its ``video`` is empty where it was bytes.
        error: The error that ended the whole call, or None if the chain goes on.
        askable: Whether the provider has a job that can be asked for the finished video again.
    """

    attempt: AttemptMetadata
    response: VideoGenerationResponse | None = None
    error: TarashException | None = None
    askable: bool = True

    def to_json(self) -> str:
        """Return the value as JSON text, of which every character can be encoded."""
        return json.dumps(json_forms.brief(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Ending":
        """Return the value that `to_json` wrote.

        Raises:
            ValidationError: The text is something else.
        """
        return json_forms.from_json(text, cls)
