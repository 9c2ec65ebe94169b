"""A connection to PostgreSQL that is lost at any statement leaves no wrong state behind."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
import psycopg
import pytest
from tests.support import fal_replies as fal
from tests.support.cutting import Cut, relay
from tests.support.keyed_calls import KEY, generate, submissions, world
from tests.support.places import SchemaPlace

from tarash.tarash_gateway import (
    JournalEntry,
    JournalError,
    PostgresJournal,
    start_video,
)
from tarash.tarash_gateway.effects.postgres_transactions import Transaction
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.submission_key import KeyedAttempt

pytestmark = pytest.mark.slow

_NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
_LATER: Final = _NOW + timedelta(minutes=2)
# More statements than any method has.
_MANY: Final = 20


@attrs.frozen
class _Killing:
    """Ends a connection from another one, just before one of its statements."""

    admin: "psycopg.Connection[Any]"
    left: list[int]

    def around(self, statement: Callable[..., Any]) -> Callable[..., Any]:
        def run(transaction: Transaction, *given: Any) -> Any:
            if self.left and not self.left[0]:
                self.left.clear()
                process = transaction._cursor.connection.info.backend_pid
                self.admin.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
            elif self.left:
                self.left[0] -= 1
            return statement(transaction, *given)

        return run


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch, postgres_database: str) -> Iterator[list[int]]:
    """Put a number in: before the statement after so many, the connection is killed."""
    with psycopg.connect(postgres_database, autocommit=True) as admin:
        left: list[int] = []
        killer = _Killing(admin, left)
        for name in ("run", "rows"):
            monkeypatch.setattr(Transaction, name, killer.around(getattr(Transaction, name)))
        yield left


@pytest.fixture(scope="module")
def entry() -> JournalEntry:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    started = start_video(fal.config(), fal.REQUEST, effects=effects)
    keyed = KeyedAttempt(key="clip", number=1, fingerprint="x")
    known = attrs.evolve(started, id=keyed.id, keyed=keyed)
    return JournalEntry(generation=known, state="intended", updated_at=_NOW)


_Method = Callable[[PostgresJournal, JournalEntry], IOOutcome[Any]]
_METHODS: Final[dict[str, _Method]] = {
    "reserve": lambda j, e: j.reserve(_new(e), owner="o", now=_NOW, until=_LATER),
    "claim": lambda j, e: j.claim(e, owner="other", now=_LATER, until=_LATER + _LATER.resolution),
    "put": lambda j, e: j.put(attrs.evolve(e, state="completed"), owner="o"),
    "release": lambda j, e: j.release(e.generation.id, owner="o"),
    "forget": lambda j, e: j.forget(e.generation.id),
    "note": lambda j, _e: j.note("m2", about="clip", now=_LATER, until=_LATER + timedelta(1)),
    "prune": lambda j, _e: j.prune(_NOW + timedelta(1)),
    "noted": lambda j, _e: j.noted("clip"),
    "entry": lambda j, e: j.entry(e.generation.id),
    "entries": lambda j, _e: j.entries(),
    "keyed": lambda j, _e: j.keyed("clip", now=_NOW),
    "unreadable": lambda j, _e: j.unreadable(),
}
_methods = pytest.mark.parametrize("method", _METHODS.values(), ids=_METHODS)


def _new(entry: JournalEntry) -> JournalEntry:
    return attrs.evolve(entry, generation=attrs.evolve(entry.generation, id="another"))


def _prepared(place: SchemaPlace, entry: JournalEntry) -> None:
    """Make a journal with an entry that is owned, one that has ended, and a message."""
    with place.journal() as journal:
        old = attrs.evolve(entry.generation, id="old", keyed=None)
        for outcome in (
            journal.reserve(entry, owner="o", now=_NOW, until=_LATER),
            journal.put(JournalEntry(generation=old, state="failed", updated_at=_NOW)),
            journal.note("m1", about="clip", now=_NOW, until=_NOW + timedelta(2)),
        ):
            result_of(outcome).unwrap()


@_methods
def test_a_connection_that_is_killed_changes_nothing(
    postgres_database: str, entry: JournalEntry, killing: list[int], method: _Method
) -> None:
    # given what a method returns and leaves behind when nothing happens
    undisturbed = SchemaPlace(postgres_database)
    _prepared(undisturbed, entry)
    with undisturbed.journal() as journal:
        expected = result_of(method(journal, entry)).unwrap()
    for number in range(_MANY):
        place = SchemaPlace(postgres_database)
        _prepared(place, entry)
        with place.journal() as journal:
            result_of(journal.entries()).unwrap()
            # when its connection is killed before one of its statements
            killing[:] = [number]
            answer = result_of(method(journal, entry)).unwrap()
            over = bool(killing)
            killing.clear()
        # then it returns the same, and leaves the same behind
        assert answer == expected
        assert place.content() == undisturbed.content()
        if over:
            break
    assert number > 1


@_methods
@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_commit_without_an_answer_is_done_once(
    postgres_database: str, entry: JournalEntry, method: _Method, cut: Cut
) -> None:
    undisturbed, place = SchemaPlace(postgres_database), SchemaPlace(postgres_database)
    for each in (undisturbed, place):
        _prepared(each, entry)
    with undisturbed.journal() as journal:
        expected = result_of(method(journal, entry)).unwrap()
    # given a connection that is cut around a commit: the server has done it, or has not
    with relay(postgres_database) as (running, conninfo):
        with PostgresJournal(conninfo, schema=place.schema) as journal:
            result_of(journal.entries()).unwrap()
            running.cut = cut
            answer = result_of(method(journal, entry)).unwrap()
        assert running.cuts == 1
    # then the method returns the same, and leaves the same behind
    if method is _METHODS["prune"] and cut == "after":
        # What the first try has removed is not counted by the second.
        assert answer == expected - 1
    else:
        assert answer == expected
    assert place.content() == undisturbed.content()


def test_a_message_that_comes_twice_around_a_cut_is_new_once(postgres_database: str) -> None:
    place = SchemaPlace(postgres_database)
    with (
        relay(postgres_database) as (running, conninfo),
        PostgresJournal(conninfo, schema=place.schema) as journal,
    ):
        first = result_of(journal.note("m", about="a", now=_NOW, until=_LATER)).unwrap()
        running.cut = "after"
        later = _NOW + timedelta(seconds=1)
        second = result_of(journal.note("m", about="a", now=later, until=_LATER)).unwrap()
    assert (first, second) == (True, False)


def test_a_server_that_was_never_there_is_no_reason_to_wait() -> None:
    # given a mistake in the address, a call is told at once; the sender is never asked
    _, effects = world()
    with pytest.raises(JournalError, match="check that the server runs"):
        generate(PostgresJournal("postgresql://u@127.0.0.1:1/d"), effects=effects)


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_video_is_paid_for_once_whatever_commit_is_cut(postgres_database: str, cut: Cut) -> None:
    # given a call whose commits are cut one after the other, each in a run of its own
    with relay(postgres_database) as (running, conninfo):
        for number in range(_MANY):
            place = SchemaPlace(conninfo)
            with place.journal() as journal:
                result_of(journal.entries()).unwrap()
                inner, left = journal._source, [number]
                lent = inner.lent

                def counted(*given: Any, lent: Any = lent, left: Any = left, **more: Any) -> Any:
                    left[0] -= 1
                    if left[0] == -1:
                        running.cut = cut
                    return lent(*given, **more)

                setattr(inner, "lent", counted)  # noqa: B010 - mypy lets nobody assign to a method
                response, http = generate(journal, *fal.success())
                # then there is one submission, one video, and one entry that says so
                assert (response.video, submissions(http)) == (fal.URL, 1)
                again, silent = generate(journal)
                assert (again, submissions(silent)) == (response, 0)
                (kept,) = result_of(journal.keyed(KEY, now=_NOW)).unwrap()
                assert kept.state == "completed"
            running.cut = None
            if left[0] >= 0:
                return
    raise AssertionError(number)
