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


def test_every_link_into_the_repository_is_to_a_file_that_is_there() -> None:
    # given the addresses of the project's files on the web
    source = _urls()["Source"]
    raw = source.replace("//github.com", "//raw.githubusercontent.com")
    places: dict[str, list[str]] = {f"{source}/blob/main/": [], f"{raw}/main/": []}
    for link in (*_links(), *_urls().values()):
        for place, paths in places.items():
            if link.startswith(place):
                paths.append(link.removeprefix(place))
    # then each of them has files, and all of these exist
    assert all(places.values())
    for path in (path for paths in places.values() for path in paths):
        file, _, anchor = path.partition("#")
        assert (_ROOT / file).is_file(), path
        if anchor:
            headings = _HEADING.findall((_ROOT / file).read_text(encoding="utf-8"))
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_no_other_repository_of_the_same_name_is_linked() -> None:
    source = urlsplit(_urls()["Source"])
    hosts = {source.netloc, f"raw.{source.netloc.replace('.com', 'usercontent.com')}"}
    name = source.path.rpartition("/")[2]
    named = [link for link in _links() if name in link]
    assert named
    for link in named:
        assert urlsplit(link).netloc in hosts
        assert urlsplit(link).path.startswith(source.path)


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
