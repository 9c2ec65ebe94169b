"""Find out what became of a submission: read the provider's list, and write the answer down."""

from __future__ import annotations  # those of inner functions are not made at each call

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure, Success

from ..effects.journal import Journal
from ..exceptions import TarashException, ValidationError
from ..lifecycle.fates import is_passing
from ..lifecycle.likeness import Sought, sought
from ..lifecycle.links import with_place
from ..lifecycle.reconciling import (
    UNCLEAR,
    Beside,
    Listed,
    as_entry,
    closed,
    in_use,
    judge,
    known,
    likely,
    unasked,
    with_job,
    without_list,
)
from ..lifecycle.revive import configs_of, target_of_saved
from ..outcome import IOOutcome, every_io
from ..providers.base import Target
from ..values.checks import preview, refuse
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import Claim, JournalEntry
from ..values.reconciliation import ListedJob, Reconciliation
from ..values.saved import VideoGeneration
from .arguments import wrong_kind
from .calls import Call
from .lists import read_list
from .options import ReconcileOptions
from .tasks import Steps, do, work

# How long an entry is owned while its answer is written.
_LEASE: Final = timedelta(seconds=60)


def reconcile(call: Call, given: object, options: ReconcileOptions) -> Steps[Reconciliation]:
    """Return what became of a submission, and write it down where there is a journal."""
    if not isinstance(given, JournalEntry | VideoGeneration):
        kinds = "a JournalEntry or a VideoGeneration, such as error.unknown[0]"
        return Failure(refuse("entry", given, kinds))
    config, job = options["config"], options["job"]
    wrong = config is not None and wrong_kind("config", config, VideoGenerationConfig)
    if wrong:
        return Failure(wrong)
    desk = _Desk(call=call, journal=options["journal"], given=as_entry(given))
    current = yield from do(work(desk.current))
    if isinstance(current, Failure):
        return Failure(current.failure())
    entry: JournalEntry = current.unwrap()
    if (answer := known(entry)) is not None:
        return Success(answer)
    if entry.in_use:
        return Failure(in_use(entry))
    if job is not None:
        return (yield from do(work(lambda: desk.adopt(entry, job))))
    asked = yield from _ask(desk, entry, config)
    if isinstance(asked, Failure):
        return Failure(asked.failure())
    found: Reconciliation = asked.unwrap()
    return (yield from do(work(lambda: desk.settle(entry, found, forget=options["forget"]))))


def _ask(
    desk: _Desk, entry: JournalEntry, config: VideoGenerationConfig | None
) -> Steps[Reconciliation]:
    aimed = yield from do(work(lambda: desk.target(entry.generation, config)))
    if isinstance(aimed, Failure):
        return Failure(aimed.failure())
    target: Target = aimed.unwrap()
    listing = target.provider.listing(target)
    if listing is None:
        return Success(without_list(target.provider))
    wanted = sought(entry, target, listing)
    read = yield from read_list(desk.call, wanted)
    if isinstance(read, Failure):
        error: TarashException = read.failure()
        if is_passing(error):
            return Failure(with_place(error, target.config))
        return Success(unasked(target.provider, error.message))
    return (yield from do(work(lambda: desk.judge(entry, wanted, read.unwrap()))))


