"""A webhook that was received: what it says, and the job that it is about."""

import attrs

from .saved import VideoGeneration
from .shown import Shown
from .webhook import WebhookEvent


@attrs.frozen(kw_only=True)
class Webhook(Shown):
    """A message that is believed, with what the journal knows about it.

    Attributes:
        event: What the message says.
        generation: The job that it is about, from the journal: `check_video` asks where it stands.
            None if the journal does not know the job: the program did not start it, or its
            acceptance is not written down yet.
        ended: Whether the journal says that the job has ended: there is nothing to ask for.
        replayed: Whether the message was received before.
    """

    event: WebhookEvent
    generation: VideoGeneration | None = None
    ended: bool = False
    replayed: bool = False
