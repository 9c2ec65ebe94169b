"""How a command fails: what is on stdout with ``--json``, and what may have been paid."""

import io
import json
import re
import sys
from pathlib import Path

import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import FAL, Ran, Tarash, world

from tarash.tarash_gateway.cli import asking
from tarash.tarash_gateway.exceptions import HTTPConnectionError
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, json_reply


def test_an_error_is_an_object_on_stdout(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--timeout", "1", "--json")
    told = json.loads(ran.out)["error"]
    (job,) = json.loads(tarash("jobs", "--json").out)
    assert ran.code == told["exit_code"] == 6
    assert (told["type"], told["retryable"], told["may_have_been_paid"]) == (
        *("TimeoutError", False),
        True,
    )
    assert (told["generation_id"], told["request_id"]) == (job["id"], "job-1")
    assert f"tarash resume {job['id']}" in told["message"]
    assert told["attempts"][0]["submission"] == "accepted"
    assert f"error: {told['message']}\n" in ran.err


def test_the_providers_reply_is_in_the_object(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp([json_reply(422, {"detail": "no"})]), FAL_KEY="id:secret")
    told = json.loads(tarash(*FAL, "--json").out)["error"]
    assert (told["status_code"], told["raw_response"]) == (422, {"detail": "no"})
    assert not told["may_have_been_paid"]


@pytest.mark.parametrize(
    "command",
    [
        ("models", "fall"),
        ("resume", "none"),
        ("jobs", "--forget"),
        ("batch", "none.csv", "-o", "clips"),
        ("generate", "a kite"),
        ("generate", "a kite", "-m", "fal:fal-ai/veo3", "--plan", "--duration", "-1"),
    ],
)
def test_every_command_with_json_has_an_object_for_its_error(
    tarash: Tarash, command: tuple[str, ...]
) -> None:
    ran = tarash(*command, "--json")
    told = json.loads(ran.out)["error"]
    assert (ran.code, told["exit_code"], told["may_have_been_paid"]) == (2, 2, False)


@pytest.mark.parametrize(
    ("replies", "last"),
    [
        ([json_reply(422, {"detail": "no"})], "no job was accepted: nothing is charged"),
        (
            [HTTPConnectionError("the connection was lost")],
            "1 job submitted to fal, fal-ai/veo3; may have been paid: 1, see tarash jobs --all",
        ),
        (
            [fal.queued(), fal.running()],
            (
                "after 0:01; 1 job submitted to fal, fal-ai/veo3; may have been paid: 1, see "
                "tarash jobs --all"
            ),
        ),
    ],
)
def test_the_last_line_says_what_may_have_been_paid(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, replies: list[object], last: str
) -> None:
    world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")  # type: ignore[arg-type]  # replies of several kinds
    assert tarash(*FAL, "--timeout", "1").err.splitlines()[-1] == last


def test_without_a_key_nothing_was_submitted(tarash: Tarash) -> None:
    ran = tarash(*FAL)
    assert ran.err.splitlines()[-1] == "nothing was submitted: nothing is charged"


def test_a_video_has_its_time_and_its_price(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    last = tarash(*FAL).err.splitlines()[-1]
    assert last == "done in 0:05; 1 job submitted to fal, fal-ai/veo3; may have been paid: 1"


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("y", 0)])
def test_a_person_is_asked_before_a_file_is_replaced(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    Path("kite.mp4").write_bytes(b"precious")
    monkeypatch.setattr(asking, "is_person", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    ran = tarash("generate", "a kite", "--mock", "-o", "kite.mp4")
    assert ran.code == code
    assert "kite.mp4 exists. Replace it? [y/N]" in ran.err
    assert (Path("kite.mp4").read_bytes() == b"precious") == (answer == "n")


def test_yes_answers_beforehand(tarash: Tarash) -> None:
    Path("kite.mp4").write_bytes(b"old")
    ran = tarash("generate", "a kite", "--mock", "-o", "kite.mp4", "--yes")
    assert ran.code == 0
    assert "Replace it?" not in ran.err
    assert Path("kite.mp4").read_bytes() != b"old"


def test_a_person_is_asked_before_many_videos_are_paid_for(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = ScriptedHttp([])
    world(monkeypatch, http, FAL_KEY="id:secret")
    Path("rows.jsonl").write_text('{"prompt": "a"}\n{"prompt": "b"}\n')
    monkeypatch.setattr(asking, "is_person", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ran = tarash("batch", "rows.jsonl", "-o", "clips", "-m", "fal:fal-ai/veo3")
    assert ran.code == 2
    assert "Make 2 videos, and pay for them? [y/N]" in ran.err
    assert http.requests == []
    assert not Path("clips").exists()


def test_an_interruption_is_an_object_with_the_job_that_goes_on(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_request: object) -> HttpResponse:
        raise KeyboardInterrupt

    world(monkeypatch, ScriptedHttp([fal.queued(), interrupted]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--json")
    told = json.loads(ran.out)["error"]
    (job,) = json.loads(tarash("jobs", "--json").out)
    assert (ran.code, told["type"], told["may_have_been_paid"]) == (130, "Interrupted", True)
    assert told["generation_id"] == job["id"]


def test_an_interrupted_test_clip_leaves_nothing_that_goes_on(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a test clip that is interrupted while it is waited for.
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    world(monkeypatch, ScriptedHttp([]))
    monkeypatch.setattr(FakeClock, "sleep", interrupted)
    # When it is one command, then no job is said to go on, and nothing may have been paid.
    ran = tarash(*FAL, "--mock", "--json")
    told = json.loads(ran.out)["error"]
    assert (ran.code, told["may_have_been_paid"], told["generation_id"]) == (130, False, None)
    assert ran.err.endswith("error: interrupted: there is no test clip, and nothing is charged\n")
    # When it is a batch, then no row goes on either.
    Path("rows.jsonl").write_text('{"prompt": "a"}\n')
    batch = tarash("batch", "rows.jsonl", "-o", "clips", "--mock", "--json")
    assert [row["state"] for row in json.loads(batch.out)] == ["stopped"]
    assert "interrupted: run the same command again: it makes only what is missing" in batch.err


def test_an_interruption_while_the_program_is_loaded_has_no_traceback(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "tarash.tarash_gateway.cli.app", Slow())
    assert tarash("models") == Ran(130, "", "error: interrupted\n")


def test_a_test_clip_that_took_too_long_may_not_be_charged(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp([]))
    ran = tarash(*FAL, "--mock", "--timeout", "0.3", "--json")
    told = json.loads(ran.out)["error"]
    assert (told["type"], told["may_have_been_paid"]) == ("TimeoutError", False)
    assert "raise timeout (0.3 s)" in told["message"]
    assert not re.search("charged|go on|dashboard", told["message"])
    assert "a test clip: nothing was sent, nothing is charged" in ran.err
    # With a key its job is in the journal, and goes on, and is free all the same.
    ran = tarash(*FAL, "--mock", "--timeout", "0.3", "--key", "kite")
    assert "may go on: tarash resume kite#1" in ran.err
    assert "be charged" not in ran.err


def test_rows_that_cannot_be_used_are_an_object(tarash: Tarash) -> None:
    Path("rows.jsonl").write_text('{"promt": "a"}\n')
    ran = tarash("batch", "rows.jsonl", "-o", "clips", "--mock", "--json")
    told = json.loads(ran.out)["error"]
    assert (ran.code, told["type"], told["may_have_been_paid"]) == (2, "UsageError", False)
