"""Tracebacks of failed tests without the frames that the library puts below the caller's own."""

import linecache
import sys
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Final, TypeAlias

_PACKAGE: Final = "tarash.tarash_gateway"
# What the library calls on its way, and what passes its errors on: never the code of a test.
_BETWEEN: Final = frozenset(
    {"aiohttp", "attr", "attrs", "cattrs", "returns", "urllib3", "vcr"} | sys.stdlib_module_names
)

# An error, and the traceback that it had before.
Saved: TypeAlias = tuple[BaseException, TracebackType | None]


def shorten(error: BaseException) -> list[Saved]:
    """Take the library's frames out of the tracebacks of an error and of all that belong to it.

    An error that nobody raised by a ``raise``, such as a TypeError of a bug in the library, keeps
    all of them.

    Returns:
        What `restore` takes.
    """
    saved: list[Saved] = []
    for each in _family(error):
        saved.append((each, each.__traceback__))
        entries = list(_entries(each.__traceback__))
        if _is_meant(entries):
            each.__traceback__ = _linked(_shown(entries)) or each.__traceback__
    return saved


def restore(saved: list[Saved]) -> None:
    """Give errors the tracebacks that they had."""
    for error, traceback in saved:
        error.__traceback__ = traceback


def _family(error: BaseException) -> list[BaseException]:
    """Return an error, its causes, and the members of groups, each once."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        # By identity: errors may be equal, and a cause is not its error.
        if each is None or any(each is known for known in found):
            continue
        found.append(each)
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
    return found


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _shown(entries: list[TracebackType]) -> list[TracebackType]:
    """Return the entries that the library has nothing to do with.

    What it calls is hidden with it, until a function of the caller's, such as a callback, is called
    in turn; what that calls is the caller's again.
    """
    shown, inside = [], False
    for entry in entries:
        inside = _is_own(entry.tb_frame) or (inside and _root(entry.tb_frame) in _BETWEEN)
        if not inside:
            shown.append(entry)
    return shown


def _is_meant(entries: list[TracebackType]) -> bool:
    """Tell whether the last frame is the caller's, or says in a ``raise`` what is wrong."""
    if not entries:
        return False
    last = entries[-1]
    if last in _shown(entries):
        return True
    if not _is_own(last.tb_frame) and _root(last.tb_frame) != "vcr":
        return False
    line = linecache.getline(
        last.tb_frame.f_code.co_filename, last.tb_lineno, last.tb_frame.f_globals
    )
    return line.lstrip().startswith("raise ")


def _is_own(frame: FrameType) -> bool:
    name = _name(frame)
    return name == _PACKAGE or name.startswith(f"{_PACKAGE}.")


def _root(frame: FrameType) -> str:
    return _name(frame).partition(".")[0]


def _name(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _linked(entries: list[TracebackType]) -> TracebackType | None:
    linked: TracebackType | None = None
    for entry in reversed(entries):
        linked = TracebackType(linked, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return linked
