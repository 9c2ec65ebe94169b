"""Print safely: all output of the command line uses this module.

Prompts, ids, error messages and warnings come from providers, files and other people. On a terminal
their control characters could move the cursor, set the title, or reverse the line.
"""

import io
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import typer

from .. import codec
from ..display.plain_text import CONTROLS
from ..display.plain_text import plain as plain
from ..display.screens import tell as tell
from .speech import in_terms

# JSON escapes C0 itself; the line breaks in it are its layout.
_UNESCAPED: Final = re.compile(rf"(?!\n)[{CONTROLS}\ud800-\udfff]")

_LOGGER: Final = logging.getLogger("tarash.tarash_gateway")
# The warnings of this run that were printed: each is printed as soon as it is known, and only once.
_PRINTED: Final[set[str]] = set()


def say(text: object) -> None:
    """Print a result on stdout."""
    typer.echo(plain(text))


def say_lines(text: str) -> None:
    """Print a command on stdout with its line breaks, which may be part of a quoted argument."""
    typer.echo("\n".join(map(plain, text.split("\n"))))


def say_path(path: Path) -> None:
    """Print the name of a file on stdout unchanged, so that another program can open it."""
    typer.echo(os.fsencode(path))


def say_json(value: object) -> None:
    """Print a value on stdout as JSON, with control characters escaped."""
    text = codec.to_json(value, indent=2)
    typer.echo(_UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def warn(warnings: Sequence[str], about: str = "") -> None:
    """Print each warning once, whatever row of a file it is about."""
    for message in warnings:
        warning = in_terms(message, columns=bool(about))
        if warning not in _PRINTED:
            _PRINTED.add(warning)
            tell(f"warning: {about}: {warning}" if about else f"warning: {warning}")


class _Teller(logging.Handler):
    """Prints the library's warnings, such as one about a journal that cannot be written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, without a traceback."""
        warn([record.getMessage()])


@contextmanager
def prepare() -> Iterator[None]:
    """Make stdout and stderr accept any text, and print the library's warnings."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # An ASCII terminal cannot show a prompt in Hindi: escape it instead of failing.
            stream.reconfigure(errors="backslashreplace")
    _PRINTED.clear()
    teller = _Teller(logging.WARNING)
    _LOGGER.addHandler(teller)
    try:
        yield
    finally:
        _LOGGER.removeHandler(teller)
