"""The lines of the log about a generation."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from returns.result import Success

from ..lifecycle.generation import Generation
from ..outcome import Outcome
from ..values.journal_entry import JournalEntry

LOG: Final = logging.getLogger("tarash.tarash_gateway")
# A library's log is its user's to show.
LOG.addHandler(logging.NullHandler())


def extra_of(generation: Generation) -> Mapping[str, Any]:
    """Return the fields of a record about a generation."""
    config, job = generation.leg.target.config, generation.job
    return {
        "provider": config.provider,
        "model": config.model,
        "request_id": None if job is None else job.id,
        "attempt_number": len(generation.attempts) + 1,
        "call": generation.call,
    }


def is_quiet(before: Generation, outcome: Outcome[Generation]) -> bool:
    """Tell whether the log of this process has no line about what an exchange changed."""
    # Of an attempt that goes on or ends well, there are lines at this level only.
    if LOG.isEnabledFor(logging.INFO) or not isinstance(outcome, Success):
        return False
    return len(outcome.unwrap().attempts) == len(before.attempts)


def log_entry(before: Generation, entry: JournalEntry) -> None:
    """Log what an entry of the journal says."""
    saved = entry.generation
    extra = {**extra_of(before), "request_id": saved.request_id, "state": entry.state}
    place = f"{saved.provider}/{saved.model}"
    match entry.state:
        case "accepted" if before.job is None:
            LOG.info("submitted: %s accepted job %s", place, saved.request_id, extra=extra)
        case "accepted" if entry.message is None:
            # The same job under another URL: nothing changed about the payment.
            pass
        case "unknown":
            LOG.warning(
                "unknown submission: %s may have accepted a job: %s",
                place,
                entry.message,
                extra=extra | _sum_of(entry),
            )
        case state:
            why = f" ({entry.message})" if entry.message else ""
            text = "settled: %s, job %s: %s%s"
            LOG.info(text, place, saved.request_id, state, why, extra=extra | _sum_of(entry))


def _sum_of(entry: JournalEntry) -> dict[str, Any]:
    """Return the fields of the one line that each attempt ends with, for counters."""
    return {
        "elapsed_seconds": (entry.updated_at - entry.generation.started_at).total_seconds(),
        "may_have_been_paid": entry.may_have_been_paid,
    }
