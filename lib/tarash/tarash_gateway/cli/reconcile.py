"""``tarash jobs --reconcile``: what became of the unknown submissions of the journal."""

from collections.abc import Iterator

import attrs
import typer

from .. import api
from ..exceptions import TarashException
from ..values.journal_entry import JournalEntry
from ..values.moments import in_utc
from ..values.reconciliation import Reconciliation
from . import asking, exits, show, words
from .journal import CliJournal
from .speech import in_terms
from .terminal import say_json, tell


@attrs.frozen(kw_only=True)
class Answered:
    """One unknown submission, with the answer about it.

    Attributes:
        entry: The submission.
        answer: What its provider's list says, or None if it could not be asked.
        problem: Why it could not be asked.
        is_closed: Whether it was closed in the journal, because there is no job.
    """

    entry: JournalEntry
    answer: Reconciliation | None = None
    problem: str = ""
    is_closed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the user still has to look."""
        return self.word != "found" and not self.is_closed

    @property
    def word(self) -> str:
        """The answer in a word."""
        return "not asked" if self.answer is None else self.answer.state

    @property
    def following(self) -> str:
        """What to do next."""
        ours, answer = self.entry.generation.id, self.answer
        match self.word:
            case "found":
                return f"tarash resume {ours}"
            case "none" if self.is_closed:
                return "it may be sent again"
            case "none":
                return "tarash jobs --reconcile --forget, and it may be sent again"
            case "cannot_tell" if answer and answer.again_at:
                return f"ask again after {in_utc(answer.again_at)}"
            case "cannot_tell" if answer and answer.candidates:
                return f"tarash adopt {ours} JOB with the job that it is"
            case "cannot_tell":
                return f"look for the job; without one, tarash forget {ours}"
            case _:
                return "correct that, and ask again"

    @property
    def cells(self) -> tuple[str, ...]:
        """The submission as a row of a table."""
        saved, answer = self.entry.generation, self.answer
        found = answer and answer.generation
        jobs = [each.id for each in answer.candidates] if answer else []
        return (
            saved.id,
            self.word,
            (found and found.request_id) or ", ".join(jobs) or "-",
            in_terms(answer.reason) if answer else self.problem,
            self.following,
        )

    @property
    def plain(self) -> dict[str, object]:
        """The submission as JSON."""
        saved, answer = self.entry.generation, self.answer
        found = answer and answer.generation
        again = answer and answer.again_at
        return {
            "id": saved.id,
            "key": saved.key,
            "provider": saved.provider,
            "model": saved.model,
            "answer": self.word,
            "request_id": found.request_id if found else None,
            "candidates": [each.id for each in answer.candidates] if answer else [],
            "reason": in_terms(answer.reason) if answer else self.problem,
            "again_at": again.isoformat() if again else None,
            "closed": self.is_closed,
            "next": self.following,
        }


def reconcile(journal: CliJournal, *, forget: bool, as_json: bool, yes: bool = False) -> None:
    """Ask about each unknown submission, and print what the answers are."""
    may_ask = not as_json and asking.is_person()
    answers = list(_ask_all(journal, forget=forget or yes, may_ask=may_ask))
    if as_json:
        say_json([each.plain for each in answers])
    elif answers:
        show.reconciled([each.cells for each in answers])
    else:
        tell(words.NOTHING_UNKNOWN)
    if any(each.is_open for each in answers):
        raise typer.Exit(exits.LOOK_FIRST)


def _ask_all(journal: CliJournal, *, forget: bool, may_ask: bool) -> Iterator[Answered]:
    unknown = [
        entry
        for entry in api.pending_videos(journal)
        if entry.state == "unknown" and not entry.in_use
    ]
    for entry in unknown:
        try:
            yield _close(journal, entry, forget=forget, may_ask=may_ask)
        except TarashException as error:
            yield Answered(entry=entry, problem=in_terms(str(error)))


def _close(journal: CliJournal, entry: JournalEntry, *, forget: bool, may_ask: bool) -> Answered:
    answer = api.reconcile_video(entry, journal=journal, forget=forget)
    is_closed = answer.state == "none" and forget
    if answer.state == "none" and may_ask and not forget:
        tell(in_terms(answer.reason))
        question = f"Close {entry.generation.id}, so that it may be sent again?"
        if asking.confirm(question, yes=False, otherwise=False):
            return _close(journal, entry, forget=True, may_ask=False)
    return Answered(entry=entry, answer=answer, is_closed=is_closed)
