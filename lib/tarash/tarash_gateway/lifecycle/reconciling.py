"""What a provider's list says about a submission whose fate is not known: pure.

"found" and "none" are answered only where they are certain, because the caller acts on them: on the
first by waiting for the job, on the second by a payment.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from ..exceptions import JobInUseError
from ..providers.base import Provider
from ..values.job import Job
from ..values.journal_entry import EntryState, JournalEntry
from ..values.moments import in_utc
from ..values.reconciliation import ListedJob, Reconciliation
from ..values.saved import VideoGeneration
from .likeness import MARGIN, Sought, has_media, last_sent

UNCLEAR: Final = frozenset({"intended", "unknown"})


@attrs.frozen(kw_only=True)
class Listed:
    """What a provider listed.

    Attributes:
        jobs: Its jobs.
        is_whole: Whether the list was read to its end, or to the time of the submission.
        server_time: Aware UTC time of the provider's clock, as it says, or None.
        asked_at: Aware UTC time of this machine's clock at the same moment.
    """

    jobs: tuple[ListedJob, ...]
    is_whole: bool
    server_time: datetime | None
    asked_at: datetime


@attrs.frozen(kw_only=True)
class Beside:
    """What the journal has beside the submission, of the same account.

    Attributes:
        rivals: Other submissions whose fate is not known either.
        taken: Ids of the jobs that belong to other entries.
        expected: Ids of other jobs that the list of the same account should have.
    """

    rivals: tuple[Sought, ...] = ()
    taken: frozenset[str] = frozenset()
    expected: frozenset[str] = frozenset()


def as_entry(given: JournalEntry | VideoGeneration) -> JournalEntry:
    """Return an attempt as a journal would have it."""
    if isinstance(given, JournalEntry):
        return given
    state: EntryState = "accepted" if given.job is not None else "intended"
    if given.uploading:
        state = "uploading"
    return JournalEntry(generation=given, state=state, updated_at=given.started_at)


def known(entry: JournalEntry) -> Reconciliation | None:
    """Return the answer that the attempt has in itself, or None where its fate is not known."""
    saved = entry.generation
    if saved.job is not None or saved.response is not None:
        reason = f"job {saved.request_id} was accepted, and is written down"
        return Reconciliation(state="found", reason=reason, generation=saved)
    if entry.state in UNCLEAR:
        return None
    return Reconciliation(
        state="none", reason=f"nothing was accepted: the attempt is {entry.state}"
    )


def with_job(entry: JournalEntry, job: str, now: datetime) -> JournalEntry:
    """Return the entry of an attempt whose job is known now."""
    saved = attrs.evolve(entry.generation, job=Job(id=job), uploading=False)
    return JournalEntry(generation=saved, state="accepted", updated_at=now)


def closed(entry: JournalEntry, reason: str, now: datetime) -> JournalEntry:
    """Return the entry of an attempt of which no job exists: its key may be sent again."""
    return JournalEntry(
        generation=entry.generation, state="refused", updated_at=now, message=reason
    )


def in_use(entry: JournalEntry) -> JobInUseError:
    """Return the error about an attempt whose call still runs."""
    saved = entry.generation
    return JobInUseError(
        f"the call that submits {saved.id} still runs, says the journal, and will know what became "
        "of it: wait for it, or ask again later",
        provider=saved.provider,
        model=saved.model,
    )


def without_list(provider: Provider) -> Reconciliation:
    """Return the answer about a provider that lists no jobs."""
    return _cannot(f"{provider.name} has no list of jobs that a program can ask for", provider)


def unasked(provider: Provider, why: str) -> Reconciliation:
    """Return the answer where the list could not be read."""
    return _cannot(f"{provider.name} does not show its list of jobs: {why}", provider)


def is_over(target: Sought, jobs: Sequence[ListedJob]) -> bool:
    """Tell whether the pages after these jobs have none of the time of the submission."""
    if not target.listing.newest_first:
        return False
    times = [job.created_at for job in jobs if job.created_at is not None]
    return bool(times) and min(times) < target.first


def likely(sought: Sought, jobs: Iterable[ListedJob]) -> tuple[ListedJob, ...]:
    """Return the jobs that may be of a submission, each once."""
    return tuple({job.id: job for job in jobs if sought.likeness(job) != "another"}.values())


def judge(entry: JournalEntry, sought: Sought, listed: Listed, beside: Beside) -> Reconciliation:
    """Return what a list says about a submission.

    Args:
        entry: The submission.
        sought: What to look for.
        listed: What the provider listed.
        beside: What the journal has beside it.
    """
    provider = sought.target.provider
    if (why := _wrong_clock(listed)) is not None:
        return _cannot(why, provider)
    free = [job for job in likely(sought, listed.jobs) if job.id not in beside.taken]
    same = [job for job in free if sought.likeness(job) == "same"]
    chosen = tuple(same or free)
    if not listed.is_whole:
        why = f"{provider.name}'s list is longer than what is read of it"
        return _cannot(why, provider, candidates=chosen)
    if len(same) == 1:
        return _one(entry, same[0], provider, beside.rivals)
    if chosen:
        return _cannot(_why_open(entry, sought, chosen), provider, candidates=chosen)
    return _missing(entry, sought, listed, beside.expected)


def _one(
    entry: JournalEntry, job: ListedJob, provider: Provider, rivals: Sequence[Sought]
) -> Reconciliation:
    if any(rival.likeness(job) != "another" for rival in rivals):
        why = (
            f"job {job.id} has the same input, and so has another submission of the journal whose "
            "fate is not known: it may be of either"
        )
        return _cannot(why, provider, candidates=(job,))
    created = f" at {in_utc(job.created_at)}" if job.created_at else ""
    return Reconciliation(
        state="found",
        reason=f"{provider.name} got job {job.id}{created}, with the same model and input",
        generation=with_job(entry, job.id, entry.updated_at).generation,
    )


def _why_open(entry: JournalEntry, sought: Sought, jobs: Sequence[ListedJob]) -> str:
    ids = ", ".join(job.id for job in jobs)
    if all(sought.likeness(job) == "same" for job in jobs):
        return f"{len(jobs)} jobs have the same model, input and time ({ids})"
    if any(job.input is None for job in jobs):
        return f"the input of jobs of that time is not shown ({ids})"
    saved = entry.generation
    if saved.media_omitted or has_media(saved.request):
        return f"images and videos cannot be compared, and all else fits ({ids})"
    return f"jobs of that time have the same words, but not the same input in all ({ids})"


def _missing(
    entry: JournalEntry, sought: Sought, listed: Listed, expected: frozenset[str]
) -> Reconciliation:
    provider, listing = sought.target.provider, sought.listing
    sent, name = last_sent(entry), provider.name
    if not listing.is_whole:
        return _cannot(f"the list at {sought.target.base_url} may lack some jobs", provider)
    shown = sent + MARGIN + listing.shows_after
    if listed.asked_at < shown:
        why = f"a job of this submission may be missing in {name}'s list until {in_utc(shown)}"
        return _cannot(why, provider, again_at=shown)
    if listing.keeps is not None and listed.asked_at > sought.first + listing.keeps:
        why = f"{name}'s list need not have jobs that are older than {_words(listing.keeps)}"
        return _cannot(why, provider)
    if expected and expected.isdisjoint(job.id for job in listed.jobs):
        why = (
            f"{name}'s list has none of the journal's other jobs of this time, either: the key may "
            "be one of another account"
        )
        return _cannot(why, provider)
    reason = (
        f"{name} lists every job from {in_utc(sought.first)} to {in_utc(sought.last)}, and none is "
        "of this submission"
    )
    return Reconciliation(state="none", reason=reason)


def _wrong_clock(listed: Listed) -> str | None:
    if listed.server_time is None:
        return None
    off = (listed.asked_at - listed.server_time).total_seconds()
    if abs(off) <= MARGIN.total_seconds() / 2:
        return None
    return (
        f"this machine's clock and the provider's differ by {abs(off):.0f} s, so times cannot be "
        "compared: set the clock"
    )


def _cannot(
    why: str,
    provider: Provider,
    *,
    candidates: tuple[ListedJob, ...] = (),
    again_at: datetime | None = None,
) -> Reconciliation:
    where = provider.dashboard or "the provider's dashboard"
    look = "" if again_at is not None else f"; look at {where}"
    return Reconciliation(
        state="cannot_tell", reason=f"{why}{look}", candidates=candidates, again_at=again_at
    )


def _words(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:g} hours" if hours < 72 else f"{hours / 24:g} days"  # noqa: PLR2004 - 3 days
