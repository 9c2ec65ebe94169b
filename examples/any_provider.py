"""Generate one video with any provider: only the provider and the model change.

    python examples/any_provider.py fal fal-ai/veo3
    python examples/any_provider.py runway gen4.5
    python examples/any_provider.py replicate minimax/video-01

The key comes from the provider's environment variable: see ``tarash providers``.
"""

import sys
from pathlib import Path

from tarash.tarash_gateway import MediaContent, generate_video
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.models import (
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
)

REQUEST = VideoGenerationRequest(
    prompt="A drone shot over mountain peaks at golden hour",
    duration_seconds=8,
    aspect_ratio="16:9",
    resolution="720p",
)


def generate(
    provider: str, model: str, *, effects: Effects | None = None
) -> VideoGenerationResponse:
    """Return the video of one model."""
    config = VideoGenerationConfig(provider=provider, model=model)
    return generate_video(config, REQUEST, effects=effects)


def main() -> None:
    """Generate with the model that the command line names."""
    provider, model = sys.argv[1:]
    response = generate(provider, model)
    for warning in response.warnings:
        print("warning:", warning)
    if isinstance(response.video, MediaContent):
        Path("video.mp4").write_bytes(response.video.content)
        print("video.mp4")
    else:
        print(response.video)


if __name__ == "__main__":
    main()
