"""The mock: offline, deterministic, through the same lifecycle as a provider."""

import io
import time
from pathlib import Path
from typing import Any

import av
import pytest

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPConnectionError,
    InsufficientCreditsError,
    MediaContent,
    MockConfig,
    MockPollingConfig,
    MockResponse,
    RateLimitError,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    generate_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.mock import answers, clips
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects

_KITE = VideoGenerationRequest(prompt="a kite over the sea")
# The mock under its own name takes what it is asked for; in place of a model, what the model takes.
_ITSELF: dict[str, Any] = {"provider": "mock", "model": "mock"}
_PLAYABLE = MediaContent(clips.packaged_clip("1:1").content, "video/mp4")


def _config(mock: MockConfig | None = None, **changes: Any) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        **{"provider": "fal", "model": "fal-ai/veo3", "mock": mock or MockConfig(), **changes}
    )


def _generate(
    mock: MockConfig | None = None,
    request: VideoGenerationRequest = _KITE,
    effects: Effects | None = None,
    **changes: Any,
) -> VideoGenerationResponse:
    return generate_video(_config(mock, **changes), request, effects=effects or fake_effects())


def _opened(response: VideoGenerationResponse) -> tuple[float, int, int]:
    assert isinstance(response.video, MediaContent)
    with av.open(io.BytesIO(response.video.content), mode="r") as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert len(list(container.decode(stream))) > 0
        return float(stream.duration * stream.time_base), stream.width, stream.height


@pytest.fixture
def without_av(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "can_render", lambda: False)


@pytest.mark.parametrize(
    ("seconds", "resolution", "ratio", "size"),
    [
        (5.0, "1080p", "16:9", (1920, 1080)),
        (2.5, "720p", "9:16", (720, 1280)),
        (0.04, "144p", "1:1", (144, 144)),
        (3.0, "640x480", None, (640, 480)),
    ],
)
def test_a_rendered_clip_is_exactly_what_was_asked(
    seconds: float, resolution: str, ratio: str | None, size: tuple[int, int]
) -> None:
    request = VideoGenerationRequest(
        prompt="a kite", duration_seconds=seconds, resolution=resolution, aspect_ratio=ratio
    )
    response = _generate(request=request, **_ITSELF)
    length, *sides = _opened(response)
    assert length == pytest.approx(seconds, abs=0.001)
    assert tuple(sides) == size
    assert response.warnings == ()
    assert response.duration == pytest.approx(seconds, abs=0.001)
    assert response.resolution == f"{min(size)}p"
    assert response.is_mock
    assert response.content_type == "video/mp4"


@pytest.mark.usefixtures("without_av")
def test_a_packaged_clip_says_where_it_differs() -> None:
    request = VideoGenerationRequest(
        prompt="a kite", duration_seconds=5, resolution="1080p", aspect_ratio="2:1"
    )
    response = _generate(request=request, **_ITSELF)
    assert _opened(response) == (2.0, 320, 180)
    (told,) = response.warnings
    assert told == (
        "duration_seconds 5 became 2; resolution '1080p' became '180p'; aspect_ratio '2:1' became "
        "'16:9': the mock returned a packaged clip; for an exact one, run pip install '.[mock]' in "
        "a clone of tarash-gateway"
    )
    assert (response.duration, response.resolution) == (2.0, "180p")


@pytest.mark.usefixtures("without_av")
@pytest.mark.parametrize("ratio", clips.RATIOS)
def test_every_packaged_clip_plays(ratio: str) -> None:
    request = VideoGenerationRequest(prompt="a kite", aspect_ratio=ratio)
    response = _generate(request=request, **_ITSELF)
    seconds, width, height = _opened(response)
    clip = clips.packaged_clip(ratio)
    assert (seconds, width, height) == (clip.duration, clip.width, clip.height)
    assert response.warnings == ()


def test_what_would_take_minutes_to_render_is_not_rendered() -> None:
    request = VideoGenerationRequest(prompt="a kite", resolution="99999p", duration_seconds=1e6)
    (told,) = _generate(request=request, **_ITSELF).warnings
    assert "duration_seconds 1e+06 became 2" in told


@pytest.mark.usefixtures("without_av")
def test_sound_is_missed_aloud() -> None:
    request = VideoGenerationRequest(prompt="a kite", generate_audio=True)
    (told,) = _generate(request=request).warnings
    assert told == (
        "generate_audio was left out: the mock returned a packaged clip; for an exact one, run "
        "pip install '.[mock]' in a clone of tarash-gateway"
    )


