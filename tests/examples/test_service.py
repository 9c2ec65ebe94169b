"""The example service as its users have it: its pages, and its processes ended in the middle."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from tests.faults.dialects import VIDEO
from tests.faults.server import Running, Script, running
from tests.support import databases, patience

from tarash.tarash_gateway.testing import signed_webhook

pytestmark = pytest.mark.slow

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PASSWORD = "a password"
# A job does not end before a test says so.
_RUNNING = Script(dialect="openai", polls=10**6)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until(found: Callable[[], T | None]) -> T:
    """Ask again and again until there is an answer."""

    def asked() -> T | None:
        try:
            return found()
        except httpx.TransportError:
            # The pages are starting, or starting again.
            return None

    answer = patience.until(asked)
    assert answer is not None
    return answer


class Service:
    """The service in processes of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line)

    def pid(self, name: str) -> int:
        """Return the newest process of a name."""
        words = f"{name} runs as process "
        found = _until(lambda: [line for line in self.lines if line.startswith(words)])
        return int(found[-1].split()[-1])

    def starts(self, name: str) -> int:
        """Return how many times a process was started."""
        return sum(line.startswith(f"{name} runs as process ") for line in self.lines)

    def kill(self, name: str) -> None:
        """Kill a process, and wait until the service has started another one."""
        before = self.starts(name)
        os.kill(self.pid(name), signal.SIGKILL)
        _until(lambda: self.starts(name) > before)

    def end(self) -> None:
        """Wait for its end."""
        self.process.wait(patience.LIMIT)
        self._reader.join()


@contextmanager
def _service(environment: dict[str, str]) -> Iterator[Service]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "examples.service"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    service = Service(process)
    try:
        yield service
    finally:
        process.terminate()
        service.end()


