"""``tarash try``: a first video, and nothing is paid unasked."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import CLIP, Tarash, world
from tests.support.terminals import Shown, run_in_terminal

from tarash.tarash_gateway import registry
from tarash.tarash_gateway.catalog.info import ProviderInfo
from tarash.tarash_gateway.cli import asking
from tarash.tarash_gateway.functional import list_models, list_providers
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import ScriptedHttp


def _talk(folder: Path, *arguments: str, answers: Sequence[str], **keys: str) -> Shown:
    code = "from tarash.tarash_gateway.cli import main; main()"
    environment = {"HOME": str(folder), "TARASH_JOURNAL": str(folder / "j.sqlite3"), **keys}
    return run_in_terminal(
        code, "try", *arguments, answers=answers, folder=folder, environment=environment
    )


def _has(shown: Shown, text: str) -> bool:
    return any(text in line for line in shown.lines)


def _clips() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_a_newcomer_without_a_key_gets_a_test_clip(tmp_path: Path) -> None:
    # Given a terminal, and no key in the environment.
    talked = _talk(tmp_path, answers=["fal", "", "A kite", "yes"])
    # Then the newcomer learns where the key comes from, sees what would be sent, has a clip, and
    # knows the command that makes the video.
    assert talked.code == 0
    assert _has(talked, "https://fal.ai/dashboard/keys")
    assert _has(talked, "export FAL_KEY=...")
    assert _has(talked, "curl -X POST https://queue.fal.run/fal-ai/veo3/fast")
    assert [path.name for path in tmp_path.iterdir()] == ["test-clip.mp4"]
    assert talked.lines[-1] == "tarash generate 'A kite' -m fal:fal-ai/veo3/fast -o video.mp4"


def test_a_key_is_found_and_never_shown(tmp_path: Path) -> None:
    talked = _talk(tmp_path, answers=["", "", "", "yes", "no"], RUNWAYML_API_SECRET="canary-secret")
    assert talked.code == 0
    assert _has(talked, "1  runway        its key is set")
    assert _has(talked, "openai        it needs an address first")
    assert _has(talked, "The key is read from RUNWAYML_API_SECRET, which is set.")
    assert _has(talked, "gen4.5 of runway costs money")
    assert _has(talked, "Nothing was sent.")
    assert not _has(talked, "canary")
    assert not any("canary" in path.read_bytes().decode("latin-1") for path in tmp_path.iterdir())


@pytest.mark.parametrize("step", range(4))
def test_each_step_can_be_left(tmp_path: Path, step: int) -> None:
    answers = ["fal", "fal-ai/veo3", "A kite", "yes"]
    talked = _talk(tmp_path, answers=[*answers[:step], "q"])
    assert talked.code == 0
    assert _has(talked, "Nothing more was done.")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_sent_is_asked_again(tmp_path: Path) -> None:
    talked = _talk(
        tmp_path,
        *("--provider", "fal"),
        answers=["no-endpoint", "A kite", "fal-ai/veo3", "A kite", "q"],
    )
    assert _has(talked, "That cannot be sent: ")
    assert _has(talked, "curl -X POST https://queue.fal.run/fal-ai/veo3 ")


@pytest.mark.parametrize(("answer", "submissions"), [("yes", 1), ("y", 0), ("", 0)])
def test_only_the_whole_word_yes_pays(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, answer: str, submissions: int
) -> None:
    # Given a key, and a person who comes to the last question.
    http = ScriptedHttp([*fal.success(), CLIP] if submissions else [])
    world(monkeypatch, http, FAL_KEY="id:secret")
    monkeypatch.setattr(asking, "is_person", lambda: True)
    answers = ["", "A kite", "yes", answer]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in answers)))
    # When it is answered.
    ran = tarash("try", "--provider", "fal")
    # Then only one answer sends something, and its receipt says so.
    assert ran.code == 0
    assert sum(request.method == "POST" for request in http.requests) == submissions
    assert _clips() == ["test-clip.mp4", *(["video.mp4"] if submissions else [])]
    assert ("may have been paid: 1" in ran.err) == bool(submissions)
    kept = json.loads(tarash("jobs", "--all", "--json").out)
    assert [each["state"] for each in kept] == ["completed"] * submissions


def test_a_file_that_is_there_is_left_alone(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("test-clip.mp4").write_bytes(b"precious")
    Path("test-clip-2.mp4").write_bytes(b"precious")
    monkeypatch.setattr(asking, "is_person", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("\nA kite\nyes\n"))
    tarash("try", "-p", "fal")
    assert _clips() == ["test-clip-2.mp4", "test-clip-3.mp4", "test-clip.mp4"]
    assert Path("test-clip.mp4").read_bytes() == b"precious"


def test_without_a_terminal_it_says_what_to_run(tarash: Tarash) -> None:
    ran = tarash("try", "-p", "runway")
    assert (ran.code, ran.err) == (0, "")
    commands = [line for line in ran.out.splitlines() if not line.startswith("#")]
    assert all(line.startswith("tarash ") for line in commands)
    assert commands[1].endswith("-m runway:gen4.5 --plan")


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("azure-openai", "AZURE_OPENAI_ENDPOINT"), ("openai", "OPENAI_BASE_URL")],
)
def test_an_address_that_is_missing_is_told_before_the_questions(
    tmp_path: Path, provider: str, variable: str
) -> None:
    # Given a provider whose API is at an address of the user's own, which is not set.
    talked = _talk(tmp_path, "--provider", provider, answers=[])
    # Then it says what to set, and asks nothing that could not be sent.
    assert talked.code == 0
    assert _has(talked, f"Step 1 of 5: the provider. You chose {provider}.")
    assert _has(talked, f"export {variable}=https://...")
    assert not _has(talked, "Model")


def test_with_its_address_a_resource_is_tried(tmp_path: Path) -> None:
    address = "https://kites.openai.azure.com"
    answers = ["", "A kite", "yes"]
    talked = _talk(tmp_path, "-p", "azure-openai", answers=answers, AZURE_OPENAI_ENDPOINT=address)
    assert talked.code == 0
    assert _has(talked, f"Its address is {address}, from AZURE_OPENAI_ENDPOINT.")
    assert _has(talked, "Make a key on https://portal.azure.com.")
    assert _has(talked, f"curl -X POST '{address}/openai")
    assert [path.name for path in tmp_path.iterdir()] == ["test-clip.mp4"]


def test_a_wrong_provider_is_told(tarash: Tarash) -> None:
    assert (ran := tarash("try", "-p", "fall")).code == 2
    assert "provider 'fall' is not known: use one of azure-openai, fal" in ran.err


def _built_in() -> list[ProviderInfo]:
    return [info for info in settle(result_of(list_providers())) if info.name in BUILT_IN]


def test_the_models_to_begin_with_need_a_prompt_alone() -> None:
    begun = {info.name: info.starter_model for info in _built_in() if info.starter_model}
    assert set(begun) == {"fal", "google", "replicate", "runway"}
    for provider, model in begun.items():
        (found,) = (
            info for info in settle(result_of(list_models(provider))) if info.model == model
        )
        assert not found.needs
        assert not found.extra_params


def test_each_provider_with_a_key_has_a_page_where_it_is_made() -> None:
    # The key of openai comes from whoever runs the server at the address that it needs.
    with_keys = {info.name for info in _built_in() if info.keys}
    assert {info.name for info in _built_in() if info.key_page} == with_keys - {"openai"}


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("openai", "OPENAI_BASE_URL"), ("replicate", "REPLICATE_BASE_URL")],
)
def test_the_key_of_another_address_comes_from_its_server(
    tmp_path: Path, provider: str, variable: str
) -> None:
    # Given the address of another server that speaks the provider's API.
    address = {variable: "http://me:canary@kites.example:4000/v1?code=canary"}
    talked = _talk(tmp_path, "-p", provider, answers=["q"], **address)
    # Then the newcomer is not sent to the provider for a key.
    assert _has(talked, f"Its address is http://kites.example:4000/v1?..., from {variable}.")
    assert _has(talked, "The key comes from whoever runs that server. Then set it:")
    assert not _has(talked, "openai.com")
    assert not _has(talked, "replicate.com")
    assert not _has(talked, "canary")


def test_a_provider_that_says_nothing_about_its_beginning_can_be_tried(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a registered provider without a page for keys and without a model to begin with.
    plain = attrs.evolve(BUILT_IN["fal"], key_page=None, dashboard=None, starter_model=None)
    monkeypatch.setattr(registry, "_REGISTERED", {"kites": plain})
    monkeypatch.setattr(asking, "is_person", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("\nq\n"))
    # When it is tried.
    ran = tarash("try", "-p", "kites")
    # Then the first model of its list that needs a prompt alone is offered.
    assert ran.code == 0
    assert "Make a key on the page of the provider. Then set it:" in ran.err
    assert "Model [fal-ai/" in ran.err


def test_the_end_of_the_input_at_a_question_is_an_interruption(tmp_path: Path) -> None:
    # When Ctrl-D is typed at the first question, which ends the input as Ctrl-C ends the command.
    talked = _talk(tmp_path, answers=["\x04"])
    assert talked.code == 130
    assert talked.lines[-1] == "error: interrupted"
    assert not list(tmp_path.iterdir())
