"""``tarash batch``: a video for each row, and in a second run only for those that lack one."""

import asyncio
import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support.command_line import STAGE, Tarash, in_terminal
from tests.support.fal_world import CLIP, FalWorld, error_reply

from tarash.tarash_gateway.cli.batch_show import Told, grouped
from tarash.tarash_gateway.effects.disk import SystemDisk
from tarash.tarash_gateway.effects.live import SystemClock, SystemFiles
from tarash.tarash_gateway.testing import default_effects, json_reply

_FAL = ("--provider", "fal", "--model", "fal-ai/veo3", "--output-dir", "clips")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

Enter = Callable[[FalWorld], FalWorld]


class _Hurried(SystemClock):
    """A clock whose pauses are short: the command line has no option for the interval of polls."""

    async def sleep_async(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 200)


@pytest.fixture
def enter() -> Enter:
    """Return a function that lets the next commands meet a world."""

    def entered(world: FalWorld) -> FalWorld:
        effects = attrs.evolve(
            world.effects(), clock=_Hurried(), disk=SystemDisk(), files=SystemFiles()
        )
        STAGE.enter_context(default_effects(effects))
        return world

    return entered


def _rows(*rows: dict[str, Any] | str, name: str = "rows.jsonl") -> str:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


def _clips() -> list[str]:
    return sorted(path.name for path in Path("clips").iterdir())


def _fates(out: str) -> dict[str, str]:
    return {told["id"]: told["state"] for told in json.loads(out)}


