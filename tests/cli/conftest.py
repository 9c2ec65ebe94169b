"""A command line of its own for each test: an empty folder, an empty journal."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.command_line import STAGE, Ran, Tarash

from tarash.tarash_gateway import cli


@pytest.fixture
def tarash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Tarash]:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("TARASH_JOURNAL", str(tmp_path / "state" / "journal.sqlite3"))

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tarash", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        code = caught.value.code
        assert isinstance(code, int)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Ran(code, shown.out, shown.err)

    with STAGE:
        yield run
