"""What a failed test shows: the lines of the test's own code, and the message."""

import re
import textwrap
from collections.abc import Callable
from typing import Final

import pytest

pytest_plugins = ("pytester",)
pytestmark = pytest.mark.slow

_CODE: Final = """
    from tarash.tarash_gateway import (
        VideoGenerationConfig, VideoGenerationRequest, generate_video, generate_video_async
    )

    CONFIG = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    REQUEST = VideoGenerationRequest(prompt="a kite")

    def make(**more):
        return generate_video(CONFIG, REQUEST, **more)

    async def make_async(**more):
        return await generate_video_async(CONFIG, REQUEST, **more)
"""

# For each test: the files and lines that are shown, and the end of the message.
_TESTS: Final = """
    import asyncio
    import unittest
    import pytest
    from films import CONFIG, REQUEST, make, make_async
    from tarash.tarash_gateway import TarashException, functional
    from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

    def test_unscripted(scripted_video):
        make()

    def test_unscripted_async(scripted_video):
        asyncio.run(make_async())

    def test_refused(scripted_video):
        scripted_video.refuses(401)
        make()

    def test_no_reply(fake_clock):
        make(effects=fake_effects(http=ScriptedHttp([]), environment={"FAL_KEY": "key"}))

    def test_wrapped(scripted_video):
        try:
            make()
        except Exception as error:
            raise RuntimeError("the film failed") from error

    def test_misspelt(scripted_video):
        make(on_progres=print)

    def test_callback(scripted_video):
        scripted_video.completes()
        make(on_progress=_refuse)

    def _refuse(update):
        pytest.fail("the callback's own words")

    async def _both():
        async with asyncio.TaskGroup() as group:
            group.create_task(make_async())

    def test_group(scripted_video):
        scripted_video.refuses(401)
        asyncio.run(_both())

    @pytest.mark.usefixtures("scripted_video")
    class TestOld(unittest.TestCase):
        def test_old(self):
            make()
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs these tests, or others, in a process of their own."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(films=textwrap.dedent(_CODE))

    def project(*arguments: str, code: str = _TESTS) -> pytest.RunResult:
        pytester.makepyfile(test_films=textwrap.dedent(code))
        return pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider", *arguments)

    return project


def _sections(ran: pytest.RunResult) -> dict[str, str]:
    """Return what is shown of each failure."""
    whole = ran.stdout.str()
    parts = re.split(r"^_{3,} (.+?) _{3,}$", whole, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_a_failure_shows_the_caller_s_lines_and_the_message(run: Run) -> None:
    # when tests fail in every way in which a call can fail
    ran = run("--tb=short")
    ran.assert_outcomes(failed=9)
    shown = _sections(ran)
    # then no file of the library is shown, nor what it calls; asyncio is the caller's own
    for name, section in shown.items():
        files = re.findall(r'([^\s"]+\.py)(?::\d+: in |", line \d+)', section)
        assert any(file.endswith("test_films.py") for file in files), name
        assert not [file for file in files if "tarash" in file or "concurrent" in file], name
    # and the message comes right after the line of the call
    for name in ("test_unscripted", "test_unscripted_async", "TestOld.test_old"):
        assert re.search(
            r"films\.py:\d+: in make\w*\n    return .*\n(?: +\^+\n)?"
            r"E   AssertionError: submission 1 of this test went to fal",
            shown[name],
        ), shown[name]
    assert "in make\n" in shown["test_refused"]
    assert "E   tarash.tarash_gateway.exceptions.AuthenticationError: " in shown["test_refused"]
    assert "no reply is left for POST https://queue.fal.run/fal-ai/veo3" in shown["test_no_reply"]
    assert "on_progres" in shown["test_misspelt"]
    assert "AuthenticationError" in shown["test_group"]


def test_a_cause_and_a_callback_are_shown(run: Run) -> None:
    shown = _sections(run("--tb=short", "-k", "test_wrapped or test_callback"))
    # The cause has the line of the call, and so has the error that code made of it.
    assert shown["test_wrapped"].count("test_films.py:") == 2
    assert "in make\n" in shown["test_wrapped"]
    assert "The above exception was the direct cause" in shown["test_wrapped"]
    # What the library calls back is the test's own.
    assert "in _refuse\n" in shown["test_callback"]
    assert "E   Failed: the callback's own words" in shown["test_callback"]


@pytest.mark.parametrize("option", ["--full-trace", "--tb=native", "-pno:tarash_tracebacks"])
def test_all_frames_are_there_for_who_asks(run: Run, option: str) -> None:
    shown = run(option, "-k", "test_unscripted and not async").stdout.str()
    assert "running" in shown
    assert shown.count("faces.py") >= 1
    assert "scripted.py" in shown


def test_a_bug_in_the_library_keeps_its_frames(run: Run) -> None:
    # given a call within which something goes wrong that nobody raises
    code = """
        from films import make
        from tarash.tarash_gateway.running import steps

        def test_a_bug(scripted_video, monkeypatch):
            monkeypatch.setattr(steps, "exchange", None)
            make()
    """
    # then the frames are what a report of the bug needs
    shown = _sections(run("--tb=short", code=code))["test_a_bug"]
    assert "steps.py" in shown
    assert "'NoneType' object is not callable" in shown


def test_a_failure_is_told_once(run: Run) -> None:
    code = """
        from films import make

        def test_unscripted(scripted_video):
            make()

        def test_failed_before_all_happened(scripted_video):
            scripted_video.completes(times=2)
            make()
            assert 1 == 2

        def test_swallowed_and_failed(scripted_video):
            try:
                make()
            except BaseException:
                pass
            assert 1 == 2

        def test_offline(tarash_offline, monkeypatch):
            monkeypatch.setenv("FAL_KEY", "id:secret")
            make()
    """
    ran = run(code=code)
    # then only a failure that says nothing of what was asked has an error beside it
    ran.assert_outcomes(failed=4, errors=1)
    shown = _sections(ran)["ERROR at teardown of test_swallowed_and_failed"]
    # which is its message, and nothing but that
    assert shown.strip().startswith("submission 1 of this test went to fal")
    assert ".py" not in shown.partition("=====")[0]


def test_a_debugger_has_all_frames(run: Run, pytester: pytest.Pytester) -> None:
    # given a debugger that only counts
    pytester.makeconftest(
        """
        def pytest_exception_interact(call):
            traceback, names = call.excinfo.value.__traceback__, []
            while traceback is not None:
                names.append(traceback.tb_frame.f_globals["__name__"])
                traceback = traceback.tb_next
            print("FRAMES OF THE LIBRARY", sum(name.startswith("tarash.") for name in names))
        """
    )
    ran = run("-s", "-k", "test_unscripted and not async")
    (count,) = re.findall(r"FRAMES OF THE LIBRARY (\d+)", ran.stdout.str())
    assert int(count) > 10


def test_an_assertion_in_a_callback_fails_the_test(run: Run) -> None:
    # given callbacks that assert something, which the library must not raise to its caller
    code = """
        import asyncio
        from films import make, make_async

        def _look(update):
            assert update.status == "nonsense"

        async def _look_async(update):
            assert update.status == "nonsense"

        def _break(update):
            raise ValueError("a bug, which the library logs")

        def test_wrong(scripted_video):
            scripted_video.completes()
            assert make(on_progress=_look).status == "completed"

        def test_wrong_async(scripted_video):
            scripted_video.completes()
            asyncio.run(make_async(on_progress=_look_async))

        def test_right(scripted_video):
            scripted_video.completes()
            make(on_progress=lambda update: None)

        def test_broken(scripted_video):
            scripted_video.completes()
            make(on_progress=_break)
    """
    ran = run(code=code)
    # then those fail whose assertion does not hold, by that, with its line
    ran.assert_outcomes(failed=2, passed=2)
    for name in ("test_wrong", "test_wrong_async"):
        assert '>       assert update.status == "nonsense"' in _sections(ran)[name]
