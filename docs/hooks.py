"""Puts into the pages what is written once elsewhere: tables, the changelog."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_commands import commands
from site_errors import errors
from site_limits import limits
from site_matrix import matrix
from site_models import models, retired

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

_TABLES = {
    "commands": commands,
    "errors": errors,
    "limits": limits,
    "matrix": matrix,
    "models": models,
    "retired": retired,
}
_MARK = re.compile(rf"^<!-- ({'|'.join(_TABLES)}): (\S+) -->$", re.MULTILINE)
_CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
_ROOT = Path(__file__).parents[1]


def on_files(files: "Files", *, config: Any, **_: Any) -> "Files":
    """Add the changelog, whose links count from the root of the repository."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - the tests do without mkdocs

    text = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "changelog.md", content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page with its tables."""
    return _MARK.sub(lambda found: _TABLES[found[1]](found[2]), markdown)


def on_page_content(html: str, **_: Any) -> str:
    r"""Return the page without the backslash of ``\|`` in the code of a table's cell.

    GitHub needs the backslash there and does not show it. Markdown for Python needs none and shows
    it.
    """
    return _CELL.sub(lambda cell: cell[0].replace(r"\|", "|"), html)
