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
# once it is delivered. A delivery takes a turn before its handler runs. The turns of a message
# follow each other: each is named after the time of the one before, so that only one delivery can
# have it, and one that stood still meanwhile finds its name taken. The next turn may be taken once
# the last one has failed, or has lasted too long.


def handled(memory: Memory) -> Memory:
    """Return the memory that a message was handled."""
    name = f"{memory.message} handled"
    return Memory(message=name, about=name, until=memory.until)


def turn(memory: Memory, last: datetime | None) -> Memory:
    """Return the memory of the turn after the ``last`` one, which began then; None: the first."""
    name = f"{memory.message} handling"
    after = "" if last is None else f" after {last.isoformat()}"
    return Memory(message=f"{name}{after}", about=name, until=memory.until)


def failure(memory: Memory, began: datetime) -> Memory:
    """Return the memory that the turn that ``began`` then has failed."""
    name = f"{memory.message} failed {began.isoformat()}"
    return Memory(message=name, about=name, until=memory.until)


def begins(last: datetime | None, now: datetime) -> datetime:
    """Return when a turn begins: after the last one, whose machine's clock may be ahead.

    >>> from datetime import UTC
    >>> begins(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2026-01-02T00:00:00.000001+00:00'
    """
    return now if last is None else max(now, last + timedelta(microseconds=1))


def is_over(began: datetime, now: datetime) -> bool:
    """Tell whether a turn has lasted so long that its process may be gone."""
    return now >= began + _HANDLING
