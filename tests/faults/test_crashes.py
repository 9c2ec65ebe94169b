"""Killed at any moment after the submission left: the journal has every accepted job."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

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

_CHILD = """
import sys
from tarash.tarash_gateway import *
url, journal = sys.argv[1:]
config = VideoGenerationConfig(
    provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.01
)
request = VideoGenerationRequest(prompt=url)
generate_video(config, request, journal=SqliteJournal(journal))
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


def _crash(server: Running, journal: Path, number: int) -> Crash:
    name = f"crash-{number}"
    url = server.case(name, Script(dialect="fal", polls=_POLLS, delay=_DELAY))
    child = subprocess.Popen([sys.executable, "-c", _CHILD, url, str(journal)])  # noqa: S603 - ours
    while not server.seen(name).requests["submit"] and child.poll() is None:
        time.sleep(0.001)
    # Spread evenly over the life of a call, whatever the machine's speed.
    dice = random.Random(number)
    wanted = dice.randrange(0, _POLLS + 2)
    while sum(server.seen(name).requests.values()) < wanted and child.poll() is None:
        time.sleep(0.001)
    time.sleep(dice.random() * 2 * _DELAY)
    child.kill()
    return Crash(name, killed=child.wait() < 0)


def test_a_killed_process_loses_no_accepted_job(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        crashes = list(pool.map(lambda n: _crash(server, path, n), range(_RUNS)))
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
    # The dice of the kills fell on both sides of the acceptance.
    assert collected > 0
    assert unknown > 0
    assert all(server.seen(crash.name).requests["submit"] == 1 for crash in crashes)
    assert {entry.state for entry in pending_videos(journal)} == {"unknown"}


def _case(entry: JournalEntry) -> str:
    return entry.generation.request.prompt.rpartition("/")[2]
