"""Webhooks in a scripted world: its providers call, signed as they sign, and publish their keys."""

import sys
from pathlib import Path
from typing import Final

import pytest

from tarash.tarash_gateway import (
    SqliteJournal,
    VideoGenerationConfig,
    VideoGenerationRequest,
    Webhook,
    WebhookError,
    WebhookKeys,
    check_video,
    receive_webhook,
    start_video,
)
from tarash.tarash_gateway.testing import ScriptedVideo
from tarash.tarash_gateway.testing.dialects import DIALECTS

_REQUEST: Final = VideoGenerationRequest(prompt="a kite")
_HOST: Final = "https://gateway.example.com"
_CALLING: Final = {
    "fal": VideoGenerationConfig(provider="fal", model="fal-ai/veo3"),
    "replicate": VideoGenerationConfig(provider="replicate", model="minimax/video-01"),
    "openai": VideoGenerationConfig(provider="openai", model="sora-2"),
    "google": VideoGenerationConfig(
        provider="google", model="veo-3.1-generate-preview", base_url=_HOST
    ),
    "google (Omni)": VideoGenerationConfig(provider="google", model="gemini-omni-1.1-flash"),
}
_EVERY: Final = pytest.mark.parametrize("config", _CALLING.values(), ids=_CALLING)


def _received(world: ScriptedVideo, journal: SqliteJournal, provider: str) -> Webhook:
    message = world.webhook()
    return receive_webhook(provider, message.headers, message.body, journal=journal)


def test_those_that_send_webhooks_are_played() -> None:
    telling = {name for name, dialect in DIALECTS.items() if dialect.told is not None}
    assert telling == _CALLING.keys()


@_EVERY
def test_a_message_is_received_without_any_setting(
    config: VideoGenerationConfig, tmp_path: Path
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    with ScriptedVideo().completes(polls=9) as world:
        # given a job that runs for long
        job = start_video(config, _REQUEST, journal=journal)
        # when the provider calls
        webhook = _received(world, journal, config.provider)
        # then the message is believed, names the job, and the job is done
        assert webhook.generation is not None
        assert webhook.generation.request_id == job.request_id
        assert (webhook.event.verified, webhook.event.status) == (True, "completed")
        # fal's and Google's results take one exchange more.
        assert check_video(check_video(job)).status == "completed"
        # and the same message once more is known
        assert _received(world, journal, config.provider).replayed


@pytest.mark.parametrize("name", ["fal", "replicate", "openai", "google (Omni)"])
def test_a_message_says_that_a_job_failed(name: str, tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    config = _CALLING[name]
    with ScriptedVideo().fails(polls=9) as world:
        start_video(config, _REQUEST, journal=journal)
        assert _received(world, journal, config.provider).event.status == "failed"


def test_each_job_has_its_own(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    with ScriptedVideo().completes(times=2) as world:
        first, second = (start_video(_CALLING["fal"], _REQUEST, journal=journal) for _ in "ab")
        for job in (first, second):
            message = world.webhook(job.request_id)
            webhook = receive_webhook("fal", message.headers, message.body, journal=journal)
            assert webhook.event.request_id == job.request_id


def test_a_secret_of_the_environment_or_of_the_settings_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ScriptedVideo().completes() as world:
        start_video(_CALLING["replicate"], _REQUEST)
        # given a secret in the environment
        monkeypatch.setenv("REPLICATE_WEBHOOK_SECRET", "whsec_bXkgb3duIHNlY3JldA== whsec_b2xk")
        message = world.webhook()
        assert receive_webhook("replicate", message.headers, message.body).event.verified
        # or one that the code under test passes
        keys = WebhookKeys(secrets="whsec_YW5vdGhlciBzZWNyZXQ=")
        with pytest.raises(WebhookError, match="signature"):
            receive_webhook("replicate", message.headers, message.body, keys=keys)
        message = world.webhook(secret="whsec_YW5vdGhlciBzZWNyZXQ=")
        received = receive_webhook("replicate", message.headers, message.body, keys=keys)
        assert received.event.verified


def test_there_is_no_message_about_nothing() -> None:
    with ScriptedVideo().completes(provider="runway").times_out(provider="fal") as world:
        with pytest.raises(ValueError, match="no webhook about a job: nothing was submitted"):
            world.webhook()
        start_video(VideoGenerationConfig(provider="runway", model="gen4.5"), _REQUEST)
        with pytest.raises(ValueError, match="its provider sends none"):
            world.webhook()
        job = start_video(_CALLING["fal"], _REQUEST)
        with pytest.raises(ValueError, match=f"about {job.request_id}: .*the job never ends"):
            world.webhook(job.request_id)


def test_a_message_that_cannot_be_signed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a machine without the extra
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    with ScriptedVideo().completes() as world:
        start_video(_CALLING["fal"], _REQUEST)
        # when fal's message is asked for, then the error has the command
        with pytest.raises(ModuleNotFoundError, match=r"needs cryptography.*'\.\[webhooks\]'"):
            world.webhook()
