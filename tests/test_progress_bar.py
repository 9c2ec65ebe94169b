"""``on_progress="bar"``: what it shows in a terminal and elsewhere, and that it costs no job."""

import asyncio
import io
import logging
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.fal_world import FalWorld, error_reply
from tests.support.saving import VIDEO
from tests.support.terminals import Shown, run_in_terminal

from tarash.tarash_gateway import (
    GenerationFailedError,
    MediaContent,
    SqliteJournal,
    ValidationError,
    VideoGenerationResponse,
    functional,
    generate_video,
    generate_video_async,
    generate_videos,
    generate_videos_async,
    resume_video,
    save_video,
    start_video,
    wait_for_webhook,
)
from tarash.tarash_gateway.display.screens import screen
from tarash.tarash_gateway.display.words import place_of
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.disk import SystemDisk
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects

_URL = fal.URL
_FINISHED = VideoGenerationResponse(request_id="job-1", video=_URL)


@pytest.fixture(autouse=True)
def _no_bar_is_left() -> Iterator[None]:
    yield
    assert screen().rows == 0


def _blocking(effects: Effects, **options: Any) -> VideoGenerationResponse:
    return generate_video(fal.config(), fal.REQUEST, "bar", effects=effects, **options)


def _asyncio(effects: Effects, **options: Any) -> VideoGenerationResponse:
    call = generate_video_async(fal.config(), fal.REQUEST, "bar", effects=effects, **options)
    return asyncio.run(call)


Generate = Callable[..., VideoGenerationResponse]
_both = pytest.mark.parametrize("generate", [_blocking, _asyncio], ids=["blocking", "asyncio"])


def _after(clock: FakeClock, seconds: float, reply: HttpResponse) -> Any:
    def answer(_request: HttpRequest) -> HttpResponse:
        clock.advance(seconds)
        return reply

    return answer


# Without a terminal: lines.


