"""What a batch shows: a table at the end; its bar is `display`'s."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

import attrs

from . import tables
from .plans import Plans, some
from .tables import Row, Stack
from .terminal import plain, say_json

Fate: TypeAlias = Literal["done", "there", "failed", "unsaved", "paid", "open", "stopped", "left"]

_TITLES: Final[dict[Fate, str]] = {
    "done": "done",
    "there": "already there",
    "failed": "failed",
    "unsaved": "made, not saved",
    "paid": "may have been paid",
    "open": "goes on",
    "stopped": "nothing was sent",
    "left": "never begun",
}
_EACH: Final = ("row", "state", "file or reason")
# All rows that cost money and brought no file are named.
_PAID: Final = frozenset({"unsaved", "paid", "open"})
# The words of such a row are its file.
_FILES: Final = frozenset({"done", "there"})


@attrs.frozen(kw_only=True)
class Told:
    """What became of one row.

    Attributes:
        name: What the row is called.
        fate: What became of it.
        words: Its file, or why it has no file.
    """

    name: str
    fate: Fate
    words: str


def summary(told: Sequence[Told], folder: str, *, as_json: bool) -> None:
    """Print what became of all rows.

    A terminal gets the counts and the reasons, a pipe a line for each row.
    """
    if as_json:
        say_json([_document(one) for one in told])
        return
    if not sys.stdout.isatty():
        tables.show(_EACH, [(one.name, _TITLES[one.fate], one.words) for one in told])
        return
    _print(grouped(told, folder))


def _document(one: Told) -> dict[str, str | None]:
    has_file = one.fate in _FILES
    return {
        "id": one.name,
        "state": one.fate,
        "file": one.words if has_file else None,
        "reason": None if has_file else one.words or None,
    }


def grouped(told: Sequence[Told], folder: str) -> list[Row]:
    """Return what became of all rows, by fate and reason: how many, what, and which."""
    return [
        (str(len(names)), title, _line(fate, words, names))
        for fate, title in _TITLES.items()
        for words, names in _reasons(told, fate, folder)
    ]


def _reasons(told: Sequence[Told], fate: Fate, folder: str) -> list[tuple[str, list[str]]]:
    """Return the reasons of a fate, the most frequent first, with the rows of each."""
    groups: dict[str, list[str]] = {}
    for one in told:
        if one.fate != fate:
            continue
        if fate == "open":
            groups.setdefault("", []).append(f"{one.name} ({one.words})")
        else:
            words = f"in {folder}" if fate in _FILES else one.words
            groups.setdefault(words, []).append(one.name)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _line(fate: Fate, words: str, names: Sequence[str]) -> str:
    if fate in _FILES:
        return plain(words)
    shown = ", ".join(names) if fate in _PAID else some(names)
    return plain(f"{shown}: {words}" if words else shown)


def plans(found: Plans, *, as_json: bool) -> None:
    """Print what a batch would make."""
    if as_json:
        bad = [str(row) for row in found.bad]
        say_json(
            {"to_make": list(found.lines.values()), "there": list(found.there), "unusable": bad}
        )
        return
    if not sys.stdout.isatty():
        tables.show(
            _EACH[:2],
            [
                *((name, "to make") for name in found.lines.values()),
                *((name, "already there") for name in found.there),
                *((f"line {row.line}", "bad") for row in found.bad),
            ],
        )
        return
    bad = [f"line {row.line}" for row in found.bad]
    groups = (
        ("to make", list(found.lines.values())),
        ("already there", list(found.there)),
        ("bad", bad),
    )
    _print((str(len(names)), title, some(names)) for title, names in groups if names)


def _print(rows: Iterable[Row]) -> None:
    tables.show(("rows", "state", "which"), rows, _stack)


def _stack(count: str, title: str, which: str) -> Stack:
    return Stack(f"{count} {title}", (which,))
