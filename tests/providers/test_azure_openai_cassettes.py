"""Azure OpenAI's replies, replayed: each cassette is one story of one of its two APIs."""

from pathlib import Path

import pytest

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    NotFoundError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationUpdate,
    generate_video,
)
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, replay
from tarash.tarash_gateway.values.media import MediaContent

_CASSETTES = Path(__file__).parents[2] / "cassettes" / "azure-openai"
_ENVIRONMENT = {
    "AZURE_OPENAI_API_KEY": "key-1",
    "AZURE_OPENAI_ENDPOINT": "https://resource.openai.azure.com/",
}
_PROVIDERS = {"azure-openai": PROVIDER}
_ID = "video_68f10c5428708190a98980c2d2b21a78"

_CAT = VideoGenerationRequest(prompt="A video of a cool cat on a motorcycle in the night")
_SORA_2 = VideoGenerationConfig(provider="azure-openai", model="sora-2")
_PIANO = VideoGenerationRequest(
    prompt="A cat playing piano in a jazz bar.",
    duration_seconds=5,
    resolution="480p",
    aspect_ratio="1:1",
)
_SORA = VideoGenerationConfig(provider="azure-openai", model="sora")


def _seen(clock: object) -> FakeClock:
    assert isinstance(clock, FakeClock)
    return clock


def test_a_text_becomes_a_video() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(_SORA_2, _CAT, effects=effects, providers=_PROVIDERS)
    assert isinstance(response.video, MediaContent)
    assert (response.content_type, response.request_id) == ("video/mp4", _ID)
    assert (response.duration, response.resolution, response.aspect_ratio) == (4.0, "720p", "9:16")
    assert response.provider_metadata["expires_at"] == 1760714196


def test_a_version_that_is_asked_for_is_in_every_url() -> None:
    config = VideoGenerationConfig(provider="azure-openai", model="sora-2", api_version="preview")
    updates: list[VideoGenerationUpdate] = []
    with replay(_CASSETTES / "running.yaml", environment=_ENVIRONMENT) as effects:
        generate_video(
            config, _CAT, on_progress=updates.append, effects=effects, providers=_PROVIDERS
        )
    assert [u.status for u in updates] == ["queued", "queued", "processing", "completed"]


def test_the_older_api_makes_a_job_of_generations() -> None:
    updates: list[VideoGenerationUpdate] = []
    with replay(_CASSETTES / "jobs_success.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(
            _SORA, _PIANO, on_progress=updates.append, effects=effects, providers=_PROVIDERS
        )
    assert isinstance(response.video, MediaContent)
    assert response.request_id == "task_abc123"
    assert (response.duration, response.resolution, response.aspect_ratio) == (5.0, "480p", "1:1")
    assert response.provider_metadata["finished_at"] == 1748469945
    assert [u.status for u in updates] == ["queued", "queued", "processing", "completed"]


def test_a_busy_deployment_is_asked_again_after_the_time_it_names() -> None:
    with replay(_CASSETTES / "rate_limit.yaml", environment=_ENVIRONMENT) as effects:
        response = generate_video(_SORA_2, _CAT, effects=effects, providers=_PROVIDERS)
    assert response.request_id == _ID
    assert _seen(effects.clock).slept[:2] == [0.0, 30.0]


@pytest.mark.parametrize(
    ("cassette", "expected", "words", "job"),
    [
        ("validation", ValidationError, "Missing required parameter", None),
        ("moderation", ContentModerationError, "change the prompt", "video_6a72eaedff8c"),
        ("content_filter", ContentModerationError, "content management policy", None),
        ("failed", GenerationFailedError, "internal_error", _ID),
        ("authentication", AuthenticationError, "check AZURE_OPENAI_API_KEY", None),
        ("not_found", NotFoundError, "check the model", None),
        ("jobs_moderation", ContentModerationError, "change the prompt", "task_abc123"),
        ("jobs_failed", GenerationFailedError, "internal_error", "task_abc123"),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    cassette: str, expected: type[TarashException], words: str, job: str | None
) -> None:
    config, request = (_SORA, _PIANO) if cassette.startswith("jobs") else (_SORA_2, _CAT)
    with (
        replay(_CASSETTES / f"{cassette}.yaml", environment=_ENVIRONMENT) as effects,
        pytest.raises(TarashException) as caught,
    ):
        generate_video(config, request, effects=effects, providers=_PROVIDERS)
    error = caught.value
    assert type(error) is expected
    assert words in str(error)
    assert (error.provider, error.request_id) == ("azure-openai", job)
    assert error.raw_response
