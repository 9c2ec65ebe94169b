"""The cassettes of each provider, and how a test plays one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from tarash.tarash_gateway import (
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.testing import FakeClock, replay
from tarash.tarash_gateway.values.media import MediaContent

_CASSETTES: Final = Path(__file__).parents[2] / "cassettes"


@attrs.frozen(kw_only=True)
class Played:
    """What a call made of a cassette.

    Attributes:
        response: What the call returned.
        updates: What ``on_progress`` was called with.
        slept: The pauses of the call in seconds.
    """

    response: VideoGenerationResponse
    updates: list[VideoGenerationUpdate]
    slept: list[float]


@attrs.frozen(kw_only=True)
class Scenario:
    """A model that has cassettes, with the request that they answer.

    Attributes:
        config: The config of the call; its provider names the folder of the cassettes.
        request: The request of the call.
        environment: The environment variables of the call.
    """

    config: VideoGenerationConfig
    request: VideoGenerationRequest
    environment: Mapping[str, str]

    def play(
        self,
        cassette: str,
        config: VideoGenerationConfig | None = None,
        request: VideoGenerationRequest | None = None,
        **fields: Any,
    ) -> Played:
        """Generate a video from a cassette; ``fields`` are added to the request."""
        updates: list[VideoGenerationUpdate] = []
        with replay(self._path(cassette), environment=self.environment) as effects:
            response = generate_video(
                config or self.config,
                attrs.evolve(request or self.request, **fields),
                on_progress=updates.append,
                effects=effects,
            )
        # A recording has the machine's clock.
        slept = effects.clock.slept if isinstance(effects.clock, FakeClock) else []
        return Played(response=response, updates=updates, slept=slept)

    async def play_async(self, cassette: str) -> VideoGenerationResponse:
        """Generate a video from a cassette with asyncio."""
        with replay(self._path(cassette), environment=self.environment) as effects:
            return await generate_video_async(self.config, self.request, effects=effects)

    def _path(self, cassette: str) -> Path:
        return _CASSETTES / self.config.provider / f"{cassette}.yaml"


FAL: Final = Scenario(
    config=VideoGenerationConfig(provider="fal", model="fal-ai/veo3"),
    request=VideoGenerationRequest(
        prompt="A drone shot over mountain peaks at golden hour",
        duration_seconds=5,
        aspect_ratio="16:9",
        resolution="1080p",
    ),
    environment={"FAL_KEY": "id:secret"},
)
FAL_JOB: Final = "80e732af-660e-45cd-bd63-580e4f2a94cc"
FAL_URL: Final = "https://v3.fal.media/files/koala/drone_output.mp4"

OPENAI_PROMPT: Final = "Wide tracking shot of a teal coupe on a desert highway"
OPENAI: Final = Scenario(
    config=VideoGenerationConfig(provider="openai", model="openai/sora-2-pro"),
    request=VideoGenerationRequest(
        prompt=OPENAI_PROMPT, duration_seconds=8, resolution="720p", aspect_ratio="16:9"
    ),
    environment={"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "https://videos.example.com/v1/"},
)
OPENAI_JOB: Final = "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5"

_AZURE: Final = {
    "AZURE_OPENAI_API_KEY": "key-1",
    "AZURE_OPENAI_ENDPOINT": "https://resource.openai.azure.com/",
}
AZURE: Final = Scenario(
    config=VideoGenerationConfig(provider="azure-openai", model="sora-2"),
    request=VideoGenerationRequest(prompt="A video of a cool cat on a motorcycle in the night"),
    environment=_AZURE,
)
AZURE_JOB: Final = "video_68f10c5428708190a98980c2d2b21a78"
# The older of Azure's two APIs.
AZURE_JOBS: Final = Scenario(
    config=VideoGenerationConfig(provider="azure-openai", model="sora"),
    request=VideoGenerationRequest(
        prompt="A cat playing piano in a jazz bar.",
        duration_seconds=5,
        resolution="480p",
        aspect_ratio="1:1",
    ),
    environment=_AZURE,
)

RUNWAY: Final = Scenario(
    config=VideoGenerationConfig(provider="runway", model="gen4.5"),
    request=VideoGenerationRequest(
        prompt="A golden retriever running through wildflowers at sunset", seed=0
    ),
    environment={"RUNWAYML_API_SECRET": "key_0123"},
)
RUNWAY_JOB: Final = "17f20503-6c24-4c16-946b-35dbbce2af2f"
RUNWAY_URL: Final = (
    "https://dnznrvs05pmza.cloudfront.net/gen4.5/3f2a/golden_retriever.mp4?_jwt=REDACTED"
)

REPLICATE: Final = Scenario(
    config=VideoGenerationConfig(provider="replicate", model="minimax/video-01"),
    request=VideoGenerationRequest(
        prompt="a woman is walking through a busy Tokyo street at night", enhance_prompt=True
    ),
    environment={"REPLICATE_API_TOKEN": "r8_secret"},
)
REPLICATE_JOB: Final = "15eyanar9xrg80ckd3ytdz0hhr"
REPLICATE_URL: Final = "https://replicate.delivery/czjl/0BRwO64e/tmpxql776w8.output.mp4"

_GOOGLE_KEY: Final = {"GEMINI_API_KEY": "key"}
_DRONE: Final = VideoGenerationRequest(
    prompt="A drone shot over mountain peaks at golden hour",
    duration_seconds=8,
    aspect_ratio="16:9",
    resolution="1080p",
)
VEO: Final = Scenario(
    config=VideoGenerationConfig(
        provider="google",
        model="veo-3.1-generate-preview",
        # The model is retired at Google's own host; the cassettes play behind a gateway.
        base_url="https://gateway.example.com",
    ),
    request=_DRONE,
    environment=_GOOGLE_KEY,
)
OMNI: Final = attrs.evolve(
    VEO, config=VideoGenerationConfig(provider="google", model="gemini-omni-1.1-flash")
)
VERTEX: Final = attrs.evolve(
    VEO,
    config=VideoGenerationConfig(
        provider="google",
        model="veo-3.1-generate-001",
        api_key="ya29.token",
        provider_config={"project": "my-project", "location": "us-central1"},
    ),
)
VEO_JOB: Final = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
OMNI_JOB: Final = "v1_ChdpZA"
VERTEX_JOB: Final = (
    "projects/my-project/locations/us-central1/publishers/google/models/veo-3.1-generate-001"
    "/operations/9d2fc0b5-5bdf-4b5f-9a41-82970515e20b"
)
GOOGLE_VIDEO: Final = MediaContent(
    b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat", "video/mp4"
)
