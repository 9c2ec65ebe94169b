"""The command line: results on stdout, the rest on stderr, a code for scripts."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import av
import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import cli, exceptions
from tarash.tarash_gateway.cli import app, exits, jobs, output
from tarash.tarash_gateway.messages import HttpResponse
from tarash.tarash_gateway.mock import answers, clips
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply


@attrs.frozen
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Tarash = Callable[..., Ran]


@pytest.fixture
def tarash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Tarash:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TARASH_JOURNAL", str(tmp_path / "state" / "journal.sqlite3"))

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tarash", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        code = caught.value.code
        assert isinstance(code, int)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Ran(code, shown.out, shown.err)

    return run


def _world(monkeypatch: pytest.MonkeyPatch, http: ScriptedHttp, **environment: str) -> None:
    effects = fake_effects(http=http, environment=environment)
    monkeypatch.setattr("tarash.tarash_gateway.functional.live_effects", lambda: effects)
    monkeypatch.setattr(app, "live_effects", lambda: effects)
    monkeypatch.setattr(output, "live_effects", lambda: effects)


_DRONE = (
    "generate",
    "A drone shot over mountain peaks at golden hour",
    *("--mock", "--duration", "5", "--aspect-ratio", "16:9", "--resolution", "1080p"),
)


def test_a_mock_leaves_a_video_as_asked(tarash: Tarash) -> None:
    ran = tarash(*_DRONE, "--output", "drone.mp4")
    assert (ran.code, ran.out) == (0, "drone.mp4\n")
    assert ran.err.splitlines() == ["queued", "queued, 0 %", "processing, 50 %", "completed, 100 %"]
    with av.open("drone.mp4") as container:
        stream = container.streams.video[0]
        assert container.duration == 5_000_000
        assert (stream.width, stream.height) == (1920, 1080)


def test_without_the_extra_the_clip_comes_with_a_warning(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "can_render", lambda: False)
    ran = tarash(*_DRONE, "--output", "drone.mp4")
    assert (ran.code, ran.out) == (0, "drone.mp4\n")
    assert "warning: duration_seconds 5 became 2" in ran.err
    assert Path("drone.mp4").read_bytes() == clips.packaged_clip("16:9").content


def test_a_video_without_a_name_is_named_after_its_job(tarash: Tarash) -> None:
    ran = tarash("generate", "a kite", "--mock")
    assert Path(ran.out.strip()).is_file()
    assert ran.out.startswith("mock-")


def test_json_is_the_whole_response(tarash: Tarash) -> None:
    ran = tarash(*_DRONE, "--output", "drone.mp4", "--json")
    told = json.loads(ran.out)
    assert told["video"] == "drone.mp4"
    assert (told["duration"], told["resolution"], told["is_mock"]) == (5.0, "1080p", True)
    assert told["execution_metadata"]["attempts"][0]["submission"] == "accepted"


def test_a_plan_sends_nothing(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    http = ScriptedHttp([])
    _world(monkeypatch, http)
    arguments = ("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3", "--plan")
    ran = tarash(*arguments, "--duration", "5", "--set", "colour=red", "--set", "n=2")
    assert ran.code == 0
    assert ran.out.startswith("curl -X POST https://queue.fal.run/fal-ai/veo3 ")
    assert '"Authorization: Key $FAL_KEY"' in ran.out
    assert ran.err == "warning: duration_seconds 5 became 6: fal-ai/veo3 takes 4, 6 or 8\n"
    told = json.loads(tarash(*arguments, "--json").out)
    assert (told["method"], told["body"]) == ("POST", {"prompt": "a kite"})
    assert http.requests == []


def test_a_url_is_printed_or_fetched_without_the_key(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3")
    _world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    assert tarash(*arguments).out == f"{fal.URL}\n"
    clip = HttpResponse(status=200, body=clips.packaged_clip("1:1").content)
    http = ScriptedHttp([*fal.success(), clip])
    _world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash(*arguments, "--output", "kite.mp4")
    assert (ran.code, ran.out) == (0, "kite.mp4\n")
    assert Path("kite.mp4").read_bytes() == clip.body
    assert (http.requests[-1].url, dict(http.requests[-1].credential)) == (fal.URL, {})


def test_images_come_from_files_and_urls_with_roles(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _world(monkeypatch, ScriptedHttp([]))
    monkeypatch.setattr("tarash.tarash_gateway.functional.live_effects", _live())
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    model = "fal-ai/veo3.1/first-last-frame-to-video"
    ran = tarash(
        *("generate", "a kite", "--provider", "fal", "--model", model, "--plan", "--json"),
        *("--image", "a.png", "--image", "last_frame=https://example.com/b.png"),
    )
    body = json.loads(ran.out)["body"]
    assert body["first_frame_url"] == "data:image/png;base64,iVBORw=="
    assert body["last_frame_url"] == "https://example.com/b.png"


def _live() -> Callable[[], object]:
    from tarash.tarash_gateway.effects.live import live_effects  # noqa: PLC0415 - the unpatched one

    return live_effects


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("generate", "a kite"), 2, "error: give --provider and --model, or --mock"),
        (("generate",), 2, "Missing argument"),
        (("generate", "a kite", "--mock", "--duration", "x"), 2, "Invalid value for"),
        (("generate", " ", "--mock"), 2, "error: prompt must be a non-empty string"),
        (("generate", "a kite", "--mock", "--set", "x"), 2, "error: --set must be NAME=VALUE"),
        (("generate", "a kite", "--mock", "--image", "no.png"), 2, "no.png cannot be read"),
        (("generate", "a kite", "--mock", "--output", "no/a.mp4"), 2, "does not exist"),
        (("generate", "a kite", "--mock", "--output", "."), 2, "is a folder"),
        (("generate", "a kite", "--provider", "fall", "--model", "m"), 2, "is not known"),
        (("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3"), 3, "set FAL_KEY"),
        (("models", "fall"), 2, "provider 'fall' is not known"),
    ],
)
def test_a_failure_is_one_sentence_and_a_code(
    tarash: Tarash, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ran = tarash(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_a_file_that_cannot_be_written_does_not_lose_the_video(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = HttpResponse(status=200, body=clips.packaged_clip("1:1").content)
    _world(monkeypatch, ScriptedHttp([*fal.success(), clip]), FAL_KEY="id:secret")

    def full(_self: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    ran = tarash(
        *("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3"),
        *("--output", "kite.mp4"),
    )
    assert ran.code == 1
    assert f"No space left on device; it is at {fal.URL}" in ran.err


def test_an_interruption_says_that_the_job_goes_on(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_request: object) -> HttpResponse:
        raise KeyboardInterrupt

    _world(monkeypatch, ScriptedHttp([interrupted]), FAL_KEY="id:secret")
    ran = tarash("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3")
    assert (ran.code, ran.out) == (130, "")
    assert "interrupted: no video job was known to be accepted" in ran.err
    (unknown,) = json.loads(tarash("jobs", "--json").out)
    assert (unknown["state"], unknown["request_id"]) == ("unknown", None)
    assert tarash("forget", unknown["id"]).code == 0
    assert json.loads(tarash("jobs", "--json").out) == []


_GENERATE = ("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3")


def test_a_job_that_took_too_long_is_kept_and_resumed(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    _world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    ran = tarash(*_GENERATE, "--timeout", "1")
    assert (ran.code, ran.out) == (5, "")
    (kept,) = json.loads(tarash("jobs", "--json").out)
    assert f"the job is kept: tarash resume {kept['id']}\n" in ran.err
    assert (kept["state"], kept["request_id"], kept["prompt"]) == ("accepted", "job-1", "a kite")
    assert "job-1" in tarash("jobs").out
    replies = [fal.running(), fal.completed(), fal.result()]
    _world(monkeypatch, ScriptedHttp(replies), FAL_KEY="id:secret")
    assert tarash("resume", "job-1", "--timeout", "60").out == f"{fal.URL}\n"
    assert json.loads(tarash("jobs", "--json").out) == []
    (ended,) = json.loads(tarash("jobs", "--all", "--json").out)
    assert ended["state"] == "completed"


def test_a_job_can_be_cancelled(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    _world(monkeypatch, ScriptedHttp([fal.queued(), fal.running()]), FAL_KEY="id:secret")
    tarash(*_GENERATE, "--timeout", "1")
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    _world(monkeypatch, ScriptedHttp([cancelled]), FAL_KEY="id:secret")
    assert tarash("cancel", "job-1").out == "confirmed\n"
    assert tarash("resume", "job-2").code == 2


def test_without_a_journal_nothing_is_kept(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    _world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    assert tarash(*_GENERATE, "--no-journal").code == 0
    assert not jobs.default_path().exists()


def test_the_journal_is_in_the_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TARASH_JOURNAL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert jobs.default_path().name == "journal.sqlite3"
    assert "tarash-gateway" in jobs.default_path().parts


def test_models_are_listed(tarash: Tarash) -> None:
    ran = tarash("models", "fal")
    line = next(line for line in ran.out.splitlines() if " fal-ai/veo3 " in line)
    assert line.split()[:6] == ["fal", "fal-ai/veo3", "4,", "6,", "8", "s"]
    assert "fal-ai/veo3" in json.loads(tarash("models", "fal", "--json").out)["fal"]
    assert "fal-ai/sora-2" in tarash("models").out


def test_providers_tell_which_keys_are_set_and_never_a_key(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "missing: set FAL_KEY, or FAL_KEY_ID and FAL_KEY_SECRET" in tarash("providers").out
    monkeypatch.setenv("FAL_KEY_ID", "canary-id")
    monkeypatch.setenv("FAL_KEY_SECRET", "canary-secret")
    ran = tarash("providers")
    assert "set (FAL_KEY_ID and FAL_KEY_SECRET)" in ran.out
    assert "canary" not in ran.out
    statuses = json.loads(tarash("providers", "--json").out)
    assert statuses["mock"] == "not needed"


def test_the_version_is_told(tarash: Tarash) -> None:
    assert tarash("--version").out.strip()[0].isdigit()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.NotFoundError(message=""), 2),
        (exceptions.InsufficientCreditsError(message=""), 3),
        (exceptions.ContentModerationError(message=""), 4),
        (exceptions.TimeoutError(message="", timeout_seconds=1), 5),
        (exceptions.HTTPConnectionError(message=""), 5),
        (exceptions.UnexpectedReplyError(message=""), 1),
    ],
)
def test_each_error_has_its_code(error: exceptions.TarashException, code: int) -> None:
    assert exits.code_of(error) == code


def test_without_the_extra_it_says_what_to_install(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda _name: None)
    ran = tarash("providers")
    assert (ran.code, ran.err) == (
        2,
        "error: the command line needs: pip install 'tarash-gateway[cli]'\n",
    )


def test_the_installed_command_runs() -> None:
    command = "from tarash.tarash_gateway.cli import main; main()"
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", command, "providers"], capture_output=True, text=True, check=True
    )
    assert "fal" in ran.stdout
