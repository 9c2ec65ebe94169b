"""A generation outlives its process: started here, checked there, resumed on another day."""

import asyncio
import pickle
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationFailedError,
    HTTPConnectionError,
    JournalError,
    MediaContent,
    SqliteJournal,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    cancel_video,
    cancel_video_async,
    check_video,
    check_video_async,
    generate_video,
    generate_video_async,
    resume_video,
    resume_video_async,
    start_video,
    start_video_async,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.job import Job

_OK = VideoGenerationConfig(provider="mock", model="second")
_LOST = HTTPConnectionError(message="no reply")


def _world(*replies: Reply, **environment: str) -> tuple[ScriptedHttp, Effects]:
    http = ScriptedHttp(replies)
    return http, fake_effects(http=http, environment=environment or {"FAL_KEY": "k"})


def _sync(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        return asyncio.run(function(*arguments, **options))

    return call


@attrs.frozen
class Calls:
    """The entry points of one kind."""

    start: Callable[..., VideoGeneration]
    check: Callable[..., VideoGeneration]
    resume: Callable[..., VideoGenerationResponse]
    cancel: Callable[..., str]
    generate: Callable[..., VideoGenerationResponse]


_KINDS = {
    "blocking": Calls(start_video, check_video, resume_video, cancel_video, generate_video),
    "asyncio": Calls(
        _sync(start_video_async),
        _sync(check_video_async),
        _sync(resume_video_async),
        _sync(cancel_video_async),
        _sync(generate_video_async),
    ),
}


@pytest.fixture(params=_KINDS)
def calls(request: pytest.FixtureRequest) -> Calls:
    return _KINDS[request.param]


def _started(**changes: Any) -> VideoGeneration:
    _, effects = _world(fal.queued())
    return start_video(fal.config(**changes), fal.REQUEST, effects=effects)


def test_a_start_submits_and_returns_the_job(calls: Calls) -> None:
    http, effects = _world(fal.queued())
    generation = calls.start(fal.config(), fal.REQUEST, effects=effects)
    assert (generation.provider, generation.model) == ("fal", "fal-ai/veo3")
    assert (generation.request_id, generation.status) == ("job-1", "queued")
    assert generation.response is None
    assert [asked.method for asked in http.requests] == ["POST"]


def test_a_start_waits_out_what_was_surely_not_accepted(calls: Calls) -> None:
    busy = json_reply(429, {"detail": "slow down"}, {"Retry-After": "2"})
    http, effects = _world(busy, fal.queued())
    assert calls.start(fal.config(), fal.REQUEST, effects=effects).request_id == "job-1"
    assert http.unused == 0


def test_a_check_makes_one_exchange(calls: Calls) -> None:
    generation = _started()
    http, effects = _world(fal.running())
    checked = calls.check(generation, effects=effects)
    assert (checked.status, checked.polls, len(http.requests)) == ("processing", 1, 1)
    _, effects = _world(fal.completed())
    ready = calls.check(checked, effects=effects)
    assert (ready.ready, ready.polls, ready.response) == (True, 2, None)
    _, effects = _world(fal.result())
    done = calls.check(ready, effects=effects)
    assert done.response is not None
    assert (done.status, done.response.video) == ("completed", fal.URL)
    _, effects = _world()
    assert calls.check(done, effects=effects) is done
    assert calls.resume(done, effects=effects) is done.response
    assert calls.cancel(done, effects=effects) == "too_late"


def test_a_check_does_not_end_the_caller_s_patience(calls: Calls) -> None:
    generation = _started(max_poll_attempts=1)
    for polls in (1, 2, 3):
        _, effects = _world(fal.running())
        generation = calls.check(generation, effects=effects)
        assert (generation.polls, generation.configs[0].max_poll_attempts) == (polls, 1)


def test_a_check_in_bad_weather_changes_nothing(calls: Calls) -> None:
    generation = _started()
    _, effects = _world(_LOST)
    checked = calls.check(generation, effects=effects)
    assert (checked.status, checked.response) == ("queued", None)


def test_a_check_of_a_failed_job_raises_and_submits_nothing(calls: Calls) -> None:
    generation = _started(fallback_configs=[_OK])
    http, effects = _world(fal.failed())
    with pytest.raises(GenerationFailedError):
        calls.check(generation, effects=effects)
    assert [asked.method for asked in http.requests] == ["GET"]


def test_another_process_goes_on_from_the_json(calls: Calls) -> None:
    text = _started().to_json()
    updates: list[VideoGenerationUpdate] = []
    http, effects = _world(fal.running(), fal.completed(), fal.result(), FAL_KEY="other:key")
    response = calls.resume(
        VideoGeneration.from_json(text), on_progress=updates.append, effects=effects
    )
    assert response.video == fal.URL
    assert [u.status for u in updates] == ["processing", "completed"]
    assert {asked.credential["Authorization"] for asked in http.requests} == {"Key other:key"}
    assert response.execution_metadata is not None
    assert [a.submission for a in response.execution_metadata.attempts] == ["accepted"]


def test_what_was_asked_is_told_after_a_resumption() -> None:
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=5, resolution="720p")
    _, effects = _world(fal.queued())
    generation = start_video(fal.config(), request, effects=effects)
    _, effects = _world(fal.completed(), fal.result())
    response = resume_video(VideoGeneration.from_json(generation.to_json()), effects=effects)
    assert (response.duration, response.resolution) == (6.0, "720p")
    assert response.warnings == ("duration_seconds 5 became 6: fal-ai/veo3 takes 4, 6 or 8",)


