"""fal's replies, replayed: each cassette is one story."""

from pathlib import Path

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
from tarash.tarash_gateway.testing import FakeClock, replay

_CASSETTES = Path(__file__).parents[2] / "cassettes" / "fal"
_KEY = {"FAL_KEY": "id:secret"}
_JOB = "80e732af-660e-45cd-bd63-580e4f2a94cc"

_DRONE = VideoGenerationRequest(
    prompt="A drone shot over mountain peaks at golden hour",
    duration_seconds=5,
    aspect_ratio="16:9",
    resolution="1080p",
)
_VEO = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")


def _seen(clock: object) -> FakeClock:
    assert isinstance(clock, FakeClock)
    return clock


def test_the_first_example_of_the_guide() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_KEY) as effects:
        response = generate_video(_VEO, _DRONE, effects=effects)
    assert response.video == "https://v3.fal.media/files/koala/drone_output.mp4"
    assert response.status == "completed"
    assert response.request_id == _JOB
    assert response.duration == 6.0
    assert (response.resolution, response.aspect_ratio) == ("1080p", "16:9")
    assert response.warnings == ("duration_seconds 5 became 6: fal-ai/veo3 takes 4, 6 or 8",)
    assert response.provider_metadata["billable_units"] == "6"
    assert response.raw_response["video"]["file_size"] == 6218923
    assert response.execution_metadata is not None
    assert [a.polls for a in response.execution_metadata.attempts] == [1]
    assert _seen(effects.clock).slept == [0.0, 5, 0.0]


async def test_the_same_tape_plays_for_asyncio() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_KEY) as effects:
        response = await generate_video_async(_VEO, _DRONE, effects=effects)
    assert response.video == "https://v3.fal.media/files/koala/drone_output.mp4"


def test_a_job_that_waits_and_runs_tells_about_it() -> None:
    config = VideoGenerationConfig(
        provider="fal", model="fal-ai/kling-video/v2.6/pro/image-to-video"
    )
    request = VideoGenerationRequest(
        prompt="a fox runs through snow",
        duration_seconds=5,
        generate_audio=False,
        image_list=["https://example.com/fox.png"],
    )
    updates: list[VideoGenerationUpdate] = []
    with replay(_CASSETTES / "queued_running_success.yaml", environment=_KEY) as effects:
        response = generate_video(config, request, on_progress=updates.append, effects=effects)
    assert [(u.status, u.queue_position) for u in updates] == [
        ("queued", 123),
        ("queued", 123),
        ("processing", None),
        ("completed", None),
    ]
    assert updates[2].logs == ("Starting inference", "step 3/50")
    assert (response.duration, response.resolution, response.aspect_ratio) == (5.0, "1080p", "16:9")
    assert response.provider_metadata["seed"] == 12345


@pytest.mark.parametrize(
    ("cassette", "expected", "words", "job"),
    [
        ("validation_error", ValidationError, "duration: Input should be", _JOB),
        ("moderation", ContentModerationError, "flagged by a content checker", _JOB),
        ("exhausted_balance", InsufficientCreditsError, "top it up", None),
        ("failed_job", GenerationFailedError, "runner_disconnected", _JOB),
        ("authentication", AuthenticationError, "FAL_KEY", None),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    cassette: str, expected: type[TarashException], words: str, job: str | None
) -> None:
    with (
        replay(_CASSETTES / f"{cassette}.yaml", environment=_KEY) as effects,
        pytest.raises(TarashException) as caught,
    ):
        generate_video(_VEO, _DRONE, effects=effects)
    error = caught.value
    assert type(error) is expected
    assert words in str(error)
    assert (error.provider, error.model, error.request_id) == ("fal", "fal-ai/veo3", job)
    assert [a.error_type for a in error.attempts] == [expected.__name__]
    assert error.raw_response


def test_a_full_queue_is_asked_again_after_the_time_it_names() -> None:
    with replay(_CASSETTES / "rate_limit.yaml", environment=_KEY) as effects:
        response = generate_video(_VEO, _DRONE, effects=effects)
    assert response.video == "https://v3.fal.media/files/koala/drone_output.mp4"
    assert _seen(effects.clock).slept[:2] == [0.0, 2.0]
