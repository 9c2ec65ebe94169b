"""HTML for notebooks, which ask a value for it: every text in it is escaped."""

import html
from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from .content_types import type_of_url
from .media import MediaContent
from .shown import MOST, cut

# A notebook keeps what it shows: a larger video would make its file slow to open.
_LARGEST: Final = 16 * 2**20
_PLAYED: Final = ("http://", "https://", "data:video/")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table; without ``columns`` it has no head. Long texts are cut.

    >>> table(["a"], [["1 < 2"]])
    '<table><tr><th>a</th></tr><tr><td>1 &lt; 2</td></tr></table>'
    """
    head = _row("th", columns) if columns else ""
    return f"<table>{head}{''.join(_row('td', row) for row in rows)}</table>"


def _row(tag: str, cells: Iterable[Any]) -> str:
    texts = (html.escape(cut(str(cell), MOST)) for cell in cells)
    return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in texts)}</tr>"


def player(video: str | MediaContent, path: Path | None, lines: Iterable[str]) -> str:
    """Return a player of a video, or where the video is, and some lines below it.

    A saved video is played from its file, whose address does not expire, as long as it is small.

    Args:
        video: Its URL or its bytes.
        path: Where it was saved, or None.
        lines: What is known about it.
    """
    source = _source(video, path)
    place = path or (f"<{len(video.content)} bytes>" if isinstance(video, MediaContent) else video)
    shown = (
        f"<code>{html.escape(cut(str(place), MOST))}</code>"
        if source is None
        else f'<video controls preload="metadata" style="max-width: 100%; max-height: 60vh" '
        f'src="{html.escape(source)}"></video>'
    )
    below = "<br>".join(html.escape(cut(line, MOST)) for line in lines if line)
    return f"<div>{shown}<br><small>{below}</small></div>"


def _source(video: str | MediaContent, path: Path | None) -> str | None:
    """Return what a player plays: the bytes, the file or the URL; None if it can play none."""
    if isinstance(video, MediaContent):
        return _data_url(video.content, video.content_type)
    saved = None if path is None else _file(path)
    if saved is not None:
        return saved
    return video if video.startswith(_PLAYED) else None


def _file(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        kind = type_of_url(path.as_posix())
        # The caller chose the name, and may have left out the suffix.
        return _data_url(path.read_bytes(), kind if kind.startswith("video/") else "video/mp4")
    except OSError:
        # It was moved since: the URL may still play.
        return None


def _data_url(content: bytes, kind: str) -> str | None:
    if len(content) > _LARGEST:
        return None
    return f"data:{kind};base64,{b64encode(content).decode()}"
