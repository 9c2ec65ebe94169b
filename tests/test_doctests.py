"""The examples in the library's docstrings are run."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import tarash.tarash_gateway as package

_FOLDER = Path(package.__file__).parent
# Old module paths warn when they are imported, and have no examples of their own.
_NAMES = [
    ".".join((package.__name__, *path.relative_to(_FOLDER).with_suffix("").parts))
    for path in sorted(_FOLDER.rglob("*.py"))
    if path.stem != "__init__" and "_moved" not in path.parts
]


def test_every_room_is_looked_through() -> None:
    rooms = {name.split(".")[2] for name in _NAMES}
    assert {"catalog", "cli", "http", "lifecycle", "providers", "running", "values"} <= rooms


@pytest.mark.parametrize("name", _NAMES)
def test_the_examples_hold(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.failed == 0
