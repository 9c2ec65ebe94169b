"""Where a command gets its config and its prompt: files, options, stdin."""

import io
import json
from pathlib import Path

import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import Tarash, world

from tarash.tarash_gateway.cli.configs import Chosen, is_free
from tarash.tarash_gateway.exceptions import ValidationError
from tarash.tarash_gateway.testing import ScriptedHttp, json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.mock_config import MockConfig

_FILE = """
default = "quick"

[quick]
provider = "fal"
model = "fal-ai/veo3/fast"
timeout = 30
api_key = "id:secret"

[server]
provider = "openai"
model = "sora-2"
base_url = "https://videos.example/v1"
api_key = "canary"
fallback_configs = ["quick"]
"""


@pytest.fixture
def file(tarash: Tarash) -> str:
    del tarash  # the folder of the test is its own
    Path("video.toml").write_text(_FILE, encoding="utf-8")
    return "video.toml"


def test_a_file_has_the_config(file: str) -> None:
    quick = Chosen(file=file).config()
    assert (quick.provider, quick.model, quick.timeout) == ("fal", "fal-ai/veo3/fast", 30)
    server = Chosen(file=f"{file}:server").config()
    assert (server.base_url, len(server.fallback_configs or ())) == ("https://videos.example/v1", 1)


def test_an_option_replaces_a_value_of_the_file(file: str) -> None:
    changed = Chosen(
        file=file, model="fal-ai/veo3", others={"timeout": 60, "max_poll_attempts": 3}
    ).config()
    assert (changed.model, changed.timeout, changed.poll_limit) == ("fal-ai/veo3", 60, 3)
    kept = Chosen(file=file, others={"timeout": None}).config()
    assert (kept.timeout, kept.poll_limit) == (30, None)


def test_another_provider_gets_no_key_and_no_url_of_the_files_provider(file: str) -> None:
    other = Chosen(file=f"{file}:server", model="runway:gen4.5").config()
    assert (other.provider, other.model) == ("runway", "gen4.5")
    assert (other.api_key, other.base_url, other.fallback_configs) == (None, None, None)
    with pytest.raises(ValidationError, match="--model is missing"):
        Chosen(file=file, provider="runway").config()


def test_a_fallback_has_the_limits_of_the_first_config_and_no_key_of_it(file: str) -> None:
    chosen = Chosen(
        file=f"{file}:server",
        fallbacks=["openai:sora-2-pro", "fal:fal-ai/veo3"],
        others={"timeout": 60},
    ).config()
    same, other = chosen.fallback_configs or ()
    assert (same.model, same.base_url, same.timeout) == ("sora-2-pro", chosen.base_url, 60)
    assert (other.provider, other.base_url, other.api_key) == ("fal", None, None)
    assert (other.timeout, other.fallback_configs) == (60, None)


@pytest.mark.parametrize("text", ["fal-ai/veo3", "fall:fal-ai/veo3", "fal:", ":m"])
def test_a_fallback_that_names_no_model_is_told(text: str) -> None:
    chosen = Chosen(provider="fal", model="fal-ai/veo3", fallbacks=[text])
    with pytest.raises(ValidationError, match="--fallback must be PROVIDER:MODEL"):
        chosen.config()


def test_settings_of_the_provider_are_added_to_those_of_the_file(tarash: Tarash) -> None:
    del tarash
    Path("google.toml").write_text(
        '[veo]\nprovider = "google"\nmodel = "veo-3.1-generate-001"\n'
        '[veo.provider_config]\nproject = "first"\nlocation = "us-central1"\n',
        encoding="utf-8",
    )
    config = Chosen(file="google.toml", settings=["project=second"]).config()
    assert config.provider_config == {"project": "second", "location": "us-central1"}


