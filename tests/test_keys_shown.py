"""A key is refused where HTTP cannot carry it, and shown nowhere, whatever a server echoes."""

import logging
import pickle
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    AuthenticationError,
    SqliteJournal,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.http.redacting import without_key
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_KEY = "canary-id-0123456789:canary-secret-0123456789"
_MODELS = {
    "fal": "fal-ai/veo3",
    "openai": "sora-2",
    "runway": "gen4.5",
    "replicate": "a/b",
    "google": "veo-9",
}


@pytest.mark.parametrize(
    "key", ["can\nary", "can\r\nX-Evil: ary", "can\x00ary", "can€ary", "can\x7fary"]
)
@pytest.mark.parametrize("provider", _MODELS)
def test_a_key_that_no_header_can_carry_is_refused_before_anything_is_sent(
    provider: str, key: str
) -> None:
    bad = VideoGenerationConfig(provider=provider, model=_MODELS[provider], api_key=key)
    http = ScriptedHttp([])
    # It stands behind a good one: an earlier config must not be paid for first.
    config = fal.config(fallback_configs=[bad])
    with pytest.raises(AuthenticationError, match="copy it anew") as caught:
        generate_video(config, fal.REQUEST, effects=fake_effects(http=http))
    assert http.requests == []
    assert caught.value.provider == provider
    assert "ary" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (fal.config(provider_config={"headers": {"X-Fal-Note": "can\nary"}}), "X-Fal-Note"),
        (
            VideoGenerationConfig(
                provider="runway", model="gen4.5", api_key="k", api_version="2024€"
            ),
            "X-Runway-Version",
        ),
    ],
)
def test_a_header_that_http_cannot_carry_is_refused_by_its_name(
    config: VideoGenerationConfig, name: str
) -> None:
    http = ScriptedHttp([])
    with pytest.raises(ValidationError, match=f"the header '{name}'") as caught:
        generate_video(config, fal.REQUEST, effects=fake_effects(http=http))
    assert http.requests == []
    assert "ary" not in caught.value.message


@pytest.mark.parametrize(
    "echo",
    [
        json_reply(401, {"detail": f"bad header Authorization: Key {_KEY}"}),
        json_reply(401, {"detail": "bad secret " + _KEY.partition(":")[2]}),
        HttpResponse(status=500, body=f"<pre>Authorization: Key {_KEY}</pre>".encode()),
        HttpResponse(status=409, headers={"X-Echo": _KEY}, body=b"{}"),
        HttpResponse(status=409, body=_KEY.replace(":", "%3A").encode()),
    ],
    ids=["json", "half of it", "html", "header", "quoted"],
)
def test_an_echoed_key_is_blanked_everywhere(
    echo: HttpResponse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    effects = fake_effects(http=ScriptedHttp([echo]))
    with pytest.raises(TarashException) as caught:
        generate_video(fal.config(api_key=_KEY), fal.REQUEST, effects=effects, journal=journal)
    error = caught.value
    shown = f"{error} {error!r} {error.raw_response!r} {error.attempts!r} {caplog.text}"
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "canary" not in shown
    assert b"canary" not in kept + pickle.dumps(error)


def test_a_short_key_blanks_nothing_else() -> None:
    reply = HttpResponse(status=200, body=b"a kite like a kite")
    assert without_key(reply, "k") == reply


def test_a_pickled_config_has_no_credential() -> None:
    settings = {"access_token": "canary", "project": "p", "openai_api_key": "canary"}
    config = VideoGenerationConfig(
        provider="google", model="veo-9", api_key="canary", provider_config=settings
    )
    data = pickle.dumps(config)
    assert b"canary" not in data
    again: VideoGenerationConfig = pickle.loads(data)  # noqa: S301 - our own bytes
    assert (again.provider_config, again.api_key) == ({"project": "p"}, None)


def _printed_by_a_shell(command: str, environment: dict[str, str]) -> str:
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{command}\n"
    done = subprocess.run(  # noqa: S603 - our own words, in an empty environment
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def test_a_plan_s_command_runs_nothing_but_curl(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    evil: dict[str, Any] = {"X-Fal-Note": f"$(touch {mark}) `touch {mark}` $FAL_KEY $HOME"}
    config = fal.config(provider_config={"headers": evil})
    request = VideoGenerationRequest(prompt=f'$(touch {mark}) it\'s "fine" $FAL_KEY')
    plan = plan_video(config, request, effects=fake_effects())
    printed = _printed_by_a_shell(plan.curl(), {"FAL_KEY": "from-the-environment"})
    assert not mark.exists()
    lines = printed.splitlines()
    assert "Authorization: Key from-the-environment" in lines
    assert f"X-Fal-Note: {evil['X-Fal-Note']}" in lines
