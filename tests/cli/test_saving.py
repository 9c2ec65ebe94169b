"""A video that was paid for is saved, or its URL is printed and its job stays listed."""

import base64
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import CLIP, FAL, Tarash, world

from tarash.tarash_gateway import HTTPConnectionError, JournalEntry, SqliteJournal, VideoGeneration
from tarash.tarash_gateway.cli.journal import CliJournal
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.testing import ScriptedHttp, json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig

_SIGNED = "https://v3.fal.media/files/a.mp4?signature=abc"
_INLINE = f"data:video/mp4;base64,{base64.b64encode(CLIP.body).decode()}"


def _finished(url: str, job: str = "job-1") -> list[HttpResponse]:
    """Return the exchanges of a job from its submission to its result."""
    done = json_reply(200, {"status": "COMPLETED", "request_id": job})
    return [json_reply(200, {"request_id": job}), done, json_reply(200, {"video": {"url": url}})]


def _again(url: str) -> list[HttpResponse]:
    """Return the exchanges of asking for it again."""
    return _finished(url)[1:]


def _interrupted(_request: HttpRequest) -> HttpResponse:
    raise KeyboardInterrupt


def _listed(tarash: Tarash) -> list[str]:
    return [job["request_id"] for job in json.loads(tarash("jobs", "--json").out)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no/a.mp4", "cannot be written, its folder does not exist: make it first"),
        ("old.mp4", "exists already: give another name, or allow it to be replaced (--overwrite)"),
        ("x" * 300, "cannot be written (File name too long): name another file"),
        ("~nobody-of-that-name/a.mp4", "cannot be written ("),
        ("old.mp4/a.mp4", "cannot be written ("),
        ("pipe", "is not a regular file: name another one"),
        pytest.param(
            "/proc/a.mp4",
            "cannot be written (",
            marks=pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder of Linux"),
        ),
    ],
)
@pytest.mark.parametrize("command", ["generate", "resume"])
def test_a_file_that_cannot_be_written_is_found_before_anything_is_paid(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, command: str, name: str, words: str
) -> None:
    # given a folder with a file and a pipe, and a world without a reply
    Path("old.mp4").write_bytes(b"precious")
    os.mkfifo("pipe")
    http = ScriptedHttp([])
    world(monkeypatch, http, FAL_KEY="id:secret")
    # when a video is to go where none can go
    ran = tarash(*(FAL if command == "generate" else ("resume", "job-1")), "--output", name)
    # then it is refused, nothing was sent, and nothing was touched
    assert (ran.code, ran.out) == (2, "")
    assert f"error: --output: {name} {words}" in ran.err
    assert http.requests == []
    assert Path("old.mp4").read_bytes() == b"precious"
    assert sorted(path.name for path in Path().iterdir()) == ["old.mp4", "pipe"]


def test_a_folder_that_does_not_exist_is_named(tarash: Tarash) -> None:
    ran = tarash(*FAL, "--output", "clips/")
    assert (ran.code, ran.out) == (2, "")
    assert "error: --output: the folder clips does not exist: make it first" in ran.err


