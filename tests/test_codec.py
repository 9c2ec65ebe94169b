"""JSON in and out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway import (
    GenerationFailedError,
    HTTPError,
    MediaContent,
    MockConfig,
    MockResponse,
    RateLimitError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    codec,
    generate_video,
)
from tarash.tarash_gateway.testing import fake_effects
from tarash.tarash_gateway.values.settings import plain

_CONFIG = VideoGenerationConfig(
    provider="fal",
    model="fal-ai/veo3",
    fallback_on=["http", "timeout"],
    fallback_configs=[VideoGenerationConfig(provider="mock", model="mock")],
    mock=MockConfig(
        responses=[
            MockResponse(error=RateLimitError(message="slow down", retry_after=2.0)),
            MockResponse(output_video=Path("a.mp4")),
            MockResponse(output_video={"content": b"abc", "content_type": "video/mp4"}),
        ]
    ),
    provider_config={"project": "p", "nested": {"location": "l"}},
)
_REQUEST = VideoGenerationRequest(
    prompt="größer",
    duration_seconds=5,
    seed=0,
    image_list=[
        "https://example.com/a.png",
        {"image": MediaContent(b"\x89PNG", "image/png"), "type": "style"},
        Path("b.png"),
    ],
    cfg_scale=0.5,
)


def _response() -> VideoGenerationResponse:
    config = VideoGenerationConfig(provider="mock", model="mock")
    files = {Path("b.png"): b"\x89PNG"}
    return generate_video(config, _REQUEST, effects=fake_effects(files=files))


@pytest.mark.parametrize(
    "value",
    [
        _CONFIG,
        _REQUEST,
        VideoGenerationUpdate(request_id="1", status="queued", logs=("a",)),
        HTTPError(message="busy", status_code=503, raw_response={"detail": None}),
        GenerationFailedError(message="no", raw_response="<html>"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_survives_json(value: object) -> None:
    assert codec.from_json(codec.to_json(value), type(value)) == value


def test_a_response_survives_json() -> None:
    response = _response()
    assert codec.from_json(codec.to_json(response), VideoGenerationResponse) == response


def test_an_error_is_read_as_its_own_class() -> None:
    error = RateLimitError(message="slow down", retry_after=2.0)
    assert codec.from_json(codec.to_json(error), TarashException) == error


def test_credentials_among_the_settings_stay_out() -> None:
    config = VideoGenerationConfig(
        provider="google",
        model="m",
        api_key="canary",
        provider_config={
            "project": "p",
            "access_token": "canary",
            "credentials_path": "account.json",
            "headers": {"Authorization": "canary"},
            "nested": [{"client_secret": "canary", "kept": 1}],
        },
    )
    text = codec.to_json(config)
    assert "canary" not in text
    assert json.loads(text)["provider_config"] == {
        "project": "p",
        "credentials_path": "account.json",
        "nested": [{"kept": 1}],
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[]", "no attribute"),
        ('{"prompt": 1}', "expected str"),
        ('{"prompt": " "}', "prompt must be a non-empty string"),
        ('{"prompt": "a", "colour": 1}', "extra fields"),
        ('{"prompt": "a", "video": 1}', "invalid value for type"),
        ("{}", "required field missing"),
    ],
)
def test_other_json_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as caught:
        codec.from_json(text, VideoGenerationRequest)
    assert caught.value.message.startswith("this is not the JSON of a VideoGenerationRequest: ")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), _JSON, max_size=4))
def test_any_parameters_survive_json_unless_they_sound_like_credentials(
    extra: Mapping[str, Any],
) -> None:
    request = VideoGenerationRequest(prompt="a kite", extra_params=extra)
    kept = attrs.evolve(request, extra_params=plain(extra))
    assert codec.from_json(codec.to_json(request), VideoGenerationRequest) == kept
