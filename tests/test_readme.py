"""The README works where it is read outside of a clone, and its commands leave nothing behind."""

import configparser
import re
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

_ROOT: Final = Path(__file__).parents[1]
_README: Final = (_ROOT / "README.md").read_text(encoding="utf-8")
_LINK: Final = re.compile(
    r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$|(?:src|srcset)=\"([^\"]+)\"", re.MULTILINE
)
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


_PAGES: Final = [
    _ROOT / "README.md",
    _ROOT / "SECURITY.md",
    _ROOT / "setup.cfg",
    _ROOT / "mkdocs.yml",
    *(_ROOT / "docs").rglob("*.md"),
]


def _links() -> list[str]:
    return ["".join(found) for found in _LINK.findall(_README)]


def _urls() -> dict[str, str]:
    parser = configparser.ConfigParser()
    parser.read(_ROOT / "setup.cfg", encoding="utf-8")
    lines = parser["metadata"]["project_urls"].strip().splitlines()
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): url.strip() for name, _, url in pairs}


def test_links_work_on_a_package_index() -> None:
    assert _links()
    assert [link for link in _links() if not link.startswith("https://")] == []


def test_the_project_has_one_address() -> None:
    # given the address in setup.cfg, which is the one to change
    source = _urls()["Source"]
    raw = source.replace("//github.com", "//raw.githubusercontent.com")
    owner, name = urlsplit(source).path.strip("/").split("/")
    texts = {path: path.read_text(encoding="utf-8") for path in _PAGES}
    # then every page has that one, and a file that is named below it exists
    found = [
        (path, url)
        for path, text in texts.items()
        for url in re.findall(r"https://[^\s)\"'`]+", text)
        if owner in url or name in url
    ]
    assert {path.name for path, _ in found} >= {"README.md", "setup.cfg", "mkdocs.yml"}
    for path, url in found:
        assert f"{url}/".startswith((f"{source}/", f"{raw}/")), path
        _, _, file = url.partition("/main/")
        assert file == "" or _is_there(file), url


@pytest.mark.parametrize("page", ["SECURITY.md", "CONTRIBUTING.md"])
def test_links_of_the_pages_beside_it_lead_somewhere(page: str) -> None:
    links = [found[0] for found in _LINK.findall((_ROOT / page).read_text(encoding="utf-8"))]
    own = [link for link in links if not link.startswith("https://")]
    assert own
    files = [f"{page}{link}" if link.startswith("#") else link for link in own]
    assert [file for file in files if not _is_there(file)] == []


def _is_there(file: str) -> bool:
    name, _, anchor = file.partition("#")
    if not (_ROOT / name).is_file():
        return False
    headings = _HEADING.findall((_ROOT / name).read_text(encoding="utf-8"))
    return not anchor or anchor in {each.lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize(
    "path",
    [
        "drone.mp4",
        ".venv/pyvenv.cfg",
        "build/lib/a.py",
        "lib/tarash_gateway.egg-info/PKG-INFO",
        ".pytest_cache/README.md",
        ".coverage",
        ".hypothesis/examples/a",
        "tests/__pycache__/a.pyc",
    ],
)
def test_what_the_commands_write_is_ignored(path: str, tmp_path: Path) -> None:
    # given a repository with the project's own rules
    def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(tmp_path), *arguments]
        return subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own

    assert git("init", "-q").returncode == 0
    tmp_path.joinpath(".gitignore").write_bytes((_ROOT / ".gitignore").read_bytes())
    # then git does not show what the README's commands leave there
    assert git("check-ignore", "-q", path).returncode == 0
