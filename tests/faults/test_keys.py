"""One key from many threads and processes at once, and killed at random: one submission."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tarash.tarash_gateway import (
    SqliteJournal,
    SubmissionUnknownError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    generate_video_async,
)

from .server import Running, Script, running

_THREADS = 20
_PROCESSES = 8
_KILLS = 30
_REQUEST = VideoGenerationRequest(prompt="a kite")
# One caller in a process of its own; it prints the id of the job that it has.
_CALLER = """
import sys
from tarash.tarash_gateway import *
url, journal, key = sys.argv[1:]
config = VideoGenerationConfig(
    provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.05, timeout=600
)
request = VideoGenerationRequest(prompt="a kite")
sys.stdin.readline()
done = generate_video(
    config, request, journal=SqliteJournal(journal), key=key, measure=False
)
print(done.request_id, flush=True)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


def _config(url: str) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        provider="fal",
        model="fal-ai/veo3",
        api_key="k",
        base_url=url,
        poll_interval=0.05,
        timeout=600,
    )


def _generate(url: str, path: Path, key: str) -> VideoGenerationResponse:
    journal = SqliteJournal(path)
    return generate_video(_config(url), _REQUEST, journal=journal, key=key, measure=False)


def _caller(url: str, path: Path, key: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _CALLER, url, str(path), key]
    return subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_many_threads_submit_once(server: Running, tmp_path: Path) -> None:
    url = server.case("key-threads", Script(dialect="fal", polls=3, delay=0.02))
    path = tmp_path / "journal.sqlite3"
    with ThreadPoolExecutor(_THREADS) as pool:
        calls = [pool.submit(_generate, url, path, "clip") for _ in range(_THREADS)]
        found = {call.result().request_id for call in calls}
    seen = server.seen("key-threads")
    assert found == set(seen.accepted)
    assert seen.requests["submit"] == len(seen.accepted) == 1


async def test_many_tasks_submit_once(server: Running, tmp_path: Path) -> None:
    url = server.case("key-tasks", Script(dialect="fal", polls=3, delay=0.02))
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    calls = [
        generate_video_async(_config(url), _REQUEST, journal=journal, key="clip", measure=False)
        for _ in range(_THREADS)
    ]
    found = {response.request_id for response in await asyncio.gather(*calls)}
    seen = server.seen("key-tasks")
    assert found == set(seen.accepted)
    assert seen.requests["submit"] == len(seen.accepted) == 1


@pytest.mark.slow
def test_many_processes_submit_once(server: Running, tmp_path: Path) -> None:
    url = server.case("key-processes", Script(dialect="fal", polls=3, delay=0.02))
    path = tmp_path / "journal.sqlite3"
    callers = [_caller(url, path, "clip") for _ in range(_PROCESSES)]
    for caller in callers:
        assert caller.stdin is not None
        caller.stdin.write("\n")
        caller.stdin.flush()
    told = [caller.communicate(timeout=120) for caller in callers]
    seen = server.seen("key-processes")
    assert seen.requests["submit"] == len(seen.accepted) == 1
    assert {out.strip() for out, _ in told} == set(seen.accepted), told


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_a_killed_process_and_its_next_run_pay_once(server: Running, tmp_path: Path) -> None:
    path, unknown, finished = tmp_path / "journal.sqlite3", 0, 0
    for number in range(_KILLS):
        # Given a process that is killed at a random moment after it began.
        name, key = f"key-kill-{number}", f"clip-{number}"
        # The first one surely dies between the acceptance and its answer.
        held = None if number else 0
        url = server.case(name, Script(dialect="fal", polls=3, delay=0.03, held=held))
        with _caller(url, path, key) as caller:
            assert caller.stdin is not None
            caller.stdin.write("\n")
            caller.stdin.flush()
            seen, dice = server.seen(name), random.Random(number)
            wanted = dice.randrange(0, 5) if number else 1
            while sum(seen.requests.values()) < wanted and caller.poll() is None:
                time.sleep(0.001)
            time.sleep(dice.random() * 0.1)
            with suppress(ProcessLookupError):
                os.kill(caller.pid, signal.SIGKILL)
            caller.communicate()
        server.let_go(name)
        # When the call is made again, by several threads at once.
        with ThreadPoolExecutor(3) as pool:
            calls = [pool.submit(_generate, url, path, key) for _ in range(3)]
            errors = [call.exception() for call in calls]
        # Then all of them have the video of the one job, or nobody can know.
        assert len(seen.accepted) <= 1
        assert seen.requests["submit"] <= 1
        if errors[0] is None:
            assert errors == [None] * 3
            assert {call.result().request_id for call in calls} == set(seen.accepted)
            finished += 1
        else:
            assert all(isinstance(error, SubmissionUnknownError) for error in errors)
            unknown += 1
    # The kills fell on both sides.
    assert finished > 0
    assert unknown > 0
