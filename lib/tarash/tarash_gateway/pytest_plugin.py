"""The fixtures of pytest for code that uses the library: see docs/guides/testing.md.

pytest loads this module in every project that has the library installed. So it imports nothing but
pytest, which is there, until a fixture is asked for.
"""

import logging
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pytest

if TYPE_CHECKING:
    from .testing import FakeClock, OfflineHttp, RecordMode, ReplayedVideo, ScriptedVideo
    from .testing.tracebacks import Saved

__all__ = ["fake_clock", "replayed_video", "scripted_video", "tarash_offline"]

_MODE: Final = "--record-mode"
_OFFLINE: Final = "tarash_offline"
_MARKER: Final = "tarash_cassette"
_STACK: Final = pytest.StashKey[ExitStack]()
# What the failure of a test said, with its causes.
_FAILED: Final = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the setting."""
    if find_spec("pytest_recording") is None:
        # Where it is installed, it has the option, with the same modes.
        parser.getgroup("tarash").addoption(
            _MODE,
            default="none",
            choices=["none", "once", "new_episodes", "all", "rewrite"],
            help="Whether cassettes of videos are replayed (none) or recorded with your own key.",
        )
    parser.addini(
        _OFFLINE, "Fail each test that would send a request to a provider.", "bool", default=False
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tell of the marker, and let the option hold for every cassette of the process."""
    config.addinivalue_line(
        "markers",
        f'{_MARKER}("path"): the cassette of the fixture replayed_video, from the test\'s folder',
    )
    config.stash[_STACK] = ExitStack()
    if (mode := _mode(config)) != "none":
        from .testing import recording  # noqa: PLC0415 - most runs record nothing

        config.stash[_STACK].enter_context(recording(mode))
    if config.getini(_OFFLINE):
        config.pluginmanager.register(_Offline(), "tarash_offline")
    config.pluginmanager.register(_Callbacks(), "tarash_callbacks")
    if not config.getoption("fulltrace") and config.getoption("tbstyle") != "native":
        config.pluginmanager.register(_Tracebacks(), "tarash_tracebacks")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the option hold no longer."""
    config.stash[_STACK].close()


def _mode(config: pytest.Config) -> "RecordMode":
    return cast("RecordMode", config.getoption(_MODE, default=None) or "none")


class _Offline:
    """Registered where the setting says that every test is offline."""

    @pytest.fixture(autouse=True)
    def _tarash_is_offline(self, tarash_offline: "OfflineHttp") -> None:
        """Ask for the guard before every other fixture."""


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Keep what a failure said: the fixtures do not say it once more."""
    if call.when == "call" and call.excinfo is not None:
        said: list[str] = []
        error: BaseException | None = call.excinfo.value
        while error is not None:
            said.append(str(error))
            error = error.__cause__ or error.__context__
        item.stash[_FAILED] = "\n".join(said)


def _finish(
    request: pytest.FixtureRequest, check: Callable[[], None], problems: Sequence[str]
) -> None:
    """Fail a test by what its world found, unless the test has failed by that, or before it.

    Only the message is shown: no line of the test has raised it.
    """
    said = request.node.stash.get(_FAILED, None)
    if said is not None and all(problem in said for problem in problems):
        return
    found = ""
    try:
        check()
    except AssertionError as error:
        found = str(error)
    if found:
        pytest.fail(found, pytrace=False)


class _Callbacks(logging.Handler):
    """Fails a test whose ``on_progress`` asserts something that is not so.

    The library logs what a callback raises, and goes on: a bug there must not cost a job. In a
    test, an assertion would be lost that way.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._raised: list[AssertionError] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the assertion of a callback."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, AssertionError) and record.module == "progress":
            self._raised.append(error)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Raise it when the test has ended without another error."""
        log = logging.getLogger(__package__)
        self._raised.clear()
        log.addHandler(self)
        try:
            result = yield
        finally:
            log.removeHandler(self)
        if self._raised:
            raise self._raised[0]
        return result


class _Tracebacks:
    """Shows where the test's own code called the library, and not the way within the library.

    Registered under a name, so that ``-p no:tarash_tracebacks`` leaves it out.
    """

    def __init__(self) -> None:
        self._saved: list[Saved] = []

    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Shorten the tracebacks while the report is made of them."""
        if call.excinfo is None or f"{__package__}.exceptions" not in sys.modules:
            return
        from .testing import tracebacks  # noqa: PLC0415 - most tests pass

        error = call.excinfo.value
        self._saved = tracebacks.shorten(error)
        if (shortened := error.__traceback__) is not None:
            call.excinfo.traceback = type(call.excinfo.traceback)(shortened)

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self) -> None:
        """Give a debugger all frames."""
        if self._saved:
            from .testing import tracebacks  # noqa: PLC0415 - as above

            tracebacks.restore(self._saved)
            self._saved = []


@pytest.fixture
def tarash_offline(request: pytest.FixtureRequest) -> "Iterator[OfflineHttp]":
    """Fail the test if a call would send a request to another machine.

    ``tarash_offline = true`` in pytest's settings is the same for every test. Calls with effects of
    their own, the mock, and the other fixtures are not concerned.
    """
    from .testing.offline import offline  # noqa: PLC0415 - see the module

    with offline() as guard:
        yield guard
    _finish(request, guard.check, guard.refused)


@pytest.fixture
def fake_clock() -> "Iterator[FakeClock]":
    """A clock whose sleeps return at once, for every call of the test that has no effects."""
    from .testing import FakeClock, on_clock  # noqa: PLC0415 - see the module

    clock = FakeClock()
    with on_clock(clock):
        yield clock


@pytest.fixture
def scripted_video(
    request: pytest.FixtureRequest, fake_clock: "FakeClock"
) -> "Iterator[ScriptedVideo]":
    """The providers, which do what the test says: see `ScriptedVideo`.

    At the end of a test that passed, everything that was scripted must have happened.
    """
    from .testing import ScriptedVideo, default_effects  # noqa: PLC0415 - see the module

    world = ScriptedVideo(clock=fake_clock)
    with default_effects(world.effects):
        yield world
    _finish(request, world.check, world.problems)


@pytest.fixture
def replayed_video(request: pytest.FixtureRequest) -> "Iterator[ReplayedVideo]":
    """The providers as a cassette has them, or, with ``--record-mode``, as they are.

    The cassette is ``cassettes/MODULE/TEST.yaml`` beside the test's file, or the one that the
    marker ``tarash_cassette`` names, from the same folder.
    """
    if find_spec("vcr") is None:
        message = "replayed_video needs vcrpy: pip install vcrpy"
        raise pytest.UsageError(message)
    from .testing import tapes  # noqa: PLC0415 - see the module

    cassette, mode = _cassette_of(request), _mode(request.config)
    plays = tapes.is_played(cassette, mode)
    clock = request.getfixturevalue("fake_clock") if plays else None
    with tapes.replay_in_place(cassette, mode, clock) as replayed:
        yield replayed


def _cassette_of(request: pytest.FixtureRequest) -> Path:
    folder = request.path.parent
    marker = request.node.get_closest_marker(_MARKER)
    if marker is None:
        name = "".join(c if c.isalnum() or c in "-_.[]" else "-" for c in request.node.name)
        return folder / "cassettes" / request.path.stem / f"{name}.yaml"
    if len(marker.args) != 1 or marker.kwargs:
        message = f'{_MARKER} takes one path: @pytest.mark.{_MARKER}("cassettes/kite.yaml")'
        raise pytest.UsageError(message)
    return folder / str(marker.args[0])