@_both
def test_without_a_terminal_each_news_is_a_line_on_stderr(
    generate: Generate, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a job that waits, works and is polled several times without news
    clock = FakeClock()
    replies = [
        fal.queued(),
        fal.waiting(),
        _after(clock, 100, fal.running()),
        *[fal.running()] * 3,
        fal.completed(),
        fal.result(),
    ]
    generate(fake_effects(http=ScriptedHttp(replies), clock=clock))
    # then there is one line for each thing that happened, and nothing on stdout
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [line.partition(" (")[0] for line in shown.err.splitlines()]
    assert lines == [
        "in queue",
        "in queue, 2 ahead",
        "generating",
        "completed, 100 %",
        f"finished in 2 min: {_URL}",
    ]
    assert "generating (2 min)" in shown.err


def test_the_last_line_says_which_file_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    http = ScriptedHttp([HttpResponse(status=200, body=VIDEO)])
    effects = attrs.evolve(fake_effects(http=http), disk=SystemDisk())
    place = tmp_path / "kite.mp4"
    saved = save_video(_FINISHED, place, on_progress="bar", effects=effects)
    assert saved.path == place
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("downloading ")
    assert lines[-1] == f"finished in 0 s: {place}"


def test_every_verb_that_waits_takes_a_bar(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    started = fake_effects(http=ScriptedHttp([fal.queued()]))
    job = start_video(fal.config(), fal.REQUEST, effects=started)

    def rest() -> Effects:
        return fake_effects(http=ScriptedHttp([fal.running(), fal.completed(), fal.result()]))

    resume_video(job, config=fal.config(), on_progress="bar", effects=rest())
    resumed = capsys.readouterr().err
    wait_for_webhook(job, journal, config=fal.config(), on_progress="bar", effects=rest())
    waited = capsys.readouterr().err
    for shown in (resumed, waited):
        assert shown.startswith("generating (")
        assert shown.endswith(f": {_URL}\n")


@_both
def test_a_failure_leaves_no_last_line(
    generate: Generate, capsys: pytest.CaptureFixture[str]
) -> None:
    effects = fake_effects(http=ScriptedHttp([fal.queued(), fal.failed()]))
    with pytest.raises(GenerationFailedError):
        generate(effects)
    assert "finished" not in capsys.readouterr().err


@_both
def test_an_interruption_ends_the_bar(generate: Generate) -> None:
    def interrupt(_request: HttpRequest) -> HttpResponse:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(fake_effects(http=ScriptedHttp([fal.queued(), interrupt])))


def test_a_cancelled_task_ends_its_bar() -> None:
    async def main() -> None:
        polled = asyncio.Event()

        class Clock(FakeClock):
            async def sleep_async(self, seconds: float) -> None:  # noqa: ARG002 - a long one
                polled.set()
                await asyncio.sleep(3600)

        effects = fake_effects(http=ScriptedHttp([fal.queued(), fal.running()]), clock=Clock())
        call = generate_video_async(fal.config(), fal.REQUEST, "bar", effects=effects)
        task = asyncio.create_task(call)
        await polled.wait()
        assert screen().rows == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_calls_at_the_same_time_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        worlds = [fake_effects(http=ScriptedHttp(fal.success(f"job-{n}"))) for n in range(2)]
        calls = (
            generate_video_async(fal.config(), fal.REQUEST, "bar", effects=each) for each in worlds
        )
        await asyncio.gather(*calls)

    asyncio.run(main())
    lines = capsys.readouterr().err.splitlines()
    assert {line.partition(":")[0] for line in lines} == {"job-0", "job-1"}
    assert sum("finished" in line for line in lines) == 2


@pytest.mark.parametrize("wrong", ["baar", "", 3, True, b"bar"])
def test_another_text_is_refused_before_anything_is_sent(wrong: Any) -> None:
    http = ScriptedHttp([])
    effects = fake_effects(http=http)
    call = (fal.config(), fal.REQUEST)
    blocking = functional.generate_video(*call, wrong, effects=effects)
    saving = functional.save_video(_FINISHED, "kite.mp4", on_progress=wrong, effects=effects)
    (batch,) = functional.generate_videos(
        fal.config(), [fal.REQUEST], on_progress=wrong, effects=effects
    )
    for outcome in (blocking, saving, batch):
        error = outcome.failure()._inner_value
        assert isinstance(error, ValidationError)
        assert 'or the text "bar", not ' in error.message
    with pytest.raises(ValidationError, match='"bar"'):
        asyncio.run(generate_video_async(*call, wrong, effects=effects))
    assert http.requests == []


# A batch.


def _in_turn(source: Any, **options: Any) -> list[Any]:
    return list(generate_videos(fal.config(), source, on_progress="bar", **options))


def _in_turn_async(source: Any, **options: Any) -> list[Any]:
    async def run() -> list[Any]:
        batch = generate_videos_async(fal.config(), source, on_progress="bar", **options)
        return [item async for item in batch]

    return asyncio.run(run())


@pytest.mark.parametrize("make", [_in_turn, _in_turn_async], ids=["blocking", "asyncio"])
@pytest.mark.parametrize("is_known", [True, False], ids=["list", "generator"])
def test_a_batch_has_a_line_for_each_video(
    make: Callable[..., list[Any]], capsys: pytest.CaptureFixture[str], *, is_known: bool
) -> None:
    # given three requests, of which the second is refused
    prompts = [attrs.evolve(fal.REQUEST, prompt=word) for word in ("kite", "refuse", "sea")]
    fakes = FalWorld(refused={"refuse": error_reply(422)})
    source = prompts if is_known else iter(prompts)
    # when they are made one after the other
    items = make(source, max_in_flight=1, effects=fake_effects(http=fakes))
    # then each is a line, and the last one counts
    assert [item.index for item in items] == [0, 1, 2]
    shown = capsys.readouterr()
    assert shown.out == ""
    *lines, last = shown.err.splitlines()
    assert [line.partition(" ")[0] for line in lines] == (
        ["1/3", "2/3", "3/3"] if is_known else ["1", "2", "3"]
    )
    assert "item 1: error: " in lines[1]
    assert "fal refused the request (no)" in lines[1]
    assert last == "2 videos and 1 failure in 10 s"


def test_leaving_a_batch_early_ends_its_bar(capsys: pytest.CaptureFixture[str]) -> None:
    batch = generate_videos(
        fal.config(),
        [fal.REQUEST] * 5,
        max_in_flight=1,
        on_progress="bar",
        effects=fake_effects(http=FalWorld()),
    )
    with batch:
        next(batch)
        assert screen().rows == 1
    assert screen().rows == 0
    assert capsys.readouterr().err.splitlines()[-1] == "1 video in 5 s"


# A bar costs no job.


class _Broken(io.StringIO):
    def isatty(self) -> bool:
        message = "a bug in a stream"
        raise RuntimeError(message)

    def write(self, _text: str) -> int:
        message = "a bug in a stream"
        raise RuntimeError(message)


@_both
def test_a_stream_with_a_bug_costs_no_video(
    generate: Generate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stderr", _Broken())
    assert generate(fake_effects(http=ScriptedHttp(fal.success()))).video == _URL
    assert any(record.levelno == logging.ERROR for record in caplog.records)


def _closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@_both
@pytest.mark.parametrize("stream", [None, _closed()], ids=["none", "closed"])
def test_a_program_without_stderr_gets_its_video_in_silence(
    generate: Generate,
    stream: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # pythonw has no stderr, and a service may have closed it.
    monkeypatch.setattr(sys, "stderr", stream)
    assert generate(fake_effects(http=ScriptedHttp(fal.success()))).video == _URL
    assert caplog.records == []


# In a terminal: bars.

_PROGRAM = """
import asyncio, os, sys, time
from tarash.tarash_gateway import *

def config(**polling):
    polling = {"delay_between_updates": 0.15, "progress_percentages": [0, 50, 100]} | polling
    mock = MockConfig(polling=MockPollingConfig(**polling))
    return VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=mock)

request = VideoGenerationRequest(prompt="a [red] kite [/INST]")
"""


def _program(story: str, **options: Any) -> Shown:
    shown = run_in_terminal(_PROGRAM + textwrap.dedent(story), **options)
    assert shown.code == 0, shown.screen
    # The cursor is there again, and no line was ever too long for the terminal.
    assert shown.screen.count("\x1b[?25l") == shown.screen.count("\x1b[?25h")
    return shown


def _bars(shown: Shown) -> list[str]:
    return [line for line in shown.drawn if "━" in line]


def test_a_bar_fits_into_eighty_columns_and_is_gone_at_the_end(tmp_path: Path) -> None:
    place = tmp_path / "kite.mp4"
    shown = _program(f"""
        generate_video(config(), request, "bar", save_to={str(place)!r})
        """)
    bars = _bars(shown)
    assert any("generating, 50 %" in bar for bar in bars)
    assert all(len(bar) <= 80 for bar in bars)
    assert all(re.search(r" \d:\d\d$", bar.rstrip()) for bar in bars)
    (line,) = shown.lines
    assert line.startswith("finished in ")
    assert line.endswith(str(place)[-70:])


def test_asyncio_calls_have_a_bar_each_and_their_names() -> None:
    shown = _program("""
        async def main():
            requests = [VideoGenerationRequest(prompt=f"kite {n}") for n in range(3)]
            await asyncio.gather(*(generate_video_async(config(), r, "bar") for r in requests))

        asyncio.run(main())
        """)
    names = {bar.split()[1] for bar in _bars(shown) if "generating" in bar}
    assert len(names) == 3
    assert len(shown.lines) == 3
    assert all("finished in" in line for line in shown.lines)


def test_threads_have_a_bar_each() -> None:
    shown = _program("""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(4) as pool:
            calls = [
                pool.submit(generate_video, config(), VideoGenerationRequest(prompt=f"{n}"), "bar")
                for n in range(8)
            ]
        assert all(call.result().is_mock for call in calls)
        """)
    assert sum("finished in" in line for line in shown.lines) == 8


def test_a_batch_has_one_bar_and_the_output_of_the_program_stands_above_it() -> None:
    # given calls of which none ends before two have begun
    shown = _program("""
        import attrs
        from tarash.tarash_gateway.effects.live import SystemClock, live_effects

        class Together(SystemClock):
            calls = set()

            async def sleep_async(self, seconds):
                self.calls.add(asyncio.current_task())
                while len(self.calls) < 2:
                    await asyncio.sleep(0.01)
                await super().sleep_async(seconds)

        requests = [VideoGenerationRequest(prompt=f"kite {n}") for n in range(4)]
        options = {"max_in_flight": 2, "on_progress": "bar"}
        world = attrs.evolve(live_effects(), clock=Together())
        for item in generate_videos(config(), requests, effects=world, **options):
            print("made", item.index)
        """)
    bars = _bars(shown)
    assert any("0 of 4, 2 running" in bar for bar in bars)
    assert any(re.search("[1-3] of 4.* running .* a (second|minute), ", bar) for bar in bars)
    *made, last = shown.lines
    assert sorted(made) == ["made 0", "made 1", "made 2", "made 3"]
    assert last.startswith("4 videos in ")


def test_the_output_of_a_program_goes_where_it_belongs() -> None:
    # given a program whose stdout is read by another one
    shown = _program(
        """
        stream = sys.stdout
        def tell(update):
            pass
        for item in generate_videos(config(), [request], on_progress="bar"):
            print("made", item.index)
            assert sys.stdout is stream
        """,
        pipe=True,
    )
    assert shown.out == "made 0\n"
    assert "made" not in shown.screen


def test_a_failure_and_an_interruption_leave_the_terminal_as_it_was() -> None:
    shown = _program("""
        import attrs
        from tarash.tarash_gateway.effects.live import SystemClock, live_effects

        class Impatient(SystemClock):
            def sleep(self, seconds):
                raise KeyboardInterrupt

        broken = MockConfig(responses=[MockResponse(error=GenerationFailedError("no wind"))])
        try:
            generate_video(
                VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=broken),
                request, "bar",
            )
        except GenerationFailedError:
            print("failed")
        world = attrs.evolve(live_effects(), clock=Impatient())
        try:
            generate_video(config(), request, "bar", effects=world)
        except KeyboardInterrupt:
            print("interrupted")
        """)
    assert shown.lines == ["failed", "interrupted"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_has_bars_of_its_own() -> None:
    shown = _program("""
        import warnings

        warnings.simplefilter("ignore", DeprecationWarning)
        for item in generate_videos(config(), [request], on_progress="bar"):
            child = os.fork()
            if child == 0:
                response = generate_video(config(), request, "bar")
                print("child", response.status)
                sys.stdout.flush()
                os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """)
    assert "child completed" in shown.drawn
    assert "7" in shown.lines


def test_without_rich_a_terminal_has_lines() -> None:
    shown = _program("""
        class Without:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == "rich":
                    raise ModuleNotFoundError(name)

        import importlib.util
        real = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name == "rich" else real(name, *more)
        sys.meta_path.insert(0, Without())
        generate_video(config(), request, "bar")
        assert "rich" not in sys.modules
        """)
    assert _bars(shown) == []
    assert [line.partition(" (")[0] for line in shown.lines[:4]] == [
        "in queue",
        "in queue, 0 %",
        "generating, 50 %",
        "completed, 100 %",
    ]
    assert shown.lines[4].startswith("finished in ")


_NOTEBOOK = """
import builtins

class ZMQInteractiveShell:
    pass

builtins.get_ipython = ZMQInteractiveShell
"""


@pytest.mark.parametrize(
    ("environment", "setup"),
    [
        ({"TERM": "dumb"}, ""),
        ({"TTY_COMPATIBLE": "0"}, ""),
        # A notebook that cannot draw: rich would only warn.
        ({}, _NOTEBOOK),
    ],
    ids=["dumb", "not compatible", "notebook"],
)
def test_where_nothing_can_be_drawn_there_are_lines(
    environment: dict[str, str], setup: str
) -> None:
    story = f"{setup}\ngenerate_video(config(), request, 'bar')"
    shown = _program(story, environment=environment)
    assert _bars(shown) == []
    assert "generating, 50 %" in shown.screen


def test_a_build_that_forces_colours_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORCE_COLOR", "1")
        _blocking(fake_effects(http=ScriptedHttp(fal.success())))
    assert "\x1b" not in capsys.readouterr().err


def test_a_display_of_the_programs_own_stays_whole() -> None:
    shown = _program("""
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as own:
            own.add_task("flying", total=None)
            generate_video(config(), request, "bar")
        """)
    assert not any("generating" in bar for bar in _bars(shown))
    assert any(line.startswith("generating, 50 %") for line in shown.lines)


def test_an_ascii_terminal_shows_a_name_that_it_cannot_spell(tmp_path: Path) -> None:
    place = tmp_path / "पतंग.mp4"
    shown = _program(
        f"generate_video(config(), request, 'bar', save_to={str(place)!r})",
        environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert any("generating, 50 %" in line for line in shown.drawn)
    assert "\\u092a" in "".join(shown.lines)


# Words.


def test_the_place_of_a_video_has_no_signature_and_no_sequence() -> None:
    signed = attrs.evolve(_FINISHED, video="https://a.example/k.mp4?X-Signature=secret")
    assert place_of(signed) == "https://a.example/k.mp4?..."
    content = attrs.evolve(_FINISHED, video=MediaContent(VIDEO, "video/mp4"))
    assert place_of(content).endswith(" MB in response.video")
    evil = attrs.evolve(_FINISHED, path=Path("k\x1b[2Jite.mp4"))
    assert place_of(evil) == "kite.mp4"