def test_in_a_folder_a_video_is_named_after_its_job(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("clips").mkdir()
    world(monkeypatch, ScriptedHttp([*_finished(fal.URL), CLIP]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--output", "clips")
    assert (ran.code, ran.out) == (0, "clips/job-1.mp4\n")
    assert Path("clips/job-1.mp4").read_bytes() == CLIP.body
    assert _listed(tarash) == []


def test_a_url_that_expired_is_replaced_by_a_fresh_one(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = _SIGNED.replace("abc", "def")
    replies = [*_finished(_SIGNED), json_reply(403, {}), *_again(fresh), CLIP]
    http = ScriptedHttp(replies)
    world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash(*FAL, "--output", "kite.mp4")
    assert (ran.code, ran.out) == (0, "kite.mp4\n")
    assert http.requests[-1].url == fresh
    assert [request.method for request in http.requests].count("POST") == 1


def test_a_file_is_replaced_when_the_user_says_so(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("real.mp4").write_bytes(b"old")
    Path("link.mp4").symlink_to("real.mp4")
    world(monkeypatch, ScriptedHttp([*_finished(fal.URL), CLIP]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--output", "link.mp4", "--overwrite")
    assert (ran.code, ran.out) == (0, "link.mp4\n")
    assert Path("real.mp4").read_bytes() == CLIP.body
    assert Path("link.mp4").is_symlink()


def test_a_file_that_came_meanwhile_stays(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(_request: HttpRequest) -> HttpResponse:
        Path("kite.mp4").write_bytes(b"precious")
        return CLIP

    world(monkeypatch, ScriptedHttp([*_finished(fal.URL), late]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--output", "kite.mp4")
    assert (ran.code, ran.out) == (0, "kite-2.mp4\n")
    assert "warning: kite.mp4 was created in the meantime: the video is in kite-2.mp4" in ran.err
    assert Path("kite.mp4").read_bytes() == b"precious"
    assert Path("kite-2.mp4").read_bytes() == CLIP.body


@pytest.mark.parametrize(
    ("replies", "code", "words"),
    [
        ([json_reply(500, {})] * 7, 6, "the video's host answered HTTP 500"),
        (
            [json_reply(410, {}), *_again(_SIGNED), json_reply(410, {})],
            6,
            "the URL has expired, or the provider no longer keeps the video",
        ),
        ([HTTPConnectionError("the network is down")] * 7, 6, "the network is down"),
        ([json_reply(200, {"error": "expired"})], 6, "is not a video"),
        ([_interrupted], 130, "interrupted before the video was saved"),
    ],
    ids=["500", "gone", "network", "no video", "ctrl-c"],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_failed_download_leaves_the_url_and_the_job(
    tarash: Tarash,
    monkeypatch: pytest.MonkeyPatch,
    replies: list[HttpResponse],
    code: int,
    words: str,
    *,
    as_json: bool,
) -> None:
    # given a finished job whose video cannot be fetched
    world(monkeypatch, ScriptedHttp([*_finished(_SIGNED), *replies]), FAL_KEY="id:secret")
    # when it is generated into a file
    ran = tarash(*FAL, "--output", "kite.mp4", *(["--json"] if as_json else []))
    # then the whole URL is on stdout, and its signature is in no message
    assert ran.code == code
    shown = json.loads(ran.out)["response"]["video"] if as_json else ran.out.strip()
    assert shown == _SIGNED
    assert words in ran.err
    assert "it is at https://v3.fal.media/files/a.mp4 (the whole URL is on stdout)" in ran.err
    assert "signature" not in ran.err
    assert list(Path().iterdir()) == []
    # and the job is listed, and can be fetched by the command that was named
    (job,) = json.loads(tarash("jobs", "--json").out)
    assert f"the job is in the journal: run tarash resume {job['id']} --output FILE" in ran.err
    assert "unsaved" in tarash("jobs").out
    fresh = _SIGNED.replace("abc", "def")
    http = ScriptedHttp([*_again(fresh), CLIP])
    world(monkeypatch, http, FAL_KEY="id:secret")
    again = tarash("resume", job["id"], "--output", "b.mp4")
    assert (again.code, again.out) == (0, "b.mp4\n")
    assert http.requests[-1].url == fresh
    assert Path("b.mp4").read_bytes() == CLIP.body
    assert _listed(tarash) == []


def test_a_url_that_was_printed_is_no_open_job(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp(_finished(_SIGNED)), FAL_KEY="id:secret")
    assert tarash(*FAL).out == f"{_SIGNED}\n"
    assert _listed(tarash) == []


def _gone(replies: list[HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(_request: HttpRequest) -> HttpResponse:
        shutil.rmtree("sub")
        return replies[-1]

    return answer


def test_a_folder_that_went_away_costs_no_video(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("sub").mkdir()
    replies = [*_finished(fal.URL), CLIP]
    world(monkeypatch, ScriptedHttp([*replies[:-1], _gone(replies)]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--output", "sub/a.mp4")
    assert (ran.code, ran.out) == (6, f"{fal.URL}\n")
    assert "sub/a.mp4 cannot be written: No such file or directory" in ran.err
    assert _listed(tarash) == ["job-1"]
    assert tarash("forget", "job-1").code == 0
    assert _listed(tarash) == []


def test_bytes_that_cannot_be_where_they_should_are_rescued(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a provider that sends the video itself, once, and a folder that goes away
    Path("sub").mkdir()
    replies = _finished(_INLINE)
    world(monkeypatch, ScriptedHttp([*replies[:-1], _gone(replies)]), FAL_KEY="id:secret")
    ran = tarash(*FAL, "--output", "sub/a.mp4")
    # then the bytes are in the current folder, which is said
    assert (ran.code, ran.out) == (6, f"{Path('job-1.mp4').absolute()}\n")
    assert f"the video is in {Path('job-1.mp4').absolute()} instead" in ran.err
    assert Path("job-1.mp4").read_bytes() == CLIP.body
    # and nothing is left to be saved
    assert _listed(tarash) == []


@pytest.mark.parametrize(
    ("job", "name"),
    [
        ("../../evil", "evil.mp4"),
        ("/etc/evil", "etc-evil.mp4"),
        ("..", "video.mp4"),
        ("a/b", "a-b.mp4"),
        ("a\0b", "a-b.mp4"),
        ("x" * 300, f"{'x' * 80}.mp4"),
        (".bashrc", "bashrc.mp4"),
        ("-rf", "rf.mp4"),
        ("con\\..\\x", "con-..-x.mp4"),
        ("a kite\n", "a-kite-.mp4"),
        ("half \ud800", "half-.mp4"),
    ],
)
def test_a_job_names_no_file_but_in_this_folder(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, job: str, name: str
) -> None:
    world(monkeypatch, ScriptedHttp(_finished(_INLINE, job)), FAL_KEY="id:secret")
    ran = tarash(*FAL)
    assert (ran.code, ran.out) == (0, f"{name}\n")
    assert [path.name for path in Path().iterdir()] == [name]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here", "state"]


def test_a_job_replaces_no_file(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    # given files of the names that a provider's ids lead to
    for name in ("precious.mp4", "precious-2.mp4"):
        Path(name).write_bytes(b"precious")
    world(monkeypatch, ScriptedHttp(_finished(_INLINE, "precious")), FAL_KEY="id:secret")
    # then not even --overwrite, which speaks of --output, replaces one
    ran = tarash(*FAL, "--overwrite")
    assert ran.out == "precious-3.mp4\n"
    assert Path("precious.mp4").read_bytes() == Path("precious-2.mp4").read_bytes() == b"precious"


def test_a_process_that_ends_before_the_video_is_saved_leaves_the_job(tmp_path: Path) -> None:
    # given a journal that has just been told of the end
    journal = CliJournal(tmp_path / "journal.sqlite3")
    kept = VideoGeneration(
        id="one",
        request=fal.REQUEST,
        configs=(VideoGenerationConfig(provider="fal", model="fal-ai/veo3"),),
        started_at=datetime.now(UTC),
        status="completed",
    )
    entry = JournalEntry(generation=kept, state="completed", updated_at=datetime.now(UTC))
    settle(result_of(journal.put(entry)))
    # then another process finds the job pending, until the video is saved
    other = SqliteJournal(tmp_path / "journal.sqlite3")
    assert [found.generation.id for found in settle(result_of(other.entries()))] == ["one"]
    journal.mark_saved()
    assert settle(result_of(other.entries())) == ()
