"""A handler, an object with two methods, is a provider: fallback, attempts, journal and all."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    GenerationFailedError,
    HTTPConnectionError,
    MediaContent,
    ProgressCallback,
    RateLimitError,
    SqliteJournal,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    functional,
    generate_video,
    generate_video_async,
    plan_video,
    register_provider,
    registry,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.providers.handlers import provider_from
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.job import Job
from tarash.tarash_gateway.values.secrets import Secret

_REQUEST = VideoGenerationRequest(prompt="a kite", duration_seconds=5)
_KITE = VideoGenerationResponse(
    request_id="kite-1", video="https://kite.example/a.mp4", raw_response={"id": "kite-1"}
)
_RUNNING = VideoGenerationUpdate(request_id="kite-1", status="processing", progress_percent=40)


@attrs.define
class Kite:
    """Answers with a value, or raises one; remembers what it was asked."""

    answer: Any = _KITE
    asked: list[tuple[str, VideoGenerationConfig, VideoGenerationRequest]] = attrs.field(
        factory=list
    )
    loops: list[asyncio.AbstractEventLoop] = attrs.field(factory=list)

    def generate_video(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        on_progress: ProgressCallback | None = None,
    ) -> VideoGenerationResponse:
        self.asked.append(("blocking", config, request))
        if on_progress is not None:
            on_progress(_RUNNING)
        return self._answered()

    async def generate_video_async(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        on_progress: ProgressCallback | None = None,
    ) -> VideoGenerationResponse:
        self.asked.append(("asyncio", config, request))
        self.loops.append(asyncio.get_running_loop())
        if on_progress is not None:
            pending = on_progress(_RUNNING)
            if pending is not None:
                await pending
        return self._answered()

    def _answered(self) -> VideoGenerationResponse:
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: VideoGenerationResponse = self.answer
        return answer


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {})


def _config(**changes: Any) -> VideoGenerationConfig:
    return VideoGenerationConfig(**{"provider": "kite", "model": "k1", **changes})


def _with(**changes: Any) -> VideoGenerationResponse:
    """Return a response as untyped code makes it."""
    return attrs.evolve(_KITE, **changes)


_FALLBACK = [VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="k")]


def test_a_handler_generates() -> None:
    # given a registered handler
    kite = Kite()
    register_provider("kite", kite)
    heard: list[VideoGenerationUpdate] = []
    config = _config(api_key="key")
    # when a video is asked for
    response = generate_video(config, _REQUEST, heard.append, effects=fake_effects())
    # then it was called once, with all it needs, and what it returned is the response
    assert kite.asked == [("blocking", config, _REQUEST)]
    assert (response.video, response.request_id, response.duration) == (_KITE.video, "kite-1", 5)
    assert response.raw_response == {"id": "kite-1"}
    assert response.execution_metadata is not None
    (attempt,) = response.execution_metadata.attempts
    assert (attempt.provider, attempt.status, attempt.submission) == (
        "kite",
        "success",
        "accepted",
    )
    assert [update.status for update in heard] == ["processing", "completed"]


async def test_a_coroutine_runs_in_the_callers_loop() -> None:
    kite = Kite()
    register_provider("kite", kite)
    heard: list[str] = []

    async def tell(update: VideoGenerationUpdate) -> None:
        await asyncio.sleep(0)
        heard.append(update.status)

    response = await generate_video_async(_config(), _REQUEST, tell, effects=fake_effects())
    assert response.video == _KITE.video
    assert kite.asked[0][0] == "asyncio"
    assert kite.loops == [asyncio.get_running_loop()]
    assert heard == ["processing", "completed"]


def test_a_callback_that_fails_costs_no_video() -> None:
    register_provider("kite", Kite())

    def broken(_update: VideoGenerationUpdate) -> None:
        raise RuntimeError

    assert generate_video(_config(), _REQUEST, broken, effects=fake_effects()).video == _KITE.video


@pytest.mark.parametrize(
    ("error", "submission"),
    [
        (GenerationFailedError("it rained", request_id="kite-9"), "accepted"),
        (RateLimitError("slow down", retry_after=5.0), "refused"),
        (HTTPConnectionError("no wind", request_sent=False), "not_sent"),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
async def test_an_error_that_says_so_goes_on_to_the_next_config(
    error: TarashException, submission: str
) -> None:
    # given a handler that fails, and another config
    for kite, call in ((Kite(error), generate_video), (Kite(error), generate_video_async)):
        register_provider("kite", kite)
        effects = fake_effects(http=ScriptedHttp(fal.success()))
        # when a video is asked for
        returned: Any = call(_config(fallback_configs=_FALLBACK), _REQUEST, effects=effects)
        response = await returned if asyncio.iscoroutine(returned) else returned
        # then the handler was called once, the next config has the video, and both are recorded
        assert len(kite.asked) == 1
        assert response.video == fal.URL
        first, second = response.execution_metadata.attempts
        assert (first.provider, first.error_message) == ("kite", error.message)
        assert (first.submission, first.may_still_run) == (submission, False)
        assert second.status == "success"


def test_an_error_that_does_not_say_so_stays() -> None:
    register_provider("kite", Kite(ValidationError("too windy")))
    with pytest.raises(ValidationError, match="too windy") as caught:
        generate_video(_config(fallback_configs=_FALLBACK), _REQUEST, effects=fake_effects())
    (attempt,) = caught.value.attempts
    assert (caught.value.provider, attempt.submission) == ("kite", "refused")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (TimeoutError("not yet", request_id="kite-7"), "the handler of kite gave up waiting"),
        (KeyError("id"), "the handler of kite raised KeyError: 'id'"),
        (ZeroDivisionError("key-in-words"), r"raised ZeroDivisionError: \*\*\*\*"),
        (None, "the handler of kite returned None: it has to return a VideoGenerationResponse"),
        ({"video": "x"}, "the handler of kite returned a dict"),
        (_with(video=3), "returned 3 as video"),
        (_with(video={"content": 1}), "returned a dict as video"),
    ],
)
async def test_what_leaves_a_job_in_doubt_is_an_unknown_submission(
    answer: object, words: str
) -> None:
    register_provider("kite", Kite(answer))
    config = _config(api_key="key-in-words")
    for outcome in (
        result_of(functional.generate_video(config, _REQUEST, effects=fake_effects())),
        result_of(
            await functional.generate_video_async(
                config, _REQUEST, effects=fake_effects()
            ).awaitable()
        ),
    ):
        with pytest.raises(SubmissionUnknownError, match=words) as caught:
            settle(outcome)
        assert caught.value.attempts[-1].submission == "unknown"
        assert "key-in-words" not in str(caught.value)


def test_a_job_that_the_handler_calls_failed_failed() -> None:
    register_provider("kite", Kite(_with(status="failed")))
    with pytest.raises(GenerationFailedError, match="says that the job is 'failed'") as caught:
        generate_video(_config(), _REQUEST, effects=fake_effects())
    (attempt,) = caught.value.attempts
    assert (attempt.submission, attempt.job_ended, attempt.request_id) == (
        "accepted",
        True,
        "kite-1",
    )


def test_bytes_as_a_dictionary_are_bytes() -> None:
    given = {"content": b"abc", "content_type": "video/mp4"}
    register_provider("kite", Kite(_with(video=given)))
    response = generate_video(_config(), _REQUEST, effects=fake_effects())
    assert response.video == MediaContent(b"abc", "video/mp4")


async def test_the_journal_has_the_intent_before_the_call_and_the_end_after_it(
    tmp_path: Path,
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    seen: list[str] = []

    class Looking(Kite):
        def _answered(self) -> VideoGenerationResponse:
            entries = settle(result_of(journal.entries(pending=False)))
            seen.append(entries[-1].state)
            return _KITE

    register_provider("kite", Looking())
    effects = fake_effects()
    generate_video(_config(), _REQUEST, effects=effects, journal=journal)
    await generate_video_async(_config(), _REQUEST, effects=effects, journal=journal)
    assert seen == ["intended", "intended"]
    assert {entry.state for entry in settle(result_of(journal.entries(pending=False)))} == {
        "completed"
    }


def test_a_plan_calls_nobody() -> None:
    kite = Kite()
    register_provider("kite", kite)
    assert plan_video(_config(), _REQUEST, effects=fake_effects()).url == "handler://kite"
    assert kite.asked == []


def test_an_interruption_reaches_the_handler_where_it_runs() -> None:
    # given a handler that is interrupted while it waits, in the thread of its caller
    threads: list[threading.Thread] = []

    class Interrupted(Kite):
        def _answered(self) -> VideoGenerationResponse:
            threads.append(threading.current_thread())
            raise KeyboardInterrupt

    register_provider("kite", Interrupted())
    with pytest.raises(KeyboardInterrupt) as caught:
        generate_video(_config(), _REQUEST, effects=fake_effects())
    assert threads == [threading.current_thread()]
    assert "a submission under way may have been" in caught.value.__notes__[0]


async def test_a_cancelled_task_cancels_the_handlers_coroutine() -> None:
    entered, left = asyncio.Event(), asyncio.Event()

    class Waiting(Kite):
        async def generate_video_async(
            self,
            config: VideoGenerationConfig,  # noqa: ARG002 - a handler's signature
            request: VideoGenerationRequest,  # noqa: ARG002 - likewise
            on_progress: ProgressCallback | None = None,  # noqa: ARG002 - likewise
        ) -> VideoGenerationResponse:
            entered.set()
            try:
                await asyncio.sleep(60)
            finally:
                left.set()
            return _KITE

    register_provider("kite", Waiting())
    task = asyncio.create_task(generate_video_async(_config(), _REQUEST, effects=fake_effects()))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left.is_set()


def test_nothing_is_asked_of_a_job_that_a_handler_never_had() -> None:
    provider = provider_from("kite", Kite())
    target = Target(provider=provider, config=_config())
    reply = HttpResponse(status=200)
    assert "was not called" in provider.accepted(target, reply).failure().message
    assert (
        "keeps its jobs to itself" in provider.polled(target, Job(id="1"), reply).failure().message
    )
    assert "HTTP 200" in provider.failure(target, reply, "submit").error.message
    assert provider.poll(target, Job(id="1")).url == "handler://kite"
    assert provider.authenticate(Secret("k")) == {}
