"""HTML for notebooks: every text is escaped, and nothing is fetched to make it."""

import html
from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; without ``columns`` it has no head.

    >>> table(["a"], [["1 < 2"]])
    '<table><tr><th>a</th></tr><tr><td>1 &lt; 2</td></tr></table>'
    """
    head = _row("th", columns) if columns else ""
    return f"<table>{head}{''.join(_row('td', row) for row in rows)}</table>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"
