"""Tables as HTML whose rows become cards on a narrow screen."""

from collections.abc import Iterable, Sequence
from html import escape

NOTHING = "-"


def code(text: str) -> str:
    """Return a name as code that may be broken behind a slash.

    >>> code("fal-ai/veo3")
    '<code>fal-ai/<wbr>veo3</code>'
    """
    return f"<code>{escape(text).replace('/', '/<wbr>')}</code>"


def words(text: str) -> str:
    """Return a text for a cell; a dash of a description stands for nothing."""
    return "&ndash;" if text == NOTHING else escape(text)


def grouped(columns: Sequence[str], groups: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return a table in which each row of cells stands below a heading of its own.

    Args:
        columns: The names of the columns.
        groups: For each row its heading and its cells, as HTML.
    """
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    bodies = "".join(
        f'<tbody><tr><th class="cards__of" colspan="{len(columns)}" scope="rowgroup">{heading}</th>'
        f"</tr>{_row(columns, cells)}</tbody>"
        for heading, cells in groups
    )
    return f'<table class="cards"><thead><tr>{head}</tr></thead>{bodies}</table>'


def headed(first: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return a table in which each row of cells has its heading in the first column.

    Args:
        first: The name of the column of headings.
        columns: The names of the other columns.
        rows: For each row its heading and its cells, as HTML.
    """
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in (first, *columns))
    body = "".join(
        _row(columns, cells, f'<th class="cards__of" scope="row">{heading}</th>')
        for heading, cells in rows
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<table class="cards cards--headed">{table}</table>'


def _row(columns: Sequence[str], cells: Sequence[str], heading: str = "") -> str:
    pairs = zip(columns, cells, strict=True)
    listed = "".join(f'<td data-of="{escape(column)}">{cell}</td>' for column, cell in pairs)
    return f"<tr>{heading}{listed}</tr>"


def folded(summary: str, content: str) -> str:
    """Return content that a reader opens."""
    return f'<details class="folded"><summary>{escape(summary)}</summary>{content}</details>'
