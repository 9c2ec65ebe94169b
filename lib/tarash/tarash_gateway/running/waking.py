"""Spends the pause before a poll with the webhooks about the job, as a journal remembers them."""

import logging
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..lifecycle.generation import Generation
from ..lifecycle.listening import latest
from ..lifecycle.waking import (
    Patience,
    about,
    ask_now,
    attentive,
    between,
    is_news,
    until_look,
)
from ..outcome import Outcome, failed
from ..values.config import VideoGenerationConfig
from ..values.saved import VideoGeneration
from .interpreters import Running
from .pausing import pause
from .tasks import Steps, Task, do, sequence, work
from .watcher import moment

if TYPE_CHECKING:
    from .calls import Call

_LOG: Final = logging.getLogger("tarash.tarash_gateway")


@attrs.define(eq=False)
class Mailbox:
    """Where webhooks are looked for.

    Attributes:
        journal: The journal that remembers them.
    """

    journal: Journal
    _failed: bool = attrs.field(default=False, init=False)

    def newest(self, generation: Generation) -> Task[datetime | None]:
        """Return the task of looking when the newest webhook about a job came."""
        job = generation.job
        name = about(generation.config.provider, job.id if job else "")
        return work(lambda: self.journal.noted(name))

    def read(self, outcome: Outcome[datetime | None]) -> datetime | None:
        """Return what a look found; a journal that cannot be read is logged once."""
        if failed(outcome) and not self._failed:
            self._failed = True
            _LOG.error(
                "%s; webhooks are not noticed, and the job is only polled", outcome.failure()
            )
        return outcome.value_or(None)

    def listen(self, effects: Effects, generation: Generation) -> Steps[Generation] | None:
        """Return the steps of waiting until the job is to be asked for, or None to only wait."""
        if between(generation) is None:
            return None
        return self._listen(effects, generation)

    def _listen(self, effects: Effects, generation: Generation) -> Steps[Generation]:
        now = moment(effects)
        until, came = latest(generation, now), None
        while now.monotonic < until and not is_news(generation, came):
            # The pause comes first: messages without end must not become polls without end.
            yield pause(effects.clock, until_look(until - now.monotonic))
            came = self.read((yield from do(self.newest(generation))))
            now = moment(effects)
        return Success(ask_now(generation, came, now))


def begin_waiting(
    call: "Call",
    generation: VideoGeneration,
    config: VideoGenerationConfig | None,
    patience: Patience,
    journal: Journal,
) -> Task[Running]:
    """Return the task that goes on with a job, and polls it when a webhook came.

    Errors:
        JobInUseError: Another call owns it.
    """
    mailbox = Mailbox(journal)

    def steps() -> Steps[Running]:
        taken = yield from do(call.take_over(generation, config))
        if isinstance(taken, Failure):
            return taken
        running = taken.unwrap()
        came = mailbox.read((yield from do(mailbox.newest(running.generation))))
        running.generation = attentive(running.generation, patience, came)
        running.ear = partial(mailbox.listen, running.effects)
        return Success(running)

    return sequence(steps)
