"""Replicate's replies, replayed: each cassette is one story."""

from pathlib import Path

import pytest

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationCancelledError,
    GenerationFailedError,
    InsufficientCreditsError,
    NotFoundError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationUpdate,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, replay

_CASSETTES = Path(__file__).parents[2] / "cassettes" / "replicate"
_KEY = {"REPLICATE_API_TOKEN": "r8_secret"}
_PROVIDERS = {"replicate": PROVIDER}
_JOB = "15eyanar9xrg80ckd3ytdz0hhr"
_URL = "https://replicate.delivery/czjl/0BRwO64e/tmpxql776w8.output.mp4"

_TOKYO = VideoGenerationRequest(
    prompt="a woman is walking through a busy Tokyo street at night", enhance_prompt=True
)
_MINIMAX = VideoGenerationConfig(provider="replicate", model="minimax/video-01")


def _seen(clock: object) -> FakeClock:
    assert isinstance(clock, FakeClock)
    return clock


def test_a_text_becomes_a_video() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_KEY) as effects:
        response = generate_video(_MINIMAX, _TOKYO, effects=effects, providers=_PROVIDERS)
    assert response.video == _URL
    assert response.status == "completed"
    assert response.request_id == _JOB
    assert response.content_type == "video/mp4"
    # The reply's times are of the computing, not of the video.
    assert (response.duration, response.warnings) == (None, ())
    assert response.provider_metadata["metrics"]["predict_time"] == 289.242321508
    assert response.raw_response["output"] == _URL
    assert response.execution_metadata is not None
    assert [a.polls for a in response.execution_metadata.attempts] == [1]


async def test_the_same_tape_plays_for_asyncio() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_KEY) as effects:
        response = await generate_video_async(
            _MINIMAX, _TOKYO, effects=effects, providers=_PROVIDERS
        )
    assert response.video == _URL


def test_a_version_of_a_community_model_tells_how_far_it_is() -> None:
    config = VideoGenerationConfig(
        provider="replicate", model="lightricks/ltx-video:8c47da66" + "0" * 56
    )
    request = VideoGenerationRequest(
        prompt="a fox runs through snow",
        duration_seconds=97 / 25,
        aspect_ratio="16:9",
        image_list=["https://example.com/fox.png"],
    )
    updates: list[VideoGenerationUpdate] = []
    with replay(_CASSETTES / "running.yaml", environment=_KEY) as effects:
        response = generate_video(
            config, request, on_progress=updates.append, effects=effects, providers=_PROVIDERS
        )
    assert [(u.status, u.progress_percent) for u in updates] == [
        ("queued", None),
        ("queued", None),
        ("processing", 44.0),
        ("completed", 100.0),
    ]
    assert updates[2].logs[:2] == ("Using seed: 42069", "Prompt: a fox runs through snow")
    assert len(updates[2].logs) == 5
    assert response.video == "https://replicate.delivery/yhqm/WjvukHay/R8_LTX_00001.mp4"
    assert (response.duration, response.aspect_ratio) == (3.88, "16:9")


@pytest.mark.parametrize(
    ("cassette", "expected", "words", "job"),
    [
        ("failed", GenerationFailedError, "ran out of memory", _JOB),
        ("moderation", ContentModerationError, "(E005)", _JOB),
        ("canceled", GenerationCancelledError, "canceled", _JOB),
        ("authentication", AuthenticationError, "REPLICATE_API_TOKEN", None),
        ("credit", InsufficientCreditsError, "no credit", None),
        ("validation", ValidationError, "prompt is required", None),
        ("not_found", NotFoundError, "minimax/video-01:<version>", None),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    cassette: str, expected: type[TarashException], words: str, job: str | None
) -> None:
    with (
        replay(_CASSETTES / f"{cassette}.yaml", environment=_KEY) as effects,
        pytest.raises(TarashException) as caught,
    ):
        generate_video(_MINIMAX, _TOKYO, effects=effects, providers=_PROVIDERS)
    error = caught.value
    assert type(error) is expected
    assert words in str(error)
    assert (error.provider, error.model, error.request_id) == (
        "replicate",
        "minimax/video-01",
        job,
    )
    assert [a.error_type for a in error.attempts] == [expected.__name__]
    assert error.raw_response


def test_a_low_rate_is_waited_for() -> None:
    with replay(_CASSETTES / "rate_limit.yaml", environment=_KEY) as effects:
        response = generate_video(_MINIMAX, _TOKYO, effects=effects, providers=_PROVIDERS)
    assert response.video == _URL
    assert _seen(effects.clock).slept[:2] == [0.0, 10.0]
