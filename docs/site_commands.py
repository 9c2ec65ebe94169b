"""The help of every command, as a terminal of 80 columns shows it."""

from collections.abc import Iterator
from typing import Any

import typer

from tarash.tarash_gateway.cli.app import app

_COLUMNS = 80


def commands(_: str = "") -> str:
    """Return a section with the help of `tarash`, and one for each of its commands."""
    return "\n\n".join(_sections(typer.main.get_command(app)))


def _sections(root: Any) -> Iterator[str]:
    top = root.make_context("tarash", [], resilient_parsing=True, terminal_width=_COLUMNS)
    yield _section("tarash", root.get_help(top))
    for name, command in root.commands.items():
        context = command.make_context(name, [], parent=top, resilient_parsing=True)
        yield _section(f"tarash {name}", command.get_help(context))


def _section(name: str, text: str) -> str:
    return f"## `{name}`\n\n```text\n{text.strip()}\n```"
