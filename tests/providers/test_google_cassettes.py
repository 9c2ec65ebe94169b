"""Google's replies, replayed: each cassette is one story."""

from pathlib import Path
from typing import Any

import pytest

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    InsufficientCreditsError,
    NotFoundError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, replay
from tarash.tarash_gateway.values.media import MediaContent

_CASSETTES = Path(__file__).parents[2] / "cassettes" / "google"
_KEY = {"GEMINI_API_KEY": "key"}
_PROVIDERS = {"google": PROVIDER}
_VIDEO = MediaContent(
    b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat", "video/mp4"
)
_VEO_JOB = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
_OMNI_JOB = "v1_ChdpZA"
_VERTEX_JOB = (
    "projects/my-project/locations/us-central1/publishers/google/models/veo-3.1-generate-001"
    "/operations/9d2fc0b5-5bdf-4b5f-9a41-82970515e20b"
)

_VEO = VideoGenerationConfig(
    provider="google",
    model="veo-3.1-generate-preview",
    # The model is retired at Google's own host; the stories play behind a gateway.
    base_url="https://gateway.example.com",
)
_OMNI = VideoGenerationConfig(provider="google", model="gemini-omni-1.1-flash")
_VERTEX = VideoGenerationConfig(
    provider="google",
    model="veo-3.1-generate-001",
    api_key="ya29.token",
    provider_config={"project": "my-project", "location": "us-central1"},
)
# What these stories ask for and Google refuses.
_EXTRA: dict[str, dict[str, Any]] = {
    "validation": {"generateAudio": True},
    "vertex_validation": {"enhancePrompt": False},
}


def _drone(**more: Any) -> VideoGenerationRequest:
    return VideoGenerationRequest(
        prompt="A drone shot over mountain peaks at golden hour",
        duration_seconds=8,
        aspect_ratio="16:9",
        resolution="1080p",
        **more,
    )


def _played(
    cassette: str, config: VideoGenerationConfig, **more: Any
) -> tuple[VideoGenerationResponse, list[VideoGenerationUpdate]]:
    updates: list[VideoGenerationUpdate] = []
    with replay(_CASSETTES / f"{cassette}.yaml", environment=_KEY) as effects:
        response = generate_video(
            config,
            _drone(**more),
            on_progress=updates.append,
            effects=effects,
            providers=_PROVIDERS,
        )
    return response, updates


def test_veo_makes_a_video_and_its_file_is_downloaded() -> None:
    response, updates = _played("success", _VEO)
    assert response.video == _VIDEO
    assert (response.request_id, response.content_type) == (_VEO_JOB, "video/mp4")
    assert (response.duration, response.resolution, response.aspect_ratio) == (8, "1080p", "16:9")
    assert response.warnings == ()
    assert [update.status for update in updates] == ["processing", "processing", "completed"]
    # The download is bytes; what the operation said is kept.
    samples = response.raw_response["response"]["generateVideoResponse"]["generatedSamples"]
    assert samples[0]["video"]["uri"].endswith("/files/qu4d28uipuqh:download?alt=media")


async def test_the_same_tape_plays_for_asyncio() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_KEY) as effects:
        response = await generate_video_async(_VEO, _drone(), effects=effects, providers=_PROVIDERS)
    assert response.video == _VIDEO


def test_a_redirected_download_is_followed() -> None:
    response, _ = _played("redirect", _VEO)
    assert response.video == _VIDEO


def test_omni_makes_a_video_that_stands_in_its_reply() -> None:
    response, updates = _played("omni_success", _OMNI)
    assert (response.video, response.request_id) == (_VIDEO, _OMNI_JOB)
    assert [update.status for update in updates] == ["processing", "processing", "completed"]
    tokens = response.provider_metadata["usage"]["output_tokens_by_modality"]
    assert tokens == [{"modality": "video", "tokens": 57920}]
    assert response.raw_response["steps"][1] == {"type": "thought", "signature": "…"}


def test_a_short_limit_is_waited_for() -> None:
    with replay(_CASSETTES / "rate_limit.yaml", environment=_KEY) as effects:
        response = generate_video(_OMNI, _drone(), effects=effects, providers=_PROVIDERS)
    assert response.video == _VIDEO
    assert isinstance(effects.clock, FakeClock)
    assert effects.clock.slept[:2] == [0.0, 7.0]


def test_vertex_leaves_the_video_in_the_caller_s_bucket() -> None:
    response, _ = _played("vertex_bucket", _VERTEX, output_gcs_uri="gs://BUCKET/")
    assert response.video == "gs://BUCKET/TIMESTAMPED_FOLDER/sample_0.mp4"
    assert response.request_id == _VERTEX_JOB
    assert response.provider_metadata == {"raiMediaFilteredCount": 0}


def test_vertex_without_a_bucket_sends_the_video_itself() -> None:
    response, _ = _played("vertex_inline", _VERTEX)
    assert response.video == _VIDEO


@pytest.mark.parametrize(
    ("cassette", "config", "expected", "words", "job"),
    [
        ("failed", _VEO, GenerationFailedError, "internal server issue", _VEO_JOB),
        ("moderation", _VEO, ContentModerationError, "may pass the next time", _VEO_JOB),
        (
            "validation",
            _VEO,
            ValidationError,
            "`generateAudio` isn't supported",
            None,
        ),
        ("authentication", _OMNI, AuthenticationError, "rejected the API key", None),
        ("credit", _OMNI, InsufficientCreditsError, "top it up", None),
        ("daily_quota", _OMNI, InsufficientCreditsError, "wait until tomorrow", None),
        ("omni_moderation", _OMNI, ContentModerationError, "without a video", _OMNI_JOB),
        ("vertex_filtered", _VERTEX, ContentModerationError, "a public person", _VERTEX_JOB),
        ("vertex_moderated", _VERTEX, ContentModerationError, "15236754", _VERTEX_JOB),
        (
            "vertex_validation",
            _VERTEX,
            ValidationError,
            "cannot be disabled",
            _VERTEX_JOB,
        ),
        ("vertex_permission", _VERTEX, AuthenticationError, "does not permit this", None),
        ("vertex_token", _VERTEX, AuthenticationError, "the token", None),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    cassette: str,
    config: VideoGenerationConfig,
    expected: type[TarashException],
    words: str,
    job: str | None,
) -> None:
    with pytest.raises(TarashException) as caught:
        _played(cassette, config, **_EXTRA.get(cassette, {}))
    error = caught.value
    assert type(error) is expected
    assert words in str(error)
    assert (error.provider, error.model, error.request_id) == ("google", config.model, job)
    assert error.raw_response


def test_a_model_of_vertex_is_not_found_with_a_key() -> None:
    config = VideoGenerationConfig(provider="google", model="veo-3.1-generate-001")
    with pytest.raises(NotFoundError) as caught:
        _played("not_found", config)
    assert "is not found for API version v1beta" in str(caught.value)
    assert "Google offers Veo on Vertex AI" in str(caught.value)


def test_an_interaction_that_is_left_is_cancelled() -> None:
    config = VideoGenerationConfig(
        provider="google",
        model="gemini-omni-1.1-flash",
        max_poll_attempts=1,
        # The cancelled job may be charged, so the chain goes on only because this says so.
        fallback_on=["timeout"],
        fallback_configs=[VideoGenerationConfig(provider="mock", model="mock")],
    )
    response, _ = _played("omni_cancel", config)
    assert response.is_mock
    assert response.execution_metadata is not None
    assert response.execution_metadata.attempts[0].cancellation == "charged"
