"""Workflows whose process is killed at any moment: the next process pays for nothing again."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from tests.faults.server import Running, Script, running
from tests.support import patience
from tests.support.dbos_sqlite import skip_where_sqlite_is_too_old
from tests.support.line_process import LineProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's"),
]

_KILLS: Final = int(os.environ.get("TARASH_KILLS", "10"))
_AT_ONCE: Final = 5
_DELAY: Final = 0.05
_POLLS: Final = 3
_PAUSE: Final = 0.1
_TRIES: Final = 5
# A process that starts workers in processes of their own, forked, because a new interpreter would
# spend most of the test in its imports. It reads a JSON object a line, prints the id of the worker,
# and then how it ended. Each workflow has a version of its own, so that no worker of another one
# takes it over and dies with it.
_NURSERY = """
import faulthandler, json, os, sys
from dbos import DBOS, SetWorkflowID
from tarash.tarash_gateway import *
from tarash.tarash_gateway.integrations import dbos as workflows

def work(order):
    os.environ["FAL_KEY"] = "k"
    DBOS(config={
        "name": "killed", "system_database_url": order["database"], "executor_id": order["id"],
        "console_log_level": "CRITICAL", "application_version": order["id"],
    })
    DBOS.launch()
    config = VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", base_url=order["url"], poll_interval=order["pause"]
    )
    request = VideoGenerationRequest(prompt="a kite")
    try:
        with SetWorkflowID(order["id"]):
            made = workflows.generate_video_workflow(config, request, measure=False)
        return {"job": made.request_id}
    except TarashException as error:
        return {"error": type(error).__name__, "message": error.message}

for line in sys.stdin:
    order = json.loads(line)
    process = os.fork()
    if not process:
        # A worker that hangs says where, and fails the test.
        faulthandler.dump_traceback_later(180, exit=True)
        try:
            told = work(order)
        except BaseException as bug:
            told = {"bug": f"{type(bug).__name__}: {bug}"}
        with open(order["told"] + ".part", "w") as file:
            json.dump(told, file)
        os.replace(order["told"] + ".part", order["told"])
        os._exit(0)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


class Nursery:
    """A process that runs one worker after the other."""

    def __init__(self) -> None:
        self._process = LineProcess(_NURSERY)

    def begin(self, **order: Any) -> int:
        """Begin a worker, and return the id of its process."""
        self._process.tell(json.dumps(order))
        return int(self._process.line())

    def end(self) -> int:
        """Wait for the worker, and return how it ended: below 0 if it was killed."""
        return int(self._process.line())

    def close(self) -> None:
        """End when no worker runs any more."""
        self._process.close()


@attrs.frozen(kw_only=True)
class Place:
    """Where the workers of a test live."""

    server: Running
    database: str
    folder: Path


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for(requests: int, server: Running, name: str, process: int) -> None:
    while sum(server.seen(name).requests.values()) < requests and _runs(process):
        time.sleep(0.001)


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _order(place: Place, name: str, url: str, pause: float = _PAUSE) -> dict[str, Any]:
    told = str(place.folder / name)
    return {"id": name, "url": url, "database": place.database, "told": told, "pause": pause}


def _told(order: dict[str, Any]) -> dict[str, str]:
    return dict(json.loads(Path(order["told"]).read_text(encoding="utf-8")))


@attrs.frozen(kw_only=True)
class Ended:
    """How a workflow ended whose first process was killed, perhaps."""

    name: str
    killed: bool
    told: dict[str, str]


def _crash(place: Place, nursery: Nursery, number: int) -> Ended:
    name, dice = f"killed-{number}", random.Random(number)
    url = place.server.case(name, Script(dialect="fal", polls=_POLLS, delay=_DELAY))
    order = _order(place, name, url)
    # Given a worker that is killed at a moment of its life: before, during or after any exchange.
    process, exchange = nursery.begin(**order), dice.randrange(0, _POLLS + 3)
    _wait_for(exchange, place.server, name, process)
    # The submission is an instant of a workflow's life, and the one that matters most.
    time.sleep(dice.random() * 2 * (_DELAY if exchange == 1 else _DELAY + _PAUSE))
    _kill(process)
    killed = nursery.end() < 0
    # When the next one starts.
    nursery.begin(**order)
    assert nursery.end() == 0
    return Ended(name=name, killed=killed, told=_told(order))


def _crashes(place: Place, nursery: Nursery, numbers: Sequence[int]) -> list[Ended]:
    return [_crash(place, nursery, number) for number in numbers]


