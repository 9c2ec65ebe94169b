"""A batch against a real server: whatever the sender, nothing is lost and nothing is sent twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from tests.support import patience

from tarash.tarash_gateway import (
    BatchItem,
    SqliteJournal,
    SubmissionUnknownError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_videos,
    generate_videos_async,
    pending_videos,
    resume_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects

from .server import Running, Script, running

_VIDEOS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(params=["aiohttp", "threads"])
def effects(request: pytest.FixtureRequest) -> Effects:
    live = live_effects()
    return live if request.param == "aiohttp" else attrs.evolve(live, async_http=None)


def _config(url: str) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.02
    )


def _requests() -> Iterator[VideoGenerationRequest]:
    return (VideoGenerationRequest(prompt=f"kite {n}") for n in range(_VIDEOS))


def _check(server: Running, case: str, items: list[BatchItem]) -> None:
    seen = server.seen(case)
    jobs = [item.response.request_id for item in items if item.response is not None]
    assert sorted(jobs) == sorted(seen.accepted)
    assert len(set(seen.bodies)) == len(seen.bodies) == seen.requests["submit"]


def test_every_video_of_a_batch_is_made_once(server: Running, effects: Effects) -> None:
    case = f"batch-{effects.async_http is None}"
    url = server.case(case, Script(dialect="fal", polls=1, delay=0.005))
    items = list(
        generate_videos(_config(url), _requests(), effects=effects, max_in_flight=20, measure=False)
    )
    assert len(items) == _VIDEOS
    assert all(item.response is not None for item in items)
    _check(server, case, items)


async def test_so_is_every_video_of_one_on_the_loop(server: Running, effects: Effects) -> None:
    case = f"loop-{effects.async_http is None}"
    url = server.case(case, Script(dialect="fal", polls=1, delay=0.005))
    batch = generate_videos_async(
        _config(url), _requests(), effects=effects, max_in_flight=20, measure=False
    )
    items = [item async for item in batch]
    assert len(items) == _VIDEOS
    _check(server, case, items)


@pytest.mark.parametrize("fault", ["drop", "502 html", "429 retry-after", "truncated json"])
@pytest.mark.parametrize("stage", ["submit", "poll"])
def test_a_fault_costs_no_second_submission(
    server: Running, effects: Effects, fault: str, stage: str
) -> None:
    # given a server whose first replies of a stage are faulty
    case = f"{fault}-{stage}-{effects.async_http is None}".replace(" ", "")
    script = Script(dialect="fal", stage=stage, fault=fault, times=5)  # type: ignore[arg-type]  # a name of a stage
    url = server.case(case, script)
    items = list(
        generate_videos(_config(url), _requests(), effects=effects, max_in_flight=10, measure=False)
    )
    # then a submission whose fate is unknown is an error, and all others bring their video
    seen = server.seen(case)
    assert len(items) == _VIDEOS
    failed = [item for item in items if item.error is not None]
    lost = 5 if stage == "submit" and fault != "429 retry-after" else 0
    assert len(failed) == lost
    assert all(item.may_have_been_paid for item in failed)
    assert len(seen.accepted) == _VIDEOS
    repeated = 5 if fault == "429 retry-after" and stage == "submit" else 0
    assert seen.requests["submit"] == _VIDEOS + repeated


_PROGRAM = """
import sys
from tarash.tarash_gateway import *
url, path = sys.argv[1:]
config = VideoGenerationConfig(
    provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.05
)
requests = (VideoGenerationRequest(prompt=f"kite {n}") for n in range(1000))
batch = generate_videos(
    config, requests, journal=SqliteJournal(path), max_in_flight=8, measure=False
)
print("begun", flush=True)
try:
    for item in batch:
        print(item.response.request_id, flush=True)
