"""The journal in PostgreSQL: what it does beyond the journal in a file."""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import psycopg
import pytest
from tests.support import fal_replies as fal
from tests.support import patience
from tests.support.places import SchemaPlace

from tarash.tarash_gateway import (
    JournalEntry,
    JournalError,
    PostgresJournal,
    ValidationError,
    VideoGeneration,
    generate_video,
    start_video,
)
from tarash.tarash_gateway.effects import postgres_sql
from tarash.tarash_gateway.effects.processes import this_process
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.submission_key import KeyedAttempt

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_LATER = _NOW + timedelta(minutes=2)


@pytest.fixture
def place(postgres_database: str) -> SchemaPlace:
    return SchemaPlace(postgres_database)


@pytest.fixture
def connection(place: SchemaPlace) -> Iterator["psycopg.Connection[Any]"]:
    with closing(psycopg.connect(place.conninfo)) as opened:
        yield opened


@pytest.fixture(scope="module")
def generation() -> VideoGeneration:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    return start_video(fal.config(), fal.REQUEST, effects=effects)


@pytest.fixture
def entry(generation: VideoGeneration) -> JournalEntry:
    return JournalEntry(generation=generation, state="intended", updated_at=_NOW)


def _value(outcome: IOOutcome[Any]) -> Any:
    return result_of(outcome).unwrap()


def _error(outcome: IOOutcome[Any]) -> str:
    error = result_of(outcome).failure()
    assert isinstance(error, JournalError)
    return error.message


def _reserve(journal: PostgresJournal, entry: JournalEntry, owner: str, **more: Any) -> Any:
    return journal.reserve(entry, owner=owner, now=_NOW, until=_LATER, **more)


def _counted(place: SchemaPlace) -> int:
    """Return how many connections the database has, without the one that counts."""
    with closing(psycopg.connect(place.conninfo)) as watcher:
        found = watcher.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'tarash-gateway'"
        ).fetchone()
    assert found is not None
    return int(found[0])