def test_a_config_given_again_brings_the_key_and_the_limits(calls: Calls) -> None:
    kept = VideoGeneration.from_json(_started(timeout=100).to_json())
    http, effects = _world(*[fal.running()] * 2, NOTHING="")
    with pytest.raises(AuthenticationError, match="set FAL_KEY"):
        calls.resume(kept, effects=effects)
    again = fal.config(api_key="again", max_poll_attempts=2)
    with pytest.raises(TimeoutError, match="2 polls"):
        calls.resume(kept, config=again, effects=effects)
    assert {asked.credential["Authorization"] for asked in http.requests} == {"Key again"}


def test_a_resumed_chain_goes_on_where_a_journal_says_who_owns_it(
    calls: Calls, tmp_path: Path
) -> None:
    kept = VideoGeneration.from_json(_started(fallback_configs=[_OK]).to_json())
    _, effects = _world(fal.failed())
    response = calls.resume(kept, effects=effects, journal=SqliteJournal(tmp_path / "journal"))
    assert response.is_mock
    assert response.execution_metadata is not None
    assert [a.model for a in response.execution_metadata.attempts] == ["fal-ai/veo3", "second"]
    assert response.execution_metadata.configs_in_chain == 2


def test_without_a_journal_a_resumed_job_goes_on_alone(calls: Calls) -> None:
    kept = VideoGeneration.from_json(_started(fallback_configs=[_OK]).to_json())
    _, effects = _world(fal.failed())
    with pytest.raises(GenerationFailedError):
        calls.resume(kept, effects=effects)
    _, effects = _world(fal.completed(), fal.result())
    response = calls.resume(kept, effects=effects)
    assert response.video == fal.URL
    assert response.warnings[-1].startswith("the job went on alone, without the configs after it")


@pytest.mark.parametrize(
    ("answer", "cancellation"),
    [
        (json_reply(202, {"status": "CANCELLATION_REQUESTED"}), "confirmed"),
        (json_reply(400, {"status": "ALREADY_COMPLETED"}), "too_late"),
        (json_reply(500, {}), "failed"),
        (_LOST, "failed"),
    ],
    ids=["confirmed", "too late", "500", "lost"],
)
def test_a_cancel_tells_what_came_of_it(calls: Calls, answer: Reply, cancellation: str) -> None:
    # A look comes first: it tells what the cancel costs.
    http, effects = _world(fal.waiting(), answer)
    assert calls.cancel(_started(), effects=effects) == cancellation
    assert [asked.method for asked in http.requests] == ["GET", "PUT"]


def test_a_cancel_says_what_it_costs(calls: Calls) -> None:
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    _, effects = _world(fal.running(), cancelled)
    assert calls.cancel(_started(), effects=effects) == "charged"
    _, effects = _world(_LOST, cancelled)
    assert calls.cancel(_started(), effects=effects) == "charged"
    http, effects = _world(fal.completed())
    assert calls.cancel(_started(), effects=effects) == "too_late"
    _, effects = _world(fal.failed())
    assert calls.cancel(_started(), effects=effects) == "too_late"
    assert [asked.method for asked in http.requests] == ["GET"]


def test_a_provider_that_cannot_cancel_says_so() -> None:
    from tarash.tarash_gateway.providers.fal.provider import PROVIDER  # noqa: PLC0415 - one test's

    providers = {"fal": attrs.evolve(PROVIDER, cancel=None, cancelled=None)}
    _, effects = _world()
    assert cancel_video(_started(), effects=effects, providers=providers) == "unsupported"