def test_the_same_call_gives_the_same_video() -> None:
    first, second = _generate(), _generate()
    assert (first.video, first.request_id) == (second.video, second.request_id)
    other = _generate(MockConfig(seed=1))
    assert other.request_id != first.request_id
    assert other.video != first.video


def test_a_job_is_queued_then_processed_then_completed() -> None:
    updates: list[VideoGenerationUpdate] = []
    clock, http = FakeClock(), ScriptedHttp([])
    effects = fake_effects(http=http, clock=clock)
    response = generate_video(_config(), _KITE, on_progress=updates.append, effects=effects)
    assert [(u.status, u.progress_percent) for u in updates] == [
        ("queued", None),
        ("queued", 0.0),
        ("processing", 50.0),
        ("completed", 100.0),
    ]
    assert {u.request_id for u in updates} == {response.request_id}
    assert http.requests == []
    assert sum(clock.slept) == 0
    assert response.raw_response["status"] == "completed"


def test_polling_follows_the_script() -> None:
    polling = MockPollingConfig(
        status_sequence=["queued", "queued", "processing"],
        delay_between_updates=0.25,
        progress_percentages=[1, 2, 30],
        custom_updates=[{"queue_position": 2}, {"logs": ["a", "b"]}, {"note": "x"}],
    )
    updates: list[VideoGenerationUpdate] = []
    clock = FakeClock()
    generate_video(
        _config(MockConfig(polling=polling)),
        _KITE,
        on_progress=updates.append,
        effects=fake_effects(clock=clock),
    )
    assert [(u.status, u.progress_percent) for u in updates[1:]] == [
        ("queued", 1),
        ("queued", 2),
        ("processing", 30),
        ("completed", 100.0),
    ]
    assert updates[1].queue_position == 2
    assert updates[2].logs == ("a", "b")
    assert updates[3].update["note"] == "x"
    assert clock.slept == [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]


def test_without_polling_the_video_comes_at_once() -> None:
    updates: list[VideoGenerationUpdate] = []
    mock = MockConfig(polling=MockPollingConfig(enabled=False))
    response = generate_video(
        _config(mock), _KITE, on_progress=updates.append, effects=fake_effects()
    )
    assert [u.status for u in updates] == ["completed"]
    assert _opened(response)[0] == 2.0
    assert response.execution_metadata is not None
    assert response.execution_metadata.attempts[0].polls == 0


@pytest.mark.parametrize("enabled", [True, False])
def test_outcomes_of_the_config_are_returned(*, enabled: bool) -> None:
    polling = MockPollingConfig(enabled=enabled, delay_between_updates=0)
    given = VideoGenerationResponse(
        request_id="mine",
        video="https://example.com/a.mp4",
        duration=9.0,
        provider_metadata={"a": 1},
        raw_response={"b": 2},
    )
    by_response = MockConfig(responses=[MockResponse(mock_response=given)], polling=polling)
    response = _generate(by_response)
    assert response.request_id.startswith("mock-")
    assert (response.video, response.duration) == ("https://example.com/a.mp4", 9.0)
    assert (response.provider_metadata, response.raw_response) == ({"a": 1}, {"b": 2})
    assert response.is_mock
    by_video = MockConfig(responses=[MockResponse(output_video=_PLAYABLE)], polling=polling)
    assert _generate(by_video).video == _PLAYABLE
    plain = MockConfig(responses=[MockResponse()], polling=polling)
    assert _opened(_generate(plain))[0] == 2.0


@pytest.mark.parametrize("enabled", [True, False])
def test_a_file_is_read_for_the_output(tmp_path: Path, *, enabled: bool) -> None:
    path = tmp_path / "mine.mp4"
    polling = MockPollingConfig(enabled=enabled, delay_between_updates=0)
    mock = MockConfig(responses=[MockResponse(output_video=path)], polling=polling)
    with pytest.raises(ValidationError, match=r"output_video: the file mine\.mp4 cannot be read"):
        _generate(mock)
    path.write_bytes(_PLAYABLE.content)
    assert _generate(mock).video == _PLAYABLE


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (AuthenticationError(message="no"), "refused"),
        (InsufficientCreditsError(message="no"), "refused"),
        (ValidationError(message="no"), "refused"),
        (RateLimitError(message="no", retry_after=1.0), "refused"),
        (HTTPConnectionError(message="no"), "unknown"),
        (GenerationFailedError(message="no"), "accepted"),
        (ContentModerationError(message="no"), "accepted"),
        (TimeoutError(message="no", timeout_seconds=1.0), "accepted"),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
