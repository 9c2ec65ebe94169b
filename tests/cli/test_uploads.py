"""Uploads on the command line: in a plan, while they run, and after a crash."""

import json
import os
from pathlib import Path

import pytest
from tests.support import upload_cases as cases
from tests.support.command_line import Tarash, world

from tarash.tarash_gateway import SqliteJournal, generate_video
from tarash.tarash_gateway.effects.live import SystemFiles
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.testing import FakeFiles, ScriptedHttp, fake_effects

_PICTURE = Path("kite.png")
_GENERATE = (
    *("generate", "a kite", "--provider", "fal", "--model", cases.FAL.model),
    *("--image", str(_PICTURE)),
)


def _world(monkeypatch: pytest.MonkeyPatch, *replies: HttpResponse) -> ScriptedHttp:
    """Let the next commands meet these replies, and a picture that no request can hold."""
    _PICTURE.write_bytes(cases.png(7_200_000)["content"])
    http = ScriptedHttp(replies)
    world(monkeypatch, http, FAL_KEY="id:secret-key")
    monkeypatch.setattr(FakeFiles, "open", SystemFiles.open)
    monkeypatch.setattr(FakeFiles, "read", SystemFiles.read)
    return http


def test_a_plan_shows_an_upload_as_a_comment(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a picture that no request can hold
    http = _world(monkeypatch)
    # when the plan is shown
    ran = tarash(*_GENERATE, "--plan")
    # then its upload comes before the command, as a comment
    comment, command, *others = ran.out.splitlines()
    assert comment == (
        "# upload image_list[0] (image/png, 7.2 MB) first: "
        "POST https://rest.fal.ai/storage/upload/initiate?storage_type=gcs"
    )
    assert command.startswith("curl -X POST https://queue.fal.run/")
    assert "https://v3.fal.media/files/image_list-0.png" in others[-1]
    # and it is in the JSON
    (upload,) = json.loads(tarash(*_GENERATE, "--plan", "--json").out)["uploads"]
    assert (upload["place"], upload["size"]) == ("image_list[0]", 7_200_000)
    assert http.requests == []


def test_progress_says_that_it_uploads(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    _world(monkeypatch, *cases.FAL.replies(), *cases.FAL.rest)
    ran = tarash(*_GENERATE)
    assert ran.code == 0, ran.err
    assert "uploading, 0 % (0 s)\nuploading, 100 % (0 s)\n" in ran.err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is POSIX's")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_killed_upload_is_listed_in_plain_words(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a process that was killed during an upload
    def die(_asked: HttpRequest) -> HttpResponse:
        os._exit(9)

    journal = SqliteJournal(os.environ["TARASH_JOURNAL"])
    child = os.fork()
    if not child:
        effects = fake_effects(http=ScriptedHttp([die]))
        generate_video(cases.FAL.config(), cases.FAL.request, effects=effects, journal=journal)
        os._exit(1)
    os.waitpid(child, 0)
    http = ScriptedHttp([])
    world(monkeypatch, http, FAL_KEY="id:secret-key")
    # when the jobs are listed
    listed = tarash("jobs")
    # then it says that nothing was submitted, and what to do
    assert "uploading" in listed.out
    assert "nothing was submitted and nothing is charged: start it again" in listed.err
    (job,) = json.loads(tarash("jobs", "--json").out)
    assert (job["state"], job["request_id"]) == ("uploading", None)
    # and it cannot be resumed or cancelled, but forgotten
    for command in ("resume", "cancel"):
        ran = tarash(command, job["id"])
        assert ran.code != 0
        assert "nothing was submitted, and nothing is charged; start it again" in ran.err
    assert tarash("forget", job["id"]).code == 0
    assert json.loads(tarash("jobs", "--json").out) == []
    assert http.requests == []
