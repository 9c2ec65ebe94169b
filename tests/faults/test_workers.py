"""Workers in processes of their own that want the same videos: killed, restarted, never paid twice.

``TARASH_KILLS=100`` runs each story with kills a hundred times.
"""

import logging
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import attrs
import pytest
from tests.support.line_process import LineProcess
from tests.support.places import FilePlace, Place, SchemaPlace
from tests.support.postgres import MISSING, Server, binaries, is_required

from tarash.tarash_gateway import (
    SubmissionUnknownError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    pending_videos,
    start_video,
)
from tarash.tarash_gateway.outcome import result_of

from .server import Running, Script, running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="fork and SIGKILL are POSIX's"),
]

_LOG: Final = logging.getLogger(__name__)
_RUNS: Final = int(os.environ.get("TARASH_KILLS", "10"))
_MANY: Final = 50
_POLLS: Final = 4
_DELAY: Final = 0.02
_REQUEST: Final = VideoGenerationRequest(prompt="a kite")
# Makes one call for each line that it reads, in a forked process, because a new interpreter would
# spend most of the test in its imports. It prints the process's id, what the call has, if anything,
# and how the process ended.
_WORKER: Final = """
import os, sys
from tarash.tarash_gateway import *
from tarash.tarash_gateway.effects import postgres_connections

def call(url, key, place, schema):
    journal = PostgresJournal(place, schema=schema) if schema else SqliteJournal(place)
    config = VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.03,
        timeout=600,
    )
    request = VideoGenerationRequest(prompt="a kite")
    try:
        if key:
            done = generate_video(config, request, journal=journal, key=key, measure=False)
        else:
            (entry,) = pending_videos(journal)
            done = resume_video(entry.generation, config=config, journal=journal, measure=False)
        return done.request_id
    except TarashException as error:
        return type(error).__name__

for line in sys.stdin:
    process = os.fork()
    if not process:
        sys.stdin.close()
        os.write(1, ("has " + call(*line.rstrip("\\n").split("\\t")) + "\\n").encode())
        os._exit(0)
    print(process, flush=True)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


class Worker:
    """A process that makes calls, each in a process of its own, one after the other."""

    def __init__(self) -> None:
        self._process = LineProcess(_WORKER)

    def begin(self, url: str, key: str, place: Place) -> int:
        """Begin a call, and return the id of its process; without a key, resume the one job."""
        match place:
            case SchemaPlace(conninfo, schema):
                where = (conninfo, schema)
            case FilePlace(path):
                where = (str(path), "")
            case _:
                raise TypeError(place)
        self._process.tell("\t".join((url, key, *where)))
        return int(self._process.line())

    def end(self) -> str | None:
        """Wait for the call's end; return the job or the error that it has, None if killed."""
        line, found = self._process.line(), None
        while not line.startswith("ended"):
            found = line.removeprefix("has ")
            line = self._process.line()
        return found if line == "ended 0" else None

    def close(self) -> None:
        """End when no call runs any more."""
        self._process.close()


@contextmanager
def _workers(count: int) -> Iterator[Sequence[Worker]]:
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Worker())) for _ in range(count)]


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
        poll_interval=0.03,
        timeout=600,
    )


def _generate(url: str, place: Place, key: str) -> VideoGenerationResponse | Exception:
    journal = place.journal()
    try:
        return generate_video(_config(url), _REQUEST, journal=journal, key=key, measure=False)
    except SubmissionUnknownError as error:
        return error


@attrs.frozen
class Told:
    """What became of a run: how many workers were killed, and whether anybody can know the job."""

    killed: int
    known: bool


def _run(server: Running, place: Place, workers: Sequence[Worker], number: int, kind: str) -> Told:
    name, key, dice = f"kill-{kind}-{number}", f"clip-{number}", random.Random(number)
    url = server.case(name, Script(dialect="fal", polls=_POLLS, delay=_DELAY))
    # Given workers that want the same video at once.
    processes = [worker.begin(url, key, place) for worker in workers]
    # When some of them, or all, are killed: after some request that anybody made, and a moment.
    doomed = dice.sample(processes, dice.randint(1, len(processes)))
    for process in doomed:
        wanted, seen = dice.randrange(0, _POLLS + 3), server.seen(name)
        end = time.monotonic() + 5
        while sum(seen.requests.values()) < wanted and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(dice.random() * 2 * _DELAY)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    had = [worker.end() for worker in workers]
    # Then whoever asks later has the one video, or nobody can know, and the error names the entry.
    last, seen = _generate(url, place, key), server.seen(name)
    assert seen.requests["submit"] <= 1
    assert len(seen.accepted) <= 1
    results = {each for each in had if each is not None}
    if isinstance(last, SubmissionUnknownError):
        assert f"{key}#1" in last.message
        assert results <= {"SubmissionUnknownError"}
        pending = [entry.generation.id for entry in pending_videos(place.journal())]
        assert f"{key}#1" in pending
        return Told(had.count(None), known=False)
    assert isinstance(last, VideoGenerationResponse)
    assert {last.request_id} == set(seen.accepted)
    assert results <= set(seen.accepted)
    return Told(had.count(None), known=True)


