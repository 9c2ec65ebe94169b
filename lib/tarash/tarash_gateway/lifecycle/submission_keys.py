"""What a call with a submission key does, by what the journal has below the key: pure.

Nothing here sends or writes. Between this decision and its execution another call may act, so each
submission is guarded once more: its entry in the journal is inserted, or nothing is sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import attrs

from ..exceptions import NotFoundError, SubmissionUnknownError, TarashException, ValidationError
from ..values.attempts import Cancellation
from ..values.checks import preview
from ..values.journal_entry import PENDING, JournalEntry
from ..values.moments import in_utc
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.submission_key import KeyedAttempt
from .endings import attempt_of, error_of

# A URL that is about to expire is of no use to a caller who still has to download the video.
_MARGIN: Final = timedelta(seconds=60)
_UNCLEAR: Final = frozenset({"intended", "unknown"})
_OVER: Final = frozenset({"failed", "cancelled"})


@attrs.frozen(kw_only=True)
class Submit:
    """Nothing was accepted that could still bring a video: submit.

    Attributes:
        keyed: The attempt whose entry has to be reserved first.
        first: Place in the chain, from 0, of the first config to try.
        after: The attempts after which the chain goes on; each of them may have been charged.
    """

    keyed: KeyedAttempt
    first: int = 0
    after: tuple[JournalEntry, ...] = ()


@attrs.frozen
class Wait:
    """Another call that still runs owns the attempt of this entry."""

    entry: JournalEntry


@attrs.frozen(kw_only=True)
class GoOn:
    """A job was accepted, and the call that waited for it is gone: go on with it.

    Attributes:
        entry: The job's entry.
        alone: Whether the chain went on after it already, so that no other config may follow.
    """

    entry: JournalEntry
    alone: bool = False


@attrs.frozen
class Fetch:
    """The video is finished, but is not stored or no longer offered: ask the provider for it."""

    entry: JournalEntry


@attrs.frozen(kw_only=True)
class Give:
    """The video is finished and stored.

    Attributes:
        response: The response that another call had.
        entry: The entry of its job.
    """

    response: VideoGenerationResponse
    entry: JournalEntry


@attrs.frozen
class Refuse:
    """The call ends with this error, and nothing is sent.

    Attributes:
        error: The error.
        lasting: Whether it is how the key's jobs ended, so that each later call gets it, too.
    """

    error: TarashException
    lasting: bool = False


Decision: TypeAlias = Submit | Wait | GoOn | Fetch | Give | Refuse


def decide(
    key: str,
    entries: Sequence[JournalEntry],
    *,
    fingerprint: str,
    configs: int,
    now: datetime,
) -> Decision:
    """Return what a call with a key does.

    Args:
        key: The submission key.
        entries: Its entries, in the order of their numbers.
        fingerprint: The digest of the call's request and chain.
        configs: How many configs the chain has.
        now: Aware UTC time.
    """
    first = KeyedAttempt(key=key, number=1, fingerprint=fingerprint)
    if not entries:
        return Submit(keyed=first)
    if any(_keyed(entry).fingerprint != fingerprint for entry in entries):
        return Refuse(_other_use(key, entries[0]))
    finished = _last(entries, {"completed"})
    if finished is not None:
        return _finished(finished, now)
    waited_for = next((e for e in reversed(entries) if e.in_use and e.state in PENDING), None)
    if waited_for is not None:
        return Wait(waited_for)
    accepted = _last(entries, {"accepted"})
    if accepted is not None:
        return GoOn(entry=accepted, alone=accepted is not entries[-1])
    unclear = unknown_of(entries)
    if unclear is not None:
        error = _ended(entries[-1]) or _unknown(unclear)
        if isinstance(error, SubmissionUnknownError):
            # A journal has the entries themselves, and not in an error of theirs.
            found = tuple(entry for entry in entries if entry.state in _UNCLEAR)
            error = attrs.evolve(error, unknown=found)
        return Refuse(error)
    return _again(entries, configs)


def unknown_of(entries: Sequence[JournalEntry]) -> JournalEntry | None:
    """Return the last entry below a key of which nobody knows whether there is a job, or None."""
    return _last(entries, _UNCLEAR)


def cancelling(
    entries: Sequence[JournalEntry],
) -> VideoGeneration | SubmissionUnknownError | Cancellation | None:
    """Return what there is to cancel below a key.

    Returns:
        The job to cancel; the error where nobody knows whether there is one; what became of a job
        that has ended; or None where none was accepted, or it failed.
    """
    accepted = _last(entries, {"accepted"})
    if accepted is not None:
        return accepted.generation
    unclear = unknown_of(entries)
    if unclear is not None:
        return _unknown(unclear)
    if _last(entries, {"completed"}) is not None:
        return "too_late"
    cancelled = _last(entries, {"cancelled"})
    return None if cancelled is None else attempt_of(cancelled).cancellation


def advised(error: TarashException, key: str, decision: Decision | None) -> TarashException:
    """Return an error with a note if it stays the key's: its own advice may be to try again.

    Its type and its message remain what they were, because callers decide by them.
    """
    if isinstance(decision, Refuse) and decision.lasting:
        error.add_note(
            f"each later call with the key {preview(key)} raises this error again, and submits "
            "nothing: give another key for another job"
        )
    return error


def _keyed(entry: JournalEntry) -> KeyedAttempt:
    keyed = entry.generation.keyed
    # A journal that returns an entry without a key breaks its contract: the entry fits no call.
    return keyed or KeyedAttempt(key="", number=0, fingerprint="")


def _last(
    entries: Sequence[JournalEntry], states: set[str] | frozenset[str]
) -> JournalEntry | None:
    return next((entry for entry in reversed(entries) if entry.state in states), None)


def _finished(entry: JournalEntry, now: datetime) -> Decision:
    ending = entry.ending
    response = None if ending is None else ending.response
    if response is not None and response.video and not _expires(response, now):
        job = None if entry.generation.job is None else entry.generation
        return Give(response=attrs.evolve(response, generation=job), entry=entry)
    if ending is not None and not ending.askable:
        return Refuse(_not_stored(entry))
    return Fetch(entry)


def _expires(response: VideoGenerationResponse, now: datetime) -> bool:
    return response.expires_at is not None and response.expires_at <= now + _MARGIN


def _again(entries: Sequence[JournalEntry], configs: int) -> Decision:
    """Return what follows when nothing below the key runs or may have been accepted unseen.

    A config whose job failed is not tried again: its failure is the answer, or the next config is.
    """
    paid = [e for e in entries if e.state in _OVER and not e.generation.uploading]
    for entry in reversed(paid):
        if entry.ending is None or entry.ending.error is not None:
            return Refuse(error_of(entry), lasting=True)
    first = max((entry.generation.position + 1 for entry in paid), default=0)
    if first >= configs:
        return Refuse(error_of(paid[-1]), lasting=True)
    last = entries[-1]
    number = _keyed(last)
    if last.state == "uploading":
        # Nothing of this attempt was submitted: it is taken over under its own number, so that the
        # call that began it cannot submit it any more.
        first = max(first, last.generation.position)
    else:
        number = number.following()
    return Submit(keyed=number, first=first, after=tuple(paid))


def _ended(entry: JournalEntry) -> TarashException | None:
    """Return the error with which a call ended, or None if it did not live to store it."""
    return error_of(entry) if entry.ending is not None and entry.ending.error is not None else None


def _other_use(key: str, entry: JournalEntry) -> ValidationError:
    saved = entry.generation
    return ValidationError(
        f"the key {preview(key)} was used at {in_utc(saved.started_at)} for another request or "
        "another chain of configs, and nothing was sent: give the same request and configs, or "
        "another key (API keys, credentials and time limits may differ)",
        provider=saved.provider,
        model=saved.model,
    )


def _unknown(entry: JournalEntry) -> SubmissionUnknownError:
    saved, ended = entry.generation, attempt_of(entry)
    return SubmissionUnknownError(
        f"a call with the key {preview(saved.key)} was about to submit at "
        f"{in_utc(entry.updated_at)} and has ended without an answer: whether a job was accepted "
        "is not known, and nothing was sent now; reconcile_video(error.unknown[0], "
        "journal=journal), or tarash jobs --reconcile, asks the provider's list of jobs, where it "
        "has one; else look at the provider's dashboard for a job of that time; if there is none, "
        "remove the entry "
        f"(tarash forget '{saved.id}', or the journal's own forget) and call again",
        provider=saved.provider,
        model=saved.model,
        attempts=(*saved.attempts, ended),
    )


def _not_stored(entry: JournalEntry) -> NotFoundError:
    saved = entry.generation
    return NotFoundError(
        f"the video of the key {preview(saved.key)} was finished at {in_utc(entry.updated_at)}; a "
        "journal does not keep its bytes, and its provider has no job that could be asked for it "
        "again: give save_to in the first call, and another key for another video",
        provider=saved.provider,
        model=saved.model,
        request_id=saved.request_id,
    )
