"""What the deprecation policy calls public: names, their parameters, fields, options, exit codes.

python -m tests.support.public_api     writes it into tests/public_api.txt

Types are left out, because Python versions show them in different ways.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs
import typer

from tarash.tarash_gateway import pytest_plugin
from tarash.tarash_gateway.cli import exits
from tarash.tarash_gateway.cli.app import app

PAGE: Final = Path(__file__).parents[1] / "public_api.txt"
CHANGELOG: Final = Path(__file__).parents[2] / "CHANGELOG.md"
_PACKAGE: Final = "tarash.tarash_gateway"
_MODULES: Final = (
    "",
    ".codec",
    ".exceptions",
    ".functional",
    ".models",
    ".provenance",
    ".provider_kit",
    ".testing",
    ".webhooks",
)
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


def surface() -> list[str]:
    """Return one line for each public thing, in order."""
    seen: set[int] = set()
    modules = (import_module(f"{_PACKAGE}{name}") for name in _MODULES)
    lines = [line for module in modules for line in _module(module, seen)]
    fixtures = (f"pytest fixture {name}" for name in pytest_plugin.__all__)
    codes = (f"exit code {name} = {v}" for name, v in vars(exits).items() if type(v) is int)
    return sorted({*lines, *fixtures, *codes, *_commands()})


def _module(module: ModuleType, seen: set[int]) -> Iterator[str]:
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    ]
    for name in names:
        value = getattr(module, name)
        known = id(value) in seen
        seen.add(id(value))
        # What several modules have is described where it comes first.
        yield from [f"{module.__name__}.{name}"] if known else _thing(module, name, value)


def _thing(module: ModuleType, name: str, value: Any) -> Iterator[str]:
    full = f"{module.__name__}.{name}"
    if not inspect.isclass(value):
        yield f"{full}{_parameters(value)}" if inspect.isroutine(value) else full
        return
    yield f"{full}{_parameters(value)}"
    if attrs.has(value):
        fields = (field.name for field in attrs.fields(value))
        yield from (f"{full}.{field}" for field in fields if not field.startswith("_"))
    if value.__module__.startswith(_PACKAGE):
        for attribute, member in vars(value).items():
            if not attribute.startswith("_") and callable(member):
                yield f"{full}.{attribute}{_parameters(member)}"


def _parameters(value: Any) -> str:
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    shown = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    return _ADDRESS.sub("", shown)


def _commands() -> Iterator[str]:
    group = typer.main.get_command(app)
    for name, command in sorted(getattr(group, "commands", {}).items()):
        for parameter in command.params:
            flags = " ".join((*parameter.opts, *parameter.secondary_opts))
            yield f"tarash {name}: {flags}"


def untold(before: set[str], after: set[str]) -> list[str]:
    """Return the names among the changes that the changelog does not tell under "Unreleased".

    What belongs to a class that comes or goes as a whole is told with it.
    """
    told = CHANGELOG.read_text(encoding="utf-8").partition("## Unreleased")[2]
    told = told.partition("\n## ")[0]
    changed = before ^ after
    stayed = {_path(line) for line in before} & {_path(line) for line in after}
    whole = {_path(line) for line in changed} - stayed
    names = {_name(line) for line in changed if _path(line).rpartition(".")[0] not in whole}
    return sorted(name for name in names if name not in told)


def _path(line: str) -> str:
    return line.partition("(")[0]


def _name(line: str) -> str:
    """Return how a changelog names the thing of a line."""
    if line.startswith(_PACKAGE):
        return line.partition("(")[0].rpartition(".")[2]
    return line.partition(" = ")[0].split()[-1]


def main() -> None:
    """Write the page, unless the changelog does not tell of a change."""
    before = set(PAGE.read_text(encoding="utf-8").splitlines()) if PAGE.exists() else set()
    after = surface()
    if before and (missing := untold(before, set(after))):
        sys.exit(f"tell of these under Unreleased in CHANGELOG.md first: {', '.join(missing)}")
    PAGE.write_text("\n".join(after) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
