"""A key planted in header, query and settings is found nowhere else, whatever fails."""

import io
import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

from tarash.tarash_gateway import (
    SqliteJournal,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    codec,
    generate_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects

from . import matrix
from .matrix import Trial, hurried
from .server import Running, running

pytestmark = pytest.mark.slow

_HEADER, _QUERY, _SETTING = "canary-header-1", "canary-query-2", "canary-setting-3"
_CANARIES = (_HEADER, _QUERY, _SETTING)
# Most of the time of a trial is spent in waiting.
_AT_ONCE = 8
_TRIALS = [trial for trial in matrix.trials() if not trial.always]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, with the extras of its records."""
    stream = io.StringIO()

    class Everything(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            stream.write(f"{record.getMessage()} {vars(record)!r}\n")

    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def _config(trial: Trial, server: Running) -> VideoGenerationConfig:
    config = matrix.config_of(trial, server.case(trial.name, trial.script))
    return attrs.evolve(
        config,
        api_key=_HEADER,
        provider_config={**config.provider_config, "access_token": _SETTING},
        request_timeout=0.15,
        timeout=1.0,
    )


def _told(error: BaseException) -> str:
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines) + repr(error)


def _texts(config: VideoGenerationConfig, effects: Effects, journal: SqliteJournal) -> list[str]:
    """Return every text that a call leaves."""
    # A parameter that looks like a key is the body's, and nothing else's.
    request = VideoGenerationRequest(prompt="a kite", extra_params={"token": _QUERY})
    kept = [repr(config), codec.to_json(config)]
    try:
        response = generate_video(config, request, effects=hurried(effects), journal=journal)
    except TarashException as error:
        generation = [] if error.generation is None else [error.generation.to_json()]
        told = _told(error).replace(repr(request), "")
        # The request's own JSON keeps its parameters: they are the user's.
        return [*kept, told, codec.to_json(error), *(t.replace(_QUERY, "") for t in generation)]
    return [*kept, codec.to_json(response)]


def test_no_text_about_a_failure_has_a_key(
    server: Running, log: io.StringIO, tmp_path: Path
) -> None:
    effects = live_effects()
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        every = pool.map(lambda trial: _texts(_config(trial, server), effects, journal), _TRIALS)
        found = [
            (canary, f"{trial.name}: {text[:200]}")
            for trial, texts in zip(_TRIALS, every, strict=True)
            for text in texts
            for canary in (_HEADER, _SETTING)
            if canary in text
        ]
    assert found == []
    folder = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode(errors="replace")
    assert log.getvalue().count("HTTP") > len(_TRIALS)
    for canary in (_HEADER, _SETTING):
        assert canary not in folder
    for canary in _CANARIES:
        assert canary not in log.getvalue()
