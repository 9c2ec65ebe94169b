"""What the tests of openai share."""

from typing import Any, Final

from returns.result import Failure

from tarash.tarash_gateway import ValidationError, VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.providers.openai.provider import PROVIDER
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.secrets import Secret

_HOST: Final = "https://videos.example.com/v1"


_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")


_MP4: Final = MediaContent(b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat" + b"0" * 8, "video/mp4")


def _target(model: str = "sora-2", base_url: str | None = _HOST, **more: Any) -> Target:
    environment = more.pop("environment", {})
    config = VideoGenerationConfig(provider="openai", model=model, base_url=base_url, **more)
    return Target(provider=PROVIDER, config=config, key=Secret("sk-1"), environment=environment)


def _submit(model: str = "sora-2", base_url: str | None = _HOST, **fields: Any) -> Outcome[Any]:
    request = VideoGenerationRequest(**{"prompt": "a cat", **fields})
    return PROVIDER.submit(_target(model, base_url), request)


def _refused(outcome: Outcome[Any]) -> str:
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, ValidationError)
    return error.message