@attrs.frozen(kw_only=True)
class _Desk:
    """One question about one submission.

    Attributes:
        call: Its effects and providers.
        journal: The journal that the submission was made with, or None.
        given: What the caller knows of the submission.
    """

    call: Call
    journal: Journal | None
    given: JournalEntry

    def current(self) -> IOOutcome[JournalEntry]:
        """Return what is known now: what the caller gave may be out of date."""
        if self.journal is None:
            return IOResult.from_value(self.given)
        own = self.given.generation

        def with_own(found: JournalEntry | None) -> JournalEntry:
            if found is None:
                return self.given
            # A journal keeps neither keys nor media, and what the caller gave may have both.
            kept = attrs.evolve(found.generation, configs=own.configs)
            if kept.media_omitted:
                kept = attrs.evolve(kept, request=own.request, media_omitted=own.media_omitted)
            return attrs.evolve(found, generation=kept)

        return self.journal.entry(own.id).map(with_own)

    def target(
        self, saved: VideoGeneration, config: VideoGenerationConfig | None
    ) -> IOOutcome[Target]:
        """Return where the submission went to.

        Errors:
            ValidationError: The config is not that of the submission.
            AuthenticationError: A key is missing.
        """

        def aim(configs: tuple[VideoGenerationConfig, ...]) -> IOOutcome[Target]:
            first = configs[:1]
            environment = self.call.environment(first)
            return self.call.links(first, environment, saved.position).bind_result(
                lambda links: target_of_saved(saved, links[0], environment)
            )

        return IOResult.from_result(configs_of(saved, config)).bind(aim)

    def judge(
        self, entry: JournalEntry, wanted: Sought, listed: Listed
    ) -> IOOutcome[Reconciliation]:
        """Return what the list says, in the light of the other entries of the journal."""
        journal = self.journal
        if journal is None:
            return IOResult.from_value(judge(entry, wanted, listed, Beside()))

        def owner(job: ListedJob) -> IOOutcome[JournalEntry | None]:
            return journal.entry(job.id)

        base_url = wanted.target.base_url

        def decide(pending: tuple[JournalEntry, ...]) -> IOOutcome[Reconciliation]:
            others = [each for each in pending if _shares_a_list(each, entry, base_url)]
            # An entry that gets its job in the meantime is among the others, or owns the job below.
            return every_io(likely(wanted, listed.jobs), owner).map(
                lambda owners: judge(
                    entry,
                    wanted,
                    listed,
                    _beside(
                        others,
                        [each for each in owners if each and _shares_a_list(each, entry, base_url)],
                        wanted,
                        listed,
                    ),
                )
            )

        return journal.entries().bind(decide)

    def settle(
        self, entry: JournalEntry, answer: Reconciliation, *, forget: bool
    ) -> IOOutcome[Reconciliation]:
        """Return the answer, written down where it is certain, and "none" only if it is wanted."""
        now = self.call.effects.clock.utc()
        if answer.state == "found" and answer.generation is not None:
            return self._write(
                entry, with_job(entry, answer.generation.request_id or "", now), answer
            )
        if answer.state == "none" and forget:
            return self._write(entry, closed(entry, answer.reason, now), answer)
        return IOResult.from_value(answer)

    def adopt(self, entry: JournalEntry, job: object) -> IOOutcome[Reconciliation]:
        """Return the submission with the job that the caller names.

        Errors:
            ValidationError: Another entry has it.
        """
        if not isinstance(job, str) or not job.strip():
            return IOFailure(refuse("job", job, "the provider's id of a job"))
        new = with_job(entry, job, self.call.effects.clock.utc())
        answer = Reconciliation(
            state="found", reason=f"you named job {job}", generation=new.generation
        )
        if self.journal is None:
            return IOResult.from_value(answer)

        def unless_taken(owner: JournalEntry | None) -> IOOutcome[Reconciliation]:
            if owner is None or not _shares_a_list(owner, entry, entry.generation.base_url):
                return self._write(entry, new, answer)
            message = (
                f"job {preview(job)} belongs to another entry of the journal, "
                f"{owner.generation.id}: give the id of the job that this submission made"
            )
            return IOFailure(ValidationError(message))

        return self.journal.entry(job).bind(unless_taken)

    def _write(
        self, entry: JournalEntry, new: JournalEntry, answer: Reconciliation
    ) -> IOOutcome[Reconciliation]:
        """Write the end of the question down, unless somebody else did it, or still submits."""
        journal, id_ = self.journal, entry.generation.id
        if journal is None:
            return IOResult.from_value(answer)
        owner, now = self.call.effects.ids.new(), self.call.effects.clock.utc()

        def write(current: JournalEntry) -> IOOutcome[Reconciliation]:
            if (already := known(current)) is not None:
                return journal.release(id_, owner=owner).map(lambda _: already)
            return (
                journal.put(new, owner=owner)
                .bind(lambda _: journal.release(id_, owner=owner))
                .map(lambda _: answer)
            )

        def after(claim: Claim) -> IOOutcome[Reconciliation]:
            return IOFailure(in_use(entry)) if claim == "in_use" else self.current().bind(write)

        return journal.claim(entry, owner=owner, now=now, until=now + _LEASE).bind(after)


def _job_of(entry: JournalEntry) -> str:
    return entry.generation.request_id or ""


def _shares_a_list(other: JournalEntry, entry: JournalEntry, base_url: str | None) -> bool:
    """Tell whether two attempts may have made jobs of one account: ids are the provider's own."""
    theirs, ours = other.generation, entry.generation
    places = {theirs.base_url, base_url} - {None}
    return theirs.id != ours.id and theirs.provider == ours.provider and len(places) <= 1


def _beside(
    others: Sequence[JournalEntry],
    owners: Sequence[JournalEntry],
    wanted: Sought,
    listed: Listed,
) -> Beside:
    latest = listed.asked_at - wanted.listing.shows_after
    return Beside(
        rivals=tuple(_rival(each, wanted) for each in others if each.state in UNCLEAR),
        taken=frozenset(map(_job_of, owners)),
        expected=frozenset(
            _job_of(each)
            for each in others
            if _job_of(each) and wanted.first <= each.generation.started_at <= latest
        ),
    )


def _rival(other: JournalEntry, wanted: Sought) -> Sought:
    target = attrs.evolve(wanted.target, config=other.generation.configs[0])
    return sought(other, target, wanted.listing)
