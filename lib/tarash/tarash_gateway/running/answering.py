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
from ..lifecycle.remembering import Memory, begins, failure, handled, is_over, turn
from ..lifecycle.webhooks import GivenHeaders
from ..outcome import IOOutcome, Outcome, failed, nothing
from ..values.received import Webhook
from .receiving import Receiver, note, received
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
# When the turn of this delivery began; or the message was handled, or is being handled by another.
Turn: TypeAlias = datetime | Literal["handled", "busy"]


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
        return (yield from _handle(receiver, handler, message.webhook))
    if memory is None:
        # Nobody signed it, and the journal does not know its job.
        return Success(DONE)
    taken = yield from do(work(lambda: _turn(receiver, journal, memory)))
    if isinstance(taken, Failure):
        return Success(_refusal(receiver, taken.failure()))
    began = taken.unwrap()
    if not isinstance(began, datetime):
        return Success(DONE if began == "handled" else LATER)
    webhook = attrs.evolve(message.webhook, replayed=False)
    answered = yield from _handle(receiver, handler, webhook)
    is_done = answered.value_or(FAILED) is DONE
    ended = handled(memory) if is_done else failure(memory, began)
    noted = yield from do(work(lambda: note(journal, ended, receiver.effects.clock.utc())))
    return Success(_refusal(receiver, noted.failure())) if failed(noted) else answered


def _turn(receiver: Receiver, journal: Journal, memory: Memory) -> IOOutcome[Turn]:
    """Take the turn to handle a message, unless it was handled, or another delivery has the turn.

    The provider sends a message again until it is told that it was received, so it is told so only
    after the handler has ended.
    """
    clock = receiver.effects.clock

    def unless_handled(otherwise: Callable[[], IOOutcome[Turn]]) -> IOOutcome[Turn]:
        return journal.noted(handled(memory).about).bind(
            lambda at: otherwise() if at is None else IOSuccess("handled")
        )

    def after(last: datetime | None) -> IOOutcome[Turn]:
        if last is None or is_over(last, clock.utc()):
            return take(last)
        return journal.noted(failure(memory, last).about).bind(
            lambda at: IOSuccess("busy") if at is None else take(last)
        )

    def take(last: datetime | None) -> IOOutcome[Turn]:
        began = begins(last, clock.utc())
        # Another one may have handled it since it was looked at, if this process stood still.
        return note(journal, turn(memory, last), began).bind(
            lambda taken: unless_handled(lambda: IOSuccess(mine(began) if taken else "busy"))
        )

    def mine(began: datetime) -> Turn:
        return "busy" if is_over(began, clock.utc()) else began

    return unless_handled(lambda: journal.noted(turn(memory, None).about).bind(after))


def _handle(receiver: Receiver, handler: Handler, webhook: Webhook) -> Steps[Answer]:
    try:
        yield _calling(handler, webhook)
    except Exception:  # noqa: BLE001 - it is the program's, and is answered
        _LOG.exception(
            "the handler of a webhook of %s failed: the message is answered with 500, so that it "
            "is sent again",
            receiver.name,
        )
        return Success(FAILED)
    return Success(DONE)


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