def test_nothing_is_submitted_twice_by_resuming_an_intent(calls: Calls) -> None:
    intent = attrs.evolve(_started(), job=None)
    http, effects = _world()
    for call in (calls.resume, calls.check, calls.cancel):
        with pytest.raises(ValidationError, match="never submitted again by itself"):
            call(intent, effects=effects)
    assert http.requests == []


# What errors carry.


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([fal.running()], TimeoutError),
        ([json_reply(401, {"detail": "x"})] * 3, AuthenticationError),
        ([fal.completed(), *[json_reply(200, ["odd"])] * 3], TarashException),
    ],
    ids=["timeout", "refused", "garbled"],
)
def test_an_error_after_acceptance_carries_the_job(
    calls: Calls, replies: list[Reply], expected: type[TarashException]
) -> None:
    _, effects = _world(fal.queued(), *replies)
    attempts = 1 if expected is TimeoutError else 50
    with pytest.raises(expected, match=r"resume_video\(error\.generation\)") as caught:
        calls.generate(fal.config(max_poll_attempts=attempts), fal.REQUEST, effects=effects)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert error.generation is not None
    assert error.generation.request_id == "job-1"
    _, effects = _world(fal.completed(), fal.result())
    assert calls.resume(error.generation, effects=effects).video == fal.URL


def test_a_verdict_carries_the_job_and_no_hope(calls: Calls) -> None:
    _, effects = _world(fal.queued(), fal.failed())
    with pytest.raises(GenerationFailedError) as caught:
        calls.generate(fal.config(), fal.REQUEST, effects=effects)
    assert caught.value.generation is not None
    assert caught.value.generation.request_id == "job-1"
    assert "resume" not in caught.value.message


def test_a_job_that_the_chain_left_is_not_lost(calls: Calls) -> None:
    uncancelled = json_reply(500, {})
    _, effects = _world(fal.queued(), fal.running(), uncancelled, json_reply(401, {"detail": "x"}))
    second = fal.config(model="fal-ai/veo2")
    config = fal.config(max_poll_attempts=1, fallback_configs=[second], fallback_on=["timeout"])
    with pytest.raises(AuthenticationError, match="job job-1 of fal may go on") as caught:
        calls.generate(config, fal.REQUEST, effects=effects)
    assert caught.value.generation is not None
    assert caught.value.generation.model == "fal-ai/veo3"
    _, effects = _world(fal.completed(), fal.result())
    assert calls.resume(caught.value.generation, effects=effects).video == fal.URL


def test_an_unknown_submission_says_where_to_look(calls: Calls) -> None:
    _, effects = _world(_LOST)
    with pytest.raises(SubmissionUnknownError, match="look at the provider's dashboard") as caught:
        calls.generate(fal.config(), fal.REQUEST, effects=effects)
    assert isinstance(caught.value, HTTPConnectionError)
    assert isinstance(caught.value, ConnectionError)
    assert caught.value.generation is None


# What interrupts.


def _interrupts(error: BaseException) -> Callable[[HttpRequest], HttpResponse]:
    def reply(_asked: HttpRequest) -> HttpResponse:
        raise error

    return reply


def test_a_bug_of_an_effect_is_an_error_that_carries_the_job() -> None:
    bug = RuntimeError("the disk of the effect is full")
    _, effects = _world(fal.queued(), _interrupts(bug))
    with pytest.raises(TarashException, match="the disk of the effect is full") as caught:
        generate_video(fal.config(), fal.REQUEST, effects=effects)
    assert caught.value.__cause__ is bug
    assert caught.value.generation is not None
    assert caught.value.generation.request_id == "job-1"
    _, effects = _world(_interrupts(bug))
    with pytest.raises(SubmissionUnknownError, match="a bug in an effect") as unknown:
        generate_video(fal.config(), fal.REQUEST, effects=effects)
    assert [attempt.is_retryable for attempt in unknown.value.attempts] == [False]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_what_interrupts_carries_the_job(error: BaseException) -> None:
    http, effects = _world(fal.queued(), _interrupts(error))
    with pytest.raises(type(error)) as caught:
        generate_video(fal.config(), fal.REQUEST, effects=effects)
    kept: VideoGeneration = caught.value.generation  # type: ignore[attr-defined]  # it was marked
    assert kept.request_id == "job-1"
    assert "video job job-1 of fal goes on" in caught.value.__notes__[-1]
    assert [asked.method for asked in http.requests] == ["POST", "GET"]
    _, effects = _world(fal.completed(), fal.result())
    assert resume_video(kept, effects=effects).video == fal.URL