def test_each_row_becomes_a_file_that_has_its_name(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    file = _rows({"id": "kite-1", "prompt": "a"}, "", {"id": "order 7/2", "prompt": "b"})
    ran = tarash("batch", file, *_FAL)
    assert ran.code == 0
    first, second = _clips()
    assert first == "kite-1.mp4"
    # A name that is no file's is made one, and stays different from all others.
    assert re.fullmatch(r"order-7-2-[0-9a-f]{8}\.mp4", second)
    assert Path("clips/kite-1.mp4").read_bytes() == CLIP
    assert world.submitted == {"a": 1, "b": 1}
    assert "done" in ran.out
    assert "kite-1\tdone\tclips/kite-1.mp4\n" in ran.out
    assert re.search(r"^2/2 (kite-1|order 7/2): clips/", ran.err, re.MULTILINE)
    # Nothing waits to be saved.
    assert json.loads(tarash("jobs", "--json").out) == []


def test_a_second_run_makes_only_what_is_missing(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    rows = [{"id": "kite-1", "prompt": "a"}, {"prompt": "b"}]
    tarash("batch", _rows(*rows), *_FAL)
    again = tarash("batch", _rows(*rows, {"id": "new", "prompt": "c"}), *_FAL, "--json")
    assert _fates(again.out) == {"kite-1": "there", "line 2": "there", "new": "done"}
    # A program finds every file in the JSON, also those of the first run.
    files = [told["file"] for told in json.loads(again.out)]
    assert sorted(files) == sorted(f"clips/{name}" for name in _clips())
    assert world.submitted == {"a": 1, "b": 1, "c": 1}
    # Another request on the line without an id has another name.
    tarash("batch", _rows(rows[0], {"prompt": "d"}), *_FAL)
    assert world.submitted["d"] == 1


def test_csv_has_the_same_fields(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    text = (
        "\ufeffid, prompt, duration_seconds, generate_audio, seed, extra_params.colour, model\n"
        'a,"red, blue",8,yes,3,red,\n'
        "b,green,,no,,[1],fal-ai/veo2\n"
    )
    Path("rows.csv").write_text(text, encoding="utf-8")
    assert tarash("batch", "rows.csv", *_FAL).code == 0
    assert _clips() == ["a.mp4", "b.mp4"]
    sent = world.bodies["red, blue"]
    assert (sent["duration"], sent["generate_audio"], sent["seed"]) == ("8s", True, 3)
    assert sent["colour"] == "red"
    assert world.bodies["green"]["colour"] == [1]
    assert "fal-ai/veo2" in world.models["green"]
    assert "fal-ai/veo3" in world.models["red, blue"]


def test_rows_come_from_stdin_too(
    tarash: Tarash, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(FalWorld())
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": "a", "prompt": "a"}\n'))
    assert tarash("batch", "-", *_FAL).code == 0
    assert _clips() == ["a.mp4"]


def test_images_are_files_or_urls_as_elsewhere(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    Path("a.png").write_bytes(b"\x89PNG")
    model = "fal-ai/veo3.1/first-last-frame-to-video"
    images = ["a.png", "last_frame=https://example.com/b.png"]
    file = _rows({"id": "a", "prompt": "a", "model": model, "image_list": images})
    assert tarash("batch", file, *_FAL).code == 0
    assert world.bodies["a"]["first_frame_url"].startswith("data:image/png;base64,")
    assert world.bodies["a"]["last_frame_url"] == "https://example.com/b.png"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"prompt": "a", "duration_seconds": "x"}, "line 2: duration_seconds must be a number"),
        (
            {"prompt": "a", "duration": 3},
            "line 2: duration is not a field: did you mean duration_s",
        ),
        ({"prompt": "a", "promt": 3}, "line 2: promt is not a field: did you mean prompt?"),
        ({"prompt": "a", "cfg": 3}, "line 2: cfg is not a field: the provider's own parameters st"),
        ({"seed": 3}, "line 2: prompt is missing"),
        ({"prompt": " "}, "line 2: prompt must be a non-empty string"),
        ({"prompt": "a", "id": [1]}, "line 2: id must be a text"),
        ({"prompt": "a", "id": "good"}, "line 2: id 'good' is that of line 1: give another one"),
        (
            {"prompt": "a", "provider": "fall"},
            "line 2: fall/fal-ai/veo3: provider 'fall' is not known",
        ),
        ({"prompt": "a", "image_list": ["no.png"]}, "line 2: the file no.png cannot be read"),
        (
            {"prompt": "a", "aspect_ratio": "1:7"},
            "line 2: fal/fal-ai/veo3: the video would have another shape: aspect_ratio '1:7'",
        ),
        ("[1]", "line 2: is not an object"),
        ('{"prompt": ', "line 2: is not JSON: Expecting value at column 11"),
    ],
)
def test_a_bad_row_is_told_with_its_line_before_anything_is_sent(
    tarash: Tarash, enter: Enter, row: dict[str, Any] | str, words: str
) -> None:
    world = enter(FalWorld())
    file = _rows({"id": "good", "prompt": "g"}, row)
    ran = tarash("batch", file, *_FAL)
    assert (ran.code, ran.out) == (2, "")
    assert f"error: {words}" in ran.err
    assert "1 row cannot be used: nothing was sent" in ran.err
    assert world.submitted == {}
    assert not Path("clips").exists()
    # It may be left out.
    ran = tarash("batch", file, *_FAL, "--skip-bad")
    assert ran.code == 0
    assert f"warning: {words}" in ran.err
    assert world.submitted == {"g": 1}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("a,two,,", "line 2: duration_seconds must be a number of seconds, not 'two'"),
        ("a,,x,", "line 2: seed must be a whole number, not 'x'"),
        ("a,,,perhaps", "line 2: generate_audio must be true or false, not 'perhaps'"),
        ("a,,,,more", "line 2: has more cells than the header"),
    ],
)
def test_a_bad_cell_is_told_with_its_line(tarash: Tarash, cells: str, words: str) -> None:
    file = _rows("prompt,duration_seconds,seed,generate_audio", cells, name="rows.csv")
    ran = tarash("batch", file, *_FAL)
    assert ran.code == 2
    assert f"error: {words}" in ran.err


