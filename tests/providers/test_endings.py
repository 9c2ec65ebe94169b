"""How jobs end, at every provider: replayed from cassettes, each the story of one end."""

from typing import Any

import attrs
import pytest
from tests.support import scenarios
from tests.support.scenarios import (
    AZURE,
    AZURE_JOB,
    AZURE_JOBS,
    FAL,
    FAL_JOB,
    OMNI,
    OMNI_JOB,
    OPENAI,
    OPENAI_JOB,
    OPENAI_PROMPT,
    REPLICATE,
    REPLICATE_JOB,
    RUNWAY,
    RUNWAY_JOB,
    VEO,
    VEO_JOB,
    VERTEX,
    VERTEX_JOB,
    Scenario,
)

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
)
from tarash.tarash_gateway.values.media import MediaContent


def _end(
    scenario: Scenario,
    cassette: str,
    expected: type[TarashException],
    *words: str,
    job: str | None = None,
) -> Any:
    provider = scenario.config.provider
    return pytest.param(scenario, cassette, expected, words, job, id=f"{provider}-{cassette}")


_WITH_AN_IMAGE = attrs.evolve(
    OPENAI,
    request=VideoGenerationRequest(prompt=OPENAI_PROMPT, image_list=["https://example.com/a.png"]),
)


def _asking(scenario: Scenario, **extra: Any) -> Scenario:
    """Return a scenario whose request has parameters that the provider refuses."""
    return attrs.evolve(scenario, request=attrs.evolve(scenario.request, extra_params=extra))


# Google has the model on Vertex AI only.
_WITH_A_KEY = attrs.evolve(
    VEO, config=VideoGenerationConfig(provider="google", model="veo-3.1-generate-001")
)


@pytest.mark.parametrize(
    ("scenario", "cassette", "expected", "words", "job"),
    [
        _end(FAL, "validation_error", ValidationError, "duration: Input should be", job=FAL_JOB),
        _end(
            FAL, "moderation", ContentModerationError, "flagged by a content checker", job=FAL_JOB
        ),
        _end(FAL, "exhausted_balance", InsufficientCreditsError, "top it up"),
        _end(FAL, "failed_job", GenerationFailedError, "runner_disconnected", job=FAL_JOB),
        _end(FAL, "authentication", AuthenticationError, "FAL_KEY"),
        _end(_WITH_AN_IMAGE, "validation", ValidationError, "expected a file, but got a string"),
        _end(
            OPENAI,
            "moderation",
            ContentModerationError,
            "change the prompt",
            job="video_6a72eaedff8c",
        ),
        _end(OPENAI, "credit", InsufficientCreditsError, "raise its quota or top it up"),
        _end(OPENAI, "failed", GenerationFailedError, "internal_error", job=OPENAI_JOB),
        _end(OPENAI, "authentication", AuthenticationError, "check OPENAI_API_KEY"),
        _end(AZURE, "validation", ValidationError, "Missing required parameter"),
        _end(
            AZURE,
            "moderation",
            ContentModerationError,
            "change the prompt",
            job="video_6a72eaedff8c",
        ),
        _end(AZURE, "content_filter", ContentModerationError, "content management policy"),
        _end(AZURE, "failed", GenerationFailedError, "internal_error", job=AZURE_JOB),
        _end(AZURE, "authentication", AuthenticationError, "check AZURE_OPENAI_API_KEY"),
        _end(AZURE, "not_found", NotFoundError, "check the model"),
        _end(
            AZURE_JOBS,
            "jobs_moderation",
            ContentModerationError,
            "change the prompt",
            job="task_abc123",
        ),
        _end(AZURE_JOBS, "jobs_failed", GenerationFailedError, "internal_error", job="task_abc123"),
        _end(RUNWAY, "failed", GenerationFailedError, "INTERNAL.BAD_OUTPUT.CODE01", job=RUNWAY_JOB),
        _end(
            RUNWAY,
            "moderation",
            ContentModerationError,
            "flagged by our content moderation",
            job=RUNWAY_JOB,
        ),
        _end(_asking(RUNWAY, ratio="1:1"), "validation", ValidationError, "ratio: Invalid option"),
        _end(RUNWAY, "credit", InsufficientCreditsError, "buy credits"),
        _end(RUNWAY, "authentication", AuthenticationError, "RUNWAYML_API_SECRET"),
        _end(REPLICATE, "failed", GenerationFailedError, "ran out of memory", job=REPLICATE_JOB),
        _end(REPLICATE, "moderation", ContentModerationError, "(E005)", job=REPLICATE_JOB),
        _end(REPLICATE, "canceled", GenerationCancelledError, "canceled", job=REPLICATE_JOB),
        _end(REPLICATE, "authentication", AuthenticationError, "REPLICATE_API_TOKEN"),
        _end(REPLICATE, "credit", InsufficientCreditsError, "no credit"),
        _end(REPLICATE, "validation", ValidationError, "prompt is required"),
        _end(REPLICATE, "not_found", NotFoundError, "minimax/video-01:<version>"),
        _end(VEO, "failed", GenerationFailedError, "internal server issue", job=VEO_JOB),
        _end(VEO, "moderation", ContentModerationError, "may pass the next time", job=VEO_JOB),
        _end(
            _asking(VEO, generateAudio=True),
            "validation",
            ValidationError,
            "`generateAudio` isn't supported",
        ),
        _end(OMNI, "authentication", AuthenticationError, "rejected"),
        _end(OMNI, "credit", InsufficientCreditsError, "top it up"),
        _end(OMNI, "daily_quota", InsufficientCreditsError, "wait until tomorrow"),
        _end(OMNI, "omni_moderation", ContentModerationError, "without a video", job=OMNI_JOB),
        _end(VERTEX, "vertex_filtered", ContentModerationError, "a public person", job=VERTEX_JOB),
        _end(VERTEX, "vertex_moderated", ContentModerationError, "15236754", job=VERTEX_JOB),
        _end(
            _asking(VERTEX, enhancePrompt=False),
            "vertex_validation",
            ValidationError,
            "cannot be disabled",
            job=VERTEX_JOB,
        ),
        _end(
            VERTEX,
            "vertex_permission",
            AuthenticationError,
            "does not permit",
            "what the key or the token is allowed",
        ),
        _end(VERTEX, "vertex_token", AuthenticationError, "the token"),
        _end(
            _WITH_A_KEY,
            "not_found",
            NotFoundError,
            "is not found for API version v1beta",
            "Google offers Veo on Vertex AI",
        ),
    ],
)
def test_a_bad_end_is_the_error_that_says_what_to_do(
    scenario: Scenario,
    cassette: str,
    expected: type[TarashException],
    words: tuple[str, ...],
    job: str | None,
) -> None:
    with pytest.raises(TarashException) as caught:
        scenario.play(cassette)
    error = caught.value
    assert type(error) is expected
    assert [word for word in words if word not in str(error)] == [], str(error)
    assert (error.provider, error.model) == (scenario.config.provider, scenario.config.model)
    assert error.request_id == job
    assert [attempt.error_type for attempt in error.attempts] == [expected.__name__]
    assert error.raw_response
    if scenario.config.provider == "openai":
        assert error.raw_response["error"]


