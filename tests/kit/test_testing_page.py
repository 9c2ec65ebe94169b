"""The tests on the pages about testing pass in a project of their own."""

import re
from pathlib import Path
from typing import Final

import pytest

pytest_plugins = ("pytester",)

_GUIDES: Final = Path(__file__).parents[2] / "docs" / "guides"
_FILE: Final = re.compile(r'```python title="([\w.]+)"\n(.*?)```', re.DOTALL)


def _files() -> dict[str, str]:
    pages = (_GUIDES / f"{page}.md" for page in ("testing", "testing-recipes", "testing-requests"))
    return {
        name: code
        for page in pages
        for name, code in _FILE.findall(page.read_text(encoding="utf-8"))
    }


def test_the_tests_of_the_pages_pass(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a project that has the files of the pages, and the guard that nothing is sent
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    files = _files()
    assert {"clips.py", "test_clips.py", "studio.py", "kite.py", "test_kite.py"} <= files.keys()
    for name, code in files.items():
        (pytester.path / name).write_text(code, encoding="utf-8")
    pytester.makeini("[pytest]\ntarash_offline = true\n")
    # when its tests run, with the plugin as pytest finds it
    ran = pytester.runpytest_subprocess("-p", "no:xdist", "--strict-markers")
    # then all of them pass, one of them with two parameters
    named = re.compile(r"^ *(?:async )?def test_", re.MULTILINE)
    ran.assert_outcomes(passed=1 + sum(len(named.findall(code)) for code in files.values()))


def test_the_first_test_is_ten_lines() -> None:
    assert len([line for line in _files()["test_clips.py"].splitlines() if line.strip()]) <= 10
