"""One example for every provider, replayed: nothing changes but the provider and the model."""

from pathlib import Path

import pytest
from examples.any_provider import generate

from tarash.tarash_gateway import MediaContent
from tarash.tarash_gateway.testing import replay

_ROOT = Path(__file__).parents[1]
_CASSETTES = _ROOT / "cassettes"
# What a user's environment has: keys, and hosts that still serve the models.
_ENVIRONMENT = {
    "FAL_KEY": "key",
    "OPENAI_API_KEY": "key",
    "OPENAI_BASE_URL": "https://videos.example.com/v1",
    "AZURE_OPENAI_API_KEY": "key",
    "AZURE_OPENAI_ENDPOINT": "https://resource.openai.azure.com",
    "RUNWAYML_API_SECRET": "key",
    "GEMINI_API_KEY": "key",
    "GOOGLE_GEMINI_BASE_URL": "https://gateway.example.com",
    "REPLICATE_API_TOKEN": "key",
}


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("fal", "fal-ai/veo3"),
        ("openai", "openai/sora-2-pro"),
        ("azure-openai", "sora-2"),
        ("runway", "gen4.5"),
        ("google", "veo-3.1-generate-preview"),
        ("replicate", "minimax/video-01"),
    ],
)
def test_the_example_generates_with_each_provider(provider: str, model: str) -> None:
    cassette = _CASSETTES / provider / "example.yaml"
    with replay(cassette, environment=_ENVIRONMENT) as effects:
        response = generate(provider, model, effects=effects)
    assert response.status == "completed"
    assert response.raw_response
    if isinstance(response.video, MediaContent):
        assert response.video.content_type == "video/mp4"
    else:
        assert response.video.startswith("https://")
    assert response.execution_metadata is not None
    assert response.execution_metadata.successful_attempt == 1


def test_a_page_shows_its_example_as_it_is() -> None:
    page = (_ROOT / "docs/guides/temporal.md").read_text(encoding="utf-8")
    example = (_ROOT / "examples/temporal_app.py").read_text(encoding="utf-8")
    assert f"```python\n{example}```" in page
