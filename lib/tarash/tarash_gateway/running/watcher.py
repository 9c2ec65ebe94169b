"""What is reported about a call while it runs: to the log and to the journal."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from returns.io import IOSuccess
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import JobInUseError
from ..http.messages import HttpRequest, HttpResponse
from ..lifecycle.generation import Collecting, Finished, Generation, Leaving, Moment, Polling
from ..lifecycle.journal import accepted, changes, intent, lease, patience
from ..lifecycle.recovery import recover
from ..outcome import IOOutcome, Outcome, nothing, opened
from ..values.journal_entry import Claim, JournalEntry
from .progress import Listener

LOG: Final = logging.getLogger("tarash.tarash_gateway")
# A library's log is its user's to show.
LOG.addHandler(logging.NullHandler())


def moment(effects: Effects) -> Moment:
    """Return now, as the effects say."""
    return Moment(
        monotonic=effects.clock.monotonic(),
        utc=effects.clock.utc(),
        chance=effects.randomness.chance(),
    )


class Watcher:
    """Reports one call to the log and the journal.

    Only a journal that cannot be written before a submission, or that says that another call owns
    the job, stops the call.
    """

    def __init__(
        self, effects: Effects, listener: Listener, journal: Journal | None = None
    ) -> None:
        """Watch with these."""
        self.listener = listener
        self._effects = effects
        self._journal = journal
        # A call that only looks at a job, or cancels it, does not own it.
        self.owning = True

    @property
    def has_journal(self) -> bool:
        """Whether the call is written down."""
        return self._journal is not None

    def before(self, generation: Generation) -> IOOutcome[None]:
        """Write down the intent to submit, and own it.

        Errors:
            JournalError: It could not be written down: nothing may be submitted.
            JobInUseError: Another call owns it.
        """
        if self._journal is None:
            return nothing()
        now = moment(self._effects)
        entry = intent(generation, now)
        if entry is None:
            return nothing()
        return self._claimed(generation, entry, now).bind_result(_owned_only)

    def take_over(self, generation: Generation) -> IOOutcome[Claim]:
        """Own a job that another call left, in one step.

        Errors:
            JournalError: The journal cannot be written.
        """
        now = moment(self._effects)
        return self._claimed(generation, accepted(generation, now), now)

    def _claimed(
        self, generation: Generation, entry: JournalEntry, now: Moment
    ) -> IOOutcome[Claim]:
        if self._journal is None:
            return IOSuccess("owned")
        return self._journal.claim(
            entry,
            owner=generation.call,
            now=now.utc,
            until=lease(generation, now),
            patience=patience(generation, now),
        )

    def let_go(self, generation: Generation) -> None:
        """End the ownership of the attempt: whoever comes next may go on with its job."""
        if self._journal is None or not self.owning or isinstance(generation.stage, Finished):
            return
        released = opened(self._journal.release(generation.id, owner=generation.call))
        if isinstance(released, Failure):
            LOG.error("%s; the lease of the job ends by itself", released.failure())

    def exchanged(
        self, generation: Generation, request: HttpRequest, reply: HttpResponse
    ) -> HttpResponse:
        """Log one exchange, without query, body and headers; return the reply."""
        where = request.url.partition("?")[0]
        LOG.debug(
            "%s %s: HTTP %d, %d bytes",
            request.method,
            where,
            reply.status,
            len(reply.body),
            extra={**_extra(generation), "http_status": reply.status},
        )
        return reply

    def after(self, before: Generation, outcome: Outcome[Generation]) -> Outcome[Generation]:
        """Log and write down what an exchange changed, and renew the lease; return the outcome.

        Errors:
            JobInUseError: Another call took the job over in the meantime.
        """
        now = moment(self._effects)
        for entry in changes(before, outcome, now.utc):
            _log_entry(before, entry)
            if self._journal is None:
                continue
            written = opened(self._journal.put(entry, patience=patience(before, now)))
            if isinstance(written, Failure):
                # A lost journal entry must not lose a paid job.
                LOG.error("%s; the generation goes on", written.failure(), extra=_extra(before))
        return outcome.bind(lambda generation: self._renewed(before, generation, now))

    def _renewed(
        self, before: Generation, generation: Generation, now: Moment
    ) -> Outcome[Generation]:
        waiting = isinstance(generation.stage, Polling | Collecting | Leaving)
        owned = self.owning and self._journal is not None
        if not owned or not waiting or generation.id != before.id:
            return Success(generation)
        claim = opened(self._claimed(generation, accepted(generation, now), now))
        if isinstance(claim, Failure):
            LOG.error("%s; the generation goes on", claim.failure(), extra=_extra(before))
            return Success(generation)
        if claim.unwrap() == "owned":
            return Success(generation)
        return recover(generation, in_use(generation), now)

    @staticmethod
    def begun(generation: Generation) -> Generation:
        """Log what was adapted before anything was sent; return the generation."""
        for warning in generation.warnings:
            LOG.warning("%s", warning, extra=_extra(generation))
        return generation


def _owned_only(claim: Claim) -> Outcome[None]:
    if claim == "owned":
        return Success(None)
    return Failure(
        JobInUseError("another call owns this submission in the journal: nothing was sent")
    )


def in_use(generation: Generation) -> JobInUseError:
    """Return the error of a job that another call owns."""
    job = generation.job
    return JobInUseError(
        f"another call waits for job {job.id if job else '?'}, or it is over, says the journal: "
        "nothing was sent; look at pending_videos(journal), and try again later"
    )


def _extra(generation: Generation) -> Mapping[str, Any]:
    config, job = generation.leg.target.config, generation.job
    return {
        "provider": config.provider,
        "model": config.model,
        "request_id": None if job is None else job.id,
        "attempt_number": len(generation.attempts) + 1,
        "call": generation.call,
    }


def _log_entry(before: Generation, entry: JournalEntry) -> None:
    saved = entry.generation
    extra = {**_extra(before), "request_id": saved.request_id, "state": entry.state}
    place = f"{saved.provider}/{saved.model}"
    match entry.state:
        case "accepted" if before.job is None:
            LOG.info("submitted: %s accepted job %s", place, saved.request_id, extra=extra)
        case "accepted" if entry.message is None:
            # The same job under another URL: nothing happened that anybody pays for.
            pass
        case "unknown":
            LOG.warning(
                "unknown submission: %s may have accepted a job: %s",
                place,
                entry.message,
                extra=extra,
            )
        case state:
            why = f" ({entry.message})" if entry.message else ""
            LOG.info("settled: %s, job %s: %s%s", place, saved.request_id, state, why, extra=extra)
