"""What the tests of azure openai share."""

from typing import Any, Final

from returns.result import Failure

from tarash.tarash_gateway import ValidationError, VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.lifecycle.links import provider_of
from tarash.tarash_gateway.outcome import Outcome, settle
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER
from tarash.tarash_gateway.providers.base import Submission, Target
from tarash.tarash_gateway.values.secrets import Secret

_END: Final = "https://r.openai.azure.com"


_V1: Final = f"{_END}/openai/v1"


def _config(model: str = "sora-2", **more: Any) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        **{"provider": "azure-openai", "base_url": _END, **more}, model=model
    )


def _target(config: VideoGenerationConfig, environment: dict[str, str] | None = None) -> Target:
    known = environment or {}
    provider = settle(provider_of(config, {"azure-openai": PROVIDER}, known))
    return Target(provider=provider, config=config, key=Secret("key-1"), environment=known)


def _submit(config: VideoGenerationConfig, **fields: Any) -> Outcome[Submission]:
    target = _target(config)
    return target.provider.submit(target, VideoGenerationRequest(**{"prompt": "a cat", **fields}))


def _refused(outcome: Outcome[Any]) -> str:
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, ValidationError)
    return error.message
