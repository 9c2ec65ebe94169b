"""What users test with is tested."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.support import fal_replies as fal
from tests.support.wire import limits

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, generate_video
from tarash.tarash_gateway.effects import live
from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import (
    FakeClock,
    FakeFiles,
    FixedRandomness,
    ScriptedHttp,
    json_reply,
    replay,
)

_CASSETTE = Path(__file__).parents[1] / "cassettes" / "fal" / "success.yaml"
_GET = HttpRequest(method="GET", url="https://example.com")


def test_a_script_answers_in_order_and_ends() -> None:
    http = ScriptedHttp([json_reply(200, 1), lambda asked: json_reply(200, asked.url)])
    assert result_of(receive(http, _GET, limits=limits(1))).unwrap().body == b"1"
    assert (
        result_of(receive(http, _GET, limits=limits(1))).unwrap().body == b'"https://example.com"'
    )
    with pytest.raises(AssertionError, match="no reply is left for GET"):
        receive(http, _GET, limits=limits(1))


def test_a_fake_clock_goes_on_by_sleeps_alone() -> None:
    clock = FakeClock(monotonic=5.0)
    before = clock.utc()
    clock.sleep(2.5)
    clock.advance(1.0)
    assert (clock.monotonic(), clock.slept) == (8.5, [2.5])
    assert clock.utc() - before == timedelta(seconds=3.5)


def test_a_cassette_that_is_not_played_to_its_end_fails() -> None:
    with (
        pytest.raises(AssertionError, match="only 0 of 3 interactions were played"),
        replay(_CASSETTE, environment={"FAL_KEY": "k"}),
    ):
        pass


def test_a_cassette_plays_equal_requests_only() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    request = VideoGenerationRequest(prompt="something else")
    with (
        pytest.raises(Exception, match="no recorded interaction matches"),
        replay(_CASSETTE, environment={"FAL_KEY": "k"}) as effects,
    ):
        generate_video(config, request, effects=effects)


async def test_the_live_effects_keep_their_contracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = live.live_effects()
    assert live.live_effects() is effects
    assert effects.clock.monotonic() <= effects.clock.monotonic()
    assert effects.clock.utc().utcoffset() == timedelta(0)
    effects.clock.sleep(0)
    await effects.clock.sleep_async(0)
    assert 0 <= effects.randomness.chance() < 1
    assert FixedRandomness().chance() == 0.5
    monkeypatch.setenv("TARASH_TEST", "x")
    assert effects.environment.get("TARASH_TEST") == "x"
    assert effects.environment.get("TARASH_TEST_UNSET") is None
    path = tmp_path / "a.png"
    assert "cannot be read" in result_of(effects.files.read(path)).failure().message
    path.write_bytes(b"")
    assert "is empty" in result_of(effects.files.read(path)).failure().message
    path.write_bytes(b"x")
    assert result_of(effects.files.read(path)).unwrap() == b"x"
    assert result_of(FakeFiles({path: b"y"}).read(path)).unwrap() == b"y"


def test_the_scripts_of_these_tests_end_well() -> None:
    assert [reply.status for reply in fal.success()] == [200, 200, 200]