except KeyboardInterrupt as interruption:
    kept = [item.error.request_id for item in interruption.left if item.error is not None]
    print("kept", *sorted(map(str, kept)), flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_in_a_program_of_its_own_leaves_every_job_in_the_journal(
    server: Running, tmp_path: Path
) -> None:
    # given a program whose jobs do not end
    url = server.case("ctrl-c", Script(dialect="fal", polls=10**6))
    path = tmp_path / "journal.sqlite3"
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", _PROGRAM, url, str(path)]
    with subprocess.Popen(  # noqa: S603 - ours
        command,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        patience.until(lambda: len(server.seen("ctrl-c").accepted) == 8)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=patience.LIMIT)
    # then it names every job, nothing is warned of, and the journal has them all
    accepted = server.seen("ctrl-c").accepted
    assert len(accepted) == 8
    assert out.splitlines()[-1].split() == ["kept", *sorted(accepted)]
    assert "Warning" not in err
    journal = SqliteJournal(path)
    pending = pending_videos(journal)
    assert sorted(str(entry.generation.request_id) for entry in pending) == sorted(accepted)
    # and each of them is fetched without another submission
    server.state.cases["ctrl-c"].script = Script(dialect="fal", polls=0)
    for entry in pending:
        resume_video(entry.generation, config=_config(url), journal=journal)
    assert pending_videos(journal) == ()
    assert server.seen("ctrl-c").requests["submit"] == 8


_KEYED = """
import sys
from tarash.tarash_gateway import *
url, path, count = sys.argv[1:]
config = VideoGenerationConfig(
    provider="fal", model="fal-ai/veo3", api_key="k", base_url=url, poll_interval=0.05
)
requests = (VideoGenerationRequest(prompt=f"kite {n}") for n in range(int(count)))
batch = generate_videos(
    config, requests, journal=SqliteJournal(path), key="kites/", max_in_flight=16, measure=False
)
for item in batch:
    print(item.index, flush=True)
"""


def test_what_a_killed_process_began_is_finished_by_the_next_and_paid_once(
    server: Running, tmp_path: Path
) -> None:
    # given a batch in a process that is killed when a third of its jobs were accepted
    count = 120
    # It cannot be done before it is killed, however late that is.
    script = Script(dialect="fal", polls=3, delay=0.01, held=2 * count // 3)
    url = server.case("killed", script)
    path = tmp_path / "journal.sqlite3"
    command = [sys.executable, "-c", _KEYED, url, str(path), str(count)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        patience.until(lambda: len(server.seen("killed").accepted) >= count / 3)
        process.kill()
        done, _ = process.communicate(timeout=patience.LIMIT)
    server.change("killed", held=None)
    server.let_go("killed")
    begun = len(server.seen("killed").accepted)
    assert len(done.splitlines()) < begun < count
    # when the same batch is run again
    items = list(
        generate_videos(
            _config(url),
            (VideoGenerationRequest(prompt=f"kite {n}") for n in range(count)),
            journal=SqliteJournal(path),
            key="kites/",
            max_in_flight=16,
            measure=False,
        )
    )
    # then every request has its video, except those whose submissions the kill tore
    seen = server.seen("killed")
    torn = [item for item in items if item.error is not None]
    assert sorted(item.index for item in items) == list(range(count))
    assert all(isinstance(item.error, SubmissionUnknownError) for item in torn)
    assert len(torn) <= 16
    # and none was submitted twice
    assert len(seen.bodies) == len(set(seen.bodies)) == len(seen.accepted)
    assert count - len(torn) <= len(seen.accepted) <= count


def test_batches_in_several_loops_do_not_meet(server: Running) -> None:
    url = server.case("loops", Script(dialect="fal", polls=1))

    async def run() -> int:
        batch = generate_videos_async(_config(url), _requests(), measure=False)
        return len([item async for item in batch])

    assert [asyncio.run(run()) for _ in range(2)] == [_VIDEOS, _VIDEOS]
    assert len(set(server.seen("loops").accepted)) == 2 * _VIDEOS