class User:
    """Somebody with a browser."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def page(self, path: str = "/") -> str:
        return self.http.get(path).text

    def form(self, action: str) -> str:
        """Return where a form leads whose action begins like this."""
        found = re.search(rf'action="({action}[^"]*)"', self.page())
        assert found is not None
        return found[1]

    def send(self, action: str, **fields: str) -> httpx.Response:
        token = re.search(r'name="token" value="(\w+)"', self.page())
        assert token is not None
        return self.http.post(action, data={"token": token[1], **fields})

    def log_in(self, password: str = PASSWORD) -> httpx.Response:
        return self.send("/login", password=password)

    def ask(self, prompt: str) -> str:
        """Ask for a video, and return its job."""
        action = self.form("/jobs/")
        self.send(action, prompt=prompt)
        return action.removeprefix("/jobs/")

    def job(self, job: str) -> str:
        """Return the part of the page that is about a job."""
        found = re.search(
            rf'<article class="job" data-job="{job}".*?</article>', self.page(), re.DOTALL
        )
        return "" if found is None else found[0]

    def status(self, job: str) -> str:
        found = re.search(r'data-status="(\w+)"', self.job(job))
        return "" if found is None else found[1]


@contextmanager
def _somebody(port: str) -> Iterator[User]:
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, follow_redirects=True, timeout=patience.LIMIT) as http:
        _until(lambda: http.get("/healthy").is_success)
        yield User(http)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with databases.database() as url:
        yield url


@pytest.fixture(scope="module")
def environment(
    server: Running, database: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    base_url = server.case("service", _RUNNING)
    return {
        "SERVICE_DATABASE_URL": database,
        "SERVICE_DATA": str(tmp_path_factory.mktemp("service")),
        "SERVICE_PASSWORD": PASSWORD,
        "SERVICE_SESSION_KEY": "the same after each start",
        "SERVICE_PORT": str(_free_port()),
        "SERVICE_BASE_URL": base_url,
        "SERVICE_MOCK": "0",
        "SERVICE_POLL_INTERVAL": "0.5",
        "SERVICE_CONFIGS": "openai:sora-2",
        "OPENAI_API_KEY": "k",
    }


@pytest.fixture(scope="module")
def service(environment: dict[str, str]) -> Iterator[Service]:
    with _service(environment) as started:
        yield started


@pytest.fixture(autouse=True)
def _jobs_run(server: Running, environment: dict[str, str]) -> None:
    assert environment["SERVICE_BASE_URL"]
    server.state.cases["service"].script = _RUNNING


def _jobs_end(server: Running) -> None:
    server.change("service", polls=0)


@pytest.fixture
def port(service: Service, environment: dict[str, str]) -> str:
    assert service.process.poll() is None
    return environment["SERVICE_PORT"]


@pytest.fixture
def user(port: str) -> Iterator[User]:
    with _somebody(port) as someone:
        someone.log_in()
        yield someone


def test_nothing_is_shown_or_made_without_the_password(
    user: User, port: str, server: Running
) -> None:
    with _somebody(port) as stranger:
        # Given somebody who does not know the password.
        assert "Password" in stranger.page()
        assert stranger.log_in("guess").status_code == 403
        # When they ask for what is behind it, with the token of their own form.
        for path in ("/", "/jobs", "/clips/0123456789abcdef.mp4"):
            assert stranger.http.get(path).url.path == "/login"
        before = len(server.seen("service").accepted)
        assert stranger.send("/jobs/0123456789abcdef", prompt="x").url.path == "/login"
        # Then nothing was made.
        assert len(server.seen("service").accepted) == before
    # A form that another site sends has the cookie, perhaps, but not the token.
    forged = user.http.post("/jobs/0123456789abcdef", data={"prompt": "x", "token": "0"})
    assert forged.status_code == 403
    assert user.job("0123456789abcdef") == ""


@pytest.mark.parametrize("name", ["worker", "web", "both workers"])
def test_a_job_survives_the_end_of_a_process(
    user: User, service: Service, server: Running, name: str
) -> None:
    seen = server.seen("service")
    before = len(seen.accepted)
    # Given a job that a worker waits for.
    job = user.ask(f"a kite & the end of {name}")
    _until(lambda: len(seen.accepted) > before)
    running_on = _until(lambda: re.search(r"on (worker-\d)", user.job(job)))[1]
    # When the process is killed.
    ends = {"worker": [running_on], "web": ["web"], "both workers": ["worker-1", "worker-2"]}
    for process in ends[name]:
        service.kill(process)
    # Then the job goes on, the page shows what it was, and one submission was paid.
    _jobs_end(server)
    _until(lambda: user.status(job) == "finished")
    shown = user.job(job)
    assert "a kite &amp; the end of" in shown
    assert "One attempt may have been paid." in shown
    assert user.http.get(f"/clips/{job}.mp4").content == VIDEO
    assert len(seen.accepted) == before + 1


def test_the_service_itself_is_killed(
    server: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    seen = server.seen("service")
    own = {**environment, "SERVICE_PORT": str(_free_port()), "SERVICE_DATA": str(tmp_path)}
    with databases.database() as url:
        own["SERVICE_DATABASE_URL"] = url
        with _service(own) as first, _somebody(own["SERVICE_PORT"]) as someone:
            someone.log_in()
            before = len(seen.accepted)
            job = someone.ask("a kite in the storm")
            _until(lambda: len(seen.accepted) > before)
            # When the process that watches the others is killed, these end as well.
            pids = [first.pid(name) for name in ("worker-1", "worker-2", "web")]
            first.process.kill()
            first.end()
            _until(lambda: not any(map(_runs, pids)))
        # Then the next start goes on with the job.
        _jobs_end(server)
        with _service(own), _somebody(own["SERVICE_PORT"]) as someone:
            someone.log_in()
            _until(lambda: someone.status(job) == "finished")
    assert len(seen.accepted) == before + 1


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_second_click_makes_nothing(user: User, server: Running) -> None:
    before = len(server.seen("service").accepted)
    _jobs_end(server)
    action = user.form("/jobs/")
    for _ in range(3):
        user.send(action, prompt="one kite")
    job = action.removeprefix("/jobs/")
    _until(lambda: user.status(job) == "finished")
    assert len(server.seen("service").accepted) == before + 1


def test_a_job_is_cancelled_and_what_that_costs_is_said(user: User) -> None:
    job = user.ask("a kite that is not wanted")
    _until(lambda: "accepted" in user.job(job))
    shown = user.send(f"/jobs/{job}/cancel").text
    # OpenAI cannot stop a job.
    assert "Cancelled here: the provider cannot stop the job, and may charge for it." in shown
    assert user.status(job) == "cancelled"
    assert "One attempt may have been paid." in user.job(job)
    assert "Cancelled here" not in user.page()


def test_a_webhook_wakes_the_worker_of_its_job(
    server: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    # Given a provider that can call the service, so that its jobs are polled every ten minutes.
    seen, secret = server.seen("service"), "whsec_b25seSBmb3IgdGVzdHM="
    own = {**environment, "SERVICE_PORT": str(_free_port()), "SERVICE_DATA": str(tmp_path)}
    own |= {"SERVICE_PUBLIC_URL": "https://videos.example", "OPENAI_WEBHOOK_SECRET": secret}
    own["SERVICE_POLL_INTERVAL"] = "600"
    with databases.database() as url:
        own["SERVICE_DATABASE_URL"] = url
        with _service(own), _somebody(own["SERVICE_PORT"]) as someone:
            someone.log_in()
            job = someone.ask("a kite that calls")
            name = _until(lambda: re.search(r"<code>(\w[\w-]*)</code>", someone.job(job)))[1]

            def call(secret: str = secret, **more: str) -> int:
                told = {"type": "video.completed", "data": {"id": name}, **more}
                now = datetime.now(UTC)
                message = signed_webhook(
                    "openai", told, id=f"msg-{now.timestamp()}", sent_at=now, secret=secret
                )
                path, headers = "/webhooks/openai/", dict(message.headers)
                return someone.http.post(path, content=message.body, headers=headers).status_code

            def polled(times: int) -> bool:
                return seen.requests["poll"] == times

            # When somebody else calls, nothing happens; when the provider does, the job is polled.
            polls = seen.requests["poll"]
            assert call("whsec_c29tZWJvZHkgZWxzZQ==") == 401
            assert seen.requests["poll"] == polls
            # Each call is worth one poll.
            for poll in range(polls + 1, polls + 4):
                assert call() == 204
                _until(partial(polled, poll))
            _jobs_end(server)
            assert call() == 204
            # Then it is finished long before the next poll would have been due.
            _until(lambda: someone.status(job) == "finished")
            assert someone.http.get(f"/clips/{job}.mp4").content == VIDEO


def test_an_empty_prompt_and_an_odd_job_are_refused(user: User) -> None:
    assert user.send(user.form("/jobs/"), prompt="  ").status_code == 400
    assert user.send("/jobs/..%2fx", prompt="x").status_code == 404
    assert user.http.get("/clips/..%2f..%2fetc.mp4").status_code == 404


def test_a_job_survives_the_end_of_the_database(
    server: Running, environment: dict[str, str]
) -> None:
    seen = server.seen("service")
    own = {name: text for name, text in environment.items() if name != "SERVICE_DATABASE_URL"}
    # The database's own user cannot enter the folders of the tests.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        own |= {"SERVICE_PORT": str(_free_port()), "SERVICE_DATA": folder}
        with _service(own) as service, _somebody(own["SERVICE_PORT"]) as someone:
            someone.log_in()
            before = len(seen.accepted)
            job = someone.ask("a kite in an earthquake")
            _until(lambda: len(seen.accepted) > before)
            # When the server of the database is killed, the service starts it again.
            lines = (Path(folder) / "postgres" / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), signal.SIGKILL)
            _until(lambda: any("the database ended" in line for line in service.lines))
            # Then the worker goes on with the job.
            _jobs_end(server)
            _until(lambda: someone.status(job) == "finished")
            assert len(seen.accepted) == before + 1
        # The next start finds what was made.
        with _service(own), _somebody(own["SERVICE_PORT"]) as someone:
            someone.log_in()
            assert someone.status(job) == "finished"