def test_all_bad_rows_are_told_at_once(tarash: Tarash) -> None:
    ran = tarash("batch", _rows({"seed": 1}, {"prompt": "a"}, {"seed": 2}, "{"), *_FAL)
    told = [line for line in ran.err.splitlines() if line.startswith("error: line")]
    assert [line.split(":")[1] for line in told] == [" line 1", " line 3", " line 4"]
    assert "3 rows cannot be used" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no.jsonl", *_FAL), "no.jsonl cannot be read (No such file or directory)"),
        ((".", *_FAL), ". cannot be read (Is a directory)"),
        (("empty.jsonl", *_FAL), "the file has no rows"),
        (("rows.jsonl", "--output-dir", "no/clips", "--mock"), "the folder no does not exist"),
        (("rows.jsonl", "--output-dir", "rows.jsonl", "--mock"), "rows.jsonl is not a folder"),
        (("rows.jsonl", "--output-dir", "clips"), "line 1: no model was chosen"),
        (("rows.jsonl", *_FAL, "--max-in-flight", "0"), "invalid value"),
        (("rows.jsonl",), "missing option"),
    ],
)
def test_a_wrong_command_is_told(tarash: Tarash, arguments: tuple[str, ...], words: str) -> None:
    _rows({"prompt": "a"})
    Path("empty.jsonl").write_text("\n\n", encoding="utf-8")
    ran = tarash("batch", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_failures_are_grouped_and_the_most_urgent_gives_the_code(
    tarash: Tarash, enter: Enter
) -> None:
    no_credit = json_reply(403, {"detail": "User is locked. Reason: Exhausted balance."})
    enter(FalWorld(refused={"a": error_reply(422), "b": error_reply(422), "c": no_credit}))
    file = _rows(*({"id": f"row-{p}", "prompt": p} for p in "abcd"))
    ran = tarash("batch", file, *_FAL)
    assert ran.code == 3
    told = [
        Told(name=name, fate=fate, words=words)  # type: ignore[arg-type]  # a fate reads as it is called
        for name, fate, words in (line.split("\t") for line in ran.out.splitlines())
    ]
    assert {one.name for one in told if one.fate == "failed"} == {"row-a", "row-b", "row-c"}
    (both,) = (row for row in grouped(told, "clips") if "row-a" in row[2])
    assert both[:2] == ("2", "failed")
    assert "row-b" in both[2]
    assert _clips() == ["row-d.mp4"]
    assert "row-c: error: " in ran.err


def test_nothing_is_begun_after_too_many_failures(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld(refused={str(n): error_reply(422) for n in range(10)}))
    file = _rows(*({"id": f"row-{n}", "prompt": str(n)} for n in range(10)))
    ran = tarash("batch", file, *_FAL, "--max-in-flight", "1", "--max-failures", "2")
    assert ran.code == 2
    assert sum(world.submitted.values()) == 2
    assert "2 of 2 requests failed (--max-failures): nothing more was started" in ran.err
    assert [line.split("\t")[1] for line in ran.out.splitlines()] == 2 * ["failed"] + 8 * [
        "never begun"
    ]


def test_a_dry_run_sends_and_makes_nothing(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    Path("clips").mkdir()
    Path("clips/b.mp4").write_bytes(b"precious")
    file = _rows({"id": "a", "prompt": "a", "duration_seconds": 5}, {"id": "b", "prompt": "b"})
    ran = tarash("batch", file, *_FAL, "--dry-run")
    assert ran.code == 0
    assert ran.out == "a\tto make\nb\talready there\n"
    assert "warning: a: duration_seconds 5 became 6" in ran.err
    assert json.loads(tarash("batch", file, *_FAL, "--dry-run", "--json").out) == {
        "to_make": ["a"],
        "there": ["b"],
        "unusable": [],
    }
    assert world.submitted == {}
    assert Path("clips/b.mp4").read_bytes() == b"precious"


def test_a_video_of_another_type_has_another_suffix(tarash: Tarash, enter: Enter) -> None:
    webm = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x87cluster"
    world = enter(FalWorld(content=webm))
    file = _rows({"id": "a", "prompt": "a"})
    assert tarash("batch", file, *_FAL).code == 0
    assert _clips() == ["a.webm"]
    assert tarash("batch", file, *_FAL).code == 0
    assert world.submitted == {"a": 1}


def test_a_mock_is_not_taken_for_the_video(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    file = _rows({"id": "a", "prompt": "a", "duration_seconds": 4})
    assert tarash("batch", file, *_FAL, "--mock").code == 0
    assert world.submitted == {}
    assert tarash("batch", file, *_FAL).code == 0
    assert _clips() == ["a.mock.mp4", "a.mp4"]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_what_ctrl_c_interrupts_is_gone_on_with_by_the_same_command(
    tarash: Tarash, enter: Enter
) -> None:
    # given two jobs that run, one that is done, and one that waits for a seat
    world = enter(FalWorld(held={"b", "c"}))
    file = _rows(*({"id": f"row-{p}", "prompt": p} for p in "abcd"))

    def interrupt() -> None:
        world.wait("b", "c")
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    ran = tarash("batch", file, *_FAL, "--max-in-flight", "2", "--json")
    # then the jobs go on, and the command says what to do
    assert ran.code == 130
    fates = _fates(ran.out)
    assert (fates["row-b"], fates["row-c"]) == ("open", "open")
    assert {told["reason"] for told in json.loads(ran.out)} >= {"job job-b", "job job-c"}
    assert "interrupted: run the same command again" in ran.err
    # and the same command fetches them without another submission
    world.held.clear()
    again = tarash("batch", file, *_FAL)
    assert again.code == 0
    assert _clips() == [f"row-{p}.mp4" for p in "abcd"]
    assert world.submitted == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_a_submission_that_is_unknown_is_named_and_not_sent_again(
    tarash: Tarash, enter: Enter
) -> None:
    world = enter(FalWorld(lost={"b"}))
    file = _rows({"id": "row-a", "prompt": "a"}, {"id": "row-b", "prompt": "b"})
    for _ in range(2):
        ran = tarash("batch", file, *_FAL)
        assert ran.code == 6
        assert re.search(r"row-b\tmay have been paid\t", ran.out)
    assert world.submitted == {"a": 1, "b": 1}


def test_a_job_that_failed_is_made_again_only_if_the_user_says_so(
    tarash: Tarash, enter: Enter
) -> None:
    # given a job that failed, and may have been charged
    world = enter(FalWorld(failing={"a"}))
    file = _rows({"id": "row-a", "prompt": "a"})
    first = tarash("batch", file, *_FAL)
    assert first.code == 4
    assert "it may have been charged" in first.out
    # when the same command is run again, its error is told again
    world.failing.clear()
    assert tarash("batch", file, *_FAL).code == 4
    assert world.submitted == {"a": 1}
    # and a new job is paid for when the user wants that
    assert tarash("batch", file, *_FAL, "--retry-failed").code == 0
    assert world.submitted == {"a": 2}
    Path("clips/row-a.mp4").unlink()
    # A run without the option knows the newer job.
    assert tarash("batch", file, *_FAL).code == 0
    assert world.submitted == {"a": 2}


def test_a_file_of_another_request_is_not_taken_for_the_row_s(tarash: Tarash, enter: Enter) -> None:
    world = enter(FalWorld())
    assert tarash("batch", _rows({"id": "row-a", "prompt": "a"}), *_FAL).code == 0
    # given the same id for another request
    file = _rows({"id": "row-a", "prompt": "b"})
    for _ in range(2):
        ran = tarash("batch", file, *_FAL)
        assert ran.code == 2
        assert "'row-a' was another request" in ran.err or "another request" in ran.out
        # Without the file, the key still says so.
        Path("clips/row-a.mp4").unlink(missing_ok=True)
    assert world.submitted == {"a": 1}
    # A prefix makes it another row.
    assert tarash("batch", file, *_FAL, "--prefix", "second/").code == 0
    assert world.submitted == {"a": 1, "b": 1}


def test_a_video_that_cannot_be_saved_is_fetched_by_the_next_run(
    tarash: Tarash, enter: Enter
) -> None:
    # given a finished job whose video is no video
    world = enter(FalWorld(content=b"<html>expired</html>"))
    file = _rows({"id": "row-a", "prompt": "a"})
    ran = tarash("batch", file, *_FAL)
    assert ran.code == 6
    assert re.search(r"row-a\tmade, not saved\t", ran.out)
    assert "save_video(" not in ran.out
    assert [job["unsaved"] for job in json.loads(tarash("jobs", "--json").out)] == [True]
    # when its host is well again
    world.content = CLIP
    assert tarash("batch", file, *_FAL).code == 0
    assert _clips() == ["row-a.mp4"]
    assert world.submitted == {"a": 1}
    assert json.loads(tarash("jobs", "--json").out) == []


def test_in_a_terminal_a_bar_shows_how_far_it_is(tmp_path: Path) -> None:
    file, folder = tmp_path / "rows.jsonl", tmp_path / "clips"
    evil = "k\x1b]0;owned\x07[bold]"
    rows = [{"id": f"kite-{n}", "prompt": "a kite", "duration_seconds": 1} for n in range(3)]
    lines = [json.dumps(row) for row in (*rows, {"id": evil, "prompt": "a", "resolution": "1p"})]
    file.write_text("\n".join(lines), encoding="utf-8")
    journal = {"TARASH_JOURNAL": str(tmp_path / "journal.sqlite3")}
    code, shown = in_terminal(
        "batch", str(file), "--output-dir", str(folder), "--mock", environment=journal
    )
    assert code == 0
    assert "\x1b]0;owned" not in shown
    frames = re.split(r"[\r\n]+", _ESCAPES.sub("", shown))
    # A word that is longer than a line, such as the name of a folder, is not broken.
    assert all(len(frame) <= 80 or " " not in frame.strip() for frame in frames)
    assert any("of 4, " in frame and " running" in frame for frame in frames)
    assert any(frame.split()[:2] == ["4", "done"] for frame in frames)
