"""What others wrote does nothing to the user's terminal."""

import json
import logging
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal
from tests.support.command_line import FAL, Tarash, in_terminal, world

from tarash.tarash_gateway import (
    JournalEntry,
    SqliteJournal,
    VideoGeneration,
    VideoGenerationUpdate,
)
from tarash.tarash_gateway.cli import show
from tarash.tarash_gateway.cli.terminal import plain, say_json
from tarash.tarash_gateway.display.words import text_of
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.job import Job
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_EVIL = "job\x1b]0;owned\x07\x1b[2J\x9b31m\u202ex\n[bold red]markup[/]"
_ACTIVE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _entry(prompt: str, job: str = "job-1", **changes: str) -> JournalEntry:
    kept = VideoGeneration(
        id=changes.get("id", "0123456789abcdef0123456789abcdef-1"),
        request=VideoGenerationRequest(prompt=prompt),
        configs=(VideoGenerationConfig(provider="fal", model=changes.get("model", "fal-ai/veo3")),),
        started_at=datetime(2026, 11, 26, 7, 51, tzinfo=UTC),
        job=Job(id=job),
    )
    return JournalEntry(generation=kept, state="accepted", updated_at=datetime.now(UTC))


def _keep(folder: Path, *entries: JournalEntry) -> str:
    path = folder / "kept.sqlite3"
    for entry in entries:
        settle(result_of(SqliteJournal(path).put(entry)))
    return str(path)


