"""The journal's commands: ``tarash jobs``, ``resume``, ``cancel``, ``forget``."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, get_args

import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import FAL, Tarash, world

from tarash.tarash_gateway import SqliteJournal
from tarash.tarash_gateway.cli import journal as cli_journal
from tarash.tarash_gateway.cli import words
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.testing import ScriptedHttp, json_reply
from tarash.tarash_gateway.values.attempts import Cancellation


def test_an_interruption_says_that_the_job_goes_on(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_request: object) -> HttpResponse:
        raise KeyboardInterrupt

    world(monkeypatch, ScriptedHttp([interrupted]), FAL_KEY="id:secret")
    ran = tarash("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3")
    assert (ran.code, ran.out) == (130, "")
    assert "interrupted: no video job was known to be accepted" in ran.err
    (unknown,) = json.loads(tarash("jobs", "--json").out)
    assert (unknown["state"], unknown["request_id"]) == ("unknown", None)
    assert tarash("forget", unknown["id"]).code == 0
    assert json.loads(tarash("jobs", "--json").out) == []


def test_a_job_that_took_too_long_is_kept_and_resumed(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--timeout", "1")
    assert (ran.code, ran.out) == (6, "")
    (kept,) = json.loads(tarash("jobs", "--json").out)
    assert f"may go on: tarash resume {kept['id']} (" in ran.err
    assert (kept["state"], kept["request_id"], kept["prompt"]) == ("accepted", "job-1", "a kite")
    assert "job-1" in tarash("jobs").out
    replies = [fal.running(), fal.completed(), fal.result()]
    world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
    assert tarash("resume", "job-1", "--timeout", "60").out == f"{fal.URL}\n"
    assert json.loads(tarash("jobs", "--json").out) == []
    (ended,) = json.loads(tarash("jobs", "--all", "--json").out)
    assert ended["state"] == "completed"


def test_a_journal_without_jobs_says_so_and_lists_none(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a journal without jobs
    open_, all_ = tarash("jobs"), tarash("jobs", "--all")
    assert (open_.code, open_.out, all_.code, all_.out) == (0, "", 0, "")
    assert "tarash jobs --all lists the ended ones" in open_.err
    assert "the journal is empty" in all_.err
    # when a job has ended in it
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    assert tarash(*FAL).code == 0
    # then no job is open, and the ended one is listed
    assert tarash("jobs").out == ""
    assert "job-1" in tarash("jobs", "--all").out


def test_a_job_can_be_cancelled(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    tarash(*FAL, "--timeout", "1")
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    world(monkeypatch, ScriptedHttp([fal.queued(), cancelled]), FAL_KEY="id:secret")
    assert tarash("cancel", "job-1").out == "confirmed\n"
    assert tarash("resume", "job-2").code == 2


def test_without_a_journal_nothing_is_kept(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    assert tarash(*FAL, "--no-journal").code == 0
    assert not cli_journal.default_path().exists()


def test_the_journal_is_in_the_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TARASH_JOURNAL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert cli_journal.default_path().name == "journal.sqlite3"
    assert "tarash-gateway" in cli_journal.default_path().parts


def test_a_time_says_that_it_is_utc(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a job that began at the time of the clock, in a terminal of another zone.
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret", TZ="Asia/Kolkata")
    tarash(*FAL)
    (job,) = json.loads(tarash("jobs", "--all", "--json").out)
    # Then the list has that time, and says its zone, in a pipe as well.
    began = datetime.fromisoformat(job["started_at"])
    assert f"\t{began:%Y-%m-%d %H:%M:%S} UTC\t" in tarash("jobs", "--all").out


def test_every_end_of_a_cancel_has_its_words() -> None:
    assert set(words.CANCELLATIONS) == set(get_args(Cancellation))


@pytest.mark.parametrize(
    ("look", "reply", "word", "said"),
    [
        (fal.queued(), (202, "CANCELLATION_REQUESTED"), "confirmed", "stops the job"),
        (fal.running(), (202, "CANCELLATION_REQUESTED"), "charged", "the provider may charge"),
        (fal.running(), (400, "ALREADY_COMPLETED"), "too_late", "tarash resume fetches its video"),
        (fal.running(), (500, "no"), "failed", "the job may still be running"),
    ],
    ids=["queued", "running", "finished", "down"],
)
def test_a_cancel_says_what_came_of_it(  # noqa: PLR0917 - what came, in all its forms
    tarash: Tarash,
    monkeypatch: pytest.MonkeyPatch,
    look: HttpResponse,
    reply: tuple[int, str],
    word: str,
    said: str,
) -> None:
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    tarash(*FAL, "--timeout", "1")
    status, body = reply
    replies = [look, json_reply(status, {"status": body}), fal.running()]
    world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
    ran = tarash("cancel", "job-1")
    assert ran.out == f"{word}\n"
    assert said in ran.err


def test_an_interrupted_wait_names_the_command_that_goes_on(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_request: object) -> HttpResponse:
        raise KeyboardInterrupt

    world(monkeypatch, ScriptedHttp([fal.queued(), interrupted]), FAL_KEY="id:secret")
    ran = tarash(*FAL)
    (kept,) = json.loads(tarash("jobs", "--json").out)
    assert ran.code == 130
    assert f"interrupted: job job-1 of fal goes on: tarash resume {kept['id']}" in ran.err


def test_a_job_that_no_journal_has_is_not_called_kept(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--timeout", "1", "--no-journal")
    assert ran.code == 6
    assert "the job is in the journal" not in ran.err
    assert "job-1" in ran.err


def test_a_job_that_another_call_waits_for_is_left_to_it(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a command that waits for a job
    other = SqliteJournal(cli_journal.default_path())
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    tarash(*FAL, "--timeout", "1")
    (entry,) = settle(result_of(other.entries()))
    now = datetime.now(UTC)
    owned = other.claim(entry, owner="other", now=now, until=now + timedelta(hours=1))
    assert settle(result_of(owned)) == "owned"
    assert "accepted, in use" in tarash("jobs").out
    # when a second one asks for it
    http = ScriptedHttp([])
    world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash("resume", "job-1")
    # then it sends nothing, and says to try again later
    assert ran.code == 5
    assert "another call waits for job job-1" in ran.err
    assert http.requests == []


def test_an_entry_that_cannot_be_read_is_named_and_hides_no_other(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two jobs, one of which is damaged in the file
    for job in ("job-1", "job-2"):
        replies = [fal.queued(job), fal.running()]
        world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
        tarash(*FAL, "--timeout", "1")
    with closing(sqlite3.connect(cli_journal.default_path())) as connection, connection:
        damage = "UPDATE video_generations SET generation = '{' WHERE request_id = 'job-1'"
        connection.execute(damage)
    # then the other is listed, and the damaged one is named
    ran = tarash("jobs", "--json")
    assert [job["request_id"] for job in json.loads(ran.out)] == ["job-2"]
    assert "warning: the journal has an entry that cannot be read" in ran.err
    assert "job job-1" in ran.err


def test_one_job_is_found_without_reading_all(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a journal that would refuse to list all its entries
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    tarash(*FAL, "--timeout", "1")

    def refused(*_: object, **__: object) -> NoReturn:
        pytest.fail("all entries were read")

    monkeypatch.setattr(cli_journal.CliJournal, "entries", refused)
    replies = [fal.completed(), fal.result()]
    world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
    assert tarash("resume", "job-1").out == f"{fal.URL}\n"
    assert tarash("forget", "job-1").code == 0
    assert tarash("cancel", "job-1").code == 2


def test_a_key_in_the_place_of_an_id_is_told_which_ids_are_meant(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a job under a key, which goes on
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    tarash(*FAL, "--timeout", "1", "--key", "order-17")
    # when a command is given the key
    ran = tarash("resume", "order-17")
    # then its message has the id, with which the command finds the job
    assert (ran.code, ran.out) == (2, "")
    assert "order-17 is a key and not the id of a job: give order-17#1" in ran.err
    world(monkeypatch, ScriptedHttp([fal.completed(), fal.result()]), FAL_KEY="id:secret")
    assert tarash("resume", "order-17#1").out == f"{fal.URL}\n"
    # and another word is still called unknown
    assert "job order-18 is not in the journal" in tarash("resume", "order-18").err
