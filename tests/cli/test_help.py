"""What a newcomer reads: help texts, tables and completion, in a terminal of 80 columns."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.command_line import Tarash, in_terminal

from tarash.tarash_gateway.cli.tables import Stack, on_terminal

_COMMANDS = (
    *("generate", "try", "batch", "jobs", "resume", "cancel", "adopt", "forget", "prune"),
    *("models", "providers"),
)


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("command", ["", *_COMMANDS])
def test_a_help_text_fits_and_has_whole_words(tarash: Tarash, command: str) -> None:
    ran = tarash(*command.split(), "-h")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == tarash(*command.split(), "--help").out
    lines = ran.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    # What typer writes for programmers.
    assert not re.search(r"[{}]|<str>|\[x>=", ran.out)
    # A name that is broken at a hyphen, or a sentence that is cut, cannot be read.
    assert not any(re.search(r"\w-$|\w\.\.\.$", line) for line in lines)


def test_the_commands_are_named_with_what_they_do(tarash: Tarash) -> None:
    listed = tarash("-h").out.partition("Commands:")[2]
    assert tuple(re.findall(r"^  (\w+) +[A-Z]", listed, re.MULTILINE)) == _COMMANDS


def test_the_options_of_generate_are_in_groups(tarash: Tarash) -> None:
    text = tarash("generate", "-h").out
    titles = re.findall(r"^([A-Z][\w ]+):$", text, re.MULTILINE)
    assert titles == [
        "Arguments",
        "Where it is made",
        "What the video shows",
        "How long to wait",
        "What becomes of it",
        "Money and crashes",
        "Options",
        "Examples",
    ]


@pytest.mark.parametrize("command", ["generate", "batch", "try", "models"])
def test_the_examples_of_a_help_text_are_understood(tarash: Tarash, command: str) -> None:
    examples = re.findall(r"^  (tarash .*)$", tarash(command, "-h").out, re.MULTILINE)
    assert examples
    known = set(re.findall(r"(?<!\w)--?[a-z][\w-]*", tarash(command, "-h").out))
    for example in examples:
        assert set(re.findall(r" (--?[a-z][\w-]*)", example.partition(" | ")[0])) <= known


def test_a_command_that_is_not_known_suggests_one(tarash: Tarash) -> None:
    ran = tarash("generat", "a kite")
    assert ran.code == 2
    assert "Did you mean 'generate'" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("generate",), "missing argument 'PROMPT' (see tarash generate -h)"),
        (("generate", "a", "--foo"), "no such option: --foo (see tarash generate -h)"),
        (("--foo",), "no such option: --foo (see tarash -h)"),
        (("kites",), "no such command 'kites' (see tarash -h)"),
    ],
)
def test_words_that_cannot_be_understood_are_one_sentence(
    tarash: Tarash, words: tuple[str, ...], told: str
) -> None:
    ran = tarash(*words)
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {told}\n")


def test_words_that_cannot_be_understood_are_an_object_with_json(tarash: Tarash) -> None:
    ran = tarash("generate", "a", "--json", "--duration", "long")
    told = json.loads(ran.out)["error"]
    assert (ran.code, told["type"], told["exit_code"]) == (2, "UsageError", 2)
    assert told["message"].startswith("invalid value for '--duration'")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("try", "-p", "fall"), "; did you mean fal?"),
        (("generate", "a", "-m", "fall:x"), "; did you mean fal?"),
        (("try", "-p", "mock"), "makes a test clip with each of them"),
        (("generate", "a", "--mock", "-o", ""), "error: --output must be the name of a file"),
        (("generate", "a", "--mock", "--timeout", "-1"), "error: --timeout must be a number"),
        (("models", "--image", "x"), "error: --image must be yes, no or a role"),
        (("models", "openai"), "offers none of its models any more: --retired lists them"),
        (("models", "mock"), "mock lists no models"),
        (("models", "mock", "--audio"), "no known model takes all of that: leave out an option"),
    ],
)
def test_wrong_words_are_answered_in_the_words_of_the_command_line(
    tarash: Tarash, words: tuple[str, ...], told: str
) -> None:
    assert told in tarash(*words).err


def test_a_table_that_is_too_wide_is_stacked_and_breaks_no_word() -> None:
    rows = [("fal:fal-ai/kling-video/v2.6/pro/text-to-video", "5, 10 s", "seed, negative prompt")]

    def stack(name: str, *texts: str) -> Stack:
        return Stack(name, ("; ".join(texts),))

    lines = on_terminal(("model", "duration", "also"), rows, stack, 40)
    assert lines == [
        "fal:fal-ai/kling-video/v2.6/pro/text-to-video",
        "    5, 10 s; seed, negative prompt",
    ]
    wide = on_terminal(("model", "duration", "also"), rows, stack, 80)
    assert [len(line.split("  ")) for line in wide[1:]] == [3, 3]


def test_a_table_lines_up_whatever_the_letters_are_wide() -> None:
    rows = [("風箏", "a"), ("kite", "b")]
    assert on_terminal(("x", "y"), rows, Stack, 80)[2:] == ["風箏  a", "kite  b"]


def test_every_word_of_a_table_is_whole_in_a_terminal() -> None:
    code, shown = in_terminal("models", "replicate", environment={})
    words = set(re.sub(r"\x1b\[[0-9;]*m", "", shown).split())
    piped = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _MAIN, "models", "replicate"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout
    assert code == 0
    assert {line.partition("\t")[0] for line in piped.splitlines()} <= words


_MAIN = "from tarash.tarash_gateway.cli import main; main()"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--image", "last_frame", "--seconds", "8", "-r", "4k"), {"fal", "replicate"}),
        (("fal", "--video", "--audio"), {"fal"}),
    ],
)
def test_models_are_filtered(tarash: Tarash, arguments: tuple[str, ...], names: set[str]) -> None:
    ran = tarash("models", *arguments)
    found = {line.partition(":")[0] for line in ran.out.splitlines()}
    assert found
    assert found <= {*names, "google", "runway"}
    everything = tarash("models").out.splitlines()
    assert len(ran.out.splitlines()) < len(everything) / 3


def test_no_model_takes_everything(tarash: Tarash) -> None:
    ran = tarash("models", "google", "--seconds", "3601")
    assert (ran.code, ran.out) == (0, "")
    assert "leave out an option" in ran.err


def test_the_reader_of_a_pipe_may_go_away() -> None:
    ran = subprocess.run(  # noqa: S602 - a pipe of the shell, without anything of others
        f'"{sys.executable}" -c "{_MAIN}" models | head -n 1',
        shell=True,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.stdout.count("\n") == 1
    assert ran.stderr == ""


def _complete(environment: Mapping[str, str], *arguments: str) -> list[str]:
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _MAIN, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )
    assert ran.stderr == ""
    return ran.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "place", "offered"),
    [
        (["tarash", "gen"], 1, "generate"),
        (["tarash", "models", "run"], 2, "runway"),
        (["tarash", "generate", "-p", "azure"], 3, "azure-openai"),
        (["tarash", "generate", "-p", "fal", "-m", "fal-ai/veo3.1/l"], 5, "fal-ai/veo3.1/lite"),
        (["tarash", "generate", "-m", "runw"], 3, "runway:gen4.5"),
        # Bash hands over a word with a colon as three words, and replaces the last one.
        (["tarash", "generate", "-m", "fal", ":", "fal-ai/veo3.1/l"], 5, "fal-ai/veo3.1/lite"),
        (["tarash", "generate", "--fallback", "runway", ":"], 4, "gen4.5"),
    ],
)
def test_bash_completes(words: list[str], place: int, offered: str) -> None:
    typed = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(place)}
    assert offered in _complete({**typed, "_TARASH_COMPLETE": "complete_bash"})


def test_zsh_completes_with_what_a_model_takes() -> None:
    typed = {"_TYPER_COMPLETE_ARGS": "tarash generate -m fal:fal-ai/veo3.1/l"}
    (first, *_) = _complete({**typed, "_TARASH_COMPLETE": "complete_zsh"})
    assert r'"fal\\:fal-ai/veo3.1/lite":"4, 6, 8 s"' in first


def test_jobs_of_the_journal_are_completed(tmp_path: Path) -> None:
    journal = {"TARASH_JOURNAL": str(tmp_path / "kept.sqlite3")}
    typed = {"COMP_WORDS": "tarash\nresume\n", "COMP_CWORD": "2"}
    complete = {**typed, **journal, "_TARASH_COMPLETE": "complete_bash"}
    assert not any(_complete(complete))
    # Given a job of the mock with a key, which is kept.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **journal}
    command = ("generate", "a kite", "--mock", "--key", "kite-7", "-o", str(tmp_path / "k.mp4"))
    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _MAIN, *command], check=True, capture_output=True, env=environment
    )
    assert _complete(complete) == ["kite-7#1"]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_script_of_a_shell_is_printed(shell: str) -> None:
    environment = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    script = "\n".join(_complete(environment, "--show-completion", shell))
    assert f"_TARASH_COMPLETE=complete_{shell}" in script
    assert "tarash" in script.split()
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)  # noqa: S607
