"""``tarash generate``: results on stdout, the rest on stderr, a code for scripts."""

import json
from pathlib import Path

import av
import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import CLIP, FAL, Tarash, world

from tarash.tarash_gateway.mock import answers, clips
from tarash.tarash_gateway.testing import ScriptedHttp

_DRONE = (
    "generate",
    "A drone shot over mountain peaks at golden hour",
    *("--mock", "--duration", "5", "--aspect-ratio", "16:9", "--resolution", "1080p"),
)


def test_a_mock_leaves_a_video_as_asked(tarash: Tarash) -> None:
    ran = tarash(*_DRONE, "--output", "drone.mp4")
    assert (ran.code, ran.out) == (0, "drone.mp4\n")
    *progress, last = ran.err.splitlines()
    assert [line.partition(" (")[0] for line in progress] == [
        "in queue",
        "in queue, 0 %",
        "generating, 50 %",
        "completed, 100 %",
    ]
    assert last.endswith("; a test clip: nothing was sent, nothing is charged")
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
    assert "warning: --duration 5 became 2" in ran.err
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
    world(monkeypatch, http)
    arguments = ("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3", "--plan")
    ran = tarash(*arguments, "--duration", "5", "--set", "colour=red", "--set", "n=2")
    # and has a line for each header and the body, in a pipe as well
    assert [line.split()[0] for line in ran.out.splitlines()] == ["curl", *["-H"] * 3, "--data-raw"]
    assert all(line.endswith(" \\") for line in ran.out.splitlines()[:-1])
    assert tarash(*arguments[:-1], "--dry-run").out == tarash(*arguments).out
    assert ran.code == 0
    assert ran.out.startswith("curl -X POST https://queue.fal.run/fal-ai/veo3 ")
    assert """'Authorization: Key '"$FAL_KEY\"""" in ran.out
    assert ran.err == "warning: --duration 5 became 6: fal-ai/veo3 takes 4, 6 or 8\n"
    told = json.loads(tarash(*arguments, "--json").out)
    assert (told["method"], told["body"]) == ("POST", {"prompt": "a kite"})
    assert http.requests == []


def test_a_plan_of_a_mock_is_that_of_the_provider(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp([]))
    arguments = ("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3", "--plan")
    ran, real = (
        tarash(*arguments, "--mock", "--duration", "5"),
        tarash(*arguments, "--duration", "5"),
    )
    assert (ran.code, ran.out, ran.err) == (0, real.out, real.err)
    assert ran.out.startswith("curl -X POST https://queue.fal.run/fal-ai/veo3 ")
    assert ran.err == "warning: --duration 5 became 6: fal-ai/veo3 takes 4, 6 or 8\n"


def test_a_url_is_printed_or_fetched_without_the_key(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = FAL
    world(monkeypatch, ScriptedHttp(fal.success()), FAL_KEY="id:secret")
    assert tarash(*arguments).out == f"{fal.URL}\n"
    http = ScriptedHttp([*fal.success(), CLIP])
    world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash(*arguments, "--output", "kite.mp4")
    assert (ran.code, ran.out) == (0, "kite.mp4\n")
    assert Path("kite.mp4").read_bytes() == CLIP.body
    assert (http.requests[-1].url, dict(http.requests[-1].credential)) == (fal.URL, {})


def test_images_come_from_files_and_urls_with_roles(tarash: Tarash) -> None:
    Path("a.png").write_bytes(b"\x89PNG")
    model = "fal-ai/veo3.1/first-last-frame-to-video"
    ran = tarash(
        *("generate", "a kite", "--provider", "fal", "--model", model, "--plan", "--json"),
        *("--image", "a.png", "--image", "last_frame=https://example.com/b.png"),
    )
    body = json.loads(ran.out)["body"]
    assert body["first_frame_url"] == "data:image/png;base64,iVBORw=="
    assert body["last_frame_url"] == "https://example.com/b.png"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ("generate", "a kite"),
            2,
            "error: no model was chosen: give --model PROVIDER:MODEL",
        ),
        (("generate",), 2, "missing argument"),
        (("generate", "a kite", "--mock", "--duration", "x"), 2, "invalid value for"),
        (("generate", " ", "--mock"), 2, "error: prompt must be a non-empty string"),
        (("generate", "a kite", "--mock", "--set", "x"), 2, "error: --set must be NAME=VALUE"),
        (("generate", "a kite", "--mock", "--image", "no.png"), 2, "no.png cannot be read"),
        (("generate", "a kite", "--mock", "--output", "no/a.mp4"), 2, "does not exist"),
        (("generate", "a kite", "--mock", "--output", "no/"), 2, "the folder no does not exist"),
        (("generate", "a kite", "--provider", "fall", "--model", "m"), 2, "is not known"),
        (FAL, 3, "set FAL_KEY"),
        (("models", "fall"), 2, "provider 'fall' is not known"),
        (("models", "runway:gen4.5"), 2, "did you mean runway?"),
    ],
)
def test_a_failure_is_one_sentence_and_a_code(
    tarash: Tarash, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ran = tarash(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_everything_can_be_adapted(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    world(monkeypatch, ScriptedHttp([]))
    ran = tarash(*FAL, "--plan", "--unsupported", "adapt", "--duration", "5")
    assert (ran.code, ran.err.count("became 6")) == (0, 1)
    assert tarash(*FAL, "--plan", "--unsupported", "ignore").code == 2


def test_the_same_command_with_a_key_pays_once(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a command that made a video.
    http = ScriptedHttp(fal.success())
    world(monkeypatch, http, FAL_KEY="k")
    arguments = (*FAL, "--key", "order-17/clip-1")
    first = tarash(*arguments)
    # When it is given again.
    again = tarash(*arguments)
    # Then it prints the same video, and nothing is sent.
    assert (again.code, again.out) == (first.code, first.out) == (0, f"{fal.URL}\n")
    assert http.unused == 0
    (job,) = json.loads(tarash("jobs", "--all", "--json").out)
    assert (job["id"], job["key"]) == ("order-17/clip-1#1", "order-17/clip-1")
    assert tarash("jobs").out == ""


def test_a_job_that_failed_under_a_key_needs_another_one(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a command whose job failed, and whose error says to try again.
    world(monkeypatch, ScriptedHttp([fal.queued(), fal.failed()]), FAL_KEY="k")
    for _ in ("the first time", "again"):
        # When it is given, then it says what must differ.
        ran = tarash(*FAL, "--key", "order-17")
        assert ran.code != 0
        (advice,) = [line for line in ran.err.splitlines() if "order-17" in line]
        assert advice == (
            "each later command with the key 'order-17' ends with this error again, and submits "
            "nothing: give another --key for another job"
        )


def test_a_key_needs_the_journal(tarash: Tarash) -> None:
    ran = tarash("generate", "a kite", "--mock", "--key", "a", "--no-journal")
    assert (ran.code, ran.out) == (2, "")
    assert "a key needs a journal" in ran.err


def test_a_provider_is_asked_to_call(tarash: Tarash) -> None:
    ran = tarash(*FAL, "--webhook-url", "https://example.com/hook", "--plan")
    assert ran.code == 0
    assert "fal-ai/veo3?fal_webhook=https%3A%2F%2Fexample.com%2Fhook" in ran.out
    wrong = tarash(*FAL, "--webhook-url", "https://me:canary@example.com", "--plan")
    assert wrong.code == 2
    assert "--webhook-url must be a URL with http" in wrong.err
    assert "canary" not in wrong.err