@pytest.fixture(scope="module")
def nurseries() -> Iterator[list[Nursery]]:
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Nursery())) for _ in range(_AT_ONCE)]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, server: Running, tmp_path: Path) -> Place:
    if request.param == "postgres":
        database = request.getfixturevalue("postgres_server")
    else:
        skip_where_sqlite_is_too_old()
        database = f"sqlite:///{tmp_path}/engine.sqlite"
    return Place(server=server, database=database, folder=tmp_path)


def test_a_kill_at_any_moment_pays_for_nothing_twice(
    place: Place, nurseries: list[Nursery]
) -> None:
    # The tables are made before the race.
    first = _crashes(place, nurseries[0], [_KILLS])
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        shares = [range(start, _KILLS, _AT_ONCE) for start in range(_AT_ONCE)]
        every = list(pool.map(partial(_crashes, place), nurseries, shares))
    ended = [*first, *(each for share in every for each in share)]
    returned = unknown = 0
    for each in ended:
        seen = place.server.seen(each.name)
        # Then at most one job was accepted,
        assert len(seen.accepted) <= 1, each
        assert seen.requests["submit"] <= 1, each
        # and the workflow has its video, or says that nobody knows, and under which name.
        if "job" in each.told:
            assert [each.told["job"]] == seen.accepted
            returned += 1
        else:
            assert each.told.get("error") == "SubmissionUnknownError", each
            assert f"tarash forget '{each.name}#1'" in each.told["message"]
            unknown += 1
    assert returned + unknown == len(ended)
    # The dice of the kills fell before the end.
    killed = sum(each.killed for each in ended)
    assert killed > 0
    print(f"{killed} killed, {returned} returned, {unknown} unknown")  # noqa: T201 - with -s


def _killed_asleep(place: Place, nursery: Nursery, name: str) -> dict[str, Any] | None:
    """Kill a worker after its first poll; None if that came too late, as this process stood still.

    A kill that came too late tells nothing.
    """
    order = _order(place, name, place.server.case(name, Script(dialect="fal")), pause=1.5)
    process = nursery.begin(**order)
    _wait_for(2, place.server, name, process)
    _kill(process)
    asleep = nursery.end() < 0 and place.server.seen(name).requests["poll"] == 1
    return order if asleep else None


def test_it_goes_on_in_the_middle_of_a_pause(place: Place, nurseries: list[Nursery]) -> None:
    # Given a worker that was killed while it slept between two polls.
    nursery = nurseries[0]
    tries = (_killed_asleep(place, nursery, f"asleep-{number}") for number in range(_TRIES))
    order = next(order for order in tries if order is not None)
    name = order["id"]
    # When the next one starts, then the job goes on.
    nursery.begin(**order)
    assert nursery.end() == 0
    assert _told(order) == {"job": "job-1"}
    assert place.server.seen(name).requests["submit"] == 1


def test_killed_inside_the_submission_nobody_knows(place: Place, nurseries: list[Nursery]) -> None:
    # Given a worker that dies when the provider has accepted the job and not answered yet.
    name = "inside"
    url = place.server.case(name, Script(dialect="fal", held=0))
    order = _order(place, name, url)
    nursery = nurseries[0]
    process = nursery.begin(**order)
    patience.until(lambda: place.server.seen(name).accepted)
    _kill(process)
    assert nursery.end() < 0
    place.server.let_go(name)
    # Then the workflow says so, each time, and sends nothing.
    for _ in range(2):
        nursery.begin(**order)
        assert nursery.end() == 0
        assert _told(order)["error"] == "SubmissionUnknownError"
    assert len(place.server.seen(name).accepted) == 1


def test_the_guides_program_runs_again(server: Running, tmp_path: Path) -> None:
    # Given the program of the guide, with the server instead of fal.
    page = (Path(__file__).parents[2] / "docs/guides/dbos.md").read_text(encoding="utf-8")
    program = page.partition("<!-- example -->\n```python\n")[2].partition("```")[0]
    url = server.case("guide", Script(dialect="fal"))
    model = 'model="fal-ai/veo3"'
    assert model in program
    changed = program.replace(model, f'{model}, base_url="{url}", poll_interval=0.01')
    (tmp_path / "shop.py").write_text(changed, encoding="utf-8")
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "shop.py", "order-17", "a kite over the sea"],
            cwd=tmp_path,
            env={**os.environ, "FAL_KEY": "k"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.splitlines()[-1] == "https://cdn.example/clip.mp4"
    # Then it submitted once, whoever ran it twice.
    assert server.seen("guide").requests["submit"] == 1
