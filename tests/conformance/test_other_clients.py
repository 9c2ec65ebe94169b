"""What docs/moving says of the other clients is true of the releases that are installed."""

from importlib import metadata
from pathlib import Path
from typing import Final

import fal_client.client as fal
import httpx
import openai
import pytest
import runwayml
from google.genai import _api_client as google
from replicate.client import Client, RetryTransport
from runwayml.lib import polling

_MOVING: Final = Path(__file__).parents[2] / "docs/moving"


def _said(page: str) -> str:
    return (_MOVING / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("client", ["fal-client", "openai", "replicate", "runwayml"])
def test_the_page_names_the_release_that_was_read(client: str) -> None:
    major, minor, *_ = metadata.version(client).split(".")
    said = _said(client)
    assert f"`{client}` {major}.{minor}" in said or f"`{client}` {major} " in said
    assert f"With `{client}` {major}" in said


def test_fal_client() -> None:
    assert (fal.MAX_ATTEMPTS, fal.RETRY_CODES) == (10, [408, 409, 429])
    assert fal.DEFAULT_QUEUE_POLL_INTERVAL == 0.1
    said = _said("fal-client")
    assert "sent again, up to ten times" in said
    assert "408, 409 or 429" in said
    assert "every 0.1 seconds" in said


def test_openai() -> None:
    with openai.OpenAI(api_key="key") as client:
        assert client.max_retries == 2
        assert getattr(client.timeout, "read", None) == 600
    said = _said("openai")
    assert "sent again, twice at most" in said
    assert "each request has one (600 seconds)" in said


def test_runwayml() -> None:
    with runwayml.RunwayML(api_key="key") as client:
        assert client.max_retries == 2
    nearest = polling.POLL_TIME - polling.POLL_JITTER / 2
    farthest = polling.POLL_TIME + polling.POLL_JITTER / 2
    said = _said("runwayml")
    assert "sent again, twice at most" in said
    assert f"every {nearest:g} to {farthest:g}" in said


def test_replicate() -> None:
    assert Client(api_token="key").poll_interval == 0.5
    with httpx.HTTPTransport() as nothing:
        retries = RetryTransport(nothing)
        assert (retries.max_attempts, "POST" in retries.retryable_methods) == (10, False)
        assert retries.retry_status_codes == {429, 503, 504}
    said = _said("replicate")
    assert "every 0.5 seconds" in said
    assert "429, 503 or 504 to a poll | tried again, up to ten times" in said


def test_google_genai() -> None:
    # Without options, a request is tried once.
    assert google.retry_args(None)["stop"].max_attempt_number == 1
    assert "unless you give `retry_options`" in _said("google-genai")