def test_an_interruption_can_cancel_the_job() -> None:
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    replies = (fal.queued(), _interrupts(KeyboardInterrupt()), fal.waiting(), cancelled)
    http, effects = _world(*replies)
    with pytest.raises(KeyboardInterrupt):
        generate_video(fal.config(), fal.REQUEST, effects=effects, on_interrupt="cancel")
    assert [asked.method for asked in http.requests] == ["POST", "GET", "GET", "PUT"]


def test_an_interrupted_submission_says_that_nothing_is_known() -> None:
    http, effects = _world(_interrupts(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt) as caught:
        generate_video(fal.config(), fal.REQUEST, effects=effects, on_interrupt="cancel")
    assert "no video job was known to be accepted" in caught.value.__notes__[-1]
    assert len(http.requests) == 1


class _Forever(FakeClock):
    """A clock whose asyncio sleeps of some length never end."""

    def __init__(self) -> None:
        super().__init__()
        self.sleeping = asyncio.Event()

    async def sleep_async(self, seconds: float) -> None:
        if seconds > 0:
            self.sleeping.set()
            await asyncio.Event().wait()


@pytest.mark.parametrize("on_interrupt", ["keep", "cancel"])
async def test_a_cancelled_task_carries_the_job(on_interrupt: Any) -> None:
    cancelled = json_reply(202, {"status": "CANCELLATION_REQUESTED"})
    http = ScriptedHttp([fal.queued(), fal.waiting(), cancelled])
    clock = _Forever()
    effects = fake_effects(http=http, clock=clock)
    task = asyncio.ensure_future(
        generate_video_async(fal.config(), fal.REQUEST, effects=effects, on_interrupt=on_interrupt)
    )
    await clock.sleeping.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    kept: VideoGeneration = caught.value.generation  # type: ignore[attr-defined]  # it was marked
    assert kept.request_id == "job-1"
    assert http.unused == (2 if on_interrupt == "keep" else 0)


# The value itself.


def test_the_json_is_small_and_has_no_key() -> None:
    request = VideoGenerationRequest(
        prompt="A drone shot over mountain peaks at golden hour " * 4,
        duration_seconds=6,
        aspect_ratio="16:9",
        resolution="1080p",
        image_list=[{"image": "https://example.com/a.png", "type": "first_frame"}],
        seed=7,
    )
    config = fal.config(
        api_key="canary",
        model="fal-ai/veo3/image-to-video",
        provider_config={"access_token": "canary"},
        fallback_configs=[fal.config(api_key="canary", model="fal-ai/sora-2/image-to-video")],
    )
    _, effects = _world(fal.queued())
    text = start_video(config, request, effects=effects).to_json()
    assert len(text.encode()) < 2048
    assert "canary" not in text


def test_bytes_are_not_kept_and_a_chain_that_needs_them_says_so(tmp_path: Path) -> None:
    image = MediaContent(b"\x89PNG" + bytes(10_000), "image/png")
    request = VideoGenerationRequest(prompt="a kite", image_list=[image])
    model = "fal-ai/veo3/image-to-video"
    chain = fal.config(model=model, fallback_configs=[fal.config(model=model)])
    _, effects = _world(fal.queued())
    started = start_video(chain, request, effects=effects)
    assert len(started.to_json()) < 2048
    kept = VideoGeneration.from_json(started.to_json())
    assert (kept.media_omitted, kept.request.image_list) == (True, ())
    _, effects = _world(fal.completed(), fal.result())
    response = resume_video(kept, effects=effects, journal=SqliteJournal(tmp_path / "journal"))
    assert response.video == fal.URL
    assert "were given as bytes, which a saved generation does not keep" in response.warnings[-1]


def test_the_value_survives_json_and_pickling() -> None:
    generation = _started(api_key=None, fallback_configs=[_OK])
    assert VideoGeneration.from_json(generation.to_json()) == generation
    assert pickle.loads(pickle.dumps(generation)) == generation  # noqa: S301 - our own bytes
    assert len({generation, _started(api_key=None)}) == 2
    assert generation.started_at.utcoffset() == timedelta(0)
    assert generation.job == Job(id="job-1", urls=generation.job.urls if generation.job else {})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 3}', '{"version": 1}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="this is not the JSON of a VideoGeneration"):
        VideoGeneration.from_json(text)


def test_the_errors_of_journals_are_declared() -> None:
    assert issubclass(JournalError, TarashException)
