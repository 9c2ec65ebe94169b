"""The recipe for Celery, with a real broker and workers that are killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from celery.exceptions import TimeoutError as CeleryTimeoutError
from celery.result import AsyncResult
from redis import Redis
from tests.faults.server import Running, Script, Seen, running
from tests.support.patience import LIMIT, until
from tests.support.redis import redis_server

from examples import celery_app
from tarash.tarash_gateway import (
    ContentModerationError,
    SqliteJournal,
    SubmissionUnknownError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    pending_videos,
)
from tarash.tarash_gateway.codec import from_json
from tarash.tarash_gateway.exceptions import TarashException

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="a process group is killed as POSIX does"),
]

_ROOT: Final = Path(__file__).parents[1]
_REQUEST: Final = VideoGenerationRequest(prompt="a kite")
# How often an order without an outcome is made again.
_AGAIN: Final = 6
# Orders that are under way when a worker is killed.
_ORDERS: Final = 4


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@attrs.frozen
class World:
    """A broker with a journal, from which workers can be started."""

    folder: Path
    environment: dict[str, str]

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a worker with two processes, which is killed at the end with both of them."""
        command = [sys.executable, "-m", "celery", "-A", "examples.celery_app", "worker"]
        options = ["--concurrency", "2", "--loglevel", "INFO", "--without-gossip"]
        with (
            (self.folder / "worker.log").open("ab") as log,
            subprocess.Popen(  # noqa: S603 - ours
                [*command, *options, "--without-mingle"],
                cwd=_ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                kill(process)

    @property
    def journal(self) -> SqliteJournal:
        """The journal of the workers."""
        return SqliteJournal(self.environment["VIDEO_JOURNAL"])


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a worker and its processes at once, as a machine that loses its power does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def world(broker: str, tmp_path: Path) -> Iterator[World]:
    url = f"{broker}/0"
    # What killed workers have left: messages, and the lock with which they are looked for.
    with closing(Redis.from_url(url)) as redis:
        redis.flushdb()
    celery_app.app.conf.update(broker_url=url, result_backend=url)
    environment = {
        **os.environ,
        "CELERY_BROKER_URL": url,
        "VIDEO_JOURNAL": str(tmp_path / "journal.sqlite3"),
        "OPENAI_API_KEY": "k",
        "FAL_KEY": "k",
        "RUNWAYML_API_SECRET": "k",
        # A killed worker's messages come again soon.
        "VISIBILITY_TIMEOUT": "2",
    }
    yield World(tmp_path, environment)
    celery_app.app.close()


def _config(url: str, provider: str = "openai", model: str = "sora-2") -> VideoGenerationConfig:
    return VideoGenerationConfig(
        provider=provider, model=model, base_url=url, poll_interval=0.1, timeout=60
    )


def _has_asked(seen: Seen, wanted: int) -> bool:
    return sum(seen.requests.values()) >= wanted


def _video(result: "AsyncResult[Any]") -> VideoGenerationResponse:
    told = result.get(timeout=LIMIT)
    assert told["error"] is None
    return from_json(told["response"], VideoGenerationResponse)


def _told(order: "partial[AsyncResult[Any]]") -> dict[str, Any]:
    result: AsyncResult[Any] = celery_app.app.AsyncResult(f"{order.args[0]}/outcome")
    for _ in range(_AGAIN):
        try:
            told: dict[str, Any] = result.get(timeout=LIMIT / _AGAIN)
        except CeleryTimeoutError:
            result = order()
        else:
            return told
    return pytest.fail(f"{result.id} did not come")


def _error(result: "AsyncResult[Any]") -> TarashException:
    told = result.get(timeout=LIMIT)
    assert told["response"] is None
    return from_json(told["error"], TarashException)


def test_a_video_is_ordered_and_saved(server: Running, world: World) -> None:
    config = _config(server.case("celery", Script(dialect="openai", polls=2)))
    with world.worker():
        result = celery_app.order_video("order-1", config, _REQUEST, f"{world.folder}/")
        video = _video(result)
        # When it is ordered once more.
        again = celery_app.order_video("order-1", config, _REQUEST, f"{world.folder}/")
        assert _video(again) == video
    assert video.path == world.folder / "job-1.mp4"
    assert video.path.read_bytes()[4:8] == b"ftyp"
    assert server.seen("celery").requests["submit"] == 1


def test_a_message_that_comes_several_times_is_paid_for_once(server: Running, world: World) -> None:
    config = _config(server.case("twice", Script(dialect="openai", delay=0.05)))
    results = [
        celery_app.order_video("order-2", config, _REQUEST, f"{world.folder}/") for _ in range(4)
    ]
    with world.worker():
        assert _video(results[0]).path == world.folder / "job-1.mp4"
    assert server.seen("twice").requests["submit"] == 1


def test_a_failed_job_leads_to_the_next_config(server: Running, world: World) -> None:
    first = server.case("celery-1", Script(dialect="fal", end="failed"))
    second = server.case("celery-2", Script(dialect="runway"))
    config = attrs.evolve(
        _config(first, "fal", "fal-ai/veo3"),
        fallback_configs=[_config(second, "runway", "gen4.5")],
    )
    with world.worker():
        video = _video(celery_app.order_video("order-3", config, _REQUEST))
    assert video.video == "https://cdn.example/clip.mp4"
    assert server.seen("celery-1").requests["submit"] == 1
    assert server.seen("celery-2").requests["submit"] == 1


def test_an_error_is_told(server: Running, world: World) -> None:
    url = server.case("celery-moderated", Script(dialect="fal", end="moderated"))
    config = _config(url, "fal", "fal-ai/veo3")
    with world.worker():
        error = _error(celery_app.order_video("order-4", config, _REQUEST))
    assert isinstance(error, ContentModerationError)
    assert server.seen("celery-moderated").requests["submit"] == 1


def test_a_worker_killed_in_the_middle_of_a_submission_is_named(
    server: Running, world: World
) -> None:
    # Given a worker that is killed when the provider has accepted the job, and has not answered.
    # The answer has to be far off when the worker is killed.
    config = _config(server.case("killed", Script(dialect="openai", delay=20.0)))
    result = celery_app.order_video("order-5", config, _REQUEST, f"{world.folder}/")
    with world.worker() as worker:
        until(lambda: server.seen("killed").accepted)
        kill(worker)
    # When the broker delivers the message again.
    with world.worker():
        error = _error(result)
    # Then nothing is sent again, and the error says where to look.
    assert isinstance(error, SubmissionUnknownError)
    assert server.seen("killed").requests["submit"] == 1
    assert [entry.state for entry in pending_videos(world.journal)] == ["unknown"]


def test_workers_killed_at_any_moment_pay_once(server: Running, world: World) -> None:
    kills, dice = int(os.environ.get("TARASH_KILLS", "2")), random.Random(17)
    names = [f"kills-{number}" for number in range(kills * _ORDERS)]
    script = Script(dialect="openai", polls=2, delay=0.05)
    orders = {}
    for name in names:
        config, path = _config(server.case(name, script)), f"{world.folder}/{name}.mp4"
        orders[name] = partial(celery_app.order_video, name, config, _REQUEST, path)
    for first in range(0, len(names), _ORDERS):
        # Given workers that are killed, each at a random moment in the middle of some orders.
        with world.worker() as worker:
            for name in names[first : first + _ORDERS]:
                orders[name]()
            until(partial(_has_asked, server.seen(names[first]), dice.randrange(1, 4)))
            time.sleep(dice.random() * 0.2)
            kill(worker)
    # When the last one gets all that they left, and what has no outcome is ordered again: Redis
    # loses a message whose worker is killed while it fetches it.
    with world.worker():
        told = {name: _told(order) for name, order in orders.items()}
    # Then each order has one job at most, and its video, or nobody can know.
    unknown = 0
    for name, ended in told.items():
        assert len(server.seen(name).accepted) <= 1
        assert server.seen(name).requests["submit"] <= 1
        if ended["error"] is None:
            response = from_json(ended["response"], VideoGenerationResponse)
            assert response.request_id == server.seen(name).accepted[0]
            assert (world.folder / f"{name}.mp4").exists()
        else:
            assert isinstance(from_json(ended["error"], TarashException), SubmissionUnknownError)
            unknown += 1
    assert unknown < len(told)
    assert [entry.state for entry in pending_videos(world.journal)] == ["unknown"] * unknown
