"""Killed at any moment after the submission left: the journal has every accepted job."""

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import attrs
import pytest
from tests.support.line_process import LineProcess

from tarash.tarash_gateway import (
    JournalEntry,
    SqliteJournal,
    VideoGenerationConfig,
    pending_videos,
    resume_video,
)
from tarash.tarash_gateway.outcome import result_of

from .server import Running, Script, running

pytestmark = pytest.mark.slow

_RUNS = 100
_AT_ONCE = 6
# Long enough for kills to fall into every moment: before the reply, behind it, later.
_DELAY = 0.03
_POLLS = 4

# Makes one call in a process of its own for each line that it reads: forked, because a new
# interpreter would spend most of the test in its imports.
_CALLER = """
import os, sys
from tarash.tarash_gateway import *
for line in sys.stdin:
    url, journal = line.split()
    process = os.fork()
    if not process:
        config = VideoGenerationConfig(
            provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.01
        )
        request = VideoGenerationRequest(prompt=url)
        generate_video(config, request, journal=SqliteJournal(journal))
        os._exit(0)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@attrs.frozen
class Crash:
    """One run: its case, whether it was killed before its end."""

    name: str
    killed: bool


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


class Caller:
    """A process that makes calls in processes of their own, one after the other."""

    def __init__(self) -> None:
        self._process = LineProcess(_CALLER)

    def call(self, url: str, journal: Path) -> int:
        """Begin a call and return the id of its process."""
        self._process.tell(f"{url} {journal}")
        return int(self._process.line())

    def killed(self, process: int) -> bool:
        """Kill the process; return whether it still ran."""
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        return int(self._process.line()) < 0

    def close(self) -> None:
        """End when no call runs any more."""
        self._process.close()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _crash(server: Running, journal: Path, caller: Caller, number: int) -> Crash:
    name = f"crash-{number}"
    # The first one surely dies between the acceptance and its answer.
    held = None if number else 0
    url = server.case(name, Script(dialect="fal", polls=_POLLS, delay=_DELAY, held=held))
    process = caller.call(url, journal)
    while not server.seen(name).requests["submit"] and _runs(process):
        time.sleep(0.001)
    # Spread evenly over the life of a call, whatever the machine's speed.
    dice = random.Random(number)
    wanted = dice.randrange(0, _POLLS + 2) if number else 1
    while sum(server.seen(name).requests.values()) < wanted and _runs(process):
        time.sleep(0.001)
    time.sleep(dice.random() * 2 * _DELAY)
    killed = caller.killed(process)
    server.let_go(name)
    return Crash(name, killed=killed)


def _crashes(server: Running, journal: Path, numbers: Sequence[int]) -> list[Crash]:
    with closing(Caller()) as caller:
        return [_crash(server, journal, caller, number) for number in numbers]


def test_a_killed_process_loses_no_accepted_job(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        shares = [range(first, _RUNS, _AT_ONCE) for first in range(_AT_ONCE)]
        every = pool.map(lambda numbers: _crashes(server, path, numbers), shares)
        crashes = [crash for crashes in every for crash in crashes]
    assert sum(crash.killed for crash in crashes) > _RUNS / 2

    journal = SqliteJournal(path)
    pending = {_case(entry): entry for entry in pending_videos(journal)}
    ended = {
        _case(entry)
        for entry in result_of(journal.entries(pending=False)).unwrap()
        if entry.state == "completed"
    }
    collected, unknown = 0, 0
    for crash in crashes:
        seen = server.seen(crash.name)
        assert len(seen.accepted) <= 1
        if crash.name in ended or not seen.accepted:
            continue
        entry = pending[crash.name]
        if entry.state == "unknown":
            unknown += 1
            continue
        config = VideoGenerationConfig(
            provider="fal",
            model="fal-ai/veo3",
            api_key="k",
            base_url=f"{server.url}/{crash.name}",
            poll_interval=0,
        )
        response = resume_video(entry.generation, config=config, journal=journal)
        assert response.request_id == seen.accepted[0]
        collected += 1
    # The kills fell on both sides of the acceptance.
    assert collected > 0
    assert unknown > 0
    assert all(server.seen(crash.name).requests["submit"] == 1 for crash in crashes)
    assert {entry.state for entry in pending_videos(journal)} == {"unknown"}


def _case(entry: JournalEntry) -> str:
    return entry.generation.request.prompt.rpartition("/")[2]
