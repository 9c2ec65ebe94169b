"""What every cassette has in common."""

import copy
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tarash.tarash_gateway.testing.tapes import bodies, interactions
from tarash.tarash_gateway.testing.tapes.files import ReadableFiles

_FOLDER = Path(__file__).parents[1] / "cassettes"
_CASSETTES = sorted(_FOLDER.rglob("*.yaml"))


def test_there_are_cassettes() -> None:
    assert _CASSETTES


@pytest.mark.parametrize("path", _CASSETTES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cassette_says_where_its_traffic_comes_from(path: Path) -> None:
    head = path.read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith(("# Source: transcribed from ", "# Source: recorded from "))


@pytest.mark.parametrize("path", _CASSETTES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cassette_holds_nothing_that_a_recording_leaves_out(path: Path) -> None:
    """Keys, signatures, names of accounts, long media: one setting for all cassettes."""
    requests, replies = ReadableFiles("none").load_cassette(str(path), None)
    assert requests
    for request in requests:
        kept = interactions.request_for(copy.deepcopy(request))
        assert kept.uri == request.uri
        # VCR's own header: the length of a body is that of the body.
        shown = {name for name in request.headers if name.lower() != "content-length"}
        assert set(kept.headers) == shown
        assert _value(kept.body) == _value(request.body)
    for reply in replies:
        shown_reply = interactions.reply_for(reply)
        # The server that recorded an official client named its calls.
        theirs = {name: value for name, value in reply["headers"].items() if name != "X-Story"}
        assert shown_reply["headers"] == theirs
        assert _value(shown_reply["body"]["string"]) == _value(reply["body"]["string"])


# A new process has loaded no connections, and vcrpy puts its own into urllib3.
_PROGRAM = """
from pathlib import Path
from examples.any_provider import generate
from tarash.tarash_gateway.testing import replay

with replay(Path("cassettes/fal/example.yaml"), environment={"FAL_KEY": "key"}) as effects:
    print(generate("fal", "fal-ai/veo3", effects=effects).status)
"""


def test_the_first_exchange_of_a_process_can_be_replayed() -> None:
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _PROGRAM],
        cwd=_FOLDER.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("completed\n", 0), ran.stderr


def _value(body: Any) -> Any:
    content = bodies.content_of(body) or b""
    value = bodies.json_of(content)
    return content if value is None else value
