"""What the documentation's site is made of, without the program that builds it."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
_PACKAGE: Final = "tarash.tarash_gateway"
_IDENTIFIER: Final = re.compile(r"^::: (\S+)$", re.MULTILINE)


def site_hooks() -> ModuleType:
    """Return docs/hooks.py, which finds the modules beside it as it does in a build."""
    sys.path.insert(0, str(DOCS))
    try:
        return import_module("hooks")
    finally:
        sys.path.remove(str(DOCS))


def documented() -> Iterator[tuple[str, str]]:
    """Yield each name that a page of the API reference documents, and the page."""
    for page in sorted((DOCS / "api-reference").glob("*.md")):
        for name in _IDENTIFIER.findall(page.read_text(encoding="utf-8")):
            yield name, page.name


def origin(name: str) -> str:
    """Return the place where what a dotted name stands for is defined, by the text of the modules.

    Types have no name at run time, and equal ones are one object.
    """
    module, _, last = name.rpartition(".")
    source = _imports(module).get(last)
    return name if source is None else origin(source)


@cache
def _imports(module: str) -> dict[str, str]:
    found = find_spec(module)
    if found is None or found.origin is None or not module.startswith(_PACKAGE):
        return {}
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    package = module if found.submodule_search_locations else module.rpartition(".")[0]
    return {
        alias.asname or alias.name: f"{_absolute(node, package)}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return str(node.module)
    parts = package.split(".")
    return ".".join(filter(None, (*parts[: len(parts) - node.level + 1], node.module)))
