"""What the tests of replicate share."""

from datetime import date
from typing import Any

from tarash.tarash_gateway import ValidationError, VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.http.messages import JsonBody
from tarash.tarash_gateway.providers.base import Job, Submission, Target
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.secrets import Secret

_API = "https://api.replicate.com/v1"


_VERSION = "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b"


_ID = "azaq55dbukgxg6kubr4k6g3pby"


_IMAGE = "https://example.com/a.png"


def _target(
    model: str = "minimax/video-01",
    environment: dict[str, str] | None = None,
    today: date | None = None,
    **config: Any,
) -> Target:
    return Target(
        provider=PROVIDER,
        config=VideoGenerationConfig(provider="replicate", model=model, **config),
        key=Secret("r8_secret"),
        environment=environment or {},
        today=today,
    )


def _submission(model: str, config: dict[str, Any] | None = None, **fields: Any) -> Submission:
    request = VideoGenerationRequest(**{"prompt": "a kite", **fields})
    return PROVIDER.submit(_target(model, **(config or {})), request).unwrap()


def _body(made: Submission) -> Any:
    assert isinstance(made.request.body, JsonBody)
    return made.request.body.value


def _refused(model: str, config: dict[str, Any] | None = None, **fields: Any) -> str:
    request = VideoGenerationRequest(**{"prompt": "a kite", **fields})
    error = PROVIDER.submit(_target(model, **(config or {})), request).failure()
    assert isinstance(error, ValidationError)
    return error.message


def _as(role: str, image: Any = _IMAGE) -> dict[str, Any]:
    return {"image": image, "type": role}


def _polled(**prediction: Any) -> Any:
    reply = json_reply(200, {"id": _ID, **prediction})
    return PROVIDER.polled(_target(), Job(id=_ID), reply)
