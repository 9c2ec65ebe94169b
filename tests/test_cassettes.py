"""What every cassette has in common."""

from pathlib import Path

import pytest
import yaml

_FOLDER = Path(__file__).parents[1] / "cassettes"
_CASSETTES = sorted(_FOLDER.rglob("*.yaml"))


def test_there_are_cassettes() -> None:
    assert _CASSETTES


@pytest.mark.parametrize("path", _CASSETTES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cassette_says_where_its_traffic_comes_from(path: Path) -> None:
    head = path.read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith(("# Source: transcribed from ", "# Source: recorded from the official "))


@pytest.mark.parametrize("path", _CASSETTES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cassette_holds_no_credential(path: Path) -> None:
    tape = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {
        name.lower() for played in tape["interactions"] for name in played["request"]["headers"]
    }
    assert not names & {"authorization", "api-key", "x-goog-api-key", "cookie"}
