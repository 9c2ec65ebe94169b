"""A mock takes of a request what the model would take that it stands for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    MockConfig,
    MockResponse,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.catalog.nearest import lines_of, ratio_of
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.providers.fal import PROVIDER as FAL
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects

_URL = MockConfig(responses=[MockResponse(output_video="https://example.com/a.mp4")])
_VEO = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig())
_MODELS = [(name, model) for name, each in BUILT_IN.items() for model in each.models]
# What a plan of a real provider needs beside a key.
_ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "azure-openai": {"AZURE_OPENAI_ENDPOINT": "https://kite.openai.azure.com"}
}


def _request(**fields: Any) -> VideoGenerationRequest:
    return VideoGenerationRequest(prompt="a kite", **fields)


def _at(day: date, environment: Mapping[str, str] | None = None) -> Effects:
    clock = FakeClock(utc=datetime.combine(day, time(), UTC))
    return fake_effects(clock=clock, environment=environment)


def _planned(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects
) -> tuple[str, ...]:
    """Return the warnings of a plan, or its error."""
    try:
        return plan_video(config, request, effects=effects).warnings
    except TarashException as error:
        return (type(error).__name__, error.message)


def _generated(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects
) -> tuple[str, ...]:
    """Return the warnings of a generation, or its error."""
    try:
        response = generate_video(config, request, effects=effects)
    except TarashException as error:
        return (type(error).__name__, error.message)
    assert response.resolution is None or lines_of(response.resolution), response.resolution
    # With "auto" the model chooses the shape.
    assert response.aspect_ratio in {None, "auto"} or ratio_of(response.aspect_ratio)
    return response.warnings


def test_a_mock_of_veo_makes_the_length_that_veo_makes() -> None:
    # given a model that makes 4, 6 or 8 seconds
    request = _request(duration_seconds=5, resolution="480p", aspect_ratio="16:9")
    # when its mock is asked for 5 seconds in 480 lines
    response = generate_video(_VEO, request, effects=fake_effects())
    # then it does what the model would do, and says so
    assert (response.duration, response.resolution, response.aspect_ratio) == (6.0, "720p", "16:9")
    assert response.warnings == (
        "duration_seconds 5 became 6: fal-ai/veo3 takes 4, 6 or 8",
        "resolution '480p' became '720p': fal-ai/veo3 takes 720p or 1080p",
    )


def test_what_the_model_does_not_take_is_refused() -> None:
    def refusal(request: VideoGenerationRequest, **changes: Any) -> str:
        config = attrs.evolve(_VEO, **changes)
        with pytest.raises(ValidationError) as caught:
            generate_video(config, request, effects=fake_effects())
        assert (caught.value.provider, caught.value.model) == ("fal", "fal-ai/veo3")
        return caught.value.message

    image = {"content": b"\x89PNG\r\n\x1a\n", "content_type": "image/png"}
    assert "image" in refusal(_request(image_list=[image]))
    assert "unsupported='adapt' sends it all the same" in refusal(_request(aspect_ratio="1:1"))
    strict = refusal(_request(duration_seconds=5), unsupported="error")
    assert "duration_seconds 5 became 6" in strict


def test_another_shape_is_made_where_the_caller_wants_it() -> None:
    config = attrs.evolve(_VEO, unsupported="adapt")
    response = generate_video(config, _request(aspect_ratio="1:1"), effects=fake_effects())
    assert response.aspect_ratio in {"16:9", "9:16"}
    assert any("aspect_ratio '1:1' became" in told for told in response.warnings)


def test_sound_that_the_model_does_not_take_is_not_made() -> None:
    config = attrs.evolve(_VEO, provider="openai", model="sora-2")
    response = generate_video(config, _request(generate_audio=True), effects=fake_effects())
    assert "generate_audio was left out: sora-2 does not take it" in response.warnings
    assert response.raw_response["clip"]["sound"] == "0"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"duration_seconds": 5, "resolution": "720p", "aspect_ratio": "9:16"},
        {"duration_seconds": 60, "resolution": "4k", "generate_audio": True},
        {"aspect_ratio": "21:9", "seed": 7, "negative_prompt": "rain"},
        {"resolution": "640x480", "image_list": ["https://example.com/a.png"]},
    ],
    ids=str,
)
def test_a_mock_says_what_its_provider_would_say(fields: dict[str, Any]) -> None:
    """Given every model; when the same request goes to it and to its mock; then both are warned
    or refused in the same words, and the mock understands the size that the model would make."""
    request = _request(**fields)
    for provider, model in _MODELS:
        real = VideoGenerationConfig(provider=provider, model=model)
        mocked = attrs.evolve(real, mock=_URL)
        # Retired models are warned of by date, and their mocks go on.
        effects = _at(date(2020, 1, 1), _ACCOUNTS.get(provider))
        words = _planned(real, request, effects)
        assert _planned(mocked, request, effects) == words, (provider, model)
        assert _generated(mocked, request, effects) == words, (provider, model)


@pytest.mark.parametrize(
    ("provider", "model", "settings"),
    [
        ("azure-openai", "sora-2", {}),
        ("azure-openai", "sora", {"video_api": "jobs"}),
        ("google", "veo-3.1-generate-001", {"vertexai": True}),
        ("google", "veo-3.1-generate-preview", {}),
        ("runway", "gen4_turbo", {}),
    ],
)
def test_a_mock_needs_no_account(provider: str, model: str, settings: dict[str, Any]) -> None:
    config = VideoGenerationConfig(
        provider=provider, model=model, mock=_URL, provider_config=settings
    )
    image = ["https://example.com/a.png"] if provider == "runway" else []
    response = generate_video(config, _request(image_list=image), effects=fake_effects())
    assert response.is_mock


def test_an_unknown_provider_is_refused() -> None:
    for mock in (None, MockConfig()):
        config = VideoGenerationConfig(provider="fall", model="fal-ai/veo3", mock=mock)
        for call in (generate_video, plan_video):
            with pytest.raises(ValidationError, match=r"'fall' is not known: .*did you mean fal"):
                call(config, _request(), effects=fake_effects())


@pytest.mark.parametrize(("provider", "model"), [("mock", "mock"), ("mock", "x"), ("fal", "mock")])
def test_a_mock_that_stands_for_no_model_takes_everything(provider: str, model: str) -> None:
    config = VideoGenerationConfig(provider=provider, model=model, mock=MockConfig())
    request = _request(
        duration_seconds=0.5, resolution="64x48", aspect_ratio="4:3", generate_audio=True
    )
    response = generate_video(config, request, effects=fake_effects())
    assert (response.duration, response.resolution, response.warnings) == (0.5, "48p", ())


def test_a_plan_shows_the_request_of_the_provider() -> None:
    http = ScriptedHttp([])
    plan = plan_video(_VEO, _request(duration_seconds=5), effects=fake_effects(http=http))
    real = attrs.evolve(_VEO, mock=None)
    assert plan == plan_video(real, _request(duration_seconds=5), effects=fake_effects())
    assert plan.url == "https://queue.fal.run/fal-ai/veo3"
    assert plan.body == {"prompt": "a kite", "duration": "6s"}
    assert plan.headers["Authorization"] == "Key $FAL_KEY"
    assert http.requests == []


def test_a_plan_of_a_retired_model_is_shown_as_its_mock_goes_on() -> None:
    config = VideoGenerationConfig(provider="openai", model="sora-2", mock=MockConfig())
    effects = _at(date(2030, 1, 1))
    assert plan_video(config, _request(), effects=effects).url == "https://api.openai.com/v1/videos"
    assert generate_video(config, _request(), effects=effects).is_mock


def test_a_provider_of_the_caller_s_own_is_mocked_as_well() -> None:
    """Given a custom provider with its own table; when it is mocked; then its submit adapts."""
    own = attrs.evolve(FAL, name="kite")
    config = attrs.evolve(_VEO, provider="kite")
    response = generate_video(
        config, _request(duration_seconds=7), effects=fake_effects(), providers={"kite": own}
    )
    assert response.duration == 8.0
    assert response.execution_metadata is not None
    (attempt,) = response.execution_metadata.attempts
    assert (attempt.provider, attempt.model) == ("kite", "fal-ai/veo3")


def test_the_key_of_the_config_is_not_needed_and_goes_nowhere() -> None:
    http = ScriptedHttp([])
    config = fal.config(mock=_URL)
    assert generate_video(config, _request(), effects=fake_effects(http=http)).is_mock
    assert http.requests == []


def test_what_has_no_json_form_is_refused_as_by_the_provider() -> None:
    request = _request(extra_params={"colour": {1, 2}})
    words = _planned(attrs.evolve(_VEO, mock=None), request, fake_effects())
    assert words == _generated(_VEO, request, fake_effects())
    assert words[0] == "ValidationError"
