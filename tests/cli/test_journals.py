"""Where the command line's journal is, and what is removed from it."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import FAL, Tarash, world

from tarash.tarash_gateway import PostgresJournal
from tarash.tarash_gateway.cli.journal import CliJournal, default_place
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.testing import ScriptedHttp


def _generate(tarash: Tarash, monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    assert tarash(*FAL, *more).out == f"{fal.URL}\n"


def _ended(key: str, time: datetime) -> None:
    """Make the job of a key as if it had ended at a time."""
    journal = CliJournal(default_place())
    (entry,) = settle(result_of(journal.keyed(key, now=time)))
    settle(result_of(journal.put(attrs.evolve(entry, updated_at=time))))


def test_a_database_may_be_the_journal(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, postgres_server: str
) -> None:
    # given the URL of a database in the place of a file
    monkeypatch.setenv("TARASH_JOURNAL", postgres_server)
    # when a video is waited for, too short a time, and then to its end
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--timeout", "1", "--key", "clip")
    assert ran.code == 6
    assert "may go on: tarash resume clip#1" in ran.err
    world(monkeypatch, ScriptedHttp([fal.completed(), fal.result()]), FAL_KEY="id:secret")
    assert tarash("resume", "job-1").out == f"{fal.URL}\n"
    # then the database has it, and the key is paid for
    world(monkeypatch, ScriptedHttp([]), FAL_KEY="id:secret")
    assert tarash(*FAL, "--key", "clip").out == f"{fal.URL}\n"
    with PostgresJournal(postgres_server) as journal:
        (entry,) = settle(result_of(journal.entries(pending=False)))
    assert (entry.state, entry.unsaved) == ("completed", False)


def test_a_database_that_is_not_there_stops_the_command_before_it_pays(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARASH_JOURNAL", "postgresql://user:canary@127.0.0.1:1/videos")
    http = ScriptedHttp([])
    world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash(*FAL)
    assert ran.code != 0
    assert "check that the server runs" in ran.err
    assert "canary" not in ran.err
    assert http.requests == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_old_jobs_are_removed(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, kind: str
) -> None:
    # given a job that ended long ago, one that has just ended, and one that runs
    if kind == "postgres":
        monkeypatch.setenv("TARASH_JOURNAL", request.getfixturevalue("postgres_server"))
    _generate(tarash, monkeypatch, "--key", "old")
    _generate(tarash, monkeypatch, "--key", "new")
    now = datetime.now(UTC)
    _ended("old", now - timedelta(days=31))
    _ended("new", now - timedelta(days=29))
    world(monkeypatch, ScriptedHttp([fal.queued("job-3"), fal.running()]), FAL_KEY="id:secret")
    tarash(*FAL, "--timeout", "1", "--key", "running")
    # when those that are older than a month are removed
    ran = tarash("prune", "--older-than", "30d")
    # then it says how many, and the others are there
    assert (ran.code, ran.out) == (0, "1\n")
    listed = tarash("jobs", "--all").out
    assert [key in listed for key in ("old", "new", "running")] == [False, True, True]
    assert tarash("prune", "--older-than", "99999w").out == "0\n"


@pytest.mark.parametrize("wrong", ["", "30", "d", "-1d", "1.5d", "1 month", "999999w"])
def test_what_is_no_age_is_refused(tarash: Tarash, wrong: str) -> None:
    ran = tarash("prune", f"--older-than={wrong}")
    assert ran.code == 2
    assert "is not an age: give a number and a unit, such as 12h, 30d or 8w" in ran.err
