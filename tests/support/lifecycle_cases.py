"""What the tests of the lifecycle share."""

import asyncio
from collections.abc import Callable, Sequence

from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    AttemptMetadata,
    HTTPConnectionError,
    VideoGenerationConfig,
    VideoGenerationResponse,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects

_LOST = HTTPConnectionError(message="no reply", request_sent=True)


_UNSENT = HTTPConnectionError(message="refused", request_sent=False)


_DETAIL = [{"loc": ["body", "prompt"], "msg": "no", "type": "missing"}]


_MODERATED = [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]


Call = Callable[[VideoGenerationConfig, Effects], VideoGenerationResponse]


def _blocking(config: VideoGenerationConfig, effects: Effects) -> VideoGenerationResponse:
    return generate_video(config, fal.REQUEST, effects=effects)


def _asyncio(config: VideoGenerationConfig, effects: Effects) -> VideoGenerationResponse:
    return asyncio.run(generate_video_async(config, fal.REQUEST, effects=effects))


def _world(replies: Sequence[Reply]) -> tuple[ScriptedHttp, FakeClock, Effects]:
    http, clock = ScriptedHttp(replies), FakeClock()
    return http, clock, fake_effects(http=http, clock=clock)


def _attempts(response: VideoGenerationResponse) -> tuple[AttemptMetadata, ...]:
    assert response.execution_metadata is not None
    return response.execution_metadata.attempts