@given(st.text(st.characters(codec=None), max_size=30))
def test_any_text_becomes_one_harmless_line(text: str) -> None:
    line = plain(text)
    assert _ACTIVE.search(line) is None
    assert "\n" not in line
    line.encode()  # half a character would raise
    assert plain(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\x1b[31mred\x1b[0m kite", "ared kite"),
        ("\x1b]52;c;ZXZpbA==\x07copied", "copied"),
        ("\x1b]8;;https://evil.example\x1b\\click", "click"),
        ("\x9b2Jgone", "gone"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("two\r\nlines", "two lines"),
        ("cut \x1b[", "cut "),
    ],
)
def test_sequences_are_taken_out_whole(text: str, line: str) -> None:
    assert plain(text) == line


@pytest.mark.parametrize(
    "prompt",
    [
        "a [red] kite, [link=file:///etc/passwd]click[/link]",
        "style: [INST] a kite [/INST]",
        "[/]",
        "a\x1b[2Jkite",
        "\u202ekite",
        "एक पतंग",
    ],
)
def test_any_prompt_is_listed_as_it_is(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prompt: str
) -> None:
    monkeypatch.setenv("TARASH_JOURNAL", _keep(tmp_path, _entry(prompt)))
    ran = tarash("jobs")
    assert ran.code == 0
    assert plain(prompt)[:12] in ran.out
    assert _ACTIVE.search(ran.out.replace("\t", " ")) is None
    (listed,) = json.loads(tarash("jobs", "--json").out)
    assert listed["prompt"] == prompt


def test_half_a_character_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    show.jobs([_entry("a kite", job="half \ud800")])
    assert "half \\ud800" in capsys.readouterr().out


def test_a_providers_words_reach_no_terminal_as_they_are(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a provider that writes to the terminal with its ids and its errors
    replies = [json_reply(200, {"request_id": _EVIL}), *[json_reply(422, {"detail": _EVIL})] * 3]
    world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
    # when its job fails, and is listed
    for ran in (tarash(*FAL), tarash("jobs", "--all"), tarash("jobs", "--all", "--json")):
        # then nothing of it is there but letters
        assert _ACTIVE.search((ran.out + ran.err).replace("\t", " ")) is None
        assert "[bold red]" in ran.out + ran.err


def test_json_is_escaped_and_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"said": f"{_EVIL} \ud800 पतंग", "n": [1]}
    say_json(value)
    shown = capsys.readouterr().out
    assert _ACTIVE.search(shown) is None
    assert "पतंग" in shown
    assert json.loads(shown) == value


def test_a_url_from_outside_is_one_harmless_line(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://v3.fal.media/a.mp4?x=\x1b[2J"
    replies = [*fal.success()[:-1], json_reply(200, {"video": {"url": url}})]
    world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
    assert _ACTIVE.search(tarash(*FAL).out) is None


def test_the_librarys_warnings_are_shown_once(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--duration", "5")
    assert ran.err.count("warning: --duration 5 became 6") == 1
    before = list(logging.getLogger("tarash.tarash_gateway").handlers)
    tarash("--version")
    assert logging.getLogger("tarash.tarash_gateway").handlers == before


def test_a_journal_that_cannot_be_written_after_the_payment_is_told(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given a journal that turns into a folder once the job is accepted
    path = tmp_path / "state" / "journal.sqlite3"
    accepted, *others = fal.success()

    def broken(_request: object) -> object:
        for left in path.parent.iterdir():
            left.unlink()
        path.mkdir()
        return accepted

    world(monkeypatch, ScriptedHttp([broken, *others]), FAL_KEY="id:secret")  # type: ignore[list-item]  # it answers any request
    ran = tarash(*FAL)
    assert (ran.code, ran.out) == (0, f"{fal.URL}\n")
    assert "warning: the journal journal.sqlite3 cannot be used" in ran.err


def test_eighty_columns_are_enough(tmp_path: Path) -> None:
    # given a job with a long model and a long prompt
    entry = _entry(
        "a drone shot over mountain peaks at golden hour, in the style of [bold]old maps[/]",
        model="fal-ai/kling-video/v2.6/pro/text-to-video",
    )
    journal = _keep(tmp_path, entry)
    # when it is listed in a terminal
    for command in (["jobs"], ["models", "fal"], ["providers"]):
        code, shown = in_terminal(*command, environment={"TARASH_JOURNAL": journal})
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.splitlines()]
        # then no line is wrapped by it, and the id can be copied
        assert code == 0
        assert max(len(line.rstrip()) for line in lines) <= 80
        if command == ["jobs"]:
            assert any(entry.generation.id in line for line in lines)


def test_a_bar_in_a_terminal_leaves_the_result_alone(tmp_path: Path) -> None:
    target = tmp_path / "kite.mp4"
    arguments = ("generate", "a [red] kite [/INST]", "--mock", "--output", str(target))
    code, shown = in_terminal(*arguments, environment={}, columns=200)
    assert (code, target.is_file()) == (0, True)
    name, receipt = shown.rstrip().splitlines()[-2:]
    assert name.endswith(str(target))
    assert receipt.startswith("done in 0:")
    assert "MarkupError" not in shown


def test_a_terminal_that_knows_ascii_only_is_enough(tmp_path: Path) -> None:
    journal = _keep(tmp_path, _entry("एक पतंग"))
    ran = subprocess.run(
        [sys.executable, "-c", "from tarash.tarash_gateway.cli import main; main()", "jobs"],
        env={
            "PYTHONPATH": ":".join(sys.path),
            "PYTHONIOENCODING": "ascii",
            "TARASH_JOURNAL": journal,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\\u090f\\u0915" in ran.stdout


def test_a_status_of_a_providers_own_is_no_markup() -> None:
    update = attrs.evolve(
        VideoGenerationUpdate(request_id="1", status="queued"),
        status="[/INST]\x1b[2J",  # type: ignore[arg-type]  # what a provider of a user's may do
    )
    assert text_of(update) == "[/INST]"


def test_a_download_in_a_log_is_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with show.progress(FakeClock().monotonic) as on_progress:
        for received in range(0, 1_000_001, 1000):
            on_progress(_downloading(received, 1_000_000))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert (lines[0], lines[-1]) == (
        "downloading 0.0 of 1.0 MB (0 s)",
        "downloading 1.0 of 1.0 MB (0 s)",
    )


def _downloading(received: int, size: int | None) -> VideoGenerationUpdate:
    return VideoGenerationUpdate(
        request_id="job-1",
        status="completed",
        stage="downloading",
        progress_percent=100 * received / size if size else None,
        update={"bytes": received, "size": size},
    )
