"""What is told of a call while it runs: to the caller, to the log, to the journal."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from returns.result import Failure

from .effects import Effects
from .generation import Generation
from .journaling import Journal, JournalEntry, changes, intent
from .listening import Listener
from .messages import HttpRequest, HttpResponse
from .outcome import IOOutcome, Outcome, nothing, opened

LOG: Final = logging.getLogger("tarash.tarash_gateway")
# A library's log is its user's to show.
LOG.addHandler(logging.NullHandler())


class Watcher:
    """Tells of one call; nothing that it does changes the call, but for a journal that fails."""

    def __init__(
        self, effects: Effects, listener: Listener, journal: Journal | None = None
    ) -> None:
        """Watch with these."""
        self.listener = listener
        self._effects = effects
        self._journal = journal

    def before(self, generation: Generation) -> IOOutcome[None]:
        """Write down the intent to submit.

        Errors:
            JournalError: It could not be written down: nothing may be submitted.
        """
        if self._journal is None:
            return nothing()
        entry = intent(generation, self._effects.clock.utc())
        return nothing() if entry is None else self._journal.put(entry)

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

    def after(self, before: Generation, outcome: Outcome[Generation]) -> None:
        """Log and write down what an exchange changed."""
        for entry in changes(before, outcome, self._effects.clock.utc()):
            _log_entry(before, entry)
            if self._journal is None:
                continue
            written = opened(self._journal.put(entry))
            if isinstance(written, Failure):
                # The job is more than its record.
                LOG.error("%s; the generation goes on", written.failure(), extra=_extra(before))

    def begun(self, generation: Generation) -> Generation:
        """Log what was adapted before anything was sent; return the generation."""
        for warning in generation.warnings:
            LOG.warning("%s", warning, extra=_extra(generation))
        return generation


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
    kept = entry.generation
    extra = {**_extra(before), "request_id": kept.request_id, "state": entry.state}
    place = f"{kept.provider}/{kept.model}"
    match entry.state:
        case "accepted" if before.job is None:
            LOG.info("submitted: %s accepted job %s", place, kept.request_id, extra=extra)
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
            told = f" ({entry.message})" if entry.message else ""
            LOG.info("settled: %s, job %s: %s%s", place, kept.request_id, state, told, extra=extra)
