"""A scripted world plays every provider in its own dialect."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPConnectionError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    cancel_video,
    generate_video,
    generate_video_async,
    generate_videos,
    reconcile_video,
    save_video,
    start_video,
)
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.running.measuring import measure_content
from tarash.tarash_gateway.testing import FakeClock, ScriptedVideo, default_effects
from tarash.tarash_gateway.testing.dialects import DIALECTS
from tarash.tarash_gateway.testing.offline import offline

_REQUEST: Final = VideoGenerationRequest(prompt="a kite")
# What each API wants beside a model: Veo is retired at Google's own host.
_MORE: Final[dict[str, dict[str, Any]]] = {
    "google": {"base_url": "https://gateway.example.com"},
    "google (Vertex AI)": {"provider_config": {"project": "p"}, "api_key": "ya29.token"},
}
_CONFIGS: Final = {
    name: VideoGenerationConfig(
        provider=dialect.provider, model=dialect.model, **_MORE.get(name, {})
    )
    for name, dialect in DIALECTS.items()
}
_EVERY: Final = pytest.mark.parametrize("config", _CONFIGS.values(), ids=_CONFIGS)
_FAL: Final = _CONFIGS["fal"]


def _make(
    world: ScriptedVideo, config: VideoGenerationConfig, **more: Any
) -> VideoGenerationResponse:
    with default_effects(world.effects):
        return generate_video(config, _REQUEST, **more)


def test_every_built_in_provider_is_played() -> None:
    played = {dialect.provider for dialect in DIALECTS.values()}
    assert played == BUILT_IN.keys() - {"mock"}


@_EVERY
def test_a_job_makes_a_real_clip(config: VideoGenerationConfig, tmp_path: Path) -> None:
    world, path = ScriptedVideo().completes(polls=3), tmp_path / "kite.mp4"
    response = _make(world, config, save_to=path)
    assert response.status == "completed"
    # It is measured as any video: its file says what it is.
    assert response.media.duration_source == "measured"
    assert response.duration == measure_content(path.read_bytes()).unwrap().seconds
    assert response.execution_metadata is not None
    assert [attempt.polls for attempt in response.execution_metadata.attempts] == [4]
    (submitted,) = world.submitted
    assert submitted.provider == config.provider
    # Google's ids are paths.
    assert submitted.job == response.request_id.rpartition("/")[2]
    assert "a kite" in str(submitted.body)
    world.check()


_ENDS: Final[dict[str, tuple[Callable[[ScriptedVideo], object], type[TarashException]]]] = {
    "fails": (lambda world: world.fails(), GenerationFailedError),
    "moderated": (lambda world: world.fails(moderated=True), ContentModerationError),
    "times out": (lambda world: world.times_out(), TimeoutError),
    "lost": (lambda world: world.loses_submission(), SubmissionUnknownError),
    "not sent": (lambda world: world.is_unreachable(times=4), HTTPConnectionError),
    "401": (lambda world: world.refuses(401), AuthenticationError),
    "402": (lambda world: world.refuses(402), InsufficientCreditsError),
    "404": (lambda world: world.refuses(404), NotFoundError),
    "422": (lambda world: world.refuses(422), ValidationError),
    "429": (lambda world: world.refuses(429, times=4), RateLimitError),
}


@_EVERY
@pytest.mark.parametrize(("say", "error"), _ENDS.values(), ids=_ENDS)
def test_an_end_has_the_error_that_it_has_at_the_provider(
    config: VideoGenerationConfig,
    say: Callable[[ScriptedVideo], object],
    error: type[TarashException],
) -> None:
    world = ScriptedVideo()
    say(world)
    with pytest.raises(error) as caught:
        _make(world, config)
    assert type(caught.value) is error
    world.check()


def test_what_is_said_happens_in_order_and_no_pause_takes_time() -> None:
    clock = FakeClock()
    world = ScriptedVideo(clock=clock).refuses(429, "slow down", retry_after=7).completes(polls=0)
    response = _make(world, _FAL)
    assert response.status == "completed"
    assert 7 in clock.slept
    assert [submitted.job for submitted in world.submitted] == [None, response.request_id]
    world.check()


def test_a_chain_goes_on_to_the_next_provider() -> None:
    world = ScriptedVideo().completes(provider="runway").fails(provider="fal")
    response = _make(
        world,
        VideoGenerationConfig(
            provider="fal", model="fal-ai/veo3", fallback_configs=[_CONFIGS["runway"]]
        ),
    )
    assert response.status == "completed"
    assert [submitted.provider for submitted in world.submitted] == ["fal", "runway"]
    world.check()


@pytest.mark.parametrize("name", ["fal", "runway", "replicate", "google (Omni)"])
def test_a_job_can_be_cancelled(name: str) -> None:
    world = ScriptedVideo().completes(polls=9)
    with default_effects(world.effects):
        job = start_video(_CONFIGS[name], _REQUEST)
        # It runs already, and a job that runs is charged.
        assert cancel_video(job) == "charged"
    assert world.cancelled == [job.request_id]


@pytest.mark.parametrize("name", ["fal", "replicate", "openai", "azure-openai"])
@pytest.mark.parametrize(("accepted", "state"), [(True, "found"), (False, "none")])
def test_a_lost_submission_is_in_the_provider_s_list_or_not(
    name: str, *, accepted: bool, state: str
) -> None:
    # given a submission whose answer was lost
    world = ScriptedVideo().loses_submission(accepted=accepted)
    with pytest.raises(SubmissionUnknownError) as caught:
        _make(world, _CONFIGS[name])
    (unknown,) = caught.value.unknown
    # when the provider's list is looked at, forty minutes later
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(2400)
    with default_effects(world.effects):
        found = reconcile_video(unknown)
    # then the job is there, if there is one; fal's list has those that run as little
    expected = "cannot_tell" if (name, accepted) == ("fal", False) else state
    assert found.state == expected, found.reason


async def test_asyncio_and_batches_are_in_it() -> None:
    world = ScriptedVideo().completes(times=None)
    with default_effects(world.effects):
        response = await generate_video_async(_FAL, _REQUEST)
        batch = generate_videos(_FAL, [_REQUEST] * 3)
        assert [item.response is not None for item in batch] == [True] * 3
    assert response.status == "completed"
    assert len({submitted.job for submitted in world.submitted}) == 4
    world.check()


def test_a_submission_too_many_says_what_to_do() -> None:
    world = ScriptedVideo().completes()
    _make(world, _FAL)
    with pytest.raises(AssertionError, match=r"submission 2 .* fal, .*scripted_video\.completes"):
        _make(world, _FAL)
    # Code that catches everything does not hide it.
    with pytest.raises(AssertionError, match="submission 2"):
        world.check()


def test_what_did_not_happen_is_named() -> None:
    world = ScriptedVideo().completes().refuses(429, times=3).fails(times=None)
    _make(world, _FAL)
    with pytest.raises(AssertionError, match=r"refuses\(429\) \(3 times\); 1 submission came"):
        world.check()


def test_a_submission_that_the_script_does_not_mean_shows_what_is_left() -> None:
    # given a script about another prompt, and about another provider
    world = ScriptedVideo().completes(prompt="a boat", times=2).fails(provider="runway")
    # when something else is submitted, then the message has both
    left = (
        r"left: completes \(2 times, only for a prompt with 'a boat'\); fails \(only for runway\)"
    )
    with pytest.raises(AssertionError, match=left):
        _make(world, _FAL)


def test_a_refused_submission_that_is_sent_again_says_how_to_refuse_it_for_good() -> None:
    world = ScriptedVideo().refuses(429)
    with pytest.raises(AssertionError, match=r"sent again: \.refuses\(429, times=4\)"):
        _make(world, _FAL)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"times": 0}, "times must be a whole number from 1, not 0"),
        ({"times": "2"}, "times must be a whole number from 1, not '2'"),
        ({"polls": -1}, "polls must be a whole number from 0, not -1"),
        ({"video": "a.mp4"}, "video must be the bytes of a file, .* not 'a.mp4'"),
    ],
    ids=str,
)
def test_a_script_of_nonsense_is_refused_where_it_is_written(
    wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ScriptedVideo().completes(**wrong)


def test_a_misspelt_provider_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match=r"'fall' is not scripted: use one of azure-openai, fal"):
        ScriptedVideo().completes(provider="fall")


def test_a_request_that_no_provider_knows_says_what_to_do(tmp_path: Path) -> None:
    world = ScriptedVideo().completes()
    made = _make(world, _FAL)
    elsewhere = attrs.evolve(made, video="https://elsewhere.example/a?token=secret")
    with (
        default_effects(world.effects),
        pytest.raises(AssertionError, match=r"no answer to GET https://elsewhere\.example/a: "),
    ):
        save_video(elsewhere, tmp_path / "a.mp4")


@pytest.mark.parametrize("status", [200, 302, 399, 600])
def test_a_refusal_has_the_status_of_one(status: int) -> None:
    with pytest.raises(ValueError, match="from 400 to 599"):
        ScriptedVideo().refuses(status)


def test_a_key_of_the_environment_is_used_and_none_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = ScriptedVideo().completes(times=None)
    _make(world, _FAL)
    monkeypatch.setenv("FAL_KEY_ID", "mine")
    monkeypatch.setenv("FAL_KEY_SECRET", "secret")
    _make(world, _FAL)
    sent = [submitted.request.credential["Authorization"] for submitted in world.submitted]
    assert sent == ["Key test-key-of-no-account", "Key mine:secret"]


def test_a_script_may_mean_a_prompt() -> None:
    # given a script about one of three requests, in whatever order they come
    world = ScriptedVideo().fails(prompt='the "rain"').completes(times=2)
    requests = [attrs.evolve(_REQUEST, prompt=each) for each in ("a", 'in the "rain"', "b")]
    with world:
        items = list(generate_videos(_FAL, requests))
    # then it is that one which fails
    failed = [item.request.prompt for item in items if item.response is None]
    assert failed == ['in the "rain"']


def test_a_form_has_a_prompt_too() -> None:
    with ScriptedVideo().completes(prompt="kite", provider="openai") as world:
        response = generate_video(_CONFIGS["openai"], _REQUEST)
    assert response.status == "completed"
    assert repr(world) == "ScriptedVideo(submitted=1, left='nothing')"


def test_a_context_is_checked_at_its_end_unless_it_fails() -> None:
    with pytest.raises(AssertionError, match="did not happen: completes"), ScriptedVideo() as world:
        world.completes()
    # The error of the test itself is not hidden by what has not happened yet.
    with pytest.raises(KeyError), ScriptedVideo().completes():
        raise KeyError
    # Outside of it, the world is the real one again.
    with pytest.raises(AuthenticationError):
        generate_video(_FAL, _REQUEST)


def test_a_guard_gives_way_to_a_world_that_began_before_it() -> None:
    with ScriptedVideo().completes() as world, offline() as guard:
        assert generate_video(_FAL, _REQUEST).status == "completed"
        assert (guard.refused, len(world.submitted)) == ([], 1)
    with offline() as guard, pytest.raises(AssertionError, match="wanted to send"):
        generate_video(attrs.evolve(_FAL, api_key="id:key"), _REQUEST)
    assert guard.refused == ["POST https://queue.fal.run/fal-ai/veo3"]
