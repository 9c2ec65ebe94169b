"""One look at a job at a time, as a durable workflow makes them: what it asks, when it ends."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.keyed_calls import is_submission
from tests.support.pictures import png

from tarash.tarash_gateway import (
    GenerationFailedError,
    HTTPConnectionError,
    TarashException,
    TimeoutError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    start_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.lifecycle.watched import Look, paced
from tarash.tarash_gateway.outcome import Outcome, settle
from tarash.tarash_gateway.running.calls import make_call
from tarash.tarash_gateway.running.looking import look
from tarash.tarash_gateway.running.tasks import block
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects, json_reply

_LOST = HTTPConnectionError(message="no reply", request_sent=True)


class World:
    """A workflow's world: a clock that goes on between its looks, and what is sent."""

    def __init__(self, *replies: Reply, **config: Any) -> None:
        self.clock = FakeClock()
        self.http = ScriptedHttp([fal.queued(), *replies])
        self.config: VideoGenerationConfig = fal.config(**config)
        self.effects: Effects = fake_effects(http=self.http, clock=self.clock)
        job = start_video(self.config, fal.REQUEST, effects=self.effects)
        self.last = Look(generation=job)

    def look(self) -> Outcome[Look]:
        call = make_call(self.effects, None)
        found = block(look(call, self.last, self.config, fal.REQUEST))
        self.last = found.value_or(self.last)
        return found

    def error(self) -> TarashException:
        return self.look().failure()


def test_a_look_is_one_poll_and_the_pause_after_it() -> None:
    world = World(fal.running(), fal.running(), poll_interval=7.0)
    for polls in (1, 2):
        found = settle(world.look())
        assert found.generation.polls == polls
        # Up to a fifth less, so that jobs that began together are not asked for together.
        assert 7.0 * 0.8 <= found.wait <= 7.0
        assert not found.left
    assert world.http.unused == 0


def test_a_result_is_fetched_in_the_same_look() -> None:
    world = World(fal.completed(), fal.result())
    found = settle(world.look())
    assert found.generation.response is not None
    assert found.generation.response.video == fal.URL
    # Whoever looks again sends nothing.
    assert settle(world.look()) == found


def test_the_providers_hint_is_followed() -> None:
    busy = json_reply(429, {"detail": "slow down"}, {"Retry-After": "17"})
    assert settle(World(busy, poll_interval=1.0).look()).wait == 17.0


def test_looks_at_a_broken_server_grow_rarer() -> None:
    world = World(_LOST, _LOST, _LOST, fal.running())
    waits = []
    for faults in (1, 2, 3):
        found = settle(world.look())
        waits.append(found.wait)
        assert found.faults == faults
    assert waits == sorted(set(waits))
    assert settle(world.look()).faults == 0


def test_a_job_that_fails_is_left_for_the_next_config() -> None:
    # Without another config, the error is the end.
    error = World(fal.failed()).error()
    assert isinstance(error, GenerationFailedError)
    assert [each.job_ended for each in error.attempts] == [True]
    # With one, the job is left, and the look submits nothing.
    world = World(fal.failed(), fallback_configs=[fal.config(model="fal-ai/veo3/fast")])
    assert settle(world.look()).left
    assert sum(map(is_submission, world.http.requests)) == 1


def test_the_deadline_counts_from_the_submission() -> None:
    # Given a workflow whose machine was down for longer than the timeout, while the job finished.
    world = World(fal.completed(), fal.result(), timeout=60)
    world.clock.advance(3600)
    # Then its video is fetched.
    assert settle(world.look()).generation.response is not None
    # And where it still runs, it is asked for once more before it is given up.
    world = World(fal.running(), fal.running(), timeout=60)
    world.clock.advance(3600)
    error = world.error()
    assert isinstance(error, TimeoutError)
    assert error.generation is not None
    assert world.http.unused == 0


def test_a_job_in_the_queue_makes_room_for_the_next_config() -> None:
    # Given a job that waits in the queue, where a cancel is free.
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    gone = json_reply(400, {"status": "ALREADY_COMPLETED"})
    fallback = fal.config(model="fal-ai/veo3/fast")
    world = World(
        fal.waiting(), fal.waiting(), cancelled, gone, timeout=60, fallback_configs=[fallback]
    )
    world.clock.advance(61)
    # Then past its deadline it is cancelled, and left.
    assert settle(world.look()).left
    assert "PUT" in {request.method for request in world.http.requests}


@pytest.mark.parametrize(("least", "wait"), [(0.0, 5.0), (60.0, 60.0), (9999.0, 500.0)])
def test_a_pause_ends_at_the_deadline(least: float, wait: float) -> None:
    world = World(timeout=600)
    now = world.clock.utc()
    job = attrs.evolve(world.last.generation, started_at=now)
    world.clock.advance(100)
    assert paced(Look(generation=job, wait=5.0), world.clock.utc(), least=least).wait == wait


def test_a_request_with_files_goes_on_along_its_chain(tmp_path: Path) -> None:
    # Given a job whose stored form has no file, and whose chain needs it.
    picture = tmp_path / "first.png"
    picture.write_bytes(png(64, 64))
    request = VideoGenerationRequest(prompt="a kite", image_list=[picture])
    model = "fal-ai/veo3/image-to-video"
    fallback = fal.config(model="fal-ai/veo3.1/image-to-video")
    config = fal.config(model=model, fallback_configs=[fallback])
    http = ScriptedHttp([fal.queued(), fal.failed()])
    effects = attrs.evolve(fake_effects(http=http), files=live_effects().files)
    job = VideoGeneration.from_json(start_video(config, request, effects=effects).to_json())
    assert job.media_omitted
    # Then it is left for the next config, which is not left out for want of a picture.
    steps = look(make_call(effects, None), Look(generation=job), config, request)
    assert settle(block(steps)).left