@pytest.mark.parametrize(
    ("scenario", "video", "job", "seconds"),
    [
        pytest.param(FAL, scenarios.FAL_URL, None, 2.0, id="fal"),
        pytest.param(OPENAI, None, OPENAI_JOB, 2.4, id="openai"),
        pytest.param(AZURE, None, AZURE_JOB, 30.0, id="azure-openai"),
        pytest.param(RUNWAY, scenarios.RUNWAY_URL, None, 2.0, id="runway"),
        pytest.param(REPLICATE, scenarios.REPLICATE_URL, None, 10.0, id="replicate"),
        pytest.param(OMNI, scenarios.GOOGLE_VIDEO, None, 7.0, id="google"),
    ],
)
def test_a_busy_provider_is_asked_again_after_the_time_that_it_names(
    scenario: Scenario, video: object, job: str | None, seconds: float
) -> None:
    played = scenario.play("rate_limit")
    assert video is None or played.response.video == video
    assert job is None or played.response.request_id == job
    assert played.slept[:2] == [0.0, seconds]


@pytest.mark.parametrize(
    ("scenario", "video"),
    [
        pytest.param(FAL, scenarios.FAL_URL, id="fal"),
        pytest.param(OPENAI, None, id="openai"),
        pytest.param(RUNWAY, scenarios.RUNWAY_URL, id="runway"),
        pytest.param(REPLICATE, scenarios.REPLICATE_URL, id="replicate"),
        pytest.param(VEO, scenarios.GOOGLE_VIDEO, id="google"),
    ],
)
async def test_the_same_tape_plays_for_asyncio(scenario: Scenario, video: object) -> None:
    response = await scenario.play_async("success")
    if video is None:
        assert isinstance(response.video, MediaContent)
        assert response.video.content[4:12] == b"ftypmp42"
    else:
        assert response.video == video


def test_an_overloaded_server_is_asked_again() -> None:
    assert RUNWAY.play("overload").response.video == scenarios.RUNWAY_URL


def test_an_interaction_that_is_left_is_cancelled() -> None:
    config = attrs.evolve(
        OMNI.config,
        max_poll_attempts=1,
        # The cancelled job may be charged, so the chain goes on only because this says so.
        fallback_on=["timeout"],
        fallback_configs=[VideoGenerationConfig(provider="mock", model="mock")],
    )
    response = OMNI.play("omni_cancel", config).response
    assert response.is_mock
    assert response.execution_metadata is not None
    assert response.execution_metadata.attempts[0].cancellation == "charged"
