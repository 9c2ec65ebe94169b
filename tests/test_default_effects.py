"""Effects that stand in for the live ones, where a call has none of its own."""

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.fal_world import FalWorld
from tests.support.patience import LIMIT

from tarash.tarash_gateway import (
    AuthenticationError,
    MockConfig,
    VideoGenerationConfig,
    generate_video,
    generate_video_async,
    generate_videos,
    webhooks,
)
from tarash.tarash_gateway.effects import Effects, Http
from tarash.tarash_gateway.testing import (
    FakeClock,
    FixedRandomness,
    ScriptedHttp,
    default_effects,
    fake_effects,
    signed_webhook,
)
from tarash.tarash_gateway.values.received import Webhook

_CONFIG = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")


def _keyed(world: Http) -> Effects:
    return fake_effects(http=world, environment={"FAL_KEY": "id:secret"})


def _blocking() -> object:
    return generate_video(_CONFIG, fal.REQUEST).video


def _asyncio() -> object:
    return asyncio.run(generate_video_async(_CONFIG, fal.REQUEST)).video


def _in_thread() -> object:
    # A pool that was there before has no context of ours.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_blocking).result()


def _batch() -> object:
    return [
        each.response.video for each in generate_videos(_CONFIG, [fal.REQUEST]) if each.response
    ]


@pytest.mark.parametrize("run", [_blocking, _asyncio, _in_thread])
def test_a_call_without_effects_uses_them(run: Callable[[], object]) -> None:
    http, clock = ScriptedHttp(fal.success()), FakeClock()
    effects = fake_effects(http=http, clock=clock, environment={"FAL_KEY": "id:secret"})
    with default_effects(effects) as given:
        assert run() == fal.URL
    assert given is effects
    assert (http.unused, len(http.requests)) == (0, 3)
    assert clock.slept


def test_a_batch_uses_them() -> None:
    world = FalWorld()
    with default_effects(fake_effects(http=world, environment={"FAL_KEY": "id:secret"})):
        assert _batch() == [fal.URL]
    assert world.submitted[fal.REQUEST.prompt] == 1


def test_a_call_with_effects_has_its_own() -> None:
    ours, others = ScriptedHttp(fal.success()), ScriptedHttp([])
    with default_effects(fake_effects(http=others)):
        response = generate_video(fal.config(), fal.REQUEST, effects=fake_effects(http=ours))
    assert response.video == fal.URL
    assert others.requests == []


def test_the_newest_counts_and_each_end_removes_its_own() -> None:
    outer, inner = FalWorld(), FalWorld()
    prompt = fal.REQUEST.prompt
    with default_effects(_keyed(outer)):
        with default_effects(_keyed(inner)):
            _blocking()
        _blocking()
    assert (inner.submitted[prompt], outer.submitted[prompt]) == (1, 1)
    # in the order in which two threads may end them, and the same effects twice
    first, second, twice = ExitStack(), ExitStack(), _keyed(inner)
    with second:
        with first:
            first.enter_context(default_effects(_keyed(outer)))
            second.enter_context(default_effects(twice))
            second.enter_context(default_effects(twice))
        _blocking()
    assert (inner.submitted[prompt], outer.submitted[prompt]) == (2, 1)


def test_the_process_has_its_own_again_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the block raised: without a key in the real environment, nothing is sent."""
    monkeypatch.delenv("FAL_KEY", raising=False)
    http = ScriptedHttp([])
    effects = fake_effects(http=http, environment={"FAL_KEY": "id:secret"})
    with pytest.raises(RuntimeError), default_effects(effects):
        raise RuntimeError
    with pytest.raises(AuthenticationError, match="FAL_KEY"):
        _blocking()
    assert http.requests == []


def test_a_call_keeps_the_effects_that_it_began_with() -> None:
    # given a call in a thread, whose job still runs when its effects stand in no longer
    world = FalWorld(held={"kite"})
    effects = attrs.evolve(world.effects(), randomness=FixedRandomness())
    request = attrs.evolve(fal.REQUEST, prompt="kite")
    config = attrs.evolve(_CONFIG, poll_interval=0.01)
    with ThreadPoolExecutor(1) as pool:
        with default_effects(effects):
            call = pool.submit(generate_video, config, request)
            world.wait("kite")
        world.release("kite")
        assert call.result(LIMIT).video == fal.URL


def test_the_mock_answers_inside() -> None:
    http = ScriptedHttp([])
    with default_effects(fake_effects(http=http)):
        response = generate_video(attrs.evolve(_CONFIG, mock=MockConfig()), fal.REQUEST)
    assert response.is_mock
    assert http.requests == []


def test_a_receiver_that_was_made_before_uses_them() -> None:
    # given an application of a web server, made when its module was imported
    seen: list[Webhook] = []
    receive = webhooks.wsgi_receiver("replicate", journal=None, on_webhook=seen.append)
    message = signed_webhook("replicate", {"id": "job-1", "status": "succeeded"})
    # when a message comes whose signature is as old as the fake clock
    clock = FakeClock()
    environment = {"REPLICATE_WEBHOOK_SECRET": message.keys.secrets[0].reveal()}
    statuses: list[str] = []
    with default_effects(fake_effects(clock=clock, environment=environment)):
        headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in message.headers.items()}
        length, body = str(len(message.body)), io.BytesIO(message.body)
        environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": length, "wsgi.input": body}
        receive({**environ, **headers}, lambda status, _headers: statuses.append(status))
    # then it is believed
    assert statuses == ["204 No Content"]
    assert [each.event.request_id for each in seen] == ["job-1"]
