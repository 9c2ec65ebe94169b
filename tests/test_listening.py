"""The caller's callback: whatever it does, the generation goes on and one job is paid."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import VideoGenerationUpdate, generate_video, generate_video_async
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects


def _raises(error: BaseException) -> Callable[[VideoGenerationUpdate], None]:
    def callback(_update: VideoGenerationUpdate) -> None:
        raise error

    return callback


def _raises_later(error: BaseException) -> Callable[[VideoGenerationUpdate], Awaitable[None]]:
    async def callback(_update: VideoGenerationUpdate) -> None:
        await asyncio.sleep(0)
        raise error

    return callback


class _BrokenAwaitable:
    def __await__(self) -> Any:
        message = "a bug in __await__"
        raise RuntimeError(message)


class _Callable:
    def __call__(self, update: VideoGenerationUpdate) -> None:
        update.progress.step()  # type: ignore[attr-defined]  # the bug under test


def _changes(update: VideoGenerationUpdate) -> None:
    update.status = "failed"  # type: ignore[misc]  # the bug under test


def _recurses(update: VideoGenerationUpdate) -> None:
    _recurses(update)


def _starts_a_loop(_update: VideoGenerationUpdate) -> None:
    coroutine = asyncio.sleep(0)
    try:
        asyncio.get_event_loop_policy().get_event_loop().run_until_complete(coroutine)
    except RuntimeError:
        coroutine.close()
        raise


_BUGS: dict[str, Callable[..., Any]] = {
    "value error": _raises(ValueError("bug")),
    "key error": _raises(KeyError("bug")),
    "connection error": _raises(ConnectionError("looks like the network")),
    "timeout": _raises(TimeoutError("looks like ours")),
    "os error": _raises(OSError("disk full")),
    "stop iteration": _raises(StopIteration()),
    "assertion": _raises(AssertionError("bug")),
    "recursion": _recurses,
    "wrong arity": lambda: None,
    "too many": lambda _a, _b: None,
    "keyword only": lambda *, update: update,
    "attribute": _Callable(),
    "frozen": _changes,
    "exception group": _raises(ExceptionGroup("many", [ValueError("a")])),
    "partial": functools.partial(_raises(ValueError("bug"))),
    "later value error": _raises_later(ValueError("bug")),
    "later timeout": _raises_later(TimeoutError("looks like ours")),
    "later stop": _raises_later(StopAsyncIteration()),
    "broken awaitable": lambda _update: _BrokenAwaitable(),
    "returns nonsense": lambda _update: 42,
    "unicode": _raises(UnicodeDecodeError("utf-8", b"x", 0, 1, "bug")),
    "no message": _raises(Exception()),
}


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "asyncio"])
@pytest.mark.parametrize("bug", _BUGS)
def test_a_bug_in_the_callback_changes_nothing(
    bug: str, caplog: pytest.LogCaptureFixture, *, asynchronous: bool
) -> None:
    http = ScriptedHttp([fal.queued(), fal.running(), *fal.success()[1:]])
    effects, callback = fake_effects(http=http), _BUGS[bug]
    call = (fal.config(), fal.REQUEST)
    if asynchronous:
        response = asyncio.run(generate_video_async(*call, on_progress=callback, effects=effects))
    else:
        response = generate_video(*call, on_progress=callback, effects=effects)
    assert response.video == fal.URL
    assert [asked.method for asked in http.requests] == ["POST", "GET", "GET", "GET"]
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == (0 if bug == "returns nonsense" else 1)
    assert all(record.name == "tarash.tarash_gateway" for record in errors)


def test_a_callback_that_starts_a_loop_in_a_loop_is_a_bug_like_any_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        effects = fake_effects(http=ScriptedHttp(fal.success()))
        call = (fal.config(), fal.REQUEST)
        response = await generate_video_async(*call, on_progress=_starts_a_loop, effects=effects)
        assert response.video == fal.URL

    asyncio.run(main())
    assert len(caplog.records) == 1


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a running loop"])
def test_a_blocking_call_runs_an_async_callback(*, inside: bool) -> None:
    seen: list[str] = []

    async def callback(update: VideoGenerationUpdate) -> None:
        await asyncio.sleep(0)
        seen.append(update.status)

    def call() -> None:
        effects = fake_effects(http=ScriptedHttp(fal.success()))
        generate_video(fal.config(), fal.REQUEST, on_progress=callback, effects=effects)

    async def main() -> None:
        call()

    if inside:
        asyncio.run(main())
    else:
        call()
    assert seen == ["queued", "completed"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_what_ends_the_process_is_no_bug(error: BaseException) -> None:
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    with pytest.raises(type(error)):
        generate_video(fal.config(), fal.REQUEST, on_progress=_raises(error), effects=effects)
