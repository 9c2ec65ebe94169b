"""Runway's replies, replayed: each cassette is one story."""

from pathlib import Path
from typing import Any, Final

import attrs
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
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.testing import FakeClock, replay

_CASSETTES: Final = Path(__file__).parents[2] / "cassettes" / "runway"
_KEY: Final = {"RUNWAYML_API_SECRET": "key_0123"}
_JOB: Final = "17f20503-6c24-4c16-946b-35dbbce2af2f"
_URL: Final = "https://dnznrvs05pmza.cloudfront.net/gen4.5/3f2a/golden_retriever.mp4?_jwt=REDACTED"
_DOG: Final = VideoGenerationRequest(
    prompt="A golden retriever running through wildflowers at sunset", seed=0
)


def _config(model: str = "gen4.5") -> VideoGenerationConfig:
    return VideoGenerationConfig(provider="runway", model=model)


def _generate(cassette: str, request: VideoGenerationRequest, **more: Any) -> Any:
    model = more.pop("model", "gen4.5")
    with replay(_CASSETTES / f"{cassette}.yaml", environment=_KEY) as effects:
        response = generate_video(
            _config(model), request, effects=effects, providers={"runway": PROVIDER}, **more
        )
        assert isinstance(effects.clock, FakeClock)
        return response, effects.clock.slept


def test_a_text_becomes_a_video() -> None:
    response, slept = _generate("success", _DOG)
    assert (response.status, response.video) == ("completed", _URL)
    assert response.request_id == _JOB
    assert response.content_type == "video/mp4"
    assert (response.duration, response.resolution, response.aspect_ratio) == (5.0, "720p", "16:9")
    assert response.warnings == ()
    assert response.provider_metadata == {
        "createdAt": "2026-08-26T06:30:33.796Z",
        "cost": {"credits": 60},
    }
    assert response.raw_response["status"] == "SUCCEEDED"
    assert slept == [0.0, 5]


async def test_the_same_tape_plays_for_asyncio() -> None:
    with replay(_CASSETTES / "success.yaml", environment=_KEY) as effects:
        response = await generate_video_async(
            _config(), _DOG, effects=effects, providers={"runway": PROVIDER}
        )
    assert response.video == _URL


def test_a_job_that_waits_and_runs_tells_about_it() -> None:
    request = VideoGenerationRequest(
        prompt="The tide comes in",
        duration_seconds=8,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=True,
        image_list=[
            "https://example.com/low.png",
            {"image": "https://example.com/high.png", "type": "last_frame"},
        ],
    )
    updates: list[VideoGenerationUpdate] = []
    response, _ = _generate("running", request, model="veo3.1", on_progress=updates.append)
    assert [(u.status, u.progress_percent) for u in updates] == [
        ("queued", None),
        ("queued", None),
        ("queued", None),
        ("processing", 2.0),
        ("processing", 86.0),
        ("completed", 100.0),
    ]
    assert updates[2].update["status"] == "THROTTLED"
    assert (response.duration, response.resolution, response.aspect_ratio) == (8.0, "1080p", "16:9")


def test_a_video_becomes_another_one() -> None:
    request = VideoGenerationRequest(
        prompt="winter", video="https://example.com/summer.mp4", aspect_ratio="16:9", seed=3
    )
    response, _ = _generate("video", request, model="aleph2")
    assert response.video == _URL
    assert (response.duration, response.aspect_ratio) == (None, "16:9")


@pytest.mark.parametrize(
    ("cassette", "expected", "words", "job"),
    [
        ("failed", GenerationFailedError, "INTERNAL.BAD_OUTPUT.CODE01", _JOB),
        ("moderation", ContentModerationError, "flagged by our content moderation", _JOB),
        ("validation", ValidationError, "ratio: Invalid option", None),
        ("credit", InsufficientCreditsError, "buy credits", None),
        ("authentication", AuthenticationError, "RUNWAYML_API_SECRET", None),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    cassette: str, expected: type[TarashException], words: str, job: str | None
) -> None:
    request = attrs.evolve(_DOG, extra_params={"ratio": "1:1"} if cassette == "validation" else {})
    with pytest.raises(TarashException) as caught:
        _generate(cassette, request)
    error = caught.value
    assert type(error) is expected
    assert words in str(error)
    assert (error.provider, error.model, error.request_id) == ("runway", "gen4.5", job)
    assert [a.error_type for a in error.attempts] == [expected.__name__]
    assert error.raw_response


def test_too_many_requests_are_sent_again_after_the_time_runway_names() -> None:
    response, slept = _generate("rate_limit", _DOG)
    assert response.video == _URL
    assert slept[:2] == [0.0, 2.0]


def test_an_overloaded_server_is_asked_again() -> None:
    response, _ = _generate("overload", _DOG)
    assert response.video == _URL
