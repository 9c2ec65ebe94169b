"""What a journal remembers of a webhook, and for how long: pure."""

from datetime import datetime, timedelta
from typing import Final

import attrs

from ..values.journal_entry import PENDING, JournalEntry
from ..values.received import Webhook
from ..values.webhook import WebhookEvent
from .waking import about

# Providers send a message again for a day at most (the Gemini API: 24 hours), under the same name,
# and each time with another time of its signature.
_KEPT: Final = timedelta(days=2)
# A message that nobody signed may come from anybody, so it wakes a job once in so many seconds.
_UNSIGNED: Final = 10
# A handler that has taken so long is not waited for any more: its process may be gone.
_HANDLING: Final = timedelta(minutes=10)


@attrs.frozen(kw_only=True)
class Memory:
    """A name in a journal's memory.

    Attributes:
        message: What is remembered.
        about: What it is about: `Journal.noted` returns when the newest message about it came.
        until: When it may be forgotten.
    """

    message: str
    about: str
    until: datetime


def memory_of(webhook: Webhook, now: datetime, tolerance: float) -> Memory | None:
    """Return what to remember of a message, or None for nothing.

    Only a job that is known is remembered for a message that nobody signed: it may be made up, and
    many such would fill the journal.
    """
    event = webhook.event
    if event.verified:
        # It is remembered for longer than it could pass the check of its time.
        latest = max(now, event.sent_at or now)
        until = latest + max(_KEPT, timedelta(seconds=2 * tolerance))
        message = f"{event.provider}:{event.id}"
        return Memory(message=message, about=_about(event) or message, until=until)
    job = _about(event)
    if job is None or webhook.generation is None:
        return None
    turn = int(now.timestamp()) // _UNSIGNED
    return Memory(message=f"{job} unsigned {turn}", about=job, until=now + _KEPT)


def _about(event: WebhookEvent) -> str | None:
    return None if event.request_id is None else about(event.provider, event.request_id)


def known(event: WebhookEvent, entry: JournalEntry | None) -> Webhook:
    """Return the message with the entry that was found by the id of its job.

    An id of ours may be found by the same text, and two providers may give two jobs the same id.
    """
    generation = None if entry is None else entry.generation
    if (
        entry is None
        or generation is None
        or generation.provider != event.provider
        or generation.request_id != event.request_id
    ):
        return Webhook(event=event)
    return Webhook(event=event, generation=generation, ended=entry.state not in PENDING)


# A handler of the program's runs once for each message, however often and in however many places at
# once it is delivered. What is known about it is three kinds of memories: that it was handled, that
# it failed, and that it is being handled after so many failures. Only one delivery gets the last.


def handled(memory: Memory) -> Memory:
    """Return the memory that a message was handled."""
    name = f"{memory.message} handled"
    return Memory(message=name, about=name, until=memory.until)


def failure(memory: Memory, now: datetime) -> Memory:
    """Return the memory that its handler failed."""
    name = f"{memory.message} failed"
    return Memory(message=f"{name} {now.isoformat()}", about=name, until=memory.until)


def handling(memory: Memory, failed: datetime | None, now: datetime) -> Memory:
    """Return the memory that it is being handled, for the first time since it ``failed``."""
    name = f"{memory.message} handling"
    since = "" if failed is None else f" since {failed.isoformat()}"
    return Memory(message=f"{name}{since}", about=name, until=now + _HANDLING)
