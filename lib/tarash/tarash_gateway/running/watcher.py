"""What a call reports while it runs: to the log and to the journal."""

import logging
from collections.abc import Callable
from datetime import datetime

import attrs
from returns.io import IOSuccess
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import JobInUseError
from ..http.messages import HttpRequest, HttpResponse
from ..lifecycle.generation import Collecting, Finished, Generation, Leaving, Moment, Polling
from ..lifecycle.journal import (
    accepted,
    changes,
    intent,
    interrupted,
    is_renewal_due,
    lease,
    patience,
)
from ..lifecycle.recovery import recover
from ..outcome import IOOutcome, Outcome, nothing, result_of
from ..values.journal_entry import Claim, EntryState, JournalEntry
from .log_lines import LOG, extra_of, is_quiet, log_entry
from .progress import Listener
from .stopping import Flag


def moment(effects: Effects) -> Moment:
    """Return now, as the effects say."""
    return Moment(
        monotonic=effects.clock.monotonic(),
        utc=effects.clock.utc(),
        chance=effects.randomness.chance(),
    )


@attrs.frozen
class _Lease:
    """The attempt that a call owns, the state in which it is written down, and until when."""

    id: str
    state: EntryState
    until: datetime


@attrs.define(eq=False)
class Watcher:
    """Reports one call to the log and the journal.

    Only a journal that cannot be written before a submission, or that says that another call owns
    the job, stops the call.
    """

    _effects: Effects
    listener: Listener
    _journal: Journal | None = None
    # Whether the caller has been interrupted: media that another thread still sends are of no use.
    gone: Flag = attrs.field(factory=Flag, init=False)
    # A call that only looks at a job, or cancels it, does not own it.
    owning: bool = attrs.field(default=True, init=False)
    _lease: "_Lease | None" = attrs.field(default=None, init=False)

    @property
    def has_journal(self) -> bool:
        """Whether the call is written down."""
        return self._journal is not None

    def before(self, generation: Generation) -> IOOutcome[None]:
        """Write down that media are uploaded, or the intent to submit, and own it.

        Errors:
            JournalError: It could not be written down: nothing may be submitted.
            JobInUseError: Another call owns it.
        """
        if self._journal is None:
            return nothing()
        now = moment(self._effects)
        entry = intent(generation, now)
        if entry is None or self._holds(generation, now, entry.state):
            return nothing()
        before = self._lease
        owned = self._own(self._journal.reserve, generation, entry, now).bind_result(_require_owned)
        if before is not None and before.id != generation.id:
            # The chain has left the job of the attempt before. It was owned until now, so that
            # nobody takes the chain for one that ended there.
            self._release(before.id, generation.call)
        return owned

    def take_over(self, generation: Generation) -> IOOutcome[Claim]:
        """Own a job that another call left, in one step.

        Errors:
            JournalError: The journal cannot be written.
        """
        now = moment(self._effects)
        return self._claim(generation, accepted(generation, now), now)

    def _claim(self, generation: Generation, entry: JournalEntry, now: Moment) -> IOOutcome[Claim]:
        if self._journal is None:
            return IOSuccess("owned")
        return self._own(self._journal.claim, generation, entry, now)

    def _own(
        self,
        way: Callable[..., IOOutcome[Claim]],
        generation: Generation,
        entry: JournalEntry,
        now: Moment,
    ) -> IOOutcome[Claim]:
        until = lease(generation, now)

        def remember(claim: Claim) -> Claim:
            owned = claim == "owned"
            self._lease = _Lease(generation.id, entry.state, until) if owned else None
            return claim

        return way(
            entry,
            owner=generation.call,
            now=now.utc,
            until=until,
            patience=patience(generation, now),
        ).map(remember)

    def let_go(self, generation: Generation) -> None:
        """End the ownership of the attempt, so that another call may go on with its job."""
        if self._journal is None or not self.owning or isinstance(generation.stage, Finished):
            return
        self._lease = None
        self._release(generation.id, generation.call)

    def _release(self, attempt: str, call: str) -> None:
        if self._journal is None:
            return
        released = result_of(self._journal.release(attempt, owner=call))
        if isinstance(released, Failure):
            LOG.error("%s; the lease of the job ends by itself", released.failure())

    def interrupted(self, generation: Generation) -> None:
        """End the sending of media, and write down that nothing was submitted."""
        self.gone.set()
        entry = interrupted(generation, moment(self._effects))
        if entry is not None:
            self._put(generation, entry, 1.0)

    def _put(self, generation: Generation, entry: JournalEntry, seconds: float) -> None:
        if self._journal is None:
            return
        # Whoever only looks at a job writes what the provider says, whoever owns the job.
        owner = generation.call if self.owning else None
        put = result_of(self._journal.put(entry, owner=owner, patience=seconds))
        _log_failure(generation, put)

    def log_exchange(
        self, generation: Generation, request: HttpRequest, reply: HttpResponse
    ) -> HttpResponse:
        """Log one exchange, without query, body and headers; return the reply."""
        if not LOG.isEnabledFor(logging.DEBUG):
            return reply
        where = request.url.partition("?")[0]
        LOG.debug(
            "%s %s: HTTP %d, %d bytes",
            request.method,
            where,
            reply.status,
            len(reply.body),
            extra={**extra_of(generation), "http_status": reply.status},
        )
        return reply

    def after(self, before: Generation, outcome: Outcome[Generation]) -> Outcome[Generation]:
        """Log and write down what an exchange changed, and renew the lease if it is due.

        Returns the outcome.

        Errors:
            JobInUseError: Another call took the job over in the meantime.
        """
        if self._journal is None and is_quiet(before, outcome):
            return outcome
        now = moment(self._effects)
        if self._has_lost(before, outcome, now):
            return recover(before, in_use(before), now)
        for entry in changes(before, outcome, now.utc, owning=self.owning):
            log_entry(before, entry)
            self._put(before, entry, patience(before, now))
        return outcome.bind(lambda generation: self._renew(before, generation, now))

    def _has_lost(self, before: Generation, outcome: Outcome[Generation], now: Moment) -> bool:
        """Tell whether another call owns the job that this one is about to leave for a fallback.

        The process may have been suspended until its lease had ended. The new owner sees the same
        failure, and only one of the two may pay for the fallback.
        """
        if isinstance(outcome, Failure) or outcome.unwrap().id == before.id or before.job is None:
            return False
        if not self.owning or self._lease is None or now.utc < self._lease.until:
            return False
        claim = result_of(self._claim(before, accepted(before, now), now))
        return isinstance(claim, Success) and claim.unwrap() != "owned"

    def _renew(
        self, before: Generation, generation: Generation, now: Moment
    ) -> Outcome[Generation]:
        waiting = isinstance(generation.stage, Polling | Collecting | Leaving)
        owned = self.owning and self._journal is not None
        if not owned or not waiting or generation.id != before.id:
            return Success(generation)
        if self._holds(generation, now):
            return Success(generation)
        claim = result_of(self._claim(generation, accepted(generation, now), now))
        _log_failure(before, claim)
        if claim.value_or("owned") == "owned":
            return Success(generation)
        return recover(generation, in_use(generation), now)

    def _holds(self, generation: Generation, now: Moment, state: EntryState | None = None) -> bool:
        """Tell whether this call has a lease of the attempt that need not be renewed yet.

        With a ``state``, also whether the attempt is written down in it.
        """
        held = self._lease
        if held is None or held.id != generation.id or state not in {None, held.state}:
            return False
        return not is_renewal_due(held.until, lease(generation, now))

    @staticmethod
    def log_beginning(generation: Generation) -> Generation:
        """Log what was adapted before anything was sent; return the generation."""
        for warning in generation.warnings:
            LOG.warning("%s", warning, extra=extra_of(generation))
        return generation


def _require_owned(claim: Claim) -> Outcome[None]:
    if claim == "owned":
        return Success(None)
    return Failure(
        JobInUseError("another call owns this submission in the journal: nothing was sent")
    )


def _log_failure(generation: Generation, outcome: Outcome[object]) -> None:
    if isinstance(outcome, Failure):
        # A journal that cannot be written must not lose a paid job.
        LOG.error("%s; the generation goes on", outcome.failure(), extra=extra_of(generation))


def in_use(generation: Generation) -> JobInUseError:
    """Return the error of a job that another call owns."""
    job = generation.job
    return JobInUseError(
        f"another call waits for job {job.id if job else '?'}, or it is over, says the journal: "
        "nothing was sent; look at pending_videos(journal), and try again later"
    )
