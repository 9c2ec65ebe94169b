"""What a batch would do: which rows lack a video, which have one, and which cannot be used."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import attrs

from .. import api
from ..exceptions import TarashException, ValidationError
from ..lifecycle.planned import VideoPlan
from ..values.config import VideoGenerationConfig
from .journal import CliJournal
from .row_keys import is_of_another
from .rows import SUFFIXES, BadRow, Row
from .speech import in_terms
from .terminal import warn

_OTHER: Final = "its video is in the folder; give this row another id, or move that file away"
# So many rows of one kind are named.
_NAMED: Final = 5


@attrs.frozen(kw_only=True)
class Plans:
    """The rows of a file, before anything is sent.

    Attributes:
        config: The config of the first row to make.
        lines: Names of the rows to make, by the numbers of their lines.
        there: The videos that are in the folder, by the names of their rows.
        bad: The rows that cannot be used.
    """

    config: VideoGenerationConfig
    lines: dict[int, str]
    there: dict[str, Path]
    bad: list[BadRow]


def planned(rows: Iterable[Row | BadRow], folder: Path, journal: CliJournal | None) -> Plans:
    """Return what has to be made, after every check that is possible before anything is sent.

    Raises:
        ValidationError: The file has no rows, or the folder cannot be used.
        JournalError: The journal cannot be read.
    """
    made = _made(folder)
    config: VideoGenerationConfig | None = None
    lines: dict[int, str] = {}
    there: dict[str, Path] = {}
    bad: list[BadRow] = []
    warned: dict[str, list[str]] = {}
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
        elif row.stem in made:
            if journal is not None and is_of_another(journal, row):
                bad.append(BadRow(row.line, f"{row.name!r} was another request: {_OTHER}"))
            else:
                there[row.name] = made[row.stem]
        elif isinstance(plan := _plan(row), BadRow):
            bad.append(plan)
        else:
            lines[row.line] = row.name
            config = config or row.config
            for warning in plan.warnings:
                warned.setdefault(warning, []).append(row.name)
    for warning, names in warned.items():
        warn([warning], some(names))
    if not (lines or there or bad):
        raise ValidationError(message="the file has no rows: write one request on each line")
    return Plans(config=config or _NOTHING, lines=lines, there=there, bad=bad)


# Where nothing has to be made, no config is used.
_NOTHING = VideoGenerationConfig(provider="mock", model="mock")


def _made(folder: Path) -> dict[str, Path]:
    """Return the videos in a folder by their names without suffixes."""
    if not folder.exists():
        if not folder.absolute().parent.is_dir():
            raise ValidationError(
                message=f"--output-dir: the folder {folder.parent} does not exist"
            )
        return {}
    if not folder.is_dir():
        raise ValidationError(message=f"--output-dir: {folder} is not a folder")
    return {path.stem: path for path in folder.iterdir() if path.suffix in SUFFIXES}


def _plan(row: Row) -> VideoPlan | BadRow:
    """Return the plan of a row, or what it refuses."""
    try:
        return api.plan_video(row.config, row.request)
    except TarashException as error:
        return BadRow(row.line, in_terms(str(error), columns=True))


def some(names: Sequence[str]) -> str:
    """Return the first names of many.

    >>> some(["a", "b"]), some(["a"] * 7)
    ('a, b', 'a, a, a, a, a and 2 more')
    """
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