@pytest.mark.parametrize(("kind", "count"), [("sqlite", 2), ("postgres", 4)])
def test_workers_that_are_killed_pay_once(
    server: Running, tmp_path: Path, request: pytest.FixtureRequest, kind: str, count: int
) -> None:
    place: Place = FilePlace(tmp_path / "journal.sqlite3")
    if kind == "postgres":
        place = SchemaPlace(request.getfixturevalue("postgres_database"))
    with _workers(count) as workers:
        told = [_run(server, place, workers, number, kind) for number in range(_RUNS)]
    counted = Counter("video" if each.known else "unknown" for each in told)
    killed = sum(each.killed for each in told)
    _LOG.info("%s: %s runs, %s workers killed, %s", kind, _RUNS, killed, dict(counted))
    assert killed >= _RUNS / 2
    assert counted["video"] > 0


def test_of_fifty_workers_one_submits(server: Running, postgres_database: str) -> None:
    # given fifty workers, and tables that nobody has made yet
    place = SchemaPlace(postgres_database)
    url = server.case("fifty", Script(dialect="fal", polls=3, delay=0.02))
    with _workers(_MANY // 10) as workers, ThreadPoolExecutor(_MANY) as pool:
        # when they start the same video at once, most of them in this process
        calls = [pool.submit(_generate, url, place, "clip") for _ in range(_MANY - len(workers))]
        for worker in workers:
            worker.begin(url, "clip", place)
        had = [worker.end() for worker in workers]
        answers = [call.result() for call in calls]
    # then there is one submission, and all of them have its video
    seen = server.seen("fifty")
    assert seen.requests["submit"] == len(seen.accepted) == 1
    assert set(had) == set(seen.accepted)
    assert {getattr(each, "request_id", each) for each in answers} == set(seen.accepted)


def test_of_two_workers_one_drives_a_job(server: Running, postgres_database: str) -> None:
    # given a job that nobody waits for
    place = SchemaPlace(postgres_database)
    url = server.case("resumed", Script(dialect="fal", polls=12, delay=0.03))
    with place.journal() as journal:
        start_video(_config(url), _REQUEST, journal=journal)
    # when two workers resume it at once
    with _workers(2) as workers:
        for worker in workers:
            worker.begin(url, "", place)
        had = {worker.end() for worker in workers}
    # then one of them waits for its video, and the other is told so
    seen = server.seen("resumed")
    assert had == {*seen.accepted, "JobInUseError"}
    assert seen.requests["submit"] == 1


@pytest.fixture(scope="module")
def database_server() -> Iterator[Server]:
    """A server of our own that may crash, and loses nothing that was committed."""
    if binaries() is None:
        if is_required():
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    # Short, because a socket's path is.
    with tempfile.TemporaryDirectory(prefix="tarash-") as folder:
        Path(folder).chmod(0o755)
        started = Server(Path(folder) / "server")
        started.start(fast=False)
        yield started
        started.stop()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("moment", ["submit", "poll"])
def test_a_server_may_restart_in_the_middle_of_a_generation(
    server: Running, database_server: Server, moment: str, mode: str
) -> None:
    place, name = SchemaPlace(database_server.conninfo), f"restart-{moment}-{mode}"
    url = server.case(name, Script(dialect="fal", polls=10, delay=0.2))
    seen = server.seen(name)
    with ThreadPoolExecutor(1) as pool:
        # given a generation, whose submission or whose job is under way
        call = pool.submit(_generate, url, place, "clip")
        while not seen.requests[moment]:
            time.sleep(0.001)
        # when the server ends all connections, or crashes, and is there again
        database_server.restart(mode)
        answer = call.result()
    # then the job was not lost and not paid twice
    assert isinstance(answer, VideoGenerationResponse)
    assert [answer.request_id] == seen.accepted
    assert seen.requests["submit"] == 1
    with place.journal() as journal:
        (entry,) = result_of(journal.entries(pending=False)).unwrap()
        assert (entry.state, entry.generation.request_id) == ("completed", answer.request_id)
        assert pending_videos(journal) == ()
