"""What the tests of google share."""

from datetime import date
from typing import Any, Final

import attrs

from tarash.tarash_gateway.config import VideoGenerationConfig
from tarash.tarash_gateway.exceptions import (
    ValidationError,
)
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.base import Submission, Target
from tarash.tarash_gateway.providers.google import PROVIDER
from tarash.tarash_gateway.request import VideoGenerationRequest
from tarash.tarash_gateway.secrets import Secret

_GATEWAY: Final = "https://gateway.example.com"


_FILE: Final = "https://generativelanguage.googleapis.com/v1beta/files/qu4d28:download?alt=media"


# The smallest whole one: a box that names the format, and one for pictures and sound.
_MP4: Final = b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat"


def _target(model: str, environment: dict[str, str] | None = None, **config: Any) -> Target:
    made = VideoGenerationConfig(provider="google", model=model, **config)
    assert PROVIDER.variant is not None
    provider = PROVIDER.variant(made, environment or {})
    return Target(provider=provider, config=made, key=Secret("key"), environment=environment or {})


def _veo(model: str = "veo-3.1-generate-preview") -> Target:
    return _target(model, base_url=_GATEWAY)


def _omni(model: str = "gemini-omni-1.1-flash") -> Target:
    return _target(model)


def _vertex(model: str = "veo-3.1-generate-001", **settings: Any) -> Target:
    return _target(model, provider_config={"project": "my-project", **settings})


def _at(target: Target, today: date) -> Target:
    """Return the target on a day: by the clock effect a call knows the date."""
    return attrs.evolve(target, today=today)


def _submit(target: Target, **fields: Any) -> Outcome[Submission]:
    return target.provider.submit(target, VideoGenerationRequest(prompt="a kite", **fields))


def _refused(target: Target, **fields: Any) -> str:
    error = _submit(target, **fields).failure()
    assert isinstance(error, ValidationError)
    return error.message


_NAME: Final = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
