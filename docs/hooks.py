"""Puts into the pages what is written once elsewhere: tables, the changelog.

python docs/hooks.py              writes into the pages what is read where no site is built
python docs/hooks.py errors all   prints the part that stands at <!-- errors: all -->
"""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_changelog import changelog
from site_commands import commands
from site_errors import errors
from site_keys import keys
from site_limits import limits
from site_matrix import matrix
from site_models import models, retired
from site_text import plain, sentence

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

_TABLES = {
    "commands": commands,
    "errors": errors,
    "keys": keys,
    "limits": limits,
    "matrix": matrix,
    "models": models,
    "retired": retired,
}
# On GitHub a reader sees the sentence between the marks, and on the site the part in its place.
_MARK = re.compile(
    rf"^<!-- ({'|'.join(_TABLES)}): (\S+) -->$(?:\n[^\n]*\n<!-- end of \1 -->$)?", re.MULTILINE
)
_CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
_ROOT = Path(__file__).parents[1]


def on_files(files: "Files", *, config: Any, **_: Any) -> "Files":
    """Add the changelog; the navigation has its first page, which leads to the others."""
    from mkdocs.structure.files import File, InclusionLevel  # noqa: PLC0415 - tests do without it

    for name, text in changelog((_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")).items():
        level = InclusionLevel.INCLUDED if name == "changelog.md" else InclusionLevel.NOT_IN_NAV
        files.append(File.generated(config, name, content=text, inclusion=level))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page with its tables."""
    return _MARK.sub(lambda found: _TABLES[found[1]](found[2]), markdown)


def with_sentences(markdown: str) -> str:
    """Return the page's source with the sentence that stands for each of its parts."""
    return _MARK.sub(
        lambda found: (
            f"<!-- {found[1]}: {found[2]} -->\n{sentence(found[1], found[2])}\n"
            f"<!-- end of {found[1]} -->"
        ),
        markdown,
    )


def on_page_content(html: str, **_: Any) -> str:
    r"""Return the page without the backslash of ``\|`` in the code of a table's cell.

    GitHub needs the backslash there and does not show it. Markdown for Python needs none and shows
    it.
    """
    return _CELL.sub(lambda cell: cell[0].replace(r"\|", "|"), html)


def _main(arguments: list[str]) -> None:
    if arguments:
        kind, name = arguments
        print(plain(_TABLES[kind](name)))
        return
    for page in (_ROOT / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        if (written := with_sentences(text)) != text:
            page.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1:])
