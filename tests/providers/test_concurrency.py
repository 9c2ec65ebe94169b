"""A 429 about the number of running jobs says so: the end of a job makes room, not time."""

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import RateLimitError, VideoGenerationConfig
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER as AZURE
from tarash.tarash_gateway.providers.base import Provider, Target
from tarash.tarash_gateway.providers.fal.provider import PROVIDER as FAL
from tarash.tarash_gateway.providers.openai.provider import PROVIDER as OPENAI
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER as REPLICATE
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.secrets import Secret

_TASKS = {
    "error": {"message": "Too many running tasks", "type": "video_generation_user_error"},
}
_RATE = {"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit"}}
_FAL = {"detail": "Try again", "error_type": "concurrent_requests_limit"}


def _target(provider: Provider) -> Target:
    config = VideoGenerationConfig(provider=provider.name, model="sora-2")
    if provider is FAL:
        config = fal.config()
    return Target(provider=provider, config=config, key=Secret("id:secret"))


@pytest.mark.parametrize(
    ("provider", "reply", "concurrent"),
    [
        (AZURE, json_reply(429, _TASKS), True),
        (OPENAI, json_reply(429, _TASKS), True),
        (OPENAI, json_reply(429, {"detail": "Too many concurrent jobs"}), True),
        (OPENAI, json_reply(429, {"error": {"message": "Max parallel request limit"}}), True),
        (OPENAI, json_reply(429, _RATE), False),
        (FAL, json_reply(429, _FAL), True),
        (FAL, json_reply(429, {"detail": [{"type": "concurrent_requests_limit"}]}), True),
        (FAL, json_reply(429, {"detail": "Slow down"}), False),
        (REPLICATE, json_reply(429, {"detail": "Request was throttled."}), False),
    ],
)
def test_a_refusal_says_whether_the_number_of_jobs_is_the_reason(
    provider: Provider, reply: HttpResponse, *, concurrent: bool
) -> None:
    error = provider.failure(_target(provider), reply, "submit").error
    assert isinstance(error, RateLimitError)
    assert error.concurrent is concurrent
