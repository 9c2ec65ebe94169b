"""What is known: ``tarash models``, ``tarash providers``, exit codes, the version."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from tests.support.command_line import Tarash

from tarash.tarash_gateway import cli, exceptions, registry
from tarash.tarash_gateway.cli import exits
from tarash.tarash_gateway.providers.unusable import broken
from tarash.tarash_gateway.values.attempts import AttemptMetadata, Submission


def test_models_are_listed(tarash: Tarash) -> None:
    ran = tarash("models", "fal")
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert next(row for row in rows if row[0] == "fal:fal-ai/veo3")[1] == "4, 6, 8 s"
    assert {len(row) for row in rows} == {8}
    told = {each["name"]: each for each in json.loads(tarash("models", "fal", "--json").out)}
    assert told["fal:fal-ai/veo3"]["seconds"]["choices"] == [4, 6, 8]
    assert "fal-ai/sora-2" in tarash("models").out
    everything = json.loads(tarash("models", "--retired", "--json").out)
    assert any(each["retires"] == "2026-09-24" for each in everything)


def test_providers_tell_which_keys_are_set_and_never_a_key(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "missing: set FAL_KEY, or FAL_KEY_ID and FAL_KEY_SECRET" in tarash("providers").out
    monkeypatch.setenv("FAL_KEY_ID", "canary-id")
    monkeypatch.setenv("FAL_KEY_SECRET", "canary-secret")
    ran = tarash("providers")
    assert "set (FAL_KEY_ID and FAL_KEY_SECRET)" in ran.out
    assert "canary" not in ran.out
    told = {each["name"]: each for each in json.loads(tarash("providers", "--json").out)}
    assert (told["mock"]["has_key"], told["fal"]["has_key"]) == (None, True)
    assert told["fal"]["key_source"] == ["FAL_KEY_ID", "FAL_KEY_SECRET"]


def test_providers_tell_how_to_begin(tarash: Tarash) -> None:
    told = {each["name"]: each for each in json.loads(tarash("providers", "--json").out)}
    assert told["fal"]["key_page"] == "https://fal.ai/dashboard/keys"
    assert told["fal"]["starter_model"] == "fal-ai/veo3/fast"
    assert told["openai"]["base_url_variable"] == "OPENAI_BASE_URL"
    assert told["openai"]["needs_address"]
    assert (told["mock"]["key_page"], told["mock"]["starter_model"]) == (None, None)


def test_a_broken_package_is_told_and_the_others_are_listed(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "provider 'kite' is installed and cannot be loaded"
    monkeypatch.setattr(registry, "_REGISTERED", {"kite": broken("kite", why)})
    assert tarash("models", "fal").code == 0
    ran = tarash("models", "kite")
    assert (ran.code, ran.err) == (2, f"error: kite: {why}\n")
    assert why in tarash("providers").out
    told = {each["name"]: each for each in json.loads(tarash("providers", "--json").out)}
    assert told["kite"]["broken"] == why


def test_the_version_is_told(tarash: Tarash) -> None:
    assert tarash("--version").out.strip()[0].isdigit()


def _attempt(submission: Submission) -> AttemptMetadata:
    return AttemptMetadata(
        provider="fal",
        model="m",
        attempt_number=1,
        started_at=datetime.now(UTC),
        ended_at=datetime.now(UTC),
        status="failed",
        submission=submission,
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.NotFoundError(message=""), 2),
        (exceptions.InsufficientCreditsError(message=""), 3),
        (exceptions.ContentModerationError(message=""), 4),
        (exceptions.TimeoutError(message="", timeout_seconds=1), 5),
        (exceptions.GenerationCancelledError(message=""), 4),
        (exceptions.JobInUseError(message=""), 5),
        (exceptions.SubmissionUnknownError(message=""), 6),
        # A second try would be a second job.
        (exceptions.TimeoutError(message="", attempts=(_attempt("accepted"),)), 6),
        (exceptions.HTTPError(message="", attempts=(_attempt("unknown"),)), 6),
        (exceptions.RateLimitError(message="", attempts=(_attempt("refused"),)), 5),
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
        (
            "error: the command line needs typer, rich, platformdirs: "
            "run pip install '.[cli]' in a clone of tarash-gateway\n"
        ),
    )


def test_the_installed_command_runs() -> None:
    command = "from tarash.tarash_gateway.cli import main; main()"
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", command, "providers"], capture_output=True, text=True, check=True
    )
    assert "fal" in ran.stdout