def test_errors_come_where_they_come_from(
    error: TarashException, fate: str, *, enabled: bool
) -> None:
    polling = MockPollingConfig(enabled=enabled, delay_between_updates=0)
    mock = MockConfig(responses=[MockResponse(error=error)], polling=polling)
    with pytest.raises(type(error), match="no") as caught:
        _generate(mock)
    (attempt,) = caught.value.attempts
    # Without polls only a failed job tells that there was one.
    at_once = "accepted" if isinstance(error, GenerationFailedError) else "refused"
    assert attempt.submission == (fate if enabled or fate != "accepted" else at_once)
    assert (caught.value.provider, caught.value.model) == ("fal", "fal-ai/veo3")


def test_an_error_of_another_call_can_be_used_again() -> None:
    with pytest.raises(GenerationFailedError) as caught:
        _generate(MockConfig(responses=[MockResponse(error=GenerationFailedError(message="x"))]))
    again = MockConfig(responses=[MockResponse(error=caught.value)])
    with pytest.raises(GenerationFailedError) as second:
        _generate(again)
    assert len(second.value.attempts) == 1


def test_a_failed_status_fails_the_job() -> None:
    polling = MockPollingConfig(status_sequence=["queued", "failed"], delay_between_updates=0)
    with pytest.raises(GenerationFailedError, match="as its status_sequence says"):
        _generate(MockConfig(polling=polling))


def test_outcomes_come_by_their_weight() -> None:
    failing = MockResponse(weight=3, error=GenerationFailedError(message="x"))
    good = MockResponse(weight=1, output_video=_PLAYABLE)
    failures = 0
    for seed in range(200):
        try:
            _generate(MockConfig(responses=[failing, good], seed=seed))
        except GenerationFailedError:
            failures += 1
    assert 120 < failures < 180


def test_a_slow_mock_is_bounded_like_any_provider() -> None:
    polling = MockPollingConfig(delay_between_updates=30)
    clock = FakeClock()
    fallback = _config(model="fal-ai/veo3.1")
    response = _generate(
        MockConfig(polling=polling),
        timeout=1,
        fallback_configs=[fallback],
        effects=fake_effects(clock=clock),
    )
    assert response.execution_metadata is not None
    first = response.execution_metadata.attempts[0]
    assert (first.error_type, first.cancellation) == ("TimeoutError", "confirmed")
    assert clock.monotonic() == 1.0


def test_twins_that_run_at_once_do_not_disturb_each_other() -> None:
    effects = fake_effects()
    inner: list[VideoGenerationResponse] = []

    def another(_update: VideoGenerationUpdate) -> None:
        if len(inner) < 2:
            inner.append(_generate(effects=effects))

    outer = generate_video(_config(), _KITE, on_progress=another, effects=effects)
    assert outer.execution_metadata is not None
    assert outer.execution_metadata.attempts[0].polls == 3
    assert len({outer.request_id, *(r.request_id for r in inner)}) == 2
    assert all(r.video == outer.video for r in inner)


def test_a_live_mock_sleeps_only_as_told() -> None:
    polling = MockPollingConfig(delay_between_updates=0.05)
    started = time.monotonic()
    generate_video(_config(MockConfig(polling=polling)), _KITE, effects=live_effects())
    assert time.monotonic() - started >= 0.15


def test_the_mock_is_a_provider_by_name_as_well() -> None:
    config = VideoGenerationConfig(provider="mock", model="anything")
    assert generate_video(config, _KITE, effects=fake_effects()).is_mock


def test_every_custom_update_reaches_the_callback() -> None:
    # given a script whose last update says something, as all do
    polling = MockPollingConfig(
        status_sequence=["queued", "completed"],
        delay_between_updates=0,
        custom_updates=[{"frame": 1}, {"frame": 2}],
    )
    given = VideoGenerationResponse(
        request_id="1", video="https://example.com/a.mp4", raw_response={"mine": True}
    )
    for responses in ([], [MockResponse(mock_response=given)]):
        heard: list[VideoGenerationUpdate] = []
        config = VideoGenerationConfig(
            provider="fal",
            model="fal-ai/veo3",
            mock=MockConfig(polling=polling, responses=responses),
        )
        # when it is generated
        response = generate_video(config, _KITE, heard.append, effects=fake_effects())
        # then both are heard, and a response that was given keeps its own raw reply
        assert [u.update["frame"] for u in heard if "frame" in u.update] == [1, 2]
        assert response.raw_response.get("mine", False) is bool(responses)
