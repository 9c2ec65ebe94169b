"""The examples for web frameworks run as they stand: a job is started, called back and saved."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.server import Running, Script, running
from tests.faults.webhooks import SECRET
from tests.support.patience import LIMIT

from tarash.tarash_gateway.mock.clips import packaged_clip

pytestmark = pytest.mark.slow

_EXAMPLES = Path(__file__).parents[1] / "examples" / "webhooks"
# Serves an example in a process of its own, as a user's server does, until its input ends. Its URL
# is known before the example is loaded, which wants it.
_SERVE = """
import os, runpy, socket, sys, threading
kind, name, path = sys.argv[1:]
free = socket.create_server(("127.0.0.1", 0))
port = free.getsockname()[1]
os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
sys.path.insert(0, path)
application = getattr(__import__(name), kind)
if name == "fastapi_app":
    import uvicorn
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical"))
    thread = threading.Thread(target=server.run, args=([free],), daemon=True)
    thread.start()
else:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True
    # It takes over the socket: another program could take its port in between.
    server = Server(("127.0.0.1", port), WSGIRequestHandler, bind_and_activate=False)
    server.socket.close()
    server.socket = free
    server.server_name, server.server_port = "127.0.0.1", port
    server.setup_environ()
    server.set_app(application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(os.environ["PUBLIC_URL"], flush=True)
sys.stdin.read()
"""
_APPLICATIONS = {"fastapi_app": "app", "flask_app": "app", "django_app": "application"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(params=_APPLICATIONS)
def example(
    request: pytest.FixtureRequest, server: Running, tmp_path: Path
) -> Iterator[tuple[str, str, Path]]:
    """Run an example; return its case, its URL and its folder of videos."""
    name, case = request.param, request.node.name.replace("[", "-").rstrip("]")
    environment = {
        "PATH": "",
        "REPLICATE_API_TOKEN": "r8_secret",
        "REPLICATE_BASE_URL": f"{server.url}/{case}",
        "REPLICATE_WEBHOOK_SECRET": SECRET,
        "VIDEOS": str(tmp_path / "videos"),
    }
    program = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _SERVE, _APPLICATIONS[name], name, str(_EXAMPLES)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        if not url:
            _, said = program.communicate()
            pytest.fail(said)
        yield case, url, tmp_path / "videos"
        assert program.stdin is not None
        program.stdin.close()
        program.wait(LIMIT)


def _post(url: str) -> str:
    asked = urllib.request.Request(url, method="POST")  # noqa: S310 - our own server
    with urllib.request.urlopen(asked, timeout=LIMIT) as reply:  # noqa: S310 - the same
        text: str = reply.read().decode()
        return text


def test_a_program_starts_a_job_and_saves_its_video_when_it_is_called(
    example: tuple[str, str, Path], server: Running
) -> None:
    # given a program that was asked for a video
    case, url, videos = example
    server.case(case, Script(dialect="replicate with files", polls=0))
    assert "job-1" in _post(f"{url}/videos?prompt=a+kite")
    # when the provider calls it back, several times
    assert set(server.call_back(case, "job-1", "replayed")) == {204}
    # then the video is saved
    assert (videos / "job-1.mp4").read_bytes() == packaged_clip("1:1").content
    # and the provider was asked once where the job stood, and paid once
    seen = server.seen(case)
    assert (seen.requests["submit"], seen.requests["poll"], seen.requests["download"]) == (1, 1, 1)


def test_a_program_catches_up_with_what_was_lost(
    example: tuple[str, str, Path], server: Running
) -> None:
    # given a program whose webhooks are forged or lost
    case, url, videos = example
    server.case(case, Script(dialect="replicate with files", polls=0))
    _post(f"{url}/videos?prompt=a+kite")
    assert set(server.call_back(case, "job-1", "forged")) == {401}
    # when it looks for itself
    environment = {
        "REPLICATE_API_TOKEN": "r8_secret",
        "REPLICATE_BASE_URL": f"{server.url}/{case}",
        "VIDEOS": str(videos),
    }
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, str(_EXAMPLES / "catch_up.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT,
    )
    # then the video is there
    assert ran.stdout == f"{videos / 'job-1.mp4'}\n"
    assert (videos / "job-1.mp4").read_bytes() == packaged_clip("1:1").content
    assert server.seen(case).requests["submit"] == 1
