"""The public values: made right, or refused in one sentence."""

import pickle
from pathlib import Path
from typing import Any

import attrs
import pytest

from tarash.tarash_gateway import (
    ImageInput,
    MediaContent,
    MockConfig,
    MockPollingConfig,
    MockResponse,
    RateLimitError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
)

# Of a type that the type checker lets pass.
_WRONG: Any = ValueError()


def test_a_config_has_the_defaults_of_the_guide() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    assert (config.api_key, config.base_url, config.api_version) == (None, None, None)
    assert (config.timeout, config.max_poll_attempts, config.poll_interval) == (600, 120, 5)
    assert (config.mock, config.fallback_configs, config.provider_config) == (None, None, {})
    assert (config.request_timeout, config.unsupported, config.fallback_on) == (60, "warn", None)


def test_a_request_has_the_defaults_of_the_guide() -> None:
    request = VideoGenerationRequest(prompt="a kite")
    values = attrs.asdict(request, recurse=False)
    assert values.pop("prompt") == "a kite"
    assert (values.pop("image_list"), values.pop("extra_params")) == ((), {})
    assert set(values.values()) == {None}


def test_unknown_keywords_are_extra_parameters() -> None:
    request = VideoGenerationRequest(
        prompt="A cyberpunk city at night", cfg_scale=0.5, extra_params={"mode": "pro"}
    )
    assert request.extra_params == {"cfg_scale": 0.5, "mode": "pro"}


def test_whole_seconds_become_a_float() -> None:
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=5)
    assert isinstance(request.duration_seconds, float)


def test_lists_are_kept_as_tuples() -> None:
    other = VideoGenerationConfig(provider="fal", model="fal-ai/veo2")
    config = VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", fallback_configs=[other], fallback_on=["http"]
    )
    request = VideoGenerationRequest(prompt="a kite", image_list=["https://example.com/a.png"])
    assert config.fallback_configs == (other,)
    assert config.fallback_on == frozenset({"http"})
    assert request.image_list == (ImageInput(image="https://example.com/a.png"),)


def test_values_are_frozen_and_hashable() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig())
    request = VideoGenerationRequest(prompt="a kite", seed=0, colour="red")
    assert len({config, request}) == 2
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        request.prompt = "another"  # type: ignore[misc]  # the test is that it cannot


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"provider": ""}, "provider must be a non-empty string, not ''"),
        ({"model": 3}, "model must be a non-empty string, not 3"),
        ({"api_key": 3}, "api_key must be a string, not 3"),
        ({"timeout": 0}, "timeout must be a number of seconds above 0, not 0"),
        ({"timeout": "5"}, "timeout must be a number of seconds above 0, not '5'"),
        ({"timeout": float("nan")}, "timeout must be a number of seconds above 0, not nan"),
        ({"request_timeout": -1}, "request_timeout must be a number of seconds above 0, not -1"),
        ({"poll_interval": -0.5}, "poll_interval must be a number of seconds of at least 0"),
        ({"max_poll_attempts": 0}, "max_poll_attempts must be a whole number of at least 1, not 0"),
        ({"max_poll_attempts": True}, "max_poll_attempts must be a whole number of at least 1"),
        ({"base_url": "queue.fal.run"}, "base_url must be a URL with http:// or https://"),
        ({"base_url": "https://a.example/?key=secret"}, "base_url must be a URL with http:// or"),
        ({"base_url": "https://user:secret@a.example"}, "base_url must be a URL with http:"),
        ({"mock": {}}, "mock must be a MockConfig, not a dict"),
        ({"fallback_configs": "fal"}, "fallback_configs must be a list, not 'fal'"),
        ({"fallback_configs": [{}]}, "fallback_configs must be a list of VideoGenerationConfig"),
        ({"provider_config": [1]}, "provider_config must be a mapping with string keys"),
        ({"provider_config": {1: 2}}, "provider_config must be a mapping with string keys"),
        (
            {"unsupported": "ignore"},
            "unsupported must be one of 'adapt', 'error', 'warn', not 'ignore'",
        ),
        ({"fallback_on": ["weather"]}, "fallback_on must be kinds of errors"),
    ],
)
def test_a_wrong_config_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        VideoGenerationConfig(**{"provider": "fal", "model": "fal-ai/veo3", **fields})
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"prompt": "  "}, "prompt must be a non-empty string, not '  '"),
        ({"prompt": None}, "prompt must be a non-empty string, not None"),
        ({"prompt": "half \ud800"}, "prompt must be a non-empty string, not 'half \\ud800'"),
        ({"duration_seconds": "5"}, "duration_seconds must be a number of seconds above 0"),
        ({"duration_seconds": True}, "duration_seconds must be a number of seconds above 0"),
        ({"resolution": 1080}, "resolution must be a non-empty string, not 1080"),
        ({"generate_audio": "yes"}, "generate_audio must be True or False, not 'yes'"),
        ({"seed": 1.5}, "seed must be a whole number, not 1.5"),
        ({"image_list": "a.png"}, "image_list must be a list, not 'a.png'"),
        ({"image_list": ["a.png"]}, "image_list[0] must be a URL, a data URL, base64"),
        ({"image_list": [{"image": "https://a/b", "type": "x"}]}, "image_list[0]['type'] must be"),
        ({"image_list": [{"image": "https://a/b", "x": 1}]}, "image_list[0] has unknown keys x"),
        ({"video": 3}, "video must be a URL, a data URL, base64"),
        ({"video": {"content": b"", "content_type": "video/mp4"}}, "video must be a URL"),
        ({"video": {"content": "a", "content_type": "video/mp4"}}, "video must be a URL"),
        ({"video": "data:video/mp4;base64,"}, "video must be a data URL with valid"),
        ({"video": "data:nothing"}, "video must be a data URL of the form"),
        ({"extra_params": [1]}, "extra_params must be a mapping with string keys"),
    ],
)
def test_a_wrong_request_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        VideoGenerationRequest(**{"prompt": "a kite", **fields})
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: MockPollingConfig(status_sequence=[]), "status_sequence must be a list of"),
        (lambda: MockPollingConfig(status_sequence=[_WRONG]), "status_sequence must be a list"),
        (lambda: MockPollingConfig(progress_percentages=[1.0]), "progress_percentages must be as"),
        (lambda: MockPollingConfig(custom_updates=[{}]), "custom_updates must be as long"),
        (lambda: MockResponse(weight=0), "weight must be a number above 0, not 0"),
        (lambda: MockResponse(error=_WRONG), "error must be a TarashException"),
        (
            lambda: MockResponse(
                error=RateLimitError(message="x"), output_video="https://example.com/a.mp4"
            ),
            "a MockResponse takes one of",
        ),
        (lambda: MockConfig(responses=[_WRONG]), "responses must be a list of MockResponse"),
        (lambda: MockConfig(seed=_WRONG), "seed must be a whole number, not a ValueError"),
    ],
)
def test_a_wrong_mock_is_refused(make: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make()
    assert str(caught.value).startswith(sentence)


def test_a_request_survives_pickling() -> None:
    request = VideoGenerationRequest(
        prompt="a kite", image_list=[Path("a.png")], video=MediaContent(b"abc", "video/mp4"), x=1
    )
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301 - our own bytes


def test_a_response_shows_what_the_guide_says() -> None:
    response = VideoGenerationResponse(request_id="1", video="https://example.com/a.mp4")
    assert (response.status, response.is_mock, response.warnings) == ("completed", False, ())
    assert (response.duration, response.resolution, response.aspect_ratio) == (None, None, None)
    assert response.raw_response.get("request_id") is None
