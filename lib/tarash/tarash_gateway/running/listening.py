"""Spends the pause before a poll with the stream of the job's events, where there is one.

What is heard is judged by `lifecycle.listening`; these steps open the stream, read and close it.
"""

import logging
import os
import threading
from collections import Counter
from functools import cache, partial
from typing import Final, TypeAlias, cast

from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import AsyncHttpReply, Effects, HttpReply
from ..effects.unscripted import unscripted_error
from ..http.messages import HttpRequest, Limits
from ..lifecycle.generation import Generation
from ..lifecycle.listening import Hearing, begin, heard, limits_of, lost, opened, request_of
from ..outcome import IOOutcome, Outcome, nothing
from .progress import Listener
from .tasks import Steps, Task, do
from .watcher import moment

_LOG: Final = logging.getLogger("tarash.tarash_gateway")
# A blocking call opens the first, an asyncio call the second.
Reply: TypeAlias = HttpReply | AsyncHttpReply

# Most streams that a process holds open at one host: thousands of calls must not hold thousands of
# connections, so the others only poll.
_MOST: Final = 8
_PIECE: Final = 1 << 16


class Seats:
    """Counts the open streams by host; safe to share between threads."""

    def __init__(self, most: int = _MOST) -> None:
        """Begin with none; ``most`` may be open at a host."""
        self._most = most
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, host: str) -> bool:
        """Count one more, unless there are too many, and tell whether it was counted."""
        with self._lock:
            free = self._taken[host] < self._most
            self._taken[host] += free
            return free

    def leave(self, host: str) -> None:
        """Count one less."""
        with self._lock:
            self._taken[host] -= 1
            if not self._taken[host]:
                del self._taken[host]


@cache
def _seats_of(process: int) -> Seats:  # noqa: ARG001 - the key of the cache
    # One for each process: a forked child has none of its parent's streams, and a lock that another
    # thread held at the fork would stay locked in it.
    return Seats()


def listen(
    generation: Generation, effects: Effects, listener: Listener
) -> Steps[Generation] | None:
    """Return the steps of listening to a job until it is to be asked for, or None to only wait.

    They return the generation with its new due time, and never an error.
    """
    if generation.provider.stream is None:
        return None
    hearing = begin(generation, moment(effects))
    return None if hearing is None else _in_a_seat(hearing, effects, listener)


def _in_a_seat(hearing: Hearing, effects: Effects, listener: Listener) -> Steps[Generation]:
    host, seats = hearing.generation.leg.target.base_url, _seats_of(os.getpid())
    if not seats.take(host):
        return Success(hearing.generation)
    try:
        request = request_of(hearing).value_or(None)
        if request is None:
            return Success(lost(hearing).generation)
        ended = yield from _listen(hearing, request, effects, listener)
        return ended.map(lambda last: last.generation)
    finally:
        seats.leave(host)


def _listen(
    hearing: Hearing, request: HttpRequest, effects: Effects, listener: Listener
) -> Steps[Hearing]:
    limits = limits_of(hearing, moment(effects))
    found = yield from do(_open(effects, request, limits))
    if isinstance(found, Failure):
        return Success(lost(hearing))
    reply = found.unwrap()
    try:
        outcome = yield from _hear(hearing, reply, effects, listener)
    except GeneratorExit:
        # The event loop is gone, and its connections with it.
        raise
    except BaseException:
        yield from do(_close(reply))
        raise
    yield from do(_close(reply))
    return outcome.map(partial(_logged, request, reply.status))


def _logged(request: HttpRequest, status: int, hearing: Hearing) -> Hearing:
    """Log a stream without its query and its events; return what was heard."""
    where, deaf = request.url.partition("?")[0], hearing.generation.ear.deaf
    _LOG.debug("GET %s: HTTP %d, closed%s", where, status, " for good" if deaf else " for a poll")
    return hearing


def _hear(hearing: Hearing, reply: Reply, effects: Effects, listener: Listener) -> Steps[Hearing]:
    hearing = opened(hearing, reply.status, reply.headers)
    while not hearing.over:
        piece = yield from do(_read(reply))
        hearing = heard(hearing, piece, moment(effects))
        for update in hearing.updates:
            if (told := listener.telling(update)) is not None:
                yield told
    return Success(hearing)


def _open(effects: Effects, request: HttpRequest, limits: Limits) -> Task[Reply]:
    missing: Outcome[Reply] = Failure(unscripted_error(request))

    def block() -> IOOutcome[Reply]:
        try:
            return effects.http.open(request, limits=limits).map(_as_reply)
        except AssertionError:
            # It belongs to a test.
            raise
        except Exception:  # noqa: BLE001 - a world that knows no stream; a poll meets real bugs
            return IOResult.from_result(missing)

    async def start() -> Outcome[Reply]:
        if effects.async_http is None:
            # There are too few threads to hold streams in.
            return missing
        try:
            return (await effects.async_http.open(request, limits=limits)).map(_as_reply)
        except AssertionError:
            raise
        except Exception:  # noqa: BLE001 - as above
            return missing

    return Task(block, start)


def _as_reply(reply: Reply) -> Reply:
    return reply


def _read(reply: Reply) -> Task[bytes]:
    return Task(
        lambda: cast("HttpReply", reply).read(_PIECE),
        lambda: cast("AsyncHttpReply", reply).read(_PIECE),
    )


def _close(reply: Reply) -> Task[None]:
    def block() -> IOOutcome[None]:
        cast("HttpReply", reply).close()
        return nothing()

    async def start() -> Outcome[None]:
        await cast("AsyncHttpReply", reply).close()
        return Success(None)

    return Task(block, start)
