"""What the tests of runway share."""

from datetime import date
from typing import Any, Final

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.base import Job, Submission, Target
from tarash.tarash_gateway.providers.runway.provider import PROVIDER
from tarash.tarash_gateway.values.secrets import Secret

_PNG: Final = "https://example.com/a.png"


_MP4: Final = "https://example.com/a.mp4"


_ID: Final = "acf9ba3d-a513-42c9-a646-96e8bc97c691"


_JOB: Final = Job(id=_ID)


_TASK: Final[dict[str, Any]] = {"id": _ID, "createdAt": "2026-08-26T06:30:33.796Z"}


def _target(model: str = "gen4.5", today: date | None = None, **more: Any) -> Target:
    config = VideoGenerationConfig(provider="runway", model=model, **more)
    return Target(provider=PROVIDER, config=config, key=Secret("key_1"), today=today)


def _submit(
    model: str, base_url: str | None = None, today: date | None = None, **fields: Any
) -> Outcome[Submission]:
    request = VideoGenerationRequest(**{"prompt": "a cat", **fields})
    return PROVIDER.submit(_target(model, today, base_url=base_url), request)


def _path_and_body(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    assert isinstance(request.body, JsonBody)
    return request.url.removeprefix("https://api.dev.runwayml.com/v1/"), dict(request.body.value)
