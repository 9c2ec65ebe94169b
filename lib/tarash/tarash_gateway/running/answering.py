"""How a message to a webhook is answered, and how often a handler of the program's sees it.

Steps for both kinds of servers: `webhooks` puts a blocking and an asyncio one around them.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import attrs
from returns.io import IOSuccess
from returns.result import Failure, Success

from .. import _later
from ..effects.journal import Journal
from ..exceptions import TarashException, WebhookError
from ..lifecycle.remembering import Memory, failure, handled, handling
from ..lifecycle.webhooks import GivenHeaders
from ..outcome import IOOutcome, Outcome, failed, nothing
from ..values.received import Webhook
from .receiving import Received, Receiver, note, received
from .tasks import Steps, Task, do, work

if TYPE_CHECKING:
    from . import threads
else:
    # A blocking server needs no event loop.
    (threads,) = _later.modules(__package__, ".threads")

_LOG: Final = logging.getLogger("tarash.tarash_gateway")
Handler: TypeAlias = Callable[[Webhook], Awaitable[None] | None]
# Seconds for the whole body of a request: providers send it at once.
SLOWEST: Final = 10.0
# Whether a delivery is this one's to handle, was handled by another, or is being handled by one.
Turn: TypeAlias = Literal["mine", "handled", "busy"]


@attrs.frozen
class Answer:
    """A reply without a body.

    Attributes:
        status: HTTP status.
        headers: Headers.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()


DONE: Final = Answer(204)
TOO_SLOW: Final = Answer(408, (("connection", "close"),))
TOO_LARGE: Final = Answer(413, (("connection", "close"),))
WRONG_METHOD: Final = Answer(405, (("allow", "POST"),))
FAILED: Final = Answer(500)
LATER: Final = Answer(503, (("retry-after", "30"),))
_MALFORMED: Final = Answer(400)
_NOT_BELIEVED: Final = Answer(401, (("www-authenticate", "Signature"),))


def answer(
    receiver: Receiver, handler: Handler, headers: GivenHeaders, body: bytes
) -> Steps[Answer]:
    """Receive a message, let the handler see it, and return the answer."""
    got = yield from received(receiver, headers, body)
    if isinstance(got, Failure):
        return Success(_refusal(receiver, got.failure()))
    message, journal = got.unwrap(), receiver.journal
    memory = message.memory
    if journal is None:
        return (yield from _handle(receiver, handler, message.webhook, None, None))
    if memory is None:
        # Nobody signed it, and the journal does not know its job.
        return Success(DONE)
    turn = yield from do(work(lambda: _turn(receiver, journal, message, memory)))
    if isinstance(turn, Failure):
        return Success(_refusal(receiver, turn.failure()))
    if turn.unwrap() != "mine":
        return Success(DONE if turn.unwrap() == "handled" else LATER)
    webhook = attrs.evolve(message.webhook, replayed=False)
    return (yield from _handle(receiver, handler, webhook, journal, memory))


def _turn(
    receiver: Receiver, journal: Journal, message: Received, memory: Memory
) -> IOOutcome[Turn]:
    """Take the turn to handle a message, unless it was handled, or another delivery has the turn.

    The provider sends a message again until it is told that it was received, so it is told so only
    after the handler has ended. A turn that was taken and neither used nor given back, because the
    process is gone, ends by itself.
    """
    now = receiver.effects.clock.utc()

    def take(failed_at: datetime | None) -> IOOutcome[Turn]:
        return note(journal, handling(memory, failed_at, now), receiver.effects).map(
            lambda taken: "mine" if taken else "busy"
        )

    if not message.webhook.replayed:
        return take(None)

    def unless_handled(handled_at: object) -> IOOutcome[Turn]:
        if handled_at is not None:
            return IOSuccess("handled")
        return journal.noted(failure(memory, now).about).bind(take)

    return journal.noted(handled(memory).about).bind(unless_handled)


def _handle(
    receiver: Receiver,
    handler: Handler,
    webhook: Webhook,
    journal: Journal | None,
    memory: Memory | None,
) -> Steps[Answer]:
    try:
        yield _calling(handler, webhook)
    except Exception:  # noqa: BLE001 - it is the program's, and is answered
        _LOG.exception(
            "the handler of a webhook of %s failed: the message is answered with 500, so that it "
            "is sent again",
            receiver.name,
        )
        reply = FAILED
    else:
        reply = DONE
    if journal is None or memory is None:
        return Success(reply)
    ended = handled(memory) if reply is DONE else failure(memory, receiver.effects.clock.utc())
    noted = yield from do(work(lambda: note(journal, ended, receiver.effects)))
    return Success(_refusal(receiver, noted.failure()) if failed(noted) else reply)


def _calling(handler: Handler, webhook: Webhook) -> Task[None]:
    """Return the task of calling the handler; what it raises is raised."""

    def block() -> IOOutcome[None]:
        pending = handler(webhook)
        if inspect.isawaitable(pending):
            threads.run_coroutine(_awaited(pending))
        return nothing()

    async def start() -> Outcome[None]:
        # A plain function may block for minutes, as `save_video` does: the pool is for exchanges.
        pending: Awaitable[None] | None
        if inspect.iscoroutinefunction(handler):
            pending = handler(webhook)
        else:
            pending = await threads.in_own_thread(partial(handler, webhook))
        if inspect.isawaitable(pending):
            await pending
        return Success(None)

    return Task(block, start)


async def _awaited(pending: Awaitable[None]) -> None:
    await pending


def _refusal(receiver: Receiver, error: TarashException) -> Answer:
    """Return the answer to a message that was not received, and log why."""
    if not isinstance(error, WebhookError) or error.reason == "no_key":
        # The message is not to blame: the provider may send it again.
        _LOG.error("a webhook of %s could not be received: %s", receiver.name, error)
        return LATER
    _LOG.warning("a webhook of %s was refused: %s", receiver.name, error)
    if error.reason == "too_large":
        return TOO_LARGE
    return _MALFORMED if error.reason == "malformed" else _NOT_BELIEVED