def _until_one_waits(place: SchemaPlace) -> None:
    """Return when a transaction waits for another one's lock."""
    blocked = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0
    """
    with closing(psycopg.connect(place.conninfo, autocommit=True)) as watcher:
        patience.until(lambda: watcher.execute(blocked).fetchone() != (0,))


# Who owns an attempt.


def test_of_many_workers_one_owns_a_new_attempt(place: SchemaPlace, entry: JournalEntry) -> None:
    # given fifty workers, each with connections of its own, and tables that nobody has made yet
    start = threading.Barrier(50)

    def work(number: int) -> Any:
        with place.journal() as journal:
            start.wait()
            return _value(_reserve(journal, entry, f"worker {number}"))

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(work, range(50)))
    assert sorted(answers) == ["in_use"] * 49 + ["owned"]


def test_threads_share_a_few_connections(place: SchemaPlace, entry: JournalEntry) -> None:
    # given a journal that opens two connections at most
    _value(place.journal().migrate())
    opened: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        opened.append(psycopg.connect(place.conninfo))
        return opened[-1]

    with PostgresJournal(connect, schema=place.schema, max_connections=2) as journal:
        # when twenty threads use it at once, and one of them more often
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda n: _value(_reserve(journal, entry, f"w{n}")), range(20)))
        for _ in range(10):
            _value(journal.entries())
        # then there were never more, and they are closed with the journal
        assert 1 <= len(opened) <= 2
    assert all(each.closed for each in opened)


def test_a_journal_that_is_not_used_any_more_has_no_connections(postgres_server: str) -> None:
    place = SchemaPlace(postgres_server)
    journal = place.journal()
    _value(journal.entries())
    assert _counted(place) == 1
    del journal
    gc.collect()
    patience.until(lambda: _counted(place) == 0)


def test_a_lock_of_somebody_else_is_waited_for_as_long_as_the_call_may(
    place: SchemaPlace, entry: JournalEntry, connection: "psycopg.Connection[Any]"
) -> None:
    # given a transaction of somebody's that has written the entry, and does not end
    journal = place.journal()
    _value(journal.migrate())
    mine = PostgresJournal.within(connection, schema=place.schema)
    _value(mine.put(attrs.evolve(entry, state="accepted")))
    # then others wait as long as they are told, and are told what to do
    error = _error(_reserve(journal, entry, "other", patience=0.05))
    assert "another transaction has locked for 0.05 seconds: end that transaction" in error
    other = attrs.evolve(entry, generation=attrs.evolve(entry.generation, id="another"))
    assert _value(_reserve(journal, other, "other")) == "owned"
    # and those who wait long enough see what it has written
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_reserve, journal, entry, "other")
        _until_one_waits(place)
        connection.commit()
        assert _value(waiting.result()) == "ended"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is POSIX's")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_opens_connections_of_its_own(
    place: SchemaPlace, entry: JournalEntry
) -> None:
    # given a journal with an idle connection
    journal = place.journal()
    assert _value(_reserve(journal, entry, "parent")) == "owned"
    child = os.fork()
    if not child:
        code = 1
        try:
            # when a child uses it, and leaves in the way of a program
            code = 0 if _value(_reserve(journal, entry, "child")) == "in_use" else 2
            journal.close()
            gc.collect()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    # then the parent's connection is as it was
    (idle,) = journal._source._pools[os.getpid()].idle  # type: ignore[union-attr]  # of this kind
    assert _value(_reserve(journal, entry, "parent")) == "owned"
    assert not idle[0].closed


def test_the_last_write_of_a_process_that_was_killed_is_waited_for(
    place: SchemaPlace, entry: JournalEntry, connection: "psycopg.Connection[Any]"
) -> None:
    # given a process that was killed when the server had its last write, but not yet committed it
    keyed = KeyedAttempt(key="clip", number=1, fingerprint="x")
    known = attrs.evolve(entry, generation=attrs.evolve(entry.generation, keyed=keyed))
    gone = "999999999" + this_process()[len(str(os.getpid())) :]
    journal = place.journal()
    assert _value(_reserve(journal, known, "worker")) == "owned"
    place.execute("UPDATE video_claims SET process = ?", gone)
    last = PostgresJournal.within(connection, schema=place.schema)
    _value(last.put(attrs.evolve(known, state="accepted"), owner="worker"))
    # when another one looks at what it left
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(journal.keyed, "clip", now=_NOW)
        _until_one_waits(place)
        connection.commit()
        (found,) = _value(looking.result())
    # then it knows the job
    assert found.state == "accepted"


# The schema.


def test_a_later_version_s_tables_are_left_alone(place: SchemaPlace, entry: JournalEntry) -> None:
    # given a program that runs, and tables that a later version has changed under it
    journal = place.journal()
    assert _value(_reserve(journal, entry, "worker")) == "owned"
    place.execute("UPDATE video_schema SET version = 7")
    # then nothing is read and nothing is written, by it and by its like
    for older in (journal, place.journal()):
        for outcome in (_reserve(older, entry, "worker"), older.entries(), older.migrate()):
            error = _error(outcome)
            assert "tables of a later version (7, and 1 is known here)" in error
            assert "upgrade tarash-gateway" in error


def test_an_older_version_s_tables_are_brought_up_to_date(
    monkeypatch: pytest.MonkeyPatch, place: SchemaPlace, entry: JournalEntry
) -> None:
    # given a journal of this version, and a program of the next one
    journal = place.journal()
    assert _value(_reserve(journal, entry, "worker")) == "owned"
    second = "ALTER TABLE video_claims ADD COLUMN host text;\n"
    migrations = (*postgres_sql._MIGRATIONS, second)
    monkeypatch.setattr(postgres_sql, "_MIGRATIONS", migrations)
    monkeypatch.setattr(postgres_sql, "VERSION", 2)
    # when many use it at once for the first time
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: _value(place.journal().entries()), range(8)))
    # then it was changed once, and what it has is there
    assert [entry.generation.id for entries in found for entry in entries] == ["call1-1"] * 8
    place.execute("UPDATE video_claims SET host = ? WHERE owner = 'worker'", "here")
    assert _value(journal.migrate()) is None


def test_a_user_may_have_no_right_to_make_tables(
    postgres_server: str, entry: JournalEntry, request: pytest.FixtureRequest
) -> None:
    # given a role that may only connect
    role = f"tarash_{os.getpid()}_{id(request)}"
    with closing(psycopg.connect(postgres_server, autocommit=True)) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p'".encode())
        server = postgres_server.rpartition("@")[2]
        journal = PostgresJournal(f"postgresql://{role}:p@{server}")
        try:
            assert "SQL that PostgresJournal.ddl(role=...) returns" in _error(journal.entries())
            # when the owner has run what it is told to
            admin.execute(PostgresJournal.ddl(role=role).encode())
            # then it can do everything, but change the tables
            assert _value(_reserve(journal, entry, "worker")) == "owned"
            assert _value(journal.note("m", about="a", now=_NOW, until=_LATER))
            assert _value(journal.prune(_LATER)) == 0
            _value(journal.forget(entry.generation.id))
            journal.close()
        finally:
            admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_a_commit_is_durable_where_the_database_s_default_is_not(postgres_server: str) -> None:
    # given a database that answers before a commit is on its disk
    with closing(psycopg.connect(postgres_server, autocommit=True)) as admin:
        name = admin.info.dbname
        admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
    journal, seen = SchemaPlace(postgres_server).journal(), []

    def look(database: Any) -> None:
        seen.extend(database.rows("SELECT current_setting('synchronous_commit') AS it"))

    _value(journal.run(look))
    assert seen == [{"it": "on"}]


# On a connection of the caller's.


def test_in_a_transaction_nothing_is_submitted(
    place: SchemaPlace, entry: JournalEntry, connection: "psycopg.Connection[Any]"
) -> None:
    _value(place.journal().migrate())
    # given connections on which the journal cannot commit
    with closing(psycopg.connect(place.conninfo, autocommit=True)) as second:
        block = second.transaction()
        block.__enter__()
        for each in (connection, second):
            journal, http = PostgresJournal.within(each, schema=place.schema), ScriptedHttp([])
            # then neither an attempt nor a job is owned, and nothing is sent
            for outcome in (
                _reserve(journal, entry, "worker"),
                journal.claim(entry, owner="worker", now=_NOW, until=_LATER),
            ):
                assert "guards only what is committed: nothing was sent" in _error(outcome)
            with pytest.raises(JournalError, match="in a transaction of yours"):
                generate_video(
                    fal.config(),
                    fal.REQUEST,
                    effects=fake_effects(http=http),
                    journal=journal,
                    key="clip",
                )
            assert http.requests == []
        block.__exit__(None, None, None)
        # and outside of it, the same connection does
        outside = PostgresJournal.within(second, schema=place.schema)
        assert _value(_reserve(outside, entry, "worker")) == "owned"
    assert len(_value(place.journal().entries())) == 1


def test_what_is_written_in_a_transaction_shares_its_fate(
    place: SchemaPlace, entry: JournalEntry, connection: "psycopg.Connection[Any]"
) -> None:
    # given a caller's own table, and a journal on the caller's connection
    connection.execute("CREATE TEMPORARY TABLE orders (id text)")
    connection.commit()
    other = place.journal()
    _value(other.migrate())
    journal = PostgresJournal.within(connection, schema=place.schema)
    for end, known in ((connection.rollback, 0), (connection.commit, 1)):
        # when a message and an entry are written beside a row, and the transaction ends
        connection.execute("INSERT INTO orders VALUES ('17')")
        assert _value(journal.note("m1", about="job-1", now=_NOW, until=_LATER))
        _value(journal.put(attrs.evolve(entry, state="accepted")))
        assert len(_value(journal.entries())) == 1
        assert len(_value(other.entries())) == 0
        end()
        # then all of them are there, or none
        rows = connection.execute("SELECT id FROM orders").fetchall()
        connection.rollback()
        assert len(rows) == len(_value(other.entries())) == known
        assert (_value(other.noted("job-1")) is not None) is bool(known)


def test_a_failure_does_not_end_the_caller_s_transaction(
    place: SchemaPlace, entry: JournalEntry, connection: "psycopg.Connection[Any]"
) -> None:
    # given a transaction, and tables that are not there
    connection.execute("SET LOCAL lock_timeout = '77s'")
    journal = PostgresJournal.within(connection, schema=place.schema)
    assert "make its tables before by its migrate()" in _error(journal.put(entry))
    # then it goes on, with the caller's own settings
    _value(place.journal().migrate())
    _value(journal.put(entry))
    assert connection.execute("SHOW lock_timeout").fetchone() == ("77s",)
    connection.commit()
    assert len(_value(place.journal().entries())) == 1


def test_an_autocommitting_connection_is_as_good_as_a_conninfo(
    place: SchemaPlace, entry: JournalEntry, connection: "psycopg.Connection[Any]"
) -> None:
    connection.autocommit = True
    journal = PostgresJournal.within(connection, schema=place.schema)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: _value(_reserve(journal, entry, f"w{n}")), range(8)))
    assert sorted(answers) == ["in_use"] * 7 + ["owned"]
    assert len(_value(place.journal().entries())) == 1
    journal.close()
    assert not connection.closed
    connection.close()
    assert "cannot be used" in _error(journal.entries())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is POSIX's")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_caller_s_connection_is_not_used_in_a_fork(
    place: SchemaPlace, connection: "psycopg.Connection[Any]"
) -> None:
    journal = PostgresJournal.within(connection, schema=place.schema)
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if "forked" in _error(journal.entries()) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert connection.execute("SELECT 1").fetchone() == (1,)


# What a caller gives.


@pytest.mark.parametrize(
    "make",
    [
        lambda: PostgresJournal("postgresql://u:canary@h:notaport x/"),
        lambda: PostgresJournal("password canary"),
        lambda: PostgresJournal("host=h", schema='a"b'),
        lambda: PostgresJournal("host=h", schema=""),
        lambda: PostgresJournal(psycopg.Connection.__new__(psycopg.Connection)),  # type: ignore[arg-type]  # the mistake under test
        lambda: PostgresJournal.ddl(schema="a b"),
        lambda: PostgresJournal.ddl(role="a; DROP"),
    ],
    ids=["URL", "pairs", "quoted", "empty", "connection", "two words", "role"],
)
def test_what_cannot_be_read_is_refused_without_its_secrets(make: Callable[[], object]) -> None:
    with pytest.raises(ValidationError) as caught:
        make()
    assert "canary" not in str(caught.value)


def test_a_function_that_cannot_connect_costs_no_job(place: SchemaPlace) -> None:
    # given a function of the caller's, such as one that asks for a new password, that fails later
    calls: list[int] = []

    def connect() -> "psycopg.Connection[Any]":
        calls.append(1)
        if len(calls) > 2:
            message = "canary"
            raise KeyError(message)
        return psycopg.connect(place.conninfo)

    _value(place.journal().migrate())
    journal = PostgresJournal(connect, schema=place.schema)

    def lose(_asked: HttpRequest) -> HttpResponse:
        journal.close()
        calls.extend([1, 1])
        return fal.queued()

    # when it is first asked after the submission was accepted
    http = ScriptedHttp([lose, fal.completed(), fal.result()])
    config = fal.config(timeout=1)
    response = generate_video(config, fal.REQUEST, effects=fake_effects(http=http), journal=journal)
    # then the video is there, and whoever asks the journal is told what failed
    assert response.video == fal.URL
    error = _error(journal.run(lambda _database: None, 0.01))
    assert "the function that connects failed with KeyError" in error
    assert "canary" not in error


def test_a_url_of_sqlalchemy_s_is_a_url(place: SchemaPlace) -> None:
    url = place.conninfo.replace("postgresql://", "postgresql+psycopg://")
    with PostgresJournal(url, schema=place.schema) as journal:
        assert _value(journal.entries()) == ()


def test_a_password_is_in_no_message(place: SchemaPlace) -> None:
    # given a server that is not there, and one that knows another password
    wrong = place.conninfo.replace(":" + place.conninfo.split(":")[2].partition("@")[0], ":canary")
    for conninfo in ("postgresql://u:canary@127.0.0.1:1/d", wrong):
        journal = PostgresJournal(conninfo)
        error = _error(journal.entries())
        assert "check that the server runs" in error
        assert "canary" not in f"{error}{journal!r}{vars(journal)!r}"


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(JournalError, match=r"pip install '\.\[postgres\]'"):
        PostgresJournal("postgresql://h/d")
