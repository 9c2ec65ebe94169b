"""OpenAI's replies, replayed: each cassette is one story, at a server that still has the API."""

from pathlib import Path
from typing import Any

import pytest

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    InsufficientCreditsError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationUpdate,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.providers.openai.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, replay
from tarash.tarash_gateway.values.media import MediaContent

_CASSETTES = Path(__file__).parents[2] / "cassettes" / "openai"
_ENVIRONMENT = {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "https://videos.example.com/v1/"}
_PROVIDERS = {"openai": PROVIDER}
_ID = "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5"
_PROMPT = "Wide tracking shot of a teal coupe on a desert highway"

_COUPE = VideoGenerationRequest(
    prompt=_PROMPT, duration_seconds=8, resolution="720p", aspect_ratio="16:9"
)
_PRO = VideoGenerationConfig(provider="openai", model="openai/sora-2-pro")


def _seen(clock: object) -> FakeClock:
    assert isinstance(clock, FakeClock)
    return clock


def _bytes(video: object) -> bytes:
    assert isinstance(video, MediaContent)
    return video.content


def test_a_text_becomes_a_video() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(_PRO, _COUPE, effects=effects, providers=_PROVIDERS)
    assert _bytes(response.video)[4:12] == b"ftypmp42"
    assert (response.content_type, response.request_id) == ("video/mp4", _ID)
    assert (response.duration, response.resolution, response.aspect_ratio) == (8.0, "720p", "16:9")
    assert response.warnings == ()
    assert response.raw_response["completed_at"] == 1758941552
    assert response.provider_metadata == {
        "created_at": 1758941485,
        "model": "sora-2-pro",
        "completed_at": 1758941552,
        "expires_at": 1758945152,
    }
    assert _seen(effects.clock).slept == [0.0, 5, 0.0]


async def test_the_same_tape_plays_for_asyncio() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_ENVIRONMENT) as effects:
        response = await generate_video_async(_PRO, _COUPE, effects=effects, providers=_PROVIDERS)
    assert _bytes(response.video)[4:12] == b"ftypmp42"


def test_a_job_that_waits_and_runs_is_asked_when_the_server_says() -> None:
    updates: list[VideoGenerationUpdate] = []
    with replay(_CASSETTES / "running.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(
            _PRO, _COUPE, on_progress=updates.append, effects=effects, providers=_PROVIDERS
        )
    assert response.duration == 8.0
    assert [(u.status, u.progress_percent) for u in updates] == [
        ("queued", 0.0),
        ("queued", 0.0),
        ("processing", 33.0),
        ("completed", 100.0),
    ]
    assert _seen(effects.clock).slept == [0.0, 2.0, 5, 10.0, 0.0]


def test_a_remix_names_the_video_it_is_made_of() -> None:
    request = VideoGenerationRequest(prompt=_PROMPT, remix_video_id=_ID)
    with replay(_CASSETTES / "remix.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(_PRO, request, effects=effects, providers=_PROVIDERS)
    assert response.request_id == "video_remixed"
    assert response.provider_metadata["remixed_from_video_id"] == _ID


def test_a_full_minute_is_waited_for() -> None:
    with replay(_CASSETTES / "rate_limit.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(_PRO, _COUPE, effects=effects, providers=_PROVIDERS)
    assert response.request_id == _ID
    assert _seen(effects.clock).slept[:2] == [0.0, 2.4]


_IMAGE: dict[str, Any] = {"image_list": ["https://example.com/a.png"]}


@pytest.mark.parametrize(
    ("cassette", "fields", "expected", "words", "job"),
    [
        ("validation", _IMAGE, ValidationError, "expected a file, but got a string", None),
        ("moderation", {}, ContentModerationError, "change the prompt", "video_6a72eaedff8c"),
        ("credit", {}, InsufficientCreditsError, "no credit left", None),
        ("failed", {}, GenerationFailedError, "internal_error", _ID),
        ("authentication", {}, AuthenticationError, "check OPENAI_API_KEY", None),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    cassette: str,
    fields: dict[str, Any],
    expected: type[TarashException],
    words: str,
    job: str | None,
) -> None:
    request = VideoGenerationRequest(prompt=_PROMPT, **fields) if fields else _COUPE
    with (
        replay(_CASSETTES / f"{cassette}.yaml", environment=_ENVIRONMENT) as effects,
        pytest.raises(TarashException) as caught,
    ):
        generate_video(_PRO, request, effects=effects, providers=_PROVIDERS)
    error = caught.value
    assert type(error) is expected
    assert words in str(error)
    assert (error.provider, error.model, error.request_id) == ("openai", "openai/sora-2-pro", job)
    assert error.raw_response["error"]
