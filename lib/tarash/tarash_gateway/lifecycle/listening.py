"""Listening to a provider between two polls: pure.

A stream of events only decides when a job is asked for: what became of the job, a reply to a poll
says. At the first sign of trouble the stream is given up for good, and the job is polled as if
there had been none.
"""

from collections.abc import Mapping
from typing import Final

import attrs
from returns.result import Failure, Success

from ..http.events import EVENTS, Event, EventReader
from ..http.messages import HttpRequest, Limits
from ..outcome import Outcome, catch_bugs
from ..providers.base import Heard, Job, Progress, Stream
from ..values.response import VideoGenerationUpdate
from .generation import Ear, Generation, Moment, Polling
from .keys import authenticate_request
from .results import update_of
from .waking import between

# A poll after a shorter pause notices the end of a job as soon as a stream would.
_WORTH: Final = 1.0
# Most seconds between two polls while a stream is alive: a server may forget to say the last word.
_HELD: Final = 60.0
# A stream is dead after so many seconds without a byte. fal sends a comment every 15 seconds:
# https://fal.ai/docs/inference-api/queue/status-stream (2026-11).
_SILENCE: Final = 20.0
# The statuses of a minute, and lines of a log, are far shorter.
_SIZE: Final = 4 * 2**20
# A time limit may pass a moment before its end.
_MOMENT: Final = 0.05
_CONNECT: Final = 10.0
_OK: Final = 200


def may_listen(generation: Generation, now: Moment) -> bool:
    """Tell whether the pause before the next exchange may be spent with the job's stream."""
    stage = generation.stage
    return (
        generation.provider.stream is not None
        and isinstance(stage, Polling)
        and generation.config.listen
        and not stage.ear.deaf
        and stage.ear.every is None
        # A server that answers with errors is left alone.
        and not stage.faults
        and stage.leaving is None
        and generation.due - now.monotonic >= _WORTH
    )


def latest(generation: Generation, now: Moment) -> float:
    """Return when the next exchange goes out at the latest: in monotonic seconds."""
    held = _HELD if may_listen(generation, now) else between(generation)
    if held is None:
        return generation.due
    return max(generation.due, min(now.monotonic + held, generation.deadline))


@attrs.frozen(kw_only=True)
class Hearing:
    """A stream that is listened to.

    Attributes:
        generation: The generation, with what was heard so far.
        job: Its job.
        stream: How the stream is opened and understood.
        until: When a poll goes out whatever is heard: monotonic seconds.
        over: Whether the listening is over.
        updates: What ``on_progress`` receives about the last bytes.
        reader: What was read of the stream.
        logs: The lines of the job's log that the stream has brought.
    """

    generation: Generation
    job: Job
    stream: Stream
    until: float
    over: bool = False
    updates: tuple[VideoGenerationUpdate, ...] = ()
    reader: EventReader = attrs.field(factory=EventReader)
    logs: tuple[str, ...] = ()


def begin(generation: Generation, now: Moment) -> Hearing | None:
    """Return the beginning of the listening, or None for a job that is only polled."""
    stream, job = generation.provider.stream, generation.job
    if stream is None or job is None or not may_listen(generation, now):
        return None
    return Hearing(generation=generation, job=job, stream=stream, until=latest(generation, now))


def request_of(hearing: Hearing) -> Outcome[HttpRequest]:
    """Return the request that opens the stream.

    Errors:
        UnexpectedReplyError: The provider's function has a bug.
    """
    target, place = hearing.generation.leg.target, hearing.generation.ear.place

    def made() -> Outcome[HttpRequest]:
        request = hearing.stream.request(target, hearing.job, place)
        return Success(attrs.evolve(authenticate_request(target, request), optional=True))

    return catch_bugs(_whose(hearing), made)


def _whose(hearing: Hearing) -> str:
    return f"the stream of {hearing.generation.provider.name!r}"


def limits_of(hearing: Hearing, now: Moment) -> Limits:
    """Return how long the stream may be open, and how long it may be silent.

    It says something before the poll that would be due without it, or it is of no use.
    """
    generation = hearing.generation
    begins = max(generation.due - now.monotonic, _MOMENT)
    return Limits(
        total=max(hearing.until - now.monotonic, _MOMENT),
        head=min(begins, generation.config.request_timeout),
        first=begins,
        idle=_SILENCE,
        connect=min(begins, _CONNECT),
        size=_SIZE,
    )


def opened(hearing: Hearing, status: int, headers: Mapping[str, str]) -> Hearing:
    """Return the hearing after the head of the reply to its request."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return hearing if status == _OK and kind == EVENTS else lost(hearing)


def heard(hearing: Hearing, piece: Outcome[bytes], now: Moment) -> Hearing:
    """Return the hearing after the next bytes; none, or a failure, are the end of the stream."""
    hearing = attrs.evolve(hearing, updates=())
    content, at_end = piece.value_or(b""), now.monotonic >= hearing.until - _MOMENT
    if not content:
        # A stream that was alive until it was time for a poll was no trouble.
        return _ask_now(hearing, now) if at_end else lost(hearing)
    reader, events = hearing.reader.feed(content)
    hearing = attrs.evolve(hearing, reader=reader)
    for event in events:
        hearing = _after(hearing, event, now)
        if hearing.over:
            return hearing
    if reader.too_long:
        # What is so long may be the video itself.
        return _ask_now(lost(hearing), now)
    return _ask_now(hearing, now) if at_end else hearing


def lost(hearing: Hearing) -> Hearing:
    """Return the end of the listening; the job is polled when it would be without the stream."""
    return attrs.evolve(hearing, over=True, generation=_with_ear(hearing.generation, deaf=True))


def _ask_now(hearing: Hearing, now: Moment) -> Hearing:
    generation = attrs.evolve(hearing.generation, due=now.monotonic)
    return attrs.evolve(hearing, over=True, generation=generation)


def _after(hearing: Hearing, event: Event, now: Moment) -> Hearing:
    target = hearing.generation.leg.target
    understood = catch_bugs(
        _whose(hearing), lambda: hearing.stream.heard(target, hearing.job, event)
    )
    if isinstance(understood, Failure):
        return lost(hearing)
    found: Heard = understood.unwrap()
    if found.news:
        # If the poll still finds the job running, another stream would repeat its news at once.
        return _ask_now(lost(hearing), now)
    if found.place:
        generation = _with_ear(hearing.generation, place=found.place)
        hearing = attrs.evolve(hearing, generation=generation)
    return hearing if found.progress is None else _told(hearing, found.progress)


def _told(hearing: Hearing, progress: Progress) -> Hearing:
    logs = (*hearing.logs, *progress.logs)
    update = update_of(
        hearing.generation,
        hearing.job.id,
        progress.status,
        progress_percent=progress.percent,
        queue_position=progress.queue_position,
        logs=logs,
        update=progress.raw,
    )
    hearing = attrs.evolve(hearing, logs=logs)
    if _is_same(update, hearing.generation.update):
        return hearing
    generation = attrs.evolve(hearing.generation, update=update)
    return attrs.evolve(hearing, generation=generation, updates=(*hearing.updates, update))


def _is_same(update: VideoGenerationUpdate, last: VideoGenerationUpdate | None) -> bool:
    """Tell whether an update says nothing but what the last one said."""
    return last is not None and attrs.evolve(update, update=last.update) == last


def _with_ear(generation: Generation, *, deaf: bool = False, place: str = "") -> Generation:
    stage = generation.stage
    if not isinstance(stage, Polling):
        return generation
    return attrs.evolve(generation, stage=attrs.evolve(stage, ear=Ear(deaf=deaf, place=place)))