def test_a_model_may_name_its_provider() -> None:
    same = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    assert Chosen(model="fal:fal-ai/veo3").config() == same
    assert Chosen(provider="fal", model="fal:fal-ai/veo3").config() == same
    # A version of Replicate has a colon too.
    version = Chosen(provider="replicate", model="owner/name:5c7d5dc6").config()
    assert version.model == "owner/name:5c7d5dc6"
    assert Chosen(model="replicate:owner/name:5c7d5dc6").config() == version


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("fall:fal-ai/veo3", "--model fall:fal-ai/veo3: provider 'fall' is not known: use one of"),
        ("fal-ai/veo3", "--model fal-ai/veo3 does not name its provider: give --model fal:fal-ai"),
        ("owner/name:5c7d", "does not name its provider: give --model PROVIDER:owner/name:5c7d"),
    ],
)
def test_a_model_without_a_known_provider_is_told(model: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Chosen(model=model).config()
    assert told in caught.value.message


def test_the_file_of_all_commands_is_in_the_environment(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setenv("TARASH_CONFIG", f"{file}:quick")
    ran = tarash("generate", "a kite", "--plan", "--json")
    assert json.loads(ran.out)["url"] == "https://queue.fal.run/fal-ai/veo3/fast"
    rows = Path("rows.jsonl")
    rows.write_text('{"prompt": "a kite"}\n{"prompt": "b", "model": "runway:gen4.5"}\n')
    assert tarash("batch", str(rows), "-o", "clips", "--dry-run").code == 0


def test_a_mistake_in_a_file_keeps_the_names_of_the_file(tarash: Tarash) -> None:
    Path("video.toml").write_text(
        '[one]\nprovider = "fal"\nmodel = "m"\npoll_interval = "soon"\n', encoding="utf-8"
    )
    ran = tarash("generate", "a kite", "-c", "video.toml")
    assert (ran.code, ran.out) == (2, "")
    assert "video.toml:4: [one] poll_interval" in ran.err
    assert "--poll-interval" not in ran.err
    assert tarash("generate", "a kite", "-c", "video.toml:two").code == 2


def test_so_many_polls_are_made_at_most(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    http = ScriptedHttp([fal.queued(), fal.running(), fal.running()])
    world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash("generate", "a kite", "-m", "fal:fal-ai/veo3", "--max-polls", "2")
    assert ran.code == 6
    assert "--max-polls (2)" in ran.err
    assert http.unused == 0


def test_a_fallback_makes_the_video(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a first model that is not there.
    http = ScriptedHttp([json_reply(404, {"detail": "no such model"}), *fal.success()])
    world(monkeypatch, http, FAL_KEY="id:secret")
    ran = tarash(
        *("generate", "a kite", "-m", "fal:fal-ai/veo3", "--fallback", "fal:fal-ai/veo3/fast"),
        "--no-journal",
    )
    assert (ran.code, ran.out) == (0, f"{fal.URL}\n")
    assert http.requests[1].url.startswith("https://queue.fal.run/fal-ai/veo3/fast")
    assert "1 job submitted to fal, fal-ai/veo3/fast; may have been paid: 1" in ran.err


def test_a_test_clip_needs_no_key_for_a_fallback_of_the_file(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a file whose config has a fallback, and no key for either of them.
    monkeypatch.delenv("FAL_KEY", raising=False)
    Path("chain.toml").write_text(
        'default = "best"\n'
        '[quick]\nprovider = "fal"\nmodel = "fal-ai/veo3/fast"\n'
        '[best]\nprovider = "fal"\nmodel = "fal-ai/veo3.1"\nfallback_configs = ["quick"]\n',
        encoding="utf-8",
    )
    # When a test clip is asked for.
    ran = tarash("generate", "a kite", "--config", "chain.toml", "--mock", "-o", "test.mp4")
    # Then it is made, and nobody is asked.
    assert (ran.code, ran.out) == (0, "test.mp4\n")
    assert "nothing is charged" in ran.err


@pytest.mark.parametrize(
    ("given", "prompt"),
    [("-", "a kite\nover the sea"), ("@prompt.txt", "a kite in a file"), ("@@home", "@home")],
)
def test_a_prompt_comes_from_stdin_and_files(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch, given: str, prompt: str
) -> None:
    Path("prompt.txt").write_text("a kite in a file\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("a kite\nover the sea\n"))
    ran = tarash("generate", given, "-m", "fal:fal-ai/veo3", "--plan", "--json")
    assert json.loads(ran.out)["body"]["prompt"] == prompt


@pytest.mark.parametrize("name", ["@none.txt", "@", "@latin.txt"])
def test_a_prompts_file_that_cannot_be_read_is_told(tarash: Tarash, name: str) -> None:
    Path("latin.txt").write_bytes("fenêtre".encode("latin-1"))
    ran = tarash("generate", name, "--mock")
    assert (ran.code, ran.out) == (2, "")
    assert "the prompt's file" in ran.err


def test_a_fallback_of_a_fallback_may_cost_money() -> None:
    # given a chain that makes test clips, but for its last config
    paid = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    clip = VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", mock=MockConfig(), fallback_configs=[paid]
    )
    first = VideoGenerationConfig(provider="mock", model="mock", fallback_configs=[clip])
    # then nobody is told that nothing is charged
    assert not is_free(first)
    assert is_free(VideoGenerationConfig(provider="mock", model="mock"))
